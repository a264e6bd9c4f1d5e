//! `schema.yaml` of a pack against values: its own, and those that profiles lay over them.

mod broken;
mod defaults;
mod input;
mod read_only;
mod required;
mod variable;

use serde_json::Value;

use crate::pack::{Pack, ValueRule, at_dotted_path};
use crate::resolve::{Origin, OriginKind, ResolvedLayer, ResolvedProfile};
use crate::rules::Rule;

/// The rules of this area, in the order of their codes.
pub(in crate::rules) const RULES: &[Rule] =
    &[broken::RULE, required::RULE, read_only::RULE, variable::RULE, defaults::RULE, input::RULE];

/// A value that `schema.yaml` speaks of.
struct Judged<'a> {
    layer: &'a ResolvedLayer,
    pack: &'a Pack,
    rule: &'a ValueRule,
    pointer: String,
    value: &'a Value,
    origin: Option<&'a Origin>,
}

/// Calls `judge` with each value of a profile that `schema.yaml` of its pack speaks of. A path that leads nowhere is no
/// fault: half of all entries are for values that presets or comments offer.
fn each(resolved: &ResolvedProfile, mut judge: impl FnMut(&Judged<'_>)) {
    for layer in &resolved.layers {
        let Some(pack) = layer.source.pack().filter(|pack| pack.schema.is_some()) else { continue };
        for rule in pack.value_rules().iter().flatten() {
            for (pointer, value) in at_dotted_path(&layer.values.value, &rule.path) {
                let origin = origin(layer, &pointer);
                judge(&Judged { layer, pack, rule, pointer, value, origin });
            }
        }
    }
}

/// The origin of a value: its own, or that of the list that it stands in.
fn origin<'a>(layer: &'a ResolvedLayer, pointer: &str) -> Option<&'a Origin> {
    let origins = &layer.values.origins;
    origins.get(pointer).or_else(|| {
        let mut above = pointer.rmatch_indices('/').map(|(end, _)| &pointer[..end]);
        above.find_map(|pointer| origins.get(pointer))
    })
}

impl Judged<'_> {
    /// Whether the profile says so itself, or a preset that it chose.
    fn by_profile(&self) -> bool {
        self.origin.is_some_and(|origin| origin.kind != OriginKind::Default)
    }

    /// Where the value comes from; the layer where that has no place.
    fn place(&self) -> crate::source::Place {
        let place = self.origin.filter(|_| self.by_profile()).and_then(|origin| origin.place.clone());
        place.unwrap_or_else(|| self.layer.place.clone())
    }
}

/// A value as people may see it: secrets and long texts are not shown.
fn shown(rule: &ValueRule, value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = match value {
        _ if rule.masked() => return "the value".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.is_empty() || text.chars().count() > LONGEST || text.contains('\n') {
        return "the value".to_owned();
    }
    format!("`{text}`")
}

/// What the makers of the pack tell people, as a help text.
fn hint(rule: &ValueRule, otherwise: &str) -> String {
    match rule.hints.first().map(|hint| hint.trim().trim_end_matches('.')) {
        Some(hint) if !hint.is_empty() => format!("the pack says: {hint}"),
        _ => otherwise.to_owned(),
    }
}
