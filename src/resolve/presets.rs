//! Which presets of a pack are in force.

use indexmap::IndexMap;

use crate::pack::{Pack, Preset};
use crate::yaml::Spanned;

/// Marks the comment in which Palette keeps the presets that shaped a `values.yaml`.
const COMMENT: &str = "spectrocloud.com/enabled-presets:";

/// The presets in force on a layer.
#[derive(Debug, Default)]
pub(super) struct Chosen<'a> {
    /// Group → preset, in the order of `presets.yaml`, then what only the comment names.
    pub(super) names: IndexMap<String, String>,
    /// Those still to be applied to the values. What the comment names has shaped them already.
    pub(super) apply: Vec<&'a Preset>,
    /// Those whose layers are brought along.
    pub(super) bring: Vec<&'a Preset>,
}

/// The presets of `pack` in force: what the layer chooses, else what is marked as default, else what the comment in the
/// pack's `values.yaml` names. With `defaults: false` the layer's values stand alone: nothing is applied, and only what
/// the layer itself chooses brings layers.
pub(super) fn choose<'a>(
    pack: &'a Pack,
    wanted: &IndexMap<String, Spanned<String>>,
    defaults: bool,
) -> Chosen<'a> {
    let comment = pack.values_file.as_ref().map(|file| enabled_by_comment(file.text())).unwrap_or_default();
    let mut chosen = Chosen::default();
    let mut groups: Vec<&str> = Vec::new();
    for preset in &pack.presets {
        if !groups.contains(&preset.group.as_str()) {
            groups.push(&preset.group);
        }
    }
    for group in groups {
        let named = |name: &str| pack.presets.iter().find(|p| p.group == group && p.name == name);
        let by_layer = wanted.get(group).map(|name| named(name));
        let by_default = || pack.presets.iter().find(|p| p.group == group && p.default);
        let by_comment = || comment.iter().find(|(g, _)| *g == group).and_then(|(_, name)| named(name));
        let (preset, shaped) = match by_layer {
            Some(preset) => (preset, false),
            None if !defaults => continue,
            None => match by_default() {
                Some(preset) => (Some(preset), false),
                None => (by_comment(), true),
            },
        };
        let Some(preset) = preset else { continue };
        chosen.names.insert(group.to_owned(), preset.name.clone());
        chosen.bring.push(preset);
        if defaults && !shaped {
            chosen.apply.push(preset);
        }
    }
    if defaults {
        for (group, name) in comment {
            chosen.names.entry(group.to_owned()).or_insert_with(|| name.to_owned());
        }
    }
    chosen
}

/// Reads `# spectrocloud.com/enabled-presets: Group:preset,Group:preset` of a values text.
pub(super) fn enabled_by_comment(text: &str) -> Vec<(&str, &str)> {
    text.lines()
        .take_while(|line| line.trim().is_empty() || line.starts_with('#'))
        .find_map(|line| line.trim_start_matches('#').trim_start().strip_prefix(COMMENT))
        .into_iter()
        .flat_map(|list| list.split(','))
        .filter_map(|pair| pair.rsplit_once(':'))
        .map(|(group, name)| (group.trim(), name.trim()))
        .filter(|(group, name)| !group.is_empty() && !name.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_comment_is_read_as_palette_writes_it() {
        let text = "# spectrocloud.com/enabled-presets: IPAM mode:ipam-kubernetes,VMO - Bridge interface:vmo-auto\npack: {}\n";
        let expected = [("IPAM mode", "ipam-kubernetes"), ("VMO - Bridge interface", "vmo-auto")];
        assert_eq!(enabled_by_comment(text), expected);
        assert!(enabled_by_comment("# spectrocloud.com/enabled-presets:\n").is_empty());
        assert!(enabled_by_comment("a: 1\n# spectrocloud.com/enabled-presets: a:b\n").is_empty());
    }
}
