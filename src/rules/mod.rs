//! One file per rule, an explicit list, documentation beside it.
//!
//! A rule is a code, its documentation and a function from what was read and resolved to findings. What reading itself
//! finds (YAML that is no YAML, a key that no schema knows) has a code and documentation as well: see [`reported`].
//!
//! Architecture invariant: rules are pure: `(&Context) → diagnostics`, without I/O of any kind.

mod appliance;
mod pack;
mod profile;
mod reference;
pub mod reported;
mod settings;
mod variable;
mod workspace;

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use crate::diagnostics::{self, Diagnostic, Lint};
use crate::pack::Pack;
use crate::resolve::ResolvedProfile;
use crate::workspace::Workspace;

pub use settings::Settings;

/// What rules judge.
pub struct Context<'a> {
    /// The repository; `None` where something is judged by itself.
    pub workspace: Option<&'a Workspace>,
    /// Its profiles (or the one that is judged), resolved.
    pub profiles: &'a [ResolvedProfile],
    /// Packs to judge: those of the repository's own registries, or the folders named.
    pub packs: &'a [JudgedPack],
    /// Names of all packs in reach; `None` where that cannot be known (a pack judged alone).
    pub pack_names: Option<BTreeSet<String>>,
    /// What reading found: syntax, schema, files that cannot be read.
    pub reported: &'a [Diagnostic],
}

/// A pack to judge.
#[derive(Clone, Debug)]
pub struct JudgedPack {
    /// Name of its folder.
    pub folder: String,
    /// What could be read of it.
    pub pack: Arc<Pack>,
}

/// One rule.
pub struct Rule {
    /// Code, name and default severity.
    pub lint: Lint,
    /// Its documentation in Markdown: what, why, bad, good, fix.
    pub docs: &'static str,
    check: fn(&Context<'_>, &mut Vec<Diagnostic>),
}

/// All rules that judge, in the order of their codes.
pub static RULES: &[Rule] = &[
    appliance::unknown_profile::RULE,
    appliance::unknown_version::RULE,
    appliance::core_profiles::RULE,
    appliance::layer_twice::RULE,
    appliance::missing_variable::RULE,
    appliance::groups_disagree::RULE,
    appliance::duplicate_appliance::RULE,
    appliance::empty_group::RULE,
    appliance::sensitive_in_clear::RULE,
    workspace::unknown_rule::RULE,
    workspace::channel_version::RULE,
    pack::file_missing::RULE,
    pack::file_unlisted::RULE,
    pack::version::RULE,
    pack::chart_version::RULE,
    pack::image_key::RULE,
    pack::dependency_nowhere::RULE,
    pack::folder_name::RULE,
    pack::chart_key::RULE,
    pack::lifecycle::RULE,
    pack::preset_default::RULE,
    pack::duplicate_pack::RULE,
    profile::duplicate_profile::RULE,
    profile::profile_folder::RULE,
    profile::reserved_name::RULE,
    profile::project_name_clash::RULE,
    profile::layer_types::RULE,
    profile::layer_order::RULE,
    profile::duplicate_layer::RULE,
    profile::pack_twice::RULE,
    profile::layer_type_disagrees::RULE,
    profile::cloud_mismatch::RULE,
    reference::unknown_registry::RULE,
    reference::not_locked::RULE,
    reference::stale_lock::RULE,
    reference::not_fetched::RULE,
    reference::changed_content::RULE,
    reference::not_found::RULE,
    reference::broken_content::RULE,
    variable::unquoted_reference::RULE,
    variable::undefined_variable::RULE,
    variable::unused_variable::RULE,
    variable::duplicate_variable::RULE,
    variable::invalid_default::RULE,
    variable::default_needed::RULE,
    variable::sensitive_default::RULE,
    variable::invalid_regex::RULE,
    variable::unknown_system_name::RULE,
    variable::reference_in_template::RULE,
    variable::unresolved_reference::RULE,
];

/// Runs all rules and puts the findings in order; what [`Settings`] turns off is left out.
pub fn run(context: &Context<'_>, settings: &Settings) -> Vec<Diagnostic> {
    let mut findings: Vec<Diagnostic> = RULES
        .par_iter()
        .flat_map_iter(|rule| {
            let mut found = Vec::new();
            (rule.check)(context, &mut found);
            found
        })
        .collect();
    findings.extend(context.reported.iter().cloned());
    let mut findings: Vec<Diagnostic> = findings.into_iter().filter_map(|f| settings.apply(f)).collect();
    diagnostics::sort(&mut findings);
    findings
}

/// Code, name, severity and documentation of everything that can be found.
pub fn all() -> impl Iterator<Item = (Lint, &'static str)> {
    RULES.iter().map(|rule| (rule.lint, rule.docs)).chain(reported::LINTS.iter().copied())
}

/// A rule by its code or name, whatever the case.
pub fn find(name: &str) -> Option<(Lint, &'static str)> {
    all().find(|(lint, _)| lint.code.eq_ignore_ascii_case(name) || lint.name.eq_ignore_ascii_case(name))
}
