//! Following a format: `fmt.Sprintf` (Go 1.26, `fmt/print.go`, `doPrintf`).

use super::format::{Flags, Printer};
use super::quote::{Piece, pieces};
use super::value::Value;

/// Widths and precisions beyond this are ignored, as in Go.
const TOO_LARGE: usize = 1_000_000;

/// Go's `fmt.Sprintf`.
pub(super) fn printf(format: &[u8], values: &[Value]) -> Vec<u8> {
    Format { text: format, at: 0, values, next: 0, reordered: false, printer: Printer::default() }.run()
}

/// A format that is being followed.
struct Format<'a> {
    text: &'a [u8],
    at: usize,
    values: &'a [Value],
    next: usize,
    reordered: bool,
    printer: Printer,
}

impl Format<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn run(mut self) -> Vec<u8> {
        while self.at < self.text.len() {
            let rest = &self.text[self.at..];
            let plain = rest.iter().position(|byte| *byte == b'%').unwrap_or(rest.len());
            self.printer.out.extend(&rest[..plain]);
            self.at += plain;
            if self.at < self.text.len() {
                self.at += 1;
                self.directive();
            }
        }
        self.extra();
        self.printer.out
    }

    /// Operands that no verb asked for.
    fn extra(&mut self) {
        if self.reordered || self.next >= self.values.len() {
            return;
        }
        self.printer.flags = Flags::default();
        self.printer.out.extend(b"%!(EXTRA ");
        for (index, value) in self.values[self.next..].iter().enumerate() {
            if index > 0 {
                self.printer.out.extend(b", ");
            }
            if !value.is_nil() {
                self.printer.out.extend(value.type_name().as_bytes());
                self.printer.out.push(b'=');
            }
            self.printer.value(value, 'v', 0);
        }
        self.printer.out.push(b')');
    }

    fn directive(&mut self) {
        let mut flags = Flags::default();
        loop {
            match self.peek() {
                Some(b'#') => flags.sharp = true,
                Some(b'0') => flags.zero = true,
                Some(b'+') => flags.plus = true,
                Some(b'-') => flags.minus = true,
                Some(b' ') => flags.space = true,
                _ => break,
            }
            self.at += 1;
        }
        let mut good = true;
        let mut after_index = self.index(&mut good);
        if self.peek() == Some(b'*') {
            self.at += 1;
            match self.star() {
                Some(width) => {
                    flags.minus |= width < 0;
                    flags.width = usize::try_from(width.unsigned_abs()).ok();
                }
                None => self.printer.out.extend(b"%!(BADWIDTH)"),
            }
            after_index = false;
        } else {
            flags.width = self.number();
            if after_index && flags.width.is_some() {
                good = false;
            }
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if after_index {
                good = false;
            }
            after_index = self.index(&mut good);
            if self.peek() == Some(b'*') {
                self.at += 1;
                match self.star() {
                    Some(precision) => flags.precision = usize::try_from(precision).ok(),
                    None => self.printer.out.extend(b"%!(BADPREC)"),
                }
                after_index = false;
            } else {
                flags.precision = Some(self.number().unwrap_or(0));
            }
        }
        if !after_index {
            self.index(&mut good);
        }
        self.verb(flags, good);
    }

    fn verb(&mut self, mut flags: Flags, good: bool) {
        let rest = &self.text[self.at..];
        let (verb, length) = match pieces(rest).next() {
            None => return self.printer.out.extend(b"%!(NOVERB)"),
            Some(Piece::Char(letter)) => (letter, letter.len_utf8()),
            Some(Piece::Byte(_)) => ('\u{fffd}', 1),
        };
        self.at += length;
        let shown = verb.to_string();
        if verb == '%' {
            self.printer.out.push(b'%');
        } else if !good {
            self.printer.out.extend(format!("%!{shown}(BADINDEX)").as_bytes());
        } else if let Some(value) = self.values.get(self.next) {
            self.next += 1;
            if verb == 'v' {
                flags.sharp_v = std::mem::take(&mut flags.sharp);
                flags.plus_v = std::mem::take(&mut flags.plus);
            }
            self.printer.flags = flags;
            if verb == 'w' {
                self.printer.bad_verb(value, verb);
            } else {
                self.printer.value(value, verb, 0);
            }
        } else {
            self.printer.out.extend(format!("%!{shown}(MISSING)").as_bytes());
        }
    }

    /// Digits of a width or a precision.
    fn number(&mut self) -> Option<usize> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        let text = std::str::from_utf8(&self.text[start..self.at]).ok()?;
        text.parse().ok().filter(|number| *number <= TOO_LARGE)
    }

    /// `*`: the number is an operand.
    fn star(&mut self) -> Option<i64> {
        let value = self.values.get(self.next)?;
        self.next += 1;
        let number = match value {
            Value::Int(int) | Value::Int64(int) => *int,
            Value::Byte(int) => i64::from(*int),
            _ => return None,
        };
        (number.unsigned_abs() <= TOO_LARGE as u64).then_some(number)
    }

    /// `[2]`: the operand to take next. Whether there was one.
    fn index(&mut self, good: &mut bool) -> bool {
        if self.peek() != Some(b'[') {
            return false;
        }
        self.reordered = true;
        let rest = &self.text[self.at..];
        let Some(end) = rest.iter().position(|byte| *byte == b']') else {
            self.at += 1;
            *good = false;
            return false;
        };
        let number = std::str::from_utf8(&rest[1..end]).ok().and_then(|text| text.parse::<usize>().ok());
        self.at += end + 1;
        match number {
            Some(number) if number >= 1 && number <= self.values.len() => {
                self.next = number - 1;
                true
            }
            _ => {
                *good = false;
                number.is_some()
            }
        }
    }
}
