//! Maintenance windows: when changes may be applied. Fetching is always allowed.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};

use crate::bundle::AssignedWindow;

/// No window is longer than a week: cron's pattern begins anew.
const LONGEST: i64 = 7 * 24 * 60;

/// Whether a window is open at `now`.
///
/// # Errors
/// A window that cannot be read, as a sentence.
pub(super) fn is_open(window: &AssignedWindow, now: Timestamp) -> Result<bool, String> {
    let zone = TimeZone::get(&window.timezone)
        .map_err(|_| format!("the window's time zone `{}` is not known", window.timezone.escape_debug()))?;
    let cron = Cron::read(&window.cron).ok_or_else(|| {
        format!("the window's start `{}` is no cron expression", window.cron.escape_debug())
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
    let cron = Cron::read(&window.cron)?;
    let mut at = now.to_zoned(zone).with().second(0).subsec_nanosecond(0).build().ok()?;
    for _ in 0..5 * LONGEST {
        at = at.checked_add(1.minute()).ok()?;
        if cron.matches(&at) {
            return Some(at.timestamp());
        }
    }
    None
}

/// Five fields of cron, each as the set of numbers that it names.
struct Cron {
    minute: u64,
    hour: u64,
    day: u64,
    month: u64,
    weekday: u64,
    /// As in cron: where both days are restricted, either is enough.
    either_day: bool,
}

impl Cron {
    fn read(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else { return None };
        let weekdays = field(weekday, 0, 7, &["sun", "mon", "tue", "wed", "thu", "fri", "sat"], 0)?;
        let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
        Some(Self {
            minute: field(minute, 0, 59, &[], 0)?,
            hour: field(hour, 0, 23, &[], 0)?,
            day: field(day, 1, 31, &[], 0)?,
            month: field(month, 1, 12, &months, 1)?,
            // Sunday is 0 and 7.
            weekday: weekdays | (weekdays >> 7 & 1),
            either_day: !day.starts_with('*') && !weekday.starts_with('*'),
        })
    }

    fn matches(&self, at: &Zoned) -> bool {
        let has = |set: u64, number: i8| u32::try_from(number).is_ok_and(|number| set >> number & 1 == 1);
        let day = has(self.day, at.day());
        let weekday = has(self.weekday, at.weekday().to_sunday_zero_offset());
        has(self.minute, at.minute())
            && has(self.hour, at.hour())
            && has(self.month, at.month())
            && if self.either_day { day || weekday } else { day && weekday }
    }
}

/// `*`, `5`, `1-5`, `*/15`, `10-40/10`, `MON`, and lists of these, as a set of bits.
fn field(text: &str, low: u32, high: u32, names: &[&str], first: u32) -> Option<u64> {
    let number = |text: &str| -> Option<u32> {
        let lower = text.to_ascii_lowercase();
        let number = match names.iter().position(|name| *name == lower) {
            Some(place) => first + u32::try_from(place).ok()?,
            None => text.parse().ok()?,
        };
        (low..=high).contains(&number).then_some(number)
    };
    let mut set = 0;
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse::<usize>().ok().filter(|step| *step > 0)?),
            None => (part, 1),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (low, high),
            Some((from, to)) => (number(from)?, number(to)?),
            // `5/15` is from 5 on.
            None if part.contains('/') => (number(range)?, high),
            None => (number(range)?, number(range)?),
        };
        if from > to {
            return None;
        }
        for number in (from..=to).step_by(step) {
            set |= 1 << number;
        }
    }
    Some(set)
}

/// Minutes of `2h`, `90m`, `1d12h`.
fn minutes(text: &str) -> Option<i64> {
    let mut total: i64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: i64 = rest[..digits].parse().ok()?;
        let unit = rest[digits..].chars().next()?;
        let minutes = match unit {
            'm' => 1,
            'h' => 60,
            'd' => 24 * 60,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(minutes)?)?;
        rest = &rest[digits + unit.len_utf8()..];
    }
    (total > 0).then_some(total)
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
