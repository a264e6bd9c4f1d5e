//! Helm's functions that run templates or look outside, where nothing is (`helm:pkg/engine/engine.go`).

use crate::chart::engine::call::{Function, Type};
use crate::chart::engine::value::{Map, MapType, Operand, Value};

const T: Type = Type::Text;

pub(in super::super) const FUNCTIONS: &[Function] = &[
    Function::new("include", &[T, Type::Any], |machine, args| {
        let data = Operand::plain(args.value(1).clone());
        machine.include(&args.text(0), data).map(Value::text)
    }),
    Function::new("tpl", &[T, Type::Any], |machine, args| {
        let data = Operand::plain(args.value(1).clone());
        machine.tpl(&args.text(0), data).map(Value::text)
    }),
    // Without a cluster nothing is found.
    Function::new("lookup", &[T, T, T, T], |_, _| Ok(Value::Map(Map::new(MapType::Any)))),
    Function::new("getHostByName", &[T], |_, _| Ok(Value::text(""))),
];
