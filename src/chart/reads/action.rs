//! The actions of a template as tokens (Go: `text/template/parse/lex.go`).

/// A token of an action.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'t> {
    /// `.` alone.
    Dot,
    /// `.name`; joined to what stands before it when there is no blank between them.
    Field { name: &'t str, joined: bool },
    /// `$` (empty) or `$name`.
    Variable(&'t str),
    /// A function, a keyword, `true`, `nil`.
    Word(&'t str),
    /// A quoted text, unescaped as far as names need it.
    Text(String),
    /// A number or a character.
    Constant,
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// `|`.
    Pipe,
    /// `,`.
    Comma,
    /// `:=` or `=`.
    Assign,
}

/// A template that ends within an action, or has a character that no action has: Helm refuses it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken;

/// The next action at or behind `from`: its tokens and the offset behind it; `None` where there is none.
pub(super) fn next(text: &str, from: usize) -> Result<Option<(Vec<Token<'_>>, usize)>, Broken> {
    let Some(open) = text[from..].find("{{").map(|i| from + i + 2) else { return Ok(None) };
    let mut at = open;
    let trimmed = text[at..].strip_prefix('-').filter(|rest| rest.starts_with(|c: char| c.is_whitespace()));
    if let Some(rest) = trimmed {
        at = text.len() - rest.trim_start().len();
    }
    if text[at..].starts_with("/*") {
        let end = text[at..].find("*/").ok_or(Broken)?;
        let close = text[at + end..].find("}}").ok_or(Broken)?;
        return Ok(Some((Vec::new(), at + end + close + 2)));
    }
    let mut tokens = Vec::new();
    loop {
        let rest = &text[at..];
        if rest.starts_with("}}") {
            return Ok(Some((tokens, at + 2)));
        }
        let mut chars = rest.chars();
        let first = chars.next().ok_or(Broken)?;
        let joined = !text[..at].ends_with(|c: char| c.is_whitespace()) && at > open;
        let (token, length) = match first {
            c if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '-' if rest[1..].trim_start().starts_with("}}") => {
                at += 1;
                continue;
            }
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            '|' => (Token::Pipe, 1),
            ',' => (Token::Comma, 1),
            ':' if rest.starts_with(":=") => (Token::Assign, 2),
            '=' => (Token::Assign, 1),
            '"' => quoted(rest)?,
            '`' => {
                let end = rest[1..].find('`').ok_or(Broken)?;
                (Token::Text(rest[1..=end].to_owned()), end + 2)
            }
            '\'' => {
                let end = character(rest).ok_or(Broken)?;
                (Token::Constant, end)
            }
            '$' => {
                let name = word(&rest[1..]);
                (Token::Variable(name), 1 + name.len())
            }
            '.' => {
                let name = word(&rest[1..]);
                match name.chars().next() {
                    None => (Token::Dot, 1),
                    Some(c) if c.is_ascii_digit() => (Token::Constant, 1 + name.len()),
                    Some(_) => (Token::Field { name, joined }, 1 + name.len()),
                }
            }
            c if c.is_ascii_digit() || c == '+' || c == '-' => {
                let number = rest[1..].find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_')));
                (Token::Constant, number.map_or(rest.len(), |end| end + 1))
            }
            c if c.is_alphanumeric() || c == '_' => {
                let name = word(rest);
                (Token::Word(name), name.len())
            }
            _ => return Err(Broken),
        };
        tokens.push(token);
        at += length;
    }
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    &text[..end]
}

/// A text in double quotes and its length, quotes included.
fn quoted(text: &str) -> Result<(Token<'_>, usize), Broken> {
    let mut content = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((index, c)) = chars.next() {
        match c {
            '"' => return Ok((Token::Text(content), index + 1)),
            '\n' => return Err(Broken),
            '\\' => content.push(chars.next().ok_or(Broken)?.1),
            c => content.push(c),
        }
    }
    Err(Broken)
}

/// Length of a character constant, quotes included.
fn character(text: &str) -> Option<usize> {
    let mut chars = text.char_indices().skip(1);
    while let Some((index, c)) = chars.next() {
        match c {
            '\'' => return Some(index + 1),
            '\n' => return None,
            '\\' => {
                chars.next()?;
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<Token<'_>> {
        next(text, 0).unwrap().unwrap().0
    }

    #[test]
    fn an_action_becomes_tokens() {
        assert_eq!(
            tokens("a {{- index .Values.a \"b\\\"c\" | quote -}} b"),
            [
                Token::Word("index"),
                Token::Field { name: "Values", joined: false },
                Token::Field { name: "a", joined: true },
                Token::Text("b\"c".to_owned()),
                Token::Pipe,
                Token::Word("quote"),
            ]
        );
        assert_eq!(
            tokens("{{(.a).b}}"),
            [
                Token::Open,
                Token::Field { name: "a", joined: true },
                Token::Close,
                Token::Field { name: "b", joined: true }
            ]
        );
        assert_eq!(tokens("{{ $x := -3.5 }}"), [Token::Variable("x"), Token::Assign, Token::Constant]);
        assert_eq!(tokens("{{ `}}` '\\'' . $ }}")[0], Token::Text("}}".to_owned()));
        assert_eq!(tokens("{{/* .Values.x }} */}}"), []);
        assert_eq!(next("no action", 0), Ok(None));
        for broken in ["{{ a", "{{ \"a }}", "{{ # }}", "{{/* }}", "{{ `a }}", "{{ 'a }}"] {
            assert_eq!(next(broken, 0), Err(Broken), "{broken}");
        }
    }
}
