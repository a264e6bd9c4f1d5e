//! A parsed template: Go's `text/template/parse/node.go`, with each node's way back into text, which its messages quote.

use std::fmt;
use std::rc::Rc;

use super::quote::quoted;

/// Where a node begins, in bytes of its template's text.
pub(super) type At = usize;

/// A piece of a template's body.
#[derive(Debug)]
pub(super) enum Node {
    Text(Rc<str>),
    Action(At, Pipe),
    If(Branch),
    Range(Branch),
    With(Branch),
    Template(Call),
    Break,
    Continue,
}

/// A sequence of nodes.
pub(super) type List = Vec<Node>;

/// `if`, `range` or `with`.
#[derive(Debug)]
pub(super) struct Branch {
    pub(super) at: At,
    pub(super) pipe: Pipe,
    pub(super) body: List,
    pub(super) otherwise: Option<List>,
}

/// `template "name" pipe`.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) at: At,
    pub(super) name: Rc<str>,
    pub(super) pipe: Option<Pipe>,
}

/// Commands joined by `|`, perhaps given to variables.
#[derive(Debug)]
pub(super) struct Pipe {
    pub(super) at: At,
    /// `=` instead of `:=`.
    pub(super) assigns: bool,
    pub(super) variables: Vec<Rc<str>>,
    pub(super) commands: Vec<Command>,
}

/// What stands between two `|`.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) at: At,
    pub(super) args: Vec<Expr>,
}

/// A term.
#[derive(Debug)]
pub(super) enum Expr {
    Dot(At),
    Nil(At),
    Bool(At, bool),
    Number(At, Number),
    /// As it was written, and what it stands for.
    String(At, Rc<str>, Rc<[u8]>),
    Field(At, Vec<Rc<str>>),
    /// `$x` with its fields.
    Variable(At, Rc<str>, Vec<Rc<str>>),
    Identifier(At, Rc<str>),
    Pipe(Pipe),
    /// Fields of a term that is no field or variable.
    Chain(At, Box<Expr>, Vec<Rc<str>>),
}

/// A constant: Go keeps each kind that it can stand for.
#[derive(Clone, Debug, Default)]
pub(super) struct Number {
    pub(super) text: Rc<str>,
    pub(super) int: Option<i64>,
    pub(super) uint: Option<u64>,
    pub(super) float: Option<f64>,
    /// Real and imaginary part.
    pub(super) complex: Option<(f64, f64)>,
}

impl Expr {
    /// Where it begins.
    pub(super) fn at(&self) -> At {
        match self {
            Self::Dot(at)
            | Self::Nil(at)
            | Self::Bool(at, _)
            | Self::Number(at, _)
            | Self::String(at, ..)
            | Self::Field(at, _)
            | Self::Variable(at, ..)
            | Self::Identifier(at, _)
            | Self::Chain(at, ..) => *at,
            Self::Pipe(pipe) => pipe.at,
        }
    }
}

/// Whether nothing but blanks would come out of a body, as Go's `IsEmptyTree` sees it.
pub(super) fn is_empty(list: &List) -> bool {
    list.iter().all(|node| matches!(node, Node::Text(text) if text.trim().is_empty()))
}

impl fmt::Display for Pipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.variables.is_empty() {
            let sign = if self.assigns { "=" } else { ":=" };
            write!(f, "{} {sign} ", self.variables.join(", "))?;
        }
        for (index, command) in self.commands.iter().enumerate() {
            let between = if index == 0 { "" } else { " | " };
            write!(f, "{between}{command}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, arg) in self.args.iter().enumerate() {
            let between = if index == 0 { "" } else { " " };
            match arg {
                Expr::Pipe(pipe) => write!(f, "{between}({pipe})")?,
                arg => write!(f, "{between}{arg}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = |f: &mut fmt::Formatter<'_>, names: &[Rc<str>]| {
            names.iter().try_for_each(|name| write!(f, ".{name}"))
        };
        match self {
            Self::Dot(_) => f.write_str("."),
            Self::Nil(_) => f.write_str("nil"),
            Self::Bool(_, value) => write!(f, "{value}"),
            Self::Number(_, number) => f.write_str(&number.text),
            Self::String(_, written, _) => f.write_str(written),
            Self::Field(_, names) => fields(f, names),
            Self::Variable(_, name, names) => {
                f.write_str(name)?;
                fields(f, names)
            }
            Self::Identifier(_, name) => f.write_str(name),
            Self::Pipe(pipe) => write!(f, "{pipe}"),
            Self::Chain(_, inner, names) => {
                match &**inner {
                    Self::Pipe(pipe) => write!(f, "({pipe})")?,
                    inner => write!(f, "{inner}")?,
                }
                fields(f, names)
            }
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{{template {}", quoted(self.name.as_bytes()))?;
        if let Some(pipe) = &self.pipe {
            write!(f, " {pipe}")?;
        }
        f.write_str("}}")
    }
}
