//! Formats of text and numbers that the API server holds values to.

use base64::Engine as _;

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// A whole number of 32 bits.
    Int32,
    /// Base64 text.
    Byte,
    /// A time as RFC 3339 writes it.
    DateTime,
    /// An amount: `100m`, `1.5Gi` (`apimachinery/pkg/api/resource/quantity.go`).
    Quantity,
}

impl Format {
    /// The format of that name; other names judge nothing.
    pub(super) fn of(word: &str) -> Option<Self> {
        match word {
            "int32" => Some(Self::Int32),
            "byte" => Some(Self::Byte),
            "date-time" => Some(Self::DateTime),
            _ => None,
        }
    }

    /// What is wrong with a text.
    pub(super) fn refuses_text(self, text: &str) -> Option<&'static str> {
        let (fits, wanted) = match self {
            Self::Int32 => (true, ""),
            Self::Byte => (is_base64(text), "it must be base64 text"),
            Self::DateTime => {
                (text.parse::<jiff::Timestamp>().is_ok(), "it must be a time such as 2026-01-31T10:00:00Z")
            }
            Self::Quantity => (is_quantity(text), "it must be an amount such as 500m, 1.5, 512Mi or 2Gi"),
        };
        (!fits).then_some(wanted)
    }

    /// What is wrong with a whole number.
    pub(super) fn refuses_number(self, number: f64) -> Option<&'static str> {
        let outside = number < f64::from(i32::MIN) || number > f64::from(i32::MAX);
        (self == Self::Int32 && outside).then_some("it must fit into 32 bits")
    }
}

/// Go's decoder skips line breaks.
fn is_base64(text: &str) -> bool {
    let clean: String = text.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
    base64::engine::general_purpose::STANDARD.decode(clean).is_ok()
}

/// `<sign><digits>[.<digits>]<suffix>`, with a binary, decimal or exponent suffix.
pub(super) fn is_quantity(text: &str) -> bool {
    let rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    let whole = rest.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &rest[whole..];
    let (fraction, suffix) = match rest.strip_prefix('.') {
        Some(rest) => {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            (digits, &rest[digits..])
        }
        None => (0, rest),
    };
    if whole + fraction == 0 {
        return false;
    }
    let known = ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    let exponent = || {
        let digits = suffix.strip_prefix(['e', 'E'])?;
        let digits = digits.strip_prefix(['+', '-']).unwrap_or(digits);
        (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(())
    };
    known.contains(&suffix) || exponent().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_those_that_kubernetes_reads() {
        for good in ["0", "100m", "1.5Gi", "+1", "-1", ".5", "5.", "1e3", "12E", "1E-2", "3Ki", "1.5"] {
            assert!(is_quantity(good), "{good}");
        }
        for bad in ["", "1 Gi", "500MB", "1gi", "Gi", ".", "1e", "1ee3", "1,5", "0x10", "1Gib", "1K"] {
            assert!(!is_quantity(bad), "{bad}");
        }
    }

    #[test]
    fn texts_are_held_to_their_format() {
        assert_eq!(Format::Byte.refuses_text("aGk=\n"), None);
        assert!(Format::Byte.refuses_text("not base64!").is_some());
        assert_eq!(Format::DateTime.refuses_text("2026-01-31T10:00:00+01:00"), None);
        assert!(Format::DateTime.refuses_text("2026-01-31").is_some());
        assert!(Format::Int32.refuses_number(3e9).is_some());
        assert_eq!(Format::Int32.refuses_number(8080.0), None);
    }
}
