//! Anything as a number: `cast` v1.7.0, which sprig asks.

use crate::chart::engine::number::{parse_float, parse_int};
use crate::chart::engine::object::Object;
use crate::chart::engine::value::Value;

/// Go's conversion of a float to an integer, as processors of the x86 family do it.
pub(in super::super) fn truncated(float: f64) -> i64 {
    #[allow(clippy::cast_possible_truncation, reason = "the range is looked at")]
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&float) {
        float as i64
    } else {
        i64::MIN
    }
}

/// `cast.ToInt64` and `cast.ToInt`: 0 where it is no number.
pub(in super::super) fn to_int(value: &Value) -> i64 {
    match value {
        Value::Int(int) | Value::Int64(int) => *int,
        Value::Byte(int) => (*int).into(),
        Value::Uint64(int) => int.cast_signed(),
        Value::Float(float) => truncated(*float),
        Value::Bool(flag) => i64::from(*flag),
        Value::Text(text) => parse_int(without_zeros(&text.str()), 0).unwrap_or(0),
        Value::Object(object) => match &**object {
            Object::Month(int) | Object::Weekday(int) => (*int).into(),
            _ => 0,
        },
        _ => 0,
    }
}

/// `cast.ToFloat64`.
pub(in super::super) fn to_float(value: &Value) -> f64 {
    match value {
        Value::Int(int) | Value::Int64(int) => *int as f64,
        Value::Byte(int) => (*int).into(),
        Value::Uint64(int) => *int as f64,
        Value::Float(float) => *float,
        Value::Bool(flag) => f64::from(u8::from(*flag)),
        Value::Text(text) => parse_float(&text.str()).unwrap_or(0.0),
        Value::Object(object) => match &**object {
            Object::Month(int) | Object::Weekday(int) => (*int).into(),
            _ => 0.0,
        },
        _ => 0.0,
    }
}

/// `1.00` is read as `1`, `1.5` stays what it is.
fn without_zeros(text: &str) -> &str {
    let zeros = text.trim_end_matches('0');
    match zeros.strip_suffix('.') {
        Some(whole) if zeros.len() < text.len() => whole,
        _ => text,
    }
}
