//! `lock --explain`: every candidate with the reason why it was chosen or not.

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::{Exit, Format, exit_of, worse};
use crate::cli::ui::Ui;
use crate::diagnostics::closest;
use crate::registry::{Candidate, Options, Registries};
use crate::resolve::{Explained, explain};
use crate::version::{Unmet, Verdict, Why};
use crate::workspace::Workspace;
use crate::workspace::model::Profile;

/// Explains a name and says whether everything that is called so resolves to something.
pub(super) fn run(
    workspace: &Workspace,
    profiles: &[std::sync::Arc<Profile>],
    name: &str,
    options: Options,
    format: Format,
    ui: &Ui,
) -> Result<Exit> {
    let registries = Registries::open(workspace, options);
    let (explained, names) = explain(workspace, &registries, profiles, name);
    if explained.is_empty() {
        let near = closest(name, names.iter().map(String::as_str));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        bail!("no layer, pack or chart of these profiles is called `{name}`{hint}");
    }
    let mut exit = Exit::Fine;
    for problem in explained.iter().filter_map(|explained| explained.problem.as_ref()) {
        ui.error(&problem.message);
        exit = worse(exit, exit_of(problem.kind));
    }
    match format {
        Format::Json => {
            let references: Vec<Value> = explained.iter().map(as_json).collect();
            ui.result(&format!("{:#}", json!({ "schemaVersion": 1, "references": references })));
        }
        Format::Text => {
            let texts: Vec<String> = explained.iter().map(text).collect();
            ui.result(&texts.join("\n"));
        }
    }
    Ok(exit)
}

fn text(explained: &Explained) -> String {
    let reference = &explained.reference;
    let wanted = if reference.wanted.is_empty() { "newest release" } else { &reference.wanted };
    let mut lines = vec![format!(
        "{} `{}` `{wanted}` in registry `{}`",
        reference.kind.word(),
        reference.name,
        reference.registry
    )];
    for (profile, layer, locked) in &explained.wanted_by {
        let locked = match (locked, explained.chosen()) {
            (Some(locked), Some(chosen)) if *locked != chosen.version => {
                format!("locked to {locked}, which stays until `edgewright update {layer}`")
            }
            (Some(locked), _) => format!("locked to {locked}"),
            (None, _) => "not locked".to_owned(),
        };
        lines.push(format!("  for layer `{layer}` of {profile}: {locked}"));
    }
    let dropped = explained.dropped.iter().map(|(version, _)| version.len());
    let width = explained.candidates.iter().map(|(c, _)| c.version.len()).chain(dropped).max().unwrap_or(0);
    for (candidate, verdict) in &explained.candidates {
        let mark = if matches!(verdict, Verdict::Chosen(_)) { "✓" } else { "✗" };
        let reason = reason(candidate, verdict, explained);
        lines.push(format!("  {mark} {:width$}  {reason}", candidate.version));
    }
    for (version, why) in &explained.dropped {
        lines.push(format!("  ✗ {version:width$}  passed by in the index: {why}"));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn reason(candidate: &Candidate, verdict: &Verdict, explained: &Explained) -> String {
    let mut text = words(verdict, explained);
    if candidate.deprecated {
        text += "; deprecated by its makers, which a choice does not look at";
    }
    text
}

fn words(verdict: &Verdict, explained: &Explained) -> String {
    let chosen = explained.chosen().map_or("", |chosen| chosen.version.as_str());
    match verdict {
        Verdict::Chosen(Why::Exact) => "chosen: exactly what is asked for".to_owned(),
        Verdict::Chosen(Why::Same) => "chosen: the version that is asked for, written otherwise".to_owned(),
        Verdict::Chosen(Why::Highest) => "chosen: the highest that fits".to_owned(),
        Verdict::Lower => format!("fits, but {chosen} is higher"),
        Verdict::Tied => format!(
            "fits, and ranks like {chosen}: the higher build metadata is taken, then the first entry (Helm leaves it to chance)"
        ),
        Verdict::Duplicate(_) => "stands twice: the first entry counts".to_owned(),
        Verdict::Invalid(why) => format!("no version: {why}"),
        Verdict::NotAsked => format!("not asked for: `{}` means {chosen}", explained.reference.wanted),
        Verdict::Unmet(reasons) => {
            let one = |reason: &Unmet| match reason {
                Unmet::Term(term) => format!("fails `{term}`"),
                Unmet::Prerelease => {
                    "is a prerelease, and the constraint names none (write for example `>=1.0.0-0`)"
                        .to_owned()
                }
            };
            reasons.iter().map(one).collect::<Vec<_>>().join(", ")
        }
    }
}

fn as_json(explained: &Explained) -> Value {
    let reference = &explained.reference;
    let candidate = |(candidate, verdict): &(Candidate, Verdict)| {
        let (word, terms) = match verdict {
            Verdict::Chosen(Why::Exact) => ("chosen-exact", None),
            Verdict::Chosen(Why::Same) => ("chosen-same", None),
            Verdict::Chosen(Why::Highest) => ("chosen-highest", None),
            Verdict::Lower => ("lower", None),
            Verdict::Tied => ("tied", None),
            Verdict::Duplicate(_) => ("duplicate", None),
            Verdict::Invalid(_) => ("invalid", None),
            Verdict::NotAsked => ("not-asked", None),
            Verdict::Unmet(reasons) if reasons.contains(&Unmet::Prerelease) => ("prerelease", Some(reasons)),
            Verdict::Unmet(reasons) => ("unmet", Some(reasons)),
        };
        let terms: Vec<&str> = terms
            .into_iter()
            .flatten()
            .filter_map(|reason| match reason {
                Unmet::Term(term) => Some(term.as_str()),
                Unmet::Prerelease => None,
            })
            .collect();
        json!({
            "version": candidate.version,
            "verdict": word,
            "failed": terms,
            "reason": reason(candidate, verdict, explained),
            "appVersion": candidate.app_version,
            "created": candidate.created,
            "deprecated": candidate.deprecated,
        })
    };
    let by = |(profile, layer, locked): &(String, String, Option<String>)| json!({ "profile": profile, "layer": layer, "locked": locked });
    let dropped = |(version, why): &(String, String)| json!({ "version": version, "reason": why });
    json!({
        "kind": reference.kind.word(),
        "name": reference.name,
        "wanted": reference.wanted,
        "registry": reference.registry,
        "wantedBy": explained.wanted_by.iter().map(by).collect::<Vec<_>>(),
        "chosen": explained.chosen().map(|chosen| &chosen.version),
        "candidates": explained.candidates.iter().map(candidate).collect::<Vec<_>>(),
        "dropped": explained.dropped.iter().map(dropped).collect::<Vec<_>>(),
        "problem": explained.problem.as_ref().map(|problem| &problem.message),
    })
}
