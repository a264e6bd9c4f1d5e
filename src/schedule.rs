//! Times that people write: starts of maintenance windows (cron), and durations.
//!
//! Architecture invariant: this room reads no clock. What it accepts when a repository is checked is what an appliance
//! reads later.

use jiff::Zoned;

/// Five fields of cron, each as the set of numbers that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    minute: u64,
    hour: u64,
    day: u64,
    month: u64,
    weekday: u64,
    /// As in cron: where both days are restricted, either is enough.
    either_day: bool,
}

impl Cron {
    /// Reads minute, hour, day of month, month and day of week; the error says which field is wrong, and why.
    pub fn read(text: &str) -> Result<Self, String> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            return Err(format!(
                "it has {} fields, and needs minute, hour, day of month, month, day of week",
                fields.len()
            ));
        };
        let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
        let days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
        let weekdays = field("day of week", weekday, 0, 7, &days, 0)?;
        Ok(Self {
            minute: field("minute", minute, 0, 59, &[], 0)?,
            hour: field("hour", hour, 0, 23, &[], 0)?,
            day: field("day of month", day, 1, 31, &[], 0)?,
            month: field("month", month, 1, 12, &months, 1)?,
            // Sunday is 0 and 7.
            weekday: weekdays | (weekdays >> 7 & 1),
            either_day: !day.starts_with('*') && !weekday.starts_with('*'),
        })
    }

    /// Whether a minute is one of those named.
    pub fn matches(&self, at: &Zoned) -> bool {
        let has = |set: u64, number: i8| u32::try_from(number).is_ok_and(|number| set >> number & 1 == 1);
        let day = has(self.day, at.day());
        let weekday = has(self.weekday, at.weekday().to_sunday_zero_offset());
        has(self.minute, at.minute())
            && has(self.hour, at.hour())
            && has(self.month, at.month())
            && if self.either_day { day || weekday } else { day && weekday }
    }

    /// Whether there is no such day in any year: 31 February.
    pub fn is_never(&self) -> bool {
        const LONGEST: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let first = self.day.trailing_zeros();
        let possible = |(index, last): (usize, u32)| self.month >> (index + 1) & 1 == 1 && first <= last;
        !self.either_day && !LONGEST.into_iter().enumerate().any(possible)
    }
}

/// `*`, `5`, `1-5`, `*/15`, `10-40/10`, `MON`, and lists of these, as a set of bits.
fn field(what: &str, text: &str, low: u32, high: u32, names: &[&str], first: u32) -> Result<u64, String> {
    let number = |text: &str| -> Result<u32, String> {
        let lower = text.to_ascii_lowercase();
        let number = match names.iter().position(|name| *name == lower) {
            Some(place) => first + u32::try_from(place).unwrap_or(u32::MAX),
            None => text.parse().map_err(|_| format!("`{text}` is no {what}"))?,
        };
        if (low..=high).contains(&number) {
            Ok(number)
        } else {
            Err(format!("{what} {number} is not within {low} to {high}"))
        }
    };
    let mut set = 0;
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => {
                let read = step.parse::<usize>().ok().filter(|step| *step > 0);
                (range, read.ok_or_else(|| format!("`{step}` is no step of the {what}"))?)
            }
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
            return Err(format!("the range `{range}` of the {what} runs backwards"));
        }
        for number in (from..=to).step_by(step) {
            set |= 1 << number;
        }
    }
    Ok(set)
}

/// Seconds of a duration: `90m`, `1d12h`, `2w`; `None` where it is none.
pub fn seconds(text: &str) -> Option<u64> {
    let mut total: u64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest[..digits].parse().ok()?;
        let factor = match rest.as_bytes()[digits] {
            b's' => 1,
            b'm' => 60,
            b'h' => 3_600,
            b'd' => 86_400,
            b'w' => 604_800,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(factor)?)?;
        rest = &rest[digits + 1..];
    }
    (!text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read() {
        for (text, expected) in [
            ("0h", Some(0)),
            ("90m", Some(5_400)),
            ("1d12h", Some(129_600)),
            ("2w", Some(1_209_600)),
            ("", None),
            ("5", None),
            ("h", None),
            ("5y", None),
            ("5é", None),
            ("99999999999999999999w", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }

    #[test]
    fn a_start_that_is_none_says_why() {
        for (text, why) in [
            ("0 2 * *", "it has 4 fields"),
            ("61 2 * * *", "minute 61 is not within 0 to 59"),
            ("0 2 * * FUNDAY", "`FUNDAY` is no day of week"),
            ("0 5-2 * * *", "the range `5-2` of the hour runs backwards"),
            ("*/0 2 * * *", "`0` is no step of the minute"),
        ] {
            assert!(Cron::read(text).err().unwrap_or_default().starts_with(why), "{text}");
        }
        assert!(Cron::read("0 2 30,31 2 *").unwrap().is_never());
        assert!(!Cron::read("0 2 29 FEB *").unwrap().is_never());
        assert!(!Cron::read("0 2 31 2 MON").unwrap().is_never());
    }
}
