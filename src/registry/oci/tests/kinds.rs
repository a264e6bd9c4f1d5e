//! Packs, indexes, lists, images and signatures.

use super::*;

#[test]
fn packs_are_found_in_both_forms() {
    let scene = Scene::new();
    let (palette, plain) = (pack("nginx", "1.10.0"), pack("nginx", "1.9"));
    let empty = "application/vnd.oci.empty.v1+json";
    scene.push(
        "team/spectro-packs/archive/nginx",
        "1.10.0",
        empty,
        "application/vnd.oci.image.layer.v1.tar",
        &palette,
    );
    scene.tags("team/spectro-packs/archive/nginx", &["1.10.0", "latest"]);
    scene.push(
        "team/nginx",
        "1.9",
        "application/vnd.docker.container.image.v1+json",
        "application/x",
        &plain,
    );
    scene.tags("team/nginx", &["1.9", "1.10.0", "LTS__18.4.3"]);
    assert_eq!(scene.versions(Kind::Pack, "nginx"), ["1.10.0", "1.9", "LTS__18.4.3"]);

    let registries = scene.open(false);
    let registry = registries.get("oci").unwrap();
    for (version, at, bytes) in
        [("1.10.0", "spectro-packs/archive/nginx", &palette), ("1.9", "nginx", &plain)]
    {
        let candidate =
            registry.candidates(Kind::Pack, "nginx").unwrap().into_iter().find(|c| c.version == version);
        let fetched = registry.fetch(Kind::Pack, "nginx", &candidate.unwrap(), None).unwrap();
        assert_eq!(fetched.archive.as_ref().unwrap().sha256, digest(bytes));
        assert!(fetched.path.ends_with(&format!("team/{at}:{version}!/nginx-{version}")), "{}", fetched.path);
        assert!(fetched.files.contains("pack.json"));
        let exact = registry.exact(Kind::Pack, "nginx", &Wanted::parse(version).unwrap()).unwrap().unwrap();
        assert_eq!(exact.digest, Some(digest(bytes)));
        let pinned = format!("@sha256:{}", exact.manifest.unwrap());
        let by_digest =
            registry.exact(Kind::Pack, "nginx", &Wanted::parse(&pinned).unwrap()).unwrap().unwrap();
        assert_eq!(by_digest.version, version);
    }
    // The same version written otherwise is found in the list.
    assert_eq!(registry.exact(Kind::Pack, "nginx", &Wanted::parse("1.10").unwrap()).unwrap(), None);
    // What was pushed to the wrong place is not taken.
    scene.push("team/web", "1.0.0", empty, "application/x", &plain);
    let text = scene.refusal(Kind::Pack, "1.0.0");
    assert!(text.contains("its pack.json says that it is `nginx` 1.9, not `web` 1.0.0"), "{text}");
}

#[test]
fn an_index_is_followed() {
    let scene = Scene::new();
    let bytes = chart("1.0.0");
    let inner = scene.chart("inner", &bytes);
    let entry = |digest: Digest| json!({ "digest": format!("sha256:{digest}"), "size": 1, "artifactType": CHART_CONFIG });
    let index =
        |entries: Vec<Value>| json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": entries });
    let outer = scene.manifest("team/web", "1.0.0", &index(vec![entry(inner)]));
    let candidate = scene.exact(Kind::Chart, "web", "1.0.0").unwrap().unwrap();
    assert_eq!((candidate.manifest, candidate.digest), (Some(outer), Some(digest(&bytes))));

    scene.manifest("team/web", "2.0.0", &index(vec![entry(outer)]));
    assert!(scene.refusal(Kind::Chart, "2.0.0").ends_with("it is an index of indexes"));
    scene.manifest("team/web", "3.0.0", &index(vec![entry(digest(b"gone"))]));
    assert!(scene.refusal(Kind::Chart, "3.0.0").contains("which is not there"));
    scene.manifest("team/web", "4.0.0", &index(vec![entry(inner), entry(inner)]));
    assert!(scene.refusal(Kind::Chart, "4.0.0").contains("an index of 2 manifests"));
}

#[test]
fn what_is_no_chart_says_what_it_is() {
    let scene = Scene::new();
    scene.push("team/web", "1.0.0", "application/vnd.docker.container.image.v1+json", "application/x", b"x");
    assert!(scene.refusal(Kind::Chart, "1.0.0").contains("it is no Helm chart: its config is of type"));
    scene.chart("2.0.0", &chart("2.0.0"));
    assert!(scene.refusal(Kind::Pack, "2.0.0").contains("it is a Helm chart, not a pack"));
    scene.chart("3.0.0", b"<html>");
    assert!(scene.refusal(Kind::Chart, "3.0.0").contains("not a gzip file"));
    let page = vec![("Content-Type", "text/html".to_owned())];
    scene
        .server
        .put("/v2/team/web/manifests/4.0.0", Answer::Raw("200 OK", page, b"<!DOCTYPE html>".to_vec()));
    assert!(scene.refusal(Kind::Chart, "4.0.0").contains("its manifest cannot be used: it is a web page"));
    scene.manifest("team/web", "5.0.0", &json!({ "schemaVersion": 1, "name": "x", "fsLayers": [] }));
    assert!(scene.refusal(Kind::Chart, "5.0.0").contains("Docker's schema 1"));
    let mut large = scene.image("team/web", CHART_CONFIG, CHART_LAYER, b"x");
    large["layers"][0]["size"] = json!(u64::MAX);
    scene.manifest("team/web", "6.0.0", &large);
    assert!(scene.refusal(Kind::Chart, "6.0.0").contains("more than the 134217728 that are read"));
    let mut huge = scene.image("team/web", CHART_CONFIG, CHART_LAYER, b"x");
    huge["annotations"]["x"] = json!("y".repeat(5 << 20));
    scene.manifest("team/web", "7.0.0", &huge);
    assert!(scene.refusal(Kind::Chart, "7.0.0").contains("larger than the 4194304 bytes"));
}

#[test]
fn an_exact_version_that_is_not_there_says_what_is() {
    let scene = Scene::new();
    scene.tags("team/web", &["v1.2.3", "1.10.1", "1.0.0_b"]);
    let text = |wanted: &str| scene.exact(Kind::Chart, "web", wanted).unwrap_err().to_string();
    assert_eq!(
        text("1.2.3"),
        "registry `oci` has no chart `web` 1.2.3; there is a tag `v1.2.3`: write the version as it stands there"
    );
    assert!(text("v1.10.1").ends_with("there is a tag `1.10.1`: write the version as it stands there"));
    assert!(
        text("1.10").ends_with("Helm takes `1.10` for the tag itself: write `1.10.x` for the newest of them")
    );
    assert!(text("4.0.0").ends_with("; there is 1.10.1, v1.2.3, 1.0.0+b"));
    let registries = scene.open(false);
    let nothing =
        registries.get("oci").unwrap().exact(Kind::Chart, "other", &Wanted::parse("1.0.0").unwrap());
    assert_eq!(nothing.unwrap_err().to_string(), "registry `oci` has no chart `other` 1.0.0");
    assert!(registries.get("oci").unwrap().candidates(Kind::Chart, "other").unwrap().is_empty());
    // A name that no registry can have is said before anything is asked for.
    let upper = registries.get("oci").unwrap().candidates(Kind::Chart, "Web").unwrap_err().to_string();
    assert!(upper.contains("capital letters"), "{upper}");
}

#[test]
fn a_registry_that_lists_nothing_still_has_exact_versions() {
    let scene = Scene::new();
    let bytes = chart("1.0.0");
    scene.chart("1.0.0", &bytes);
    scene.server.put("/v2/team/web/tags/list?n=1000", Answer::Raw("405 Method Not Allowed", vec![], vec![]));
    assert!(scene.exact(Kind::Chart, "web", "1.0.0").unwrap().is_some());
    let error = scene.open(false).get("oci").unwrap().candidates(Kind::Chart, "web").unwrap_err().to_string();
    assert!(error.contains("405"), "{error}");
}

#[test]
fn long_lists_come_in_pages_and_end() {
    let scene = Scene::new();
    let page = |tags: &[&str], next: &str| {
        let link = if next.is_empty() { vec![] } else { vec![("Link", format!("<{next}>; rel=\"next\""))] };
        Answer::Raw("200 OK", link, json!({ "tags": tags }).to_string().into_bytes())
    };
    let list = "/v2/team/web/tags/list";
    scene.server.put(&format!("{list}?n=1000"), page(&["1.0.0"], &format!("{list}?last=1.0.0")));
    scene.server.put(&format!("{list}?last=1.0.0"), page(&["2.0.0"], "?last=2.0.0"));
    scene.server.put(&format!("{list}?last=2.0.0"), Answer::File(b"{\"tags\": null}".to_vec(), None));
    assert_eq!(scene.versions(Kind::Chart, "web"), ["2.0.0", "1.0.0"]);

    let error = |next: &str| {
        scene.server.put(&format!("{list}?n=1000"), page(&["1.0.0"], next));
        scene.open(false).get("oci").unwrap().candidates(Kind::Chart, "web").unwrap_err().to_string()
    };
    assert!(error(&format!("{list}?n=1000")).contains("goes round in a circle"));
    assert!(error("https://elsewhere.example.org/v2/team/web/tags/list").contains("at another address"));
    assert!(error("/v2/other/tags/list").contains("at another address"));
    assert!(error("http://[").contains("no address"));
    scene.server.put(&format!("{list}?n=1000"), Answer::File(b"<html>".to_vec(), None));
    assert!(
        scene
            .open(false)
            .get("oci")
            .unwrap()
            .candidates(Kind::Chart, "web")
            .unwrap_err()
            .to_string()
            .contains("cannot be read")
    );
}

#[test]
fn names_come_from_the_catalog_where_there_is_one() {
    let scene = Scene::new();
    let registries = scene.open(false);
    let registry = registries.get("oci").unwrap();
    assert!(registry.names(Kind::Chart).unwrap().is_empty());
    let list = json!({ "repositories": ["team/web", "team/spectro-packs/archive/nginx", "team/a/b", "other/x", "teams"] });
    scene.server.put("/v2/_catalog?n=1000", Answer::File(list.to_string().into_bytes(), None));
    assert_eq!(registry.names(Kind::Chart).unwrap(), ["web"]);
    assert_eq!(registry.names(Kind::Pack).unwrap(), ["nginx", "web"]);
}

#[test]
fn images_are_resolved_to_their_platforms() {
    let scene = Scene::new();
    let registries = scene.open(false);
    let host = scene.host().to_owned();
    let resolve = |text: &str| registries.resolve_image(&ImageReference::parse(text).unwrap());
    let config = scene
        .blob("library/app", br#"{"os": "linux", "architecture": "arm64", "variant": "v8", "rootfs": {}}"#);
    let single = json!({ "schemaVersion": 2, "config": config, "layers": [] });
    let found = scene.manifest("library/app", "1.0", &single);
    let image = resolve(&format!("{host}/library/app:1.0")).unwrap();
    assert_eq!(
        (image.digest, image.media_type.as_str()),
        (found, "application/vnd.oci.image.manifest.v1+json")
    );
    assert_eq!((image.platforms[0].platform.as_str(), image.platforms[0].digest), ("linux/arm64/v8", found));

    let entry = |digest: Digest, os: &str| json!({ "digest": format!("sha256:{digest}"), "size": 7, "platform": { "os": os, "architecture": "amd64" } });
    let index = json!({
        "schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.list.v2+json",
        "manifests": [entry(found, "linux"), entry(digest(b"w"), "windows"), entry(digest(b"a"), "unknown")],
    });
    let latest = scene.manifest("library/app", "latest", &index);
    let image = resolve(&format!("{host}/library/app")).unwrap();
    let platforms: Vec<_> = image.platforms.iter().map(|p| (p.platform.as_str(), p.digest, p.size)).collect();
    assert_eq!(platforms, [("linux/amd64", found, 7), ("windows/amd64", digest(b"w"), 7)]);
    assert_eq!(image.digest, latest);
    // By digest, whatever the tag says: no second question is asked for it.
    let before = scene.server.requests().len();
    assert_eq!(resolve(&format!("{host}/library/app:gone@sha256:{latest}")).unwrap(), image);
    assert_eq!(scene.server.requests().len(), before);
    let error = resolve(&format!("{host}/library/app:gone")).unwrap_err().to_string();
    assert_eq!(error, format!("registry `{host}` has no image `{host}/library/app:gone`"));
    assert!(
        resolve(&format!("{host}/a@sha512:{}", "0".repeat(128))).unwrap_err().to_string().contains("sha256")
    );
}

#[test]
fn a_signed_chart_has_its_signature() {
    let scene = Scene::new();
    let mut image = scene.image("team/web", CHART_CONFIG, CHART_LAYER, &chart("1.0.0"));
    let mut signature = scene.blob("team/web", b"-----BEGIN PGP SIGNED MESSAGE-----");
    signature["mediaType"] = json!("application/vnd.cncf.helm.chart.provenance.v1.prov");
    image["layers"].as_array_mut().unwrap().push(signature);
    scene.manifest("team/web", "1.0.0", &image);
    scene.chart("2.0.0", &chart("2.0.0"));
    let registries = scene.open(false);
    let registry = registries.get("oci").unwrap();
    let of = |version: &str| {
        registry.provenance("web", &Candidate { version: version.to_owned(), ..Candidate::default() })
    };
    assert!(of("1.0.0").unwrap().unwrap().starts_with(b"-----BEGIN"));
    assert!(of("2.0.0").unwrap().is_none());
}

#[test]
fn odd_bases_are_understood() {
    let scene = Scene::new();
    let bytes = pack("nginx", "1.0.0");
    scene.push("x/spectro-packs/archive/nginx", "1.0.0", PACK_TYPE, "application/x", &bytes);
    let open = |url: String| {
        let config = serde_json::from_value::<RegistryConfig>(json!({ "type": "oci", "url": url })).unwrap();
        let options = Options { cache: Some(scene.root.path().join("cache")), ..Options::default() };
        Registries::new(Path::new("/nowhere"), &IndexMap::from([("oci".to_owned(), config)]), options)
    };
    for base in ["x/spectro-packs/archive", "x/spectro-packs/archive/", "x"] {
        let registries = open(format!("oci://{}/{base}", scene.host()));
        let exact =
            registries.get("oci").unwrap().exact(Kind::Pack, "nginx", &Wanted::parse("1.0.0").unwrap());
        assert_eq!(exact.unwrap().unwrap().digest, Some(digest(&bytes)), "{base}");
    }
    let error = open("oci://user:secret@h/x".to_owned())
        .get("oci")
        .unwrap()
        .candidates(Kind::Pack, "a")
        .unwrap_err()
        .to_string();
    assert!(error.contains("holds credentials") && !error.contains("secret"), "{error}");
}
