//! Which part of the appliances a rollout has reached.

use jiff::{SignedDuration, Timestamp, Unit};

use crate::archive::Digest;
use crate::bundle::ChannelTarget;

/// Whether an appliance follows a channel now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Yes.
    Now,
    /// Appliances stay where they are until the channel is resumed.
    Paused,
    /// Not yet; from then on, if the rollout goes on as it is written.
    Later(Option<Timestamp>),
}

/// Position of an appliance in every rollout of a profile, 0 to 9999: the same appliances do not always come first.
fn position(profile: &str, appliance: &str) -> u64 {
    let digest = Digest::of(format!("{profile}\n{appliance}").as_bytes());
    let mut head = [0; 8];
    head.copy_from_slice(&digest.as_bytes()[..8]);
    u64::from_be_bytes(head) % 10_000
}

/// Whether an appliance follows `channel` of `profile` at `now`. A channel without waves is for all at once.
pub(super) fn turn(channel: &ChannelTarget, profile: &str, appliance: &str, now: Timestamp) -> Turn {
    if channel.paused {
        return Turn::Paused;
    }
    if channel.waves.is_empty() {
        return Turn::Now;
    }
    let position = position(profile, appliance);
    let Ok(since) = channel.since.parse::<Timestamp>() else { return Turn::Later(None) };
    let mine = channel
        .waves
        .iter()
        .filter(|wave| position < u64::from(wave.percent) * 100)
        .filter_map(|wave| {
            let after = SignedDuration::from_secs(i64::try_from(wave.after).ok()?);
            since.checked_add(after).ok()
        })
        .min();
    match mine {
        Some(start) if start <= now => Turn::Now,
        start => Turn::Later(start.map(|start| start.round(Unit::Second).unwrap_or(start))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::WaveTarget;

    #[test]
    fn each_wave_reaches_about_its_share_and_the_last_one_all() {
        let since = "2026-11-01T00:00:00Z";
        let channel = ChannelTarget {
            serial: 1,
            version: "1.0.0".to_owned(),
            paused: false,
            since: since.to_owned(),
            waves: vec![
                WaveTarget { after: 0, percent: 10 },
                WaveTarget { after: 3600, percent: 50 },
                WaveTarget { after: 7200, percent: 100 },
            ],
        };
        let start: Timestamp = since.parse().unwrap();
        let reached = |after: i64| {
            let now = start + SignedDuration::from_secs(after);
            (0..1000).filter(|n| turn(&channel, "p", &format!("box-{n}"), now) == Turn::Now).count()
        };
        assert_eq!(reached(-1), 0);
        assert!((60..140).contains(&reached(0)), "{}", reached(0));
        assert!((440..560).contains(&reached(3600)), "{}", reached(3600));
        assert_eq!(reached(7200), 1000);
        let paused = ChannelTarget { paused: true, ..channel };
        assert_eq!(turn(&paused, "p", "box-1", start), Turn::Paused);
    }
}
