//! Types and kinds (`sprig:reflect.go`).

use crate::chart::engine::call::{Function, Type};
use crate::chart::engine::value::Value;

const A: Type = Type::Any;
const T: Type = Type::Text;

pub(in super::super) const FUNCTIONS: &[Function] = &[
    Function::new("typeOf", &[A], |_, args| Ok(Value::text(args.value(0).type_name()))),
    Function::new("typeIs", &[T, A], |_, args| Ok(Value::Bool(*args.str(0) == *args.value(1).type_name()))),
    Function::new("typeIsLike", &[T, A], |_, args| {
        let (wanted, found) = (args.str(0), args.value(1).type_name());
        Ok(Value::Bool(*wanted == *found || found.strip_prefix('*') == Some(&*wanted)))
    }),
    Function::new("kindOf", &[A], |_, args| Ok(Value::text(args.value(0).kind_name()))),
    Function::new("kindIs", &[T, A], |_, args| Ok(Value::Bool(*args.str(0) == *args.value(1).kind_name()))),
    Function::new("deepEqual", &[A, A], |_, args| Ok(Value::Bool(args.value(0).deep_equal(args.value(1))))),
];
