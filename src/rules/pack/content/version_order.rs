//! PK0210: what stands behind the `-` of a version makes it sort otherwise than it reads.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::Place;
use crate::version::Version;

/// PK0210 `version-order`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0210", name: "version-order", severity: Severity::Info },
    docs: include_str!("../../docs/PK0210.md"),
    check: Check::Pack(check),
};

/// Words that announce a release: with them people mean what semver means.
const ANNOUNCING: &[&str] = &[
    "alpha", "beta", "rc", "pre", "preview", "dev", "develop", "snapshot", "nightly", "canary", "test", "a",
    "b", "m",
];

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    let Ok(version) = Version::parse(&pack.version) else { return };
    let Some((message, help)) = trap(&version) else { return };
    out.push(
        Diagnostic::new(RULE.lint, Place::new(&pack.json_file, pack.version.span), message)
            .pointer("/version")
            .help(help),
    );
}

/// How a version sorts otherwise than it reads, and what to do about it.
fn trap(version: &Version) -> Option<(String, String)> {
    let prerelease = version.prerelease();
    if prerelease.is_empty() {
        return None;
    }
    let release = format!("{}.{}.{}", version.major, version.minor, version.patch);
    let parts: Vec<&str> = prerelease.split('.').collect();
    if let [day, month, year] = parts[..]
        && year.len() == 4
        && [day, month, year].iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()))
    {
        return Some((
            format!(
                "`{version}` counts as a prerelease of {release}, and sorts by `{day}` before `{month}` and `{year}`"
            ),
            format!(
                "write `{release}-{year}.{month}.{day}`, which sorts by date, or raise the version itself"
            ),
        ));
    }
    let word: String = parts[0].chars().take_while(char::is_ascii_alphabetic).collect();
    let digits = &parts[0][word.len()..];
    if !word.is_empty() && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        // `rc10` is a word, and below `rc9`.
        return Some((
            format!("`{prerelease}` is compared as a word: `{word}10` sorts below `{word}9`"),
            format!("write `{release}-{word}.{digits}`: numbers between dots sort as numbers"),
        ));
    }
    if ANNOUNCING.contains(&word.to_lowercase().as_str()) {
        return None;
    }
    Some((
        format!("`{version}` counts as a prerelease of {release}: {release} itself would sort above it"),
        "if it is a later build of the same release, raise the last number instead".to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_and_dates_are_told_and_announcements_are_not() {
        let found =
            |text: &str| trap(&Version::parse(text).unwrap()).map(|(_, help)| help).unwrap_or_default();
        assert!(found("0.30.0-5.5.2026").contains("2026.5.5"));
        assert!(found("1.0.0-rc10").contains("rc.10"));
        assert!(found("2.0.2-up.4").contains("raise the last number"));
        for quiet in ["1.0.0", "1.0.0-rc.1", "1.0.0-alpha.beta", "1.0.0+5", "1.0.0-SNAPSHOT"] {
            assert_eq!(found(quiet), "", "{quiet}");
        }
    }
}
