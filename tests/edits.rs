//! Edits of layers over real profiles: those of this repository, and those made from the corpus of exports. Whatever is done
//! changes the lines that it means to, and what is undone leaves the bytes that were there.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use edgewright::pack::LayerType;
use edgewright::source::Overlay;
use edgewright::workspace::model::Profile;
use edgewright::workspace::{
    Change, LayerEdit, NewLayer, NewReference, NewSource, Position, Typing, Workspace,
};

/// The text of `profile.yaml` after a change, and the workspace with it.
fn after(workspace: &Workspace, change: &Change) -> Workspace {
    Workspace::load_over(&workspace.root, &change.over(&workspace.overlay)).unwrap()
}

fn again<'w>(workspace: &'w Workspace, profile: &Profile) -> &'w Arc<Profile> {
    workspace.profile(&profile.id, profile.version()).unwrap()
}

/// Whether all lines of `fewer` stand in `more`, in order.
fn is_part(fewer: &str, more: &str) -> bool {
    let mut lines = more.lines();
    fewer.lines().all(|line| lines.any(|other| other == line))
}

fn layer(name: &str) -> NewLayer {
    NewLayer {
        source: NewSource::Chart(NewReference {
            name: name.to_owned(),
            version: "^1".to_owned(),
            registry: Some("charts".to_owned()),
        }),
        layer_type: None,
        position: Position::ByType,
        name: None,
        display_name: None,
        presets: Vec::new(),
        values: None,
        manifests: Vec::new(),
        namespace: Some("apps".to_owned()),
        release: None,
        priority: None,
    }
}

/// Every edit of every layer of a repository; how many there were.
fn edit_everything(root: &Path) -> usize {
    let workspace = Workspace::load_over(root, &Overlay::default()).unwrap();
    let mut count = 0;
    for profile in &workspace.profiles {
        let text = profile.file.text();
        let label = profile.label();
        // Types are not what is tested: every layer may go everywhere.
        let types = vec![LayerType::Addon; profile.spec.layers.len()];
        for (index, own) in profile.spec.layers.iter().enumerate() {
            let name = &own.name.value;
            for to in 1..=types.len() {
                let there = after(
                    &workspace,
                    &workspace.move_layer(profile, name, &Position::At(to), &types).unwrap(),
                );
                let moved = again(&there, profile);
                assert_eq!(moved.spec.layers[to - 1].name.value, *name, "{label}");
                assert_eq!(moved.file.text().len(), text.len(), "{label}: nothing is lost");
                let back = there.move_layer(moved, name, &Position::At(index + 1), &types).unwrap();
                let back = after(&there, &back);
                assert_eq!(again(&back, profile).file.text(), text, "{label} {name} to {to} and back");
                count += 2;
            }
            if types.len() > 1 {
                let removed = workspace.remove_layer(profile, name, false).unwrap();
                let removed = after(&workspace, &removed);
                let removed = again(&removed, profile).file.text();
                assert!(is_part(removed, text), "{label} without {name}:\n{removed}");
                count += 1;
            }
            let set = [LayerEdit::read("display-name=Edited: by a test", Typing::Text).unwrap()];
            let change = workspace.set_layer(profile, name, &set).unwrap();
            let there = after(&workspace, &change);
            let edited = again(&there, profile);
            assert_eq!(edited.spec.layers[index].display_name.as_deref(), Some("Edited: by a test"));
            assert!(there.set_layer(edited, name, &set).unwrap().is_empty(), "{label}: twice is once");
            let value = [LayerEdit::read("values.edited.by=[1,{\"a\":null}]", Typing::Json).unwrap()];
            let change = workspace.set_layer(profile, name, &value).unwrap();
            for file in change.files() {
                let (before, after) = file.texts().unwrap();
                // A block of text that ends with the file, without a line break, must not get one: its header says so then.
                assert!(!before.ends_with('\n') || is_part(before, after), "{label} {name}: {}", file.path);
            }
            let there = after(&workspace, &change);
            let undo = [LayerEdit::unset("values.edited").unwrap()];
            if own.values.is_some() {
                let change = there.set_layer(again(&there, profile), name, &undo).unwrap();
                let (_, left) = change.files()[0].texts().unwrap();
                let at_first = workspace.set_layer(profile, name, &value).unwrap();
                let first = at_first.files()[0].texts().unwrap().0;
                assert!(!first.ends_with('\n') || left == first, "{label} {name}: set and unset\n{left}");
            }
            count += 4;
        }
        let infrastructure = profile
            .spec
            .profile_type
            .as_ref()
            .is_some_and(|kind| format!("{:?}", kind.value) == "Infrastructure");
        if !infrastructure {
            let there = after(&workspace, &workspace.add_layer(profile, &layer("added"), &types).unwrap());
            let added = again(&there, profile);
            assert!(is_part(text, added.file.text()) || types.is_empty(), "{label}");
            if !types.is_empty() {
                let back = there.remove_layer(added, "added", false).unwrap();
                let back = after(&there, &back);
                assert_eq!(again(&back, profile).file.text(), text, "{label}: added and removed");
            }
            count += 2;
        }
    }
    count
}

#[test]
fn the_sample() {
    let count = edit_everything(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(count > 60, "{count}");
}

#[test]
fn profiles_made_from_exports() {
    let corpus = std::env::var_os("EDGEWRIGHT_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"), PathBuf::from);
    let folder = corpus.join("palette/profiles/json");
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("skipped: no corpus");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    fs::write(
        dir.path().join("edgewright.yaml"),
        "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: { name: corpus }\nspec: {}\n",
    )
    .unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for (number, file) in files.iter().enumerate() {
        let name = format!("p{number}");
        let run = Command::new(env!("CARGO_BIN_EXE_edgewright"))
            .current_dir(dir.path())
            .args(["import", "--name", &name])
            .arg(file.canonicalize().unwrap())
            .output()
            .unwrap();
        if !run.status.success() {
            println!("not imported: {}", file.display());
        }
    }
    let count = edit_everything(dir.path());
    println!("{count} edits");
    assert!(count > 20, "{count}");
}
