//! Evaluating pipelines: commands, fields, arguments (`text/template/exec.go`, Go 1.26).

use super::call::{Args, Function, Type};
use super::exec::Frame;
use super::fault::Fault;
use super::functions;
use super::machine::Machine;
use super::methods;
use super::tree::{Command, Expr, Number, Pipe};
use super::value::{MapType, Operand, Value};

type Evaluated = Result<Operand, Fault>;

impl<'t> Frame<'t> {
    /// The value of a pipeline; its variables are set.
    pub(super) fn pipeline(&mut self, machine: &mut Machine, dot: &Operand, pipe: &'t Pipe) -> Evaluated {
        self.at(pipe.at, pipe);
        machine.enter().map_err(|fault| self.wrap(fault, ""))?;
        let mut value: Option<Operand> = None;
        for command in &pipe.commands {
            let mut next = self.command(machine, dot, command, value.take())?;
            // What comes out of a place of any type is taken out of it.
            next.boxed = false;
            value = Some(next);
        }
        machine.leave();
        let value = value.unwrap_or_else(Operand::invalid);
        for name in &pipe.variables {
            if pipe.assigns {
                self.assign(name, value.clone())?;
            } else {
                self.variables.push((name.clone(), value.clone()));
            }
        }
        Ok(value)
    }

    fn command(
        &mut self,
        machine: &mut Machine,
        dot: &Operand,
        command: &'t Command,
        last: Option<Operand>,
    ) -> Evaluated {
        machine.spend(1).map_err(|fault| self.wrap(fault, ""))?;
        let first = &command.args[0];
        let rest = &command.args[1..];
        match first {
            Expr::Field(at, names) => {
                self.at(*at, first);
                return self.fields(machine, dot, dot.clone(), names, first, rest, last);
            }
            Expr::Chain(..) => return self.chain(machine, dot, first, rest, last),
            Expr::Identifier(at, name) => {
                self.at(*at, first);
                return self.function(machine, dot, name, (command.at, command), rest, last);
            }
            Expr::Pipe(pipe) => {
                self.not_a_function(first, rest, last.as_ref())?;
                return self.pipeline(machine, dot, pipe);
            }
            Expr::Variable(..) => return self.variable(machine, dot, first, rest, last),
            _ => {}
        }
        self.at(first.at(), first);
        self.not_a_function(first, rest, last.as_ref())?;
        match first {
            Expr::Dot(_) => Ok(dot.clone()),
            Expr::Nil(_) => Err(self.fault("nil is not a command")),
            other => self.constant(other),
        }
    }

    fn not_a_function(&self, first: &Expr, rest: &[Expr], last: Option<&Operand>) -> Result<(), Fault> {
        if rest.is_empty() && last.is_none() {
            return Ok(());
        }
        Err(self.fault(&format!("can't give argument to non-function {first}")))
    }

    /// A constant without a type that it must have.
    fn constant(&mut self, expr: &'t Expr) -> Evaluated {
        self.at(expr.at(), expr);
        Ok(Operand::plain(match expr {
            Expr::Bool(_, value) => Value::Bool(*value),
            Expr::String(_, _, bytes) => Value::text(bytes.clone()),
            Expr::Number(_, number) => return self.number(number),
            _ => return Err(self.fault(&format!("can't evaluate command {expr}"))),
        }))
    }

    fn number(&self, number: &Number) -> Evaluated {
        let text = &*number.text;
        let hexadecimal = text.len() > 2
            && (text.starts_with("0x") || text.starts_with("0X"))
            && !text.contains(['p', 'P']);
        let float = !hexadecimal && !text.starts_with('\'') && text.contains(['.', 'e', 'E', 'p', 'P']);
        Ok(Operand::plain(match (number.complex, number.float, number.int) {
            (Some((real, imaginary)), ..) => Value::Complex(real, imaginary),
            (None, Some(value), _) if float => Value::Float(value),
            (None, _, Some(value)) => Value::Int(value),
            _ => return Err(self.fault(&format!("{text} overflows int"))),
        }))
    }

    fn chain(
        &mut self,
        machine: &mut Machine,
        dot: &Operand,
        expr: &'t Expr,
        rest: &'t [Expr],
        last: Option<Operand>,
    ) -> Evaluated {
        let Expr::Chain(at, inner, names) = expr else { return Ok(Operand::invalid()) };
        self.at(*at, expr);
        if matches!(**inner, Expr::Nil(_)) {
            return Err(self.fault(&format!("indirection through explicit nil in {expr}")));
        }
        let receiver = self.argument(machine, dot, Type::Reflect, inner)?;
        self.fields(machine, dot, receiver, names, expr, rest, last)
    }

    fn variable(
        &mut self,
        machine: &mut Machine,
        dot: &Operand,
        expr: &'t Expr,
        rest: &'t [Expr],
        last: Option<Operand>,
    ) -> Evaluated {
        let Expr::Variable(at, name, names) = expr else { return Ok(Operand::invalid()) };
        self.at(*at, expr);
        let value =
            self.variables.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        let value = value.ok_or_else(|| self.fault(&format!("undefined variable: {name}")))?;
        if names.is_empty() {
            self.not_a_function(expr, rest, last.as_ref())?;
            return Ok(value);
        }
        self.fields(machine, dot, value, names, expr, rest, last)
    }

    /// A chain of fields; the arguments are for the last.
    #[allow(clippy::too_many_arguments, reason = "Go's own list of them")]
    fn fields(
        &mut self,
        machine: &mut Machine,
        dot: &Operand,
        mut receiver: Operand,
        names: &'t [std::rc::Rc<str>],
        node: &'t Expr,
        rest: &'t [Expr],
        last: Option<Operand>,
    ) -> Evaluated {
        let Some((final_name, before)) = names.split_last() else { return Ok(receiver) };
        for name in before {
            receiver = self.field(machine, dot, receiver, name, node, &[], None)?;
        }
        self.field(machine, dot, receiver, final_name, node, rest, last)
    }

    #[allow(clippy::too_many_arguments, reason = "Go's own list of them")]
    fn field(
        &mut self,
        machine: &mut Machine,
        dot: &Operand,
        receiver: Operand,
        name: &'t str,
        node: &'t Expr,
        rest: &'t [Expr],
        last: Option<Operand>,
    ) -> Evaluated {
        if receiver.is_invalid() {
            return Ok(receiver);
        }
        let ty = receiver.type_name();
        if receiver.value.is_nil() {
            return Err(self.fault(&format!("nil pointer evaluating {ty}.{name}")));
        }
        if let Some(method) = methods::find(&receiver.value, name) {
            return self.call(machine, dot, method, Some(receiver), (node.at(), node), rest, last);
        }
        let has_args = !rest.is_empty() || last.is_some();
        match &receiver.value {
            Value::Object(object) => {
                if let Some(value) = object.field(name) {
                    if has_args {
                        return Err(
                            self.fault(&format!("{name} has arguments but cannot be invoked as function"))
                        );
                    }
                    return Ok(Operand::plain(value));
                }
                if object.fields().iter().any(|(field, _)| *field == name) {
                    return Err(self.fault(&format!("{name} is an unexported field of struct type {ty}")));
                }
            }
            Value::Map(map) => {
                if has_args {
                    return Err(self.fault(&format!("{name} is not a method but has arguments")));
                }
                return Ok(match map.get(name.as_bytes()) {
                    Some(value) => Operand { value, boxed: map.kind.holds_any() },
                    None => match map.kind {
                        MapType::Any | MapType::Values => Operand::boxed(Value::Nil),
                        MapType::Strings | MapType::NilStrings => Operand::plain(Value::text("")),
                        MapType::Files => Operand::plain(Value::Bytes([].into())),
                    },
                });
            }
            _ => {}
        }
        Err(self.fault(&format!("can't evaluate field {name} in type {ty}")))
    }

    fn function(
        &mut self,
        machine: &mut Machine,
        dot: &Operand,
        name: &str,
        node: (usize, &'t dyn std::fmt::Display),
        rest: &'t [Expr],
        last: Option<Operand>,
    ) -> Evaluated {
        match name {
            "and" | "or" => self.and_or(machine, dot, name, rest, last),
            "call" => {
                let operand = match rest.first() {
                    Some(first) => self.argument(machine, dot, Type::Reflect, first)?,
                    None => last
                        .ok_or_else(|| self.fault("wrong number of args for call: want at least 1 got 0"))?,
                };
                self.at(node.0, node.1);
                if operand.value.is_nil() {
                    return Err(self.wrap(Fault::new("call of nil"), "error calling call: "));
                }
                let named = rest.first().map_or_else(String::new, ToString::to_string);
                let why = format!("non-function {named} of type {}", operand.value.type_name());
                Err(self.wrap(Fault::new(why), "error calling call: "))
            }
            _ => match functions::find(name) {
                Some(function) => self.call(machine, dot, function, None, node, rest, last),
                None => Err(self.fault(&format!("{name:?} is not a defined function"))),
            },
        }
    }

    /// `and` and `or` evaluate no more than they must.
    fn and_or(
        &mut self,
        machine: &mut Machine,
        dot: &Operand,
        name: &str,
        rest: &'t [Expr],
        last: Option<Operand>,
    ) -> Evaluated {
        if rest.is_empty() && last.is_none() {
            return Err(self.fault(&format!("wrong number of args for {name}: want at least 1 got 0")));
        }
        let mut value = Operand::invalid();
        for arg in rest {
            value = self.argument(machine, dot, Type::Reflect, arg)?;
            if value.value.is_true() == (name == "or") {
                return Ok(value);
            }
        }
        Ok(last.unwrap_or(value))
    }

    #[allow(clippy::too_many_arguments, reason = "Go's own list of them")]
    fn call(
        &mut self,
        machine: &mut Machine,
        dot: &Operand,
        function: &'static Function,
        receiver: Option<Operand>,
        (at, shown): (usize, &'t dyn std::fmt::Display),
        rest: &'t [Expr],
        last: Option<Operand>,
    ) -> Evaluated {
        let name = function.name;
        let given = rest.len() + usize::from(last.is_some());
        let wanted = function.params.len();
        if function.variadic {
            if given < wanted - 1 {
                let least = wanted - 1;
                return Err(self.fault(&format!(
                    "wrong number of args for {name}: want at least {least} got {}",
                    rest.len()
                )));
            }
        } else if given != wanted {
            return Err(self.fault(&format!("wrong number of args for {name}: want {wanted} got {given}")));
        }
        let mut args = Vec::with_capacity(given + 1);
        args.extend(receiver);
        let skip = args.len();
        for (index, arg) in rest.iter().enumerate() {
            args.push(self.argument(machine, dot, function.param(index), arg)?);
        }
        if let Some(last) = last {
            let fitting = function.param(args.len() - skip).fit(last);
            args.push(fitting.map_err(|message| self.fault(&message))?);
        }
        machine.enter().map_err(|fault| self.wrap(fault, ""))?;
        let result = if name == "index" {
            functions::builtin::index(&args)
        } else {
            (function.call)(machine, &Args(args)).map(|value| Operand { value, boxed: function.boxed })
        };
        machine.leave();
        let result = result.and_then(|operand| {
            if let Value::Text(text) = &operand.value {
                machine.spend_bytes(text.bytes().len())?;
            }
            Ok(operand)
        });
        result.map_err(|fault| {
            self.at(at, shown);
            self.wrap(fault, &format!("error calling {name}: "))
        })
    }

    /// An argument for a parameter of a type.
    fn argument(&mut self, machine: &mut Machine, dot: &Operand, ty: Type, expr: &'t Expr) -> Evaluated {
        self.at(expr.at(), expr);
        let value = match expr {
            Expr::Dot(_) => dot.clone(),
            Expr::Nil(_) => {
                if !ty.can_be_nil() {
                    return Err(self.fault(&format!("cannot assign nil to {}", ty.name())));
                }
                return Ok(Operand { value: Value::Nil, boxed: ty == Type::Any });
            }
            Expr::Field(_, names) => self.fields(machine, dot, dot.clone(), names, expr, &[], None)?,
            Expr::Variable(..) => self.variable(machine, dot, expr, &[], None)?,
            Expr::Pipe(pipe) => self.pipeline(machine, dot, pipe)?,
            Expr::Identifier(at, name) => self.function(machine, dot, name, (*at, expr), &[], None)?,
            Expr::Chain(..) => self.chain(machine, dot, expr, &[], None)?,
            Expr::Bool(..) | Expr::Number(..) | Expr::String(..) => return self.typed_constant(ty, expr),
        };
        ty.fit(value).map_err(|message| self.fault(&message))
    }

    /// A constant as a type takes it.
    fn typed_constant(&mut self, ty: Type, expr: &'t Expr) -> Evaluated {
        let value = match (ty, expr) {
            (Type::Any | Type::Reflect, _) => return self.constant(expr),
            (Type::Bool, Expr::Bool(_, value)) => Some(Value::Bool(*value)),
            (Type::Text, Expr::String(_, _, bytes)) => Some(Value::text(bytes.clone())),
            (Type::Int, Expr::Number(_, number)) => number.int.map(Value::Int),
            (Type::Duration, Expr::Number(_, number)) => number.int.map(Value::Int64),
            (Type::Uint32, Expr::Number(_, number)) => number.uint.map(Value::Uint64),
            (Type::Float, Expr::Number(_, number)) => number.float.map(Value::Float),
            _ => None,
        };
        if let Some(value) = value {
            return Ok(Operand::plain(value));
        }
        Err(self.fault(&match ty {
            Type::Bool => format!("expected bool; found {expr}"),
            Type::Text => format!("expected string; found {expr}"),
            Type::Int | Type::Duration => format!("expected integer; found {expr}"),
            Type::Uint32 => format!("expected unsigned integer; found {expr}"),
            Type::Float => format!("expected float; found {expr}"),
            ty => format!("can't handle {expr} for arg of type {}", ty.name()),
        }))
    }
}
