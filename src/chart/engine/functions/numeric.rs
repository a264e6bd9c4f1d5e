//! Arithmetic (`sprig:numeric.go`, `sprig:functions.go`).

use super::cast::{to_float, to_int};
use super::decimal::Decimal;
use crate::chart::engine::call::{Args, Function, Outcome, Type};
use crate::chart::engine::fault::Fault;
use crate::chart::engine::format;
use crate::chart::engine::machine::Machine;
use crate::chart::engine::number::parse_int;
use crate::chart::engine::value::{ListType, Value};

const A: Type = Type::Any;
const I: Type = Type::Int;

pub(in super::super) const FUNCTIONS: &[Function] = &[
    Function::new("int", &[A], |_, args| Ok(Value::Int(to_int(args.value(0))))),
    Function::new("int64", &[A], |_, args| Ok(Value::Int64(to_int(args.value(0))))),
    Function::new("float64", &[A], |_, args| Ok(Value::Float(to_float(args.value(0))))),
    Function::new("atoi", &[Type::Text], |_, args| Ok(Value::Int(parse_int(&args.str(0), 10).unwrap_or(0)))),
    Function::new("toDecimal", &[A], |_, args| {
        let text = format::print(&[args.value(0).clone()]);
        Ok(Value::Int64(parse_int(&String::from_utf8_lossy(&text), 8).unwrap_or(0)))
    }),
    Function::new("add1", &[A], |_, args| Ok(Value::Int64(to_int(args.value(0)).wrapping_add(1)))),
    Function::new("add", &[A], |_, args| {
        Ok(Value::Int64(ints(args, 0).into_iter().fold(0, i64::wrapping_add)))
    })
    .variadic(),
    Function::new("sub", &[A, A], |_, args| {
        Ok(Value::Int64(to_int(args.value(0)).wrapping_sub(to_int(args.value(1)))))
    }),
    Function::new("mul", &[A, A], |_, args| {
        Ok(Value::Int64(ints(args, 0).into_iter().fold(1, i64::wrapping_mul)))
    })
    .variadic(),
    Function::new("div", &[A, A], |_, args| divided(args, i64::wrapping_div)),
    Function::new("mod", &[A, A], |_, args| divided(args, i64::wrapping_rem)),
    Function::new("max", &[A, A], |_, args| Ok(Value::Int64(ints(args, 0).into_iter().max().unwrap_or(0))))
        .variadic(),
    Function::new("biggest", &[A, A], |_, args| {
        Ok(Value::Int64(ints(args, 0).into_iter().max().unwrap_or(0)))
    })
    .variadic(),
    Function::new("min", &[A, A], |_, args| Ok(Value::Int64(ints(args, 0).into_iter().min().unwrap_or(0))))
        .variadic(),
    Function::new("maxf", &[A, A], |_, args| Ok(extreme(args, |a, b| a > b))).variadic(),
    Function::new("minf", &[A, A], |_, args| Ok(extreme(args, |a, b| a < b))).variadic(),
    Function::new("add1f", &[A], |_, args| {
        Ok(Value::Float(Decimal::of(to_float(args.value(0)))?.add(&Decimal::of(1.0)?).float()))
    }),
    Function::new("addf", &[A], |_, args| fold(Decimal::of(0.0)?, args, 0, |a, b| Ok(a.add(b)))).variadic(),
    Function::new("subf", &[A, A], |_, args| fold(first(args)?, args, 1, |a, b| Ok(a.sub(b)))).variadic(),
    Function::new("mulf", &[A, A], |_, args| fold(first(args)?, args, 1, |a, b| Ok(a.mul(b)))).variadic(),
    Function::new("divf", &[A, A], |_, args| {
        fold(first(args)?, args, 1, |a, b| a.div(b).ok_or_else(|| Fault::new("decimal division by 0")))
    })
    .variadic(),
    Function::new("ceil", &[A], |_, args| Ok(Value::Float(to_float(args.value(0)).ceil()))),
    Function::new("floor", &[A], |_, args| Ok(Value::Float(to_float(args.value(0)).floor()))),
    Function::new("round", &[A, I, Type::Float], |_, args| Ok(Value::Float(round(args)))).variadic(),
    Function::new("until", &[I], |machine, args| {
        let end = args.int(0);
        Ok(numbers(steps(machine, 0, end, if end < 0 { -1 } else { 1 })?))
    }),
    Function::new("untilStep", &[I, I, I], |machine, args| {
        Ok(numbers(steps(machine, args.int(0), args.int(1), args.int(2))?))
    }),
    Function::new("seq", &[I], seq).variadic(),
];

fn ints(args: &Args, from: usize) -> Vec<i64> {
    args.values(from).iter().map(to_int).collect()
}

fn divided(args: &Args, divide: fn(i64, i64) -> i64) -> Outcome {
    match to_int(args.value(1)) {
        0 => Err(Fault::new("runtime error: integer divide by zero")),
        by => Ok(Value::Int64(divide(to_int(args.value(0)), by))),
    }
}

/// Go's `math.Max` and `math.Min`: what is no number wins.
fn extreme(args: &Args, wins: fn(f64, f64) -> bool) -> Value {
    let floats = args.values(0);
    let mut floats = floats.iter().map(to_float);
    let first = floats.next().unwrap_or(0.0);
    let keep = |best: f64, next: f64| {
        if best.is_nan() || next.is_nan() {
            f64::NAN
        } else if wins(next, best) || (next == 0.0 && best == 0.0 && wins(next.signum(), best.signum())) {
            next
        } else {
            best
        }
    };
    Value::Float(floats.fold(first, keep))
}

fn first(args: &Args) -> Result<Decimal, Fault> {
    Decimal::of(to_float(args.value(0)))
}

fn fold(
    start: Decimal,
    args: &Args,
    from: usize,
    step: impl Fn(Decimal, &Decimal) -> Result<Decimal, Fault>,
) -> Outcome {
    let values = args.values(from);
    let result = values.iter().try_fold(start, |sum, value| step(sum, &Decimal::of(to_float(value))?))?;
    Ok(Value::Float(result.float()))
}

fn round(args: &Args) -> f64 {
    let on = if args.len() > 2 { args.float(2) } else { 0.5 };
    let places = i32::try_from(args.int(1)).unwrap_or(if args.int(1) < 0 { i32::MIN } else { i32::MAX });
    let power = 10.0_f64.powi(places);
    let digit = power * to_float(args.value(0));
    let rounded = if digit.fract() >= on { digit.ceil() } else { digit.floor() };
    rounded / power
}

/// `sprig:numeric.go`, `untilStep`.
fn steps(machine: &mut Machine, start: i64, stop: i64, step: i64) -> Result<Vec<i64>, Fault> {
    if (stop < start && step >= 0) || (stop >= start && step <= 0) {
        return Ok(Vec::new());
    }
    let count =
        (i128::from(stop) - i128::from(start)).unsigned_abs().div_ceil(u128::from(step.unsigned_abs()));
    machine.spend(usize::try_from(count).unwrap_or(usize::MAX))?;
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    Ok((0..count).map(|index| start.wrapping_add(index.wrapping_mul(step))).collect())
}

fn numbers(numbers: Vec<i64>) -> Value {
    Value::list_of(ListType::Ints, numbers.into_iter().map(Value::Int).collect())
}

fn seq(machine: &mut Machine, args: &Args) -> Outcome {
    let (start, end, step, turn) = match args.len() {
        1 => {
            let turn = if args.int(0) < 1 { -1 } else { 1 };
            (1, args.int(0), turn, turn)
        }
        2 => {
            let turn = if args.int(1) < args.int(0) { -1 } else { 1 };
            (args.int(0), args.int(1), turn, turn)
        }
        3 => {
            let turn = if args.int(2) < args.int(0) { -1 } else { 1 };
            if turn < 0 && args.int(1) > 0 {
                return Ok(Value::text(""));
            }
            (args.int(0), args.int(2), args.int(1), turn)
        }
        _ => return Ok(Value::text("")),
    };
    let numbers = steps(machine, start, end.wrapping_add(turn), step)?;
    let texts: Vec<String> = numbers.iter().map(i64::to_string).collect();
    Ok(Value::text(texts.join(" ")))
}
