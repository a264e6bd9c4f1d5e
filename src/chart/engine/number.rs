//! Numbers as Go reads and writes them: `strconv` (Go 1.26).

use super::quote::quoted;
use super::token::Kind;
use super::tree::Number;

/// Reads a constant of a template (`text/template/parse/node.go`, `newNumber`).
pub(super) fn constant(text: &str, kind: Kind) -> Result<Number, String> {
    let mut number = Number { text: text.into(), ..Number::default() };
    if kind == Kind::CharConstant {
        let inner = text.get(1..).unwrap_or_default();
        let (piece, tail) = super::quote::unescaped(inner, '\'').ok_or("invalid syntax")?;
        if tail != "'" {
            return Err(format!("malformed character constant: {text}"));
        }
        let code = match piece {
            super::quote::Piece::Byte(byte) => u32::from(byte),
            super::quote::Piece::Char(letter) => u32::from(letter),
        };
        number.int = Some(code.into());
        number.uint = Some(code.into());
        number.float = Some(code.into());
        return Ok(number);
    }
    if let Some(imaginary) = text.strip_suffix('i') {
        return complex(number, imaginary);
    }
    number.uint = parse_uint(text, 0);
    number.int = parse_int(text, 0);
    if number.int == Some(0) {
        number.uint = Some(0);
    }
    if let Some(int) = number.int {
        number.float = Some(int as f64);
    } else if let Some(uint) = number.uint {
        number.float = Some(uint as f64);
    } else if let Some(float) = parse_float(text) {
        if !text.contains(['.', 'e', 'E', 'p', 'P']) {
            return Err(format!("integer overflow: {}", quoted(text.as_bytes())));
        }
        number.float = Some(float);
        number.int = whole(float);
        number.uint = number.int.and_then(|int| u64::try_from(int).ok());
    }
    if number.float.is_none() {
        return Err(format!("illegal number syntax: {}", quoted(text.as_bytes())));
    }
    Ok(number)
}

/// `2i` or `1+2i`, the `i` taken off.
fn complex(mut number: Number, text: &str) -> Result<Number, String> {
    let split = text.rfind(['+', '-']).filter(|at| *at > 0 && !text[..*at].ends_with(['e', 'E', 'p', 'P']));
    let (real, imaginary) = split.map_or(("0", text), |at| text.split_at(at));
    let parts = parse_float(real).zip(parse_float(imaginary));
    let (real, imaginary) = parts.ok_or_else(|| {
        let whole = format!("{text}i");
        format!("illegal number syntax: {}", quoted(whole.as_bytes()))
    })?;
    number.complex = Some((real, imaginary));
    if imaginary == 0.0 {
        number.float = Some(real);
        number.int = whole(real);
        number.uint = number.int.and_then(|int| u64::try_from(int).ok());
    }
    Ok(number)
}

/// A float without fraction as an integer.
#[allow(clippy::float_cmp, clippy::cast_possible_truncation, reason = "Go asks the same question so")]
fn whole(float: f64) -> Option<i64> {
    let int = float as i64;
    (int as f64 == float).then_some(int)
}

/// Whether underscores stand between digits only (`strconv.underscoreOK`).
fn underscores_fit(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let bytes = text.as_bytes();
    let (hex, start) = match bytes {
        [b'0', kind, ..] if matches!(kind.to_ascii_lowercase(), b'b' | b'o' | b'x') => {
            (kind.eq_ignore_ascii_case(&b'x'), 2)
        }
        _ => (false, 0),
    };
    let mut last = if start == 2 { b'0' } else { b'^' };
    for byte in &bytes[start..] {
        let digit = byte.is_ascii_digit() || (hex && byte.is_ascii_hexdigit());
        if digit {
            last = b'0';
        } else if *byte == b'_' {
            if last != b'0' {
                return false;
            }
            last = b'_';
        } else {
            if last == b'_' {
                return false;
            }
            last = b'!';
        }
    }
    last != b'_'
}

/// Go's `strconv.ParseUint(text, base, 64)`; with base 0 the text says the base. `None` also where it is too large.
pub(super) fn parse_uint(text: &str, base: u32) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    // Underscores are for texts that say their base.
    let given = base != 0;
    let (base, digits) = if base == 0 {
        match lower.as_bytes() {
            [b'0', b'x', _, ..] => (16, &lower[2..]),
            [b'0', b'o', _, ..] => (8, &lower[2..]),
            [b'0', b'b', _, ..] => (2, &lower[2..]),
            [b'0', _, ..] => (8, &lower[1..]),
            _ => (10, &lower[..]),
        }
    } else {
        (base, &lower[..])
    };
    if digits.contains('_') && (given || !underscores_fit(text)) {
        return None;
    }
    let plain: String = digits.chars().filter(|letter| *letter != '_').collect();
    if plain.is_empty() || !plain.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    u64::from_str_radix(&plain, base).ok()
}

/// Go's `strconv.ParseInt(text, base, 64)`.
pub(super) fn parse_int(text: &str, base: u32) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix(['+', '-']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let value = i128::from(parse_uint(digits, base)?);
    i64::try_from(if negative { -value } else { value }).ok()
}

/// Go's `strconv.ParseFloat(text, 64)`: `None` where it is no number or too large for one.
pub(super) fn parse_float(text: &str) -> Option<f64> {
    if !underscores_fit(text) && text.contains('_') {
        return None;
    }
    let plain: String = text.chars().filter(|letter| *letter != '_').collect();
    let unsigned = plain.strip_prefix(['+', '-']).unwrap_or(&plain);
    let lower = unsigned.to_ascii_lowercase();
    let sign = if plain.starts_with('-') { -1.0 } else { 1.0 };
    match lower.as_str() {
        "inf" | "infinity" => return Some(sign * f64::INFINITY),
        "nan" => return Some(f64::NAN),
        _ => {}
    }
    if let Some(hex) = lower.strip_prefix("0x") {
        return hex_float(hex).map(|value| sign * value);
    }
    let digits = lower.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
    let shaped = lower.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.')
        && (digits.is_empty() || digits.starts_with('e'));
    let value: f64 = if shaped { lower.parse().ok()? } else { return None };
    value.is_finite().then_some(sign * value)
}

/// `1.8p+1`: hexadecimal digits and a power of two, which must be there.
fn hex_float(text: &str) -> Option<f64> {
    let (mantissa, power) = text.split_once('p')?;
    let power: i32 = power.parse().ok()?;
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if before.is_empty() && after.is_empty() {
        return None;
    }
    let mut value = 0.0_f64;
    for digit in before.chars() {
        value = value * 16.0 + f64::from(digit.to_digit(16)?);
    }
    let mut scale = 1.0 / 16.0;
    for digit in after.chars() {
        value += f64::from(digit.to_digit(16)?) * scale;
        scale /= 16.0;
    }
    let value = value * 2.0_f64.powi(power);
    value.is_finite().then_some(value)
}

/// Digits of a float and where its point stands: `0.d₁d₂… · 10^point`.
struct Decimal {
    digits: Vec<u8>,
    point: i32,
}

/// The digits that are needed (`None`), or so many.
fn decimal(value: f64, digits: Option<usize>) -> Decimal {
    let text = match digits {
        None => format!("{:e}", value.abs()),
        Some(count) => format!("{:.*e}", count.saturating_sub(1), value.abs()),
    };
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
    Decimal { digits, point: exponent.parse::<i32>().unwrap_or(0) + 1 }
}

/// Go's `strconv.FormatFloat(value, form, precision, 64)` for the forms `e`, `E`, `f`, `F`, `g`, `G`, `x`, `X`.
pub(super) fn float(value: f64, form: char, precision: Option<usize>) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value.is_infinite() {
        return if value > 0.0 { "+Inf".to_owned() } else { "-Inf".to_owned() };
    }
    let body = match form {
        'e' | 'E' => scientific(&decimal(value, precision.map(|p| p + 1)), precision, form),
        'f' | 'F' => match precision {
            Some(precision) => format!("{:.*}", precision, value.abs()),
            None => format!("{}", value.abs()),
        },
        'x' | 'X' => {
            let text = hexadecimal(value.abs(), precision);
            if form == 'X' { text.to_ascii_uppercase() } else { text }
        }
        _ => general(value, precision, if form == 'G' { 'E' } else { 'e' }),
    };
    format!("{sign}{body}")
}

/// `%g`: plain unless the exponent is below -4 or not below the precision (6 for the shortest form).
fn general(value: f64, precision: Option<usize>, form: char) -> String {
    let precision = precision.map(|p| p.max(1));
    let mut digits = decimal(value, precision);
    let mut limit = precision.map_or(6, |p| i32::try_from(p).unwrap_or(i32::MAX));
    if precision.is_some() {
        // Zeros at the end are no digits that anybody asked for.
        while digits.digits.len() > 1 && digits.digits.ends_with(b"0") {
            digits.digits.pop();
        }
        let count = i32::try_from(digits.digits.len()).unwrap_or(i32::MAX);
        if limit > count && count >= digits.point {
            limit = count;
        }
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let exponent = digits.point - 1;
    if exponent < -4 || exponent >= limit {
        let after = digits.digits.len() - 1;
        return scientific(&digits, Some(after), form);
    }
    plain(&digits)
}

fn plain(of: &Decimal) -> String {
    let digits = String::from_utf8_lossy(&of.digits);
    let count = i32::try_from(of.digits.len()).unwrap_or(i32::MAX);
    if of.point <= 0 {
        let zeros = usize::try_from(-of.point).unwrap_or(0);
        format!("0.{}{digits}", "0".repeat(zeros))
    } else if of.point >= count {
        let zeros = usize::try_from(of.point - count).unwrap_or(0);
        format!("{digits}{}", "0".repeat(zeros))
    } else {
        let at = usize::try_from(of.point).unwrap_or(0);
        format!("{}.{}", &digits[..at], &digits[at..])
    }
}

fn scientific(of: &Decimal, precision: Option<usize>, form: char) -> String {
    let zero = of.digits.iter().all(|digit| *digit == b'0');
    let exponent = if zero { 0 } else { of.point - 1 };
    let digits = String::from_utf8_lossy(&of.digits);
    let (first, rest) = digits.split_at(1);
    let rest = match precision {
        Some(precision) => format!("{rest:0<precision$}"),
        None => rest.to_owned(),
    };
    let point = if rest.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{first}{point}{rest}{form}{sign}{:02}", exponent.abs())
}

/// `%x`: `0x1.8p+00`.
fn hexadecimal(value: f64, precision: Option<usize>) -> String {
    if value == 0.0 {
        let zeros = precision.filter(|p| *p > 0).map_or_else(String::new, |p| format!(".{}", "0".repeat(p)));
        return format!("0x0{zeros}p+00");
    }
    let bits = value.to_bits();
    let mut exponent = i32::try_from((bits >> 52) & 0x7ff).unwrap_or(0) - 1023;
    let mut mantissa = bits & ((1 << 52) - 1);
    if exponent == -1023 {
        // Below the normal numbers: as if it were one.
        let shift = mantissa.leading_zeros() - 11;
        mantissa = (mantissa << shift) & ((1 << 52) - 1);
        exponent = -1022 - i32::try_from(shift).unwrap_or(0);
    }
    let mut first = 1;
    let mut digits = format!("{mantissa:013x}");
    match precision {
        None => digits.truncate(digits.trim_end_matches('0').len()),
        Some(precision) if precision < 13 => {
            let drop = 52 - 4 * u32::try_from(precision).unwrap_or(0);
            let half = 1_u64 << (drop - 1);
            let whole = (1_u64 << 52) | mantissa;
            let odd = (whole >> drop) & 1;
            let mut rounded = (whole + half - 1 + odd) >> drop;
            if rounded >> (53 - drop) != 0 {
                rounded >>= 1;
                exponent += 1;
            }
            let mask = (1_u64 << (52 - drop)) - 1;
            first = rounded >> (52 - drop);
            digits = if precision == 0 { String::new() } else { format!("{:0precision$x}", rounded & mask) };
        }
        Some(precision) => digits = format!("{digits:0<precision$}"),
    }
    let point = if digits.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("0x{first}{point}{digits}p{sign}{:02}", exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_as_in_go() {
        for (value, want) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (100_000.0, "100000"),
            (999_999.5, "999999.5"),
            (1_000_000.0, "1e+06"),
            (1_234_567.0, "1.234567e+06"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e300, "1e+300"),
            (1.5, "1.5"),
            (f64::INFINITY, "+Inf"),
        ] {
            assert_eq!(float(value, 'g', None), want);
        }
        assert_eq!(float(1234.5678, 'e', Some(6)), "1.234568e+03");
        assert_eq!(float(1234.5678, 'g', Some(3)), "1.23e+03");
        assert_eq!(float(100.0, 'g', Some(6)), "100");
        assert_eq!(float(1_000_000.0, 'x', None), "0x1.e848p+19");
        assert_eq!(float(1.5, 'x', Some(0)), "0x1p+01");
    }

    #[test]
    fn numbers_read_as_in_go() {
        assert_eq!(parse_int("0x1F", 0), Some(31));
        assert_eq!(parse_int("010", 0), Some(8));
        assert_eq!(parse_int("08", 0), None);
        assert_eq!(parse_int("-9223372036854775808", 0), Some(i64::MIN));
        assert_eq!(parse_int("1_000", 0), Some(1000));
        assert_eq!(parse_int("1__0", 0), None);
        assert_eq!(parse_int("1_0", 10), None);
        assert_eq!(parse_float("0x1.8p1"), Some(3.0));
        assert_eq!(parse_float("1_0.5"), Some(10.5));
        assert_eq!(parse_float("1e999"), None);
        assert_eq!(parse_float("e5"), None);
    }
}
