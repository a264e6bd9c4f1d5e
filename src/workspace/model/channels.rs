//! `channels.yaml`: what appliances get.

use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::profile::{ProfileId, Scope};
use crate::source::SourceFile;
use crate::yaml::{Document, Spanned};

/// One step of a staged rollout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wave {
    /// Duration after the channel moved: `0h`, `24h`, `90m`, `7d`.
    pub after: String,
    /// Share of the appliances that may move by then, 0 to 100.
    pub percent: u8,
}

/// What one channel gives.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Channel {
    /// Version that appliances get.
    pub version: Spanned<String>,
    /// No appliance goes below this version.
    pub min_version: Option<Spanned<String>>,
    /// Whether appliances stay where they are.
    #[serde(default)]
    pub paused: bool,
    /// Steps of the rollout; empty: all at once.
    #[serde(default)]
    pub waves: Vec<Wave>,
}

/// `metadata` of channels: which profile they belong to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelsMetadata {
    /// Profile name.
    pub name: Spanned<String>,
    /// Its scope.
    #[serde(default)]
    pub scope: Scope,
    /// Its project.
    pub project: Option<Spanned<String>>,
}

/// `channels.yaml` of a profile.
#[derive(Clone, Debug)]
pub struct Channels {
    /// The profile.
    pub id: ProfileId,
    /// Channel name → what it gives, in order.
    pub channels: IndexMap<String, Channel>,
    /// The file.
    pub file: Arc<SourceFile>,
    /// Its tree.
    pub document: Document,
}
