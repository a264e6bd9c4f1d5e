//! RE2's expressions, as Go reads them, for this regex library: what the two read differently is rewritten, and what RE2
//! does not have is refused in words.
//!
//! The rules are those of Go's `regexp/syntax` (its documentation and `parse.go`), with Perl's additions on.

mod kept;

use std::iter::Peekable;
use std::str::Chars;

use regex::Regex;

/// The most often that RE2 repeats something by count.
const MOST: u32 = 1000;

/// Compiles an expression; the error says in words why it is none.
pub fn compile(expression: &str) -> Result<Regex, String> {
    kept::Compiled::of(expression).plain
}

/// The same, for the whole of a text.
pub fn compile_whole(expression: &str) -> Result<Regex, String> {
    kept::Compiled::of(expression).whole
}

fn build(translated: &str) -> Result<Regex, String> {
    Regex::new(translated).map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        other => {
            // The library's text is a picture of several lines; the last one says why.
            let text = other.to_string();
            text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
        }
    })
}

fn translate(expression: &str) -> Result<String, String> {
    let mut reader =
        Reader { rest: expression.chars().peekable(), out: String::with_capacity(expression.len()) };
    reader.all()?;
    Ok(reader.out)
}

struct Reader<'e> {
    rest: Peekable<Chars<'e>>,
    out: String,
}

impl Reader<'_> {
    fn all(&mut self) -> Result<(), String> {
        // Whether something stands before that can be repeated, and whether it is a repetition already.
        let (mut atom, mut repeated) = (false, false);
        while let Some(c) = self.rest.next() {
            let count = if c == '{' { self.count()? } else { None };
            match (c, &count) {
                ('*' | '+' | '?', _) | ('{', Some(_)) => {
                    let operator = count.clone().unwrap_or_else(|| c.to_string());
                    if repeated {
                        return Err(format!(
                            "`{operator}` repeats a repetition; put a group around the first one"
                        ));
                    }
                    if !atom {
                        return Err(format!("nothing that could be repeated stands before `{operator}`"));
                    }
                    self.out.push_str(&operator);
                    if self.rest.next_if_eq(&'?').is_some() {
                        self.out.push('?');
                    }
                    repeated = true;
                    continue;
                }
                ('{' | '}' | ']', _) => self.literal(c),
                ('\\', _) => self.escape()?,
                ('[', _) => self.class()?,
                ('(', _) => {
                    self.group()?;
                    (atom, repeated) = (false, false);
                    continue;
                }
                ('|', _) => {
                    self.out.push('|');
                    (atom, repeated) = (false, false);
                    continue;
                }
                _ => self.out.push(c),
            }
            (atom, repeated) = (true, false);
        }
        Ok(())
    }

    /// `{n}`, `{n,}` or `{n,m}` behind its `{`; `None` (and nothing read) where the brace is just a brace.
    fn count(&mut self) -> Result<Option<String>, String> {
        let ahead: String = self.rest.clone().take_while(|c| *c != '}').take(16).collect();
        let closed = self.rest.clone().nth(ahead.chars().count()) == Some('}');
        let (low, high) = match ahead.split_once(',') {
            Some((low, high)) => (low, Some(high)),
            None => (ahead.as_str(), None),
        };
        let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !closed || !number(low) || high.is_some_and(|high| !high.is_empty() && !number(high)) {
            return Ok(None);
        }
        let value = |text: &str| text.parse::<u32>().unwrap_or(u32::MAX);
        let most = high.filter(|high| !high.is_empty()).map_or_else(|| value(low), value);
        if value(low) > MOST || most > MOST {
            return Err(format!("RE2 repeats something at most {MOST} times, not `{{{ahead}}}`"));
        }
        if most < value(low) {
            return Err(format!("`{{{ahead}}}` repeats more often at least than at most"));
        }
        for _ in 0..=ahead.chars().count() {
            self.rest.next();
        }
        Ok(Some(format!("{{{ahead}}}")))
    }

    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        use std::fmt::Write as _;
        self.out.write_fmt(text).expect("writing into memory does not fail");
    }

    /// A character as itself.
    fn literal(&mut self, c: char) {
        if c.is_ascii() && !c.is_ascii_alphanumeric() {
            self.put(format_args!("\\x{{{:X}}}", u32::from(c)));
        } else {
            self.out.push(c);
        }
    }

    /// What stands behind a `\` outside of a class.
    fn escape(&mut self) -> Result<(), String> {
        match self.rest.next() {
            Some('Q') => {
                while let Some(c) = self.rest.next() {
                    if c == '\\' && self.rest.next_if_eq(&'E').is_some() {
                        break;
                    }
                    self.literal(c);
                }
            }
            Some('b') => self.out.push_str(r"(?-u:\b)"),
            Some(c @ ('A' | 'B' | 'z')) => self.out.extend(['\\', c]),
            Some(c) if perl_class(c).is_some() => {
                let (negated, set) = perl_class(c).unwrap_or_default();
                self.put(format_args!("[{}{set}]", if negated { "^" } else { "" }));
            }
            Some(c @ ('p' | 'P')) => self.property(c)?,
            other => {
                let c = self.escaped(other)?;
                self.literal(c);
            }
        }
        Ok(())
    }

    /// The one character that an escape stands for.
    fn escaped(&mut self, first: Option<char>) -> Result<char, String> {
        let Some(c) = first else { return Err("it ends with a single `\\`".to_owned()) };
        let octal = |c: &char| ('0'..='7').contains(c);
        match c {
            'a' => Ok('\x07'),
            'f' => Ok('\x0c'),
            't' => Ok('\t'),
            'n' => Ok('\n'),
            'r' => Ok('\r'),
            'v' => Ok('\x0b'),
            '0'..='7' if c == '0' || self.rest.peek().is_some_and(octal) => {
                let mut code = c.to_digit(8).unwrap_or_default();
                for _ in 0..2 {
                    let Some(digit) = self.rest.next_if(octal).and_then(|c| c.to_digit(8)) else { break };
                    code = code * 8 + digit;
                }
                char::from_u32(code).ok_or_else(|| "an octal escape stands for no character".to_owned())
            }
            '1'..='9' | 'k' => Err(format!("RE2 has no back-references (`\\{c}`)")),
            'x' => self.hexadecimal(),
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => Ok(c),
            c => Err(format!("RE2 has no `\\{c}`")),
        }
    }

    /// `7F` or `{10FFFF}` behind `\x`.
    fn hexadecimal(&mut self) -> Result<char, String> {
        let digits: String = if self.rest.next_if_eq(&'{').is_some() {
            let digits = std::iter::from_fn(|| self.rest.next_if(|c| *c != '}')).take(8).collect();
            self.rest.next();
            digits
        } else {
            self.rest.by_ref().take(2).collect()
        };
        let code = u32::from_str_radix(&digits, 16).ok();
        code.and_then(char::from_u32).ok_or_else(|| format!("`\\x{digits}` stands for no character"))
    }

    /// `N` or `{Greek}` behind `\p`.
    fn property(&mut self, letter: char) -> Result<(), String> {
        let name: String = match self.rest.next() {
            Some('{') => {
                let name = std::iter::from_fn(|| self.rest.next_if(|c| *c != '}')).collect();
                self.rest.next();
                name
            }
            Some(c) => c.to_string(),
            None => String::new(),
        };
        let (name, turned) = name.strip_prefix('^').map_or((name.as_str(), false), |name| (name, true));
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(plain) {
            return Err(format!("`\\{letter}` needs the name of a class of characters"));
        }
        let letter = if turned == (letter == 'p') { 'P' } else { 'p' };
        self.put(format_args!("\\{letter}{{{name}}}"));
        Ok(())
    }

    /// What stands behind a `(`.
    fn group(&mut self) -> Result<(), String> {
        self.out.push('(');
        if self.rest.next_if_eq(&'?').is_none() {
            return Ok(());
        }
        let ahead: String = self.rest.clone().take(2).collect();
        match ahead.as_str() {
            "=" | "!" => return Err("RE2 has no look-ahead".to_owned()),
            "<=" | "<!" => return Err("RE2 has no look-behind (`(?<=`, `(?<!`)".to_owned()),
            "P=" => return Err("RE2 has no back-references (`(?P=`)".to_owned()),
            _ if ahead.starts_with(['=', '!']) => {
                return Err("RE2 has no look-ahead (`(?=`, `(?!`)".to_owned());
            }
            _ if ahead.starts_with('>') => return Err("RE2 has no atomic groups (`(?>`)".to_owned()),
            _ if ahead.starts_with('#') => return Err("RE2 has no comments (`(?#`)".to_owned()),
            _ => {}
        }
        if ahead.starts_with('<') || ahead == "P<" {
            self.rest.next_if_eq(&'P');
            self.rest.next();
            let name: String = std::iter::from_fn(|| self.rest.next_if(|c| *c != '>')).collect();
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if self.rest.next().is_none() || name.is_empty() || !name.chars().all(plain) {
                return Err(format!("`{name}` is no name of a group"));
            }
            // This library wants a letter first; nobody asks for the groups by name.
            self.put(format_args!("?P<n_{name}>"));
            return Ok(());
        }
        self.out.push('?');
        loop {
            match self.rest.next() {
                Some(c @ ('i' | 'm' | 's' | 'U' | '-')) => self.out.push(c),
                Some(c @ (':' | ')')) => {
                    self.out.push(c);
                    return Ok(());
                }
                Some(c) => return Err(format!("RE2 has no `(?{c}`")),
                None => return Err("a group is not closed".to_owned()),
            }
        }
    }

    /// What stands behind a `[`.
    fn class(&mut self) -> Result<(), String> {
        self.out.push('[');
        if self.rest.next_if_eq(&'^').is_some() {
            self.out.push('^');
        }
        let mut first = true;
        loop {
            let Some(c) = self.rest.next() else { return Err("a `[` is not closed".to_owned()) };
            if c == ']' && !first {
                self.out.push(']');
                return Ok(());
            }
            first = false;
            if c == '[' && self.rest.peek() == Some(&':') && self.posix() {
                continue;
            }
            if c == '\\' {
                let next = self.rest.peek().copied();
                if let Some((negated, set)) = next.and_then(perl_class) {
                    self.rest.next();
                    self.out.push_str(if negated { "[^" } else { "" });
                    self.out.push_str(set);
                    self.out.push_str(if negated { "]" } else { "" });
                    continue;
                }
                if let Some(letter @ ('p' | 'P')) = next {
                    self.rest.next();
                    self.property(letter)?;
                    continue;
                }
            }
            let low = self.member(c)?;
            self.literal(low);
            let mut ahead = self.rest.clone();
            if ahead.next() == Some('-') && ahead.next().is_some_and(|c| c != ']') {
                self.rest.next();
                let c = self.rest.next();
                let high = c.map_or_else(|| Err("a `[` is not closed".to_owned()), |c| self.member(c))?;
                if high < low {
                    return Err(format!("the range `{low}-{high}` runs backwards"));
                }
                self.out.push('-');
                self.literal(high);
            }
        }
    }

    /// One character of a class.
    fn member(&mut self, c: char) -> Result<char, String> {
        if c != '\\' {
            return Ok(c);
        }
        let next = self.rest.next();
        self.escaped(next)
    }

    /// `:alpha:]` behind the `[` of a class; `false` (and nothing read) where it is none.
    fn posix(&mut self) -> bool {
        let ahead: String = self.rest.clone().take(12).collect();
        let Some(name) = ahead.strip_prefix(':').and_then(|text| text.split_once(":]")).map(|(name, _)| name)
        else {
            return false;
        };
        let known = name.trim_start_matches('^');
        let all = [
            "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
            "space", "upper", "word", "xdigit",
        ];
        if !all.contains(&known) {
            return false;
        }
        self.put(format_args!("[:{name}:]"));
        for _ in 0..name.len() + 3 {
            self.rest.next();
        }
        true
    }
}

/// Perl's classes, which are of ASCII alone in RE2: whether it is the rest that is meant, and the set.
fn perl_class(c: char) -> Option<(bool, &'static str)> {
    let set = match c.to_ascii_lowercase() {
        'd' => "0-9",
        's' => r"\t\n\x0c\r ",
        'w' => "0-9A-Za-z_",
        _ => return None,
    };
    Some((c.is_ascii_uppercase(), set))
}

#[cfg(test)]
mod tests;
