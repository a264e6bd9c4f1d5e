//! The spanned tree: an arena of nodes, and handles that walk it.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::index::{Index, LOOKED_THROUGH};
use super::pointer::pointer_parts;
use super::scalar::{self, Resolver};
use super::steps;
use crate::source::{Place, SourceFile, Span};

/// Index of a node in its tree.
pub(super) type NodeId = u32;

/// What one conversion may spend (see [`cost`]) beyond a multiple of what the file itself holds; an alias bomb ends here.
const BUDGET: usize = 100_000;
/// How often over a file may be copied by its own aliases.
const GROWTH: usize = 8;
/// Depth of one conversion, aliases included; the parser itself stops at 256 levels.
pub(super) const DEPTH_BUDGET: usize = 192;

/// What reading one node costs: long texts cost more, as they are copied.
pub(super) fn cost(text: usize) -> usize {
    1 + text / 32
}

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes: its text decides its type.
    Plain,
    /// In single quotes.
    Single,
    /// In double quotes.
    Double,
    /// A `|` block.
    Literal,
    /// A `>` block.
    Folded,
}

/// One node of the arena. The arena is in the order of the text: behind a collection come its children, each with all that
/// is below it. A large repository holds millions of these.
#[derive(Clone, Copy, Debug)]
pub(super) struct RawNode {
    pub(super) span: Span,
    pub(super) data: RawData,
}

/// What a node holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum RawData {
    /// A scalar whose text is what is written, without its quotes.
    AsWritten(Style),
    /// A scalar whose text is another one: its index in the tree's texts.
    Text(Style, u32),
    /// A sequence, and the id behind its last descendant.
    Seq(NodeId),
    /// A mapping, keys and values in turn, and the id behind its last descendant.
    Map(NodeId),
    /// Another name for a node that stands before it.
    Alias(NodeId),
}

/// A comment and where it stands (the span includes `#`).
#[derive(Clone, Debug)]
pub struct Comment {
    /// Text behind `#`, untrimmed.
    pub text: String,
    /// Its bytes, `#` included.
    pub span: Span,
    /// Whether it shares its line with content before it.
    pub trailing: bool,
}

/// All nodes of one file.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) file: Arc<SourceFile>,
    pub(super) nodes: Box<[RawNode]>,
    /// Texts of scalars with escapes or line breaks.
    pub(super) texts: Box<[Box<str>]>,
    /// Explicit tags, in the order of the nodes.
    pub(super) tags: Box<[(NodeId, Box<str>)]>,
    pub(super) index: OnceLock<Index>,
}

/// The id behind a node and all that is below it.
pub(super) fn behind(nodes: &[RawNode], id: NodeId) -> NodeId {
    match nodes[id as usize].data {
        RawData::Seq(end) | RawData::Map(end) => end,
        _ => id + 1,
    }
}

/// The children of a collection, in order; none of anything else.
pub(super) fn children(nodes: &[RawNode], id: NodeId) -> impl Iterator<Item = NodeId> {
    let end = behind(nodes, id);
    let mut next = id + 1;
    std::iter::from_fn(move || {
        let child = (next < end).then_some(next)?;
        next = behind(nodes, child);
        Some(child)
    })
}

/// The text of a scalar.
pub(super) fn scalar_text<'t>(
    file: &'t SourceFile,
    texts: &'t [Box<str>],
    node: &RawNode,
) -> Option<(&'t str, Style)> {
    match node.data {
        RawData::AsWritten(style) => Some((file.slice(inner(node.span, style)), style)),
        RawData::Text(style, index) => Some((&texts[index as usize], style)),
        _ => None,
    }
}

/// The bytes of a scalar without its quotes.
pub(super) fn inner(span: Span, style: Style) -> Span {
    match style {
        Style::Single | Style::Double if span.end >= span.start + 2 => {
            Span { start: span.start + 1, end: span.end - 1 }
        }
        _ => span,
    }
}

/// One YAML document: a cheap handle on a shared tree.
#[derive(Clone, Debug)]
pub struct Document {
    pub(super) tree: Arc<Tree>,
    pub(super) root: NodeId,
}

impl Document {
    /// A document that says nothing.
    pub fn blank(file: &Arc<SourceFile>) -> Self {
        let nothing = RawNode { span: Span::default(), data: RawData::AsWritten(Style::Plain) };
        let (nodes, texts, tags, index) =
            (Box::new([nothing]), Box::default(), Box::default(), OnceLock::new());
        let tree = Tree { file: Arc::clone(file), nodes, texts, tags, index };
        Self { tree: Arc::new(tree), root: 0 }
    }

    /// The root node.
    pub fn root(&self) -> Node<'_> {
        Node { tree: &self.tree, id: self.root }
    }

    /// The file it was read from.
    pub fn file(&self) -> &Arc<SourceFile> {
        &self.tree.file
    }

    /// The node at a JSON pointer.
    pub fn at(&self, pointer: &str) -> Option<Node<'_>> {
        self.root().at(pointer)
    }

    /// The node at a JSON pointer as a document of its own; places stay those of the file.
    #[must_use]
    pub fn below(&self, pointer: &str) -> Option<Self> {
        let root = self.at(pointer)?.target().id;
        Some(Self { tree: Arc::clone(&self.tree), root })
    }

    /// The place of the value at `pointer`, or of its nearest ancestor that exists.
    pub fn place(&self, pointer: &str) -> Place {
        Place::new(&self.tree.file, self.nearest(pointer).0.span())
    }

    /// The place of the key at `pointer` (for an unexpected key), or of the nearest ancestor's value.
    pub fn key_place(&self, pointer: &str) -> Place {
        let (node, key) = self.nearest(pointer);
        Place::new(&self.tree.file, key.unwrap_or_else(|| node.span()))
    }

    fn nearest(&self, pointer: &str) -> (Node<'_>, Option<Span>) {
        let mut node = self.root();
        let mut key = None;
        for part in pointer_parts(pointer) {
            match node.child(&part) {
                Some((span, value)) => (node, key) = (value, span),
                None => break,
            }
        }
        (node, key)
    }
}

/// A node of a document.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    pub(super) tree: &'a Tree,
    pub(super) id: NodeId,
}

/// A key and its value in a mapping.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    /// The key.
    pub key: Node<'a>,
    /// The value.
    pub value: Node<'a>,
}

/// What a node is, aliases followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A scalar of any type.
    Scalar,
    /// A sequence.
    Seq,
    /// A mapping.
    Map,
}

/// A document that grows past its budget when its aliases are expanded, or is nested too deeply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the document is too large or too deep once its aliases are expanded")]
pub struct BudgetError;

impl<'a> Node<'a> {
    fn raw(self) -> &'a RawNode {
        steps::count();
        &self.tree.nodes[self.id as usize]
    }

    /// The node that an alias stands for, or itself.
    fn target(self) -> Node<'a> {
        let mut node = self;
        // An alias names an anchor that stands before it: the walk goes strictly backwards and ends.
        while let RawData::Alias(id) = node.raw().data {
            node = Node { tree: self.tree, id };
        }
        node
    }

    /// What one conversion of this tree may spend: linear in the size of the file, aliases or not.
    pub(super) fn budget(self) -> usize {
        BUDGET + GROWTH * (self.tree.nodes.len() + cost(self.tree.file.text().len()))
    }

    /// The bytes of the node as written (an alias: of the alias).
    pub fn span(self) -> Span {
        self.raw().span
    }

    /// The place of the node as written.
    pub fn place(self) -> Place {
        Place::new(&self.tree.file, self.span())
    }

    /// Its explicit tag, resolved: `tag:yaml.org,2002:str`.
    pub fn tag(self) -> Option<&'a str> {
        // Hardly any file has tags.
        if self.tree.tags.is_empty() {
            return None;
        }
        let id = self.target().id;
        let index = self.tree.tags.binary_search_by_key(&id, |(node, _)| *node).ok()?;
        Some(&self.tree.tags[index].1)
    }

    /// Whether the node is an alias.
    pub fn is_alias(self) -> bool {
        matches!(self.raw().data, RawData::Alias(_))
    }

    /// What the node is, aliases followed.
    pub fn kind(self) -> Kind {
        match self.target().raw().data {
            RawData::Seq(_) => Kind::Seq,
            RawData::Map(_) => Kind::Map,
            RawData::AsWritten(_) | RawData::Text(..) | RawData::Alias(_) => Kind::Scalar,
        }
    }

    /// A scalar's text (after escapes) and style.
    pub fn scalar(self) -> Option<(&'a str, Style)> {
        scalar_text(&self.tree.file, &self.tree.texts, self.target().raw())
    }

    /// A scalar's text whatever its type; an unquoted `{{ … }}` counts as the text that it was meant to be.
    pub fn text(self) -> Option<&'a str> {
        self.scalar().map(|(text, _)| text).or_else(|| self.unquoted_template())
    }

    /// The text of an unquoted `{{ … }}`, which YAML reads as a flow mapping.
    pub fn unquoted_template(self) -> Option<&'a str> {
        let node = self.target();
        if !matches!(node.raw().data, RawData::Map(_)) {
            return None;
        }
        // `{{ x }}` is a mapping whose only key is the mapping `{ x }`, and whose value is absent.
        let mut entries = node.entries();
        let (Some(Entry { key, value }), None) = (entries.next(), entries.next()) else { return None };
        let absent = value.scalar() == Some(("", Style::Plain)) && value.tag().is_none();
        if !matches!(key.raw().data, RawData::Map(_)) || !absent {
            return None;
        }
        let text = node.tree.file.slice(node.span()).trim_end();
        (text.starts_with("{{") && text.ends_with("}}") && !text.contains('\n')).then_some(text)
    }

    /// A string: quoted, a block, or plain text that is no other type in YAML 1.2's core schema.
    pub fn as_str(self) -> Option<&'a str> {
        let (text, style) = self.scalar()?;
        let string = style != Style::Plain
            || self.tag().is_some_and(|t| t.ends_with(":str"))
            || scalar::plain_not_text(text, Resolver::Core).is_none();
        string.then_some(text)
    }

    /// The entries of a mapping, in order; empty for anything else.
    pub fn entries(self) -> impl Iterator<Item = Entry<'a>> {
        let mut children = self.children(matches!(self.target().raw().data, RawData::Map(_)));
        std::iter::from_fn(move || Some(Entry { key: children.next()?, value: children.next()? }))
    }

    /// The items of a sequence, in order; empty for anything else.
    pub fn items(self) -> impl Iterator<Item = Node<'a>> {
        self.children(matches!(self.target().raw().data, RawData::Seq(_)))
    }

    fn children(self, any: bool) -> impl Iterator<Item = Node<'a>> {
        let (tree, id) = (self.tree, self.target().id);
        let ids = any.then(|| children(&tree.nodes, id));
        ids.into_iter().flatten().map(move |id| Node { tree, id })
    }

    /// The entry of a mapping with this key; the first of several.
    pub fn entry(self, key: &str) -> Option<Entry<'a>> {
        let mut entries = self.entries();
        let first = entries.by_ref().take(LOOKED_THROUGH).find(|e| e.key.text() == Some(key));
        let index = || self.tree.index.get_or_init(|| Index::of(self.tree));
        first.or_else(|| entries.next().and_then(|_| index().find(self.target(), key)))
    }

    /// The value of a mapping's key.
    pub fn get(self, key: &str) -> Option<Node<'a>> {
        self.entry(key).map(|e| e.value)
    }

    /// The node at a JSON pointer below this one.
    pub fn at(self, pointer: &str) -> Option<Node<'a>> {
        pointer_parts(pointer).try_fold(self, |node, part| node.child(&part).map(|(_, child)| child))
    }

    fn child(self, part: &str) -> Option<(Option<Span>, Node<'a>)> {
        match self.kind() {
            Kind::Map => self.entry(part).map(|e| (Some(e.key.span()), e.value)),
            Kind::Seq => self.items().nth(part.parse().ok()?).map(|n| (None, n)),
            Kind::Scalar => None,
        }
    }

    /// The node as JSON. With [`Resolver::Go`] merge keys are applied, as Go's library does.
    pub fn to_json(self, resolver: Resolver) -> Result<Value, BudgetError> {
        let mut budget = self.budget();
        self.json(resolver, &mut budget, DEPTH_BUDGET)
    }

    /// The text of a mapping's key as [`Node::to_json`] with [`Resolver::Go`] names it: `yes` is `true`.
    pub fn go_key(self) -> Cow<'a, str> {
        match self.scalar() {
            // No word of another type is longer than `false`, and none starts with other letters than these.
            Some((text, Style::Plain)) if self.tag().is_none() => {
                let first = text.as_bytes().first().copied().unwrap_or_default();
                let word = first.is_ascii_alphabetic() && (text.len() > 5 || !b"yYnNtTfFoO".contains(&first));
                if word {
                    Cow::Borrowed(text)
                } else {
                    scalar::key_name(text, Style::Plain, None, Resolver::Go).into()
                }
            }
            Some((text, style)) => scalar::key_name(text, style, self.tag(), Resolver::Go).into(),
            None => self.unquoted_template().unwrap_or_default().into(),
        }
    }

    /// Whether the node is a merge key: `<<` without quotes.
    pub fn is_merge(self) -> bool {
        let merge_tag = || self.tag() == Some("tag:yaml.org,2002:merge");
        self.scalar().is_some_and(|(text, style)| text == "<<" && (style == Style::Plain || merge_tag()))
    }

    fn key_name(self, resolver: Resolver, budget: &mut usize, depth: usize) -> Result<String, BudgetError> {
        match self.scalar() {
            Some((text, style)) => {
                *budget = budget.checked_sub(cost(text.len())).ok_or(BudgetError)?;
                Ok(scalar::key_name(text, style, self.tag(), resolver))
            }
            None => match self.json(resolver, budget, depth)? {
                Value::String(template) => Ok(template),
                other => Ok(other.to_string()),
            },
        }
    }

    fn json(self, resolver: Resolver, budget: &mut usize, depth: usize) -> Result<Value, BudgetError> {
        let node = self.target();
        let scalar = node.scalar();
        *budget = budget.checked_sub(cost(scalar.map_or(0, |(text, _)| text.len()))).ok_or(BudgetError)?;
        let depth = depth.checked_sub(1).ok_or(BudgetError)?;
        if let Some((text, style)) = scalar {
            return Ok(scalar::resolve(text, style, node.tag(), resolver));
        }
        match node.raw().data {
            RawData::Seq(_) => node.items().map(|n| n.json(resolver, budget, depth)).collect(),
            RawData::Map(_) => {
                if let Some(template) = node.unquoted_template() {
                    return Ok(Value::String(template.to_owned()));
                }
                let mut map = serde_json::Map::new();
                for Entry { key, value } in node.entries() {
                    if resolver == Resolver::Go && key.is_merge() {
                        // goyaml.v2 goes strictly by the order of the document: a merge overwrites what stands before
                        // it. In a list of maps the earlier one wins (`decode.go`, `merge`).
                        let merged = value.json(resolver, budget, depth)?;
                        let sources = if let Value::Array(list) = merged { list } else { vec![merged] };
                        for source in sources.into_iter().rev() {
                            if let Value::Object(source) = source {
                                map.extend(source);
                            }
                        }
                    } else {
                        let name = key.key_name(resolver, budget, depth)?;
                        map.insert(name, value.json(resolver, budget, depth)?);
                    }
                }
                Ok(Value::Object(map))
            }
            RawData::AsWritten(_) | RawData::Text(..) | RawData::Alias(_) => {
                unreachable!("scalars are done, and `target` follows aliases")
            }
        }
    }
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} at {}", self.kind(), self.place())
    }
}
