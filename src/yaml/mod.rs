//! YAML as people write it: a tree in which every key, value and comment knows its place.
//!
//! Text goes through the events of `granit-parser` once; what comes out is a [`Document`]: an arena of nodes with byte
//! spans. An alias stays a link to its anchor, so that no input grows while it is read; expansion happens only in
//! [`Node::to_json`], under a budget.
//!
//! Architecture invariant: this room knows no schema, no Kubernetes and no terminal, and parsing never panics.

mod below;
mod block;
mod de;
pub mod edit;
mod index;
mod inside;
mod lenient;
mod outline;
mod parse;
mod pointer;
mod scalar;
mod scan;
mod sketch;
mod spanned;
mod steps;
mod syntax;
mod tree;
mod write;

pub use below::below_comments;
pub use de::{ReadError, from_node};
pub use lenient::QUOTED_INDENTATION;
pub use outline::{Outline, outline};
pub use parse::{DUPLICATE_KEY, SYNTAX, Stream, parse};
pub use pointer::push_pointer;
pub use scalar::{Resolver, plain_not_text, resolve_plain};
pub use sketch::{Role, Sketch, Spot, Step};
pub use spanned::Spanned;
pub use steps::steps;
pub use tree::{BudgetError, Comment, Document, Entry, Kind, Node, Style};
pub use write::write;

#[cfg(test)]
mod tests;
