//! What can go wrong on the way, in words that say what to do.

use std::io;

/// Why bytes could not be had. Addresses are shown without user, password and query.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// Not an address.
    #[error("{address} is not a usable address: {why}")]
    Address {
        /// The text.
        address: String,
        /// What is wrong with it.
        why: String,
    },
    /// The name of the host leads nowhere.
    #[error("{address}: no such host; check the spelling and the name service")]
    Host {
        /// The address.
        address: String,
    },
    /// Nobody answers at the host.
    #[error(
        "{address}: cannot connect: {why}; check the address, the proxy (HTTPS_PROXY, NO_PROXY) and the network"
    )]
    Connect {
        /// The address.
        address: String,
        /// What the system says.
        why: String,
    },
    /// The encrypted connection did not come about.
    #[error(
        "{address}: no trusted connection: {why}; if the host has a certificate of your own authority, add that to the system's or name it in SSL_CERT_FILE"
    )]
    Tls {
        /// The address.
        address: String,
        /// What the TLS library says.
        why: String,
    },
    /// The host answers with something else than the file.
    #[error("{address}: the host answers {code}{}", hint(*.code))]
    Status {
        /// The address.
        address: String,
        /// HTTP status.
        code: u16,
    },
    /// A registry does not let us in.
    #[error("{address}: the host answers {code} (not allowed): {why}")]
    Denied {
        /// The address.
        address: String,
        /// HTTP status: 401 or 403.
        code: u16,
        /// What was tried, and what helps; never the credentials themselves.
        why: String,
    },
    /// The token service that a registry names gives no token.
    #[error("registry `{registry}`: no token from {service}: {why}")]
    Token {
        /// Name of the registry.
        registry: String,
        /// Address of the service.
        service: String,
        /// What went wrong.
        why: String,
    },
    /// The file or program that should have credentials.
    #[error("credentials of registry `{registry}`: {why}")]
    Credentials {
        /// Name of the registry.
        registry: String,
        /// What is wrong with it.
        why: String,
    },
    /// The files with certificates.
    #[error("{address}: certificates: {why}")]
    Certificates {
        /// The address that they are for.
        address: String,
        /// Which file is wrong, and why.
        why: String,
    },
    /// Settings of the machine that cannot be read.
    #[error("{why}")]
    Blocked {
        /// What is wrong with them.
        why: String,
    },
    /// The setting of a proxy.
    #[error("{why}")]
    Proxy {
        /// What is wrong with it.
        why: String,
    },
    /// The host went silent.
    #[error("{address}: {what}; the host or the line is too slow, try again")]
    Timeout {
        /// The address.
        address: String,
        /// What took too long.
        what: &'static str,
    },
    /// The host drips.
    #[error("{address}: given up at {rate} bytes per second; the host or the line is too slow, try again")]
    Slow {
        /// The address.
        address: String,
        /// Bytes per second in the last window.
        rate: u64,
    },
    /// More bytes than allowed.
    #[error("{address}: larger than the {limit} bytes that are allowed here")]
    TooLarge {
        /// The address.
        address: String,
        /// The limit.
        limit: u64,
    },
    /// Fewer bytes than announced.
    #[error("{address}: the connection broke after {read} bytes: {why}; try again")]
    Broken {
        /// The address.
        address: String,
        /// Bytes that came.
        read: u64,
        /// What the system says.
        why: String,
    },
    /// Something on the way packs what it passes on.
    #[error(
        "{address}: sent with encoding `{encoding}` although it was asked for as stored; switch compression off for this address at the host or the proxy"
    )]
    Encoded {
        /// The address.
        address: String,
        /// The encoding.
        encoding: String,
    },
    /// Another part of the file than the one asked for.
    #[error("{address}: the host sends another part of the file than asked for: {range}")]
    Range {
        /// The address.
        address: String,
        /// What it says.
        range: String,
    },
    /// Redirects without end, or away from encryption.
    #[error("{address}: {why}")]
    Redirect {
        /// The address.
        address: String,
        /// What is wrong with them.
        why: &'static str,
    },
    /// A file on this machine.
    #[error("{address}: {source}")]
    File {
        /// The path.
        address: String,
        /// What the system says.
        source: io::Error,
    },
}

fn hint(code: u16) -> &'static str {
    match code {
        401 | 403 => " (not allowed): it needs credentials, or the address is wrong",
        404 | 410 => " (not there): check the address",
        407 => ": the proxy wants credentials",
        416 => ": it has fewer bytes than those asked for",
        429 => " (too many requests): try again later",
        500..=599 => ": it is in trouble; try again later",
        _ => ", which is no file",
    }
}

/// Whether a kept connection was closed by the host before it was used again.
pub(super) fn is_stale(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
}

impl TransportError {
    /// Whether the host says, or the file system shows, that there is no such file.
    pub fn is_not_found(&self) -> bool {
        match self {
            Self::Status { code, .. } => matches!(code, 404 | 410),
            Self::File { source, .. } => source.kind() == io::ErrorKind::NotFound,
            _ => false,
        }
    }

    /// The HTTP status that the host answered with, where it was none of those that bring bytes.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status { code, .. } | Self::Denied { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// Whether there is no such file, as far as the host or the disk says.
    pub fn is_missing(&self) -> bool {
        match self {
            Self::File { source, .. } => source.kind() == io::ErrorKind::NotFound,
            other => matches!(other.status(), Some(404 | 410)),
        }
    }

    /// The meaning of an error that came out of reading a [`super::Response`].
    pub fn from_io(address: &str, error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(own) => own,
            Err(source) => Self::File { address: super::shown(address), source },
        }
    }

    pub(super) fn from_ureq(address: &str, proxy: Option<&str>, error: ureq::Error) -> Self {
        let address = match proxy {
            Some(proxy) => format!("{address} (through the proxy {proxy})"),
            None => address.to_owned(),
        };
        match error {
            ureq::Error::HostNotFound => Self::Host { address },
            ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => {
                Self::Connect { address, why: "it takes too long".to_owned() }
            }
            ureq::Error::Timeout(_) => Self::Timeout { address, what: "no answer in time" },
            ureq::Error::Tls(why) => Self::Tls { address, why: why.to_owned() },
            ureq::Error::Rustls(error) => Self::Tls { address, why: error.to_string() },
            ureq::Error::Io(error) => Self::from_connection(address, &error),
            other => Self::Connect { address, why: other.to_string() },
        }
    }

    /// An I/O error before the answer began: of the connection, or of TLS inside of it.
    fn from_connection(address: String, error: &io::Error) -> Self {
        if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            return Self::Tls { address, why: tls.to_string() };
        }
        if error.kind() == io::ErrorKind::UnexpectedEof {
            return Self::Connect {
                address,
                why: "the host closes the connection without an answer".to_owned(),
            };
        }
        // The name service's errors have no kind of their own; glibc says "failed to lookup address information".
        if error.to_string().contains("lookup address") {
            return Self::Host { address };
        }
        Self::Connect { address, why: error.to_string() }
    }

    pub(super) fn while_reading(address: &str, read: u64, error: io::Error) -> Self {
        let address = address.to_owned();
        match ureq::Error::from(error) {
            ureq::Error::Timeout(_) => Self::Timeout { address, what: "nothing more comes" },
            ureq::Error::Io(error) => Self::Broken { address, read, why: error.to_string() },
            other => Self::Broken { address, read, why: other.to_string() },
        }
    }
}
