//! Why something was not accepted, and whether that is a refusal or a matter of transport.

use super::core::FetchError;
use crate::transport::TransportError;

/// What went wrong while verifying.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The bytes are not what was signed, or nobody who may sign them did.
    #[error("{path}: {reason}")]
    Refused {
        /// File of the published tree.
        path: String,
        /// Why, as a sentence.
        reason: String,
    },
    /// Signed, but older than what was accepted before.
    #[error("{what} goes back from {floor} to {offered}: an older state is never accepted again")]
    Rollback {
        /// What goes back: a role, a channel, a minimum version.
        what: String,
        /// What was accepted before.
        floor: String,
        /// What is offered now.
        offered: String,
    },
    /// Signed, but its time is over: either nobody signs any more, or a host withholds what is newer.
    #[error("{path}: expired at {expires}; the publisher must sign again, or this host shows an old state")]
    Expired {
        /// File of the published tree.
        path: String,
        /// When.
        expires: jiff::Timestamp,
    },
    /// Signed metadata names it, but it is not there.
    #[error("{path}: named by signed metadata, but not there (is the upload complete?)")]
    Missing {
        /// File of the published tree.
        path: String,
    },
    /// It could not be fetched.
    #[error("{path}: {why}")]
    Fetch {
        /// File of the published tree.
        path: String,
        /// Why. It is part of the message already, so it is no `source`.
        why: FetchError,
    },
}

impl TrustError {
    /// A refusal of `path`.
    pub fn refused(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Refused { path: path.into(), reason: reason.into() }
    }

    /// A fetch of `path` that failed. A host that sends more than was signed is refused, whatever else it would send.
    pub fn fetch(path: impl Into<String>, why: FetchError) -> Self {
        match why.downcast_ref::<TransportError>() {
            Some(error @ TransportError::TooLarge { .. }) => Self::refused(path, error.to_string()),
            _ => Self::Fetch { path: path.into(), why },
        }
    }

    /// Whether trust refused something (exit 3); otherwise it is a matter of the host or the network (exit 2).
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Refused { .. } | Self::Rollback { .. } | Self::Expired { .. } => true,
            Self::Missing { .. } | Self::Fetch { .. } => false,
        }
    }
}
