//! Maintenance windows: when changes may be applied. Fetching is always allowed.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::bundle::AssignedWindow;
use crate::schedule::{self, Cron};

/// No window is longer than a week: cron's pattern begins anew.
const LONGEST: i64 = 7 * 24 * 60;

/// Whether a window is open at `now`.
///
/// # Errors
/// A window that cannot be read, as a sentence.
pub(super) fn is_open(window: &AssignedWindow, now: Timestamp) -> Result<bool, String> {
    let zone = TimeZone::get(&window.timezone)
        .map_err(|_| format!("the window's time zone `{}` is not known", window.timezone.escape_debug()))?;
    let cron = Cron::read(&window.cron).map_err(|why| {
        format!(
            "the window's start `{}` is no cron expression: {}",
            window.cron.escape_debug(),
            why.escape_debug()
        )
    })?;
    let minutes = minutes(&window.duration).ok_or_else(|| {
        format!("the window's duration `{}` cannot be read", window.duration.escape_debug())
    })?;
    let now = now.to_zoned(zone);
    // A start within the last `minutes` that the pattern names. Steps are of real time, so that a day of 23 or 25 hours is right.
    Ok((0..minutes.min(LONGEST))
        .any(|ago| now.checked_sub(SignedDuration::from_mins(ago)).is_ok_and(|start| cron.matches(&start))))
}

/// When a window that is closed at `now` opens next, within five weeks.
pub(super) fn next(window: &AssignedWindow, now: Timestamp) -> Option<Timestamp> {
    let zone = TimeZone::get(&window.timezone).ok()?;
    let cron = Cron::read(&window.cron).ok()?;
    let mut at = now.to_zoned(zone).with().second(0).subsec_nanosecond(0).build().ok()?;
    for _ in 0..5 * LONGEST {
        at = at.checked_add(1.minute()).ok()?;
        if cron.matches(&at) {
            return Some(at.timestamp());
        }
    }
    None
}

/// Minutes that a window is open, a begun one included; `None` where it never is.
fn minutes(text: &str) -> Option<i64> {
    let seconds = schedule::seconds(text).filter(|seconds| *seconds > 0)?;
    i64::try_from(seconds.div_ceil(60)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(cron: &str, duration: &str, timezone: &str) -> AssignedWindow {
        AssignedWindow { cron: cron.to_owned(), duration: duration.to_owned(), timezone: timezone.to_owned() }
    }

    fn open(window: &AssignedWindow, at: &str) -> bool {
        is_open(window, at.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_window_is_open_from_its_start_for_its_duration_in_its_zone() {
        let night = window("0 2 * * *", "2h", "America/New_York");
        assert!(!open(&night, "2026-11-20T06:59:59Z"));
        assert!(open(&night, "2026-11-20T07:00:00Z"));
        assert!(open(&night, "2026-11-20T08:59:59Z"));
        assert!(!open(&night, "2026-11-20T09:00:00Z"));
        // In summer two o'clock is an hour earlier.
        assert!(open(&night, "2026-07-20T06:30:00Z"));
        let next = next(&night, "2026-11-20T09:00:30Z".parse().unwrap()).unwrap();
        assert_eq!(next.to_string(), "2026-11-21T07:00:00Z");
    }

    #[test]
    fn a_window_may_reach_over_midnight_and_the_week() {
        let weekend = window("0 22 * * FRI,6", "8h", "UTC");
        assert!(open(&weekend, "2026-11-21T05:59:00Z"));
        assert!(!open(&weekend, "2026-11-21T06:00:00Z"));
        assert!(open(&weekend, "2026-11-22T01:00:00Z"));
        assert!(!open(&weekend, "2026-11-23T01:00:00Z"));
        let sunday = window("*/15 9-17/4 * * 7", "1m", "UTC");
        assert!(open(&sunday, "2026-11-22T13:45:30Z"));
        assert!(!open(&sunday, "2026-11-22T14:45:00Z"));
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for bad in [
            window("0 2 * *", "2h", "UTC"),
            window("61 2 * * *", "2h", "UTC"),
            window("0 2 * * *", "2", "UTC"),
            window("0 2 * * *", "", "UTC"),
            window("0 5-2 * * *", "2h", "UTC"),
            window("0 2 * * *", "2h", "Mars/Base"),
        ] {
            assert!(is_open(&bad, Timestamp::UNIX_EPOCH).is_err(), "{bad:?}");
        }
    }
}
