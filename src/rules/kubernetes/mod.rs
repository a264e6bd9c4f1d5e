//! Kubernetes objects: what schemas say, which APIs a cluster has, and what objects are to each other.

mod api_deprecated;
mod api_off;
mod api_removed;
mod api_too_new;
mod appliances;
mod image_tag;
mod invalid_label;
mod invalid_name;
mod kind_unknown;
mod namespace_missing;
mod namespace_scope;
mod no_schema;
mod object_twice;
mod object_twice_on_appliance;
mod objects;
mod pods;
mod schema;
mod scope;
mod selector_mismatch;
mod version_unknown;
mod volume_missing;

use super::Rule;
use crate::diagnostics::{Diagnostic, Lint};
use crate::render::Object;
use crate::template;
use crate::yaml::Node;

pub use objects::Applied;
pub(super) use objects::{Objects, of_pack};

/// The rules of this area, in the order of their codes.
pub(super) const RULES: &[Rule] = &[
    no_schema::RULE,
    version_unknown::RULE,
    schema::RULE,
    api_removed::RULE,
    api_deprecated::RULE,
    api_too_new::RULE,
    kind_unknown::RULE,
    api_off::RULE,
    object_twice::RULE,
    object_twice_on_appliance::RULE,
    namespace_missing::RULE,
    namespace_scope::RULE,
    invalid_name::RULE,
    invalid_label::RULE,
    volume_missing::RULE,
    selector_mismatch::RULE,
    image_tag::RULE,
];

/// A finding at a node of an object; `pointer` leads there from the object.
fn at(lint: Lint, object: &Object, node: Node<'_>, pointer: &str, message: String) -> Diagnostic {
    Diagnostic::new(lint, node.place(), message).pointer(format!("{}{pointer}", object.pointer))
}

/// A finding about the API that an object names.
fn at_api(lint: Lint, object: &Object, message: String) -> Diagnostic {
    let node = object.root().get("apiVersion").unwrap_or(object.root());
    at(lint, object, node, "/apiVersion", message)
}

/// Whether a text holds a reference or other template text: nobody knows yet what it will be.
fn is_template(text: &str) -> bool {
    template::is_placeholder(text)
}
