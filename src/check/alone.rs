//! Files and folders that belong to no repository, each judged by itself.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use ignore::WalkBuilder;

use super::{Outcome, packs};
use crate::rules::{self, Context, Settings};
use crate::schema;
use crate::source::{Overlay, SourceFile};
use crate::workspace::model::RegistryConfig;
use crate::workspace::{self, Workspace};
use crate::yaml::{self, Document};

/// Whether a path belongs to the repository at `root`: discovery or a directory registry reaches it, or what lies below it.
pub(super) fn belongs(root: &Path, path: &Path) -> bool {
    let Ok(inside) = path.strip_prefix(root) else { return false };
    let shown = inside.to_string_lossy().replace('\\', "/");
    let ours = ["profiles", "appliances"].iter().any(|folder| inside.starts_with(folder));
    if shown.is_empty() || ours || workspace::kind_of(&shown).is_some() {
        return true;
    }
    let Ok(workspace) = Workspace::load(root) else { return false };
    workspace.config.spec.registries.values().any(|registry| match registry {
        RegistryConfig::Directory { path } => {
            let folder = path.trim_start_matches("./").trim_end_matches('/');
            inside.starts_with(folder) || Path::new(folder).starts_with(inside)
        }
        _ => false,
    })
}

/// Judges one path: a pack, a folder of packs, one of our kinds, a Palette profile, Kubernetes objects, or a folder of them.
pub(super) fn path(path: &Path, overlay: &Overlay) -> Result<Outcome> {
    let shown = path.to_string_lossy().replace('\\', "/");
    let shown = shown.trim_end_matches('/');
    if path.is_file() || overlay.text(path).is_some() {
        return file(path, shown, overlay);
    }
    if path.join("pack.json").is_file() {
        // What a pack requires of others cannot be known from the pack alone.
        return Ok(judge_packs(packs::folder_at(path, shown, overlay), false));
    }
    let folders = pack_folders(path)?;
    if !folders.is_empty() {
        let mut all = packs::Judged::default();
        for folder in folders {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            let part = packs::folder_at(&folder, &format!("{shown}/{name}"), overlay);
            all.packs.extend(part.packs);
            all.diagnostics.extend(part.diagnostics);
            all.files += part.files;
        }
        return Ok(judge_packs(all, true));
    }
    let mut whole = Outcome::default();
    for entry in WalkBuilder::new(path).require_git(false).sort_by_file_path(Ord::cmp).build() {
        let entry = entry.with_context(|| format!("cannot read `{shown}`"))?;
        let yaml = entry.path().extension().is_some_and(|e| e == "yaml" || e == "yml" || e == "json");
        if yaml && entry.file_type().is_some_and(|t| t.is_file()) {
            let shown = entry.path().to_string_lossy().replace('\\', "/");
            whole.extend(file(entry.path(), &shown, overlay)?);
        }
    }
    Ok(whole)
}

fn pack_folders(path: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let mut folders: Vec<_> =
        entries.flatten().map(|e| e.path()).filter(|p| p.join("pack.json").is_file()).collect();
    folders.sort();
    Ok(folders)
}

fn judge_packs(judged: packs::Judged, all: bool) -> Outcome {
    let names = judged.packs.iter().map(|p| p.pack.name.value.clone()).collect();
    let context = Context {
        packs: &judged.packs,
        pack_names: all.then_some(names),
        reported: &judged.diagnostics,
        ..Context::default()
    };
    Outcome::new(rules::run(&context, &Settings::default()), judged.files)
}

/// Judges a file by what its documents say they are.
fn file(path: &Path, shown: &str, overlay: &Overlay) -> Result<Outcome> {
    let bytes = match overlay.text(path) {
        Some(text) => text.as_bytes().to_vec(),
        None => std::fs::read(path).with_context(|| format!("cannot read `{shown}`"))?,
    };
    let Ok(text) = String::from_utf8(bytes) else { bail!("`{shown}` is no text (UTF-8)") };
    let source = SourceFile::new(shown, text);
    let stream = yaml::parse(&source);
    let mut reported = stream.diagnostics;
    let mut unchecked = 0;
    for document in &stream.documents {
        match kind(document) {
            Some(kind) => reported.extend(schema::validate(kind, document)),
            // Kubernetes objects and whatever else: there is no schema for them, and that is said.
            None => unchecked += 1,
        }
    }
    let context = Context { reported: &reported, ..Context::default() };
    let mut judgement = rules::run(&context, &Settings::default());
    judgement.unchecked += unchecked;
    Ok(Outcome::new(judgement, 1))
}

/// Which of our schemas judges a document.
fn kind(document: &Document) -> Option<schema::Kind> {
    let root = document.root();
    if !root.get("apiVersion")?.text()?.starts_with("edgewright/") {
        return None;
    }
    Some(match root.get("kind")?.text()? {
        "Workspace" => schema::Kind::Workspace,
        "ClusterProfile" | "SystemProfile" => schema::Kind::Profile,
        "Channels" => schema::Kind::Channels,
        "Appliance" | "ApplianceGroup" => schema::Kind::Appliance,
        _ => return None,
    })
}
