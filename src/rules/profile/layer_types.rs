//! PR0202: the types of a profile's layers do not fit its own type.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::LayerType;
use crate::resolve::{LayerSource, ResolvedLayer, ResolvedProfile};
use crate::rules::{Check, Context, Rule};
use crate::workspace::model::{ProfileKind, ProfileType};

/// PR0202 `layer-types`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0202", name: "layer-types", severity: Severity::Error },
    docs: include_str!("../docs/PR0202.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let profile = &resolved.profile;
    let profile_type = profile.spec.profile_type.as_ref().map(|t| t.value);
    let add_ons_only = profile.kind == ProfileKind::SystemProfile || profile_type == Some(ProfileType::AddOn);
    if add_ons_only {
        for layer in resolved.layers.iter().filter(|l| l.layer_type != LayerType::Addon) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    layer.place.clone(),
                    format!("layer `{}` is of type {}", layer.name, layer.layer_type.word()),
                )
                .help("add-on and system profiles hold add-on layers only; core layers belong to a full or infrastructure profile"),
            );
        }
        return;
    }
    let Some(profile_type) = profile_type else { return };
    // A pack that is not here may be of any type, unless the layer says it: then nothing is wrong or missing for sure.
    let unknown = |layer: &ResolvedLayer| {
        let said = layer.index.is_some_and(|i| profile.spec.layers[i].layer_type.is_some());
        !said && layer.unresolved.is_some() && matches!(layer.source, LayerSource::Pack(_, None))
    };
    if profile_type == ProfileType::Infrastructure {
        for layer in resolved.layers.iter().filter(|l| l.layer_type == LayerType::Addon && !unknown(l)) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    layer.place.clone(),
                    format!("add-on layer `{}` in an infrastructure profile", layer.name),
                )
                .help("move it into an add-on profile, or make the profile `full`"),
            );
        }
    }
    let unsure = resolved.layers.iter().any(unknown);
    for wanted in LayerType::CORE {
        let mut layers = resolved.layers.iter().filter(|l| l.layer_type == wanted);
        let first = layers.next();
        if first.is_none() && !matches!(wanted, LayerType::Kernel | LayerType::Csi) && !unsure {
            let place = profile.document.key_place("/spec/type");
            let message = format!("the profile has no {} layer", wanted.word());
            out.push(
                Diagnostic::new(RULE.lint, place, message)
                    .pointer("/spec/layers")
                    .help("full and infrastructure profiles have exactly one os, kubernetes and cni layer, and at most one kernel and csi"),
            );
        }
        for layer in layers {
            let first = first.expect("a second layer has a first one");
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    layer.place.clone(),
                    format!("`{}` is a second {} layer", layer.name, wanted.word()),
                )
                .related(first.place.clone(), "the first one")
                .help("a profile has one layer of each core type"),
            );
        }
    }
}
