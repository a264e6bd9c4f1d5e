//! `--scope`: who owns a profile.

use crate::workspace::model::Scope;

/// Value of `--scope`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ScopeArg {
    /// The whole organisation.
    Tenant,
    /// One project.
    Project,
    /// The appliance's own base.
    System,
}

impl From<ScopeArg> for Scope {
    fn from(scope: ScopeArg) -> Self {
        match scope {
            ScopeArg::Tenant => Self::Tenant,
            ScopeArg::Project => Self::Project,
            ScopeArg::System => Self::System,
        }
    }
}
