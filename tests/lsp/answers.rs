//! What the server knows of the place under the cursor.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::client::{Client, sample, uri};

const VM: &str = "profiles/retail/virtual-machines/1.2.0/profile.yaml";

/// A client in a copy of the sample repository.
fn start() -> (tempfile::TempDir, PathBuf, Client) {
    let (dir, root) = sample();
    let completion = json!({ "completionItem": { "insertTextModeSupport": { "valueSet": [1, 2] } } });
    let client = Client::start(&root, json!({ "textDocument": { "completion": completion } }));
    (dir, root, client)
}

fn hover(client: &mut Client, uri: &str, needle: &str, into: usize) -> String {
    client.at("textDocument/hover", uri, needle, into)["contents"]["value"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// Completion at `|` of a text that takes the place of the file's.
fn complete(client: &mut Client, uri: &str, text: &str) -> Vec<Value> {
    let at = text.find('|').expect("a cursor");
    let text = text.replacen('|', "", 1);
    client.change(uri, &text);
    let line = text[..at].matches('\n').count();
    let character = at - text[..at].rfind('\n').map_or(0, |n| n + 1);
    let position = json!({ "line": line, "character": character });
    let params = json!({ "textDocument": { "uri": uri }, "position": position });
    client.request("textDocument/completion", params)["items"].as_array().unwrap().clone()
}

fn labels(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["label"].as_str().unwrap()).collect()
}

/// The text after an item was taken.
fn taken(client: &Client, uri: &str, items: &[Value], label: &str) -> String {
    let item =
        items.iter().find(|item| item["label"] == label).unwrap_or_else(|| panic!("no {label} in {items:?}"));
    let edit = &item["textEdit"];
    apply(
        &client.texts[uri],
        std::slice::from_ref(&json!({ "range": edit["range"], "newText": edit["newText"] })),
    )
}

fn apply(text: &str, edits: &[Value]) -> String {
    let offset = |position: &Value| {
        let line = position["line"].as_u64().unwrap() as usize;
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        start + position["character"].as_u64().unwrap() as usize
    };
    let mut out = text.to_owned();
    for edit in edits.iter().rev() {
        let range = offset(&edit["range"]["start"])..offset(&edit["range"]["end"]);
        out.replace_range(range, edit["newText"].as_str().unwrap());
    }
    out
}

#[test]
fn hovering_tells_what_a_thing_is() {
    let (_dir, root, mut client) = start();
    let profile = client.open(&root.join(VM));
    for (needle, into, wanted) in [
        ("scope: project", 1, &["Who owns it", "`tenant`", "default `tenant`"][..]),
        ("cloud: edge-native", 8, &["Cloud type that the profile is for"]),
        (
            "name: vm-orchestrator, version",
            8,
            &["pack `vm-orchestrator`", "1.4.2", "wanted `>=1.0`", "registry `packs`", "sha256:"],
        ),
        ("registry: packs", 11, &["directory `packs`"]),
        ("access: proxied", 9, &["`direct`", "`proxied`", "(default)", "(in force)"]),
        ("format: ipv4cidr", 2, &["What its value must look like", "`ipv4`"]),
        ("sensitive: true", 3, &["Never in git in clear"]),
    ] {
        let text = hover(&mut client, &profile, needle, into);
        for wanted in wanted {
            assert!(text.contains(wanted), "{needle}: {wanted}\n{text}");
        }
    }
    let values =
        client.open(&root.join("profiles/retail/virtual-machines/1.2.0/values/vm-orchestrator.yaml"));
    let text = hover(&mut client, &values, ".spectro.var.vmNetwork", 15);
    assert!(
        text.contains("variable `vmNetwork`") && text.contains("ipv4cidr") && text.contains("10.244.0.0/16"),
        "{text}"
    );
    let text = hover(&mut client, &values, "parallel: 1", 2);
    for wanted in [
        "charts.vm-orchestrator.migration.parallel",
        "Machines that move",
        "default `2`",
        "in force (this layer) `1`",
        "packs/vm-orchestrator-1.4.2/values.yaml:",
    ] {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
    let metrics = client.open(&root.join("profiles/observability/profile.yaml"));
    let text = hover(&mut client, &metrics, "macro.metricsUrl", 8);
    assert!(text.contains("https://metrics.example.org/api/v1/push"), "{text}");
    let text = hover(&mut client, &metrics, "size: \"{{", 1);
    assert!(
        text.contains("charts.metrics-agent.buffer.size") && text.contains("default"),
        "inline values: {text}"
    );
    let appliance = client.open(&root.join("appliances/groups.yaml"));
    let text = hover(&mut client, &appliance, "retail/point-of-sale", 4);
    assert!(text.contains("versions 2.1.0, 2.2.0-rc.1") && text.contains("`stable` → 2.1.0"), "{text}");
    let pack = client.open(&root.join("packs/flannel-1.4.0/pack.json"));
    assert!(hover(&mut client, &pack, "\"packName\"", 3).contains("Name of the other pack"));
    assert_eq!(hover(&mut client, &pack, "}", 1), "");

    // On a finding: why it is one.
    let good = client.texts[&metrics].clone();
    client.change(&metrics, &good.replace("  cloud: all\n", "  cluod: all\n"));
    client.wait_for(&metrics, "SC0001");
    let text = hover(&mut client, &metrics, "cluod", 2);
    assert!(text.contains("SC0001 unknown-key"), "{text}");
}

#[test]
fn completion_knows_what_may_stand_there() {
    let (_dir, root, mut client) = start();
    let uri = client.open(&root.join("profiles/observability/profile.yaml"));
    let head = "apiVersion: edgewright/v1\nkind: ClusterProfile\nmetadata:\n  name: observability\n  version: 0.3.0\n";

    let items = complete(&mut client, &uri, "ki|");
    assert_eq!(labels(&items), ["apiVersion", "kind", "metadata", "spec"]);
    let items = complete(&mut client, &uri, &format!("{head}  |\n"));
    assert!(labels(&items).contains(&"displayName") && !labels(&items).contains(&"name"), "{items:?}");
    let items = complete(&mut client, &uri, &format!("{head}spec:\n  type: |\n"));
    assert_eq!(labels(&items), ["full", "infrastructure", "add-on"]);
    let items = complete(&mut client, &uri, &format!("{head}spec:\n  lay|\n"));
    assert!(taken(&client, &uri, &items, "layers").ends_with("spec:\n  layers:\n    - \n"));
    let spec = format!(
        "{head}spec:\n  type: add-on\n  variables:\n    - {{ name: one, default: 1, format: number }}\n    - name: two\n      required: |\n"
    );
    assert_eq!(labels(&complete(&mut client, &uri, &spec)), ["true", "false"]);

    let layers = format!(
        "{head}spec:\n  type: add-on\n  variables:\n    - {{ name: one, default: 1, format: number }}\n  layers:\n    - name: x\n      "
    );
    let items = complete(&mut client, &uri, &format!("{layers}|"));
    assert!(labels(&items).contains(&"pack") && labels(&items).contains(&"chart"), "{items:?}");
    let items = complete(&mut client, &uri, &format!("{layers}pack: {{ name: vm-orchestrator }}\n      |"));
    assert!(!labels(&items).contains(&"chart"), "a layer has one source");
    let items = complete(&mut client, &uri, &format!("{layers}pack: {{ name: |"));
    assert!(labels(&items).contains(&"vm-orchestrator") && labels(&items).contains(&"k3s"), "{items:?}");
    let items =
        complete(&mut client, &uri, &format!("{layers}pack: {{ name: k3s, version: |, registry: packs }}\n"));
    assert_eq!(labels(&items), ["1.33.4", "1.32.8"]);
    assert!(taken(&client, &uri, &items, "1.33.4").contains("version: \"1.33.4\", registry"));
    let items =
        complete(&mut client, &uri, &format!("{layers}pack:\n        name: k3s\n        version: \"1|\"\n"));
    assert!(taken(&client, &uri, &items, "1.32.8").contains("version: \"1.32.8\"\n"));
    let items = complete(&mut client, &uri, &format!("{layers}pack: {{ name: k3s, registry: |"));
    assert_eq!(labels(&items), ["packs"]);

    // References, in a text that is no YAML at the moment.
    let items = complete(&mut client, &uri, &format!("{layers}values: {{ a: \"{{{{ .spectro.var.|"));
    assert_eq!(labels(&items), ["one"]);
    assert!(taken(&client, &uri, &items, "one").ends_with("{{ .spectro.var.one }}"));
    let items = complete(&mut client, &uri, &format!("{layers}values: {{ a: \"${{{{ var.o| }}}}\" }}\n"));
    assert!(taken(&client, &uri, &items, "one").ends_with("\"${{ var.one }}\" }\n"));
    let items =
        complete(&mut client, &uri, &format!("{layers}values:\n        a: '{{{{ .spectro.macro.|'\n"));
    assert_eq!(labels(&items), ["metricsUrl", "ntpServer"]);
    let items = complete(
        &mut client,
        &uri,
        &format!("{layers}values:\n        a: '{{{{ .spectro.system.cluster.| }}}}'\n"),
    );
    assert!(labels(&items).contains(&"cluster.name"));
    let items = complete(&mut client, &uri, &format!("{layers}values:\n        a: '{{{{ .sp|'\n"));
    assert_eq!(labels(&items), [".spectro.var.", ".spectro.macro.", ".spectro.system."]);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn completion_knows_values_presets_and_appliances() {
    let (_dir, root, mut client) = start();
    let uri = client.open(&root.join("profiles/retail/virtual-machines/1.2.0/values/vm-orchestrator.yaml"));
    let items =
        complete(&mut client, &uri, "charts:\n  vm-orchestrator:\n    network:\n      cidr: x\n    |\n");
    assert!(labels(&items).contains(&"migration") && !labels(&items).contains(&"network"), "{items:?}");
    let items = complete(&mut client, &uri, "charts:\n  vm-orchestrator:\n    migration:\n      pa|");
    let parallel = items.iter().find(|item| item["label"] == "parallel").unwrap();
    assert_eq!(
        (parallel["detail"].as_str(), parallel["documentation"]["value"].as_str()),
        (Some("2"), Some("Machines that move between nodes at the same time."))
    );
    let items =
        complete(&mut client, &uri, "charts:\n  vm-orchestrator:\n    launcher:\n      emulation: |\n");
    assert_eq!(labels(&items), ["true", "false"]);
    let items = complete(&mut client, &uri, "|");
    assert_eq!(labels(&items), ["pack", "charts"]);

    let profile = client.open(&root.join(VM));
    let text = client.texts[&profile].clone();
    let items = complete(&mut client, &profile, &text.replace("access: proxied", "access: |"));
    assert_eq!(labels(&items), ["proxied", "direct"]);
    let items = complete(&mut client, &profile, &text.replace("access: proxied", "|"));
    assert_eq!(labels(&items), ["access"]);
    let items = complete(&mut client, &profile, &text.replace("[manifests/quota.yaml]", "[|]"));
    assert_eq!(labels(&items), ["manifests/proxy-token.yaml", "manifests/quota.yaml"]);
    client.change(&profile, &text);

    let appliance = client.open(&root.join("appliances/depots.yaml"));
    let head = "apiVersion: edgewright/v1\nkind: Appliance\nmetadata: { name: depot-7 }\nspec:\n";
    let items = complete(&mut client, &appliance, &format!("{head}  |\n"));
    assert!(labels(&items).contains(&"recipient") && !labels(&items).contains(&"selector"));
    let items = complete(&mut client, &appliance, &format!("{head}  profiles:\n    - {{ id: | }}\n"));
    assert!(labels(&items).contains(&"retail/point-of-sale"), "{items:?}");
    let items = complete(
        &mut client,
        &appliance,
        &format!("{head}  profiles:\n    - {{ id: retail/point-of-sale, channel: | }}\n"),
    );
    assert!(labels(&items).contains(&"canary"), "{items:?}");
    let items = complete(
        &mut client,
        &appliance,
        &format!("{head}  profiles:\n    - {{ id: retail/point-of-sale, version: | }}\n"),
    );
    assert_eq!(labels(&items), ["2.2.0-rc.1", "2.1.0"]);
    let items = complete(
        &mut client,
        &appliance,
        &format!("{head}  profiles: [{{ id: observability }}]\n  variables:\n    |\n"),
    );
    assert_eq!(labels(&items), ["bufferSize"]);
    let items = complete(
        &mut client,
        &appliance,
        &format!("{head}  profiles: [{{ id: observability }}]\n  variables:\n    bufferSize: |\n"),
    );
    assert_eq!(labels(&items), ["2Gi", "8Gi"]);

    let config = client.open(&root.join("edgewright.yaml"));
    let items = complete(
        &mut client,
        &config,
        "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: {name: x}\nspec:\n  registries:\n    x: { type: git, | }\n",
    );
    assert_eq!(labels(&items), ["url", "path", "ref", "auth", "tls"]);
    let pack = client.open(&root.join("packs/flannel-1.4.0/pack.json"));
    let items = complete(&mut client, &pack, "{\n  \"name\": \"flannel\",\n  \"la|\"\n}\n");
    assert!(taken(&client, &pack, &items, "layer").contains("\n  \"layer\": \n}"));
    let items = complete(&mut client, &pack, "{\n  \"name\": \"flannel\",\n  \"layer\": |\n}\n");
    assert!(taken(&client, &pack, &items, "cni").contains("\"layer\": \"cni\"\n"));
}

#[test]
fn definitions_are_found() {
    let (_dir, root, mut client) = start();
    let profile = client.open(&root.join(VM));
    let values =
        client.open(&root.join("profiles/retail/virtual-machines/1.2.0/values/vm-orchestrator.yaml"));
    let metrics = client.open(&root.join("profiles/observability/profile.yaml"));
    let group = client.open(&root.join("appliances/groups.yaml"));
    let channels = client.open(&root.join("profiles/k3s-store/channels.yaml"));
    for (from, needle, into, to, line) in [
        (&values, ".spectro.var.vmNetwork", 15, VM, Some("    - name: vmNetwork")),
        (
            &profile,
            "name: vm-orchestrator, version",
            8,
            "packs/vm-orchestrator-1.4.2/pack.json",
            Some("  \"name\": \"vm-orchestrator\","),
        ),
        (
            &profile,
            "values/vm-orchestrator.yaml",
            3,
            "profiles/retail/virtual-machines/1.2.0/values/vm-orchestrator.yaml",
            None,
        ),
        (
            &profile,
            "manifests/quota.yaml",
            3,
            "profiles/retail/virtual-machines/1.2.0/manifests/quota.yaml",
            None,
        ),
        (
            &profile,
            "access: proxied",
            9,
            "packs/vm-orchestrator-1.4.2/presets.yaml",
            Some("  - name: proxied"),
        ),
        (&profile, "registry: packs", 11, "edgewright.yaml", Some("      type: directory")),
        (
            &metrics,
            "macro.metricsUrl",
            8,
            "edgewright.yaml",
            Some("      metricsUrl: https://metrics.example.org/api/v1/push"),
        ),
        (&values, "parallel: 1", 3, "packs/vm-orchestrator-1.4.2/values.yaml", Some("      parallel: 2")),
        (
            &group,
            "id: retail/point-of-sale, channel: stable",
            8,
            "profiles/retail/point-of-sale/2.1.0/profile.yaml",
            Some("  name: point-of-sale"),
        ),
        (&group, "channel: canary", 10, "profiles/retail/point-of-sale/channels.yaml", Some("  canary:")),
        (
            &group,
            "vmNetwork: 10",
            3,
            "profiles/retail/virtual-machines/1.1.0/profile.yaml",
            Some("    - name: vmNetwork"),
        ),
        (&channels, "version: 1.2.0", 10, "profiles/k3s-store/profile.yaml", Some("  name: k3s-store")),
    ] {
        let found = client.at("textDocument/definition", from, needle, into);
        let wanted = uri(&root.join(to));
        assert_eq!(found[0]["uri"], wanted, "{needle}: {found}");
        if let Some(wanted) = line {
            let text = std::fs::read_to_string(root.join(to)).unwrap();
            let number = found[0]["range"]["start"]["line"].as_u64().unwrap() as usize;
            let line = text.lines().nth(number).unwrap();
            assert!(line.starts_with(wanted) || wanted.starts_with(line), "{needle}: {line}");
        }
    }
    assert_eq!(client.at("textDocument/definition", &profile, "scope: project", 1), Value::Null);

    let used = client.at("textDocument/references", &profile, "name: vmNetwork", 8);
    let uris: Vec<_> = used.as_array().unwrap().iter().map(|l| l["uri"].as_str().unwrap()).collect();
    assert_eq!(uris, [values.as_str()]);
    let symbols =
        client.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": profile } }));
    let names: Vec<_> = symbols.as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["vmNetwork", "proxyToken", "vm-orchestrator", "proxy-token"]);
    assert_eq!(symbols[2]["detail"], "pack vm-orchestrator >=1.0");
}

#[test]
fn findings_are_mended_by_actions() {
    let (_dir, root, mut client) = start();
    let uri = client.open(&root.join("profiles/observability/profile.yaml"));
    let good = client.texts[&uri].clone();
    let bad = good.replace("  cloud: all\n", "  cluod: all\n");
    client.change(&uri, &bad);
    let found = client.wait_for(&uri, "SC0001");
    let ask = |client: &mut Client, range: &Value, only: Value| {
        let context = json!({ "diagnostics": [], "only": only });
        client.request(
            "textDocument/codeAction",
            json!({ "textDocument": { "uri": uri }, "range": range, "context": context }),
        )
    };
    let actions = ask(&mut client, &found["range"], json!(["quickfix"]));
    let fix = &actions[0];
    assert_eq!(fix["kind"], "quickfix");
    assert_eq!(fix["diagnostics"][0]["code"], "SC0001");
    let mended = apply(&bad, fix["edit"]["changes"][&uri].as_array().unwrap());
    assert_eq!(mended, good);
    // An error is mended, not silenced.
    assert!(
        actions
            .as_array()
            .unwrap()
            .iter()
            .all(|action| !action["title"].as_str().unwrap().contains("ilence"))
    );
    client.change(&uri, &mended);
    client.wait(&uri, "mended", <[Value]>::is_empty);

    // A warning may be silenced, in the words that `check` reads.
    let unused = good.replace("  layers:\n", "    - { name: unused, default: x }\n  layers:\n");
    client.change(&uri, &unused);
    let found =
        client.wait(&uri, "a variable that nobody uses", |list| list.iter().any(|d| d["severity"] == 2));
    let actions = ask(&mut client, &found[0]["range"], Value::Null);
    let silence =
        actions.as_array().unwrap().iter().find(|a| a["title"].as_str().unwrap().contains("ilence"));
    let edits = silence.unwrap()["edit"]["changes"][&uri].as_array().unwrap().clone();
    let silenced = apply(&unused, &edits);
    assert!(silenced.contains("    # edgewright: ignore["), "{silenced}");
    client.change(&uri, &silenced);
    client.wait(&uri, "silenced", <[Value]>::is_empty);

    // Other text on the screen than was judged: no edits for it.
    client.change(&uri, &format!("# new\n{bad}"));
    client.wait_for(&uri, "SC0001");
    client.change(&uri, &format!("# newer\n# still\n{bad}"));
    let line = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 40, "character": 0 } });
    let early = ask(&mut client, &line, json!(["quickfix"]));
    for action in early.as_array().unwrap() {
        let edits = action["edit"]["changes"][&uri].as_array().unwrap();
        assert!(apply(&client.texts[&uri], edits).contains("cloud: all"));
    }
}

#[test]
fn manifests_are_known_to_kubernetes_schemas() {
    let (_dir, root, mut client) = start();
    let uri = client.open(&root.join("profiles/retail/virtual-machines/1.2.0/manifests/quota.yaml"));
    assert_eq!(labels(&complete(&mut client, &uri, "|")), ["apiVersion", "kind", "metadata"]);
    let head = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: x }\nspec:\n";
    let items = complete(&mut client, &uri, "apiVersion: apps/v1\nkind: |\n");
    assert!(labels(&items).contains(&"DaemonSet"), "{items:?}");
    assert_eq!(
        labels(&complete(&mut client, &uri, "apiVersion: |\nkind: Ingress\n")),
        ["networking.k8s.io/v1"]
    );
    let items = complete(&mut client, &uri, &format!("{head}  |\n"));
    assert!(labels(&items).contains(&"replicas"), "{items:?}");
    assert!(taken(&client, &uri, &items, "template").ends_with("spec:\n  template:\n    \n"));
    let items = complete(
        &mut client,
        &uri,
        &format!("{head}  template:\n    spec:\n      containers:\n        - name: a\n          |\n"),
    );
    assert!(labels(&items).contains(&"image") && !labels(&items).contains(&"name"), "{items:?}");
    client.change(&uri, &format!("---\na: 1\n---\n{head}  replicas: 3\n"));
    let text = hover(&mut client, &uri, "replicas", 2);
    assert!(
        text.contains("spec.replicas") && text.contains("a whole number") && text.contains("desired"),
        "{text}"
    );
}
