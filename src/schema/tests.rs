use super::*;
use crate::source::SourceFile;
use crate::yaml;

fn document(text: &str) -> Document {
    let stream = yaml::parse(&SourceFile::new("t.yaml", text));
    assert!(stream.diagnostics.is_empty(), "{:?}", stream.diagnostics);
    stream.documents.into_iter().next().unwrap()
}

/// Findings as `line:text under the span: message [help]`.
fn findings(kind: Kind, text: &str) -> Vec<String> {
    validate(kind, &document(text))
        .iter()
        .map(|d| {
            let at = d.place.file.slice(d.place.span).lines().next().unwrap_or_default();
            let help = d.help.as_deref().map_or_else(String::new, |help| format!(" [{help}]"));
            format!("{} {}:{at}: {}{help}", d.lint.code, d.place.start().line, d.message)
        })
        .collect()
}

const PROFILE: &str = "apiVersion: edgewright/v1
kind: ClusterProfile
metadata:
  name: vm
  version: 1.2.0
spec:
  type: add-on
  layers:
    - name: ns
      manifests: [ns.yaml]
";

#[test]
fn every_schema_compiles_and_is_a_valid_draft_07_schema() {
    for kind in Kind::ALL {
        let compiled = compiled(kind);
        assert!(jsonschema::draft7::meta::is_valid(&compiled.json), "{}", kind.name());
        assert_eq!(Kind::named(kind.name()), Some(kind));
        assert_eq!(Kind::ALL[kind as usize], kind);
    }
    assert_eq!(Kind::named("ClusterProfile"), Some(Kind::Profile));
    assert_eq!(Kind::named("appliance-group"), Some(Kind::Appliance));
    assert_eq!(Kind::named("nothing"), None);
}

#[test]
fn faults_of_a_profile() {
    assert_eq!(findings(Kind::Profile, PROFILE), [""; 0]);
    let cases: &[(&str, &str, &[&str])] = &[
        ("name: vm", "nam: vm", &["SC0001 4:nam: unknown key `nam` in `metadata` [did you mean `name`?]"]),
        (
            "  name: vm\n",
            "",
            &[
                "SC0002 3:metadata: `metadata` lacks `name` [name: Name, unique in its scope; part of the id, of folders and of addresses.]",
            ],
        ),
        (
            "1.2.0",
            "1.10",
            &[
                "SC0003 5:1.10: `1.10` is a number in YAML; write \"1.10\" [version of the profile, strict semver. A released version never changes]",
            ],
        ),
        (
            "1.2.0",
            "'1.2'",
            &[
                "SC0004 5:'1.2': `1.2`: a profile's version is strict semver: `major.minor.patch`, with or without a prerelease (`1.3.0-rc.1`) [version of the profile, strict semver. A released version never changes]",
            ],
        ),
        (
            "add-on",
            "addon",
            &[
                "SC0004 7:addon: `addon` is not allowed here: it is one of `full`, `infrastructure`, `add-on` [did you mean `add-on`?]",
            ],
        ),
        (
            "  type: add-on\n",
            "",
            &["SC0002 6:spec: `spec` lacks `type` [type: `full`, `infrastructure` or `add-on`.]"],
        ),
        (
            "ClusterProfile",
            "SystemProfile",
            &["SC0004 7:type: a SystemProfile has no `type`: all its layers are add-ons"],
        ),
        (
            "      manifests: [ns.yaml]\n",
            "",
            &["SC0004 9:name: a layer needs a source: `pack`, `chart` or `manifests`"],
        ),
        (
            "manifests: [ns.yaml]",
            "manifests: [ns.yaml]\n      chart: {name: a, version: '1'}",
            &["SC0004 9:name: manifests are attached to packs only: put them into a layer of their own"],
        ),
        (
            "manifests: [ns.yaml]",
            "pack: {name: a, version: 1.10, x: 1}",
            &[
                "SC0003 10:1.10: `1.10` is a number in YAML; write \"1.10\" [version, group (`1.27.x`), `latest`, or a constraint (`>=1.0`). Write it in quotes. In an OCI registry a version may have the digest of its manifest: `1.2.3@sha256:…`]",
                "SC0001 10:x: unknown key `x` in `pack` [known keys: `registry`]",
            ],
        ),
        (
            "[ns.yaml]",
            "[ns.yaml]\n      opaque: yes\n      installPriority: '10'",
            &[
                "SC0003 11:yes: `yes` is text here; write `true` [ship the chart's archive as it is, so that its provenance can be checked on the appliance]",
                "SC0003 12:'10': `10` is text because of its quotes; write `10` [lower is installed first; layers of one priority go in list order]",
            ],
        ),
        (
            "name: vm",
            "name: vm\n  scope: project",
            &["SC0002 3:metadata: `metadata` lacks `project` [project: The project, in scope `project`.]"],
        ),
        (
            "name: vm",
            "name: vm\n  project: retail",
            &[
                "SC0004 5:project: `project` belongs to `scope: project`; set the scope, or remove the project",
            ],
        ),
        (
            "edgewright/v1",
            "edgewright/v2",
            &[
                "SC0004 1:edgewright/v2: `edgewright/v2` is not allowed here: it must be `edgewright/v1` [did you mean `edgewright/v1`?]",
            ],
        ),
        (
            "  layers:\n    - name: ns\n      manifests: [ns.yaml]\n",
            "  layers:\n",
            &["SC0003 8:: expected a list, found nothing [the stack, lowest layer first]"],
        ),
    ];
    for (from, to, expected) in cases {
        let text = PROFILE.replacen(from, to, 1);
        assert_ne!(text, PROFILE);
        assert_eq!(findings(Kind::Profile, &text), *expected, "{text}");
    }
}

#[test]
fn a_registry_is_judged_by_its_type() {
    let config = |registry: &str| {
        format!(
            "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: {{name: a}}\nspec:\n  registries:\n    r: {registry}\n"
        )
    };
    assert_eq!(findings(Kind::Workspace, &config("{type: git, url: u, ref: main}")), [""; 0]);
    assert_eq!(
        findings(Kind::Workspace, &config("{type: helm, url: u, path: p}")),
        ["SC0001 6:path: unknown key `path` in `r` [known keys: `keyring`, `auth`, `tls`]"]
    );
    assert_eq!(
        findings(Kind::Workspace, &config("{type: hlem, url: u}")),
        [
            "SC0004 6:hlem: `hlem` is not allowed here: it is one of `directory`, `git`, `helm`, `oci` [did you mean `helm`?]"
        ]
    );
    assert_eq!(
        findings(Kind::Workspace, &config("{url: u}")),
        ["SC0002 6:r: `r` lacks `type` [type is one of `directory`, `git`, `helm`, `oci`]"]
    );
    assert_eq!(
        findings(Kind::Workspace, &config("{type: oci, url: 'https://x'}")),
        ["SC0004 6:'https://x': `https://x`: an OCI address starts with oci:// [oci://HOST/PATH]"]
    );
}

#[test]
fn a_rule_setting_is_a_word_or_a_map() {
    let config = |rule: &str| {
        format!(
            "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: {{name: a}}\nspec:\n  check: {{rules: {{PL0101: {rule}}}}}\n"
        )
    };
    assert_eq!(findings(Kind::Workspace, &config("{severity: error, max: 3}")), [""; 0]);
    assert_eq!(
        findings(Kind::Workspace, &config("warn")),
        [
            "SC0004 5:warn: `warn` is not allowed here: it is one of `off`, `info`, `warning`, `error` [a severity, or a severity and the rule's own options]"
        ]
    );
    assert_eq!(
        findings(Kind::Workspace, &config("{severity: errors}")),
        [
            "SC0004 5:errors: `errors` is not allowed here: it is one of `off`, `info`, `warning`, `error` [did you mean `error`?]"
        ]
    );
}

#[test]
fn unknown_keys_of_packs_are_warnings() {
    let text = r#"{"name": "a", "displayName": "A", "version": "1.5", "layer": "addon", "commit_msg": "x",
        "cloudTypes": ["my-cloud"], "constraints": {"dependencies": [{"packName": "k", "layer": "k8s", "minVerson": ""}]}}"#;
    let found = validate(Kind::Pack, &document(text));
    let short: Vec<_> = found.iter().map(|d| (d.severity.word(), d.pointer.as_str())).collect();
    assert_eq!(
        short,
        [
            ("warning", "/commit_msg"),
            ("error", "/constraints/dependencies/0"),
            ("warning", "/constraints/dependencies/0/minVerson"),
        ]
    );
    assert!(validate(Kind::Presets, &document("# only comments\n---\n")).is_empty());
}

#[test]
fn names_of_channels_and_appliances_kinds() {
    assert_eq!(
        findings(
            Kind::Channels,
            "apiVersion: edgewright/v1\nkind: Channels\nmetadata: {name: a}\nspec:\n  Stable: {version: 1.0.0}\n"
        ),
        [
            "SC0004 5:Stable: `Stable`: a name has 1 to 63 lower-case letters, digits and `-`, and starts and ends with a letter or digit"
        ]
    );
    assert_eq!(
        findings(
            Kind::Appliance,
            "apiVersion: edgewright/v1\nkind: Appliance\nmetadata: {name: a, label: {}}\nspec: {profiles: [{id: a, channel: b, version: 1.0.0}]}\n"
        ),
        [
            "SC0001 3:label: unknown key `label` in `metadata` [did you mean `labels`?]",
            "SC0004 4:id: a profile is given by `channel` or by `version`, not by both",
        ]
    );
}
