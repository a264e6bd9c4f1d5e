//! Where in a document a place is.

use super::{Data, Form, Sketch, SketchedEntry};
use crate::source::Span;
use crate::yaml::scan::{line_end, line_start};

/// A step from a collection to what is in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The value of a key.
    Key(String),
    /// An item, from 0.
    Index(usize),
}

/// What stands, or would stand, at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A key of the mapping at the path.
    Key {
        /// Whether there is a colon behind it already.
        colon: bool,
    },
    /// The value at the path.
    Value,
    /// The value at the path, or the first key of a mapping that is the value.
    Either,
}

/// A place in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The way to the mapping that a key belongs to, or to the value.
    pub path: Vec<Step>,
    /// What is there.
    pub role: Role,
    /// What was typed of it; empty where nothing was.
    pub span: Span,
    /// For a key that is there: its name.
    pub key: Option<String>,
    /// The keys of the mapping, but for the one at the place.
    pub siblings: Vec<String>,
    /// Whether it is between brackets.
    pub flow: bool,
}

impl Spot {
    /// The way to the value: of the key where the place is a key.
    pub fn value_path(&self) -> Vec<Step> {
        let mut path = self.path.clone();
        path.extend(self.key.clone().map(Step::Key));
        path
    }
}

impl Sketch<'_> {
    /// What is at a byte of the text; `None` in comments, between things, and where nobody can tell.
    pub fn at(&self, offset: usize) -> Option<Spot> {
        if !self.text.is_char_boundary(offset) || self.nodes.is_empty() {
            return None;
        }
        let start = line_start(self.text, offset);
        let before = &self.text[start..offset];
        if before.trim_start().starts_with('#') {
            return None;
        }
        let walk = Walk {
            sketch: self,
            offset,
            line: start,
            column: before.chars().all(|c| c == ' ').then_some(before.len()),
            alone: self.text[start..line_end(self.text, offset)].trim().is_empty(),
        };
        let mut path = Vec::new();
        let mut node = self.root(offset);
        // Each step goes one level down, of which there are not many.
        loop {
            match walk.step(node, &mut path) {
                Next::Into(child) => node = child,
                Next::Found(spot) => return Some(spot),
                Next::Nothing => return None,
            }
        }
    }
}

enum Next {
    Into(usize),
    Found(Spot),
    Nothing,
}

struct Walk<'s, 't> {
    sketch: &'s Sketch<'t>,
    offset: usize,
    /// Where the line of the place starts.
    line: usize,
    /// The column, where only spaces stand before it.
    column: Option<usize>,
    /// Whether the line is blank.
    alone: bool,
}

impl Walk<'_, '_> {
    fn step(&self, node: usize, path: &mut Vec<Step>) -> Next {
        let sketched = &self.sketch.nodes[node];
        match &sketched.data {
            Data::Empty => self.value(path, Role::Either, None),
            Data::Scalar if touches(sketched.span, self.offset) => {
                self.value(path, Role::Either, Some(sketched.span))
            }
            Data::Scalar => Next::Nothing,
            Data::Map(entries, Form::Block(column)) => self.block_map(entries, *column, path),
            Data::Map(entries, Form::Flow) => self.flow_map(entries, path),
            Data::Seq(items, form) => {
                let before = |item: &super::Item| {
                    if *form == Form::Flow { item.mark <= self.offset } else { item.mark < self.offset }
                };
                let Some(index) = items.iter().rposition(before) else {
                    if *form == Form::Flow {
                        path.push(Step::Index(0));
                        return self.value(path, Role::Value, None);
                    }
                    return Next::Nothing;
                };
                let item = &items[index];
                let span = self.sketch.nodes[item.node].span;
                if *form == Form::Flow {
                    let comma = span.end as usize <= self.offset
                        && self.sketch.text[span.end as usize..self.offset].contains(',');
                    path.push(Step::Index(index + usize::from(comma)));
                    if comma {
                        return self.value(path, Role::Value, None);
                    }
                } else {
                    if self.sketch.text.as_bytes().get(self.offset - 1) == Some(&b'-')
                        && self.offset == item.mark + 1
                    {
                        return Next::Nothing;
                    }
                    path.push(Step::Index(index));
                }
                self.child(item.node, *form, path)
            }
        }
    }

    /// From a collection into one of its values that the place may be in.
    fn child(&self, node: usize, form: Form, path: &[Step]) -> Next {
        let child = &self.sketch.nodes[node];
        let inner = match &child.data {
            Data::Empty => return self.value(path, Role::Either, None),
            Data::Scalar => {
                let role = if form == Form::Flow { Role::Value } else { Role::Either };
                if touches(child.span, self.offset) {
                    return self.value(path, role, Some(child.span));
                }
                return Next::Nothing;
            }
            Data::Map(_, inner) | Data::Seq(_, inner) => *inner,
        };
        match inner {
            Form::Flow => {
                let inside =
                    (child.span.start as usize) < self.offset && self.offset < child.span.end as usize;
                let unclosed = self.offset == child.span.end as usize
                    && !self.sketch.text[child.span.range()].ends_with(['}', ']']);
                if inside || unclosed { Next::Into(node) } else { Next::Nothing }
            }
            // Before the collection, or in a blank line of what is around it.
            Form::Block(_) if self.offset < child.span.start as usize && !self.alone => Next::Nothing,
            Form::Block(column) => match self.column {
                // A key that is indented too little is still one of the keys it stands below.
                Some(here) if here < column && self.alone => Next::Nothing,
                _ => Next::Into(node),
            },
        }
    }

    fn block_map(&self, entries: &[SketchedEntry], column: usize, path: &mut Vec<Step>) -> Next {
        let Some(index) = entries.iter().rposition(|e| e.key.start as usize <= self.offset) else {
            return if self.alone && self.column == Some(column) {
                self.key(entries, None, path, false)
            } else {
                Next::Nothing
            };
        };
        let entry = &entries[index];
        if self.offset <= entry.key.end as usize {
            return self.key(entries, Some(index), path, false);
        }
        let value = &self.sketch.nodes[entry.value];
        let same_line = self.line <= entry.key.start as usize;
        if self.alone && !same_line {
            let inside = matches!(value.data, Data::Scalar) && touches(value.span, self.offset);
            match self.column {
                Some(here) if here == column && !inside => return self.key(entries, None, path, false),
                Some(here) if here < column => return Next::Nothing,
                _ => {}
            }
        }
        let Some(colon) = entry.colon.filter(|colon| *colon <= self.offset) else { return Next::Nothing };
        path.push(Step::Key(entry.name.clone()));
        match &value.data {
            // Right behind the colon a space is missing still.
            Data::Empty if same_line => {
                if self.offset == colon {
                    Next::Nothing
                } else {
                    self.value(path, Role::Value, None)
                }
            }
            Data::Scalar if touches(value.span, self.offset) => {
                let role = if value.span.start as usize >= self.line && !same_line {
                    Role::Either
                } else {
                    Role::Value
                };
                self.value(path, role, Some(value.span))
            }
            _ => self.child(entry.value, Form::Block(column), path),
        }
    }

    fn flow_map(&self, entries: &[SketchedEntry], path: &mut Vec<Step>) -> Next {
        let Some(index) = entries.iter().rposition(|e| e.key.start as usize <= self.offset) else {
            return self.key(entries, None, path, true);
        };
        let entry = &entries[index];
        if self.offset <= entry.key.end as usize {
            return self.key(entries, Some(index), path, true);
        }
        let value = &self.sketch.nodes[entry.value];
        let end = if entry.colon.is_some() { value.span.end } else { entry.key.end } as usize;
        if end <= self.offset && self.sketch.text[end..self.offset].contains(',') {
            return self.key(entries, None, path, true);
        }
        if entry.colon.is_none_or(|colon| colon > self.offset) {
            return Next::Nothing;
        }
        path.push(Step::Key(entry.name.clone()));
        match value.data {
            Data::Empty => self.value(path, Role::Value, None),
            _ => self.child(entry.value, Form::Flow, path),
        }
    }

    fn key(&self, entries: &[SketchedEntry], here: Option<usize>, path: &[Step], flow: bool) -> Next {
        let others = entries.iter().enumerate().filter(|(index, _)| Some(*index) != here);
        let entry = here.map(|index| &entries[index]);
        Next::Found(Spot {
            path: path.to_vec(),
            role: Role::Key { colon: entry.is_some_and(|entry| entry.colon.is_some()) },
            span: entry.map_or(Span::new(self.offset, self.offset), |entry| entry.key),
            key: entry.map(|entry| entry.name.clone()),
            siblings: others.map(|(_, entry)| entry.name.clone()).collect(),
            flow,
        })
    }

    fn value(&self, path: &[Step], role: Role, span: Option<Span>) -> Next {
        let span = span.unwrap_or(Span::new(self.offset, self.offset));
        let (path, flow) = (path.to_vec(), role == Role::Value && self.in_brackets(span));
        Next::Found(Spot { path, role, span, key: None, siblings: Vec::new(), flow })
    }

    /// Whether a value stands between brackets in its line.
    fn in_brackets(&self, span: Span) -> bool {
        let before = &self.sketch.text[self.line..(span.start as usize).max(self.line)];
        before.trim_end().ends_with(['[', ',', '{']) || before.contains(['{', '['])
    }
}

fn touches(span: Span, offset: usize) -> bool {
    (span.start as usize..=span.end as usize).contains(&offset)
}
