//! Functions as templates call them: Go's types of their parameters, and which values fit them
//! (`text/template/exec.go`, `validateType`, Go 1.26).

use std::borrow::Cow;

use super::fault::Fault;
use super::machine::Machine;
use super::object::Object;
use super::value::{List, ListType, Map, MapType, Operand, Text, Value};

/// The Go type of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// `interface {}`
    Any,
    /// `reflect.Value`: everything, untouched.
    Reflect,
    Bool,
    Int,
    Uint32,
    Float,
    Text,
    /// `map[string]interface {}`
    Map,
    /// `[]interface {}`
    List,
    Time,
    Duration,
    Version,
    Certificate,
}

impl Type {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Any => "interface {}",
            Self::Reflect => "reflect.Value",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Uint32 => "uint32",
            Self::Float => "float64",
            Self::Text => "string",
            Self::Map => "map[string]interface {}",
            Self::List => "[]interface {}",
            Self::Time => "time.Time",
            Self::Duration => "time.Duration",
            Self::Version => "*semver.Version",
            Self::Certificate => "sprig.certificate",
        }
    }

    pub(super) fn can_be_nil(self) -> bool {
        matches!(self, Self::Any | Self::Reflect | Self::Map | Self::List | Self::Version)
    }

    /// The value as this type takes it; the error is Go's message.
    pub(super) fn fit(self, operand: Operand) -> Result<Operand, String> {
        if operand.is_invalid() {
            return match self {
                Self::Reflect => Ok(operand),
                Self::Any => Ok(Operand::boxed(Value::Nil)),
                ty if ty.can_be_nil() => Ok(operand),
                ty => Err(format!("invalid value; expected {}", ty.name())),
            };
        }
        let fits = match (self, &operand.value) {
            (Self::Any | Self::Reflect, _)
            | (Self::Bool, Value::Bool(_))
            | (Self::Int, Value::Int(_))
            | (Self::Float, Value::Float(_))
            | (Self::Text, Value::Text(_))
            | (Self::List, Value::List(List { kind: ListType::Any, .. })) => true,
            (Self::Map, Value::Map(map)) if map.kind.holds_any() => {
                return Ok(Operand::plain(Value::Map(map.typed(MapType::Any))));
            }
            (ty, Value::Object(object)) => matches!(
                (ty, &**object),
                (Self::Time, Object::Time(_))
                    | (Self::Duration, Object::Duration(_))
                    | (Self::Version, Object::Version(_))
                    | (Self::Certificate, Object::Certificate { .. })
            ),
            _ => false,
        };
        if fits {
            return Ok(operand);
        }
        let got = if operand.value.is_nil() { operand.type_name() } else { operand.value.type_name() };
        Err(format!("wrong type for value; expected {}; got {got}", self.name()))
    }
}

/// What a call gives back.
pub(super) type Outcome = Result<Value, Fault>;

/// A function or a method.
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) params: &'static [Type],
    /// Whether the last parameter may be given any number of times.
    pub(super) variadic: bool,
    /// Whether the result is of the type `interface {}`.
    pub(super) boxed: bool,
    pub(super) call: fn(&mut Machine, &Args) -> Outcome,
}

impl Function {
    pub(super) const fn new(
        name: &'static str,
        params: &'static [Type],
        call: fn(&mut Machine, &Args) -> Outcome,
    ) -> Self {
        Self { name, params, variadic: false, boxed: false, call }
    }

    /// The last parameter may be given any number of times.
    pub(super) const fn variadic(mut self) -> Self {
        self.variadic = true;
        self
    }

    /// The result is of the type `interface {}`.
    pub(super) const fn boxed(mut self) -> Self {
        self.boxed = true;
        self
    }

    /// The type of the argument at `index`.
    pub(super) fn param(&self, index: usize) -> Type {
        let last = self.params.len().saturating_sub(1);
        self.params[index.min(last)]
    }
}

/// The arguments of a call; each fits its parameter. Of a method the first is what it is called on.
pub(super) struct Args(pub(super) Vec<Operand>);

impl Args {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn value(&self, index: usize) -> &Value {
        self.0.get(index).map_or(&Value::Nil, |operand| &operand.value)
    }

    /// All values from `index` on.
    pub(super) fn values(&self, index: usize) -> Vec<Value> {
        self.0.iter().skip(index).map(|operand| operand.value.clone()).collect()
    }

    pub(super) fn bytes(&self, index: usize) -> &[u8] {
        match self.value(index) {
            Value::Text(text) => text.bytes(),
            _ => b"",
        }
    }

    pub(super) fn str(&self, index: usize) -> Cow<'_, str> {
        String::from_utf8_lossy(self.bytes(index))
    }

    pub(super) fn text(&self, index: usize) -> Text {
        match self.value(index) {
            Value::Text(text) => text.clone(),
            _ => "".into(),
        }
    }

    pub(super) fn int(&self, index: usize) -> i64 {
        match self.value(index) {
            Value::Int(int) | Value::Int64(int) => *int,
            Value::Uint64(int) => i64::try_from(*int).unwrap_or(i64::MAX),
            _ => 0,
        }
    }

    pub(super) fn float(&self, index: usize) -> f64 {
        match self.value(index) {
            Value::Float(float) => *float,
            _ => 0.0,
        }
    }

    pub(super) fn bool(&self, index: usize) -> bool {
        matches!(self.value(index), Value::Bool(true))
    }

    /// A map; `None` is Go's nil map.
    pub(super) fn map(&self, index: usize) -> Option<&Map> {
        match self.value(index) {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    pub(super) fn object(&self, index: usize) -> Option<&Object> {
        match self.value(index) {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }
}
