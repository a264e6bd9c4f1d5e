//! `pack.content` of a pack's values: the images and charts that go into bundles.

mod chart;
mod missing;
mod reference;
mod tag;
mod twice;
mod unlisted;

use crate::pack::Pack;
use crate::rules::Rule;
use crate::yaml::{Kind, Node};

/// The rules of this area, in the order of their codes.
pub(in crate::rules) const RULES: &[Rule] =
    &[reference::RULE, tag::RULE, twice::RULE, missing::RULE, unlisted::RULE, chart::RULE];

/// The references that `pack.content.images` lists, with their pointers. What has a template in it is known only later,
/// and left out.
fn listed(pack: &Pack) -> Vec<(String, Node<'_>, &str)> {
    let list = pack.values.as_ref().and_then(|values| values.at("/pack/content/images"));
    list.into_iter()
        .flat_map(|list| list.items().enumerate())
        .filter_map(|(index, item)| {
            let node = item.get("image")?;
            let text = node.text().filter(|text| !text.contains("{{"))?;
            Some((format!("/pack/content/images/{index}/image"), node, text))
        })
        .collect()
}

/// Whether a node holds anything.
fn is_filled(node: Node<'_>) -> bool {
    match node.kind() {
        Kind::Seq => node.items().next().is_some(),
        Kind::Map => node.entries().next().is_some(),
        Kind::Scalar => node.text().is_some_and(|text| !text.is_empty()),
    }
}
