//! Lists (`sprig:list.go`). Every function makes a new one.

use super::cast::to_int;
use crate::chart::engine::call::{Args, Function, Outcome, Type};
use crate::chart::engine::fault::Fault;
use crate::chart::engine::machine::Machine;
use crate::chart::engine::value::{List, ListType, Value};

const A: Type = Type::Any;

pub(in super::super) const FUNCTIONS: &[Function] = &[
    Function::new("list", &[A], |_, args| Ok(Value::list(args.values(0)))).variadic(),
    Function::new("tuple", &[A], |_, args| Ok(Value::list(args.values(0)))).variadic(),
    Function::new("append", &[A, A], push),
    Function::new("push", &[A, A], push),
    Function::new("mustAppend", &[A, A], push),
    Function::new("mustPush", &[A, A], push),
    Function::new("prepend", &[A, A], prepend),
    Function::new("mustPrepend", &[A, A], prepend),
    Function::new("first", &[A], first).boxed(),
    Function::new("mustFirst", &[A], first).boxed(),
    Function::new("last", &[A], last).boxed(),
    Function::new("mustLast", &[A], last).boxed(),
    Function::new("rest", &[A], rest),
    Function::new("mustRest", &[A], rest),
    Function::new("initial", &[A], initial),
    Function::new("mustInitial", &[A], initial),
    Function::new("reverse", &[A], reverse),
    Function::new("mustReverse", &[A], reverse),
    Function::new("compact", &[A], compact),
    Function::new("mustCompact", &[A], compact),
    Function::new("uniq", &[A], uniq),
    Function::new("mustUniq", &[A], uniq),
    Function::new("without", &[A, A], without).variadic(),
    Function::new("mustWithout", &[A, A], without).variadic(),
    Function::new("has", &[A, A], has),
    Function::new("mustHas", &[A, A], has),
    Function::new("slice", &[A, A], slice).variadic().boxed(),
    Function::new("mustSlice", &[A, A], slice).variadic().boxed(),
    Function::new("concat", &[A], concat).variadic().boxed(),
    Function::new("chunk", &[Type::Int, A], chunk),
    Function::new("mustChunk", &[Type::Int, A], chunk),
];

/// What Go says when a type is asked of nothing.
const NIL: &str = "runtime error: invalid memory address or nil pointer dereference";

/// The elements of a list; `what` is said of anything else.
fn items(machine: &mut Machine, value: &Value, what: &str) -> Result<Vec<Value>, Fault> {
    let items = value.elements().ok_or_else(|| match value {
        Value::Nil => Fault::new(NIL),
        other => Fault::new(format!("{what} {}", other.kind_name())),
    })?;
    machine.spend(items.len())?;
    Ok(items)
}

/// Go's nil list.
fn nil_list() -> Value {
    Value::List(List { kind: ListType::Any, items: [].into(), is_nil: true })
}

fn push(machine: &mut Machine, args: &Args) -> Outcome {
    let mut list = items(machine, args.value(0), "Cannot push on type")?;
    list.push(args.value(1).clone());
    Ok(Value::list(list))
}

fn prepend(machine: &mut Machine, args: &Args) -> Outcome {
    let mut list = items(machine, args.value(0), "Cannot prepend on type")?;
    list.insert(0, args.value(1).clone());
    Ok(Value::list(list))
}

fn first(machine: &mut Machine, args: &Args) -> Outcome {
    let list = items(machine, args.value(0), "Cannot find first on type")?;
    Ok(list.first().cloned().unwrap_or(Value::Nil))
}

fn last(machine: &mut Machine, args: &Args) -> Outcome {
    let list = items(machine, args.value(0), "Cannot find last on type")?;
    Ok(list.last().cloned().unwrap_or(Value::Nil))
}

fn rest(machine: &mut Machine, args: &Args) -> Outcome {
    let list = items(machine, args.value(0), "Cannot find rest on type")?;
    Ok(list.split_first().map_or_else(nil_list, |(_, rest)| Value::list(rest.to_vec())))
}

fn initial(machine: &mut Machine, args: &Args) -> Outcome {
    let list = items(machine, args.value(0), "Cannot find initial on type")?;
    Ok(list.split_last().map_or_else(nil_list, |(_, rest)| Value::list(rest.to_vec())))
}

fn reverse(machine: &mut Machine, args: &Args) -> Outcome {
    let mut list = items(machine, args.value(0), "Cannot find reverse on type")?;
    list.reverse();
    Ok(Value::list(list))
}

fn compact(machine: &mut Machine, args: &Args) -> Outcome {
    let list = items(machine, args.value(0), "Cannot compact on type")?;
    Ok(Value::list(list.into_iter().filter(|item| !item.is_empty()).collect()))
}

/// Whether a list holds a value; every comparison is a step.
fn holds(machine: &mut Machine, list: &[Value], value: &Value) -> Result<bool, Fault> {
    machine.spend(list.len())?;
    Ok(list.iter().any(|item| value.deep_equal(item)))
}

fn uniq(machine: &mut Machine, args: &Args) -> Outcome {
    let mut kept = Vec::new();
    for item in items(machine, args.value(0), "Cannot find uniq on type")? {
        if !holds(machine, &kept, &item)? {
            kept.push(item);
        }
    }
    Ok(Value::list(kept))
}

fn without(machine: &mut Machine, args: &Args) -> Outcome {
    let unwanted = args.values(1);
    let mut kept = Vec::new();
    for item in items(machine, args.value(0), "Cannot find without on type")? {
        if !holds(machine, &unwanted, &item)? {
            kept.push(item);
        }
    }
    Ok(Value::list(kept))
}

fn has(machine: &mut Machine, args: &Args) -> Outcome {
    if args.value(1).is_nil() {
        return Ok(Value::Bool(false));
    }
    let list = items(machine, args.value(1), "Cannot find has on type")?;
    Ok(Value::Bool(holds(machine, &list, args.value(0))?))
}

fn slice(machine: &mut Machine, args: &Args) -> Outcome {
    let list = items(machine, args.value(0), "list should be type of slice or array but")?;
    if list.is_empty() {
        return Ok(Value::Nil);
    }
    let start = if args.len() > 1 { to_int(args.value(1)) } else { 0 };
    let end =
        if args.len() > 2 { to_int(args.value(2)) } else { i64::try_from(list.len()).unwrap_or(i64::MAX) };
    let part = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    let part = part.and_then(|(start, end)| list.get(start..end));
    let part = part.ok_or_else(|| Fault::new("reflect.Value.Slice: slice index out of bounds"))?.to_vec();
    Ok(match args.value(0) {
        Value::List(of) => Value::list_of(of.kind, part),
        Value::Bytes(_) => {
            let byte = |value: &Value| if let Value::Byte(byte) = value { *byte } else { 0 };
            Value::Bytes(part.iter().map(byte).collect())
        }
        _ => Value::list(part),
    })
}

fn concat(machine: &mut Machine, args: &Args) -> Outcome {
    let mut all = Vec::new();
    for value in args.values(0) {
        let list = value.elements().ok_or_else(|| match &value {
            Value::Nil => Fault::new(NIL),
            other => Fault::new(format!("Cannot concat type {} as list", other.kind_name())),
        })?;
        machine.spend(list.len())?;
        all.extend(list);
    }
    Ok(if all.is_empty() { nil_list() } else { Value::list(all) })
}

fn chunk(machine: &mut Machine, args: &Args) -> Outcome {
    let list = items(machine, args.value(1), "Cannot chunk type")?;
    let size = match usize::try_from(args.int(0)) {
        Ok(0) | Err(_) => return Err(Fault::new("runtime error: makeslice: len out of range")),
        Ok(size) => size,
    };
    Ok(Value::list_of(ListType::Lists, list.chunks(size).map(|part| Value::list(part.to_vec())).collect()))
}
