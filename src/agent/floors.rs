//! The floors on disk: two copies, each with a generation and a digest over itself.
//!
//! Read is the highest of both copies and of what every finished slot was built under, so that a torn write, or one copy put
//! back from an image, lowers nothing. When both copies are unreadable although there are slots, older states can no longer be
//! told from newer ones: [`Memory::Damaged`].

use serde::{Deserialize, Serialize};

use super::durable::{self, PRIVATE};
use super::error::AgentError;
use super::slots;
use super::state::State;
use crate::archive::Digest;
use crate::trust::{Floors, SerialFloor};

const COPIES: [&str; 2] = ["trust/floors.a", "trust/floors.b"];

/// One copy: a digest over the rest, then the rest.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    sha256: Digest,
    content: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    generation: u64,
    floors: Floors,
}

/// What the appliance remembers of what it accepted.
#[derive(Debug)]
pub(super) enum Memory {
    /// Nothing yet: it trusts the root it is given.
    Fresh,
    /// Floors, and the number of times they were written.
    Known(Floors, u64),
    /// Both copies are damaged although something was accepted before; what the slots say.
    Damaged(Floors),
}

/// Reads the floors.
pub(super) fn read(state: &State) -> Result<Memory, AgentError> {
    let mut known: Option<(Floors, u64)> = None;
    let mut present = false;
    for copy in COPIES {
        let Some(bytes) = durable::read(&state.at(copy))? else { continue };
        present = true;
        let Some(content) = open(&bytes) else { continue };
        known = Some(match known {
            None => (content.floors, content.generation),
            Some((floors, generation)) => {
                (highest(floors, content.floors), generation.max(content.generation))
            }
        });
    }
    let mut of_slots: Option<Floors> = None;
    for slot in slots::ready(state)? {
        let floors = slot.ready.floors;
        of_slots = Some(of_slots.map_or_else(|| floors.clone(), |held| highest(held, floors.clone())));
    }
    Ok(match (known, of_slots) {
        (Some((floors, generation)), Some(slots)) => Memory::Known(highest(floors, slots), generation),
        (Some((floors, generation)), None) => Memory::Known(floors, generation),
        (None, Some(slots)) => Memory::Damaged(slots),
        // Torn before the first slot was made: there are files, but they say nothing.
        (None, None) if present => Memory::Damaged(Floors::default()),
        (None, None) => Memory::Fresh,
    })
}

/// Writes both copies, one after the other: a crash leaves at least one.
pub(super) fn write(state: &State, floors: &Floors, generation: u64) -> Result<(), AgentError> {
    let content = Content { generation, floors: floors.clone() };
    let content = serde_json::to_string(&content).map_err(|error| AgentError::Failed(error.to_string()))?;
    let sealed = Sealed { sha256: Digest::of(content.as_bytes()), content };
    let bytes = serde_json::to_vec(&sealed).map_err(|error| AgentError::Failed(error.to_string()))?;
    for copy in COPIES {
        durable::write(&state.at(copy), &bytes, PRIVATE)?;
    }
    Ok(())
}

fn open(bytes: &[u8]) -> Option<Content> {
    let sealed: Sealed = serde_json::from_slice(bytes).ok()?;
    if Digest::of(sealed.content.as_bytes()) != sealed.sha256 {
        return None;
    }
    serde_json::from_str(&sealed.content).ok()
}

/// The higher of two memories, part by part.
fn highest(a: Floors, b: Floors) -> Floors {
    // Role floors of different online keys cannot be compared: those under the newer root count.
    let (mut high, low) = if b.root > a.root { (b, a) } else { (a, b) };
    if high.online_keys == low.online_keys {
        for (role, version) in low.roles {
            let floor = high.roles.entry(role).or_default();
            *floor = (*floor).max(version);
        }
        high.time = high.time.max(low.time);
    }
    for (path, floor) in low.serials {
        match high.serials.get_mut(&path) {
            None => {
                high.serials.insert(path, floor);
            }
            Some(held) => *held = higher_serial(std::mem::take(held), floor),
        }
    }
    high
}

fn higher_serial(a: SerialFloor, b: SerialFloor) -> SerialFloor {
    let (mut high, low) = if b.epoch > a.epoch { (b, a) } else { (a, b) };
    if high.epoch == low.epoch {
        for (channel, serial) in low.channels {
            let floor = high.channels.entry(channel).or_default();
            *floor = (*floor).max(serial);
        }
        high.min_version = high.min_version.max(low.min_version);
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    fn floors(timestamp: u64) -> Floors {
        Floors {
            root: 1,
            online_keys: "k".to_owned(),
            roles: [("timestamp".to_owned(), timestamp)].into(),
            ..Floors::default()
        }
    }

    #[test]
    fn one_torn_copy_lowers_nothing_two_are_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(folder.path()).unwrap();
        assert!(matches!(read(&state).unwrap(), Memory::Fresh));
        write(&state, &floors(7), 1).unwrap();
        for copy in COPIES {
            let good = std::fs::read(state.at(copy)).unwrap();
            std::fs::write(state.at(copy), &good[..good.len() / 2]).unwrap();
            match read(&state).unwrap() {
                Memory::Known(known, 1) => assert_eq!(known, floors(7)),
                other => panic!("{other:?}"),
            }
            std::fs::write(state.at(copy), good).unwrap();
        }
        for copy in COPIES {
            let mut bytes = std::fs::read(state.at(copy)).unwrap();
            let at = bytes.windows(2).position(|w| w == b":7").unwrap();
            bytes[at + 1] = b'1';
            std::fs::write(state.at(copy), bytes).unwrap();
        }
        assert!(matches!(read(&state).unwrap(), Memory::Damaged(_)));
    }

    #[test]
    fn an_old_copy_put_back_loses_against_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(folder.path()).unwrap();
        write(&state, &floors(7), 1).unwrap();
        let old = std::fs::read(state.at(COPIES[0])).unwrap();
        write(&state, &floors(9), 2).unwrap();
        std::fs::write(state.at(COPIES[0]), old).unwrap();
        assert!(matches!(read(&state).unwrap(), Memory::Known(known, 2) if known == floors(9)));
    }

    #[test]
    fn a_higher_epoch_begins_the_serials_anew() {
        let serial = |epoch, serial| SerialFloor {
            epoch,
            channels: [("stable".to_owned(), serial)].into(),
            min_version: None,
        };
        assert_eq!(higher_serial(serial(1, 900), serial(2, 3)), serial(2, 3));
        assert_eq!(higher_serial(serial(2, 3), serial(2, 5)), serial(2, 5));
    }
}
