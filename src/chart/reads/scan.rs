//! Walks the actions of a template and follows the values through them.

use std::collections::HashMap;

use super::FileReads;
use super::action::{self, Token};

/// Deeper parentheses than this are not followed: everything then counts as read.
const DEEPEST: usize = 64;
/// A name that may stand for more paths than this stands for all values.
const MOST_PATHS: usize = 64;

/// What an expression stands for, as far as values are concerned.
#[derive(Clone, Debug, PartialEq)]
enum Operand {
    /// Nothing that is followed.
    Other,
    /// A constant text.
    Text(String),
    /// The context that has `Values` in it.
    Context,
    /// One of these paths in the values; the empty path is all of them.
    Values(Vec<Vec<String>>),
}

impl Operand {
    fn field(self, name: &str) -> Self {
        match self {
            Self::Values(mut paths) => {
                for path in &mut paths {
                    path.push(name.to_owned());
                }
                Self::Values(paths)
            }
            // Contexts travel in dictionaries (`.root.Values.x`): the name is unmistakable.
            _ if name == "Values" => Self::Values(vec![Vec::new()]),
            // Those of subcharts are their own; what else a context has is none of the values.
            _ => Self::Other,
        }
    }

    /// Either of the two.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Values(mut paths), Self::Values(more)) => {
                for path in more {
                    if !paths.contains(&path) {
                        paths.push(path);
                    }
                }
                Self::Values(if paths.len() > MOST_PATHS { vec![Vec::new()] } else { paths })
            }
            (values @ Self::Values(_), _) | (_, values @ Self::Values(_)) => values,
            (Self::Context, _) | (_, Self::Context) => Self::Context,
            _ => Self::Other,
        }
    }
}

/// A block that `end` closes.
struct Block {
    /// The dot before it.
    outer: Operand,
}

/// What a template text reads, defines and includes. Where the text is no template, everything counts as read.
pub(super) fn file(text: &str) -> FileReads {
    let mut scan = Scan {
        found: FileReads::default(),
        variables: HashMap::new(),
        dot: Operand::Context,
        blocks: Vec::new(),
    };
    let mut at = 0;
    loop {
        match action::next(text, at) {
            Ok(Some((tokens, end))) => {
                scan.action(&tokens);
                at = end;
            }
            Ok(None) => break,
            Err(action::Broken) => {
                // Text of another template language: only what follows may be Helm's. Naming the values is enough to
                // be careful.
                let rest = &text[at..];
                if rest.contains(".Values") {
                    scan.found.reads.whole = true;
                }
                break;
            }
        }
    }
    scan.found
}

struct Scan {
    found: FileReads,
    /// Variables of the file, whatever their scope: each stands for all that it was ever set to.
    variables: HashMap<String, Operand>,
    dot: Operand,
    blocks: Vec<Block>,
}

impl Scan {
    fn action(&mut self, tokens: &[Token<'_>]) {
        let (keyword, rest) = match tokens.split_first() {
            Some((Token::Word(word), rest)) => (*word, rest),
            _ => ("", tokens),
        };
        match keyword {
            "if" => {
                self.test(rest);
                self.open(self.dot.clone());
            }
            "with" => {
                let dot = self.test(rest);
                self.open(dot);
            }
            "range" => {
                self.range(rest);
            }
            "else" => {
                if let Some(block) = self.blocks.last() {
                    self.dot = block.outer.clone();
                }
                match rest.split_first() {
                    Some((Token::Word("if"), rest)) => {
                        self.test(rest);
                    }
                    Some((Token::Word("with"), rest)) => self.dot = self.test(rest),
                    _ => {}
                }
            }
            "end" => {
                if let Some(block) = self.blocks.pop() {
                    self.dot = block.outer;
                }
            }
            "define" => {
                if let Some(Token::Text(name)) = rest.first() {
                    self.found.defines.insert(name.clone());
                }
                self.open(Operand::Context);
            }
            "block" | "template" => {
                let mut rest = rest;
                if let Some((Token::Text(name), behind)) = rest.split_first() {
                    self.found.includes.insert(name.clone());
                    if keyword == "block" {
                        self.found.defines.insert(name.clone());
                    }
                    rest = behind;
                }
                let dot = self.statement(rest);
                self.mark(&dot, true);
                if keyword == "block" {
                    self.open(if dot == Operand::Other { Operand::Context } else { dot });
                }
            }
            "break" | "continue" => {}
            _ => {
                let assigned = tokens.contains(&Token::Assign);
                let result = self.statement(tokens);
                if !assigned {
                    self.mark(&result, true);
                }
            }
        }
    }

    fn open(&mut self, dot: Operand) {
        self.blocks.push(Block { outer: std::mem::replace(&mut self.dot, dot) });
    }

    /// A condition: what it looks at is named, and no more.
    fn test(&mut self, tokens: &[Token<'_>]) -> Operand {
        let operand = self.statement(tokens);
        self.mark(&operand, false);
        operand
    }

    fn range(&mut self, tokens: &[Token<'_>]) {
        let pipeline = tokens.iter().position(|t| *t == Token::Assign).map_or(tokens, |at| &tokens[at + 1..]);
        let operand = self.pipeline(pipeline);
        self.mark(&operand, true);
        self.open(Operand::Other);
    }

    /// A pipeline, perhaps with a variable that it sets.
    fn statement(&mut self, tokens: &[Token<'_>]) -> Operand {
        if let [Token::Variable(name), Token::Assign, rest @ ..] = tokens {
            let value = self.pipeline(rest);
            // What is only looked at or handed on is named already; the name itself is worth keeping.
            self.mark(&value, false);
            let known = self.variables.remove(*name);
            let value = match known {
                Some(known) => known.or(value),
                None => value,
            };
            self.variables.insert((*name).to_owned(), value.clone());
            return value;
        }
        self.pipeline(tokens)
    }

    fn pipeline(&mut self, tokens: &[Token<'_>]) -> Operand {
        let mut parser = Parser { tokens, at: 0, depth: 0 };
        let result = parser.pipeline(self);
        if parser.at < tokens.len() {
            // Something that is not understood: nothing is left out.
            self.found.reads.whole = true;
        }
        result
    }

    fn mark(&mut self, operand: &Operand, whole: bool) {
        if let Operand::Values(paths) = operand {
            for path in paths {
                // Testing the values as such says nothing.
                if whole || !path.is_empty() {
                    self.found.reads.add(path, whole);
                }
            }
        }
    }

    /// What a function gives, and what it reads of its arguments.
    fn call(&mut self, name: &str, arguments: Vec<Operand>) -> Operand {
        match name {
            "index" | "get" => {
                let mut arguments = arguments.into_iter();
                let Some(first) = arguments.next() else { return Operand::Other };
                self.index(first, arguments)
            }
            "dig" => {
                let mut arguments = arguments;
                let (Some(container), Some(default)) = (arguments.pop(), arguments.pop()) else {
                    return Operand::Other;
                };
                self.index(container, arguments.into_iter()).or(default)
            }
            "hasKey" | "pluck" | "pick" => {
                let keys: Vec<&str> = arguments
                    .iter()
                    .filter_map(|a| if let Operand::Text(key) = a { Some(key.as_str()) } else { None })
                    .collect();
                let unknown = keys.is_empty() || arguments.contains(&Operand::Other);
                for argument in arguments.iter().filter(|a| matches!(a, Operand::Values(_))) {
                    if unknown {
                        self.mark(argument, true);
                    }
                    for key in &keys {
                        let below = argument.clone().field(key);
                        self.mark(&below, name != "hasKey");
                    }
                }
                Operand::Other
            }
            // They change the map and return it.
            "set" | "unset" => {
                let mut arguments = arguments.into_iter();
                let first = arguments.next().unwrap_or(Operand::Other);
                self.mark(&first, false);
                for argument in arguments {
                    self.mark(&argument, true);
                }
                first
            }
            // Whoever takes the result says what is read of it.
            "default" | "coalesce" | "and" | "or" | "ternary" | "required" | "deepCopy" | "mustDeepCopy" => {
                for argument in &arguments {
                    self.mark(argument, false);
                }
                arguments.into_iter().reduce(Operand::or).unwrap_or(Operand::Other)
            }
            "not" | "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "empty" | "kindIs" | "kindOf" | "typeIs"
            | "typeOf" | "len" | "contains" | "hasPrefix" | "hasSuffix" | "has" | "semverCompare"
            | "fail" => {
                for argument in &arguments {
                    self.mark(argument, false);
                }
                Operand::Other
            }
            "dict" => {
                for (index, argument) in arguments.iter().enumerate() {
                    // A context that is built anew: what reads it names the values.
                    let renamed =
                        index % 2 == 1 && arguments[index - 1] == Operand::Text("Values".to_owned());
                    if !(renamed && *argument == Operand::Values(vec![Vec::new()])) {
                        self.mark(argument, true);
                    }
                }
                Operand::Other
            }
            _ => {
                if let ("include", Some(Operand::Text(name))) = (name, arguments.first()) {
                    self.found.includes.insert(name.clone());
                }
                for argument in &arguments {
                    self.mark(argument, true);
                }
                Operand::Other
            }
        }
    }

    /// Follows constant keys into a map; where a key is computed, all of the map is read.
    fn index(&mut self, container: Operand, keys: impl Iterator<Item = Operand>) -> Operand {
        let mut here = container;
        for key in keys {
            match key {
                Operand::Text(key) => here = here.field(&key),
                other => {
                    self.mark(&other, true);
                    self.mark(&here, true);
                    return Operand::Other;
                }
            }
        }
        self.mark(&here, false);
        here
    }
}

/// Reads the tokens of one pipeline.
struct Parser<'a, 't> {
    tokens: &'a [Token<'t>],
    at: usize,
    depth: usize,
}

impl Parser<'_, '_> {
    fn pipeline(&mut self, scan: &mut Scan) -> Operand {
        let mut piped: Option<Operand> = None;
        loop {
            let function = match self.tokens.get(self.at) {
                Some(Token::Word(word)) if !matches!(*word, "true" | "false" | "nil") => {
                    self.at += 1;
                    Some((*word).to_owned())
                }
                _ => None,
            };
            let mut operands = Vec::new();
            while let Some(operand) = self.operand(scan) {
                operands.push(operand);
            }
            operands.extend(piped.take());
            let result = match function {
                Some(name) => scan.call(&name, operands),
                // One operand is itself; more are a method and what it is given.
                None if operands.len() == 1 => operands.remove(0),
                None => {
                    for operand in &operands {
                        scan.mark(operand, true);
                    }
                    Operand::Other
                }
            };
            if self.tokens.get(self.at) != Some(&Token::Pipe) {
                return result;
            }
            self.at += 1;
            piped = Some(result);
        }
    }

    fn operand(&mut self, scan: &mut Scan) -> Option<Operand> {
        let operand = match self.tokens.get(self.at)? {
            Token::Dot => scan.dot.clone(),
            Token::Field { name, .. } => scan.dot.clone().field(name),
            Token::Variable("") => Operand::Context,
            Token::Variable(name) => scan.variables.get(*name).cloned().unwrap_or(Operand::Other),
            Token::Text(text) => Operand::Text(text.clone()),
            // A word is a function without arguments.
            Token::Constant | Token::Word(_) => Operand::Other,
            Token::Open => {
                self.at += 1;
                self.depth += 1;
                if self.depth > DEEPEST {
                    scan.found.reads.whole = true;
                    self.at = self.tokens.len();
                    return None;
                }
                let inner = self.pipeline(scan);
                self.depth -= 1;
                if self.tokens.get(self.at) != Some(&Token::Close) {
                    return Some(inner);
                }
                inner
            }
            Token::Close | Token::Pipe | Token::Comma | Token::Assign => return None,
        };
        self.at += 1;
        Some(self.fields(operand))
    }

    /// The fields that are joined to an operand.
    fn fields(&mut self, mut operand: Operand) -> Operand {
        while let Some(Token::Field { name, joined: true }) = self.tokens.get(self.at) {
            operand = operand.field(name);
            self.at += 1;
        }
        operand
    }
}
