//! Floors: what was accepted once may never go back. Pure logic; keeping them durably is the agent's part.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{TrustCore, TrustError};

/// What a client has accepted so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Floors {
    /// Version of the root.
    pub root: u64,
    /// Who could sign timestamp and snapshot when the role floors were made ([`TrustCore::online_keys`]).
    pub online_keys: String,
    /// Versions of timestamp, snapshot and every role that the snapshot named.
    pub roles: BTreeMap<String, u64>,
    /// Serials by target path: `profiles/edge-base.json`.
    pub serials: BTreeMap<String, SerialFloor>,
    /// No time before this one is believed: from signed data only, never from a clock.
    pub time: Option<Timestamp>,
}

/// Floors of one target with serials.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SerialFloor {
    /// Compared before the serials; a higher one begins them anew.
    pub epoch: u64,
    /// Serial by channel; the assignments have one channel, named "".
    pub channels: BTreeMap<String, u64>,
    /// No version below this one, whatever the channel.
    pub min_version: Option<semver::Version>,
}

impl Floors {
    /// Compares verified metadata with the floors and raises them; on a refusal nothing is changed. Call it after
    /// [`TrustCore::refresh`], store the floors durably, and only then use what the metadata says.
    pub fn raise_roles(&mut self, core: &TrustCore) -> Result<(), TrustError> {
        if core.root_version() < self.root {
            return Err(rollback("the root", self.root, core.root_version()));
        }
        let keys = core.online_keys().to_string();
        let offered = core.versions();
        // New keys end the reign of the old ones: a thief who raised versions (fast-forward) is shaken off.
        let rotated = !self.online_keys.is_empty() && self.online_keys != keys;
        if !rotated {
            for (role, floor) in &self.roles {
                match offered.get(role) {
                    Some(version) if version >= floor => {}
                    Some(version) => {
                        return Err(rollback(&format!("the version of {role}"), *floor, *version));
                    }
                    None => {
                        return Err(TrustError::refused(
                            "metadata/snapshot.json",
                            format!("it leaves out {role}, which it named before"),
                        ));
                    }
                }
            }
        }
        self.root = core.root_version();
        self.online_keys = keys;
        self.roles = offered;
        self.time = if rotated { core.issued() } else { self.time.max(core.issued()) };
        Ok(())
    }

    /// Compares the serials of a verified target with the floors and raises them; on a refusal nothing is changed.
    ///
    /// `epoch` is what the target says, `signed_epoch` what `epochs.json` says about it: they must agree, so that whoever
    /// stole the target's key cannot burn the serials for ever.
    pub fn raise_serials<'a>(
        &mut self,
        path: &str,
        epoch: u64,
        signed_epoch: u64,
        serials: impl IntoIterator<Item = (&'a str, u64)>,
        min_version: Option<&semver::Version>,
    ) -> Result<(), TrustError> {
        if epoch != signed_epoch {
            return Err(TrustError::refused(
                path,
                format!("its epoch is {epoch}, epochs.json says {signed_epoch}"),
            ));
        }
        let held = self.serials.get(path).cloned().unwrap_or_default();
        if epoch < held.epoch {
            return Err(rollback(&format!("the epoch of {path}"), held.epoch, epoch));
        }
        let mut raised =
            if epoch > held.epoch { SerialFloor { epoch, ..SerialFloor::default() } } else { held };
        for (channel, serial) in serials {
            let floor = raised.channels.entry(channel.to_owned()).or_default();
            if serial < *floor {
                return Err(rollback(&format!("the serial of {path} {channel}"), *floor, serial));
            }
            *floor = serial;
        }
        raised.min_version = raised.min_version.max(min_version.cloned());
        self.serials.insert(path.to_owned(), raised);
        Ok(())
    }

    /// Refuses a version below the lowest one that is allowed for a target.
    pub fn check_version(&self, path: &str, version: &semver::Version) -> Result<(), TrustError> {
        match self.serials.get(path).and_then(|floor| floor.min_version.as_ref()) {
            Some(lowest) if version.cmp_precedence(lowest).is_lt() => {
                Err(rollback(&format!("the version of {path}"), lowest, version))
            }
            _ => Ok(()),
        }
    }
}

fn rollback(what: &str, floor: impl fmt::Display, offered: impl fmt::Display) -> TrustError {
    TrustError::Rollback { what: what.to_owned(), floor: floor.to_string(), offered: offered.to_string() }
}
