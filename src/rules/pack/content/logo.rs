//! PK0202: a pack has no logo, or one that is no PNG.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::Place;

/// PK0202 `pack-logo`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0202", name: "pack-logo", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0202.md"),
    check: Check::Pack(check),
};

/// First bytes of image formats (PNG: RFC 2083 §3.1).
const FORMATS: &[(&[u8], &str)] = &[
    (b"\xff\xd8\xff", "a JPEG"),
    (b"GIF8", "a GIF"),
    (b"RIFF", "a WebP"),
    (b"BM", "a BMP"),
    (b"<svg", "an SVG"),
    (b"<?xml", "an SVG or other XML"),
    (b"version https://git-lfs", "a pointer of Git LFS, whose image was not fetched"),
];

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    let (message, help) = match pack.files.get("logo.png") {
        None => {
            let other = pack.files.iter().map(|(path, _)| path).find(|path| path.starts_with("logo."));
            let help = match other {
                Some(other) => format!("save `{other}` as logo.png, in the format PNG"),
                None => "add logo.png, a square PNG of at most 100 KiB".to_owned(),
            };
            ("the pack has no logo.png".to_owned(), help)
        }
        Some(bytes) if bytes.starts_with(b"\x89PNG\r\n\x1a\n") => return,
        Some(bytes) => {
            let found = FORMATS.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, name)| *name);
            let is = match found {
                Some(name) => format!("is {name}, and no PNG"),
                None if bytes.is_empty() => "is empty".to_owned(),
                None => "is no PNG".to_owned(),
            };
            (format!("logo.png {is}"), "convert it to PNG; the name alone does not".to_owned())
        }
    };
    out.push(Diagnostic::new(RULE.lint, Place::whole(format!("{}/logo.png", pack.path)), message).help(help));
}
