//! Cutting a template into tokens, as Go's `text/template/parse/lex.go` does (Go 1.26).

use super::token::{Kind, Token};

const SPACES: &[char] = &[' ', '\t', '\r', '\n'];

/// Cuts a template into tokens, one at a time.
pub(super) struct Lexer<'a> {
    input: &'a str,
    at: usize,
    line: usize,
    start: usize,
    start_line: usize,
    paren_depth: usize,
    inside_action: bool,
    failed: bool,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(input: &'a str) -> Self {
        Self {
            input,
            at: 0,
            line: 1,
            start: 0,
            start_line: 1,
            paren_depth: 0,
            inside_action: false,
            failed: false,
        }
    }

    /// The next token; after an error or the end always the end.
    pub(super) fn next(&mut self) -> Token {
        if self.failed {
            return Token { kind: Kind::Eof, at: self.at, text: "EOF".to_owned(), line: self.start_line };
        }
        if self.inside_action { self.action() } else { self.text() }
    }

    fn rest(&self) -> &'a str {
        &self.input[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn step(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        if next == '\n' {
            self.line += 1;
        }
        Some(next)
    }

    fn token(&mut self, kind: Kind) -> Token {
        let text = self.input[self.start..self.at].to_owned();
        let token = Token { kind, at: self.start, text, line: self.start_line };
        self.start = self.at;
        self.start_line = self.line;
        token
    }

    fn error(&mut self, message: String) -> Token {
        self.failed = true;
        Token { kind: Kind::Error, at: self.start, text: message, line: self.start_line }
    }

    /// Moves on without a token.
    fn skip_to(&mut self, at: usize) {
        self.line += lines(&self.input[self.at..at]);
        self.at = at;
        self.start = at;
        self.start_line = self.line;
    }

    /// Text up to the next action, comments left out.
    fn text(&mut self) -> Token {
        loop {
            let Some(found) = self.rest().find("{{") else {
                if self.at == self.input.len() {
                    return self.token(Kind::Eof);
                }
                self.line += lines(self.rest());
                self.at = self.input.len();
                return self.token(Kind::Text);
            };
            let delim = self.at + found;
            if found > 0 {
                let mut end = delim;
                if has_left_trim(&self.input[delim + 2..]) {
                    end = self.at + self.input[self.at..delim].trim_end_matches(SPACES).len();
                }
                self.line += lines(&self.input[self.at..end]);
                self.at = end;
                let token = self.token(Kind::Text);
                self.skip_to(delim);
                if !token.text.is_empty() {
                    return token;
                }
            }
            let trim = has_left_trim(&self.input[delim + 2..]);
            let after = delim + 2 + if trim { 2 } else { 0 };
            if self.input[after.min(self.input.len())..].starts_with("/*") {
                self.skip_to(after);
                if let Some(error) = self.comment() {
                    return error;
                }
                continue;
            }
            self.at = delim + 2;
            let token = self.token(Kind::LeftDelim);
            self.inside_action = true;
            self.skip_to(after);
            self.paren_depth = 0;
            return token;
        }
    }

    /// Goes behind a comment; an error where it does not end as it must.
    fn comment(&mut self) -> Option<Token> {
        let Some(found) = self.input[self.at + 2..].find("*/") else {
            return Some(self.error("unclosed comment".to_owned()));
        };
        let end = self.at + 2 + found + 2;
        let rest = &self.input[end..];
        let (delim, trim) = at_right_delim(rest);
        if !delim {
            return Some(self.error("comment ends before closing delimiter".to_owned()));
        }
        let mut after = end + 2 + if trim { 2 } else { 0 };
        if trim {
            after += leading_spaces(&self.input[after..]);
        }
        self.skip_to(after);
        None
    }

    fn right_delim(&mut self) -> Token {
        let (_, trim) = at_right_delim(self.rest());
        if trim {
            self.skip_to(self.at + 2);
        }
        self.at += 2;
        let token = self.token(Kind::RightDelim);
        if trim {
            let after = self.at + leading_spaces(self.rest());
            self.skip_to(after);
        }
        self.inside_action = false;
        token
    }

    fn action(&mut self) -> Token {
        if at_right_delim(self.rest()).0 {
            if self.paren_depth == 0 {
                return self.right_delim();
            }
            return self.error("unclosed left paren".to_owned());
        }
        let Some(first) = self.step() else { return self.error("unclosed action".to_owned()) };
        match first {
            ' ' | '\t' | '\r' | '\n' => self.space(),
            '=' => self.token(Kind::Assign),
            ':' => {
                if self.step() == Some('=') {
                    self.token(Kind::Declare)
                } else {
                    self.error("expected :=".to_owned())
                }
            }
            '|' => self.token(Kind::Pipe),
            '"' => self.quoted('"', Kind::String, "unterminated quoted string"),
            '\'' => self.quoted('\'', Kind::CharConstant, "unterminated character constant"),
            '`' => match self.rest().find('`') {
                Some(found) => {
                    let end = self.at + found + 1;
                    self.line += lines(&self.input[self.at..end]);
                    self.at = end;
                    self.token(Kind::RawString)
                }
                None => self.error("unterminated raw quoted string".to_owned()),
            },
            '$' => self.field_or_variable(Kind::Variable),
            '.' if self.rest().chars().next().is_some_and(|next| !next.is_ascii_digit()) => {
                self.field_or_variable(Kind::Field)
            }
            '.' | '+' | '-' | '0'..='9' => {
                self.at -= 1;
                self.number()
            }
            first if is_alphanumeric(first) => {
                self.at -= first.len_utf8();
                self.identifier()
            }
            '(' => {
                self.paren_depth += 1;
                self.token(Kind::LeftParen)
            }
            ')' => {
                if self.paren_depth == 0 {
                    return self.error("unexpected right paren".to_owned());
                }
                self.paren_depth -= 1;
                self.token(Kind::RightParen)
            }
            first if first.is_ascii_graphic() => self.token(Kind::Char),
            first => self.error(format!("unrecognized character in action: {}", code_point(first))),
        }
    }

    /// Blanks; the one before ` -}}` belongs to the delimiter.
    fn space(&mut self) -> Token {
        while self.peek().is_some_and(|next| SPACES.contains(&next)) {
            self.step();
        }
        let last = &self.input[self.at - 1..];
        if has_right_trim(last) && last[2..].starts_with("}}") {
            self.at -= 1;
            if last.starts_with('\n') {
                self.line -= 1;
            }
            if self.at == self.start {
                return self.right_delim();
            }
        }
        self.token(Kind::Space)
    }

    fn quoted(&mut self, end: char, kind: Kind, unterminated: &str) -> Token {
        loop {
            match self.step() {
                Some('\\') if !matches!(self.step(), None | Some('\n')) => {}
                None | Some('\\' | '\n') => return self.error(unterminated.to_owned()),
                Some(next) if next == end => return self.token(kind),
                Some(_) => {}
            }
        }
    }

    fn at_terminator(&self) -> bool {
        match self.peek() {
            None | Some(' ' | '\t' | '\r' | '\n' | '.' | ',' | '|' | ':' | ')' | '(') => true,
            Some(_) => self.rest().starts_with("}}"),
        }
    }

    fn bad_character(&mut self) -> Token {
        let shown = self.peek().map_or_else(|| "U+FFFFFFFFFFFFFFFF".to_owned(), code_point);
        self.error(format!("bad character {shown}"))
    }

    fn identifier(&mut self) -> Token {
        while self.peek().is_some_and(is_alphanumeric) {
            self.step();
        }
        if !self.at_terminator() {
            return self.bad_character();
        }
        let kind = match &self.input[self.start..self.at] {
            "block" => Kind::Block,
            "break" => Kind::Break,
            "continue" => Kind::Continue,
            "define" => Kind::Define,
            "else" => Kind::Else,
            "end" => Kind::End,
            "if" => Kind::If,
            "range" => Kind::Range,
            "nil" => Kind::Nil,
            "template" => Kind::Template,
            "with" => Kind::With,
            "true" | "false" => Kind::Bool,
            _ => Kind::Identifier,
        };
        self.token(kind)
    }

    fn field_or_variable(&mut self, kind: Kind) -> Token {
        if self.at_terminator() {
            return self.token(if kind == Kind::Variable { kind } else { Kind::Dot });
        }
        while self.peek().is_some_and(is_alphanumeric) {
            self.step();
        }
        if self.at_terminator() { self.token(kind) } else { self.bad_character() }
    }

    fn number(&mut self) -> Token {
        let bad = |lexer: &mut Self| {
            let text = super::quote::quoted(&lexer.input.as_bytes()[lexer.start..lexer.at]);
            lexer.error(format!("bad number syntax: {text}"))
        };
        if !self.scan_number() {
            return bad(self);
        }
        if matches!(self.peek(), Some('+' | '-')) {
            if !self.scan_number() || !self.input[..self.at].ends_with('i') {
                return bad(self);
            }
            return self.token(Kind::Complex);
        }
        self.token(Kind::Number)
    }

    fn accept(&mut self, valid: &str) -> bool {
        let fits = self.peek().is_some_and(|next| valid.contains(next));
        if fits {
            self.at += 1;
        }
        fits
    }

    fn scan_number(&mut self) -> bool {
        const DECIMAL: &str = "0123456789_";
        const HEX: &str = "0123456789abcdefABCDEF_";
        self.accept("+-");
        let mut digits = DECIMAL;
        if self.accept("0") {
            if self.accept("xX") {
                digits = HEX;
            } else if self.accept("oO") {
                digits = "01234567_";
            } else if self.accept("bB") {
                digits = "01_";
            }
        }
        while self.accept(digits) {}
        if self.accept(".") {
            while self.accept(digits) {}
        }
        if (digits == DECIMAL && self.accept("eE")) || (digits == HEX && self.accept("pP")) {
            self.accept("+-");
            while self.accept(DECIMAL) {}
        }
        self.accept("i");
        if self.peek().is_some_and(is_alphanumeric) {
            self.step();
            return false;
        }
        true
    }
}

fn lines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

fn leading_spaces(text: &str) -> usize {
    text.len() - text.trim_start_matches(SPACES).len()
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn has_left_trim(text: &str) -> bool {
    matches!(text.as_bytes(), [b'-', next, ..] if is_space(*next))
}

fn has_right_trim(text: &str) -> bool {
    matches!(text.as_bytes(), [first, b'-', ..] if is_space(*first))
}

/// Whether a closing delimiter stands here, and whether it trims the text behind it.
fn at_right_delim(text: &str) -> (bool, bool) {
    if has_right_trim(text) && text[2..].starts_with("}}") {
        return (true, true);
    }
    (text.starts_with("}}"), false)
}

fn is_alphanumeric(letter: char) -> bool {
    letter == '_' || letter.is_alphabetic() || letter.is_numeric()
}

/// Go's `%#U`.
fn code_point(letter: char) -> String {
    let code = u32::from(letter);
    if super::quote::is_print(letter) { format!("U+{code:04X} '{letter}'") } else { format!("U+{code:04X}") }
}
