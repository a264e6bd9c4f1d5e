//! Finding references in a text: `{{ .spectro.var.NAME | upper }}` and `${{ var.NAME }}`.

use std::ops::Range;

use super::function::{self, Call};

/// What a reference names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceKind {
    /// A variable of the profile.
    Var,
    /// A macro of the workspace.
    Macro,
    /// A system name: see [`super::system_name`].
    System,
    /// A value of another pack: `PACK.path.to.value`.
    Pack,
}

impl ReferenceKind {
    fn of(word: &str) -> Option<Self> {
        match word {
            "var" => Some(Self::Var),
            "macro" => Some(Self::Macro),
            "system" => Some(Self::System),
            "pack" => Some(Self::Pack),
            _ => None,
        }
    }

    /// `var`, `macro`, `system` or `pack`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Var => "var",
            Self::Macro => "macro",
            Self::System => "system",
            Self::Pack => "pack",
        }
    }
}

/// A reference in a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// Its bytes, braces included.
    pub range: Range<usize>,
    /// What it names.
    pub kind: ReferenceKind,
    /// The name: all behind the kind, dots included.
    pub name: String,
    /// Functions that its value goes through.
    pub(super) calls: Vec<Call>,
    /// What is wrong with it: an unknown function, text that cannot be read.
    pub error: Option<String>,
}

impl Reference {
    /// The reference in the short form that stands for a whole, typed value: `${{ var.port }}`.
    pub(super) fn short(&self, text: &str) -> String {
        format!("${{{{ {}.{}{} }}}}", self.kind.word(), self.name, self.pipeline(text))
    }

    /// The reference in Palette's form: `{{ .spectro.var.port }}`.
    pub fn long(&self, text: &str) -> String {
        format!("{{{{ .spectro.{}.{}{} }}}}", self.kind.word(), self.name, self.pipeline(text))
    }

    fn pipeline(&self, text: &str) -> String {
        let inner = &text[self.range.clone()];
        inner.split_once('|').map_or_else(String::new, |(_, rest)| {
            format!(" | {}", rest.trim_end_matches('}').trim_end_matches('-').trim())
        })
    }

    /// Whether its value goes through functions, `default` aside.
    pub fn changes_its_value(&self) -> bool {
        self.calls.iter().any(|call| !call.is_default())
    }

    /// Whether it has a `default` for when there is no value.
    pub fn has_default(&self) -> bool {
        self.calls.iter().any(Call::is_default)
    }
}

/// All references in a text, in order. Other template text (Go's, Helm's, Prometheus', `${{ secrets.X }}`) is none.
pub fn references(text: &str) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = text[from..].find("{{").map(|i| from + i) {
        let Some(close) = text[open..].find("}}").map(|i| open + i) else { break };
        let dollar = open > 0 && text.as_bytes()[open - 1] == b'$';
        let inner = text[open + 2..close].trim_start_matches('-').trim_end_matches('-').trim();
        // `{{ {{ .spectro.var.x }}`: the reference starts at the last opening.
        if let Some(again) = text[open + 2..close].rfind("{{") {
            from = open + 2 + again;
            continue;
        }
        let (path, start) = match (inner.strip_prefix(".spectro."), dollar) {
            (Some(path), _) => (Some(path), open),
            (None, true) => (Some(inner), open - 1),
            (None, false) => (None, open),
        };
        if let Some(reference) = path.and_then(|path| read(path, start..close + 2)) {
            found.push(reference);
        }
        from = close + 2;
    }
    found
}

/// The reference that a text is from end to end.
pub fn whole(text: &str) -> Option<Reference> {
    let text = text.trim();
    let mut found = references(text);
    (found.len() == 1 && found[0].range == (0..text.len())).then(|| found.remove(0))
}

/// `var.NAME | function …`; `None` where it does not start with a kind and a name.
fn read(path: &str, range: Range<usize>) -> Option<Reference> {
    let end = path.find(|c: char| c.is_whitespace() || c == '|').unwrap_or(path.len());
    let (kind, name) = path[..end].split_once('.')?;
    let kind = ReferenceKind::of(kind)?;
    let valid =
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'));
    let (calls, error) = match function::pipeline(path[end..].trim()) {
        _ if !valid => (Vec::new(), Some(format!("`{name}` is no name"))),
        Ok(calls) => (calls, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    Some(Reference { range, kind, name: name.to_owned(), calls, error })
}

/// Whether a text is to be filled in by something, ours or another program's: `{{ … }}`, `${NAME}`, `%NAME%`. Nothing can be
/// said of what it will be.
pub fn is_placeholder(text: &str) -> bool {
    let name = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    };
    text.contains("{{") || text.contains("${") || text.split('%').skip(1).step_by(2).any(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(ReferenceKind, String)> {
        references(text).into_iter().map(|r| (r.kind, r.name)).collect()
    }

    #[test]
    fn both_forms_are_found_and_other_templates_are_not() {
        assert_eq!(
            names("a {{ .spectro.var.one }} b {{.spectro.system.cluster.name | upper}} ${{ macro.ntp }}"),
            [
                (ReferenceKind::Var, "one".to_owned()),
                (ReferenceKind::System, "cluster.name".to_owned()),
                (ReferenceKind::Macro, "ntp".to_owned()),
            ]
        );
        for other in [
            "{{ .Values.x }}",
            "{{ $labels.instance }}",
            "${{ secrets.TOKEN }}",
            "{{ .spectro.app.x }}",
            "{{",
        ] {
            assert_eq!(names(other), [], "{other}");
        }
    }

    #[test]
    fn a_whole_reference_is_told_from_a_part() {
        assert!(whole("{{ .spectro.var.port }}").is_some());
        assert!(whole("${{ var.port }}").is_some());
        assert!(whole("http://{{ .spectro.var.host }}").is_none());
        assert!(whole("{{ .spectro.var.a }}{{ .spectro.var.b }}").is_none());
    }

    #[test]
    fn forms_turn_into_each_other_with_their_functions() {
        let text = r#"{{ .spectro.var.v | default "1.19.0" | upper }}"#;
        let reference = whole(text).unwrap();
        assert_eq!(reference.short(text), r#"${{ var.v | default "1.19.0" | upper }}"#);
        assert_eq!(reference.long(text), text);
        assert!(reference.has_default());
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let error = |text: &str| references(text)[0].error.clone().unwrap_or_default();
        assert!(error("{{ .spectro.var.x | uper }}").contains("did you mean `upper`"));
        assert!(error("{{ .spectro.var.x | default }}").contains("default"));
        assert!(error("{{ .spectro.var.x y }}").contains('y'));
    }
}
