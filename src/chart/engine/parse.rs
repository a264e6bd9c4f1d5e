//! From tokens to trees, with the rules and the messages of Go's `text/template/parse/parse.go` (Go 1.26).
//!
//! A published parser for such templates was read first. It takes every template of the wild, but it passes an `{{ end }}`
//! too many or too few in silence, and neither its messages nor its tree can give back what Helm says about a mistake.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::lexer::Lexer;
use super::quote::{quoted, unquoted};
use super::token::{Kind, Token};
use super::tree::{Branch, Call, List, Node, is_empty};

/// How deep blocks and parentheses may stand in each other. Go lets parentheses go to 10,000 and blocks as far as its
/// memory goes; no template in the wild has more than a dozen.
const MAX_DEPTH: usize = 500;

/// A parsed template.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) name: Rc<str>,
    /// Name of the file, or of the text that `tpl` was given: messages say it.
    pub(super) parse_name: Rc<str>,
    /// The whole text, of which positions speak.
    pub(super) text: Rc<str>,
    pub(super) root: List,
}

/// Reads a file: its own template and those that it defines, by name. The error is Go's whole message.
pub(super) fn parse(
    name: &str,
    text: &str,
    is_function: &dyn Fn(&str) -> bool,
) -> Result<BTreeMap<Rc<str>, Rc<Template>>, String> {
    let mut parser = Parser {
        lexer: Lexer::new(text),
        ahead: Vec::new(),
        line: 1,
        name: name.into(),
        text: text.into(),
        is_function,
        variables: vec!["$".into()],
        range_depth: 0,
        depth: 0,
        action_line: 0,
        templates: BTreeMap::new(),
    };
    parser.file().map_err(|message| format!("template: {name}:{}: {message}", parser.line))?;
    Ok(parser.templates)
}

/// What ended a list.
enum End {
    End,
    Else,
}

impl End {
    fn shown(&self) -> &'static str {
        match self {
            Self::End => "{{end}}",
            Self::Else => "{{else}}",
        }
    }
}

/// What one action or text became.
enum Piece {
    Node(Node),
    End(End),
}

pub(super) struct Parser<'a> {
    lexer: Lexer<'a>,
    /// Tokens that were put back, the next one last.
    ahead: Vec<Token>,
    /// Line of the token that was read last: messages say it.
    line: usize,
    name: Rc<str>,
    text: Rc<str>,
    pub(super) is_function: &'a dyn Fn(&str) -> bool,
    pub(super) variables: Vec<Rc<str>>,
    range_depth: usize,
    pub(super) depth: usize,
    action_line: usize,
    templates: BTreeMap<Rc<str>, Rc<Template>>,
}

pub(super) type Parsed<T> = Result<T, String>;

impl Parser<'_> {
    pub(super) fn next(&mut self) -> Token {
        self.ahead.pop().unwrap_or_else(|| {
            let token = self.lexer.next();
            self.line = token.line;
            token
        })
    }

    pub(super) fn put_back(&mut self, token: Token) {
        self.ahead.push(token);
    }

    pub(super) fn peek(&mut self) -> &Token {
        if self.ahead.is_empty() {
            let token = self.next();
            self.ahead.push(token);
        }
        &self.ahead[self.ahead.len() - 1]
    }

    pub(super) fn next_non_space(&mut self) -> Token {
        loop {
            let token = self.next();
            if token.kind != Kind::Space {
                return token;
            }
        }
    }

    pub(super) fn peek_non_space(&mut self) -> &Token {
        let token = self.next_non_space();
        self.put_back(token);
        self.peek()
    }

    pub(super) fn unexpected<T>(&self, token: &Token, context: &str) -> Parsed<T> {
        if token.kind != Kind::Error {
            return Err(format!("unexpected {} in {context}", token.shown()));
        }
        let extra = if self.action_line == 0 || self.action_line == token.line {
            String::new()
        } else if token.text.ends_with(" action") {
            format!(" started at {}:{}", self.name, self.action_line)
        } else {
            format!(" in action started at {}:{}", self.name, self.action_line)
        };
        Err(format!("{}{extra}", token.text))
    }

    fn expect(&mut self, kind: Kind, context: &str) -> Parsed<Token> {
        let token = self.next_non_space();
        if token.kind == kind { Ok(token) } else { self.unexpected(&token, context) }
    }

    fn file(&mut self) -> Parsed<()> {
        let mut root = List::new();
        while self.peek().kind != Kind::Eof {
            if self.peek().kind == Kind::LeftDelim {
                let delim = self.next();
                let token = self.next_non_space();
                if token.kind == Kind::Define {
                    self.definition()?;
                    continue;
                }
                self.put_back(token);
                self.put_back(delim);
            }
            match self.text_or_action()? {
                Piece::Node(node) => root.push(node),
                Piece::End(end) => return Err(format!("unexpected {}", end.shown())),
            }
        }
        let name = Rc::clone(&self.name);
        self.add(name, root)
    }

    /// A body of its own inside the file: its variables and ranges are not those around it.
    fn own_body(&mut self, context: &str) -> Parsed<List> {
        let outer_variables = std::mem::replace(&mut self.variables, vec!["$".into()]);
        let outer_ranges = std::mem::take(&mut self.range_depth);
        let outer_line = std::mem::take(&mut self.action_line);
        let (list, end) = self.list()?;
        if let End::Else = end {
            return Err(format!("unexpected {{{{else}}}} in {context}"));
        }
        self.variables = outer_variables;
        self.range_depth = outer_ranges;
        self.action_line = outer_line;
        Ok(list)
    }

    fn definition(&mut self) -> Parsed<()> {
        const CONTEXT: &str = "define clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, CONTEXT)?;
        self.expect(Kind::RightDelim, CONTEXT)?;
        let body = self.own_body(CONTEXT)?;
        self.add(name, body)
    }

    fn add(&mut self, name: Rc<str>, root: List) -> Parsed<()> {
        let empty = is_empty(&root);
        match self.templates.get(&name) {
            Some(old) if !is_empty(&old.root) && !empty => {
                return Err(format!("template: multiple definition of template {}", quoted(name.as_bytes())));
            }
            Some(old) if !is_empty(&old.root) => return Ok(()),
            _ => {}
        }
        let (parse_name, text) = (Rc::clone(&self.name), Rc::clone(&self.text));
        let template = Rc::new(Template { name: Rc::clone(&name), parse_name, text, root });
        self.templates.insert(name, template);
        Ok(())
    }

    fn list(&mut self) -> Parsed<(List, End)> {
        self.enter()?;
        let mut list = List::new();
        while self.peek_non_space().kind != Kind::Eof {
            match self.text_or_action()? {
                Piece::Node(node) => list.push(node),
                Piece::End(end) => {
                    self.depth -= 1;
                    return Ok((list, end));
                }
            }
        }
        Err("unexpected EOF".to_owned())
    }

    pub(super) fn enter(&mut self) -> Parsed<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err("max expression depth exceeded".to_owned()) } else { Ok(()) }
    }

    fn text_or_action(&mut self) -> Parsed<Piece> {
        let token = self.next_non_space();
        match token.kind {
            Kind::Text => Ok(Piece::Node(Node::Text(token.text.into()))),
            Kind::LeftDelim => {
                self.action_line = token.line;
                let piece = self.action();
                if piece.is_ok() {
                    self.action_line = 0;
                }
                piece
            }
            _ => self.unexpected(&token, "input"),
        }
    }

    fn action(&mut self) -> Parsed<Piece> {
        let token = self.next_non_space();
        let node = match token.kind {
            Kind::Block => self.block()?,
            Kind::Break | Kind::Continue => {
                let (shown, node) = match token.kind {
                    Kind::Break => ("{{break}}", Node::Break),
                    _ => ("{{continue}}", Node::Continue),
                };
                self.expect(Kind::RightDelim, shown)?;
                if self.range_depth == 0 {
                    return Err(format!("{shown} outside {{{{range}}}}"));
                }
                node
            }
            Kind::Else => {
                let next = self.peek_non_space();
                if matches!(next.kind, Kind::If | Kind::With) {
                    return Ok(Piece::End(End::Else));
                }
                self.expect(Kind::RightDelim, "else")?;
                return Ok(Piece::End(End::Else));
            }
            Kind::End => {
                self.expect(Kind::RightDelim, "end")?;
                return Ok(Piece::End(End::End));
            }
            Kind::If => Node::If(self.branch("if")?),
            Kind::Range => Node::Range(self.branch("range")?),
            Kind::With => Node::With(self.branch("with")?),
            Kind::Template => self.call()?,
            _ => {
                let at = token.at;
                self.put_back(token);
                Node::Action(at, self.pipeline("command", Kind::RightDelim)?)
            }
        };
        Ok(Piece::Node(node))
    }

    fn branch(&mut self, context: &str) -> Parsed<Branch> {
        self.enter()?;
        let outer = self.variables.len();
        let pipe = self.pipeline(context, Kind::RightDelim)?;
        let ranges = context == "range";
        self.range_depth += usize::from(ranges);
        let (body, end) = self.list()?;
        self.range_depth -= usize::from(ranges);
        let otherwise = match end {
            End::End => None,
            End::Else => Some(self.otherwise(context)?),
        };
        self.variables.truncate(outer);
        self.depth -= 1;
        Ok(Branch { at: pipe.at, pipe, body, otherwise })
    }

    /// What follows an `else`, up to and with its `end`.
    fn otherwise(&mut self, context: &str) -> Parsed<List> {
        if context == "if" && self.peek().kind == Kind::If {
            self.next();
            return Ok(vec![Node::If(self.branch("if")?)]);
        }
        if context == "with" && self.peek().kind == Kind::With {
            self.next();
            return Ok(vec![Node::With(self.branch("with")?)]);
        }
        let (list, end) = self.list()?;
        match end {
            End::End => Ok(list),
            End::Else => Err(format!("expected end; found {}", end.shown())),
        }
    }

    fn block(&mut self) -> Parsed<Node> {
        const CONTEXT: &str = "block clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, CONTEXT)?;
        let pipe = self.pipeline(CONTEXT, Kind::RightDelim)?;
        let body = self.own_body(CONTEXT)?;
        self.add(Rc::clone(&name), body)?;
        Ok(Node::Template(Call { at: token.at, name, pipe: Some(pipe) }))
    }

    fn call(&mut self) -> Parsed<Node> {
        const CONTEXT: &str = "template clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, CONTEXT)?;
        let next = self.next_non_space();
        let pipe = if next.kind == Kind::RightDelim {
            None
        } else {
            self.put_back(next);
            Some(self.pipeline(CONTEXT, Kind::RightDelim)?)
        };
        Ok(Node::Template(Call { at: token.at, name, pipe }))
    }

    fn template_name(&self, token: &Token, context: &str) -> Parsed<Rc<str>> {
        match token.kind {
            Kind::String | Kind::RawString => {
                let bytes = unquoted(&token.text).ok_or("invalid syntax")?;
                Ok(String::from_utf8_lossy(&bytes).into())
            }
            _ => self.unexpected(token, context),
        }
    }
}
