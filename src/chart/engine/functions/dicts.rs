//! Maps (`sprig:dict.go`): made new, or changed where they are.

use std::collections::BTreeMap;

use super::merge;
use crate::chart::engine::call::{Args, Function, Outcome, Type};
use crate::chart::engine::fault::Fault;
use crate::chart::engine::format::text_of;
use crate::chart::engine::machine::Machine;
use crate::chart::engine::value::{List, ListType, Map, MapType, Text, Value};

const A: Type = Type::Any;
const M: Type = Type::Map;
const T: Type = Type::Text;

pub(in super::super) const FUNCTIONS: &[Function] = &[
    Function::new("dict", &[A], dict).variadic(),
    Function::new("get", &[M, T], |_, args| {
        let found = args.map(0).and_then(|map| map.get(args.bytes(1)));
        Ok(found.unwrap_or_else(|| Value::text("")))
    })
    .boxed(),
    Function::new("set", &[M, T, A], |_, args| {
        let map = args.map(0).ok_or_else(|| Fault::new("assignment to entry in nil map"))?;
        map.insert(args.text(1), args.value(2).clone());
        Ok(args.value(0).clone())
    }),
    Function::new("unset", &[M, T], |_, args| {
        if let Some(map) = args.map(0) {
            map.remove(args.bytes(1));
        }
        Ok(args.value(0).clone())
    }),
    Function::new("hasKey", &[M, T], |_, args| {
        Ok(Value::Bool(args.map(0).is_some_and(|map| map.get(args.bytes(1)).is_some())))
    }),
    Function::new("pluck", &[T, M], |_, args| {
        let mut found = Vec::new();
        for index in 1..args.len() {
            if let Some(map) = args.map(index) {
                found.extend(map.get(args.bytes(0)));
            }
        }
        Ok(Value::list(found))
    })
    .variadic(),
    Function::new("keys", &[M], |machine, args| {
        let mut keys: Vec<Text> = Vec::new();
        for map in (0..args.len()).filter_map(|index| args.map(index)) {
            machine.spend(map.len())?;
            keys.extend(map.keys());
        }
        Ok(Value::list_of(ListType::Strings, keys.into_iter().map(Value::Text).collect()))
    })
    .variadic(),
    Function::new("values", &[M], |machine, args| {
        let entries = args.map(0).map(Map::entries).unwrap_or_default();
        machine.spend(entries.len())?;
        Ok(Value::list(entries.into_iter().map(|(_, value)| value).collect()))
    }),
    Function::new("pick", &[M, T], |_, args| {
        let mut picked = BTreeMap::new();
        if let Some(map) = args.map(0) {
            for index in 1..args.len() {
                if let Some(value) = map.get(args.bytes(index)) {
                    picked.insert(args.text(index), value);
                }
            }
        }
        Ok(Value::Map(Map::of(picked)))
    })
    .variadic(),
    Function::new("omit", &[M, T], |machine, args| {
        let entries = args.map(0).map(Map::entries).unwrap_or_default();
        machine.spend(entries.len())?;
        let omitted: Vec<Text> = (1..args.len()).map(|index| args.text(index)).collect();
        let kept = entries.into_iter().filter(|(key, _)| !omitted.contains(key));
        Ok(Value::Map(Map::of(kept.collect())))
    })
    .variadic(),
    Function::new("merge", &[M, M], |machine, args| merge_all(machine, args, false)).variadic().boxed(),
    Function::new("mustMerge", &[M, M], |machine, args| merge_all(machine, args, false)).variadic().boxed(),
    Function::new("mergeOverwrite", &[M, M], |machine, args| merge_all(machine, args, true))
        .variadic()
        .boxed(),
    Function::new("mustMergeOverwrite", &[M, M], |machine, args| merge_all(machine, args, true))
        .variadic()
        .boxed(),
    Function::new("deepCopy", &[A], |machine, args| {
        if args.value(0).is_nil() {
            return Err(Fault::new("deepCopy error: reflect: call of reflect.Value.Interface on zero Value"));
        }
        copy(machine, args.value(0))
    })
    .boxed(),
    Function::new("mustDeepCopy", &[A], |machine, args| {
        if args.value(0).is_nil() {
            return Err(Fault::new("reflect: call of reflect.Value.Interface on zero Value"));
        }
        copy(machine, args.value(0))
    })
    .boxed(),
    Function::new("dig", &[A], dig).variadic().boxed(),
];

fn dict(machine: &mut Machine, args: &Args) -> Outcome {
    machine.spend(args.len())?;
    let values = args.values(0);
    let mut map = BTreeMap::new();
    for pair in values.chunks(2) {
        let value = pair.get(1).cloned().unwrap_or_else(|| Value::text(""));
        map.insert(text_of(&pair[0]).into(), value);
    }
    Ok(Value::Map(Map::of(map)))
}

fn merge_all(machine: &mut Machine, args: &Args, overwrite: bool) -> Outcome {
    let Some(into) = args.map(0) else {
        return Ok(Value::text(""));
    };
    for index in 1..args.len() {
        if let Some(from) = args.map(index) {
            merge::merge(machine, into, from, overwrite)?;
        }
    }
    Ok(args.value(0).clone())
}

/// The same value, sharing nothing with it.
pub(super) fn copy(machine: &mut Machine, value: &Value) -> Outcome {
    machine.enter()?;
    let copied = match value {
        Value::Map(map) => {
            let entries = map.entries();
            machine.spend(entries.len())?;
            let mut copies = BTreeMap::new();
            for (key, value) in entries {
                copies.insert(key, copy(machine, &value)?);
            }
            Value::Map(Map::of(copies).typed(map.kind))
        }
        Value::List(list) => {
            machine.spend(list.items.len())?;
            let items = list.items.iter().map(|item| copy(machine, item)).collect::<Result<Vec<_>, _>>()?;
            Value::List(List { items: items.into(), ..list.clone() })
        }
        other => other.clone(),
    };
    machine.leave();
    Ok(copied)
}

fn dig(_: &mut Machine, args: &Args) -> Outcome {
    const MAP: &str = "map[string]interface {}";
    if args.len() < 3 {
        return Err(Fault::new("dig needs at least three arguments"));
    }
    let count = args.len() - 2;
    let wrong = |value: &Value, wanted: &str| {
        let got = if value.is_nil() { "nil" } else { value.type_name() };
        Fault::new(format!("interface conversion: interface {{}} is {got}, not {wanted}"))
    };
    let mut value = args.value(count + 1).clone();
    for index in 0..count {
        if !matches!(args.value(index), Value::Text(_)) {
            return Err(wrong(args.value(index), "string"));
        }
    }
    for index in 0..count {
        let step = match &value {
            Value::Map(map) if map.kind == MapType::Any => map.get(args.bytes(index)),
            other => return Err(wrong(other, MAP)),
        };
        match step {
            Some(step) => value = step,
            None => return Ok(args.value(count).clone()),
        }
    }
    Ok(value)
}
