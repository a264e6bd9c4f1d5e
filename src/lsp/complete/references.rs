//! References: `{{ .spectro.var.` and `${{ var.`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Item, Sort};
use crate::lsp::focus::Focus;
use crate::lsp::hover::{code, variable_in_words};
use crate::source::Span;
use crate::template::{KnownAt, functions, system_names};

/// What a reference goes on with; `None` where the cursor is in none.
pub(super) fn items(focus: &Focus<'_>) -> Option<Vec<Item>> {
    let (start, line) = focus.line();
    let at = focus.offset - start;
    let open = line[..at].rfind("{{")?;
    let inner = &line[open + 2..at];
    if inner.contains("}}") {
        return None;
    }
    let short = line[..open].ends_with('$');
    let written = inner.trim_start_matches('-').trim_start();
    let closed = line[at..].find("}}").is_some_and(|close| !line[at..at + close].contains("{{"));
    let maker = Maker { start, line, at, closed };
    if let Some((_, call)) = written.rsplit_once('|') {
        // Only what is a reference has these functions: Helm's templates have their own.
        let ours = short || written.starts_with(".spectro.");
        let typed = call.trim_start();
        if !ours || typed.contains(' ') {
            return Some(Vec::new());
        }
        let item = |(name, arguments): (&str, usize)| {
            let detail = match arguments {
                0 => None,
                1 => Some("1 argument before the value".to_owned()),
                n => Some(format!("{n} arguments before the value")),
            };
            maker.item(name, name, Sort::Function, typed.len(), false).detail(detail)
        };
        return Some(functions().map(item).collect());
    }
    let Some(path) = (if short { Some(written) } else { written.strip_prefix(".spectro.") }) else {
        let open = ".spectro.".starts_with(written) && !short;
        return open.then(|| kinds(&maker, ".spectro.", written.len()));
    };
    let Some((kind, name)) = path.split_once('.') else {
        return Some(kinds(&maker, "", path.len()));
    };
    let found: Vec<(String, Option<String>, Option<String>)> = match kind {
        "var" => variables(focus),
        "macro" => macros(focus),
        "system" => system_names()
            .map(|(name, at)| {
                let known = if at == KnownAt::Release { "at release" } else { "on the appliance" };
                (name.to_owned(), Some(known.to_owned()), None)
            })
            .collect(),
        _ => Vec::new(),
    };
    let item = |(label, detail, docs): (String, Option<String>, Option<String>)| {
        maker.item(&label, &label, Sort::Variable, name.len(), true).detail(detail).docs(docs)
    };
    Some(found.into_iter().map(item).collect())
}

fn kinds(maker: &Maker<'_>, prefix: &str, typed: usize) -> Vec<Item> {
    let kinds = [
        ("var", "a variable of the profile"),
        ("macro", "a macro of edgewright.yaml"),
        ("system", "what the release or the appliance knows"),
    ];
    kinds
        .map(|(kind, what)| {
            let text = format!("{prefix}{kind}.");
            maker.item(&text, &text, Sort::Module, typed, false).detail(Some(what))
        })
        .into()
}

fn variables(focus: &Focus<'_>) -> Vec<(String, Option<String>, Option<String>)> {
    let Some(home) = &focus.home else { return Vec::new() };
    home.items("variables")
        .filter_map(|variable| {
            let name = variable["name"].as_str()?.to_owned();
            let format = variable["format"].as_str().unwrap_or("string");
            let detail = match &variable["default"] {
                Value::Null => format.to_owned(),
                default => format!("{format}, default {}", code(default)),
            };
            Some((name, Some(detail), Some(variable_in_words(variable))))
        })
        .collect()
}

fn macros(focus: &Focus<'_>) -> Vec<(String, Option<String>, Option<String>)> {
    let Some((repository, _)) = &focus.repository else { return Vec::new() };
    let all = &repository.workspace.config.spec.macros;
    let project = focus.home.as_ref().and_then(|home| home.json["metadata"]["project"].as_str());
    let mut known: BTreeMap<&String, &Value> = all.tenant.iter().collect();
    known.extend(project.and_then(|project| all.projects.get(project)).into_iter().flatten());
    known.into_iter().map(|(name, value)| (name.clone(), Some(code(value)), None)).collect()
}

/// Makes items that replace the word around the cursor.
struct Maker<'l> {
    start: usize,
    line: &'l str,
    at: usize,
    /// Whether the reference has its end already.
    closed: bool,
}

impl Maker<'_> {
    /// `typed`: how many bytes before the cursor belong to the word; `last`: whether the reference may end behind it.
    fn item(&self, label: &str, text: &str, sort: Sort, typed: usize, last: bool) -> Item {
        let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        let behind = self.line[self.at..].find(|c| !word(c)).unwrap_or(self.line.len() - self.at);
        let end = if last { self.at + behind } else { self.at };
        let span = Span::new(self.start + self.at - typed, self.start + end);
        let mut item = Item::new(label, sort, span);
        item.insert = if last && !self.closed { format!("{text} }}}}") } else { text.to_owned() };
        item
    }
}
