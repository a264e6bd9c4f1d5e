//! Printing as Go's `fmt` does it (Go 1.26, `fmt/print.go` and `fmt/format.go`): the verbs, their flags, and what they say
//! where verb and value do not fit.

use std::fmt::Write as _;

use super::number;
use super::quote::{Piece, pieces, quoted_with};
use super::value::{ListType, Map, MapType, Value};

/// Go's `fmt.Sprint`: a blank between two operands of which neither is a string.
pub(super) fn print(values: &[Value]) -> Vec<u8> {
    let mut printer = Printer::default();
    let mut after_text = false;
    for (index, value) in values.iter().enumerate() {
        let text = matches!(value, Value::Text(_));
        if index > 0 && !text && !after_text {
            printer.out.push(b' ');
        }
        printer.value(value, 'v', 0);
        after_text = text;
    }
    printer.out
}

/// Go's `fmt.Sprintln`.
pub(super) fn print_line(values: &[Value]) -> Vec<u8> {
    let mut printer = Printer::default();
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            printer.out.push(b' ');
        }
        printer.value(value, 'v', 0);
    }
    printer.out.push(b'\n');
    printer.out
}

/// One value by one verb without flags: `%v`, `%s`.
pub(super) fn with_verb(value: &Value, verb: char) -> Vec<u8> {
    let mut printer = Printer::default();
    printer.value(value, verb, 0);
    printer.out
}

/// sprig's `strval`: strings as they are, everything else as `%v`.
pub(super) fn text_of(value: &Value) -> Vec<u8> {
    match value {
        Value::Text(text) => text.bytes().to_vec(),
        Value::Bytes(bytes) => bytes.to_vec(),
        other => with_verb(other, 'v'),
    }
}

#[derive(Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools, reason = "Go's flags")]
pub(super) struct Flags {
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
    pub(super) minus: bool,
    pub(super) plus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    pub(super) plus_v: bool,
    pub(super) sharp_v: bool,
}

#[derive(Default)]
pub(super) struct Printer {
    pub(super) out: Vec<u8>,
    pub(super) flags: Flags,
    /// Inside the message about a verb that does not fit.
    erring: bool,
}

impl Printer {
    fn padding(&mut self, count: usize) {
        let byte = if self.flags.zero && !self.flags.minus { b'0' } else { b' ' };
        self.out.extend(std::iter::repeat_n(byte, count));
    }

    fn pad(&mut self, text: &[u8]) {
        let missing = self.flags.width.unwrap_or(0).saturating_sub(pieces(text).count());
        if self.flags.minus {
            self.out.extend(text);
            self.padding(missing);
        } else {
            self.padding(missing);
            self.out.extend(text);
        }
    }

    pub(super) fn bad_verb(&mut self, value: &Value, verb: char) {
        self.erring = true;
        self.out.extend(b"%!");
        self.out.extend(verb.encode_utf8(&mut [0; 4]).as_bytes());
        self.out.push(b'(');
        if value.is_nil() {
            self.out.extend(b"<nil>");
        } else {
            self.out.extend(value.type_name().as_bytes());
            self.out.push(b'=');
            self.value(value, 'v', 0);
        }
        self.out.push(b')');
        self.erring = false;
    }

    pub(super) fn value(&mut self, value: &Value, verb: char, depth: usize) {
        match (verb, value) {
            ('T', value) => return self.string(value.type_name().as_bytes(), value, 's'),
            ('v', Value::Nil) => return self.pad_nil(depth),
            (_, Value::Nil) if depth > 0 => return self.out.extend(b"<nil>"),
            _ => {}
        }
        match value {
            Value::Nil => self.bad_verb(value, verb),
            Value::Bool(flag) => match verb {
                't' | 'v' => self.pad(if *flag { b"true" } else { b"false" }),
                _ => self.bad_verb(value, verb),
            },
            Value::Int(int) | Value::Int64(int) => {
                self.integer(int.unsigned_abs(), *int < 0, true, verb, value);
            }
            Value::Byte(int) => self.integer((*int).into(), false, false, verb, value),
            Value::Uint64(int) => self.integer(*int, false, false, verb, value),
            Value::Float(float) => self.float(*float, verb, value),
            Value::Complex(real, imaginary) => self.complex(*real, *imaginary, verb, value),
            Value::Text(text) => self.string(text.bytes(), value, verb),
            Value::Bytes(bytes) => self.bytes(bytes, value, verb),
            Value::List(list) => self.list(&list.items, list.kind, list.is_nil, verb, depth),
            Value::Map(map) => self.map(map, verb, depth),
            Value::Object(object) => {
                if let Some(text) = object.string()
                    && matches!(verb, 'v' | 's' | 'x' | 'X' | 'q')
                    && !self.flags.sharp_v
                    && !self.erring
                {
                    return self.string(text.as_bytes(), &Value::text(text.as_str()), verb);
                }
                if object.type_name().starts_with('*') {
                    if depth > 0 {
                        return self.pad(b"0xc000000000");
                    }
                    self.out.push(b'&');
                }
                let name = object.type_name().trim_start_matches('*');
                self.structure(name, &object.fields(), verb, depth);
            }
        }
    }

    /// Nothing: an operand pads it, an element does not.
    fn pad_nil(&mut self, depth: usize) {
        if depth > 0 && self.flags.sharp_v {
            self.out.extend(b"interface {}(nil)");
        } else if depth > 0 {
            self.out.extend(b"<nil>");
        } else {
            self.pad(b"<nil>");
        }
    }

    fn structure(&mut self, name: &str, fields: &[(&str, Value)], verb: char, depth: usize) {
        if self.flags.sharp_v {
            self.out.extend(name.as_bytes());
        }
        self.out.push(b'{');
        for (index, (field, value)) in fields.iter().enumerate() {
            if index > 0 {
                self.out.extend(if self.flags.sharp_v { &b", "[..] } else { b" " });
            }
            if self.flags.plus_v || self.flags.sharp_v {
                self.out.extend(field.as_bytes());
                self.out.push(b':');
            }
            self.value(value, verb, depth + 1);
        }
        self.out.push(b'}');
    }

    fn map(&mut self, map: &Map, verb: char, depth: usize) {
        if self.flags.sharp_v {
            self.out.extend(map.kind.name().as_bytes());
            if map.kind == MapType::NilStrings {
                return self.out.extend(b"(nil)");
            }
            self.out.push(b'{');
        } else {
            self.out.extend(b"map[");
        }
        for (index, (key, value)) in map.entries().into_iter().enumerate() {
            if index > 0 {
                self.out.extend(if self.flags.sharp_v { &b", "[..] } else { b" " });
            }
            self.value(&Value::Text(key), verb, depth + 1);
            self.out.push(b':');
            self.value(&value, verb, depth + 1);
        }
        self.out.push(if self.flags.sharp_v { b'}' } else { b']' });
    }

    fn list(&mut self, items: &[Value], kind: ListType, is_nil: bool, verb: char, depth: usize) {
        if self.flags.sharp_v {
            self.out.extend(kind.name().as_bytes());
            if is_nil {
                return self.out.extend(b"(nil)");
            }
        }
        self.out.push(if self.flags.sharp_v { b'{' } else { b'[' });
        for (index, value) in items.iter().enumerate() {
            if index > 0 {
                self.out.extend(if self.flags.sharp_v { &b", "[..] } else { b" " });
            }
            self.value(value, verb, depth + 1);
        }
        self.out.push(if self.flags.sharp_v { b'}' } else { b']' });
    }

    fn bytes(&mut self, bytes: &[u8], value: &Value, verb: char) {
        match verb {
            'v' | 'd' => {
                let sharp = self.flags.sharp_v;
                self.out.extend(if sharp { &b"[]byte{"[..] } else { b"[" });
                for (index, byte) in bytes.iter().enumerate() {
                    if index > 0 {
                        self.out.extend(if sharp { &b", "[..] } else { b" " });
                    }
                    if sharp {
                        self.out.extend(format!("{byte:#x}").as_bytes());
                    } else {
                        self.integer((*byte).into(), false, false, 'd', value);
                    }
                }
                self.out.push(if sharp { b'}' } else { b']' });
            }
            _ => self.string(bytes, value, verb),
        }
    }

    fn string(&mut self, bytes: &[u8], value: &Value, verb: char) {
        match verb {
            'v' if self.flags.sharp_v => self.quoted(bytes),
            'v' | 's' => {
                let cut = self.cut(bytes);
                self.pad(cut);
            }
            'q' => self.quoted(bytes),
            'x' | 'X' => self.hex(bytes, verb == 'X'),
            _ => self.bad_verb(value, verb),
        }
    }

    /// The characters that the precision leaves.
    fn cut<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        let Some(precision) = self.flags.precision else { return bytes };
        let length = |piece: Piece| match piece {
            Piece::Byte(_) => 1,
            Piece::Char(letter) => letter.len_utf8(),
        };
        &bytes[..pieces(bytes).take(precision).map(length).sum::<usize>()]
    }

    fn quoted(&mut self, bytes: &[u8]) {
        let cut = self.cut(bytes);
        let raw = |bytes: &[u8]| {
            let text = std::str::from_utf8(bytes).ok()?;
            let fits = |c: char| c != '`' && c != '\u{feff}' && (c == '\t' || !c.is_ascii_control());
            text.chars().all(fits).then(|| format!("`{text}`"))
        };
        let text = match raw(cut) {
            Some(raw) if self.flags.sharp && !self.flags.sharp_v => raw,
            _ => quoted_with(cut, '"', self.flags.plus),
        };
        self.pad(text.as_bytes());
    }

    fn hex(&mut self, bytes: &[u8], upper: bool) {
        let length = self.flags.precision.map_or(bytes.len(), |p| p.min(bytes.len()));
        let mut text = String::new();
        for (index, byte) in bytes[..length].iter().enumerate() {
            if self.flags.space && index > 0 {
                text.push(' ');
            }
            if self.flags.sharp && (self.flags.space || index == 0) {
                text.push_str(if upper { "0X" } else { "0x" });
            }
            let _ = if upper { write!(text, "{byte:02X}") } else { write!(text, "{byte:02x}") };
        }
        self.pad(text.as_bytes());
    }

    fn integer(&mut self, int: u64, negative: bool, signed: bool, verb: char, value: &Value) {
        match verb {
            'v' if self.flags.sharp_v && !signed => {
                let sharp = std::mem::replace(&mut self.flags.sharp, true);
                self.digits(int, negative, 16, verb);
                self.flags.sharp = sharp;
            }
            'v' | 'd' => self.digits(int, negative, 10, verb),
            'b' => self.digits(int, negative, 2, verb),
            'o' | 'O' => self.digits(int, negative, 8, verb),
            'x' | 'X' => self.digits(int, negative, 16, verb),
            'c' | 'q' | 'U' => {
                let code = u32::try_from(int).ok().filter(|_| !negative).and_then(char::from_u32);
                let letter = code.unwrap_or('\u{fffd}');
                let text = match verb {
                    'c' => letter.to_string(),
                    'q' => quoted_with(letter.to_string().as_bytes(), '\'', self.flags.plus),
                    _ if self.flags.sharp && super::quote::is_print(letter) => {
                        format!("U+{int:04X} '{letter}'")
                    }
                    _ => format!("U+{int:04X}"),
                };
                let zero = std::mem::take(&mut self.flags.zero);
                self.pad(text.as_bytes());
                self.flags.zero = zero;
            }
            _ => self.bad_verb(value, verb),
        }
    }

    fn digits(&mut self, int: u64, negative: bool, base: u64, verb: char) {
        let flags = self.flags;
        let signed = negative || flags.plus || flags.space;
        if flags.precision == Some(0) && int == 0 {
            self.flags.zero = false;
            self.padding(flags.width.unwrap_or(0));
            self.flags.zero = flags.zero;
            return;
        }
        let least = match (flags.precision, flags.width) {
            (Some(precision), _) => precision,
            (None, Some(width)) if flags.zero && !flags.minus => width.saturating_sub(usize::from(signed)),
            _ => 0,
        };
        let digits = match base {
            2 => format!("{int:b}"),
            8 => format!("{int:o}"),
            16 if verb == 'X' => format!("{int:X}"),
            16 => format!("{int:x}"),
            _ => int.to_string(),
        };
        let mut text = format!("{digits:0>least$}");
        if flags.sharp {
            match base {
                2 => text.insert_str(0, "0b"),
                8 if !text.starts_with('0') => text.insert(0, '0'),
                16 => text.insert_str(0, if verb == 'X' { "0X" } else { "0x" }),
                _ => {}
            }
        }
        if verb == 'O' {
            text.insert_str(0, "0o");
        }
        if negative {
            text.insert(0, '-');
        } else if flags.plus {
            text.insert(0, '+');
        } else if flags.space {
            text.insert(0, ' ');
        }
        self.flags.zero = false;
        self.pad(text.as_bytes());
        self.flags.zero = flags.zero;
    }

    fn float(&mut self, float: f64, verb: char, value: &Value) {
        let (form, precision) = match verb {
            'v' => ('g', None),
            'g' | 'G' | 'x' | 'X' => (verb, None),
            'e' | 'E' | 'f' | 'F' => (verb, Some(6)),
            _ => return self.bad_verb(value, verb),
        };
        let text = number::float(float, form, self.flags.precision.or(precision));
        let (sign, body) = match text.strip_prefix(['-', '+']) {
            Some(body) => (&text[..1], body),
            None => ("+", &text[..]),
        };
        let sign = if self.flags.space && sign == "+" && !self.flags.plus { " " } else { sign };
        let zero = self.flags.zero;
        self.flags.zero &= float.is_finite();
        // Infinity keeps its sign.
        if !self.flags.plus && sign == "+" && !float.is_infinite() {
            self.pad(body.as_bytes());
        } else {
            let length = body.len() + 1;
            match self.flags.width {
                Some(width) if self.flags.zero && !self.flags.minus && width > length => {
                    self.out.extend(sign.as_bytes());
                    self.padding(width - length);
                    self.out.extend(body.as_bytes());
                }
                _ => self.pad(format!("{sign}{body}").as_bytes()),
            }
        }
        self.flags.zero = zero;
    }

    fn complex(&mut self, real: f64, imaginary: f64, verb: char, value: &Value) {
        if !matches!(verb, 'v' | 'g' | 'G' | 'x' | 'X' | 'f' | 'F' | 'e' | 'E') {
            return self.bad_verb(value, verb);
        }
        let plus = self.flags.plus;
        self.out.push(b'(');
        self.float(real, verb, value);
        self.flags.plus = true;
        self.float(imaginary, verb, value);
        self.out.extend(b"i)");
        self.flags.plus = plus;
    }
}
