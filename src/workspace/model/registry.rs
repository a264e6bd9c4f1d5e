//! Registries of `edgewright.yaml`: where they are, how one gets in, and what stands in for them at a site.

use serde::Deserialize;

/// One registry of `edgewright.yaml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase", tag = "type", deny_unknown_fields)]
pub enum RegistryConfig {
    /// A folder of this repository in pack-central's layout.
    Directory {
        /// Relative to the workspace.
        path: String,
    },
    /// A subfolder of a git repository, in the same layout.
    Git {
        /// Address of the repository.
        url: String,
        /// Subfolder with the packs.
        path: Option<String>,
        /// Branch, tag or commit.
        #[serde(rename = "ref")]
        reference: Option<String>,
        /// Where its credentials are.
        #[serde(default)]
        auth: AuthConfig,
        /// Certificates.
        #[serde(default)]
        tls: TlsConfig,
    },
    /// A Helm repository over HTTP.
    Helm {
        /// Address below which `index.yaml` lies.
        url: String,
        /// File with the public keys that its charts must be signed by.
        keyring: Option<String>,
        /// Where its credentials are.
        #[serde(default)]
        auth: AuthConfig,
        /// Certificates.
        #[serde(default)]
        tls: TlsConfig,
    },
    /// An OCI registry.
    Oci {
        /// `oci://host/path`.
        url: String,
        /// Without encryption.
        #[serde(default, rename = "plain-http")]
        plain_http: bool,
        /// File with the public keys that its charts must be signed by.
        keyring: Option<String>,
        /// Where its credentials are.
        #[serde(default)]
        auth: AuthConfig,
        /// Certificates.
        #[serde(default)]
        tls: TlsConfig,
    },
}

impl RegistryConfig {
    /// `directory`, `git`, `helm` or `oci`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Directory { .. } => "directory",
            Self::Git { .. } => "git",
            Self::Helm { .. } => "helm",
            Self::Oci { .. } => "oci",
        }
    }

    /// Its address; `None` for a folder of this repository.
    pub fn url(&self) -> Option<&str> {
        match self {
            Self::Directory { .. } => None,
            Self::Git { url, .. } | Self::Helm { url, .. } | Self::Oci { url, .. } => Some(url),
        }
    }

    /// File with the public keys that its charts must be signed by.
    pub fn keyring(&self) -> Option<&str> {
        match self {
            Self::Helm { keyring, .. } | Self::Oci { keyring, .. } => keyring.as_deref(),
            Self::Directory { .. } | Self::Git { .. } => None,
        }
    }

    /// Where its credentials are and which certificates count; `None` for a folder of this repository.
    pub fn access(&self) -> Option<(&AuthConfig, &TlsConfig)> {
        match self {
            Self::Directory { .. } => None,
            Self::Git { auth, tls, .. } | Self::Helm { auth, tls, .. } | Self::Oci { auth, tls, .. } => {
                Some((auth, tls))
            }
        }
    }
}

/// Where credentials are. Never the credentials themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AuthConfig {
    /// The user's name, which is no secret.
    pub username: Option<String>,
    /// Environment variable with the user's name.
    pub username_env: Option<String>,
    /// Environment variable with the password.
    pub password_env: Option<String>,
    /// File with the password.
    pub password_file: Option<String>,
    /// Environment variable with a token.
    pub token_env: Option<String>,
    /// File with a token.
    pub token_file: Option<String>,
}

/// Certificates for one registry. Paths are relative to `edgewright.yaml`; `~/` is the user's home.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsConfig {
    /// File with the authorities that are believed there, in place of the system's.
    pub ca: Option<String>,
    /// File with the certificate that is shown to it.
    pub cert: Option<String>,
    /// File with the private key of that certificate.
    pub key: Option<String>,
}

/// Addresses that are reached elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MirrorConfig {
    /// How the addresses begin that it stands in for.
    pub from: String,
    /// What that beginning is replaced by.
    pub to: String,
    /// An OCI registry without encryption.
    #[serde(default)]
    pub plain_http: bool,
    /// Where its credentials are.
    #[serde(default)]
    pub auth: AuthConfig,
    /// Certificates.
    #[serde(default)]
    pub tls: TlsConfig,
}
