//! Walking through a template, as Go's `text/template/exec.go` does (Go 1.26).

use std::fmt::Display;
use std::rc::Rc;

use super::fault::Fault;
use super::format;
use super::machine::Machine;
use super::object::Object;
use super::parse::Template;
use super::quote::quoted;
use super::tree::{At, Branch, Call, List, Node};
use super::value::{Operand, Value};

/// How a list ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    Break,
    Continue,
}

/// One template while it runs.
pub(super) struct Frame<'t> {
    pub(super) template: &'t Template,
    pub(super) variables: Vec<(Rc<str>, Operand)>,
    /// The node that an error would be told of.
    at: At,
    shown: Option<&'t dyn Display>,
}

impl<'t> Frame<'t> {
    pub(super) fn new(template: &'t Template, data: Operand) -> Self {
        Self { template, variables: vec![("$".into(), data)], at: 0, shown: None }
    }

    /// An error from here on is one of this node.
    pub(super) fn at(&mut self, at: At, shown: &'t dyn Display) {
        self.at = at;
        self.shown = Some(shown);
    }

    /// What stands before every error of this node.
    fn before(&self) -> String {
        let text = &self.template.text[..self.at];
        let line = 1 + text.bytes().filter(|byte| *byte == b'\n').count();
        let column = self.at - text.rfind('\n').map_or(0, |at| at + 1);
        let shown = self.shown.map_or_else(String::new, ToString::to_string);
        format!(
            "template: {}:{line}:{column}: executing {} at <{shown}>: ",
            self.template.parse_name,
            quoted(self.template.name.as_bytes())
        )
    }

    /// An error at the current node.
    pub(super) fn fault(&self, message: &str) -> Fault {
        Fault::executing(format!("{}{message}", self.before()))
    }

    /// An error of a function or of the machine, at the current node.
    pub(super) fn wrap(&self, fault: Fault, message: &str) -> Fault {
        fault.at(&format!("{}{message}", self.before()))
    }

    pub(super) fn list(
        &mut self,
        machine: &mut Machine,
        dot: &Operand,
        list: &'t List,
    ) -> Result<Flow, Fault> {
        machine.enter().map_err(|fault| self.wrap(fault, ""))?;
        let mut flow = Flow::Next;
        for node in list {
            flow = self.node(machine, dot, node)?;
            if flow != Flow::Next {
                break;
            }
        }
        machine.leave();
        Ok(flow)
    }

    fn node(&mut self, machine: &mut Machine, dot: &Operand, node: &'t Node) -> Result<Flow, Fault> {
        machine.spend(1).map_err(|fault| self.wrap(fault, ""))?;
        match node {
            Node::Text(text) => machine.write(text.as_bytes()).map_err(|fault| self.wrap(fault, ""))?,
            Node::Action(at, pipe) => {
                self.at(*at, pipe);
                let operand = self.pipeline(machine, dot, pipe)?;
                if pipe.variables.is_empty() {
                    self.print(machine, &operand)?;
                }
            }
            Node::If(branch) => return self.branch(machine, dot, branch, false),
            Node::With(branch) => return self.branch(machine, dot, branch, true),
            Node::Range(branch) => return self.range(machine, dot, branch),
            Node::Template(call) => self.call_template(machine, dot, call)?,
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::Next)
    }

    fn print(&mut self, machine: &mut Machine, operand: &Operand) -> Result<(), Fault> {
        let written = match &operand.value {
            Value::Nil => machine.write(b"<no value>"),
            Value::Text(text) => machine.write(text.bytes()),
            // A field of a structure can be asked for its text, a copy of it cannot.
            Value::Object(object) if matches!(&**object, Object::KubeVersion(_)) => match &**object {
                Object::KubeVersion(version) => machine.write(version.normalized.as_bytes()),
                _ => Ok(()),
            },
            value => machine.write(&format::print(std::slice::from_ref(value))),
        };
        written.map_err(|fault| self.wrap(fault, ""))
    }

    fn branch(
        &mut self,
        machine: &mut Machine,
        dot: &Operand,
        branch: &'t Branch,
        with: bool,
    ) -> Result<Flow, Fault> {
        let mark = self.variables.len();
        self.at(branch.at, &branch.pipe);
        let operand = self.pipeline(machine, dot, &branch.pipe)?;
        let flow = if operand.value.is_true() {
            self.list(machine, if with { &operand } else { dot }, &branch.body)?
        } else if let Some(otherwise) = &branch.otherwise {
            self.list(machine, dot, otherwise)?
        } else {
            Flow::Next
        };
        self.variables.truncate(mark);
        Ok(flow)
    }

    fn range(&mut self, machine: &mut Machine, dot: &Operand, branch: &'t Branch) -> Result<Flow, Fault> {
        let outer = self.variables.len();
        self.at(branch.at, &branch.pipe);
        let over = self.pipeline(machine, dot, &branch.pipe)?;
        let items = self.items(machine, &over.value, branch)?;
        let mark = self.variables.len();
        let empty = items.is_empty();
        for (key, item) in items {
            machine.spend(1).map_err(|fault| self.wrap(fault, ""))?;
            self.bind(branch, mark, key, &item)?;
            let flow = self.list(machine, &item, &branch.body)?;
            self.variables.truncate(mark);
            if flow == Flow::Break {
                break;
            }
        }
        let flow = match &branch.otherwise {
            Some(otherwise) if empty => self.list(machine, dot, otherwise)?,
            _ => Flow::Next,
        };
        self.variables.truncate(outer);
        Ok(flow)
    }

    /// What a range walks over: keys or indexes, and elements.
    fn items(
        &mut self,
        machine: &mut Machine,
        over: &Value,
        branch: &Branch,
    ) -> Result<Vec<(Operand, Operand)>, Fault> {
        let integer = |int: i64| Operand::plain(Value::Int(int));
        let count = |items: usize| i64::try_from(items).unwrap_or(i64::MAX);
        Ok(match over {
            Value::Nil => Vec::new(),
            Value::Int(_) | Value::Int64(_) | Value::Byte(_) | Value::Uint64(_) => {
                if branch.pipe.variables.len() > 1 {
                    let shown = String::from_utf8_lossy(&format::with_verb(over, 'v')).into_owned();
                    let message = format!("can't use {shown} to iterate over more than one variable");
                    return Err(self.fault(&message));
                }
                let (end, item): (i64, fn(i64) -> Value) = match over {
                    Value::Int64(end) => (*end, Value::Int64),
                    Value::Byte(end) => (i64::from(*end), |int| Value::Byte(u8::try_from(int).unwrap_or(0))),
                    Value::Uint64(end) => {
                        (i64::try_from(*end).unwrap_or(i64::MAX), |int| Value::Uint64(int.unsigned_abs()))
                    }
                    Value::Int(end) => (*end, Value::Int),
                    _ => (0, Value::Int),
                };
                let steps = usize::try_from(end.max(0)).unwrap_or(usize::MAX);
                machine.spend(steps).map_err(|fault| self.wrap(fault, ""))?;
                (0..end).map(|int| (Operand::invalid(), Operand::plain(item(int)))).collect()
            }
            Value::List(_) | Value::Bytes(_) => {
                let boxed = matches!(over, Value::List(list) if list.kind == super::value::ListType::Any);
                let items = over.elements().unwrap_or_default();
                let item = |value: Value| Operand { value, boxed };
                items
                    .into_iter()
                    .enumerate()
                    .map(|(index, value)| (integer(count(index)), item(value)))
                    .collect()
            }
            Value::Map(map) => {
                let boxed = map.kind.holds_any();
                let item = |value: Value| Operand { value, boxed };
                map.entries()
                    .into_iter()
                    .map(|(key, value)| (Operand::plain(Value::Text(key)), item(value)))
                    .collect()
            }
            other => {
                let shown = String::from_utf8_lossy(&format::with_verb(other, 'v')).into_owned();
                return Err(self.fault(&format!("range can't iterate over {shown}")));
            }
        })
    }

    /// Gives the variables of a range their values.
    fn bind(&mut self, branch: &Branch, mark: usize, key: Operand, item: &Operand) -> Result<(), Fault> {
        let names = &branch.pipe.variables;
        if branch.pipe.assigns {
            match &names[..] {
                [] => {}
                [only] => self.assign(only, item.clone())?,
                [first, second, ..] => {
                    self.assign(first, key)?;
                    self.assign(second, item.clone())?;
                }
            }
            return Ok(());
        }
        if !names.is_empty() {
            self.variables[mark - 1].1 = item.clone();
        }
        if names.len() > 1 {
            self.variables[mark - 2].1 = key;
        }
        Ok(())
    }

    pub(super) fn assign(&mut self, name: &str, operand: Operand) -> Result<(), Fault> {
        match self.variables.iter_mut().rev().find(|(known, _)| **known == *name) {
            Some((_, value)) => {
                *value = operand;
                Ok(())
            }
            None => Err(self.fault(&format!("undefined variable: {name}"))),
        }
    }

    fn call_template(&mut self, machine: &mut Machine, dot: &Operand, call: &'t Call) -> Result<(), Fault> {
        self.at(call.at, call);
        let Some(template) = machine.set.get(&call.name).map(Rc::clone) else {
            return Err(self.fault(&format!("template {} not defined", quoted(call.name.as_bytes()))));
        };
        let data = match &call.pipe {
            Some(pipe) => self.pipeline(machine, dot, pipe)?,
            None => Operand::invalid(),
        };
        Frame::new(&template, data.clone()).list(machine, &data, &template.root).map(|_| ())
    }
}
