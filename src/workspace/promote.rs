//! Channels moved to another version, with all comments of `channels.yaml` kept.

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use super::Workspace;
use super::change::Change;
use super::draft::Draft;
use super::layer_set::put_at;
use super::model::{Channels, Profile, ProfileId, Scope, Wave};
use super::query::version_order;
use crate::schema;
use crate::source::SourceFile;
use crate::yaml::{self, edit};

/// What a channel is to give.
#[derive(Clone, Debug, Default)]
pub struct Promotion {
    /// The channel.
    pub channel: String,
    /// Version that it gives from now on; `None`: the one that it gives already.
    pub version: Option<String>,
    /// Version below which no appliance goes.
    pub min_version: Option<String>,
    /// Whether appliances stay where they are; `None`: as it is.
    pub paused: Option<bool>,
    /// Steps of the rollout; `None`: as they are, empty: none.
    pub waves: Option<Vec<Wave>>,
    /// Go back to a lower version.
    pub allow_downgrade: bool,
}

/// A channel moved, before it is written.
#[derive(Clone, Debug)]
pub struct Promoted {
    /// What it gave.
    pub before: Option<String>,
    /// What it gives.
    pub after: String,
    /// The files.
    pub change: Change,
}

impl Workspace {
    /// Moves a channel of a profile.
    ///
    /// # Errors
    /// There is no such profile or version, it would go backwards, or below what `minVersion` says.
    pub fn promote(&self, id: &ProfileId, promotion: &Promotion) -> Result<Promoted> {
        let Promotion { channel, version, min_version, paused, waves, allow_downgrade } = promotion;
        let before = self.channel_version(id, channel).map(str::to_owned);
        let after = match (version, &before) {
            (Some(version), _) => version.clone(),
            (None, Some(before)) => before.clone(),
            (None, None) => bail!("{id} has no channel `{channel}`: give the version that it is to have"),
        };
        let named = self.named(&format!("{id}@{after}"))?;
        if let Some(before) = before.as_ref().filter(|before| !allow_downgrade && lower(&after, before)) {
            bail!(
                "`{channel}` of {id} gives {before}: {after} is lower, and appliances would go back; --allow-downgrade if that is meant"
            );
        }
        if let Some(wanted) = min_version {
            self.named(&format!("{id}@{wanted}"))?;
        }
        let lowest = self.lowest(id, channel, min_version.as_deref());
        if let Some((from, lowest)) = lowest.filter(|(_, lowest)| lower(&after, lowest)) {
            bail!(
                "{after} is below minVersion {lowest} of channel `{from}`, which holds for all channels of {id}"
            );
        }

        let mut change = Change::new(&self.root);
        let channels = self.channels_of(id);
        let (path, text, is_new) = match channels {
            Some(channels) => (channels.file.path().to_owned(), channels.file.text().to_owned(), false),
            None => (self.channels_path(named)?, self.new_channels(named, channel, &mut change), true),
        };
        let mut draft = Draft::new(&path, &text);
        let base = format!("/spec/{channel}");
        let mut set = |key: &str, value: Option<Value>| -> Result<()> {
            let there = draft.document()?.at(&format!("{base}/{key}")).is_some();
            match value {
                None if !there => Ok(()),
                value => put_at(&mut draft, &base, key, value.as_ref()),
            }
        };
        set("version", Some(json!(after)))?;
        if let Some(version) = min_version {
            set("minVersion", Some(json!(version)))?;
        }
        match paused {
            Some(true) => set("paused", Some(json!(true)))?,
            Some(false) => set("paused", None)?,
            None => {}
        }
        match waves {
            Some(waves) if waves.is_empty() => set("waves", None)?,
            Some(waves) => set("waves", Some(json!(waves)))?,
            None => {}
        }
        for wave in 0..waves.as_ref().map_or(0, Vec::len) {
            draft.make(|document| edit::fold(document, &format!("{base}/waves/{wave}")))?;
        }
        check(&path, draft.text())?;
        if is_new {
            change.create(path, draft.text());
        } else {
            change.edit(&path, &text, draft.text());
        }
        Ok(Promoted { before, after, change })
    }

    /// The highest `minVersion` of a profile's channels, and which channel says so.
    fn lowest<'a>(
        &'a self,
        id: &ProfileId,
        channel: &'a str,
        new: Option<&'a str>,
    ) -> Option<(&'a str, &'a str)> {
        let channels = self.channels_of(id);
        let own = new.map(|new| (channel, new));
        let written =
            channels.into_iter().flat_map(|channels| &channels.channels).filter_map(|(name, one)| {
                let replaced = new.is_some() && name == channel;
                Some((name.as_str(), one.min_version.as_ref()?.as_str())).filter(|_| !replaced)
            });
        written.chain(own).max_by(|a, b| version_order(a.1).cmp(&version_order(b.1)))
    }

    /// Where `channels.yaml` of a profile belongs: beside its versions.
    fn channels_path(&self, profile: &Profile) -> Result<String> {
        let path = format!("profiles/{}/channels.yaml", profile.id);
        if self.root.join(&path).symlink_metadata().is_ok() {
            bail!(
                "`{path}` is there already, and says nothing of {}; `edgewright check` tells why",
                profile.id
            );
        }
        Ok(path)
    }

    /// The text of a new `channels.yaml`. What `stable` gives without one is written down, so that it does not go away.
    fn new_channels(&self, profile: &Profile, channel: &str, change: &mut Change) -> String {
        let mut metadata = Map::from_iter([("name".to_owned(), json!(profile.metadata.name.value))]);
        if profile.metadata.scope != Scope::Tenant {
            metadata.insert("scope".into(), json!(profile.metadata.scope));
        }
        if let Some(project) = &profile.metadata.project {
            metadata.insert("project".into(), json!(project.value));
        }
        let mut spec = Map::new();
        if let Some(stable) = self.stable_version(&profile.id).filter(|_| channel != "stable") {
            change.notes.push(format!(
                "`stable` gave {stable} as the highest release; it is written down, because it is not taken by itself any more"
            ));
            spec.insert("stable".into(), json!({ "version": stable }));
        }
        spec.insert(channel.into(), json!({}));
        yaml::write(&json!({
            "apiVersion": "edgewright/v1",
            "kind": "Channels",
            "metadata": metadata,
            "spec": spec,
        }))
    }
}

impl Channels {
    /// How the rollout of a channel goes, in words; `None` where all move at once.
    pub fn rollout(&self, channel: &str) -> Option<String> {
        let waves = &self.channels.get(channel)?.waves;
        let one = |wave: &Wave| format!("{} % after {}", wave.percent, wave.after);
        (!waves.is_empty()).then(|| waves.iter().map(one).collect::<Vec<_>>().join(", "))
    }
}

fn lower(a: &str, b: &str) -> bool {
    matches!((semver::Version::parse(a), semver::Version::parse(b)), (Ok(a), Ok(b)) if a < b)
}

/// Refuses a text that its schema would refuse.
fn check(path: &str, text: &str) -> Result<()> {
    refuse_faults(schema::Kind::Channels, path, text, 0)
}

/// Refuses a document that its schema would refuse: no command writes what `check` then complains about.
pub(super) fn refuse_faults(kind: schema::Kind, path: &str, text: &str, index: usize) -> Result<()> {
    let stream = yaml::parse(&SourceFile::new(path, text));
    let mut faults = stream.diagnostics;
    faults.extend(stream.documents.get(index).map(|d| schema::validate(kind, d)).unwrap_or_default());
    match faults.first() {
        None => Ok(()),
        Some(fault) => {
            bail!("{} (at `{}`)", fault.message, fault.pointer.trim_start_matches('/').replace('/', "."))
        }
    }
}
