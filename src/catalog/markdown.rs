//! READMEs as HTML: a small writer over pulldown-cmark's events that emits known tags only.
//!
//! Raw HTML becomes text, links keep harmless schemes, images are those of the repository, headings are shifted below
//! the page's own and get ids with a prefix, and no tag has a style.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use pulldown_cmark::{Alignment, BlockQuoteKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::text::escape;

/// Longest README that is rendered, in bytes.
const LIMIT: usize = 512 * 1024;

/// Where the links and images of a README lead.
pub(super) trait Targets {
    /// `href` of a relative link (without its fragment), or `None` where the catalog has nothing there.
    fn link(&self, target: &str) -> Option<String>;
    /// `src` of an image of the repository, or `None` where there is none.
    fn image(&self, target: &str) -> Option<String>;
}

/// What Markdown means here: GitHub's dialect, without metadata blocks, math and smart punctuation.
fn parser(text: &str) -> Parser<'_> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM
        | Options::ENABLE_DEFINITION_LIST;
    Parser::new_ext(text, options)
}

/// Targets of the images in a README, in order.
pub(super) fn image_targets(text: &str) -> Vec<String> {
    if text.len() > LIMIT || !text.contains("![") {
        return Vec::new();
    }
    let target = |event| match event {
        Event::Start(Tag::Image { dest_url, .. }) => Some(dest_url.into_string()),
        _ => None,
    };
    parser(text).filter_map(target).collect()
}

/// HTML of a README that stands below an `h2`.
pub(super) fn to_html(text: &str, targets: &dyn Targets) -> String {
    if text.len() > LIMIT {
        return format!("<p class=\"soft\">This README has {} bytes, too many for a page.</p>", text.len());
    }
    let events: Vec<Event> = without_title(parser(text).collect());
    let top = events
        .iter()
        .filter_map(
            |e| if let Event::Start(Tag::Heading { level, .. }) = e { Some(*level as u8) } else { None },
        )
        .min()
        .unwrap_or(1);
    let mut writer = Writer { out: String::with_capacity(text.len() * 3 / 2), top, ..Writer::new(targets) };
    let mut i = 0;
    while i < events.len() {
        i = writer.event(&events, i);
    }
    writer.out
}

/// HTML of one sentence, as it stands in a cell.
pub(super) fn inline(text: &str, targets: &dyn Targets) -> String {
    let paragraph = to_html(text, targets);
    paragraph.trim().trim_start_matches("<p>").trim_end_matches("</p>").to_owned()
}

/// Leaves out a first heading that is the document's title: the page has its own.
fn without_title(events: Vec<Event>) -> Vec<Event> {
    let h1 = |e: &Event| matches!(e, Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }));
    if !events.first().is_some_and(h1) || events.iter().filter(|e| h1(e)).count() != 1 {
        return events;
    }
    let end = events.iter().position(|e| matches!(e, Event::End(TagEnd::Heading(_)))).unwrap_or(0);
    events.into_iter().skip(end + 1).collect()
}

struct Writer<'t> {
    out: String,
    targets: &'t dyn Targets,
    /// Highest heading level of the document, which becomes `h3`.
    top: u8,
    /// Level of the heading before, so that none is skipped.
    last: u8,
    ids: BTreeSet<String>,
    alignments: Vec<Alignment>,
    cell: usize,
    in_head: bool,
    /// What the open links were written as.
    links: Vec<bool>,
}

impl<'t> Writer<'t> {
    fn new(targets: &'t dyn Targets) -> Self {
        Self {
            out: String::new(),
            targets,
            top: 1,
            last: 2,
            ids: BTreeSet::new(),
            alignments: Vec::new(),
            cell: 0,
            in_head: false,
            links: Vec::new(),
        }
    }

    /// Writes the event at `i` and returns the index of the next one to write.
    fn event(&mut self, events: &[Event], i: usize) -> usize {
        match &events[i] {
            Event::Start(Tag::Heading { level, id, .. }) => {
                let end = find_end(events, i);
                self.heading(*level, id.as_deref(), &events[i + 1..end]);
                return end + 1;
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                let end = find_end(events, i);
                self.image(dest_url, &plain_text(&events[i + 1..end]));
                return end + 1;
            }
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(*tag),
            Event::Text(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.text(text),
            Event::Html(html) | Event::InlineHtml(html) => {
                let trimmed = html.trim();
                if !(trimmed.starts_with("<!--") && trimmed.ends_with("-->")) {
                    self.text(html);
                }
            }
            Event::Code(code) => {
                let _ = write!(self.out, "<code>{}</code>", escape(code));
            }
            Event::FootnoteReference(name) => {
                let name = slug(name);
                let _ = write!(self.out, "<sup><a href=\"#r-fn-{name}\">{name}</a></sup>");
            }
            Event::SoftBreak => self.out.push('\n'),
            Event::HardBreak => self.out.push_str("<br>\n"),
            Event::Rule => self.out.push_str("<hr>\n"),
            Event::TaskListMarker(done) => self.out.push_str(if *done {
                "<span aria-hidden=\"true\">\u{2611} </span><span class=\"vh\">done: </span>"
            } else {
                "<span aria-hidden=\"true\">\u{2610} </span><span class=\"vh\">to do: </span>"
            }),
        }
        i + 1
    }

    fn text(&mut self, text: &str) {
        self.out.push_str(&escape(text));
    }

    fn heading(&mut self, level: HeadingLevel, id: Option<&str>, inside: &[Event]) {
        let level = (level as u8 - self.top + 3).min(self.last + 1).min(6);
        self.last = level;
        let base = slug(id.unwrap_or(&plain_text(inside)));
        let mut id = base.clone();
        for n in 1.. {
            if self.ids.insert(id.clone()) {
                break;
            }
            id = format!("{base}-{n}");
        }
        let _ = write!(self.out, "<h{level} id=\"r-{id}\">");
        let mut i = 0;
        while i < inside.len() {
            i = self.event(inside, i);
        }
        let _ = writeln!(self.out, "</h{level}>");
    }

    fn image(&mut self, target: &str, alt: &str) {
        match self.targets.image(target) {
            Some(src) => {
                let _ = write!(
                    self.out,
                    "<img src=\"{}\" alt=\"{}\" loading=\"lazy\">",
                    escape(&src),
                    escape(alt)
                );
            }
            None => self.text(alt),
        }
    }

    fn start(&mut self, tag: &Tag) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.out.push_str("<p>"),
            Tag::BlockQuote(kind) => {
                self.out.push_str("<blockquote>\n");
                if let Some(kind) = kind {
                    let word = match kind {
                        BlockQuoteKind::Note => "Note",
                        BlockQuoteKind::Tip => "Tip",
                        BlockQuoteKind::Important => "Important",
                        BlockQuoteKind::Warning => "Warning",
                        BlockQuoteKind::Caution => "Caution",
                    };
                    let _ = writeln!(self.out, "<p><b>{word}</b></p>");
                }
            }
            Tag::CodeBlock(_) => self.out.push_str("<pre tabindex=\"0\"><code>"),
            Tag::List(Some(1)) => self.out.push_str("<ol>\n"),
            Tag::List(Some(start)) => {
                let _ = writeln!(self.out, "<ol start=\"{start}\">");
            }
            Tag::List(None) => self.out.push_str("<ul>\n"),
            Tag::Item => self.out.push_str("<li>"),
            Tag::FootnoteDefinition(name) => {
                let name = slug(name);
                let _ = write!(self.out, "<div class=\"sm\" id=\"r-fn-{name}\"><sup>{name}</sup> ");
            }
            Tag::DefinitionList => self.out.push_str("<dl>\n"),
            Tag::DefinitionListTitle => self.out.push_str("<dt>"),
            Tag::DefinitionListDefinition => self.out.push_str("<dd>"),
            Tag::Table(alignments) => {
                self.alignments.clone_from(alignments);
                self.out.push_str(
                    "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table\"><table>",
                );
            }
            Tag::TableHead => {
                (self.in_head, self.cell) = (true, 0);
                self.out.push_str("<thead><tr>");
            }
            Tag::TableRow => {
                self.cell = 0;
                self.out.push_str("<tr>");
            }
            Tag::TableCell => {
                let class = match self.alignments.get(self.cell) {
                    Some(Alignment::Right) => " class=\"n\"",
                    Some(Alignment::Center) => " class=\"c\"",
                    _ => "",
                };
                self.cell += 1;
                let tag = if self.in_head { "th scope=\"col\"" } else { "td" };
                let _ = write!(self.out, "<{tag}{class}>");
            }
            Tag::Emphasis => self.out.push_str("<em>"),
            Tag::Strong => self.out.push_str("<strong>"),
            Tag::Strikethrough => self.out.push_str("<s>"),
            Tag::Superscript => self.out.push_str("<sup>"),
            Tag::Subscript => self.out.push_str("<sub>"),
            Tag::Link { dest_url, .. } => {
                let href = self.href(dest_url);
                self.links.push(href.is_some());
                if let Some(href) = href {
                    let outside = if href.contains(':') { " rel=\"nofollow noopener\"" } else { "" };
                    let _ = write!(self.out, "<a href=\"{}\"{outside}>", escape(&href));
                }
            }
            Tag::Heading { .. } | Tag::Image { .. } | Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        self.out.push_str(match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => "</p>\n",
            TagEnd::BlockQuote(_) => "</blockquote>\n",
            TagEnd::CodeBlock => "</code></pre>\n",
            TagEnd::List(true) => "</ol>\n",
            TagEnd::List(false) => "</ul>\n",
            TagEnd::Item => "</li>\n",
            TagEnd::FootnoteDefinition => "</div>\n",
            TagEnd::DefinitionList => "</dl>\n",
            TagEnd::DefinitionListTitle => "</dt>\n",
            TagEnd::DefinitionListDefinition => "</dd>\n",
            TagEnd::Table => "</tbody></table></div>\n",
            TagEnd::TableHead => {
                self.in_head = false;
                "</tr></thead><tbody>\n"
            }
            TagEnd::TableRow => "</tr>\n",
            TagEnd::TableCell => {
                if self.in_head {
                    "</th>"
                } else {
                    "</td>"
                }
            }
            TagEnd::Emphasis => "</em>",
            TagEnd::Strong => "</strong>",
            TagEnd::Strikethrough => "</s>",
            TagEnd::Superscript => "</sup>",
            TagEnd::Subscript => "</sub>",
            TagEnd::Link => {
                if self.links.pop() == Some(true) {
                    "</a>"
                } else {
                    ""
                }
            }
            TagEnd::Heading(_) | TagEnd::Image | TagEnd::MetadataBlock(_) => "",
        });
    }

    /// Where a link leads, or `None` where it must not or cannot lead anywhere.
    fn href(&self, target: &str) -> Option<String> {
        if let Some(anchor) = target.strip_prefix('#') {
            return Some(format!("#r-{}", slug(anchor)));
        }
        if is_outside(target) {
            return Some(target.to_owned());
        }
        let (path, anchor) = target.split_once('#').map_or((target, None), |(p, a)| (p, Some(a)));
        if path.starts_with('/') || path.contains(':') {
            return None;
        }
        let href = self.targets.link(path)?;
        Some(match anchor {
            Some(anchor) if !href.contains('#') => format!("{href}#r-{}", slug(anchor)),
            _ => href,
        })
    }
}

/// Whether an address leads outside and may be a link: `https`, `http` or `mailto`, without anything that browsers
/// drop from an address before they look at its scheme.
pub(super) fn is_outside(target: &str) -> bool {
    let lower = target.to_ascii_lowercase();
    !target.chars().any(char::is_control)
        && ["https://", "http://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme))
}

/// Index of the event that ends the tag that starts at `i`.
fn find_end(events: &[Event], i: usize) -> usize {
    let mut depth = 0;
    for (j, event) in events.iter().enumerate().skip(i) {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return j;
        }
    }
    events.len() - 1
}

/// The words of inline content.
fn plain_text(events: &[Event]) -> String {
    let words = events.iter().filter_map(|event| match event {
        Event::Text(text) | Event::Code(text) => Some(text.clone()),
        Event::SoftBreak | Event::HardBreak => Some(CowStr::Borrowed(" ")),
        _ => None,
    });
    words.fold(String::new(), |all, word| all + &word)
}

/// A heading as an anchor, as forges make them: lower case, words joined by `-`.
fn slug(text: &str) -> String {
    let kept = text.trim().chars().filter_map(|c| match c {
        c if c.is_alphanumeric() => Some(c.to_lowercase().next().unwrap_or(c)),
        ' ' | '-' => Some('-'),
        '_' => Some('_'),
        _ => None,
    });
    let slug: String = kept.collect();
    if slug.is_empty() { "section".to_owned() } else { slug }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Repo;

    impl Targets for Repo {
        fn link(&self, target: &str) -> Option<String> {
            (target == "../other/README.md").then(|| "../../other/index.html".to_owned())
        }

        fn image(&self, target: &str) -> Option<String> {
            (target == "a.png").then(|| "../assets/x.png".to_owned())
        }
    }

    fn html(text: &str) -> String {
        to_html(text, &Repo)
    }

    #[test]
    fn raw_html_becomes_text_and_comments_vanish() {
        assert_eq!(html("a <b onclick=x>b</b>"), "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n");
        let out = html("<script>alert(1)</script>\n\n<!-- note -->\n");
        assert!(out.contains("&lt;script&gt;") && !out.contains("<script") && !out.contains("note"), "{out}");
    }

    #[test]
    fn only_harmless_links_stay() {
        for bad in [
            "javascript:alert(1)",
            "JaVaScRiPt:x",
            "data:text/html,x",
            "//host/x",
            "/abs",
            "vbscript:x",
            "gone.md",
        ] {
            let out = html(&format!("[a]({bad})"));
            assert_eq!(out, "<p>a</p>\n", "{bad}");
        }
        assert_eq!(html("[a](java&#9;script:x)"), "<p>a</p>\n");
        assert_eq!(
            html("[a](../other/README.md#b)"),
            "<p><a href=\"../../other/index.html#r-b\">a</a></p>\n"
        );
        assert_eq!(
            html("<https://example.org/?a=1&b=\"2\">"),
            "<p><a href=\"https://example.org/?a=1&amp;b=&quot;2&quot;\" rel=\"nofollow noopener\">\
             https://example.org/?a=1&amp;b=&quot;2&quot;</a></p>\n"
        );
        assert!(html("[a](https://example.org)").contains("rel=\"nofollow noopener\""));
    }

    #[test]
    fn headings_fit_below_the_page_and_never_skip() {
        let out = html("# Title\n\n## A\n\n#### Deep\n\n## A\n");
        assert_eq!(out, "<h3 id=\"r-a\">A</h3>\n<h4 id=\"r-deep\">Deep</h4>\n<h3 id=\"r-a-1\">A</h3>\n");
    }

    #[test]
    fn images_come_from_the_repository_and_tables_have_no_style() {
        assert_eq!(
            html("![x\"y](a.png) ![z](https://e.org/z.png)"),
            "<p><img src=\"../assets/x.png\" alt=\"x&quot;y\" loading=\"lazy\"> z</p>\n"
        );
        let out = html("| a | b |\n|--:|:-:|\n| 1 | 2 |\n");
        assert!(out.contains("<td class=\"n\">1</td>") && !out.contains("style"), "{out}");
    }
}
