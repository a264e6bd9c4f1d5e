//! Rules: a list by family, and a page for each with its documentation and what it found here.

use serde::Serialize;

use super::index::Index;
use super::markdown::{self, Targets};
use super::profile::{FindingView, finding};
use super::templates::Engine;
use super::text::count;
use super::{CatalogError, Job, Page};
use crate::diagnostics::{Lint, Severity};
use crate::rules;

/// Findings that a rule's page shows.
const MOST: usize = 50;

/// Page of a rule, by its code.
pub(super) fn page(code: &str) -> String {
    format!("rules/{code}/index.html")
}

/// Jobs of the list and of all pages.
pub(super) fn jobs<'a>() -> Vec<Job<'a>> {
    let mut jobs: Vec<Job<'a>> = vec![Box::new(list)];
    for (lint, docs) in rules::all() {
        jobs.push(Box::new(move |index, engine| one(index, engine, &lint, docs)));
    }
    jobs
}

/// First paragraph of what a rule finds.
pub(super) fn what(docs: &str) -> String {
    let lines = docs.lines().skip_while(|line| *line != "## What").skip(1).skip_while(|line| line.is_empty());
    lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

#[derive(Serialize)]
struct List {
    title: &'static str,
    description: &'static str,
    summary: String,
    families: Vec<Family>,
}

#[derive(Serialize)]
struct Family {
    letters: &'static str,
    title: &'static str,
    all: String,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    code: &'static str,
    name: &'static str,
    href: String,
    severity: SeverityView,
    /// HTML of one sentence.
    what: String,
    found: String,
}

#[derive(Serialize)]
struct SeverityView {
    class: &'static str,
    icon: &'static str,
    word: &'static str,
}

impl From<Severity> for SeverityView {
    fn from(severity: Severity) -> Self {
        let (class, icon) = match severity {
            Severity::Error => ("bad", "bad"),
            Severity::Warning => ("warn", "warn"),
            Severity::Info => ("", "info"),
        };
        Self { class, icon, word: severity.word() }
    }
}

fn list(index: &Index, engine: &Engine) -> Result<Vec<Page>, CatalogError> {
    let mut all: Vec<(Lint, &str)> = rules::all().collect();
    all.sort_by_key(|(lint, _)| lint.code);
    let found = index.input.findings.unwrap_or_default();
    let row = |(lint, docs): &(Lint, &str)| {
        let n = found.iter().filter(|f| f.lint.code == lint.code).count();
        Row {
            code: lint.code,
            name: lint.name,
            href: page(lint.code),
            severity: lint.severity.into(),
            what: markdown::inline(&what(docs), &Nowhere),
            found: if n == 0 { String::new() } else { n.to_string() },
        }
    };
    let families = rules::FAMILIES.iter().filter_map(|(letters, title)| {
        let rows: Vec<Row> = all.iter().filter(|(lint, _)| lint.code.starts_with(letters)).map(row).collect();
        (!rows.is_empty()).then(|| Family { letters, title, all: count(rows.len(), "rule"), rows })
    });
    let model = List {
        title: "Rules",
        description: "What is checked before a profile is released, and why.",
        summary: format!("{}, checked before anything is released", count(all.len(), "rule")),
        families: families.collect(),
    };
    Ok(vec![engine.page("rules.html", "rules/index.html", &model)?])
}

#[derive(Serialize)]
struct One<'m> {
    title: String,
    description: String,
    code: &'static str,
    name: &'static str,
    severity: SeverityView,
    family: &'static str,
    docs: String,
    checked: bool,
    findings: Vec<FindingView<'m>>,
    findings_all: String,
    more: bool,
    canonical: String,
}

fn one(index: &Index, engine: &Engine, lint: &Lint, docs: &str) -> Result<Vec<Page>, CatalogError> {
    let found: Vec<_> =
        index.input.findings.unwrap_or_default().iter().filter(|f| f.lint.code == lint.code).collect();
    let family = rules::FAMILIES.iter().find(|(letters, _)| lint.code.starts_with(letters));
    let model = One {
        title: format!("{} {}", lint.code, lint.name),
        description: what(docs),
        code: lint.code,
        name: lint.name,
        severity: lint.severity.into(),
        family: family.map_or("Rules", |(_, title)| title),
        docs: markdown::to_html(docs, &Nowhere),
        checked: index.input.findings.is_some(),
        findings: found.iter().take(MOST).map(|f| finding(f)).collect(),
        findings_all: count(found.len(), "finding"),
        more: found.len() > MOST,
        canonical: page(lint.code),
    };
    Ok(vec![engine.page("rule.html", &page(lint.code), &model)?])
}

/// Documentation of rules links to nothing in the repository.
struct Nowhere;

impl Targets for Nowhere {
    fn link(&self, _: &str) -> Option<String> {
        None
    }

    fn image(&self, _: &str) -> Option<String> {
        None
    }
}
