//! Times (`sprig:date.go` over Go's `time`). There is no clock: `now` is a time that follows from the seed, and the local
//! zone is UTC.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

use super::{layout, layout_read};
use crate::chart::engine::call::{Args, Function, Outcome, Type};
use crate::chart::engine::fault::Fault;
use crate::chart::engine::machine::Machine;
use crate::chart::engine::number::parse_int;
use crate::chart::engine::object::Object;
use crate::chart::engine::value::Value;

const A: Type = Type::Any;
const T: Type = Type::Text;

pub(in super::super) const FUNCTIONS: &[Function] = &[
    Function::new("now", &[], |machine, _| Ok(time(Some(machine.now.clone())))),
    Function::new("date", &[T, A], |machine, args| Ok(in_zone(machine, &args.str(0), args.value(1), "UTC"))),
    Function::new("dateInZone", &[T, A, T], |machine, args| {
        Ok(in_zone(machine, &args.str(0), args.value(1), &args.str(2)))
    }),
    Function::new("date_in_zone", &[T, A, T], |machine, args| {
        Ok(in_zone(machine, &args.str(0), args.value(1), &args.str(2)))
    }),
    Function::new("htmlDate", &[A], |machine, args| Ok(in_zone(machine, "2006-01-02", args.value(0), "UTC"))),
    Function::new("htmlDateInZone", &[A, T], |machine, args| {
        Ok(in_zone(machine, "2006-01-02", args.value(0), &args.str(1)))
    }),
    Function::new("dateModify", &[T, Type::Time], |_, args| modify(args, false)),
    Function::new("date_modify", &[T, Type::Time], |_, args| modify(args, false)),
    Function::new("mustDateModify", &[T, Type::Time], |_, args| modify(args, true)),
    Function::new("must_date_modify", &[T, Type::Time], |_, args| modify(args, true)),
    Function::new("toDate", &[T, T], |_, args| {
        Ok(time(layout_read::parse(&args.str(0), &args.str(1)).unwrap_or(None)))
    }),
    Function::new("mustToDate", &[T, T], |_, args| {
        layout_read::parse(&args.str(0), &args.str(1)).map(time).map_err(Fault::new)
    }),
    Function::new("unixEpoch", &[Type::Time], |_, args| {
        Ok(Value::text(seconds(time_of(args, 0)).to_string()))
    }),
    Function::new("ago", &[A], |machine, args| {
        let then = moment(machine, args.value(0));
        let since = i128::from(machine.now.timestamp().as_second()) - i128::from(seconds(then.as_ref()));
        let nanoseconds = i64::try_from(since * 1_000_000_000).unwrap_or(i64::MAX);
        Ok(Value::text(duration_text(nanoseconds)))
    }),
    Function::new("duration", &[A], |_, args| {
        let seconds = match args.value(0) {
            Value::Text(text) => parse_int(&text.str(), 10).unwrap_or(0),
            Value::Int64(seconds) => *seconds,
            _ => 0,
        };
        Ok(Value::text(duration_text(seconds.wrapping_mul(1_000_000_000))))
    }),
    Function::new("durationRound", &[A], |machine, args| {
        let nanoseconds = match args.value(0) {
            Value::Text(text) => parse_duration(&text.str()).unwrap_or(0),
            Value::Int64(nanoseconds) => *nanoseconds,
            Value::Object(object) => match &**object {
                Object::Time(then) => {
                    let since = machine.now.timestamp().as_second() - seconds(then.as_ref());
                    since.saturating_mul(1_000_000_000)
                }
                _ => 0,
            },
            _ => 0,
        };
        Ok(Value::text(rounded(nanoseconds.unsigned_abs())))
    }),
];

/// What templates call on a time.
pub(in super::super) const TIME_METHODS: &[Function] = &[
    Function::new("Format", &[T], |_, args| Ok(Value::text(layout::format(&args.str(1), time_of(args, 0))))),
    Function::new("Unix", &[], |_, args| Ok(Value::Int64(seconds(time_of(args, 0))))),
    Function::new("UnixMilli", &[], |_, args| {
        Ok(Value::Int64(seconds(time_of(args, 0)).wrapping_mul(1_000)))
    }),
    Function::new("UnixNano", &[], |_, args| {
        Ok(Value::Int64(time_of(args, 0).map_or(-6_795_364_578_871_345_152, |time| {
            i64::try_from(time.timestamp().as_nanosecond()).unwrap_or(0)
        })))
    }),
    Function::new("Year", &[], |_, args| Ok(part(args, 1, |time| time.year().into()))),
    Function::new("Day", &[], |_, args| Ok(part(args, 1, |time| time.day().into()))),
    Function::new("Hour", &[], |_, args| Ok(part(args, 0, |time| time.hour().into()))),
    Function::new("Minute", &[], |_, args| Ok(part(args, 0, |time| time.minute().into()))),
    Function::new("Second", &[], |_, args| Ok(part(args, 0, |time| time.second().into()))),
    Function::new("Nanosecond", &[], |_, args| Ok(part(args, 0, |time| time.subsec_nanosecond().into()))),
    Function::new("YearDay", &[], |_, args| Ok(part(args, 1, |time| time.day_of_year().into()))),
    Function::new("Month", &[], |_, args| {
        Ok(Value::object(Object::Month(time_of(args, 0).map_or(1, Zoned::month))))
    }),
    Function::new("Weekday", &[], |_, args| {
        Ok(Value::object(Object::Weekday(
            time_of(args, 0).map_or(1, |time| time.weekday().to_sunday_zero_offset()),
        )))
    }),
    Function::new("IsZero", &[], |_, args| Ok(Value::Bool(time_of(args, 0).is_none()))),
    Function::new("UTC", &[], |_, args| {
        Ok(time(time_of(args, 0).map(|time| time.with_time_zone(TimeZone::UTC))))
    }),
    Function::new("Local", &[], |_, args| {
        Ok(time(time_of(args, 0).map(|time| time.with_time_zone(TimeZone::UTC))))
    }),
    Function::new("String", &[], |_, args| Ok(Value::text(time_text(time_of(args, 0))))),
    Function::new("Add", &[Type::Duration], |_, args| {
        let nanoseconds = match args.object(1) {
            Some(Object::Duration(nanoseconds)) => *nanoseconds,
            _ => args.int(1),
        };
        Ok(time(time_of(args, 0).map(|time| later(time, nanoseconds))))
    }),
    Function::new("AddDate", &[Type::Int, Type::Int, Type::Int], |_, args| {
        let Some(then) = time_of(args, 0) else { return Ok(args.value(0).clone()) };
        Ok(time(Some(layout::add_date(then, args.int(1), args.int(2), args.int(3)))))
    }),
    Function::new("Sub", &[Type::Time], |_, args| {
        let difference = i128::from(seconds(time_of(args, 0))) - i128::from(seconds(time_of(args, 1)));
        let nanoseconds = (difference * 1_000_000_000).clamp(i64::MIN.into(), i64::MAX.into());
        Ok(Value::object(Object::Duration(i64::try_from(nanoseconds).unwrap_or(0))))
    }),
    Function::new("Before", &[Type::Time], |_, args| Ok(Value::Bool(order(args).is_lt()))),
    Function::new("After", &[Type::Time], |_, args| Ok(Value::Bool(order(args).is_gt()))),
    Function::new("Equal", &[Type::Time], |_, args| Ok(Value::Bool(order(args).is_eq()))),
];

/// What templates call on a duration.
pub(in super::super) const DURATION_METHODS: &[Function] = &[
    Function::new("Hours", &[], |_, args| Ok(Value::Float(nanoseconds(args) as f64 / 3.6e12))),
    Function::new("Minutes", &[], |_, args| Ok(Value::Float(nanoseconds(args) as f64 / 6e10))),
    Function::new("Seconds", &[], |_, args| Ok(Value::Float(nanoseconds(args) as f64 / 1e9))),
    Function::new("Milliseconds", &[], |_, args| Ok(Value::Int64(nanoseconds(args) / 1_000_000))),
    Function::new("Nanoseconds", &[], |_, args| Ok(Value::Int64(nanoseconds(args)))),
    Function::new("String", &[], |_, args| Ok(Value::text(duration_text(nanoseconds(args))))),
];

fn nanoseconds(args: &Args) -> i64 {
    match args.object(0) {
        Some(Object::Duration(nanoseconds)) => *nanoseconds,
        _ => 0,
    }
}

fn time(time: Option<Zoned>) -> Value {
    Value::object(Object::Time(time))
}

fn time_of(args: &Args, index: usize) -> Option<&Zoned> {
    match args.object(index) {
        Some(Object::Time(time)) => time.as_ref(),
        _ => None,
    }
}

fn part(args: &Args, zero: i64, of: fn(&Zoned) -> i64) -> Value {
    Value::Int(time_of(args, 0).map_or(zero, of))
}

fn order(args: &Args) -> std::cmp::Ordering {
    let moment = |index| time_of(args, index).map(Zoned::timestamp);
    moment(0).cmp(&moment(1))
}

/// Seconds since 1970; the zero time is the first second of the year 1.
fn seconds(time: Option<&Zoned>) -> i64 {
    time.map_or(-62_135_596_800, |time| time.timestamp().as_second())
}

fn at(seconds: i64) -> Option<Zoned> {
    Timestamp::from_second(seconds).ok().map(|moment| moment.to_zoned(TimeZone::UTC))
}

/// The time that a value stands for; now, where it is none.
fn moment(machine: &Machine, value: &Value) -> Option<Zoned> {
    match value {
        Value::Int(seconds) | Value::Int64(seconds) => at(*seconds),
        Value::Object(object) => match &**object {
            Object::Time(time) => time.clone(),
            _ => Some(machine.now.clone()),
        },
        _ => Some(machine.now.clone()),
    }
}

fn in_zone(machine: &Machine, format: &str, value: &Value, zone: &str) -> Value {
    let zone = match zone {
        "" | "UTC" | "Local" => TimeZone::UTC,
        name => TimeZone::get(name).unwrap_or(TimeZone::UTC),
    };
    let time = moment(machine, value).map(|time| time.with_time_zone(zone));
    Value::text(layout::format(format, time.as_ref()))
}

fn later(time: &Zoned, nanoseconds: i64) -> Zoned {
    time.checked_add(SignedDuration::from_nanos(nanoseconds)).unwrap_or_else(|_| time.clone())
}

fn modify(args: &Args, must: bool) -> Outcome {
    match parse_duration(&args.str(0)) {
        Ok(nanoseconds) => Ok(time(time_of(args, 1).map(|time| later(time, nanoseconds)))),
        Err(why) if must => Err(Fault::new(why)),
        Err(_) => Ok(args.value(1).clone()),
    }
}

/// Go's `time.ParseDuration`.
pub(super) fn parse_duration(text: &str) -> Result<i64, String> {
    let shown = crate::chart::engine::quote::quoted(text.as_bytes());
    let invalid = || format!("time: invalid duration {shown}");
    let (negative, mut rest) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total = 0.0_f64;
    let mut whole_total: i128 = 0;
    while !rest.is_empty() {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let whole = digits(rest);
        let after = &rest[whole..];
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => (&after[..digits(after)], &after[digits(after)..]),
            None => ("", after),
        };
        if whole == 0 && fraction.is_empty() {
            return Err(invalid());
        }
        let unit_end =
            after.find(|letter: char| letter == '.' || letter.is_ascii_digit()).unwrap_or(after.len());
        let unit = &after[..unit_end];
        let scale: i128 = match unit {
            "" => return Err(format!("time: missing unit in duration {shown}")),
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            unit => {
                let unit = crate::chart::engine::quote::quoted(unit.as_bytes());
                return Err(format!("time: unknown unit {unit} in duration {shown}"));
            }
        };
        let number: i128 = if whole == 0 { 0 } else { rest[..whole].parse().map_err(|_| invalid())? };
        whole_total = whole_total.saturating_add(number.saturating_mul(scale));
        if !fraction.is_empty() {
            total += format!("0.{fraction}").parse::<f64>().unwrap_or(0.0) * scale as f64;
        }
        rest = &after[unit_end..];
    }
    #[allow(clippy::cast_possible_truncation, reason = "less than an hour")]
    let all = whole_total.saturating_add(total as i128);
    i64::try_from(if negative { -all } else { all }).map_err(|_| invalid())
}

/// Go's `Duration.String`.
pub(in super::super) fn duration_text(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let size = nanoseconds.unsigned_abs();
    let with_fraction = |value: u64, scale: u64| {
        let digits = scale.ilog10() as usize;
        let text = format!("{}.{:0digits$}", value / scale, value % scale);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    let text = match size {
        0 => return "0s".to_owned(),
        1..1_000 => format!("{size}ns"),
        1_000..1_000_000 => format!("{}µs", with_fraction(size, 1_000)),
        1_000_000..1_000_000_000 => format!("{}ms", with_fraction(size, 1_000_000)),
        _ => {
            let (minutes, rest) = (size / 60_000_000_000, size % 60_000_000_000);
            let seconds = with_fraction(rest, 1_000_000_000);
            match (minutes / 60, minutes % 60) {
                (0, 0) => format!("{seconds}s"),
                (0, minutes) => format!("{minutes}m{seconds}s"),
                (hours, minutes) => format!("{hours}h{minutes}m{seconds}s"),
            }
        }
    };
    format!("{sign}{text}")
}

/// sprig's `durationRound`: the largest unit of which there is more than one whole.
fn rounded(nanoseconds: u64) -> String {
    const HOUR: u64 = 3_600_000_000_000;
    const UNITS: [(u64, &str); 6] = [
        (HOUR * 24 * 365, "y"),
        (HOUR * 24 * 30, "mo"),
        (HOUR * 24, "d"),
        (HOUR, "h"),
        (HOUR / 60, "m"),
        (HOUR / 3600, "s"),
    ];
    let unit = UNITS.iter().find(|(size, _)| nanoseconds > *size);
    unit.map_or_else(|| "0s".to_owned(), |(size, name)| format!("{}{name}", nanoseconds / size))
}

/// Go's `Time.String`.
pub(in super::super) fn time_text(time: Option<&Zoned>) -> String {
    layout::format("2006-01-02 15:04:05.999999999 -0700 MST", time)
}

/// As Go writes a time in JSON.
pub(in super::super) fn rfc3339(time: Option<&Zoned>) -> String {
    layout::format("2006-01-02T15:04:05.999999999Z07:00", time)
}

pub(in super::super) fn month_name(month: i8) -> &'static str {
    usize::try_from(month - 1).ok().and_then(|index| layout::MONTHS.get(index)).copied().unwrap_or_default()
}

pub(in super::super) fn weekday_name(day: i8) -> &'static str {
    usize::try_from(day).ok().and_then(|index| layout::DAYS.get(index)).copied().unwrap_or_default()
}
