//! Writing YAML as libyaml's emitter does (`emitterc.go` of go-yaml v2.4.3 and v3.0.4): styles, folding, indentation.

/// Which go-yaml.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flavour {
    /// Lists in maps are not indented, lines are folded.
    V2,
    /// Lists in maps are indented, lines are not folded.
    V3,
}

/// Column behind which go-yaml v2 folds a line.
const WIDTH: usize = 80;

/// Longest key that stands before its colon, in bytes; others get a `?`.
const SIMPLE_KEY: usize = 128;

/// Writes nodes one after another.
pub(super) struct Emitter {
    flavour: Flavour,
    out: String,
    column: usize,
    /// Indentations of the nodes around; empty at the root.
    indents: Vec<usize>,
    /// Whether the last thing written was a blank or an indicator that needs none behind it.
    whitespace: bool,
    /// Whether nothing but indentation and indicators stands in this line.
    indention: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Plain,
    Single,
    Double,
    Literal,
}

/// What a text has that decides how it can be written.
#[derive(Default)]
#[allow(clippy::struct_excessive_bools, reason = "libyaml's own")]
struct Analysis {
    multiline: bool,
    plain: bool,
    single: bool,
    block: bool,
}

impl Emitter {
    pub(super) fn new(flavour: Flavour) -> Self {
        Self {
            flavour,
            out: String::new(),
            column: 0,
            indents: Vec::new(),
            whitespace: true,
            indention: true,
        }
    }

    /// What was written, with a line break at its end.
    pub(super) fn finish(mut self) -> String {
        if self.column > 0 || !self.out.ends_with('\n') {
            self.line_break();
        }
        self.out
    }

    fn indent(&self) -> usize {
        self.indents.last().copied().unwrap_or(0)
    }

    fn put(&mut self, letter: char) {
        self.out.push(letter);
        self.column += 1;
    }

    fn line_break(&mut self) {
        self.out.push('\n');
        self.column = 0;
    }

    fn write_indent(&mut self) {
        let indent = self.indent();
        if !self.indention || self.column > indent || (self.column == indent && !self.whitespace) {
            self.line_break();
        }
        while self.column < indent {
            self.put(' ');
        }
        self.whitespace = true;
        self.indention = true;
    }

    fn indicator(&mut self, text: &str, blank_before: bool, blank: bool, indention: bool) {
        if blank_before && !self.whitespace {
            self.put(' ');
        }
        for letter in text.chars() {
            self.put(letter);
        }
        self.whitespace = blank;
        self.indention = self.indention && indention;
    }

    /// A list; `in_map`: as the value of a key.
    pub(super) fn open_list(&mut self, in_map: bool) {
        let indentless = self.flavour == Flavour::V2 && in_map && !self.indention;
        self.deeper(indentless);
    }

    fn deeper(&mut self, indentless: bool) {
        let indent = match self.indents.last() {
            None => 0,
            Some(indent) if indentless => *indent,
            Some(indent) => indent + 2,
        };
        self.indents.push(indent);
    }

    /// The dash of the next element.
    pub(super) fn item(&mut self) {
        self.write_indent();
        self.indicator("-", true, false, true);
    }

    pub(super) fn open_map(&mut self) {
        self.deeper(false);
    }

    /// A key with its colon. `is_string`: whether it would be read as one without quotes.
    pub(super) fn key(&mut self, key: &str, is_string: bool) {
        self.write_indent();
        let analysis = analyse(key);
        if !analysis.multiline && key.len() <= SIMPLE_KEY {
            self.scalar(key, &analysis, is_string, true);
            self.indicator(":", false, false, false);
            return;
        }
        self.indicator("?", true, false, true);
        self.scalar(key, &analysis, is_string, false);
        self.write_indent();
        self.indicator(":", true, false, true);
    }

    /// The end of a list or map.
    pub(super) fn close(&mut self) {
        self.indents.pop();
    }

    /// `[]` or `{}`.
    pub(super) fn empty(&mut self, text: &str) {
        self.indicator(&text[..1], true, true, false);
        self.indicator(&text[1..], false, false, false);
    }

    /// A scalar that is no string.
    pub(super) fn plain(&mut self, text: &str) {
        self.write_plain(text, true);
    }

    /// A string; `is_string`: whether it would be read as one without quotes.
    pub(super) fn string(&mut self, text: &str, is_string: bool) {
        self.scalar(text, &analyse(text), is_string, false);
    }

    fn scalar(&mut self, text: &str, analysis: &Analysis, is_string: bool, key: bool) {
        let mut style = if text.contains('\n') {
            Style::Literal
        } else if is_string {
            Style::Plain
        } else {
            Style::Double
        };
        if key && analysis.multiline {
            style = Style::Double;
        }
        if style == Style::Plain && (!analysis.plain || (text.is_empty() && key)) {
            style = Style::Single;
        }
        if style == Style::Single && !analysis.single {
            style = Style::Double;
        }
        if style == Style::Literal && (!analysis.block || key) {
            style = Style::Double;
        }
        // Further lines of a scalar stand one level deeper than the node that holds it.
        self.indents.push(self.indents.last().map_or(2, |indent| indent + 2));
        match style {
            Style::Plain => self.write_plain(text, !key),
            Style::Single => self.write_single(text, !key),
            Style::Double => self.write_double(text, !key),
            Style::Literal => self.write_literal(text),
        }
        self.indents.pop();
    }

    fn folds(&self) -> bool {
        self.flavour == Flavour::V2 && self.column > WIDTH
    }

    /// A character of a scalar, a break included.
    fn write(&mut self, letter: char) {
        self.out.push(letter);
        self.column = if is_break(letter) { 0 } else { self.column + 1 };
    }

    fn write_plain(&mut self, text: &str, breaks: bool) {
        if !self.whitespace {
            self.put(' ');
        }
        let mut after_blank = false;
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            if letter == ' ' {
                if breaks && !after_blank && self.folds() && letters.peek() != Some(&' ') {
                    self.write_indent();
                } else {
                    self.write(letter);
                }
                after_blank = true;
            } else {
                self.write(letter);
                self.indention = false;
                after_blank = false;
            }
        }
        self.whitespace = false;
        self.indention = false;
    }

    fn write_single(&mut self, text: &str, breaks: bool) {
        self.indicator("'", true, false, false);
        let (mut after_blank, mut after_break) = (false, false);
        let mut letters = text.char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            if letter == ' ' {
                let next = letters.peek().map(|(_, letter)| *letter);
                if breaks && !after_blank && self.folds() && at > 0 && next.is_some() && next != Some(' ') {
                    self.write_indent();
                } else {
                    self.write(letter);
                }
                after_blank = true;
            } else if is_break(letter) {
                if !after_break && letter == '\n' {
                    self.line_break();
                }
                self.write(letter);
                self.indention = true;
                after_break = true;
            } else {
                if after_break {
                    self.write_indent();
                }
                if letter == '\'' {
                    self.put('\'');
                }
                self.write(letter);
                self.indention = false;
                (after_blank, after_break) = (false, false);
            }
        }
        self.indicator("'", false, false, false);
        self.whitespace = false;
        self.indention = false;
    }

    fn write_double(&mut self, text: &str, breaks: bool) {
        self.indicator("\"", true, false, false);
        // go-yaml asks for a byte order mark at the start of the text, wherever it is.
        let marked = text.starts_with('\u{feff}');
        let mut after_blank = false;
        let mut letters = text.char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            if !is_printable(letter) || marked || is_break(letter) || letter == '"' || letter == '\\' {
                self.escape(letter);
                after_blank = false;
            } else if letter == ' ' {
                let next = letters.peek().map(|(_, letter)| *letter);
                if breaks && !after_blank && self.folds() && at > 0 && next.is_some() {
                    self.write_indent();
                    if next == Some(' ') {
                        self.put('\\');
                    }
                } else {
                    self.write(letter);
                }
                after_blank = true;
            } else {
                self.write(letter);
                after_blank = false;
            }
        }
        self.indicator("\"", false, false, false);
        self.whitespace = false;
        self.indention = false;
    }

    fn escape(&mut self, letter: char) {
        let short = match letter {
            '\0' => '0',
            '\u{7}' => 'a',
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{b}' => 'v',
            '\u{c}' => 'f',
            '\r' => 'r',
            '\u{1b}' => 'e',
            '"' => '"',
            '\\' => '\\',
            '\u{85}' => 'N',
            '\u{a0}' => '_',
            '\u{2028}' => 'L',
            '\u{2029}' => 'P',
            letter => {
                let code = u32::from(letter);
                let text = match code {
                    0..=0xff => format!("\\x{code:02X}"),
                    0x100..=0xffff => format!("\\u{code:04X}"),
                    _ => format!("\\U{code:08X}"),
                };
                for letter in text.chars() {
                    self.put(letter);
                }
                return;
            }
        };
        self.put('\\');
        self.put(short);
    }

    fn write_literal(&mut self, text: &str) {
        self.indicator("|", true, false, false);
        if text.starts_with(|letter| letter == ' ' || is_break(letter)) {
            self.indicator("2", false, false, false);
        }
        let mut ends = text.chars().rev();
        match (ends.next(), ends.next()) {
            (Some(last), _) if !is_break(last) => self.indicator("-", false, false, false),
            (Some(_), None) => self.indicator("+", false, false, false),
            (Some(_), Some(before)) if is_break(before) => self.indicator("+", false, false, false),
            _ => {}
        }
        self.line_break();
        self.indention = true;
        self.whitespace = true;
        let mut after_break = true;
        for letter in text.chars() {
            if is_break(letter) {
                self.write(letter);
                self.indention = true;
                after_break = true;
            } else {
                if after_break {
                    self.write_indent();
                }
                self.write(letter);
                self.indention = false;
                after_break = false;
            }
        }
    }
}

fn is_break(letter: char) -> bool {
    matches!(letter, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_printable(letter: char) -> bool {
    matches!(letter, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
        && letter != '\u{feff}'
}

/// `yaml_emitter_analyze_scalar`, for block style alone.
fn analyse(text: &str) -> Analysis {
    if text.is_empty() {
        return Analysis { multiline: false, plain: true, single: true, block: false };
    }
    let mut indicators = text.starts_with("---") || text.starts_with("...");
    let (mut breaks, mut special) = (false, false);
    let (mut edge, mut trailing_blank, mut break_blank, mut blank_break) = (false, false, false, false);
    let (mut after_blank, mut after_break) = (false, false);
    let mut preceded = true;
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|(_, letter)| *letter);
        let followed = next.is_none_or(|next| next == ' ' || next == '\t');
        let last = next.is_none();
        indicators |= match letter {
            '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@'
            | '`'
                if at == 0 =>
            {
                true
            }
            '?' | '-' if at == 0 => followed,
            ':' => followed,
            '#' => preceded,
            _ => false,
        };
        special |= !is_printable(letter);
        if letter == ' ' {
            edge |= at == 0 || last;
            trailing_blank |= last;
            break_blank |= after_break;
            (after_blank, after_break) = (true, false);
        } else if is_break(letter) {
            breaks = true;
            edge |= at == 0 || last;
            blank_break |= after_blank;
            (after_blank, after_break) = (false, true);
        } else {
            (after_blank, after_break) = (false, false);
        }
        preceded = letter == ' ' || letter == '\t' || is_break(letter);
    }
    let unfit = blank_break || special;
    Analysis {
        multiline: breaks,
        plain: !(edge || break_blank || unfit || breaks || indicators),
        single: !(break_blank || unfit),
        block: !(trailing_blank || unfit),
    }
}
