//! VR0306: a reference to a value of a pack that comes out empty.

use serde_json::Value;

use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::template::ReferenceKind;

/// VR0306 `empty-pack-value`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VR0306", name: "empty-pack-value", severity: Severity::Warning },
    docs: include_str!("../docs/VR0306.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for used in super::used(resolved, ReferenceKind::Pack) {
        if used.has_default || used.error.is_some() {
            continue;
        }
        if let Some((message, help)) = fault(resolved, &used.name) {
            out.push(
                Diagnostic::new(RULE.lint, used.place.clone(), message).pointer(&used.pointer).help(help),
            );
        }
    }
}

/// Why `PACK.path.to.value` comes out empty, as the release finds it; `None` where it does not.
fn fault(resolved: &ResolvedProfile, name: &str) -> Option<(String, String)> {
    let instead = "; give the reference a `default` where that is meant";
    let meant = |layer: &'_ crate::resolve::ResolvedLayer| {
        layer
            .source
            .name()
            .is_some_and(|pack| name.strip_prefix(pack).is_some_and(|rest| rest.starts_with('.')))
    };
    let layers: Vec<_> = resolved.layers.iter().filter(|layer| meant(layer)).collect();
    if layers.is_empty() {
        let first = name.split('.').next().unwrap_or_default();
        let names = || resolved.layers.iter().filter_map(|layer| layer.source.name());
        return Some((
            format!("the profile has no pack `{first}`: `.spectro.pack.{name}` comes out empty"),
            match closest(first, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("only packs of the same profile can be named{instead}"),
            },
        ));
    }
    // A pack that is not here may have the value.
    if layers.iter().any(|layer| {
        layer.unresolved.is_some() && layer.source.pack().is_none() && layer.source.chart().is_none()
    }) {
        return None;
    }
    let mut why = None;
    for layer in layers {
        let pack = layer.source.name().unwrap_or_default();
        let path = name[pack.len()..].trim_start_matches('.');
        match at(&layer.values.value, path) {
            Ok(Value::Object(_) | Value::Array(_)) => {
                why = Some((
                    format!("`.spectro.pack.{name}` is a map or a list, and comes out empty"),
                    format!("name one of the values in it{instead}"),
                ));
            }
            Ok(_) => return None,
            Err((key, near)) => {
                why = Some((
                    format!("`{pack}` has no value `{path}`: `.spectro.pack.{name}` comes out empty"),
                    match near {
                        Some(near) => format!("there is no `{key}`; did you mean `{near}`?"),
                        None => format!("there is no `{key}`{instead}"),
                    },
                ));
            }
        }
    }
    why
}

/// The value at a path with dots, or the key that is missing and the nearest one.
fn at<'v>(value: &'v Value, path: &'v str) -> Result<&'v Value, (&'v str, Option<&'v str>)> {
    path.split('.').try_fold(value, |value, key| {
        let keys = || value.as_object().into_iter().flat_map(|map| map.keys().map(String::as_str));
        value.get(key).ok_or_else(|| (key, closest(key, keys())))
    })
}
