//! Pipelines, commands and terms: the inside of an action (`text/template/parse/parse.go`, Go 1.26).

use std::rc::Rc;

use super::number::constant;
use super::parse::{Parsed, Parser};
use super::quote::{quoted, unquoted};
use super::token::Kind;
use super::tree::{Command, Expr, Pipe};

impl Parser<'_> {
    pub(super) fn pipeline(&mut self, context: &str, end: Kind) -> Parsed<Pipe> {
        let at = self.peek_non_space().at;
        let mut pipe = Pipe { at, assigns: false, variables: Vec::new(), commands: Vec::new() };
        self.declarations(&mut pipe, context)?;
        loop {
            let token = self.next_non_space();
            match token.kind {
                kind if kind == end => break,
                Kind::Bool
                | Kind::CharConstant
                | Kind::Complex
                | Kind::Dot
                | Kind::Field
                | Kind::Identifier
                | Kind::Number
                | Kind::Nil
                | Kind::RawString
                | Kind::String
                | Kind::Variable
                | Kind::LeftParen => {
                    self.put_back(token);
                    pipe.commands.push(self.command()?);
                }
                _ => return self.unexpected(&token, context),
            }
        }
        if pipe.commands.is_empty() {
            return Err(format!("missing value for {context}"));
        }
        let constant = |command: &Command| {
            matches!(
                command.args[0],
                Expr::Bool(..) | Expr::Dot(_) | Expr::Nil(_) | Expr::Number(..) | Expr::String(..)
            )
        };
        match pipe.commands.iter().skip(1).position(constant) {
            Some(index) => Err(format!("non executable command in pipeline stage {}", index + 2)),
            None => Ok(pipe),
        }
    }

    /// `$x :=`, `$x =` or, in a range, `$i, $x :=`.
    fn declarations(&mut self, pipe: &mut Pipe, context: &str) -> Parsed<()> {
        while self.peek_non_space().kind == Kind::Variable {
            let variable = self.next();
            let after = self.next();
            let next = if after.kind == Kind::Space { self.next_non_space() } else { after.clone() };
            let name: Rc<str> = variable.text.as_str().into();
            match next.kind {
                Kind::Assign | Kind::Declare => {
                    pipe.assigns = next.kind == Kind::Assign;
                    pipe.variables.push(Rc::clone(&name));
                    self.variables.push(name);
                    return Ok(());
                }
                Kind::Char if next.text == "," => {
                    pipe.variables.push(Rc::clone(&name));
                    self.variables.push(name);
                    if context != "range" || pipe.variables.len() >= 2 {
                        return Err(format!("too many declarations in {context}"));
                    }
                    if !matches!(
                        self.peek_non_space().kind,
                        Kind::Variable | Kind::RightDelim | Kind::RightParen
                    ) {
                        return Err("range can only initialize variables".to_owned());
                    }
                }
                _ => {
                    self.put_back(next);
                    if after.kind == Kind::Space {
                        self.put_back(after);
                    }
                    self.put_back(variable);
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn command(&mut self) -> Parsed<Command> {
        let at = self.peek_non_space().at;
        let mut args = Vec::new();
        loop {
            self.peek_non_space();
            args.extend(self.operand()?);
            let token = self.next();
            match token.kind {
                Kind::Space => {}
                Kind::RightDelim | Kind::RightParen => {
                    self.put_back(token);
                    break;
                }
                Kind::Pipe => break,
                _ => return self.unexpected(&token, "operand"),
            }
        }
        if args.is_empty() { Err("empty command".to_owned()) } else { Ok(Command { at, args }) }
    }

    fn operand(&mut self) -> Parsed<Option<Expr>> {
        let Some(term) = self.term()? else { return Ok(None) };
        if self.peek().kind != Kind::Field {
            return Ok(Some(term));
        }
        let at = self.peek().at;
        let mut fields: Vec<Rc<str>> = Vec::new();
        while self.peek().kind == Kind::Field {
            fields.push(self.next().text[1..].into());
        }
        Ok(Some(match term {
            Expr::Field(_, mut names) => {
                names.append(&mut fields);
                Expr::Field(at, names)
            }
            Expr::Variable(_, name, _) => Expr::Variable(at, name, fields),
            Expr::Bool(..) | Expr::String(..) | Expr::Number(..) | Expr::Nil(_) | Expr::Dot(_) => {
                return Err(format!("unexpected . after term {}", quoted(term.to_string().as_bytes())));
            }
            term => Expr::Chain(at, Box::new(term), fields),
        }))
    }

    fn term(&mut self) -> Parsed<Option<Expr>> {
        let token = self.next_non_space();
        Ok(Some(match token.kind {
            Kind::Identifier => {
                if !(self.is_function)(&token.text) {
                    return Err(format!("function {} not defined", quoted(token.text.as_bytes())));
                }
                Expr::Identifier(token.at, token.text.into())
            }
            Kind::Dot => Expr::Dot(token.at),
            Kind::Nil => Expr::Nil(token.at),
            Kind::Variable => {
                let name: Rc<str> = token.text.into();
                if !self.variables.contains(&name) {
                    return Err(format!("undefined variable {}", quoted(name.as_bytes())));
                }
                Expr::Variable(token.at, name, Vec::new())
            }
            Kind::Field => Expr::Field(token.at, vec![token.text[1..].into()]),
            Kind::Bool => Expr::Bool(token.at, token.text == "true"),
            Kind::CharConstant | Kind::Complex | Kind::Number => {
                Expr::Number(token.at, constant(&token.text, token.kind)?)
            }
            Kind::LeftParen => {
                self.enter()?;
                let pipe = self.pipeline("parenthesized pipeline", Kind::RightParen)?;
                self.depth -= 1;
                Expr::Pipe(pipe)
            }
            Kind::String | Kind::RawString => {
                let bytes = unquoted(&token.text).ok_or("invalid syntax")?;
                Expr::String(token.at, token.text.into(), bytes.into())
            }
            _ => {
                self.put_back(token);
                return Ok(None);
            }
        }))
    }
}
