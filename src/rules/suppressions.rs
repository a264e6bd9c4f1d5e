//! Comments that silence findings, and what is wrong with them.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::{Context, texts};
use crate::diagnostics::suppress::{self, Cover, Directive, MARKER, Reach, Unreadable};
use crate::diagnostics::{Diagnostic, Edit, Fix, Lint, Severity, Suppressed, SuppressedBy, closest};
use crate::source::{Place, SourceFile, Span};
use crate::yaml;

/// A suppression that silences nothing.
pub(super) const UNUSED: Lint =
    Lint { code: "CF0201", name: "unused-suppression", severity: Severity::Warning };
/// A suppression that does not say why.
pub(super) const WITHOUT_REASON: Lint =
    Lint { code: "CF0202", name: "suppression-without-reason", severity: Severity::Warning };
/// A suppression that cannot be read, or names no rule.
pub(super) const UNREADABLE: Lint =
    Lint { code: "CF0203", name: "unreadable-suppression", severity: Severity::Warning };

/// What comments did to the findings.
pub(super) struct Silenced {
    /// Those that no comment covers.
    pub(super) findings: Vec<Diagnostic>,
    /// Those that one does.
    pub(super) suppressed: Vec<Suppressed>,
    /// What is wrong with the comments.
    pub(super) about: Vec<Diagnostic>,
}

/// The suppressions of one file.
struct OfFile {
    file: Arc<SourceFile>,
    directives: Vec<Directive>,
    cover: Cover,
    /// For each number that `cover` knows, the directive and which of its codes.
    numbers: Vec<(usize, usize)>,
    /// The code of each number.
    codes: Vec<&'static str>,
    /// Whether it has a syntax error: behind it nothing was judged.
    broken: bool,
    about: Vec<Diagnostic>,
}

/// Areas that judge what a file says, whatever is at hand of packs, charts and clusters.
const BY_THEMSELVES: &[&str] = &["YA", "SC", "AP", "CF", "SE"];

/// Applies the comments of all files that are judged. `complete`: everything was judged that these comments may be about,
/// so that one without a finding is not needed. In a repository that holds for [`BY_THEMSELVES`] in any case.
pub(super) fn apply(context: &Context<'_>, findings: Vec<Diagnostic>, complete: bool) -> Silenced {
    let mut files = texts::with(context, MARKER);
    // Each file is searched once, however much is found in it.
    let mut searched: HashSet<&str> = HashSet::new();
    for file in findings.iter().map(|finding| &finding.place.file) {
        let new = searched.insert(file.path());
        if new && texts::takes_comments(file.path()) && file.text().contains(MARKER) {
            files.entry(file.path().to_owned()).or_insert_with(|| Arc::clone(file));
        }
    }
    let files: BTreeMap<String, OfFile> =
        files.into_par_iter().map(|(path, file)| (path, OfFile::read(&file))).collect();
    let mut used: HashSet<(&str, usize)> = HashSet::new();
    let mut silenced = Silenced { findings: Vec::new(), suppressed: Vec::new(), about: Vec::new() };
    for finding in findings {
        let place = &finding.place;
        let covered = files.get_key_value(place.file.path()).and_then(|(path, of)| {
            Some((path, of, of.cover.find(finding.lint.code, &place.file, place.span.start)?))
        });
        let Some((path, of, number)) = covered else {
            silenced.findings.push(finding);
            continue;
        };
        used.insert((path, number));
        let reason = of.directives[of.numbers[number].0].reason.clone();
        silenced.suppressed.push(Suppressed { finding, by: SuppressedBy::Comment, reason });
    }
    for (path, of) in &files {
        silenced.about.extend(of.about.iter().cloned());
        if context.workspace.is_some() && !of.broken {
            let needed = |number: usize| {
                let code = of.codes[number];
                used.contains(&(path.as_str(), number))
                    || !context.only.asks(code)
                    || !complete && !BY_THEMSELVES.iter().any(|area| code.starts_with(area))
            };
            silenced.about.extend(of.unused(needed));
        }
    }
    silenced
}

impl OfFile {
    fn read(file: &Arc<SourceFile>) -> Self {
        let stream = yaml::parse(file);
        let below = yaml::below_comments(&stream, file.text());
        let first = stream.documents.iter().map(|d| d.root().span()).find(|span| span.start < span.end);
        let mut of = Self {
            file: Arc::clone(file),
            directives: Vec::new(),
            cover: Cover::default(),
            numbers: Vec::new(),
            codes: Vec::new(),
            broken: stream.diagnostics.iter().any(|finding| finding.lint == yaml::SYNTAX),
            about: Vec::new(),
        };
        let mut covers = Vec::new();
        for (comment, below) in stream.comments.iter().zip(below) {
            let text = file.slice(comment.span);
            let directive = match suppress::read(text, comment.span.start as usize) {
                None => continue,
                Some(Err(wrong)) => {
                    of.unreadable(wrong);
                    continue;
                }
                Some(Ok(directive)) => directive,
            };
            let reach = if directive.whole_file {
                if first.is_some_and(|first| first.start < comment.span.start) {
                    of.unreadable(Unreadable {
                        message: "`ignore-file` stands in the first comments of a file only".to_owned(),
                        help: "move it to the top, or write `ignore` for what stands below it".to_owned(),
                        span: directive.span,
                    });
                    continue;
                }
                Some(Reach::File)
            } else if comment.trailing {
                Some(Reach::Line(file.line(comment.span.start)))
            } else {
                below.map(Reach::Bytes)
            };
            let index = of.directives.len();
            for (which, silenced) in directive.silenced.iter().enumerate() {
                let Some((lint, _)) = super::find(&silenced.name) else {
                    of.unknown(&silenced.name, silenced.span);
                    continue;
                };
                if let Some(reach) = reach {
                    covers.push((lint.code, reach, of.numbers.len()));
                }
                of.numbers.push((index, which));
                of.codes.push(lint.code);
            }
            if directive.reason.is_empty() {
                of.about.push(
                    Diagnostic::new(
                        WITHOUT_REASON,
                        Place::new(file, directive.span),
                        "the suppression does not say why",
                    )
                    .help("say behind the bracket why the finding does not count here"),
                );
            }
            of.directives.push(directive);
        }
        of.cover = Cover::new(covers);
        of
    }

    fn unreadable(&mut self, wrong: Unreadable) {
        let place = Place::new(&self.file, wrong.span);
        self.about.push(Diagnostic::new(UNREADABLE, place, wrong.message).help(wrong.help));
    }

    fn unknown(&mut self, name: &str, span: Span) {
        let found =
            Diagnostic::new(UNREADABLE, Place::new(&self.file, span), format!("there is no rule `{name}`"));
        self.about.push(match closest(name, super::names()) {
            Some(near) => found.help(format!("did you mean `{near}`?")).fix(Fix {
                message: format!("name `{near}`"),
                safe: false,
                edits: vec![Edit { span, replacement: near.to_owned() }],
            }),
            None => found.help("`edgewright explain` lists the rules"),
        });
    }

    /// One finding for each code that silences nothing. The first of a comment carries the fix for all of them.
    fn unused(&self, is_used: impl Fn(usize) -> bool) -> Vec<Diagnostic> {
        let mut idle: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (number, (directive, which)) in self.numbers.iter().enumerate() {
            if !is_used(number) {
                idle.entry(*directive).or_default().push(*which);
            }
        }
        let mut found = Vec::new();
        for (index, idle) in idle {
            let directive = &self.directives[index];
            let mut fix = Some(self.without(directive, &idle));
            for which in idle {
                let silenced = &directive.silenced[which];
                let message = format!("`{}` silences nothing here", silenced.name);
                let finding = Diagnostic::new(UNUSED, Place::new(&self.file, silenced.span), message)
                    .help("what it was written for is gone: take it out");
                found.push(Diagnostic { fix: fix.take(), ..finding });
            }
        }
        found
    }

    /// Takes some codes out of a comment, or the comment where none is left.
    fn without(&self, directive: &Directive, idle: &[usize]) -> Fix {
        let kept: Vec<&str> = directive
            .silenced
            .iter()
            .enumerate()
            .filter(|(which, _)| idle.binary_search(which).is_err())
            .map(|(_, silenced)| silenced.name.as_str())
            .collect();
        let (message, edit) = match (kept.is_empty(), directive.silenced.first(), directive.silenced.last()) {
            (false, Some(first), Some(last)) => (
                "take out the codes that silence nothing",
                Edit {
                    span: Span { start: first.span.start, end: last.span.end },
                    replacement: kept.join(", "),
                },
            ),
            _ => {
                ("remove the comment", Edit { span: self.whole(directive.span), replacement: String::new() })
            }
        };
        Fix { message: message.to_owned(), safe: true, edits: vec![edit] }
    }

    /// A comment with the white space before it, and with its line where it has that for itself.
    fn whole(&self, comment: Span) -> Span {
        let text = self.file.text();
        let before = &text[..comment.start as usize];
        let kept = before.trim_end_matches([' ', '\t']).len();
        let behind = comment.end as usize;
        if kept > 0 && !before[..kept].ends_with('\n') {
            // What follows is white space alone: a comment ends with its line.
            let line = text[behind..].find('\n').map_or(text.len(), |length| behind + length);
            let line = if text[..line].ends_with('\r') { line - 1 } else { line };
            return Span::new(kept, line.max(behind));
        }
        Span::new(kept, text[behind..].find('\n').map_or(text.len(), |length| behind + length + 1))
    }
}
