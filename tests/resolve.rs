//! The sample of this repository, resolved: stacks, presets, values with their origins, releases, macros.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use edgewright::pack::LayerType;
use edgewright::registry::{Options, Registries};
use edgewright::resolve::{LockState, OriginKind, ResolvedLayer, ResolvedProfile, Unresolved, resolve_all};
use edgewright::workspace::Workspace;
use serde_json::json;

/// A copy of the sample without its locks, so that tests may change it.
fn sample() -> tempfile::TempDir {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let target = to.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                copy(&entry.path(), &target);
            } else if entry.file_name() != "profile.lock" {
                fs::copy(entry.path(), target).unwrap();
            }
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["packs", "profiles"] {
        copy(&root.join(folder), &dir.path().join(folder));
    }
    fs::copy(root.join("edgewright.yaml"), dir.path().join("edgewright.yaml")).unwrap();
    dir
}

fn resolve(root: &Path) -> Vec<ResolvedProfile> {
    let workspace = Workspace::load(root).unwrap();
    let registries = Registries::open(&workspace, Options { offline: true, ..Options::default() });
    resolve_all(&workspace, &registries)
}

fn find<'r>(profiles: &'r [ResolvedProfile], label: &str) -> &'r ResolvedProfile {
    profiles.iter().find(|p| p.profile.label() == label).unwrap()
}

fn layer<'r>(profile: &'r ResolvedProfile, name: &str) -> &'r ResolvedLayer {
    profile.layers.iter().find(|l| l.name == name).unwrap()
}

fn edit(root: &Path, path: &str, from: &str, to: &str) {
    let text = fs::read_to_string(root.join(path)).unwrap();
    assert!(text.contains(from), "{path} has no {from}");
    fs::write(root.join(path), text.replace(from, to)).unwrap();
}

const VM: &str = "profiles/retail/virtual-machines/1.2.0/profile.yaml";

#[test]
fn the_default_preset_of_the_virtual_machines_brings_their_proxy() {
    let dir = sample();
    let profiles = resolve(dir.path());
    let vm = find(&profiles, "retail/virtual-machines@1.2.0");
    assert!(vm.reported.is_empty(), "{:#?}", vm.reported);
    assert_eq!(vm.lock, LockState::Missing);
    let names: Vec<_> = vm.layers.iter().map(|l| l.name.as_str()).collect();
    assert_eq!(names, ["vm-orchestrator", "vm-proxy", "proxy-token"]);
    let orchestrator = layer(vm, "vm-orchestrator");
    assert_eq!(orchestrator.presets["access"], "proxied");
    assert_eq!(orchestrator.unresolved, Some(Unresolved::NotLocked), "there to be judged, but not pinned");
    assert!(orchestrator.source.pack().is_some() && orchestrator.pin.is_none());
    let access = "/charts/vm-orchestrator/console/access";
    assert_eq!(orchestrator.values.value.pointer(access), Some(&json!("proxied")));
    let origin = orchestrator.values.origins.get(access).unwrap();
    assert_eq!(origin.kind, OriginKind::Preset("access".into(), "proxied".into()));
    let place = origin.place.as_ref().unwrap();
    assert!(place.file.path().ends_with("presets.yaml"), "{place}");
    assert_eq!(place.file.slice(place.span), "proxied");

    let proxy = layer(vm, "vm-proxy");
    let by = proxy.added_by.as_ref().unwrap();
    assert_eq!(
        (by.layer.as_str(), by.group.as_str(), by.preset.as_str()),
        ("vm-orchestrator", "access", "proxied")
    );
    assert_eq!(proxy.values.origins.get("/charts/edge-proxy/upstream").unwrap().kind, OriginKind::Brought);

    edit(dir.path(), VM, "presets: { access: proxied }", "presets: { access: direct }");
    let profiles = resolve(dir.path());
    let vm = find(&profiles, "retail/virtual-machines@1.2.0");
    assert_eq!(vm.layers.len(), 2);
    assert_eq!(vm.layers[0].values.value.pointer(access), Some(&json!("direct")));
}

#[test]
fn releases_namespaces_types_and_priorities_are_palettes() {
    let dir = sample();
    let profiles = resolve(dir.path());
    for profile in &profiles {
        assert!(profile.reported.is_empty(), "{}: {:#?}", profile.profile.label(), profile.reported);
        for layer in &profile.layers {
            for chart in &layer.charts {
                assert!(!chart.release.is_empty() && !chart.namespace.is_empty());
                assert!(
                    layer.values.value.pointer(&chart.values_pointer).is_some(),
                    "{}",
                    chart.values_pointer
                );
            }
        }
    }
    let k3s = find(&profiles, "k3s-store@1.2.0");
    let types: Vec<_> = k3s.layers.iter().map(|l| l.layer_type).collect();
    assert_eq!(types, [LayerType::Os, LayerType::Kubernetes, LayerType::Cni, LayerType::Csi]);
    let vm = find(&profiles, "retail/virtual-machines@1.2.0");
    let orchestrator = layer(vm, "vm-orchestrator");
    assert_eq!(orchestrator.charts[0].name, "vm-orchestrator");
    assert_eq!(orchestrator.namespace, orchestrator.values.value["pack"]["namespace"]);
    let metrics = layer(find(&profiles, "observability@0.3.0"), "metrics-agent");
    let url = metrics.values.origins.get("/charts/metrics-agent/remote/url").unwrap();
    assert_eq!(url.kind, OriginKind::Layer);
    assert_eq!(url.place.as_ref().unwrap().file.path(), "profiles/observability/profile.yaml");
}

#[test]
fn what_is_wrong_in_the_files_of_a_layer_is_reported_with_its_place() {
    let dir = sample();
    edit(
        dir.path(),
        VM,
        "presets: { access: proxied }",
        "presets: { access: proxid, acess: proxied }\n      opaque: true",
    );
    edit(dir.path(), "edgewright.yaml", "metricsUrl", "otherUrl");
    fs::remove_file(dir.path().join("profiles/retail/virtual-machines/1.2.0/manifests/quota.yaml")).unwrap();
    fs::write(dir.path().join("profiles/k3s-store/values/network.yaml"), "a: [\n").unwrap();
    let profiles = resolve(dir.path());
    let said = |label: &str| -> Vec<String> {
        let reported = &find(&profiles, label).reported;
        reported
            .iter()
            .map(|d| format!("{} {} {}", d.lint.code, d.place, d.help.as_deref().unwrap_or_default()))
            .collect()
    };
    let vm = said("retail/virtual-machines@1.2.0");
    assert_eq!(vm.len(), 3, "{vm:#?}");
    assert!(vm[0].starts_with("RF0301") && vm[0].ends_with("did you mean `proxied`?"), "{vm:#?}");
    assert!(vm[1].starts_with("RF0301") && vm[1].ends_with("did you mean `access`?"), "{vm:#?}");
    assert!(vm[2].starts_with("RF0201"), "{vm:#?}");
    let archive = find(&profiles, "retail/virtual-machines@1.2.0").layers[0].charts[0].archive.as_ref();
    assert!(archive.is_some_and(|bytes| bytes.starts_with(&[0x1f, 0x8b])), "opaque: the archive travels");
    let metrics = said("observability@0.3.0");
    assert!(
        metrics.len() == 1 && metrics[0].starts_with("VR0201 profiles/observability/profile.yaml:"),
        "{metrics:#?}"
    );
    let k3s = said("k3s-store@1.2.0");
    assert!(
        k3s.len() == 1 && k3s[0].starts_with("YA0001 profiles/k3s-store/values/network.yaml:"),
        "{k3s:#?}"
    );
}
