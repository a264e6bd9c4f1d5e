//! What tells findings apart from one run to the next.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use super::{Diagnostic, order};

/// Longer lines (minified JSON) count by what stands around the finding.
const LONGEST_LINE: usize = 4096;
/// Bytes on each side of a finding that count in such a line.
const AROUND: usize = 200;

/// A fingerprint for each finding, in the order given: 32 hexadecimal digits.
///
/// It is made of the code, the path, the JSON pointer without positions in lists, the trimmed line of the source (the message
/// where there is none), and a number that tells equal ones apart. So it stays when lines or list items are put in above, and
/// goes when the line itself changes. To keep the numbers, all findings of a run are given at once, the suppressed ones too.
pub fn fingerprints<'a>(findings: impl IntoIterator<Item = &'a Diagnostic>) -> Vec<String> {
    let findings: Vec<&Diagnostic> = findings.into_iter().collect();
    let mut sorted: Vec<usize> = (0..findings.len()).collect();
    sorted.sort_by(|a, b| order(findings[*a], findings[*b]));
    let mut seen: HashMap<[u8; 32], u32> = HashMap::new();
    let mut out = vec![String::new(); findings.len()];
    for index in sorted {
        let identity = identity(findings[index]);
        let occurrence = seen.entry(identity).or_default();
        let digest = Sha256::new().chain_update(identity).chain_update(occurrence.to_be_bytes()).finalize();
        *occurrence += 1;
        out[index] = hex::encode(&digest[..16]);
    }
    out
}

/// What equal findings have in common.
fn identity(finding: &Diagnostic) -> [u8; 32] {
    let mut hasher = Sha256::new();
    // The lengths in front keep `a` + `bc` from being `ab` + `c`.
    let mut part = |text: &str| {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text);
    };
    part(finding.lint.code);
    part(finding.place.file.path());
    for token in finding.pointer.split('/') {
        part(if token.bytes().all(|b| b.is_ascii_digit()) { "" } else { token });
    }
    match line(finding) {
        "" => part(&finding.message),
        line => part(line),
    }
    hasher.finalize().into()
}

/// The line that the finding starts in, trimmed.
fn line(finding: &Diagnostic) -> &str {
    let file = &finding.place.file;
    let text = file.text();
    let start = finding.place.start();
    let (from, to) = (file.line_start(start.line) as usize, file.line_start(start.line + 1) as usize);
    if to - from <= LONGEST_LINE {
        return text[from..to].trim();
    }
    let at = start.offset as usize;
    let mut from = at.saturating_sub(AROUND).max(from);
    let mut to = (at + AROUND).min(to);
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    while !text.is_char_boundary(to) {
        to += 1;
    }
    text[from..to].trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::{Lint, Severity};
    use crate::source::{Place, SourceFile, Span};

    const LINT: Lint = Lint { code: "YA0002", name: "duplicate-key", severity: Severity::Error };

    fn at(text: &str, needle: &str, pointer: &str) -> Vec<Diagnostic> {
        let file = SourceFile::new("a.yaml", text);
        let spans = text.match_indices(needle).map(|(at, found)| Span::new(at, at + found.len()));
        spans.map(|s| Diagnostic::new(LINT, Place::new(&file, s), "twice").pointer(pointer)).collect()
    }

    #[test]
    fn lines_and_list_items_above_change_nothing() {
        let before = fingerprints(&at("list:\n  - name: a\n", "name", "/list/0/name"));
        let after =
            fingerprints(&at("# new\nlist:\n  - name: b\n    - name: a\n", "name: a", "/list/1/name"));
        assert_eq!(before, after);
        assert_eq!(before[0].len(), 32);
    }

    #[test]
    fn another_line_code_path_or_pointer_is_another_finding() {
        let first = fingerprints(&at("name: a\n", "name", "/name"));
        assert_ne!(first, fingerprints(&at("name: b\n", "name", "/name")));
        assert_ne!(first, fingerprints(&at("name: a\n", "name", "/other")));
        let mut other = at("name: a\n", "name", "/name");
        other[0].lint.code = "YA0003";
        assert_ne!(first, fingerprints(&other));
    }

    #[test]
    fn equal_findings_differ_in_any_order() {
        let mut twice = at("- a: 1\n- a: 1\n", "a: 1", "/0/a");
        let forward = fingerprints(&twice);
        assert_ne!(forward[0], forward[1]);
        twice.reverse();
        assert_eq!(fingerprints(&twice), [forward[1].clone(), forward[0].clone()]);
    }

    #[test]
    fn without_a_line_the_message_counts() {
        let whole = |message: &str| Diagnostic::new(LINT, Place::whole("logo.png"), message);
        let both = fingerprints(&[whole("too large"), whole("not read")]);
        assert_ne!(both[0], both[1]);
        assert_eq!(both[1], fingerprints(&[whole("not read")])[0]);
    }

    #[test]
    fn a_minified_file_counts_around_the_finding() {
        let long = |start: &str| format!("{start}{}é\"name\":1{}", "é".repeat(5000), "x".repeat(5000));
        let fingerprint = |text: &str| fingerprints(&at(text, "\"name\"", "/name"));
        assert_eq!(fingerprint(&long("")), fingerprint(&long("yyy")));
    }
}
