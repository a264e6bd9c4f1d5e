//! Policy: what an organisation wants beyond what works. Off until `edgewright.yaml` names a rule.

mod clouds;
mod custom;
mod floats;
mod images;
mod namespaces;
mod naming;
mod owners;
mod pattern;
mod registries;
mod sources;
mod tags;
mod texts;

use super::Rule;

pub(super) use clouds::CloudsOptions;
pub(super) use floats::FloatsOptions;
pub(super) use images::ImagesOptions;
pub(super) use namespaces::NamespacesOptions;
pub(super) use naming::NamingOptions;
pub(super) use owners::OwnersOptions;
pub(super) use registries::RegistriesOptions;
pub(super) use sources::SourcesOptions;
pub(super) use tags::TagsOptions;
pub(super) use texts::TextsOptions;

/// The rules of this area, in the order of their codes.
pub(super) const RULES: &[Rule] = &[
    owners::RULE,
    naming::RULE,
    floats::RULE,
    registries::RULE,
    tags::RULE,
    texts::RULE,
    clouds::RULE,
    namespaces::RULE,
    sources::RULE,
    images::RULE,
    custom::RULE,
];
