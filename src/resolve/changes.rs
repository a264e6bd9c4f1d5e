//! What is different between two locks of one profile.

use super::lock_file::LockFile;

/// One line for each difference; never none.
pub(super) fn changes(old: &LockFile, new: &LockFile) -> Vec<String> {
    let mut lines = Vec::new();
    for layer in &new.layers {
        let Some(before) = old.layer(&layer.name) else {
            lines.push(format!("{} {} is new", layer.name, layer.version));
            continue;
        };
        let (was, is) = (before.reference(), layer.reference());
        if (was.kind, &was.name) != (is.kind, &is.name) {
            lines.push(format!(
                "{}: {} {} → {} {}",
                layer.name, was.name, before.version, is.name, layer.version
            ));
        } else if before.version != layer.version {
            lines.push(format!("{} {} → {}", layer.name, before.version, layer.version));
        } else if before.content != layer.content {
            lines.push(format!("{} {}: its content changed", layer.name, layer.version));
        } else if before.registry != layer.registry {
            lines.push(format!("{}: registry {} → {}", layer.name, before.registry, layer.registry));
        } else if before.wanted != layer.wanted {
            lines.push(format!(
                "{} {}: wanted {} → {}",
                layer.name, layer.version, before.wanted, layer.wanted
            ));
        } else if before != layer {
            lines.push(format!("{} {}: its entry changed", layer.name, layer.version));
        }
    }
    for layer in &old.layers {
        if new.layer(&layer.name).is_none() {
            lines.push(format!("{} {} is gone", layer.name, layer.version));
        }
    }
    if lines.is_empty() {
        lines.push(if old.profile == new.profile {
            "the order of the layers, presets or a registry's definition".to_owned()
        } else {
            format!("it was made for {}@{}", old.profile.id, old.profile.version)
        });
    }
    lines
}
