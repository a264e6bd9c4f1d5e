//! CF0107: a registry is asked without encryption.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::yaml::push_pointer;

/// CF0107 `registry-without-tls`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "CF0107", name: "registry-without-tls", severity: Severity::Warning },
    docs: include_str!("../docs/CF0107.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    let Some(document) = &workspace.config.document else { return };
    for (name, registry) in &workspace.config.spec.registries {
        let Some(url) = registry.url().and_then(|text| url::Url::parse(text).ok()) else { continue };
        let local = match url.host() {
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => true,
        };
        if !matches!(url.scheme(), "http" | "git" | "ftp") || local {
            continue;
        }
        let pointer = format!("{}/url", push_pointer("/spec/registries", name));
        out.push(
            Diagnostic::new(
                RULE.lint,
                document.place(&pointer),
                format!("registry `{name}` is asked over {}, without encryption", url.scheme()),
            )
            .pointer(pointer)
            .help(
                "what is locked is held to its digest; what is not locked yet could be anything: use https",
            ),
        );
    }
}
