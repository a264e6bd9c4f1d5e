//! SE0102: the hash of a password stands in clear.

use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::text::{self, in_comment};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Rule};
use crate::source::{Place, SourceFile, Span};

/// SE0102 `password-hash`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "SE0102", name: "password-hash", severity: Severity::Warning },
    docs: include_str!("../docs/SE0102.md"),
    check: Check::Everywhere {
        repository: |cx, out| text::of_repository(cx, scan, out),
        profile: |_, resolved, out| text::of_profile(resolved, scan, out),
        pack: |_, judged, out| text::of_pack(judged, scan, out),
    },
};

/// What crypt(3) and htpasswd write.
static HASH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"\$(2[abxy]?)\$\d\d\$[./A-Za-z0-9]{53}",
        r"|\$(6)\$(?:rounds=\d+\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{86}",
        r"|\$(5)\$(?:rounds=\d+\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{43}",
        r"|\$(1|apr1)\$[./A-Za-z0-9]{1,8}\$[./A-Za-z0-9]{22}",
        r"|\$(y)\$[./A-Za-z0-9]+\$[./A-Za-z0-9]{1,86}\$[./A-Za-z0-9]{43}",
        r"|\$(argon2)(?:id|i|d)\$v=\d+\$[a-z0-9=,]+\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{16,}",
    ))
    .expect("the expression is constant and tested")
});

fn scan(file: &Arc<SourceFile>, out: &mut Vec<Diagnostic>) {
    for found in HASH.captures_iter(file.text()) {
        let Some(whole) = found.get(0).filter(|whole| !in_comment(file.text(), whole.start())) else {
            continue;
        };
        let scheme = found.iter().skip(1).flatten().next().map_or("", |scheme| scheme.as_str());
        let scheme = match scheme {
            "6" => "SHA-512",
            "5" => "SHA-256",
            "1" | "apr1" => "MD5",
            "y" => "yescrypt",
            "argon2" => "Argon2",
            _ => "bcrypt",
        };
        out.push(
            Diagnostic::new(
                RULE.lint,
                Place::new(file, Span::new(whole.start(), whole.end())),
                format!("the {scheme} hash of a password stands here in clear"),
            )
            .help("a weak password is guessed from its hash; give it by a sensitive variable instead"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_found_by_their_scheme() {
        for (text, scheme) in [
            (
                format!("admin:$2y$10${}", "abcdefghijk./ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefg"),
                "bcrypt",
            ),
            (format!("p: $6$salt${}", "a1B2".repeat(22).get(..86).unwrap_or_default()), "SHA-512"),
            (format!("$apr1$abcdefgh${}", "a1B2c3D4e5F6g7H8i9J0kk"), "MD5"),
            (
                format!("$argon2id$v=19$m=65536,t=3,p=4${}${}", "c29tZXNhbHQx", "a1B2c3D4e5F6g7H8i9J0"),
                "Argon2",
            ),
        ] {
            let mut found = Vec::new();
            scan(&SourceFile::new("x", text.clone()), &mut found);
            assert_eq!(found.len(), 1, "{text}");
            assert!(found[0].message.contains(scheme), "{}", found[0].message);
        }
        let mut found = Vec::new();
        scan(&SourceFile::new("x", "$1$2 $6 costs $5$"), &mut found);
        assert!(found.is_empty());
    }
}
