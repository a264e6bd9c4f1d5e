//! PK0103: the version of a pack is no semver version: it has two parts, or a leading `v`.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::Place;
use crate::version::Version;

/// PK0103 `pack-version`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0103", name: "pack-version", severity: Severity::Warning },
    docs: include_str!("../docs/PK0103.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    let version = &pack.version;
    if semver::Version::parse(version).is_ok() {
        return;
    }
    let (message, help) = match Version::parse(version) {
        Ok(loose) => (format!("version `{version}` is not strict semver"), format!("write `{loose}`")),
        Err(_) => (format!("`{version}` is no version"), "versions are semver: `1.2.3`".to_owned()),
    };
    out.push(
        Diagnostic::new(RULE.lint, Place::new(&pack.json_file, version.span), message)
            .pointer("/version")
            .help(help),
    );
}
