//! PL0106: a profile, variable or layer lacks the texts that people read.

use serde::Deserialize;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PL0106 `required-texts`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PL0106", name: "required-texts", severity: Severity::Warning },
    docs: include_str!("../docs/PL0106.md"),
    check: Check::Profile(check),
};

/// Options of the rule.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(in crate::rules) struct TextsOptions {
    /// What a profile needs.
    profile: Vec<ProfileText>,
    /// What each variable needs.
    variables: Vec<Text>,
    /// Characters that a description has at least.
    min_length: usize,
}

/// A text of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum ProfileText {
    Description,
    DisplayName,
    Readme,
}

/// A text of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Text {
    Description,
    DisplayName,
}

impl Default for TextsOptions {
    fn default() -> Self {
        Self { profile: vec![ProfileText::Description], variables: Vec::new(), min_length: 1 }
    }
}

fn check(cx: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let Some(options) = cx.options::<TextsOptions>(RULE.lint) else { return };
    let profile = &resolved.profile;
    let metadata = &profile.metadata;
    let least = options.min_length.max(1);
    let length = |text: &Option<String>| text.as_deref().map_or(0, |text| text.trim().chars().count());
    let mut lacks = |pointer: String, message: String, help: &str| {
        let place = profile.document.key_place(&pointer);
        out.push(Diagnostic::new(RULE.lint, place, message).pointer(pointer).help(help));
    };
    for text in &options.profile {
        match text {
            ProfileText::Description if length(&metadata.description) < least => lacks(
                "/metadata/description".to_owned(),
                if length(&metadata.description) == 0 {
                    format!("profile {} has no description", profile.id)
                } else {
                    format!("the description of profile {} is shorter than {least} characters", profile.id)
                },
                "say in one sentence what the profile is for",
            ),
            ProfileText::DisplayName if length(&metadata.display_name) == 0 => lacks(
                "/metadata/displayName".to_owned(),
                format!("profile {} has no `displayName`", profile.id),
                "give it a name for people",
            ),
            ProfileText::Readme if !has_readme(cx, resolved) => lacks(
                "/metadata/name".to_owned(),
                format!("profile {} has no README.md", profile.id),
                "write one beside profile.yaml: the catalog shows it",
            ),
            _ => {}
        }
    }
    for (index, variable) in profile.spec.variables.iter().enumerate() {
        let name = &variable.name;
        for text in &options.variables {
            match text {
                Text::Description if length(&variable.description) < least => lacks(
                    format!("/spec/variables/{index}/name"),
                    format!("variable `{name}` has no description of at least {least} characters"),
                    "say what it is for: whoever sets it reads that",
                ),
                Text::DisplayName if length(&variable.display_name) == 0 => lacks(
                    format!("/spec/variables/{index}/name"),
                    format!("variable `{name}` has no `displayName`"),
                    "give it a name for people",
                ),
                _ => {}
            }
        }
    }
}

fn has_readme(cx: &Context<'_>, resolved: &ResolvedProfile) -> bool {
    let wanted = resolved.profile.shown("README.md");
    cx.workspace.is_none_or(|workspace| workspace.beside.binary_search(&wanted).is_ok())
}
