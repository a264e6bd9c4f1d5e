//! Texts of data: JSON, YAML and TOML (`helm:pkg/engine/funcs.go`, `sprig:defaults.go`).

use crate::chart::engine::call::{Args, Function, Outcome, Type};
use crate::chart::engine::fault::Fault;
use crate::chart::engine::json::{self, PLAIN, Style};
use crate::chart::engine::machine::Machine;
use crate::chart::engine::value::{Map, MapType, Value};
use crate::chart::engine::{toml, yaml_pretty, yaml_read, yaml_write};

const A: Type = Type::Any;
const T: Type = Type::Text;

const PRETTY: Style = Style { html: true, pretty: true };
const RAW: Style = Style { html: false, pretty: false };

pub(in super::super) const FUNCTIONS: &[Function] = &[
    Function::new("toJson", &[A], |machine, args| write_json(machine, args, PLAIN).or_else(empty)),
    Function::new("mustToJson", &[A], |machine, args| write_json(machine, args, PLAIN)),
    Function::new("toPrettyJson", &[A], |machine, args| write_json(machine, args, PRETTY).or_else(empty)),
    Function::new("mustToPrettyJson", &[A], |machine, args| write_json(machine, args, PRETTY)),
    Function::new("toRawJson", &[A], |machine, args| write_json(machine, args, RAW)),
    Function::new("mustToRawJson", &[A], |machine, args| write_json(machine, args, RAW)),
    Function::new("fromJson", &[T], |machine, args| {
        machine.spend(args.bytes(0).len())?;
        Ok(map_or_error(json::read(args.bytes(0)).and_then(|value| match value {
            Value::Map(_) | Value::Nil => Ok(value),
            other => Err(unfit(&other, "map[string]interface {}")),
        })))
    }),
    Function::new("fromJsonArray", &[T], |machine, args| {
        machine.spend(args.bytes(0).len())?;
        Ok(list_or_error(json::read(args.bytes(0)).and_then(|value| match value {
            Value::List(_) | Value::Nil => Ok(value),
            other => Err(unfit(&other, "[]interface {}")),
        })))
    }),
    Function::new("mustFromJson", &[T], |machine, args| {
        machine.spend(args.bytes(0).len())?;
        json::read(args.bytes(0)).map_err(Fault::new)
    })
    .boxed(),
    Function::new("toToml", &[A], |_, args| {
        // What cannot be written is told in the text.
        Ok(Value::text(toml::write(args.value(0)).unwrap_or_else(|why| why)))
    }),
    Function::new("mustToToml", &[A], |_, args| {
        toml::write(args.value(0)).map(Value::text).map_err(Fault::new)
    }),
    Function::new("fromToml", &[T], |machine, args| {
        machine.spend(args.bytes(0).len())?;
        Ok(map_or_error(toml::read(&args.str(0)).map(Value::Map)))
    }),
    Function::new("toYaml", &[A], |_, args| {
        Ok(Value::text(without_break(yaml_write::to_yaml(args.value(0)).unwrap_or_default())))
    }),
    Function::new("mustToYaml", &[A], |_, args| match yaml_write::to_yaml(args.value(0)) {
        Some(text) => Ok(Value::text(without_break(text))),
        None => Err(Fault::new("error converting JSON to YAML: yaml: control characters are not allowed")),
    }),
    Function::new("toYamlPretty", &[A], |_, args| {
        Ok(Value::text(without_break(yaml_pretty::to_yaml_pretty(args.value(0)))))
    }),
    Function::new("fromYaml", &[T], |machine, args| {
        machine.spend(args.bytes(0).len())?;
        Ok(map_or_error(yaml_read::read(&args.str(0)).and_then(|value| match value {
            Value::Map(_) | Value::Nil => Ok(value),
            other => Err(format!(
                "error unmarshaling JSON: while decoding JSON: {}",
                unfit(&other, "map[string]interface {}")
            )),
        })))
    }),
    Function::new("fromYamlArray", &[T], |machine, args| {
        machine.spend(args.bytes(0).len())?;
        Ok(list_or_error(yaml_read::read(&args.str(0)).and_then(|value| match value {
            Value::List(_) | Value::Nil => Ok(value),
            other => Err(format!(
                "error unmarshaling JSON: while decoding JSON: {}",
                unfit(&other, "[]interface {}")
            )),
        })))
    }),
];

fn without_break(mut text: String) -> String {
    if text.ends_with('\n') {
        text.pop();
    }
    text
}

fn write_json(_: &mut Machine, args: &Args, style: Style) -> Outcome {
    json::write(args.value(0), style).map(Value::text).map_err(Fault::new)
}

/// Functions that do not say `must` are silent.
#[allow(clippy::unnecessary_wraps, reason = "in the place of an outcome")]
fn empty(_: Fault) -> Outcome {
    Ok(Value::text(""))
}

/// Go's words for a value that does not fit the type it is read into.
fn unfit(value: &Value, wanted: &str) -> String {
    let found = match value {
        Value::Map(_) => "object",
        Value::List(_) => "array",
        Value::Text(_) => "string",
        Value::Bool(_) => "bool",
        _ => "number",
    };
    format!("json: cannot unmarshal {found} into Go value of type {wanted}")
}

/// A map; an error stands under the key `Error`.
fn map_or_error(read: Result<Value, String>) -> Value {
    match read {
        Ok(Value::Map(map)) => Value::Map(map),
        Ok(_) => Value::Map(Map::new(MapType::Any)),
        Err(why) => {
            let map = Map::new(MapType::Any);
            map.insert("Error", Value::text(why));
            Value::Map(map)
        }
    }
}

/// A list; an error is its only element.
fn list_or_error(read: Result<Value, String>) -> Value {
    match read {
        Ok(Value::List(list)) => Value::List(list),
        Ok(_) => Value::list(Vec::new()),
        Err(why) => Value::list(vec![Value::text(why)]),
    }
}
