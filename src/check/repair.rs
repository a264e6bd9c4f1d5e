//! Makes the repairs that findings offer, in memory: what comes out was judged again before anybody writes it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;

use super::{Options, Part, parts};
use crate::diagnostics::{Diagnostic, Edit, Fix, Lint, Severity};
use crate::source::Overlay;
use crate::yaml::edit;

/// Rounds after which what still changes is left as it is.
const ROUNDS: usize = 10;
/// How often repairs may turn out not to help.
const FAILURES: usize = 50;

/// Which repairs are wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Those that may change what a file means, too.
    pub unsafe_fixes: bool,
    /// Codes of the rules; empty: all of them.
    pub codes: BTreeSet<&'static str>,
}

impl Wanted {
    fn allows(&self, finding: &Diagnostic, fix: &Fix) -> bool {
        (fix.safe || self.unsafe_fixes) && self.is_about(finding)
    }

    fn is_about(&self, finding: &Diagnostic) -> bool {
        self.codes.is_empty() || self.codes.contains(finding.lint.code)
    }
}

/// A repair that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// What was found.
    pub lint: Lint,
    /// Line of the finding when it was repaired.
    pub line: u32,
    /// What was done, as a sentence.
    pub message: String,
}

/// A file with its repairs.
#[derive(Clone, Debug)]
pub struct Repaired {
    /// Where it lies.
    pub path: PathBuf,
    /// Its text as it is.
    pub before: Arc<str>,
    /// Its text with the repairs.
    pub after: Arc<str>,
    /// The repairs, in the order in which they were made.
    pub made: Vec<Made>,
}

/// What repairing came to.
#[derive(Clone, Debug, Default)]
pub struct Repair {
    /// The files that change, by path.
    pub files: Vec<Repaired>,
    /// Files with a repair that is not made, with the reason.
    pub left: Vec<(PathBuf, String)>,
    /// Findings with a repair that is not safe and was not asked for.
    pub more_unsafe: usize,
}

/// How often each error stands in each file.
type Errors = HashMap<(PathBuf, &'static str, String), usize>;

/// One file in one round.
struct Change<'p> {
    text: &'p str,
    taken: Vec<(&'p Diagnostic, &'p Fix)>,
}

/// Repairs that did not help.
#[derive(Default)]
struct GivenUp {
    /// The findings: file, code, message.
    findings: BTreeSet<(PathBuf, &'static str, String)>,
    /// How many repairs of a file to try together, once some did not help: half as many each time, until it is known which.
    most: BTreeMap<PathBuf, usize>,
    /// What to tell: file and reason.
    left: Vec<(PathBuf, String)>,
}

impl GivenUp {
    fn is(&self, path: &Path, finding: &Diagnostic) -> bool {
        !self.findings.is_empty()
            && self.findings.contains(&(path.to_path_buf(), finding.lint.code, finding.message.clone()))
    }

    fn note(&mut self, path: &Path, change: &Change<'_>, why: String) {
        if let [(finding, _)] = &change.taken[..] {
            self.findings.insert((path.to_path_buf(), finding.lint.code, finding.message.clone()));
            self.most.remove(path);
            self.left.push((path.to_path_buf(), why));
        } else {
            self.most.insert(path.to_path_buf(), change.taken.len() / 2);
        }
    }
}

impl Change<'_> {
    fn apply(&self) -> String {
        let mut edits: Vec<Edit> = self.taken.iter().flat_map(|(_, fix)| fix.edits.iter().cloned()).collect();
        if self.text.contains("\r\n") {
            for edit in edits.iter_mut().filter(|edit| edit.replacement.contains('\n')) {
                edit.replacement = edit.replacement.replace("\r\n", "\n").replace('\n', "\r\n");
            }
        }
        edit::apply(self.text, &edits)
    }
}

/// Checks the paths and repairs what can be repaired, until nothing changes any more. Nothing is written.
///
/// # Errors
/// What [`super::paths`] refuses.
pub fn repair(paths: &[PathBuf], wanted: &Wanted, options: &Options) -> Result<Repair> {
    // A file is found again by its full path.
    let full: Vec<PathBuf> = paths.iter().map(|path| path.canonicalize().unwrap_or(path.clone())).collect();
    let judge = |texts: &BTreeMap<PathBuf, Arc<str>>| {
        let overlay = Overlay::new(texts.iter().map(|(path, text)| (path.clone(), Arc::clone(text))));
        parts(&full, &overlay, options)
    };
    let mut texts: BTreeMap<PathBuf, Arc<str>> = BTreeMap::new();
    let mut files: BTreeMap<PathBuf, Repaired> = BTreeMap::new();
    let mut given_up = GivenUp::default();
    let mut found = judge(&texts)?;
    let (mut rounds, mut failures) = (0, 0);
    while rounds < ROUNDS && failures < FAILURES {
        let changes = changes(&found, wanted, &given_up);
        if changes.is_empty() {
            break;
        }
        let mut tried = texts.clone();
        for (path, change) in &changes {
            tried.insert(path.clone(), change.apply().into());
        }
        let next = judge(&tried)?;
        let refused = refused(&found, &next, &changes);
        if !refused.is_empty() {
            failures += 1;
            for (path, why) in refused {
                given_up.note(&path, &changes[&path], why);
            }
            continue;
        }
        rounds += 1;
        for (path, change) in changes {
            given_up.most.remove(&path);
            let file = files.entry(path.clone()).or_insert_with(|| Repaired {
                before: change.text.into(),
                after: change.text.into(),
                made: Vec::new(),
                path: path.clone(),
            });
            file.after = Arc::clone(&tried[&path]);
            file.made.extend(change.taken.iter().map(|(finding, fix)| Made {
                lint: finding.lint,
                line: finding.place.start().line,
                message: fix.message.clone(),
            }));
        }
        (texts, found) = (tried, next);
    }
    let more = |finding: &&Diagnostic| {
        finding.fix.as_ref().is_some_and(|fix| !fix.safe) && wanted.is_about(finding) && !wanted.unsafe_fixes
    };
    let more_unsafe = found.iter().flat_map(|part| &part.outcome.findings).filter(more).count();
    let files = files.into_values().filter(|file| file.before != file.after).collect();
    Ok(Repair { files, left: given_up.left, more_unsafe })
}

/// What to do in each file: of two repairs that touch the same bytes the first is made, the other one waits for the next
/// round.
fn changes<'p>(parts: &'p [Part], wanted: &Wanted, given_up: &GivenUp) -> BTreeMap<PathBuf, Change<'p>> {
    let mut changes: BTreeMap<PathBuf, Change<'p>> = BTreeMap::new();
    for part in parts {
        for finding in &part.outcome.findings {
            let Some(fix) = finding.fix.as_ref().filter(|fix| wanted.allows(finding, fix)) else { continue };
            let file = &finding.place.file;
            let path = part.base.join(file.path());
            // Members of archives are nobody's to edit, and what lies elsewhere is not here.
            if fix.edits.is_empty()
                || file.path().contains("!/")
                || given_up.is(&path, finding)
                || !path.is_file()
            {
                continue;
            }
            let change =
                changes.entry(path).or_insert_with(|| Change { text: file.text(), taken: Vec::new() });
            if change.text == file.text() {
                change.taken.push((finding, fix));
            }
        }
    }
    for (path, change) in &mut changes {
        change.taken.sort_by_key(|(_, fix)| fix.edits[0].span);
        let mut free = 0;
        change.taken.retain(|(_, fix)| {
            let fits = fix.edits.iter().all(|edit| edit.span.start >= free);
            if fits {
                // Two insertions at one place would depend on their order.
                free = fix.edits.iter().map(|e| e.span.end.max(e.span.start + 1)).max().unwrap_or(free);
            }
            fits
        });
        change.taken.truncate(given_up.most.get(path).copied().unwrap_or(usize::MAX));
    }
    changes
}

/// Files whose repairs must not be made: new errors came of them, or what was to be repaired is still there.
fn refused(
    before: &[Part],
    after: &[Part],
    changes: &BTreeMap<PathBuf, Change<'_>>,
) -> BTreeMap<PathBuf, String> {
    let mut refused = BTreeMap::new();
    let error = |finding: &&Diagnostic| finding.severity == Severity::Error;
    let (errors_before, errors_after) = (count(before, error), count(after, error));
    for (key, many) in &errors_after {
        if errors_before.get(key).is_some_and(|known| known >= many) {
            continue;
        }
        let (path, code, message) = key;
        let why = format!("the repair would bring a new error: {message} ({code})");
        if changes.contains_key(path) {
            refused.entry(path.clone()).or_insert(why);
        } else {
            // Whichever of them it is: none is made.
            let shown = path.display();
            for path in changes.keys() {
                refused.entry(path.clone()).or_insert_with(|| format!("{why} in {shown}"));
            }
        }
    }
    let (all_before, all_after) = (count(before, |_| true), count(after, |_| true));
    for (path, change) in changes {
        let mut repaired: HashMap<(PathBuf, &str, String), usize> = HashMap::new();
        for (finding, _) in &change.taken {
            *repaired.entry((path.clone(), finding.lint.code, finding.message.clone())).or_default() += 1;
        }
        for ((path, code, message), many) in repaired {
            let key = (path, code, message);
            let number = |counts: &Errors| counts.get(&key).copied().unwrap_or_default();
            if number(&all_after) + many > number(&all_before) {
                let (path, code, message) = key;
                let why = format!("the repair does not help against: {message} ({code})");
                refused.entry(path).or_insert(why);
            }
        }
    }
    refused
}

fn count(parts: &[Part], counts: impl Fn(&&Diagnostic) -> bool) -> Errors {
    let mut errors = Errors::new();
    for part in parts {
        for finding in part.outcome.findings.iter().filter(&counts) {
            let path = part.base.join(finding.place.file.path());
            *errors.entry((path, finding.lint.code, finding.message.clone())).or_default() += 1;
        }
    }
    errors
}
