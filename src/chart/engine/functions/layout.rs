//! Go's layouts of times: `2006-01-02 15:04:05` (`time/format.go`, Go 1.26).

use std::fmt::Write as _;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Zoned};

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
pub(super) const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Part {
    LongMonth,
    Month,
    NumMonth,
    ZeroMonth,
    LongWeekday,
    Weekday,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    Pm,
    LowerPm,
    ZoneName,
    /// Offset: with `Z` for none, with colons, with minutes, with seconds.
    Zone {
        z: bool,
        colon: bool,
        minutes: bool,
        seconds: bool,
    },
    /// Digits of a second: how many, and whether zeros at the end go.
    Fraction {
        digits: usize,
        trims: bool,
        comma: bool,
    },
}

/// The text before the next part of a layout, the part, and the rest.
pub(super) fn next(layout: &str) -> (&str, Option<(Part, &str)>, &str) {
    const PARTS: &[(&str, Part)] = &[
        ("January", Part::LongMonth),
        ("Monday", Part::LongWeekday),
        ("Z07:00:00", Part::Zone { z: true, colon: true, minutes: true, seconds: true }),
        ("-07:00:00", Part::Zone { z: false, colon: true, minutes: true, seconds: true }),
        ("Z070000", Part::Zone { z: true, colon: false, minutes: true, seconds: true }),
        ("-070000", Part::Zone { z: false, colon: false, minutes: true, seconds: true }),
        ("Z07:00", Part::Zone { z: true, colon: true, minutes: true, seconds: false }),
        ("-07:00", Part::Zone { z: false, colon: true, minutes: true, seconds: false }),
        ("Z0700", Part::Zone { z: true, colon: false, minutes: true, seconds: false }),
        ("-0700", Part::Zone { z: false, colon: false, minutes: true, seconds: false }),
        ("Z07", Part::Zone { z: true, colon: false, minutes: false, seconds: false }),
        ("-07", Part::Zone { z: false, colon: false, minutes: false, seconds: false }),
        ("2006", Part::LongYear),
        ("__2", Part::UnderYearDay),
        ("002", Part::ZeroYearDay),
        ("Jan", Part::Month),
        ("Mon", Part::Weekday),
        ("MST", Part::ZoneName),
        ("01", Part::ZeroMonth),
        ("02", Part::ZeroDay),
        ("03", Part::ZeroHour12),
        ("04", Part::ZeroMinute),
        ("05", Part::ZeroSecond),
        ("06", Part::Year),
        ("15", Part::Hour),
        ("_2", Part::UnderDay),
        ("PM", Part::Pm),
        ("pm", Part::LowerPm),
        ("1", Part::NumMonth),
        ("2", Part::Day),
        ("3", Part::Hour12),
        ("4", Part::Minute),
        ("5", Part::Second),
    ];
    for (at, letter) in layout.char_indices() {
        let rest = &layout[at..];
        if matches!(letter, '.' | ',')
            && let Some((part, length)) = fraction(rest)
        {
            return (&layout[..at], Some((part, &rest[..length])), &rest[length..]);
        }
        for (text, part) in PARTS {
            if !rest.starts_with(text) {
                continue;
            }
            // `_2006` is a blank and a year, `Month` is no name of a month, `January` was looked at before.
            if *text == "_2" && rest.starts_with("_2006") {
                return (&layout[..=at], Some((Part::LongYear, "2006")), &rest[5..]);
            }
            let lower_follows = rest[text.len()..].starts_with(|next: char| next.is_ascii_lowercase());
            if matches!(*text, "Jan" | "Mon") && lower_follows {
                continue;
            }
            return (&layout[..at], Some((*part, text)), &rest[text.len()..]);
        }
    }
    (layout, None, "")
}

/// `.000` or `.999`, not followed by a digit.
fn fraction(rest: &str) -> Option<(Part, usize)> {
    let digit = rest[1..].chars().next().filter(|digit| matches!(digit, '0' | '9'))?;
    let digits = rest[1..].chars().take_while(|next| *next == digit).count();
    if rest[1 + digits..].starts_with(|next: char| next.is_ascii_digit()) {
        return None;
    }
    Some((Part::Fraction { digits, trims: digit == '9', comma: rest.starts_with(',') }, 1 + digits))
}

/// Go's zero time.
fn zero() -> Zoned {
    Date::constant(1, 1, 1).to_datetime(Time::midnight()).to_zoned(TimeZone::UTC).unwrap_or_default()
}

/// A time by a layout.
pub(super) fn format(layout: &str, time: Option<&Zoned>) -> String {
    let zero_time;
    let time = if let Some(time) = time {
        time
    } else {
        zero_time = zero();
        &zero_time
    };
    let mut out = String::new();
    let mut rest = layout;
    loop {
        let (before, part, after) = next(rest);
        out.push_str(before);
        let Some((part, _)) = part else { return out };
        out.push_str(&shown(part, time));
        rest = after;
    }
}

fn shown(part: Part, time: &Zoned) -> String {
    let month = MONTHS[usize::from(time.month().unsigned_abs()).clamp(1, 12) - 1];
    let day = DAYS[usize::from(time.weekday().to_sunday_zero_offset().unsigned_abs()).min(6)];
    let hour12 = match time.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    match part {
        Part::LongMonth => month.to_owned(),
        Part::Month => month[..3].to_owned(),
        Part::NumMonth => time.month().to_string(),
        Part::ZeroMonth => format!("{:02}", time.month()),
        Part::LongWeekday => day.to_owned(),
        Part::Weekday => day[..3].to_owned(),
        Part::Day => time.day().to_string(),
        Part::UnderDay => format!("{:2}", time.day()),
        Part::ZeroDay => format!("{:02}", time.day()),
        Part::UnderYearDay => format!("{:3}", time.day_of_year()),
        Part::ZeroYearDay => format!("{:03}", time.day_of_year()),
        Part::Hour => format!("{:02}", time.hour()),
        Part::Hour12 => hour12.to_string(),
        Part::ZeroHour12 => format!("{hour12:02}"),
        Part::Minute => time.minute().to_string(),
        Part::ZeroMinute => format!("{:02}", time.minute()),
        Part::Second => time.second().to_string(),
        Part::ZeroSecond => format!("{:02}", time.second()),
        Part::LongYear => format!("{:04}", time.year()),
        Part::Year => format!("{:02}", time.year().rem_euclid(100)),
        Part::Pm => if time.hour() >= 12 { "PM" } else { "AM" }.to_owned(),
        Part::LowerPm => if time.hour() >= 12 { "pm" } else { "am" }.to_owned(),
        Part::ZoneName => zone_name(time),
        Part::Zone { z, colon, minutes, seconds } => {
            let offset = time.offset().seconds();
            if z && offset == 0 {
                return "Z".to_owned();
            }
            let sign = if offset < 0 { '-' } else { '+' };
            let size = offset.unsigned_abs();
            let between = if colon { ":" } else { "" };
            let mut text = format!("{sign}{:02}", size / 3600);
            if minutes {
                let _ = write!(text, "{between}{:02}", size / 60 % 60);
            }
            if seconds {
                let _ = write!(text, "{between}{:02}", size % 60);
            }
            text
        }
        Part::Fraction { digits, trims, comma } => {
            let all = format!("{:09}", time.subsec_nanosecond());
            let mut shown = &all[..digits.min(9)];
            if trims {
                shown = shown.trim_end_matches('0');
            }
            if shown.is_empty() {
                return String::new();
            }
            format!("{}{shown}", if comma { ',' } else { '.' })
        }
    }
}

fn zone_name(time: &Zoned) -> String {
    let info = time.time_zone().to_offset_info(time.timestamp());
    info.abbreviation().to_owned()
}

/// Go's `Time.AddDate`: days that a month does not have run into the next one.
pub(super) fn add_date(time: &Zoned, years: i64, months: i64, days: i64) -> Zoned {
    let all = i64::from(time.year()) * 12 + i64::from(time.month()) - 1
        + years.saturating_mul(12).saturating_add(months);
    let (year, month) = (all.div_euclid(12), all.rem_euclid(12) + 1);
    let moved = || {
        let first = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, 1).ok()?;
        let days = days.checked_add(i64::from(time.day()) - 1)?;
        let date = first.checked_add(Span::new().try_days(days).ok()?).ok()?;
        date.to_datetime(time.time()).to_zoned(time.time_zone().clone()).ok()
    };
    moved().unwrap_or_else(|| time.clone())
}
