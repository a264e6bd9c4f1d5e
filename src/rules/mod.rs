//! One file per rule, an explicit list, documentation beside it.
//!
//! A rule is a code, its documentation and a function from what was read and resolved to findings. What reading itself
//! finds (YAML that is no YAML, a key that no schema knows) has a code and documentation as well: see [`reported`].
//!
//! Architecture invariant: rules are pure: `(&Context) → diagnostics`, without I/O of any kind.

mod appliance;
mod chart;
mod constraint;
mod family;
mod kubernetes;
mod only;
mod options;
mod pack;
mod patterns;
mod policy;
mod profile;
mod reference;
pub mod reported;
mod scalar;
mod secret;
mod settings;
mod suppressions;
mod texts;
mod value;
mod variable;
mod way;
mod workspace;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::diagnostics::{self, Diagnostic, Lint, Suppressed};
use crate::pack::Pack;
use crate::render::{Object, Renderer};
use crate::resolve::{ResolvedProfile, Stacked};
use crate::schema::kubernetes::Schemas;
use crate::workspace::Workspace;
use crate::workspace::model::Profile;

pub use family::FAMILIES;
pub use kubernetes::Applied;
use kubernetes::Objects;
pub use only::Only;
pub use settings::Settings;

/// What rules judge.
#[derive(Default)]
pub struct Context<'a> {
    /// The repository; `None` where something is judged by itself.
    pub workspace: Option<&'a Workspace>,
    /// The stacks of its profiles, in the order of `workspace.profiles`, for rules over the repository. While profiles are
    /// judged one at a time there are none yet: a large repository is never held with all its values.
    pub stacks: &'a [Stacked],
    /// What the profiles apply, in the order of `stacks`; none while profiles are judged one at a time.
    pub applied: &'a [Applied],
    /// Packs to judge: those of the repository's own registries, or the folders named.
    pub packs: &'a [JudgedPack],
    /// Names of all packs in reach; `None` where that cannot be known (a pack judged alone).
    pub pack_names: Option<BTreeSet<String>>,
    /// Kubernetes objects that are judged by themselves, together: those of the files that are named. What profiles and
    /// packs apply is not among them.
    pub objects: &'a [Object],
    /// Schemas of Kubernetes in use.
    pub schemas: Schemas,
    /// Reads the objects that profiles share.
    pub renderer: Renderer,
    /// What was found before: by reading (syntax, schema, files that cannot be read) and in single profiles ([`profile`]).
    pub reported: &'a [Diagnostic],
    /// The day of the check, for what goes by date; `None` where nothing may depend on the day.
    pub today: Option<Date>,
    /// The rules that judge; what others find is left out.
    pub only: Only,
}

impl Context<'_> {
    /// The rules that judge.
    fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        AREAS.iter().copied().flatten().filter(|rule| self.only.runs(rule.lint.code))
    }

    /// The stack of a profile version.
    pub fn stack(&self, profile: &Profile) -> Option<&Stacked> {
        let start = self.stacks.partition_point(|stack| stack.profile.id < profile.id);
        let same_id = self.stacks[start..].iter().take_while(|stack| stack.profile.id == profile.id);
        same_id.into_iter().find(|stack| stack.profile.version() == profile.version())
    }
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
    check: Check,
}

/// What a rule looks at in one go. The narrower, the more of a large repository needs not be held at once.
enum Check {
    /// Everything that was read.
    Repository(fn(&Context<'_>, &mut Vec<Diagnostic>)),
    /// One profile; the rest of the context serves for looking things up.
    Profile(fn(&Context<'_>, &ResolvedProfile, &mut Vec<Diagnostic>)),
    /// One pack.
    Pack(fn(&Context<'_>, &JudgedPack, &mut Vec<Diagnostic>)),
    /// One pack, or one profile that uses packs: the same fault, whoever made it.
    PackAndProfile(
        fn(&Context<'_>, &JudgedPack, &mut Vec<Diagnostic>),
        fn(&Context<'_>, &ResolvedProfile, &mut Vec<Diagnostic>),
    ),
    /// Everything that people write, each part once: what belongs to no profile and no pack, one pack, one profile.
    Everywhere {
        repository: fn(&Context<'_>, &mut Vec<Diagnostic>),
        pack: fn(&Context<'_>, &JudgedPack, &mut Vec<Diagnostic>),
        profile: fn(&Context<'_>, &ResolvedProfile, &mut Vec<Diagnostic>),
    },
    /// Kubernetes objects that belong together: those of a profile, of a pack, or of files that are named.
    Objects(fn(&Context<'_>, &Objects<'_>, &mut Vec<Diagnostic>)),
    /// The same, and once more when all profiles are known.
    ObjectsAndRepository(
        fn(&Context<'_>, &Objects<'_>, &mut Vec<Diagnostic>),
        fn(&Context<'_>, &mut Vec<Diagnostic>),
    ),
}

/// All rules that judge: one list an area, in the order of their codes.
static AREAS: &[&[Rule]] = &[
    appliance::RULES,
    chart::RULES,
    kubernetes::RULES,
    constraint::RULES,
    workspace::RULES,
    pack::RULES,
    pack::content::RULES,
    pack::dependency::RULES,
    pack::lifecycle::RULES,
    pack::preset::RULES,
    pack::image::RULES,
    pack::value::RULES,
    pack::schema::RULES,
    policy::RULES,
    profile::RULES,
    reference::RULES,
    scalar::RULES,
    secret::RULES,
    value::RULES,
    variable::RULES,
];

/// What could not be judged, by the codes of the findings that say so: these are counted as unchecked as well.
pub const UNCHECKED: &[&str] = &["KU0001", reference::NOT_FETCHED];

/// What the rules found.
#[derive(Debug, Default)]
pub struct Judgement {
    /// The findings, in order.
    pub findings: Vec<Diagnostic>,
    /// Those that a comment or the baseline silenced, in order.
    pub suppressed: Vec<Suppressed>,
    /// How many things could not be judged ([`UNCHECKED`]), whether or not that is shown.
    pub unchecked: usize,
    /// How many of those are references whose bytes are not here: `fetch` gets them.
    pub unfetched: usize,
}

/// What resolving found wrong in a profile, and what the rules that look at one profile find; and what of its objects the
/// rules over the repository ask for.
pub fn profile(context: &Context<'_>, resolved: &ResolvedProfile) -> (Vec<Diagnostic>, Applied) {
    let mut found = resolved.reported.clone();
    for rule in context.rules() {
        if let Check::Profile(check)
        | Check::PackAndProfile(_, check)
        | Check::Everywhere { profile: check, .. } = rule.check
        {
            check(context, resolved, &mut found);
        }
    }
    if !context.only.runs("KU") {
        return (found, Applied::default());
    }
    let list = context.renderer.objects(resolved);
    let templates = context.renderer.template_crds(resolved);
    let objects = Objects::of_profile(context, &list, &templates, resolved);
    over_objects(context, &objects, &mut found);
    let applied = objects.applied();
    (found, applied)
}

fn over_objects(context: &Context<'_>, objects: &Objects<'_>, found: &mut Vec<Diagnostic>) {
    for rule in context.rules() {
        if let Check::Objects(check) | Check::ObjectsAndRepository(check, _) = rule.check {
            check(context, objects, found);
        }
    }
}

/// What the rules find in the objects of a pack that no profile judges: its manifests and definitions.
fn pack_objects(context: &Context<'_>, judged: &JudgedPack, found: &mut Vec<Diagnostic>) {
    let (list, templates) = kubernetes::of_pack(judged);
    if !list.is_empty() {
        over_objects(context, &Objects::alone(context, &list, &templates), found);
    }
}

/// Runs the rules over packs and the repository, adds what was found before, and puts the findings in order; what
/// [`Settings`] turns off is left out.
pub fn run(context: &Context<'_>, settings: &Settings) -> Judgement {
    let rules: Vec<&Rule> = context.rules().collect();
    let whole = rules.par_iter().flat_map_iter(|rule| {
        let mut found = Vec::new();
        if let Check::Repository(check)
        | Check::ObjectsAndRepository(_, check)
        | Check::Everywhere { repository: check, .. } = rule.check
        {
            check(context, &mut found);
        }
        found
    });
    let mut alone = Vec::new();
    if !context.objects.is_empty() {
        over_objects(context, &Objects::alone(context, context.objects, &[]), &mut alone);
    }
    let used: BTreeSet<&str> =
        context.stacks.iter().flat_map(Stacked::packs).map(|pack| pack.path.as_str()).collect();
    let packs = context.packs.par_iter().flat_map_iter(|judged| {
        let mut found = Vec::new();
        for rule in &rules {
            if let Check::Pack(check)
            | Check::PackAndProfile(check, _)
            | Check::Everywhere { pack: check, .. } = rule.check
            {
                check(context, judged, &mut found);
            }
        }
        if !used.contains(judged.pack.path.as_str()) {
            pack_objects(context, judged, &mut found);
        }
        found
    });
    let mut findings: Vec<Diagnostic> = whole.chain(packs).chain(alone).collect();
    findings.extend(context.reported.iter().cloned());
    findings.retain(|finding| context.only.asks(finding.lint.code));
    // What is wrong in a file of a pack is wrong in each profile that has it.
    diagnostics::sort(&mut findings);
    findings.dedup_by(|a, b| {
        diagnostics::order(a, b).is_eq() && a.place.span == b.place.span && a.lint.code.starts_with("KU")
    });
    let unchecked = findings.iter().filter(|f| UNCHECKED.contains(&f.lint.code)).count();
    let unfetched = findings.iter().filter(|f| f.lint.code == reference::NOT_FETCHED).count();
    // A comment about what could not be judged is not idle.
    let complete = unchecked == 0;
    let silenced = suppressions::apply(context, findings, complete);
    let shown = silenced.findings.into_iter().chain(silenced.about);
    let shown = shown.filter(|finding| context.only.asks(finding.lint.code));
    let mut findings: Vec<Diagnostic> = shown.filter_map(|finding| settings.apply(finding)).collect();
    diagnostics::sort(&mut findings);
    let mut suppressed: Vec<Suppressed> = silenced
        .suppressed
        .into_iter()
        .filter_map(|it| Some(Suppressed { finding: settings.apply(it.finding)?, ..it }))
        .collect();
    suppressed.sort_by(|a, b| diagnostics::order(&a.finding, &b.finding));
    Judgement { findings, suppressed, unchecked, unfetched }
}

/// Code, name, severity and documentation of everything that can be found.
pub fn all() -> impl Iterator<Item = (Lint, &'static str)> {
    AREAS.iter().copied().flatten().map(|rule| (rule.lint, rule.docs)).chain(reported::LINTS.iter().copied())
}

/// Codes and names of all rules.
pub fn names() -> impl Iterator<Item = &'static str> {
    all().flat_map(|(lint, _)| [lint.code, lint.name])
}

/// A rule by its code or name, whatever the case.
pub fn find(name: &str) -> Option<(Lint, &'static str)> {
    all().find(|(lint, _)| lint.code.eq_ignore_ascii_case(name) || lint.name.eq_ignore_ascii_case(name))
}
