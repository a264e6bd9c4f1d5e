//! Where the values of a chart stand: in the layer, a preset, the pack, or the chart itself.

use crate::chart::ChartAt;
use crate::schema::Places;
use crate::source::Place;
use crate::yaml::{Document, Node};

/// The documents that give a chart its values, the strongest first, each with the pointer at which that chart's begin.
#[derive(Clone)]
pub(super) struct WrittenIn<'a> {
    documents: Vec<(&'a Document, String)>,
    prefix: String,
}

impl<'a> WrittenIn<'a> {
    /// `given` have the values of the outermost chart at `prefix`; `charts` are that chart and those in it, `at` the one
    /// that is judged.
    pub(super) fn new(
        given: &[&'a Document],
        prefix: &str,
        charts: &[ChartAt<'a>],
        at: &ChartAt<'a>,
    ) -> Self {
        let mut documents: Vec<_> =
            given.iter().map(|document| (*document, format!("{prefix}{}", at.pointer))).collect();
        for chart in charts {
            let Some(rest) = at.pointer.strip_prefix(&chart.pointer) else { continue };
            if rest.is_empty() || rest.starts_with('/') {
                let own = chart.chart.more_values.iter().rev().chain(&chart.chart.values);
                documents.extend(own.map(|document| (document, rest.to_owned())));
            }
        }
        Self { documents, prefix: prefix.to_owned() }
    }

    /// Pointer of the outermost chart's values.
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Index of the document that a value comes from; a later one than the given ones is a chart's own.
    pub(super) fn giver(&self, pointer: &str) -> Option<usize> {
        self.documents
            .iter()
            .position(|(document, prefix)| document.at(&format!("{prefix}{pointer}")).is_some())
    }

    fn nearest(&self, pointer: &str) -> Option<(&'a Document, String)> {
        let mut pointer = pointer;
        loop {
            if let Some(index) = self.giver(pointer) {
                let (document, prefix) = &self.documents[index];
                return Some((document, format!("{prefix}{pointer}")));
            }
            pointer = pointer.rsplit_once('/')?.0;
        }
    }
}

impl Places for WrittenIn<'_> {
    fn at(&self, pointer: &str) -> Option<Node<'_>> {
        let (document, prefix) = &self.documents[self.giver(pointer)?];
        document.at(&format!("{prefix}{pointer}"))
    }

    fn place(&self, pointer: &str) -> Place {
        match self.nearest(pointer) {
            Some((document, pointer)) => document.place(&pointer),
            None => Place::whole("values.yaml"),
        }
    }

    fn key_place(&self, pointer: &str) -> Place {
        match self.nearest(pointer) {
            Some((document, pointer)) => document.key_place(&pointer),
            None => Place::whole("values.yaml"),
        }
    }
}
