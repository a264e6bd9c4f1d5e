//! Certificates: which authority is believed, and which certificate is shown.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, TlsProvider, parse_pem};

/// Files with certificates for one registry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TlsFiles {
    /// Authorities that are believed there, in place of the system's.
    pub ca: Option<PathBuf>,
    /// The certificate that is shown to it, with its chain.
    pub cert: Option<PathBuf>,
    /// The private key of that certificate; in the same file where it is left out.
    pub key: Option<PathBuf>,
    /// Whether the system's authorities are believed as well.
    pub and_system: bool,
}

impl TlsFiles {
    /// What counts at other hosts that a registry leads to: its authority, which often is a whole site's, beside the
    /// system's; and no certificate of ours.
    pub(super) fn elsewhere(&self) -> Self {
        Self { and_system: self.ca.is_some(), ca: self.ca.clone(), ..Self::default() }
    }
}

/// What TLS is to do. The error says which file is wrong and why; the content of a file is never part of it.
pub(super) fn config(files: &TlsFiles) -> Result<TlsConfig, String> {
    let roots = match &files.ca {
        None => RootCerts::PlatformVerifier,
        Some(path) => {
            let mut roots = certificates(path)?;
            if files.and_system {
                let system = rustls_native_certs::load_native_certs().certs;
                roots.extend(system.iter().map(|certificate| Certificate::from_der(certificate).to_owned()));
            }
            RootCerts::Specific(Arc::new(roots))
        }
    };
    let client = match (&files.cert, &files.key) {
        (None, None) => None,
        (None, Some(key)) => {
            return Err(format!("there is a key, {}, but no certificate (`tls.cert`)", key.display()));
        }
        (Some(cert), key) => Some(client(cert, key.as_deref().unwrap_or(cert))?),
    };
    Ok(TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(roots)
        .client_cert(client)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .build())
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn certificates(path: &Path) -> Result<Vec<Certificate<'static>>, String> {
    let pem = read(path)?;
    let mut found = Vec::new();
    for item in parse_pem(&pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => found.push(certificate),
            Ok(_) => {}
            Err(error) => return Err(format!("{}: not PEM: {error}", path.display())),
        }
    }
    let mut store = rustls::RootCertStore::empty();
    for certificate in &found {
        let der = rustls::pki_types::CertificateDer::from(certificate.der().to_vec());
        store
            .add(der)
            .map_err(|error| format!("{}: a certificate in it cannot be used: {error}", path.display()))?;
    }
    if found.is_empty() {
        return Err(format!("{}: no certificate in it (PEM, `BEGIN CERTIFICATE`)", path.display()));
    }
    Ok(found)
}

/// The client's certificate. It is tried here, because the HTTP library takes it for good.
fn client(cert: &Path, key: &Path) -> Result<ClientCert, String> {
    let chain = certificates(cert)?;
    let pem = read(key)?;
    let private = PrivateKey::from_pem(&pem).map_err(|_| {
        let encrypted = String::from_utf8_lossy(&pem).contains("ENCRYPTED");
        let why = if encrypted {
            "the private key is encrypted; keep it without a passphrase, readable by you alone"
        } else {
            "no private key in it (PEM, `BEGIN PRIVATE KEY`)"
        };
        format!("{}: {why}", key.display())
    })?;
    let ders = chain.iter().map(|c| rustls::pki_types::CertificateDer::from(c.der().to_vec())).collect();
    let der = rustls::pki_types::PrivateKeyDer::try_from(private.der().to_vec())
        .map_err(|why| format!("{}: {why}", key.display()))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_client_auth_cert(ders, der)
        .map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                format!("{} is not the key of the certificate {}", key.display(), cert.display())
            }
            other => format!("{}: the key cannot be used: {other}", key.display()),
        })?;
    Ok(ClientCert::new_with_certs(&chain, private))
}
