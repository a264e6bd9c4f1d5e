//! Reading times by Go's layouts (`time/format.go`, `parse`, Go 1.26).

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Zoned};

use super::layout::{DAYS, MONTHS, Part, next};
use crate::chart::engine::quote::quoted;

/// The time that a text stands for by a layout; a layout without zone is UTC. The error is Go's.
pub(in super::super) fn parse(layout: &str, text: &str) -> Result<Option<Zoned>, String> {
    let failed = |part: &str, value: &str| {
        format!(
            "parsing time {} as {}: cannot parse {} as {}",
            quoted(text.as_bytes()),
            quoted(layout.as_bytes()),
            quoted(value.as_bytes()),
            quoted(part.as_bytes())
        )
    };
    let out_of_range = |what: &str| format!("parsing time {}: {what} out of range", quoted(text.as_bytes()));
    let mut read = Read::default();
    let (mut rest, mut value) = (layout, text);
    loop {
        let (before, part, after) = next(rest);
        value = skip(value, before).ok_or_else(|| failed(before, value))?;
        let Some((part, spelled)) = part else {
            if !value.is_empty() {
                return Err(format!(
                    "parsing time {}: extra text: {}",
                    quoted(text.as_bytes()),
                    quoted(value.as_bytes())
                ));
            }
            break;
        };
        let hold = value;
        value = read.part(part, value).map_err(|fault| match fault {
            None => failed(spelled, hold),
            Some(what) => out_of_range(what),
        })?;
        rest = after;
    }
    read.time().map_err(out_of_range).map(Some)
}

/// The text that stands literally in a layout; blanks are as many as there are.
fn skip<'t>(value: &'t str, before: &str) -> Option<&'t str> {
    let mut value = value;
    let mut letters = before.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == ' ' {
            if !value.is_empty() && !value.starts_with(' ') {
                return None;
            }
            value = value.trim_start_matches(' ');
            while letters.peek() == Some(&' ') {
                letters.next();
            }
        } else {
            value = value.strip_prefix(letter)?;
        }
    }
    Some(value)
}

/// What was read of a time.
struct Read {
    year: i64,
    month: i64,
    day: i64,
    year_day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanosecond: i64,
    pm: Option<bool>,
    offset: Option<i32>,
}

impl Default for Read {
    fn default() -> Self {
        Self {
            year: 0,
            month: 1,
            day: 1,
            year_day: None,
            hour: 0,
            minute: 0,
            second: 0,
            nanosecond: 0,
            pm: None,
            offset: None,
        }
    }
}

/// Nothing, where a text does not fit; what is out of range otherwise.
type PartFault = Option<&'static str>;

fn number(value: &str, least: usize, most: usize) -> Result<(i64, &str), PartFault> {
    let digits = value.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if digits < least {
        return Err(None);
    }
    Ok((value[..digits].parse().map_err(|_| None)?, &value[digits..]))
}

fn name<'t>(value: &'t str, names: &[&str], length: Option<usize>) -> Result<(i64, &'t str), PartFault> {
    for (index, name) in names.iter().enumerate() {
        let name = length.map_or(*name, |length| &name[..length]);
        if value.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)) {
            return Ok((i64::try_from(index).unwrap_or(0), &value[name.len()..]));
        }
    }
    Err(None)
}

impl Read {
    fn part<'t>(&mut self, part: Part, value: &'t str) -> Result<&'t str, PartFault> {
        let (found, rest) = match part {
            Part::LongYear => number(value, 4, 4)?,
            Part::Year => number(value, 2, 2)?,
            Part::LongMonth => name(value, &MONTHS, None)?,
            Part::Month => name(value, &MONTHS, Some(3))?,
            Part::LongWeekday => name(value, &DAYS, None)?,
            Part::Weekday => name(value, &DAYS, Some(3))?,
            Part::UnderDay => number(value.strip_prefix(' ').unwrap_or(value), 1, 2)?,
            Part::UnderYearDay => number(value.trim_start_matches(' '), 1, 3)?,
            Part::ZeroYearDay => number(value, 3, 3)?,
            Part::ZeroMonth | Part::ZeroDay | Part::ZeroHour12 | Part::ZeroMinute | Part::ZeroSecond => {
                number(value, 2, 2)?
            }
            Part::NumMonth | Part::Day | Part::Hour | Part::Hour12 | Part::Minute | Part::Second => {
                number(value, 1, 2)?
            }
            _ => (0, value),
        };
        let within = |found: i64, low: i64, high: i64, what: &'static str| {
            if (low..=high).contains(&found) { Ok(found) } else { Err(Some(what)) }
        };
        match part {
            Part::LongYear => self.year = found,
            Part::Year => self.year = if found >= 69 { 1900 + found } else { 2000 + found },
            Part::LongMonth | Part::Month => self.month = found + 1,
            Part::NumMonth | Part::ZeroMonth => self.month = within(found, 1, 12, "month")?,
            Part::Day | Part::UnderDay | Part::ZeroDay => self.day = found,
            Part::UnderYearDay | Part::ZeroYearDay => self.year_day = Some(found),
            Part::Hour => self.hour = within(found, 0, 23, "hour")?,
            Part::Hour12 | Part::ZeroHour12 => self.hour = within(found, 0, 12, "hour")?,
            Part::Minute | Part::ZeroMinute => self.minute = within(found, 0, 59, "minute")?,
            Part::Second | Part::ZeroSecond => {
                self.second = within(found, 0, 59, "second")?;
                return self.second_fraction(rest);
            }
            Part::Pm | Part::LowerPm => return self.half(value, part == Part::Pm),
            Part::ZoneName => return self.zone_name(value),
            Part::Zone { z, colon, minutes, seconds } => return self.zone(value, z, colon, minutes, seconds),
            Part::Fraction { digits, trims, .. } => return self.fraction(value, digits, trims),
            Part::LongWeekday | Part::Weekday => {}
        }
        Ok(rest)
    }

    /// A fraction that a layout does not mention may stand behind seconds.
    #[allow(clippy::unnecessary_wraps, reason = "one part among others")]
    fn second_fraction<'t>(&mut self, value: &'t str) -> Result<&'t str, PartFault> {
        let Some(after) = value.strip_prefix(['.', ',']) else { return Ok(value) };
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return Ok(value);
        }
        self.nanosecond = format!("{:0<9}", &after[..digits.min(9)]).parse().unwrap_or(0);
        Ok(&after[digits..])
    }

    fn fraction<'t>(&mut self, value: &'t str, digits: usize, trims: bool) -> Result<&'t str, PartFault> {
        if trims {
            return self.second_fraction(value);
        }
        // Seconds take what follows them.
        if self.nanosecond != 0 || !value.starts_with(['.', ',']) {
            return if self.nanosecond != 0 { Ok(value) } else { Err(None) };
        }
        let found = value.get(1..=digits).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let found = found.ok_or(None)?;
        self.nanosecond = format!("{found:0<9}").parse().unwrap_or(0);
        Ok(&value[1 + digits..])
    }

    fn half<'t>(&mut self, value: &'t str, upper: bool) -> Result<&'t str, PartFault> {
        let (am, pm) = if upper { ("AM", "PM") } else { ("am", "pm") };
        if let Some(rest) = value.strip_prefix(pm) {
            self.pm = Some(true);
            return Ok(rest);
        }
        let rest = value.strip_prefix(am).ok_or(None)?;
        self.pm = Some(false);
        Ok(rest)
    }

    fn zone_name<'t>(&mut self, value: &'t str) -> Result<&'t str, PartFault> {
        if let Some(rest) = value.strip_prefix("UTC") {
            self.offset = Some(0);
            return Ok(rest);
        }
        let letters = value.bytes().take_while(u8::is_ascii_uppercase).count();
        if !(3..=5).contains(&letters) {
            return Err(None);
        }
        Ok(&value[letters..])
    }

    #[allow(clippy::fn_params_excessive_bools, reason = "the four things that a zone's layout says")]
    fn zone<'t>(
        &mut self,
        value: &'t str,
        z: bool,
        colon: bool,
        minutes: bool,
        seconds: bool,
    ) -> Result<&'t str, PartFault> {
        if z && let Some(rest) = value.strip_prefix('Z') {
            self.offset = Some(0);
            return Ok(rest);
        }
        let sign = match value.chars().next() {
            Some('+') => 1,
            Some('-') => -1,
            _ => return Err(None),
        };
        let mut rest = &value[1..];
        let mut offset = 0;
        for (scale, wanted) in [(3600, true), (60, minutes), (1, seconds)] {
            if !wanted {
                continue;
            }
            if scale < 3600 && colon {
                rest = rest.strip_prefix(':').ok_or(None)?;
            }
            let (found, after) = number(rest, 2, 2)?;
            offset += i32::try_from(found).unwrap_or(0) * scale;
            rest = after;
        }
        self.offset = Some(sign * offset);
        Ok(rest)
    }

    fn time(mut self) -> Result<Zoned, &'static str> {
        match self.pm {
            Some(true) if self.hour < 12 => self.hour += 12,
            Some(false) if self.hour == 12 => self.hour = 0,
            _ => {}
        }
        let small = |value: i64| i8::try_from(value).unwrap_or(0);
        let year = i16::try_from(self.year).unwrap_or(0);
        let mut date = Date::new(year, small(self.month), 1).map_err(|_| "month")?;
        if self.day < 1 || self.day > i64::from(date.days_in_month()) {
            return Err("day");
        }
        date = Date::new(year, small(self.month), small(self.day)).map_err(|_| "day")?;
        if let Some(day) = self.year_day {
            let first = Date::new(year, 1, 1).map_err(|_| "day-of-year")?;
            if day < 1 || day > i64::from(first.days_in_year()) {
                return Err("day-of-year");
            }
            date = first.checked_add(Span::new().days(day - 1)).map_err(|_| "day-of-year")?;
        }
        let nanosecond = i32::try_from(self.nanosecond).unwrap_or(0);
        let time = Time::new(small(self.hour), small(self.minute), small(self.second), nanosecond)
            .map_err(|_| "hour")?;
        let zone = match self.offset {
            None | Some(0) => TimeZone::UTC,
            Some(seconds) => {
                TimeZone::fixed(Offset::from_seconds(seconds).map_err(|_| "time zone offset hour")?)
            }
        };
        DateTime::from_parts(date, time).to_zoned(zone).map_err(|_| "year")
    }
}
