//! Which part of a manifest is the chart or the pack, and what is in it.

use super::manifest::{Descriptor, ImageManifest};
use crate::archive::{Files, Limits, read_tar, read_tgz};
use crate::chart;
use crate::registry::Kind;

/// Config of a chart: its `Chart.yaml` as JSON (Helm, pkg/registry/constants.go).
pub(super) const CHART_CONFIG: &str = "application/vnd.cncf.helm.config.v1+json";
/// Archive of a chart.
const CHART_LAYER: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
/// Archive of a chart as Helm before 3.7 pushed it.
const LEGACY_CHART_LAYER: &str = "application/tar+gzip";
/// Signature of a chart: the text of its `.prov` file.
const PROVENANCE_LAYER: &str = "application/vnd.cncf.helm.chart.provenance.v1.prov";
/// Artifact type of a pack in our own form.
pub(super) const PACK_TYPE: &str = "application/vnd.edgewright.pack.v1";
/// Archive of a pack in our own form.
const PACK_LAYER: &str = "application/vnd.edgewright.pack.content.v1.tar+gzip";
/// The annotation with a file's name that `oras push` leaves.
const TITLE: &str = "org.opencontainers.image.title";

/// The archive in a manifest.
///
/// A chart is what Helm takes for one: config and layer have Helm's media types. A pack is read liberally, because every
/// tool that pushes one says something else about it: the layer with our media type, else the only layer, else the only one
/// whose file was called `.tar.gz` or `.tgz`.
///
/// # Errors
/// What it holds instead, as a sentence.
pub(super) fn archive(kind: Kind, manifest: &ImageManifest) -> Result<&Descriptor, String> {
    let config = manifest.config.media_type.as_str();
    match kind {
        Kind::Chart if config != CHART_CONFIG => Err(format!(
            "it is no Helm chart: its config is of type `{}`, not `{CHART_CONFIG}`",
            config.escape_debug()
        )),
        Kind::Chart => {
            let fits =
                |layer: &&Descriptor| [CHART_LAYER, LEGACY_CHART_LAYER].contains(&layer.media_type.as_str());
            let charts: Vec<&Descriptor> = manifest.layers.iter().filter(fits).collect();
            match charts[..] {
                [one] => Ok(one),
                [] => Err(format!("it has no layer of type `{CHART_LAYER}`")),
                _ => Err(format!("it holds {} charts, and only one can be meant", charts.len())),
            }
        }
        Kind::Pack if config == CHART_CONFIG => {
            Err("it is a Helm chart, not a pack: refer to it with `chart:`".to_owned())
        }
        Kind::Pack => {
            let layers = &manifest.layers;
            let one = |fits: &dyn Fn(&Descriptor) -> bool| {
                let mut fitting = layers.iter().filter(|layer| fits(layer));
                fitting.next().filter(|_| fitting.next().is_none())
            };
            let packed = |layer: &Descriptor| {
                let title = layer.annotation(TITLE).unwrap_or_default();
                [".tar.gz", ".tgz"].iter().any(|end| title.ends_with(end))
            };
            let chosen = one(&|layer| layer.media_type == PACK_LAYER)
                .or_else(|| one(&|_| true))
                .or_else(|| one(&packed));
            chosen.ok_or_else(|| {
                format!(
                    "it has {} layers, none of which is known as the pack: push the folder as one archive",
                    layers.len()
                )
            })
        }
    }
}

/// The signature of a chart, where it was pushed with one.
pub(super) fn provenance(manifest: &ImageManifest) -> Option<&Descriptor> {
    manifest.layers.iter().find(|layer| layer.media_type == PROVENANCE_LAYER)
}

/// The manifest that an index is about: the only one, or the only one that says of itself that it is such a thing.
///
/// # Errors
/// That there is none, or more than one.
pub(super) fn pick(kind: Kind, entries: &[Descriptor]) -> Result<&Descriptor, String> {
    let images: Vec<&Descriptor> = entries.iter().filter(|entry| !entry.is_attestation()).collect();
    let own = match kind {
        Kind::Chart => CHART_CONFIG,
        Kind::Pack => PACK_TYPE,
    };
    let typed: Vec<&Descriptor> =
        images.iter().copied().filter(|entry| entry.artifact_type.as_deref() == Some(own)).collect();
    match (&images[..], &typed[..]) {
        ([one], _) | (_, [one]) => Ok(one),
        ([], _) => Err("it is an index of nothing".to_owned()),
        _ => Err(format!(
            "it is an index of {} manifests, and not just one of them is of type `{own}`",
            images.len()
        )),
    }
}

/// The folder in an archive (empty: the archive itself) and the files below it.
///
/// # Errors
/// The archive is broken, refused, or holds no chart or pack.
pub(super) fn unpack(kind: Kind, bytes: &[u8]) -> Result<(String, Files), String> {
    match kind {
        Kind::Chart => chart::unpack(bytes).map_err(|error| error.to_string()),
        Kind::Pack => unpack_pack(bytes),
    }
}

/// A pack's folder is that of its `pack.json`, wherever the archive was made: of those that lie least deep there is one.
fn unpack_pack(bytes: &[u8]) -> Result<(String, Files), String> {
    let limits = Limits::default();
    let files = match bytes {
        // Tools push a plain tar as it is.
        tar if tar.get(257..262) == Some(b"ustar") => read_tar(tar, &limits),
        other => read_tgz(other, &limits),
    }
    .map_err(|error| error.to_string())?;
    let depth = |path: &str| path.matches('/').count();
    let mut found: Vec<&str> = files
        .iter()
        .filter_map(|(path, _)| path.strip_suffix("pack.json"))
        .filter(|folder| folder.is_empty() || folder.ends_with('/'))
        .collect();
    found.sort_by_key(|folder| depth(folder));
    match found[..] {
        [] => Err("there is no pack.json in it".to_owned()),
        [one, other, ..] if depth(one) == depth(other) => Err(format!(
            "it holds more than one pack: `{}` and `{}`",
            one.trim_end_matches('/').escape_debug(),
            other.trim_end_matches('/').escape_debug()
        )),
        ["", ..] => Ok((String::new(), files)),
        [folder, ..] => {
            let folder = folder.trim_end_matches('/').to_owned();
            let below = files.under(&folder);
            Ok((folder, below))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::{Digest, write_tgz};
    use crate::registry::oci::manifest::{Content, Manifest};

    fn image(config: &str, layers: &[(&str, &str)]) -> ImageManifest {
        let descriptor = |kind: &str, title: &str| {
            serde_json::json!({
                "mediaType": kind, "size": 1, "digest": format!("sha256:{}", Digest::of(title.as_bytes())),
                "annotations": { TITLE: title },
            })
        };
        let layers: Vec<_> = layers.iter().map(|(kind, title)| descriptor(kind, title)).collect();
        let json =
            serde_json::json!({ "schemaVersion": 2, "config": descriptor(config, ""), "layers": layers });
        match Manifest::parse(json.to_string().as_bytes()).unwrap().content {
            Content::Image(image) => *image,
            Content::Index(_) => panic!(),
        }
    }

    fn chosen(kind: Kind, config: &str, layers: &[(&str, &str)]) -> Result<String, String> {
        let image = image(config, layers);
        archive(kind, &image).map(|layer| layer.annotation(TITLE).unwrap().to_owned())
    }

    #[test]
    fn a_chart_is_what_helm_takes_for_one() {
        let chart = |layers| chosen(Kind::Chart, CHART_CONFIG, layers);
        assert_eq!(chart(&[(PROVENANCE_LAYER, "p"), (CHART_LAYER, "c")]).unwrap(), "c");
        assert_eq!(chart(&[(LEGACY_CHART_LAYER, "old")]).unwrap(), "old");
        assert!(chart(&[(PROVENANCE_LAYER, "p")]).unwrap_err().contains("no layer of type"));
        assert!(chart(&[(CHART_LAYER, "a"), (CHART_LAYER, "b")]).unwrap_err().contains("2 charts"));
        let image = chosen(Kind::Chart, "application/vnd.oci.image.config.v1+json", &[(CHART_LAYER, "c")]);
        assert!(
            image
                .unwrap_err()
                .starts_with("it is no Helm chart: its config is of type `application/vnd.oci.image")
        );
        let signed = super::tests::image(CHART_CONFIG, &[(PROVENANCE_LAYER, "p"), (CHART_LAYER, "c")]);
        assert_eq!(provenance(&signed).unwrap().annotation(TITLE), Some("p"));
    }

    #[test]
    fn a_pack_is_found_whatever_pushed_it() {
        let pack = |layers| chosen(Kind::Pack, "application/vnd.oci.empty.v1+json", layers);
        assert_eq!(
            pack(&[("application/vnd.oci.image.layer.v1.tar", "x-1.0.tar.gz")]).unwrap(),
            "x-1.0.tar.gz"
        );
        assert_eq!(pack(&[("text/plain", "README.md"), ("application/x-tar", "x.tgz")]).unwrap(), "x.tgz");
        assert_eq!(pack(&[("a", "a.tgz"), (PACK_LAYER, "b")]).unwrap(), "b");
        assert!(pack(&[]).unwrap_err().contains("0 layers"));
        assert!(pack(&[("a", "a"), ("b", "b")]).unwrap_err().contains("2 layers"));
        assert!(chosen(Kind::Pack, CHART_CONFIG, &[(CHART_LAYER, "c")]).unwrap_err().contains("`chart:`"));
    }

    #[test]
    fn an_index_is_followed_to_the_one_that_is_meant() {
        let index = |entries: &[(&str, &str)]| {
            let entries: Vec<_> = entries
                .iter()
                .map(|(kind, os)| {
                    serde_json::json!({
                        "digest": format!("sha256:{}", Digest::of(kind.as_bytes())), "size": 1, "artifactType": kind,
                        "platform": { "os": os, "architecture": "x" },
                    })
                })
                .collect();
            let json = serde_json::json!({ "schemaVersion": 2, "manifests": entries });
            let Content::Index(entries) = Manifest::parse(json.to_string().as_bytes()).unwrap().content
            else {
                panic!()
            };
            pick(Kind::Chart, &entries).map(|entry| entry.digest)
        };
        let chart = Digest::of(CHART_CONFIG.as_bytes());
        assert_eq!(index(&[("", "linux")]).unwrap(), Digest::of(b""));
        assert_eq!(index(&[("a", "linux"), (CHART_CONFIG, ""), ("b", "")]).unwrap(), chart);
        assert_eq!(index(&[("a", "unknown"), ("b", "linux")]).unwrap(), Digest::of(b"b"));
        assert!(index(&[]).unwrap_err().contains("nothing"));
        assert!(index(&[("a", "linux"), ("b", "linux")]).unwrap_err().contains("2 manifests"));
        assert!(index(&[(CHART_CONFIG, ""), (CHART_CONFIG, "")]).is_err());
    }

    #[test]
    fn the_folder_of_a_pack_is_that_of_its_pack_json() {
        let archive = |paths: &[&str]| {
            let mut files = Files::new();
            for path in paths {
                files.insert(*path, path.as_bytes());
            }
            unpack_pack(&write_tgz(&files, "").unwrap()).map(|(folder, files)| {
                (folder, files.iter().map(|(path, _)| path.to_owned()).collect::<Vec<_>>().join(" "))
            })
        };
        let at = |folder: &str, files: &str| Ok((folder.to_owned(), files.to_owned()));
        assert_eq!(archive(&["pack.json", "values.yaml"]), at("", "pack.json values.yaml"));
        assert_eq!(
            archive(&["x-1.0/pack.json", "x-1.0/charts/pack.json", "._x-1.0"]),
            at("x-1.0", "charts/pack.json pack.json")
        );
        assert_eq!(archive(&["packs/x/pack.json"]), at("packs/x", "pack.json"));
        assert_eq!(
            archive(&["a/pack.json", "b/pack.json"]).unwrap_err(),
            "it holds more than one pack: `a` and `b`"
        );
        assert_eq!(archive(&["x/unpack.json"]).unwrap_err(), "there is no pack.json in it");
        assert!(unpack_pack(b"<html>").unwrap_err().contains("not a gzip file"));
        assert!(unpack_pack(&[]).is_err() && unpack_pack(&[0; 600]).is_err());
    }
}
