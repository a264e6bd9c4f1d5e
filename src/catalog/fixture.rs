//! Resolved profiles of the sample repository for tests of this room, with just enough of resolving.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Value, json};

use crate::archive::{self, Digest, Files, Limits};
use crate::pack::{LayerType, Pack};
use crate::resolve::resolved::*;
use crate::source::{Place, SourceFile};
use crate::workspace::Workspace;
use crate::workspace::model::{Layer, LayerValues, Profile};
use crate::yaml::{self, Document, Resolver, Spanned, push_pointer};

pub(super) fn sample() -> (Workspace, Vec<ResolvedProfile>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = Workspace::load(root).unwrap();
    let packs = packs(&root.join("packs"));
    let profiles = workspace.profiles.iter().map(|p| resolve(p, &packs)).collect();
    (workspace, profiles)
}

fn packs(dir: &Path) -> BTreeMap<String, Vec<Arc<Pack>>> {
    let mut all: BTreeMap<String, Vec<Arc<Pack>>> = BTreeMap::new();
    let mut names: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    names.sort();
    for path in names {
        let files = archive::read_dir(&path, &Limits::default()).unwrap();
        let shown = format!("packs/{}", path.file_name().unwrap().to_str().unwrap());
        let pack = Arc::new(pack(files, &shown));
        all.entry(pack.name.value.clone()).or_default().push(pack);
    }
    all
}

fn document(files: &Files, shown: &str, name: &str) -> Option<(Document, Arc<SourceFile>)> {
    let file = SourceFile::new(format!("{shown}/{name}"), files.text(name)?);
    let document = yaml::parse(&file).documents.into_iter().next()?;
    Some((document, file))
}

fn plain<T>(value: T) -> Spanned<T> {
    Spanned { value, span: crate::source::Span::default() }
}

fn pack(files: Files, shown: &str) -> Pack {
    let (json, json_file) = document(&files, shown, "pack.json").unwrap();
    let value = json.root().to_json(Resolver::Core).unwrap();
    let text = |key: &str| value[key].as_str().map(str::to_owned);
    let values = document(&files, shown, "values.yaml");
    let annotations = value["annotations"].as_object().cloned().unwrap_or_default();
    Pack {
        path: shown.to_owned(),
        name: plain(text("name").unwrap()),
        version: plain(text("version").unwrap()),
        display_name: text("displayName"),
        layer: serde_json::from_value(value["layer"].clone()).unwrap_or(LayerType::Addon),
        addon_type: text("addonType"),
        cloud_types: vec!["edge-native".into()],
        annotations: annotations.iter().map(|(k, v)| (k.clone(), v.as_str().unwrap_or("").into())).collect(),
        dependencies: Vec::new(),
        charts: Vec::new(),
        manifests: Vec::new(),
        presets: Vec::new(),
        json,
        json_file,
        values: values.as_ref().map(|v| v.0.clone()),
        values_file: values.map(|v| v.1),
        schema: document(&files, shown, "schema.yaml").map(|d| d.0),
        readme: files.text("README.md").map(str::to_owned),
        files,
    }
}

fn resolve(profile: &Arc<Profile>, packs: &BTreeMap<String, Vec<Arc<Pack>>>) -> ResolvedProfile {
    let mut layers = Vec::new();
    for (index, layer) in profile.spec.layers.iter().enumerate() {
        let one = self::layer(profile, index, layer, packs);
        let bringer = one.name.clone();
        let brings = one.source.name() == Some("vm-orchestrator");
        layers.push(one);
        if brings {
            let pack = packs["edge-proxy"][0].clone();
            let added_by = AddedBy { layer: bringer, group: "access".into(), preset: "proxied".into() };
            layers.push(ResolvedLayer {
                name: "edge-proxy".into(),
                display_name: "edge-proxy".into(),
                index: None,
                added_by: Some(added_by),
                layer_type: LayerType::Addon,
                wanted: Some("0.9.x".into()),
                pin: Some(pin(&pack)),
                source: LayerSource::Pack("edge-proxy".into(), Some(pack)),
                ..layers[0].clone()
            });
        }
    }
    ResolvedProfile { profile: Arc::clone(profile), layers, lock: LockState::Current, reported: Vec::new() }
}

fn pin(pack: &Pack) -> Pin {
    Pin {
        version: pack.version.value.clone(),
        url: None,
        sha256: None,
        size: None,
        content: Digest::of(pack.path.as_bytes()),
        app_version: None,
        deprecated: false,
    }
}

fn layer(
    profile: &Arc<Profile>,
    index: usize,
    layer: &Layer,
    packs: &BTreeMap<String, Vec<Arc<Pack>>>,
) -> ResolvedLayer {
    let pack = layer.pack.as_ref().and_then(|r| packs.get(&r.name.value)?.last().cloned());
    let defaults = pack
        .as_ref()
        .and_then(|p| p.values.as_ref()?.root().to_json(Resolver::Go).ok())
        .unwrap_or_else(|| json!({}));
    let (own, file) = match layer.values.as_ref().map(|v| &v.value) {
        Some(LayerValues::Inline(map)) => (Value::Object(map.clone()), Some(profile.file.clone())),
        Some(LayerValues::File(path)) => {
            let text = std::fs::read_to_string(profile.dir.join(path)).unwrap_or_default();
            let folder = super::index::folder_of(profile.file.path());
            let file = SourceFile::new(format!("{folder}/{path}"), text);
            let document = yaml::parse(&file).documents.into_iter().next();
            (document.and_then(|d| d.root().to_json(Resolver::Go).ok()).unwrap_or(json!({})), Some(file))
        }
        None => (json!({}), None),
    };
    let mut value = defaults.clone();
    crate::chart::values::merge(&mut value, &own);
    let mut origins = BTreeMap::new();
    leaves(&value, String::new(), &mut |pointer| {
        let kind = if own.pointer(&pointer).is_some() { OriginKind::Layer } else { OriginKind::Default };
        let place = file.as_ref().map(|f| Place::new(f, crate::source::Span::default()));
        origins.insert(pointer, Origin { kind, place });
    });
    let manifests = layer
        .manifests
        .iter()
        .map(|m| {
            let folder = super::index::folder_of(profile.file.path());
            let text = std::fs::read_to_string(profile.dir.join(&m.value)).unwrap_or_default();
            let file = SourceFile::new(format!("{folder}/{m}"), text);
            LayerManifest { name: m.value.clone(), file, templated: false }
        })
        .collect();
    ResolvedLayer {
        name: layer.name.value.clone(),
        display_name: layer.display_name.clone().unwrap_or_else(|| layer.name.value.clone()),
        index: Some(index),
        added_by: None,
        layer_type: pack.as_ref().map_or(LayerType::Addon, |p| p.layer),
        wanted: layer.pack.as_ref().map(|r| r.version.value.clone()),
        registry: layer.pack.as_ref().map(|_| "packs".to_owned()),
        pin: pack.as_ref().map(|p| pin(p)),
        unresolved: None,
        presets: layer.presets.iter().map(|(k, v)| (k.clone(), v.value.clone())).collect::<IndexMap<_, _>>(),
        source: match &layer.pack {
            Some(r) => LayerSource::Pack(r.name.value.clone(), pack),
            None => LayerSource::Manifests,
        },
        values: EffectiveValues { value, defaults, origins, removed: BTreeMap::new() },
        charts: Vec::new(),
        manifests,
        namespace: layer.namespace.as_ref().map_or(String::new(), |n| n.value.clone()),
        priority: layer.install_priority.unwrap_or(0),
        place: profile.place(layer.name.span),
    }
}

fn leaves(value: &Value, pointer: String, each: &mut dyn FnMut(String)) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                leaves(value, push_pointer(&pointer, key), each);
            }
        }
        Value::Object(_) if pointer.is_empty() => {}
        _ => each(pointer),
    }
}
