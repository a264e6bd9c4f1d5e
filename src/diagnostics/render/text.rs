//! Findings for people on a terminal: the message, the lines meant with marks below them, what to do.

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::renderer::DEFAULT_TERM_WIDTH;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};

use super::{Report, visible};
use crate::diagnostics::{Diagnostic, Fix, Severity};
use crate::source::{Place, SourceFile};

/// Places of one file that lie no further apart (in lines) share a snippet.
const NEAR: u32 = 12;
/// Bytes of a line that are kept behind what is meant; the renderer cuts further, to the terminal's width.
const BEHIND: usize = 400;
/// Lines longer than this (minified JSON) are not shown.
const LONGEST_LINE: u32 = 64 * 1024;
/// A line up to this length costs little to draw.
const SHORT_LINE: u32 = 1024;
/// Bytes of longer lines that are drawn in one report: thousands of findings in one line must not cost its square.
const LONG_LINES: u32 = 4 << 20;

/// Columns that `   = help: ` takes, with four digits of a line's number.
const BESIDE: usize = 14;
/// Text is never broken narrower than this.
const NARROWEST: usize = 30;
/// Lines that the picture of a fix has at most, and the bytes of each.
const MOST_PATCHED: u32 = 6;
const LONGEST_PATCHED: usize = 160;

/// How the text is to look.
#[derive(Clone, Copy, Debug)]
pub struct TextStyle {
    /// With ANSI colours.
    pub color: bool,
    /// Columns of the terminal; `None` where there is none.
    pub width: Option<usize>,
}

/// Findings as `severity[CODE]: message`, place, snippet, related places, help and fix; a blank line between them.
///
/// Text that comes from files is made [`visible`].
pub fn text(report: &Report<'_>, style: TextStyle) -> String {
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    let width = style.width.unwrap_or(DEFAULT_TERM_WIDTH);
    let renderer = renderer.term_width(width);
    let mut long_lines = LONG_LINES;
    let reports: Vec<String> =
        report.findings.iter().map(|finding| shown(finding, &renderer, width, &mut long_lines)).collect();
    reports.join("\n")
}

/// One finding; `long_lines` is what may still be drawn of long lines.
fn shown(diagnostic: &Diagnostic, renderer: &Renderer, width: usize, long_lines: &mut u32) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let title = level.primary_title(visible(&diagnostic.message)).id(diagnostic.lint.code);
    let mut group = Group::with_title(title);

    let mut marks = vec![Mark { place: &diagnostic.place, label: None }];
    marks.extend(diagnostic.related.iter().map(|r| Mark { place: &r.place, label: Some(&r.message) }));
    // The finding's own snippet comes first, with those related places that lie near by.
    while !marks.is_empty() {
        let first = Mark { ..marks[0] };
        let (near, far): (Vec<_>, Vec<_>) = marks.into_iter().partition(|mark| mark.is_near(&first));
        group = snippet(group, &near, diagnostic.is_secret(), long_lines);
        marks = far;
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(wrapped(&visible(help), width)));
    }
    let Some(fix) = &diagnostic.fix else { return rendered(renderer, &[group]) };
    let kind = if fix.safe { "a safe fix is at hand" } else { "a fix is at hand, to be looked at" };
    let what = wrapped(&format!("{kind}: {}", visible(&fix.message)), width);
    match patched(&diagnostic.place.file, fix) {
        Some(patched) => {
            let change = Group::with_title(Level::NOTE.secondary_title(what)).element(patched);
            rendered(renderer, &[group, change])
        }
        None => rendered(renderer, &[group.element(Level::NOTE.message(what))]),
    }
}

fn rendered(renderer: &Renderer, groups: &[Group<'_>]) -> String {
    format!("{}\n", renderer.render(groups).trim_end_matches('\n'))
}

/// Text on lines that fit beside `= help:`; the renderer aligns them.
fn wrapped(text: &str, width: usize) -> String {
    let room = width.saturating_sub(BESIDE).max(NARROWEST);
    let mut out = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > room {
            out.push('\n');
            used = 0;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += length;
    }
    out
}

/// The lines that a fix changes, before and after; `None` where they are too many or too long to be read at a glance.
fn patched<'a>(file: &SourceFile, fix: &Fix) -> Option<Snippet<'a, Patch<'a>>> {
    let (first, last) = (fix.edits.first()?, fix.edits.last()?);
    let (from, to) = (file.position(first.span.start).line, file.position(last.span.end).line);
    // A fix that does not fit its file is nothing to show.
    let fits = fix.edits.iter().all(|edit| file.text().get(edit.span.range()).is_some());
    if !fits || to.checked_sub(from)? >= MOST_PATCHED {
        return None;
    }
    let start = file.line_start(from) as usize;
    let text = &file.text()[start..file.line_start(to + 1) as usize];
    let plain = |text: &str| text.lines().all(|line| line.len() <= LONGEST_PATCHED && visible(line) == line);
    if !plain(text) || !fix.edits.iter().all(|edit| plain(&edit.replacement)) {
        return None;
    }
    let patch =
        |span: Range<usize>, text: &str| Patch::new(span.start - start..span.end - start, text.to_owned());
    let patches = fix.edits.iter().map(|edit| patch(edit.span.range(), &edit.replacement));
    Some(Snippet::source(text.to_owned()).line_start(from as usize).patches(patches))
}

/// A place to mark in a snippet; the finding's own has no label.
struct Mark<'a> {
    place: &'a Place,
    label: Option<&'a String>,
}

impl Mark<'_> {
    fn is_near(&self, other: &Self) -> bool {
        let same = self.place.file.path() == other.place.file.path();
        same && self.place.start().line.abs_diff(other.place.start().line) <= NEAR
    }
}

/// Adds places of one file, all near to the first one; with `hidden`, what they mean is not shown.
fn snippet<'a>(group: Group<'a>, marks: &[Mark<'_>], hidden: bool, long_lines: &mut u32) -> Group<'a> {
    let place = marks[0].place;
    let path = visible(place.file.path()).into_owned();
    let start = place.start();
    let label = || marks[0].label.map(|label| Level::NOTE.message(visible(label).into_owned()));
    if place.file.text().is_empty() {
        return group.element(Origin::path(path)).elements(label());
    }
    let longest = marks.iter().map(|mark| line_length(mark.place)).max().unwrap_or(0);
    let left = if longest > SHORT_LINE { long_lines.checked_sub(longest) } else { Some(*long_lines) };
    *long_lines = left.unwrap_or(0);
    if longest > LONGEST_LINE || left.is_none() {
        let origin = Origin::path(path).line(start.line as usize).char_column(start.column as usize);
        return group.element(origin).elements(label());
    }
    let lines = marks.iter().map(|mark| mark.place.start().line);
    let (from, to) = (lines.clone().min().unwrap_or(1), lines.max().unwrap_or(1));
    let mut window = String::new();
    let mut annotations = Vec::new();
    for line in from..=to {
        let here: Vec<&Mark<'_>> = marks.iter().filter(|mark| mark.place.start().line == line).collect();
        let spans: Vec<Range<usize>> = here.iter().map(|mark| mark.place.span.range()).collect();
        let shown = push_line(&mut window, &place.file, line, &spans, hidden);
        for (mark, span) in here.iter().zip(shown) {
            let kind = if mark.label.is_none() { AnnotationKind::Primary } else { AnnotationKind::Context };
            let label = mark.label.map(|label| visible(label).into_owned());
            annotations.push(Annotation::label(kind.span(span), label));
        }
    }
    group.element(Snippet::source(window).path(path).line_start(from as usize).annotations(annotations))
}

fn line_length(place: &Place) -> u32 {
    let line = place.start().line;
    place.file.line_start(line + 1) - place.file.line_start(line)
}

/// The start of the character that an offset stands in.
fn floor(text: &str, mut offset: usize) -> usize {
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// Adds a line to a window, cut behind the spans in it; gives where those stand now. What goes on behind the line is not
/// marked. With `hidden`, the spans are shown as stars.
fn push_line(
    window: &mut String,
    file: &SourceFile,
    line: u32,
    spans: &[Range<usize>],
    hidden: bool,
) -> Vec<Range<usize>> {
    let text = file.text();
    let from = file.line_start(line) as usize;
    let next = file.line_start(line + 1) as usize;
    let whole = text[from..next].trim_end_matches(['\r', '\n']);
    let inside = |offset: usize| offset.clamp(from, from + whole.len()) - from;
    let whole = if hidden {
        let mut stars = whole.to_owned();
        for span in spans {
            let mut span = floor(whole, inside(span.start))..floor(whole, inside(span.end));
            // The mark is on the key: what is not shown stands behind it.
            if whole[span.end..].starts_with(':') {
                span = span.end + 1..whole.len();
            }
            // Byte for byte, so that all places in the line stay true.
            stars.replace_range(span.clone(), &"*".repeat(span.len()));
        }
        Cow::Owned(stars)
    } else {
        Cow::Borrowed(whole)
    };
    // With nothing to mark the line stands between two others: its start will do.
    let last = spans.iter().map(|span| inside(span.end)).max().unwrap_or(0);
    let to = floor(&whole, (last + BEHIND).min(whole.len()));
    let lead = window.len();
    let place = |offset: usize| lead + visible(&whole[..floor(&whole, inside(offset).min(to))]).len();
    let placed = spans.iter().map(|span| place(span.start)..place(span.end.max(span.start))).collect();
    window.push_str(&visible(&whole[..to]));
    window.push_str(if to < whole.len() { "…\n" } else { "\n" });
    placed
}
