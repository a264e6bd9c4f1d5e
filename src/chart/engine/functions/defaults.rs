//! What stands in for nothing (`sprig:defaults.go`), and Helm's `required` and `fail`.

use crate::chart::engine::call::{Function, Type};
use crate::chart::engine::fault::Fault;
use crate::chart::engine::value::Value;

const A: Type = Type::Any;

pub(in super::super) const FUNCTIONS: &[Function] = &[
    Function::new("default", &[A, A], |_, args| {
        let given = args.value(1);
        Ok(if args.len() < 2 || given.is_empty() { args.value(0).clone() } else { given.clone() })
    })
    .variadic()
    .boxed(),
    Function::new("empty", &[A], |_, args| Ok(Value::Bool(args.value(0).is_empty()))),
    Function::new("coalesce", &[A], |_, args| {
        Ok(args.values(0).into_iter().find(|value| !value.is_empty()).unwrap_or(Value::Nil))
    })
    .variadic()
    .boxed(),
    Function::new("all", &[A], |_, args| Ok(Value::Bool(!args.values(0).iter().any(Value::is_empty))))
        .variadic(),
    Function::new("any", &[A], |_, args| {
        Ok(Value::Bool(args.values(0).iter().any(|value| !value.is_empty())))
    })
    .variadic(),
    Function::new("ternary", &[A, A, Type::Bool], |_, args| {
        Ok(args.value(usize::from(!args.bool(2))).clone())
    })
    .boxed(),
    Function::new("required", &[Type::Text, A], |_, args| {
        let missing = match args.value(1) {
            Value::Nil => true,
            Value::Text(text) => text.bytes().is_empty(),
            _ => false,
        };
        if missing { Err(Fault::warning(&args.str(0))) } else { Ok(args.value(1).clone()) }
    })
    .boxed(),
    Function::new("fail", &[Type::Text], |_, args| Err(Fault::warning(&args.str(0)))),
];
