//! `edgewright show` over the sample repository of this checkout.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

use std::path::Path;
use std::process::{Command, Output};

use edgewright::schema::{self, Kind};
use edgewright::source::SourceFile;
use edgewright::yaml;

fn show(args: &[&str]) -> Output {
    let cache = tempfile::tempdir().unwrap();
    Command::new(env!("CARGO_BIN_EXE_edgewright"))
        .arg("show")
        .args(args)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .env("EDGEWRIGHT_CACHE", cache.path())
        .output()
        .expect("the binary runs")
}

#[test]
fn the_document_of_every_kind_of_profile_fits_its_schema() {
    for profile in ["k3s-store", "observability", "retail/virtual-machines@1.1.0", "system/store-base"] {
        let output = show(&[profile, "--format", "json"]);
        assert!(output.status.success(), "{profile}: {}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let stream = yaml::parse(&SourceFile::new(profile, text));
        let found = schema::validate(Kind::ResolvedProfile, &stream.documents[0]);
        assert!(found.is_empty(), "{profile}: {found:#?}");
    }
}

#[test]
fn people_see_the_stack_and_a_slip_is_answered() {
    let output = show(&["retail/virtual-machines@1.2.0"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("pack edge-proxy 0.9.3 (>=0.9)"), "{text}");
    assert!(text.contains("added by vm-orchestrator"), "{text}");
    let output = show(&["k3s-stroe"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean `k3s-store`"));
}

#[test]
fn images_are_told_with_the_line_that_names_them() {
    let output = show(&["observability", "--images", "--format", "json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let images = document["images"].as_array().unwrap();
    assert!(!images.is_empty());
    for image in images {
        assert!(
            image["line"].as_u64().unwrap() > 1 && image["path"].as_str().unwrap().contains('/'),
            "{image}"
        );
    }
}
