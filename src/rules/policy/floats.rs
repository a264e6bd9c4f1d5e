//! PL0103: a layer asks for a version that can become another one by itself.

use serde::Deserialize;

use crate::diagnostics::{Diagnostic, Edit, Fix, Lint, Severity};
use crate::resolve::{ResolvedLayer, ResolvedProfile};
use crate::rules::{Check, Context, Rule};
use crate::version::{self, Constraint, Version};

/// PL0103 `floating-version`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PL0103", name: "floating-version", severity: Severity::Warning },
    docs: include_str!("../docs/PL0103.md"),
    check: Check::Profile(check),
};

/// Options of the rule.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(in crate::rules) struct FloatsOptions {
    /// What a version may still move by.
    allow: Allow,
    /// Judge only profiles whose own version is a release, and leave prereleases alone.
    only_released: bool,
}

/// What a version may move by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Allow {
    /// Nothing: exact versions.
    #[default]
    Exact,
    /// The third number: `~1.2.3`, `1.2.x`.
    Patch,
    /// The second number too: `^1.2.3`, `1.x`.
    Minor,
}

fn check(cx: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let Some(options) = cx.options::<FloatsOptions>(RULE.lint) else { return };
    let profile = &resolved.profile;
    let prerelease = semver::Version::parse(profile.version()).is_ok_and(|v| !v.pre.is_empty());
    if options.only_released && prerelease {
        return;
    }
    for layer in &resolved.layers {
        let Some(written) = layer.index.map(|index| (index, &profile.spec.layers[index])) else { continue };
        let (index, written) = written;
        let (wanted, kind) = match (&written.pack, &written.chart) {
            (Some(pack), _) => (&pack.version, "pack"),
            (None, Some(chart)) => (&chart.version, "chart"),
            (None, None) => continue,
        };
        if !too_free(wanted, kind == "pack", layer, options.allow) {
            continue;
        }
        let shown = if wanted.is_empty() { "no version at all" } else { wanted.as_str() };
        let mut finding = Diagnostic::new(
            RULE.lint,
            profile.place(wanted.span),
            format!("layer `{}` asks for `{shown}`, which can become another version by itself", layer.name),
        )
        .pointer(format!("/spec/layers/{index}/{kind}/version"));
        finding = match &layer.pin {
            Some(pin) => {
                let replacement = format!("\"{}\"", pin.version);
                finding.help(format!("the lock has {}: write that", pin.version)).fix(Fix {
                    message: format!("write {}, the version that the lock has", pin.version),
                    safe: false,
                    edits: vec![Edit { span: wanted.span, replacement }],
                })
            }
            None => finding.help("write the exact version"),
        };
        out.push(finding);
    }
}

fn too_free(wanted: &str, pack: bool, layer: &ResolvedLayer, allow: Allow) -> bool {
    let floats = if pack { version::is_floating_pack(wanted) } else { version::is_floating(wanted) };
    if !floats || allow == Allow::Exact {
        return floats;
    }
    let Some(Ok(now)) = layer.pin.as_ref().map(|pin| Version::parse(&pin.version)) else {
        // Nothing to start from: `latest` and `*` are too free in any case, for others nothing can be said.
        return matches!(wanted, "" | "latest" | "*" | "x");
    };
    let Ok(constraint) = Constraint::parse(wanted) else { return matches!(wanted, "latest") };
    let reaches = |major: u64, minor: u64| {
        Version::parse(&format!("{major}.{minor}.0")).is_ok_and(|version| constraint.matches(&version))
    };
    let (major, minor) = (now.major, now.minor);
    let next_major = [major.saturating_add(1), major.saturating_add(1000)].iter().any(|m| reaches(*m, 0));
    let next_minor =
        || [minor.saturating_add(1), minor.saturating_add(1000)].iter().any(|m| reaches(major, *m));
    next_major || (allow == Allow::Patch && next_minor())
}
