//! Where a forge can show a finding: at lines of a file of the checkout.

use std::borrow::Cow;

use super::{Report, visible};
use crate::diagnostics::Diagnostic;
use crate::source::{Place, Position};

/// A place as a forge knows it.
pub(super) struct Shown {
    /// Path from the top of the checkout. A member of an archive is shown at the archive.
    pub(super) path: String,
    /// From the first character to behind the last; `None` for a whole file.
    pub(super) range: Option<(Position, Position)>,
    /// What is meant inside an archive: `web/values.yaml:3:1`.
    pub(super) inside: Option<String>,
}

impl Report<'_> {
    /// Where a forge shows a place.
    pub(super) fn shown(&self, place: &Place) -> Shown {
        let (start, end) = (place.start(), place.end());
        match archive(place.file.path()) {
            Some((archive, member)) => {
                let member = visible(member);
                let inside = if place.file.text().is_empty() {
                    member.into_owned()
                } else {
                    format!("{member}:{}:{}", start.line, start.column)
                };
                Shown { path: format!("{}{archive}", self.prefix), range: None, inside: Some(inside) }
            }
            None => Shown {
                path: format!("{}{}", self.prefix, place.file.path()),
                range: (!place.file.text().is_empty()).then_some((start, end)),
                inside: None,
            },
        }
    }

    /// A finding's message, made visible, with the member of an archive that it is about.
    pub(super) fn said<'m>(&self, finding: &'m Diagnostic) -> Cow<'m, str> {
        let message = visible(&finding.message);
        match self.shown(&finding.place).inside {
            Some(inside) => Cow::Owned(format!("{message} (in {inside})")),
            None => message,
        }
    }
}

/// An archive and the path in it: `packs/x/charts/y.tgz!/y/values.yaml`.
fn archive(path: &str) -> Option<(&str, &str)> {
    let (archive, member) = path.split_once("!/")?;
    [".tgz", ".tar.gz", ".tar"].iter().any(|end| archive.ends_with(end)).then_some((archive, member))
}
