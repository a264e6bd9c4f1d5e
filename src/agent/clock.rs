//! How far the device's clock is believed.
//!
//! Signed metadata says when it was signed; the latest such time is a floor. A clock before the floor is wrong. A clock after
//! it may still be wrong: a box without a battery that a network has just told some time. Where `systemd-timesyncd` keeps the clock
//! it says whether it has reached a server; elsewhere (chrony, PTP) no file tells, and the clock is believed.

use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is known about the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockState {
    /// Not before the floor, and nothing says that it is not synchronised.
    Good,
    /// Before a time that has surely passed.
    Behind,
    /// Not before the floor, but not synchronised either.
    Suspect,
}

/// The time that decides about expiry, waves and windows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    pub(super) state: ClockState,
    /// The device's time where it is believed, else the floor.
    pub(super) now: Timestamp,
}

impl Clock {
    /// Judges the device's time by the floor and by what `timesyncd` says in its folder.
    pub(super) fn judge(device: Timestamp, floor: Option<Timestamp>, timesync: &Path) -> Self {
        let floor = floor.unwrap_or(Timestamp::MIN);
        let state = if device < floor {
            ClockState::Behind
        } else if timesync.is_dir() && !timesync.join("synchronized").exists() {
            ClockState::Suspect
        } else {
            ClockState::Good
        };
        Self { state, now: if state == ClockState::Good { device } else { floor } }
    }

    /// Judges the clock of this machine.
    pub(super) fn here(floor: Option<Timestamp>) -> Self {
        Self::judge(Timestamp::now(), floor, Path::new("/run/systemd/timesync"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_clock_is_replaced_by_the_floor() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let none = folder.path().join("none");
        let floor = at("2026-11-01T00:00:00Z");
        let clock = Clock::judge(at("1970-01-01T00:00:10Z"), Some(floor), &none);
        assert_eq!((clock.state, clock.now), (ClockState::Behind, floor));
        let clock = Clock::judge(at("2026-11-02T00:00:00Z"), Some(floor), &none);
        assert_eq!((clock.state, clock.now), (ClockState::Good, at("2026-11-02T00:00:00Z")));
        let clock = Clock::judge(at("2099-01-01T00:00:00Z"), Some(floor), folder.path());
        assert_eq!((clock.state, clock.now), (ClockState::Suspect, floor));
        std::fs::write(folder.path().join("synchronized"), "").unwrap();
        assert_eq!(
            Clock::judge(at("2026-11-02T00:00:00Z"), Some(floor), folder.path()).state,
            ClockState::Good
        );
    }
}
