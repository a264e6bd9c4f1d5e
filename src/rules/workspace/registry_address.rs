//! CF0106: the address of a registry holds a password, or is none.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::yaml::push_pointer;

/// CF0106 `registry-address`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "CF0106", name: "registry-address", severity: Severity::Error },
    docs: include_str!("../docs/CF0106.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    let Some(document) = &workspace.config.document else { return };
    for (name, registry) in &workspace.config.spec.registries {
        let Some(address) = registry.url() else { continue };
        let pointer = format!("{}/url", push_pointer("/spec/registries", name));
        let finding = |message: String| {
            Diagnostic::new(RULE.lint, document.place(&pointer), message).pointer(pointer.clone())
        };
        match url::Url::parse(address) {
            // A key for SSH names a user; a password is never part of that.
            Ok(url)
                if url.password().is_some()
                    || (url.scheme().starts_with("http") && !url.username().is_empty()) =>
            {
                out.push(finding(format!("the address of registry `{name}` holds credentials")).help(
                    "everybody who reads the repository has them: take them out, and change them; they come from the \
                     environment or from the credential helper of the machine",
                ));
            }
            Ok(_) => {}
            // A folder, or `git@host:path`, SSH's own form, which git reads.
            Err(_) if !address.contains("://") => {}
            Err(why) => {
                out.push(
                    finding(format!("`{address}` is no address: {why}")).help("write `https://HOST/PATH`"),
                );
            }
        }
    }
}
