//! Which plain texts go-yaml reads as strings (`resolve.go`, v2.4.3 and v3.0.4).

use super::number::{parse_float, parse_int, parse_uint};

const V2_WORDS: &[&str] = &[
    "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON", "n", "N", "no", "No", "NO",
    "false", "False", "FALSE", "off", "Off", "OFF", "", "~", "null", "Null", "NULL", ".nan", ".NaN", ".NAN",
    ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF",
];

/// Whether go-yaml v2 writes this string without quotes, as far as its type goes.
pub(super) fn is_string_v2(text: &str) -> bool {
    if V2_WORDS.contains(&text) {
        return false;
    }
    let first = text.as_bytes()[0];
    let number = match first {
        b'.' => parse_float(text).is_some(),
        b'0'..=b'9' | b'+' | b'-' => is_timestamp(text) || is_number(text) || is_base_60(text),
        _ => false,
    };
    !number
}

/// Whether go-yaml v3 writes this string without quotes: words that only YAML 1.1 took for others are quoted all the same.
pub(super) fn is_string_v3(text: &str) -> bool {
    if !is_string_v2(text) {
        return false;
    }
    let plain = text.replace('_', "");
    let octal = plain.strip_prefix('-').unwrap_or(&plain).strip_prefix("0o");
    !(text.starts_with(|first: char| first.is_ascii_digit() || first == '-')
        && octal.is_some_and(|digits| parse_int(digits, 8).is_some()))
}

fn is_number(text: &str) -> bool {
    let plain = text.replace('_', "");
    if parse_int(&plain, 0).is_some() || parse_uint(&plain, 0).is_some() {
        return true;
    }
    if is_float(&plain) && parse_float(&plain).is_some() {
        return true;
    }
    let binary = plain.strip_prefix('-').unwrap_or(&plain).strip_prefix("0b");
    binary.is_some_and(|digits| parse_int(digits, 2).is_some() || parse_uint(digits, 2).is_some())
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
pub(super) fn is_float(text: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    let whole = digits(rest);
    rest = &rest[whole..];
    if let Some(after) = rest.strip_prefix('.') {
        let fraction = digits(after);
        if whole == 0 && fraction == 0 {
            return false;
        }
        rest = &after[fraction..];
    } else if whole == 0 {
        return false;
    }
    match rest.strip_prefix(['e', 'E']) {
        None => rest.is_empty(),
        Some(power) => {
            let power = power.strip_prefix(['-', '+']).unwrap_or(power);
            !power.is_empty() && digits(power) == power.len()
        }
    }
}

/// `12:30:45`, which YAML 1.1 read as a number: `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`
pub(super) fn is_base_60(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut parts = text.split(':');
    let first = parts.next().unwrap_or_default();
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    if !first.starts_with(|letter: char| letter.is_ascii_digit()) || !digits(first) {
        return false;
    }
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return false };
    let sixty = |part: &str| match part.as_bytes() {
        [one] => one.is_ascii_digit(),
        [ten, one] => (b'0'..=b'5').contains(ten) && one.is_ascii_digit(),
        _ => false,
    };
    let (last, fraction) = last.split_once('.').unwrap_or((last, ""));
    middle.iter().all(|part| sixty(part)) && sixty(last) && digits(fraction)
}

/// Dates and times as go-yaml reads them.
pub(super) fn is_timestamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < 5 || !bytes[..4].iter().all(u8::is_ascii_digit) || bytes[4] != b'-' {
        return false;
    }
    let take = |rest: &mut &str, most: usize| -> Option<u32> {
        let digits = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let number = rest[..digits].parse().ok();
        *rest = &rest[digits..];
        number
    };
    let literal = |rest: &mut &str, wanted: &[char]| -> bool {
        match rest.strip_prefix(wanted) {
            Some(after) => {
                *rest = after;
                true
            }
            None => false,
        }
    };
    let read = || -> Option<bool> {
        let mut rest = &text[5..];
        let year: u32 = text[..4].parse().ok()?;
        let month = take(&mut rest, 2)?;
        if !literal(&mut rest, &['-']) {
            return Some(false);
        }
        let day = take(&mut rest, 2)?;
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            2 => 28 + u32::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return Some(false),
        };
        if day == 0 || day > days {
            return Some(false);
        }
        if rest.is_empty() {
            return Some(true);
        }
        let zoned = !rest.starts_with(' ');
        if !literal(&mut rest, &['T', 't', ' ']) {
            return Some(false);
        }
        let hour = take(&mut rest, 2)?;
        let minute = literal(&mut rest, &[':']).then(|| take(&mut rest, 2))??;
        let second = literal(&mut rest, &[':']).then(|| take(&mut rest, 2))??;
        if hour > 23 || minute > 59 || second > 59 {
            return Some(false);
        }
        if literal(&mut rest, &['.', ',']) {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            if digits == 0 {
                return Some(false);
            }
            rest = &rest[digits..];
        }
        if !zoned {
            return Some(rest.is_empty());
        }
        let zone = rest.as_bytes();
        Some(match zone {
            b"Z" => true,
            [b'+' | b'-', a, b, b':', c, d] => [a, b, c, d].iter().all(|byte| byte.is_ascii_digit()),
            _ => false,
        })
    };
    read().unwrap_or(false)
}
