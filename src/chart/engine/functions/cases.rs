//! Upper and lower case (`sprig:functions.go`): Go's `strings`, `goutils` v1.1.1 and `xstrings` v1.5.0.

use crate::chart::engine::call::{Function, Type};
use crate::chart::engine::value::Value;

const T: Type = Type::Text;

pub(in super::super) const FUNCTIONS: &[Function] = &[
    Function::new("upper", &[T], |_, args| {
        Ok(Value::text(args.str(0).chars().map(upper).collect::<String>()))
    }),
    Function::new("lower", &[T], |_, args| {
        Ok(Value::text(args.str(0).chars().map(lower).collect::<String>()))
    }),
    Function::new("title", &[T], |_, args| Ok(Value::text(title(&args.str(0))))),
    Function::new("untitle", &[T], |_, args| Ok(Value::text(untitle(&args.str(0))))),
    Function::new("swapcase", &[T], |_, args| Ok(Value::text(swap(&args.str(0))))),
    Function::new("camelcase", &[T], |_, args| Ok(Value::text(pascal(&args.str(0))))),
    Function::new("snakecase", &[T], |_, args| Ok(Value::text(connected(&args.str(0), '_')))),
    Function::new("kebabcase", &[T], |_, args| Ok(Value::text(connected(&args.str(0), '-')))),
];

/// Go maps one character to one: what grows in upper case stays as it is.
fn upper(letter: char) -> char {
    let mut upper = letter.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(only), None) => only,
        _ => letter,
    }
}

fn lower(letter: char) -> char {
    letter.to_lowercase().next().unwrap_or(letter)
}

/// Go's `strings.Title`: letters at the start of a word, where words are made of letters, digits, `_` and `'`-less.
fn title(text: &str) -> String {
    let mut before = ' ';
    text.chars()
        .map(|letter| {
            let separator = if before.is_ascii() {
                !(before.is_ascii_alphanumeric() || before == '_')
            } else {
                !before.is_alphanumeric() && before.is_whitespace()
            };
            before = letter;
            if separator { upper(letter) } else { letter }
        })
        .collect()
}

fn untitle(text: &str) -> String {
    let mut start = true;
    text.chars()
        .map(|letter| {
            let first = std::mem::replace(&mut start, letter.is_whitespace());
            if first && !letter.is_whitespace() { lower(letter) } else { letter }
        })
        .collect()
}

fn swap(text: &str) -> String {
    let mut blank = true;
    text.chars()
        .map(|letter| {
            if letter.is_uppercase() {
                blank = false;
                lower(letter)
            } else if letter.is_lowercase() {
                blank = false;
                upper(letter)
            } else {
                blank = letter.is_whitespace();
                letter
            }
        })
        .collect()
}

fn is_connector(letter: char) -> bool {
    letter == '-' || letter == '_' || letter.is_whitespace()
}

/// `xstrings.ToPascalCase`.
fn pascal(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.chars();
    let mut first_upper = false;
    let mut current = None;
    for letter in letters.by_ref() {
        if !is_connector(letter) {
            first_upper = letter.is_uppercase();
            current = Some(upper(letter));
            break;
        }
        out.push(letter);
    }
    let Some(mut current) = current else {
        // Nothing but connectors: the last one is written twice there.
        out.extend(text.chars().last());
        return out;
    };
    for letter in letters {
        let previous = current;
        current = letter;
        if is_connector(current) && is_connector(previous) {
            out.push(previous);
            continue;
        }
        if is_connector(previous) {
            first_upper = current.is_uppercase();
            current = upper(current);
        } else {
            if first_upper {
                if current.is_uppercase() {
                    current = lower(current);
                } else {
                    first_upper = false;
                }
            }
            out.push(previous);
        }
    }
    out.push(current);
    out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    None,
    Number,
    Upper,
    Letters,
    Connector,
    Punctuation,
    Other,
}

/// Go's `unicode.IsPunct` for ASCII, and for the rest what is neither letter, number, mark nor blank.
fn is_punctuation(letter: char) -> bool {
    if letter.is_ascii() {
        return letter.is_ascii_punctuation()
            && !matches!(letter, '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~');
    }
    matches!(letter, '\u{a1}' | '\u{a7}' | '\u{ab}' | '\u{b6}' | '\u{b7}' | '\u{bb}' | '\u{bf}')
        || ('\u{2010}'..='\u{2027}').contains(&letter)
        || ('\u{2030}'..='\u{205e}').contains(&letter)
        || ('\u{3001}'..='\u{3003}').contains(&letter)
        || ('\u{3008}'..='\u{3011}').contains(&letter)
}

/// `xstrings.isAlphabet`: letters that are not of the scripts without case.
fn is_letter(letter: char) -> bool {
    letter.is_alphabetic()
        && !('\u{3041}'..='\u{30ff}').contains(&letter)
        && !('\u{3400}'..='\u{9fff}').contains(&letter)
        && !('\u{ac00}'..='\u{d7a3}').contains(&letter)
}

/// The first word of a text, of which kind it is, and the rest.
fn next_word(text: &str) -> (Word, &str, &str) {
    let Some(first) = text.chars().next() else { return (Word::None, "", "") };
    let run = |fits: &dyn Fn(char) -> bool| text.find(|letter| !fits(letter)).unwrap_or(text.len());
    let (kind, end) = if is_connector(first) {
        (Word::Connector, run(&is_connector))
    } else if is_punctuation(first) {
        (Word::Punctuation, run(&is_punctuation))
    } else if first.is_uppercase() {
        (Word::Upper, upper_end(text, first.len_utf8()))
    } else if is_letter(first) {
        (Word::Letters, run(&|letter| is_letter(letter) && !letter.is_uppercase()))
    } else if first.is_numeric() {
        (Word::Number, run(&char::is_numeric))
    } else {
        let other = |letter: char| {
            !(is_connector(letter) || is_letter(letter) || letter.is_numeric() || is_punctuation(letter))
        };
        (Word::Other, run(&other))
    };
    (kind, &text[..end], &text[end..])
}

/// The end of a word that begins with an upper-case letter: `Word`, or `HTTP` in `HTTPServer`.
fn upper_end(text: &str, start: usize) -> usize {
    let rest = &text[start..];
    match rest.chars().next() {
        Some(second) if second.is_uppercase() => {
            let uppers = start + rest.find(|letter: char| !letter.is_uppercase()).unwrap_or(rest.len());
            match text[uppers..].chars().next() {
                Some(next) if is_letter(next) => {
                    uppers - text[..uppers].chars().next_back().map_or(0, char::len_utf8)
                }
                _ => uppers,
            }
        }
        Some(second) if is_letter(second) => {
            let lowers = |letter: char| !is_letter(letter) || letter.is_uppercase();
            start + rest.find(lowers).unwrap_or(rest.len())
        }
        _ => start,
    }
}

fn push_lower(out: &mut String, kind: Word, word: &str, connector: char) {
    if kind != Word::Upper && kind != Word::Connector {
        out.push_str(word);
        return;
    }
    out.extend(word.chars().map(|letter| if is_connector(letter) { connector } else { lower(letter) }));
}

/// `xstrings.ToSnakeCase` and `ToKebabCase` (`camelCaseToLowerCase`).
fn connected(text: &str, connector: char) -> String {
    let mut out = String::new();
    let (mut kind, mut word, mut rest) = next_word(text);
    while !rest.is_empty() {
        if kind != Word::Connector {
            push_lower(&mut out, kind, word, connector);
        }
        let (previous, last) = (kind, word);
        (kind, word, rest) = next_word(rest);
        match previous {
            Word::Number => {
                while matches!(kind, Word::Letters | Word::Number) {
                    push_lower(&mut out, kind, word, connector);
                    (kind, word, rest) = next_word(rest);
                }
                if !matches!(kind, Word::None | Word::Punctuation | Word::Connector) {
                    out.push(connector);
                }
            }
            Word::Connector => push_lower(&mut out, previous, last, connector),
            Word::Punctuation => {}
            _ if kind != Word::Number => {
                if !matches!(kind, Word::Connector | Word::Punctuation) {
                    out.push(connector);
                }
            }
            _ if rest.is_empty() => {}
            _ => {
                let number = word;
                (kind, word, rest) = next_word(rest);
                if kind != Word::Letters {
                    push_lower(&mut out, Word::Number, number, connector);
                    if !matches!(kind, Word::Connector | Word::Punctuation) {
                        out.push(connector);
                    }
                    continue;
                }
                out.push(connector);
                push_lower(&mut out, Word::Number, number, connector);
                while matches!(kind, Word::Letters | Word::Number) {
                    push_lower(&mut out, kind, word, connector);
                    (kind, word, rest) = next_word(rest);
                }
                if !matches!(kind, Word::None | Word::Connector | Word::Punctuation) {
                    out.push(connector);
                }
            }
        }
    }
    push_lower(&mut out, kind, word, connector);
    out
}
