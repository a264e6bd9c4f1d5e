//! `new`, `layer add`, `clone` and `schema`, as people run them.

#![allow(clippy::unwrap_used, reason = "a test's own parts may fail loudly")]

use std::fs;
use std::path::Path;
use std::process::Command;

use edgewright::schema;
use edgewright::workspace::Workspace;

/// What a command wrote to stdout and stderr, and its exit code.
struct Run {
    out: String,
    err: String,
    code: i32,
}

fn edgewright(dir: &Path, line: &str) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_edgewright"))
        .current_dir(dir)
        .args(line.split(' '))
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    Run {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap(),
    }
}

fn fine(dir: &Path, line: &str) -> Run {
    let run = edgewright(dir, line);
    assert_eq!(run.code, 0, "{line}: {}", run.err);
    run
}

fn refused(dir: &Path, line: &str, why: &str) {
    let run = edgewright(dir, line);
    assert_eq!(run.code, 2, "{line}: {}", run.out);
    assert!(run.err.contains(why), "{line}: {}", run.err);
}

fn repository() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "edgewright.yaml",
        "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: { name: acme }\nspec:\n  registries:\n    packs: { type: directory, path: packs }\n    charts: { type: helm, url: https://charts.example.org }\n",
    );
    for version in ["1.9.0", "1.10.0", "2.0.0-rc.1"] {
        write(
            &format!("packs/agent-{version}/pack.json"),
            &format!(
                "{{\"name\": \"agent\", \"displayName\": \"A\", \"version\": \"{version}\", \"layer\": \"addon\"}}"
            ),
        );
        write(
            &format!("packs/agent-{version}/presets.yaml"),
            "presets:\n  - {name: metered, displayName: M, group: uplink, remove: [], add: \"\"}\n",
        );
    }
    dir
}

fn read(dir: &Path, path: &str) -> String {
    fs::read_to_string(dir.join(path)).unwrap()
}

#[test]
fn a_profile_is_made_layer_by_layer_and_its_comments_stay() {
    let dir = repository();
    let dir = dir.path();
    let run =
        fine(dir, "new cluster-profile monitoring --type add-on --tag gold --tag tier=1 --owner team-a");
    assert_eq!(
        run.out,
        "wrote profiles/monitoring/profile.yaml\nwrote profiles/monitoring/README.md\nwrote schemas/profile.json\n"
    );
    assert!(run.err.contains("edgewright layer add monitoring"), "{}", run.err);
    let path = "profiles/monitoring/profile.yaml";
    let text = read(dir, path).replace("  cloud: all", "  cloud: all # every store");
    fs::write(dir.join(path), &text).unwrap();

    fs::create_dir(dir.join("profiles/monitoring/values")).unwrap();
    fs::write(dir.join("profiles/monitoring/values/agent.yaml"), "a: 1\n").unwrap();
    fs::write(dir.join("quota.yaml"), "kind: ResourceQuota\n").unwrap();
    let run =
        fine(dir, "layer add monitoring --pack agent --preset uplink=metered --values values/agent.yaml");
    assert!(run.err.contains("took 1.10.0"), "the newest release, not the prerelease: {}", run.err);
    fine(dir, "layer add profiles/monitoring --chart podinfo --version ^6.5 --namespace apps --offline");
    fine(dir, "layer add monitoring@1.0.0 --manifest quota.yaml --priority -5");
    assert_eq!(read(dir, "profiles/monitoring/manifests/quota.yaml"), "kind: ResourceQuota\n");

    insta::assert_snapshot!(read(dir, path), @r#"
    # yaml-language-server: $schema=../../schemas/profile.json
    apiVersion: edgewright/v1
    kind: ClusterProfile
    metadata:
      name: monitoring
      version: 1.0.0
      tags:
        gold: ""
        tier: "1"
      owners:
        - team-a
    spec:
      type: add-on
      cloud: all # every store
      layers:
        - name: agent
          pack:
            name: agent
            version: 1.10.0
            registry: packs
          presets:
            uplink: metered
          values: values/agent.yaml
        - name: podinfo
          chart:
            name: podinfo
            version: ^6.5
            registry: charts
          namespace: apps
        - name: quota
          manifests:
            - manifests/quota.yaml
          installPriority: -5
    "#);
    let workspace = Workspace::load(dir).unwrap();
    assert!(workspace.diagnostics.is_empty(), "{:?}", workspace.diagnostics);
    assert_eq!(workspace.profiles[0].spec.layers.len(), 3);
}

#[test]
fn what_cannot_be_done_is_refused_with_a_hint_and_nothing_is_written() {
    let dir = repository();
    let dir = dir.path();
    refused(dir, "new cluster-profile", "needs a name");
    refused(dir, "new cluster-profile a", "--type");
    refused(dir, "new cluster-profile Bad_Name --type full", "lower-case");
    refused(dir, "new cluster-profile a --type full --version 1.0", "strict semver");
    refused(dir, "new cluster-profile a --type full --scope project", "--project NAME");
    assert!(!dir.join("profiles").exists());
    fine(dir, "new system-profile base");
    refused(dir, "new system-profile base", "edgewright clone system/base");
    let before = read(dir, "profiles/system/base/profile.yaml");
    refused(dir, "layer add system/bse --pack agent", "did you mean `system/base`?");
    refused(dir, "layer add system/base --pack agnt", "did you mean `agent`?");
    refused(dir, "layer add system/base --pack agent --registry charts", "has no packs");
    refused(dir, "layer add system/base --manifest nope.yaml", "`nope.yaml` does not exist");
    refused(
        dir,
        "layer add system/base --chart x --offline --manifest edgewright.yaml",
        "manifests are attached to packs",
    );
    refused(dir, "clone system/base@2.0.0 --name b", "it has 1.0.0");
    refused(dir, "clone system/base --scope project", "--project NAME");
    refused(dir, "clone system/base", "is there already");
    assert_eq!(read(dir, "profiles/system/base/profile.yaml"), before);
    assert!(!dir.join("profiles/system/base/manifests").exists());
    assert_eq!(fs::read_dir(dir.join("profiles/system")).unwrap().count(), 1);
    refused(dir, "schema prfile", "did you mean `profile`?");
    refused(Path::new("/"), "new system-profile base", "no `edgewright.yaml`");
}

#[test]
fn a_clone_has_all_files_and_records_its_origin() {
    let dir = repository();
    let dir = dir.path();
    fine(dir, "new cluster-profile vm --type add-on --project retail --version 1.2.0");
    let text = read(dir, "profiles/retail/vm/profile.yaml");
    fs::write(dir.join("profiles/retail/vm/profile.yaml"), text.replace("spec:", "# the stack\nspec:"))
        .unwrap();
    fs::create_dir(dir.join("profiles/retail/vm/values")).unwrap();
    for (path, text) in [("values/a.yaml", "a: 1 # one\n"), ("profile.lock", "x"), ("channels.yaml", "x")] {
        fs::write(dir.join("profiles/retail/vm").join(path), text).unwrap();
    }
    let run = fine(dir, "clone retail/vm@1.2.0 --version 1.3.0");
    assert!(run.out.contains("wrote profiles/retail/vm/1.3.0/profile.yaml\n"), "{}", run.out);
    fine(dir, "clone retail/vm --source-version 1.2.0 --name vm-base --scope tenant --dry-run");
    assert!(!dir.join("profiles/vm-base").exists());
    fine(dir, "clone retail/vm --source-version 1.2.0 --name vm-base --scope tenant --display-name Base");
    insta::assert_snapshot!(read(dir, "profiles/vm-base/profile.yaml"), @r"
    # yaml-language-server: $schema=../../schemas/profile.json
    apiVersion: edgewright/v1
    kind: ClusterProfile
    metadata:
      name: vm-base
      version: 1.0.0
      scope: tenant
      clonedFrom:
        id: retail/vm
        version: 1.2.0
      displayName: Base
    # the stack
    spec:
      type: add-on
      cloud: all
      layers: []
    ");
    assert_eq!(read(dir, "profiles/vm-base/values/a.yaml"), "a: 1 # one\n");
    assert!(!dir.join("profiles/vm-base/profile.lock").exists());
    assert!(!dir.join("profiles/vm-base/channels.yaml").exists());
    assert!(!dir.join("profiles/vm-base/1.3.0").exists(), "other versions stay where they are");
    let deeper = read(dir, "profiles/retail/vm/1.3.0/profile.yaml");
    assert!(
        deeper.starts_with("# yaml-language-server: $schema=../../../../schemas/profile.json\n"),
        "{deeper}"
    );
}

#[test]
fn every_schema_is_printed() {
    let dir = tempfile::tempdir().unwrap();
    let list = fine(dir.path(), "schema --list").out;
    assert_eq!(list.lines().count(), schema::Kind::ALL.len());
    for line in list.lines() {
        let name = line.split(' ').next().unwrap();
        let schema: serde_json::Value =
            serde_json::from_str(&fine(dir.path(), &format!("schema {name}")).out).unwrap();
        assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    }
}

/// What stands in profile.yaml after a command, as a difference to what stood there.
fn changed_lines(before: &str, after: &str) -> (Vec<String>, Vec<String>) {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old[same..].iter().rev().zip(new[same..].iter().rev()).take_while(|(a, b)| a == b).count();
    let part = |lines: &[&str]| lines[same..lines.len() - rest].iter().map(|l| (*l).to_owned()).collect();
    (part(&old), part(&new))
}

#[test]
fn layers_are_set_moved_and_removed_and_other_lines_stay() {
    let dir = repository();
    let dir = dir.path();
    fine(dir, "new cluster-profile web --type add-on");
    let path = "profiles/web/profile.yaml";
    let text = "# yaml-language-server: $schema=../../schemas/profile.json\napiVersion: edgewright/v1\nkind: ClusterProfile\nmetadata: { name: web, version: 1.0.0 }\nspec:\n  type: add-on\n  cloud: all\n  layers:\n    # first of all\n    - name: agent   # the agent\n      pack: { name: agent, version: 1.9.0, registry: packs } # pinned\n      values: values/agent.yaml\n      # namespace: later\n    - name: rest\n      manifests: [manifests/a.yaml]\n\n  # variables come later\n  variables: []\n";
    fs::write(dir.join(path), text).unwrap();
    fs::create_dir_all(dir.join("profiles/web/values")).unwrap();
    fs::create_dir_all(dir.join("profiles/web/manifests")).unwrap();
    fs::write(
        dir.join("profiles/web/manifests/a.yaml"),
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n",
    )
    .unwrap();
    let values = "# values\ncharts:\n  agent: # chart\n    replicas: 1 # one\n    list: [a, b]\n";
    fs::write(dir.join("profiles/web/values/agent.yaml"), values).unwrap();

    fine(
        dir,
        "layer set web agent version=1.10.0 namespace=apps values.charts.agent.replicas=3 --set-string values.charts.agent.tag=1.10 --set-json values.charts.agent.list[1]={\"x\":1}",
    );
    let after = read(dir, path);
    let (gone, come) = changed_lines(text, &after);
    assert_eq!(
        gone,
        [
            "      pack: { name: agent, version: 1.9.0, registry: packs } # pinned",
            "      values: values/agent.yaml"
        ]
    );
    assert_eq!(
        come,
        [
            "      pack: { name: agent, version: 1.10.0, registry: packs } # pinned",
            "      values: values/agent.yaml",
            "      namespace: apps"
        ]
    );
    assert_eq!(
        read(dir, "profiles/web/values/agent.yaml"),
        "# values\ncharts:\n  agent: # chart\n    replicas: 3 # one\n    list: [a, {x: 1}]\n    tag: \"1.10\"\n"
    );
    // Once more is once.
    let run = fine(dir, "layer set web agent version=1.10.0 namespace=apps");
    assert_eq!((run.out.as_str(), run.err.contains("nothing to change")), ("", true));
    fine(dir, "layer set web agent --unset namespace --unset values.charts.agent.tag");
    assert_eq!(read(dir, path), after.replace("      namespace: apps\n", ""));

    // What a layer has no values file for gets one; null takes a default away, a reference keeps its type.
    fine(
        dir,
        "layer set web rest values.a.b=null values.num=${{var.n}} values.flag=false values.zip=0123 values.dotted\\.key=x",
    );
    assert_eq!(
        read(dir, "profiles/web/values/rest.yaml"),
        "a:\n  b: null\nnum: ${{var.n}}\nflag: false\nzip: \"0123\"\ndotted.key: x\n"
    );
    assert!(
        read(dir, path).contains("      manifests: [manifests/a.yaml]\n      values: values/rest.yaml\n")
    );

    let before = read(dir, path);
    fine(dir, "layer move web rest --to 1");
    let moved = read(dir, path);
    let rest = moved.find("- name: rest").unwrap();
    assert!(rest < moved.find("# first of all").unwrap(), "{moved}");
    fine(dir, "layer move web rest --after agent");
    assert_eq!(read(dir, path), before);

    let run = fine(dir, "layer remove web rest --dry-run");
    assert!(run.out.contains("-    - name: rest\n"), "{}", run.out);
    assert_eq!(read(dir, path), before);
    let run = fine(dir, "layer remove web agent");
    assert!(run.err.contains("values/agent.yaml"), "{}", run.err);
    assert!(!read(dir, path).contains("first of all"));
    let run = fine(dir, "layer remove web rest --delete-files");
    assert!(run.out.contains("deleted profiles/web/values/rest.yaml\n"), "{}", run.out);
    assert!(!dir.join("profiles/web/manifests/a.yaml").exists());
    assert!(read(dir, path).contains("  # variables come later\n"));

    refused(dir, "layer set web agent version=1", "it has none");
    refused(dir, "layer add web --pack agent --preset uplnk=metered", "did you mean `uplink`?");
    refused(dir, "layer add web --pack agent --version ^3", "it has 2.0.0-rc.1, 1.10.0, 1.9.0");
    fine(dir, "layer add web --pack agent");
    refused(dir, "layer set web agent versio=1", "did you mean `version`?");
    refused(dir, "layer set web agent chart=x", "has no chart");
    refused(dir, "layer set web agent values", "write KEY=VALUE");
    refused(dir, "layer move web agent --after agent", "beside itself");
    refused(dir, "layer move web agent --to 2", "no place among them");
    refused(dir, "layer set web agent --unset release", "nothing is set");
}

#[test]
fn channels_and_assignments_are_judged_before_they_are_written() {
    let dir = repository();
    let dir = dir.path();
    fine(dir, "new cluster-profile web --type add-on --pack agent");
    fine(dir, "lock");
    fine(dir, "new group east --match region=east --profile web");
    let run = edgewright(dir, "new appliance s1 --label region=east");
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.err.contains("AP0104") && !dir.join("appliances/s1.yaml").exists(), "{}", run.err);
    fine(dir, "new appliance s1 --label region=east --provided");
    fine(dir, "clone web --version 1.1.0");
    fine(dir, "lock");

    // The highest release was `stable`; a first channel must not take it away from those that follow it.
    let run = fine(dir, "promote web 1.0.0 --channel canary");
    assert!(run.out.contains("no appliance gets anything else"), "{}", run.out);
    let channels = read(dir, "profiles/web/channels.yaml");
    assert!(channels.contains("stable:\n    version: 1.1.0"), "{channels}");
    refused(dir, "promote web 1.0.0", "--allow-downgrade");
    refused(dir, "promote web 2.0.0", "it has 1.0.0, 1.1.0");
    let text = channels.replace("spec:", "# who gets what\nspec:");
    fs::write(dir.join("profiles/web/channels.yaml"), &text).unwrap();
    let run = fine(dir, "promote web 1.0.0 --allow-downgrade --waves 0h=5,24h=100 --dry-run");
    assert!(run.out.contains("s1  web  1.1.0 (channel stable) → 1.0.0 (channel stable)"), "{}", run.out);
    assert_eq!(read(dir, "profiles/web/channels.yaml"), text);
    fine(dir, "promote web --from stable --channel canary --min-version 1.1.0 --pause");
    refused(dir, "promote web 1.0.0 --allow-downgrade", "below minVersion 1.1.0 of channel `canary`");
    let written = read(dir, "profiles/web/channels.yaml");
    assert_eq!(
        written,
        text.replace(
            "canary:\n    version: 1.0.0",
            "canary:\n    version: 1.1.0\n    minVersion: 1.1.0\n    paused: true"
        )
    );
    fine(dir, "promote web --channel canary --resume");
    assert_eq!(read(dir, "profiles/web/channels.yaml"), written.replace("    paused: true\n", ""));

    let run = fine(dir, "assign s1 web:canary --set size=3 --format json");
    let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(json["appliances"][0]["profiles"][0]["after"]["channel"], "canary");
    assert_eq!(json["written"], true);
    let s1 = read(dir, "appliances/s1.yaml");
    assert!(s1.contains("profiles:\n    - { id: web, channel: canary }\n"), "{s1}");
    fine(dir, "assign appliance/s1 web@1.1.0");
    assert_eq!(read(dir, "appliances/s1.yaml"), s1.replace("channel: canary", "version: 1.1.0"));
    fine(dir, "assign s1 --remove web --unset size");
    refused(dir, "assign s1 --remove web", "is not given `web` itself");
    refused(dir, "assign s2 web", "did you mean `s1`?");
    refused(dir, "assign s1 web:beta", "it has stable, canary");
    refused(dir, "assign s1", "say what to give");
}

#[test]
fn a_new_repository_is_whole_and_nobodys_files_are_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    fs::create_dir(dir.join("stores")).unwrap();
    fs::write(dir.join("stores/README.md"), "mine\n").unwrap();
    fs::write(dir.join("stores/.gitignore"), "/public\n*.bak").unwrap();
    let run = fine(dir, "init stores --dry-run");
    assert!(run.out.contains("would write edgewright.yaml\n"), "{}", run.out);
    assert!(!dir.join("stores/edgewright.yaml").exists());
    let run = fine(dir, "init stores");
    assert!(run.err.contains("`README.md` is there already"), "{}", run.err);
    assert_eq!(read(dir, "stores/README.md"), "mine\n");
    assert_eq!(read(dir, "stores/.gitignore"), "/public\n*.bak\n/.edgewright\n");
    let stores = dir.join("stores");
    fine(&stores, "check --strict");
    fine(&stores, "lock --check");
    refused(dir, "init stores", "is there already");
    refused(dir, "init stores/inner", "lies inside the repository");
    fine(dir, "init other --minimal --name acme");
    let mut there: Vec<_> =
        fs::read_dir(dir.join("other")).unwrap().map(|e| e.unwrap().file_name()).collect();
    there.sort();
    assert_eq!(there, [".gitignore", "edgewright.yaml", "packs"]);
    assert!(read(dir, "other/edgewright.yaml").contains("name: acme"));
    fine(dir, "init third --ci gitlab");
    assert!(dir.join("third/.gitlab-ci.yml").exists() && !dir.join("third/.github").exists());
    refused(dir, "init Bad --name Bad_Name", "");
}
