//! Writes the metadata of a tree: what changed gets a version one higher, what did not stays as it is, byte for byte.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::roles::{DelegatedRole, TOP_ROLES, lifetime};
use super::signer::{SignError, Signer, Signers};
use super::{ISSUED_FIELD, SPEC_VERSION, TrustCore, canonical_json};
use crate::archive::Digest;

/// Targets by path: digest and size.
pub type TargetList = BTreeMap<String, (Digest, u64)>;

/// A delegated role and what it signs.
#[derive(Clone, Debug)]
pub struct Role {
    /// Name and pattern.
    pub role: DelegatedRole,
    /// Its targets.
    pub targets: TargetList,
}

/// What the metadata is made from.
pub struct Metadata<'a> {
    /// All roots so far, from version 1 on, as published or made by a ceremony elsewhere; empty: the first one is made now.
    pub roots: &'a [Vec<u8>],
    /// The tree before, verified, with all roles loaded.
    pub previous: Option<&'a TrustCore>,
    /// What the top-level targets role signs itself.
    pub targets: TargetList,
    /// What delegated roles sign.
    pub roles: Vec<Role>,
    /// Time of signing.
    pub now: Timestamp,
}

/// Why no metadata was written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A signer failed.
    #[error("role {role}: {source}")]
    Sign {
        /// The role.
        role: String,
        /// Why.
        source: SignError,
    },
    /// Nobody signs for a role.
    #[error("role {0}: there is no signer; give --signer {0}=URI")]
    NoSigner(String),
    /// The root would have to change, and nobody signs for it.
    #[error(
        "the key of {0} is not in the current root; give the root's signers too (--signer root=URI), so that a new root can name it"
    )]
    NotInRoot(String),
    /// A root is no root.
    #[error("metadata/{0}.root.json cannot be read as a root")]
    Root(usize),
}

/// Makes the metadata: path in the published tree → bytes, `metadata/1.root.json` to `metadata/timestamp.json`.
pub fn write(metadata: &Metadata, signers: &Signers) -> Result<BTreeMap<String, Vec<u8>>, WriteError> {
    let writer = Writer { metadata, signers, now: whole_seconds(metadata.now) };
    let mut files = writer.roots()?;
    let mut pins = previous_pins(metadata.previous);
    for role in &metadata.roles {
        let body = json!({ "_type": "targets", "targets": target_map(&role.targets) });
        writer.put(&role.role.name, body, &mut files, &mut pins)?;
    }
    let targets = json!({
        "_type": "targets",
        "delegations": writer.delegations()?,
        "targets": target_map(&metadata.targets),
    });
    writer.put("targets", targets, &mut files, &mut pins)?;
    let mut snapshot_pin = Map::new();
    let snapshot = json!({ "_type": "snapshot", "meta": pins });
    writer.put("snapshot", snapshot, &mut files, &mut snapshot_pin)?;
    writer.put(
        "timestamp",
        json!({ "_type": "timestamp", "meta": snapshot_pin }),
        &mut files,
        &mut Map::new(),
    )?;
    Ok(files)
}

struct Writer<'a> {
    metadata: &'a Metadata<'a>,
    signers: &'a Signers,
    now: Timestamp,
}

impl Writer<'_> {
    /// All roots, with a new one behind them where a key is used that the newest does not name.
    fn roots(&self) -> Result<BTreeMap<String, Vec<u8>>, WriteError> {
        let mut files = BTreeMap::new();
        let mut newest = None;
        for (index, bytes) in self.metadata.roots.iter().enumerate() {
            let root: Value = serde_json::from_slice(bytes).map_err(|_| WriteError::Root(index + 1))?;
            files.insert(format!("metadata/{}.root.json", index + 1), bytes.clone());
            newest = Some(root);
        }
        let stranger = TOP_ROLES.into_iter().find(|role| match &newest {
            None => true,
            Some(root) => {
                let named = &root["signed"]["roles"][role]["keyids"];
                let named: Vec<&str> =
                    named.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                key_ids(self.signers.of(role)).iter().any(|id| !named.contains(&id.as_str()))
            }
        });
        let Some(stranger) = stranger else { return Ok(files) };
        let root_signers = self.signers.of("root");
        if root_signers.is_empty() {
            return Err(match newest {
                None => WriteError::NoSigner("root".to_owned()),
                Some(_) => WriteError::NotInRoot(stranger.to_owned()),
            });
        }
        let old = newest.as_ref().map_or(&Value::Null, |root| &root["signed"]);
        let (mut keys, mut roles) = (Map::new(), Map::new());
        for name in TOP_ROLES {
            let signers = self.signers.of(name);
            if signers.is_empty() {
                let role = &old["roles"][name];
                for id in role["keyids"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                    keys.insert(id.to_owned(), old["keys"][id].clone());
                }
                roles.insert(name.to_owned(), role.clone());
            } else {
                insert_keys(&mut keys, signers);
                roles.insert(name.to_owned(), role_keys(signers));
            }
        }
        let version = self.metadata.roots.len() as u64 + 1;
        let body = json!({ "_type": "root", "consistent_snapshot": true, "keys": keys, "roles": roles });
        let bytes = self.sign("root", body, version)?;
        files.insert(format!("metadata/{version}.root.json"), bytes);
        Ok(files)
    }

    /// Keys and roles that the top-level targets role hands parts of its power to. Each ends the search: nobody else is asked
    /// for a path of its pattern.
    fn delegations(&self) -> Result<Value, WriteError> {
        let mut keys = Map::new();
        let mut roles = Vec::new();
        for Role { role, .. } in &self.metadata.roles {
            let signers = self.signers.of(&role.name);
            if signers.is_empty() {
                return Err(WriteError::NoSigner(role.name.clone()));
            }
            insert_keys(&mut keys, signers);
            let mut entry = role_keys(signers);
            entry["name"] = json!(role.name);
            entry["paths"] = json!([role.pattern]);
            entry["terminating"] = json!(true);
            roles.push(entry);
        }
        Ok(json!({ "keys": keys, "roles": roles }))
    }

    /// Adds a role's file, kept or new, and its pin for whoever names it.
    fn put(
        &self,
        role: &str,
        body: Value,
        files: &mut BTreeMap<String, Vec<u8>>,
        pins: &mut Map<String, Value>,
    ) -> Result<(), WriteError> {
        let previous = self.metadata.previous.and_then(|core| core.files().get(role));
        let previous = previous.and_then(|bytes| Some((bytes, serde_json::from_slice::<Value>(bytes).ok()?)));
        let old_version =
            previous.as_ref().and_then(|(_, old)| old["signed"]["version"].as_u64()).unwrap_or(0);
        // The pin of a role that was not read (nobody delegates to it any more) still forbids to go back.
        let pinned = pins.get(&format!("{role}.json")).and_then(|pin| pin["version"].as_u64()).unwrap_or(0);
        let (version, bytes) = match previous {
            Some((bytes, old)) if old_version >= pinned && self.still_good(role, &body, &old) => {
                (old_version, bytes.clone())
            }
            _ => {
                let version = old_version.max(pinned) + 1;
                (version, self.sign(role, body, version)?)
            }
        };
        pins.insert(
            format!("{role}.json"),
            json!({ "hashes": { "sha256": Digest::of(&bytes) }, "length": bytes.len(), "version": version }),
        );
        let name = if role == "timestamp" { role.to_owned() } else { format!("{version}.{role}") };
        files.insert(format!("metadata/{name}.json"), bytes);
        Ok(())
    }

    /// Whether a file can stay: same content, same signers, and less than a quarter of its time gone.
    fn still_good(&self, role: &str, body: &Value, old: &Value) -> bool {
        let Some(mut signed) = old["signed"].as_object().cloned() else { return false };
        let expires =
            signed.get("expires").and_then(Value::as_str).and_then(|text| text.parse::<Timestamp>().ok());
        for field in ["expires", "spec_version", "version", ISSUED_FIELD] {
            signed.shift_remove(field);
        }
        let signatures = old["signatures"].as_array().into_iter().flatten();
        let signed_by: BTreeSet<String> =
            signatures.filter_map(|signature| Some(signature["keyid"].as_str()?.to_owned())).collect();
        let left = expires.map_or(0, |expires| expires.as_second() - self.now.as_second());
        Value::Object(signed) == *body
            && signed_by == key_ids(self.signers.of(role))
            && left > lifetime(role) / 4 * 3
    }

    fn sign(&self, role: &str, mut body: Value, version: u64) -> Result<Vec<u8>, WriteError> {
        let signers = self.signers.of(role);
        if signers.is_empty() {
            return Err(WriteError::NoSigner(role.to_owned()));
        }
        let expires =
            self.now.saturating_add(SignedDuration::from_secs(lifetime(role))).unwrap_or(Timestamp::MAX);
        body["expires"] = json!(whole_seconds(expires).to_string());
        body["spec_version"] = json!(SPEC_VERSION);
        body["version"] = json!(version);
        if role == "timestamp" {
            body[ISSUED_FIELD] = json!(self.now.to_string());
        }
        let message = canonical_json(&body);
        let mut signatures = BTreeMap::new();
        for signer in signers {
            let signature =
                signer.sign(&message).map_err(|source| WriteError::Sign { role: role.to_owned(), source })?;
            signatures.insert(signer.public().id(), hex::encode(signature));
        }
        let signatures: Vec<Value> =
            signatures.into_iter().map(|(keyid, sig)| json!({ "keyid": keyid, "sig": sig })).collect();
        // The canonical form is valid JSON, because no text in these documents has a control character in it.
        let mut bytes = canonical_json(&json!({ "signatures": signatures, "signed": body }));
        bytes.push(b'\n');
        Ok(bytes)
    }
}

/// Pins of the snapshot before: a snapshot may not leave out what an earlier one named (spec 5.5.5).
fn previous_pins(previous: Option<&TrustCore>) -> Map<String, Value> {
    let snapshot = previous.and_then(|core| core.files().get("snapshot"));
    let snapshot: Option<Value> = snapshot.and_then(|bytes| serde_json::from_slice(bytes).ok());
    snapshot.and_then(|value| value["signed"]["meta"].as_object().cloned()).unwrap_or_default()
}

fn target_map(targets: &TargetList) -> Map<String, Value> {
    targets
        .iter()
        .map(|(path, (sha256, length))| {
            (path.clone(), json!({ "hashes": { "sha256": sha256 }, "length": length }))
        })
        .collect()
}

fn key_ids(signers: &[Signer]) -> BTreeSet<String> {
    signers.iter().map(|signer| signer.public().id()).collect()
}

fn insert_keys(keys: &mut Map<String, Value>, signers: &[Signer]) {
    for signer in signers {
        keys.insert(signer.public().id(), signer.public().to_json());
    }
}

/// Key ids and threshold: more than half of the keys, so that one lost key of three is no disaster and one stolen neither.
fn role_keys(signers: &[Signer]) -> Value {
    let ids = key_ids(signers);
    json!({ "keyids": ids, "threshold": ids.len() / 2 + 1 })
}

/// TUF's dates have no fractions of a second.
fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
