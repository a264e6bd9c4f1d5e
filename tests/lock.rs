//! `lock` and `lock --check` from outside: pins, presets that bring layers, drift, damage, changed bytes, lost registries.

#![allow(clippy::unwrap_used, clippy::format_push_string, clippy::format_collect)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use edgewright::archive::{Digest, Files, write_tgz};

struct Repository {
    dir: tempfile::TempDir,
}

/// Exit code, stdout, stderr.
struct Ran(i32, String, String);

impl Repository {
    /// A repository with these files, and `edgewright.yaml` with these registries (YAML, a flow map's inside).
    fn new(registries: &str, files: &[(&str, &str)]) -> Self {
        let new = Self { dir: tempfile::tempdir().unwrap() };
        new.write(
            "edgewright.yaml",
            &format!(
                "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: {{ name: acme }}\nspec:\n  registries: {{ {registries} }}\n"
            ),
        );
        for (path, text) in files {
            new.write(path, text);
        }
        new
    }

    fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        self.write_bytes(path, text.as_bytes());
    }

    fn write_bytes(&self, path: &str, bytes: &[u8]) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path} has no {from}");
        self.write(path, &text.replace(from, to));
    }

    fn run(&self, args: &[&str]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_edgewright"))
            .current_dir(self.dir.path())
            .env("EDGEWRIGHT_CACHE", self.path(".cache"))
            .args(args)
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ran(output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
    }

    /// Runs, expects this exit code, and returns everything that was said.
    fn expect(&self, code: i32, args: &[&str]) -> String {
        let Ran(found, out, err) = self.run(args);
        assert_eq!(found, code, "{args:?}\n{out}\n{err}");
        out + &err
    }

    /// A chart archive in `charts/`, listed in its index: `digest: true` with the digest of its bytes.
    fn chart(&self, version: &str, marker: &str) -> Digest {
        let mut files = Files::new();
        let metadata = format!("apiVersion: v2\nname: podinfo\nversion: {version}\nappVersion: \"1.10\"\n");
        files.insert("Chart.yaml", metadata.into_bytes());
        files.insert("values.yaml", format!("marker: {marker}\n").into_bytes());
        let bytes = write_tgz(&files, "podinfo").unwrap();
        self.write_bytes(&format!("charts/podinfo-{version}.tgz"), &bytes);
        Digest::of(&bytes)
    }

    fn index(&self, versions: &[(&str, Option<Digest>)]) {
        let mut index = "apiVersion: v1\nentries:\n  podinfo:\n".to_owned();
        for (version, digest) in versions {
            index +=
                &format!("  - name: podinfo\n    version: {version}\n    urls: [podinfo-{version}.tgz]\n");
            if let Some(digest) = digest {
                index += &format!("    digest: {digest}\n");
            }
        }
        self.write("charts/index.yaml", &index);
    }
}

fn profile(name: &str, layers: &str) -> String {
    format!(
        "apiVersion: edgewright/v1\nkind: ClusterProfile\nmetadata: {{ name: {name}, version: 1.0.0 }}\n\
         spec:\n  type: add-on\n  cloud: all\n  layers:\n{layers}"
    )
}

fn pack(name: &str, version: &str) -> String {
    format!(
        "{{\"name\": \"{name}\", \"displayName\": \"{name}\", \"layer\": \"addon\", \"version\": \"{version}\", \
         \"cloudTypes\": [\"all\"], \"annotations\": {{}}}}"
    )
}

const PRESETS: &str = "presets:
- name: proxied
  displayName: Proxied
  group: access
  default: true
  remove: []
  add: |
    charts: {vm: {access: proxied}}
  layers:
  - name: proxy
    pack: { name: proxy, version: '>=0.9' }
- name: direct
  displayName: Direct
  group: access
  remove: []
  add: |
    charts: {vm: {access: direct}}
";

/// A virtual-machine pack whose default preset brings a proxy.
fn virtual_machines() -> Repository {
    Repository::new(
        "packs: { type: directory, path: packs }",
        &[
            ("packs/vm-1.4.2/pack.json", &pack("vm", "1.4.2")),
            ("packs/vm-1.4.2/presets.yaml", PRESETS),
            (
                "packs/vm-1.4.2/values.yaml",
                "pack:\n  content:\n    images:\n    - image: b:1\n    - image: a:1\n",
            ),
            ("packs/vm-1.3.0/pack.json", &pack("vm", "1.3.0")),
            ("packs/proxy-0.9.3/pack.json", &pack("proxy", "0.9.3")),
            ("packs/proxy-0.9.3/values.yaml", ""),
            (
                "profiles/vm/profile.yaml",
                &profile(
                    "vm",
                    "    - name: machines # the machines\n      pack: { name: vm, version: '>=1.0', registry: packs }\n      values: { a: 1 }\n",
                ),
            ),
        ],
    )
}

const LOCK: &str = "profiles/vm/profile.lock";

#[test]
fn a_default_preset_brings_its_layer_and_another_choice_does_not() {
    let repo = virtual_machines();
    assert!(repo.expect(0, &["lock"]).contains("vm@1.0.0: locked 2 layers"));
    let lock = repo.read(LOCK);
    for line in [
        "version: 1.4.2",
        "- a:1\n      - b:1",
        "layer: machines\n      group: access\n      preset: proxied",
    ] {
        assert!(lock.contains(line), "{line}\n{lock}");
    }
    assert!(repo.expect(0, &["lock"]).contains("unchanged"));
    assert_eq!(repo.read(LOCK), lock, "byte for byte");

    repo.edit("profiles/vm/profile.yaml", "values: { a: 1 }", "presets: { access: direct }");
    let said = repo.expect(1, &["lock", "--check"]);
    assert!(said.contains("`proxy`") && said.contains("edgewright lock"), "{said}");
    assert!(repo.expect(0, &["lock"]).contains("proxy 0.9.3 is gone"));
    assert!(!repo.read(LOCK).contains("proxy"));
}

#[test]
fn an_explicit_layer_takes_the_place_of_a_brought_one() {
    let repo = virtual_machines();
    repo.edit(
        "profiles/vm/profile.yaml",
        "    - name: machines",
        "    - name: own-proxy\n      pack: { name: proxy, version: 0.9.3, registry: packs }\n    - name: machines",
    );
    repo.expect(0, &["lock"]);
    let lock = repo.read(LOCK);
    assert!(lock.contains("name: own-proxy") && !lock.contains("addedBy"), "{lock}");
}

#[test]
fn values_and_comments_do_not_make_a_lock_stale_but_references_do() {
    let repo = virtual_machines();
    repo.expect(0, &["lock"]);
    let before = repo.read(LOCK);
    repo.edit(
        "profiles/vm/profile.yaml",
        "{ a: 1 }",
        "{ a: 2, pack: { content: { images: [{ image: c }] } } }",
    );
    repo.edit("profiles/vm/profile.yaml", "# the machines", "# all machines");
    repo.expect(0, &["lock", "--check"]);
    repo.expect(0, &["lock"]);
    assert_eq!(repo.read(LOCK), before);

    repo.edit("profiles/vm/profile.yaml", ">=1.0", "1.3.0");
    let said = repo.expect(1, &["lock", "--check"]);
    assert!(said.contains("wants version `1.3.0`, the lock was made for `>=1.0`"), "{said}");
    assert!(repo.expect(0, &["lock"]).contains("machines 1.4.2 → 1.3.0"));

    repo.edit("edgewright.yaml", "path: packs", "path: ./packs");
    let said = repo.expect(1, &["lock", "--check"]);
    assert!(said.contains("definition of a registry"), "{said}");
}

#[test]
fn editing_a_pack_of_the_repository_is_seen() {
    let repo = virtual_machines();
    repo.expect(0, &["lock"]);
    repo.write("packs/proxy-0.9.3/README.md", "new\n");
    let said = repo.expect(1, &["lock", "--check"]);
    assert!(said.contains("layer `proxy`: the content of its pack changed"), "{said}");
    assert!(repo.expect(0, &["lock"]).contains("proxy 0.9.3: its content changed"));
    repo.expect(0, &["lock", "--check"]);
}

#[test]
fn two_layers_of_one_name_cannot_be_locked() {
    let repo = virtual_machines();
    let again = "    - { name: machines, pack: { name: proxy, version: latest, registry: packs } }\n    - name: machines";
    repo.edit("profiles/vm/profile.yaml", "    - name: machines", again);
    assert!(repo.expect(1, &["lock"]).contains("two layers are called `machines`"));
    assert!(!repo.path(LOCK).exists());
}

#[test]
fn what_a_lost_pack_brought_is_taken_from_the_lock() {
    let repo = virtual_machines();
    repo.expect(0, &["lock"]);
    fs::remove_dir_all(repo.path("packs/vm-1.4.2")).unwrap();
    let said = repo.expect(1, &["lock", "--check"]);
    assert!(said.contains("vm 1.4.2 is not there any more") && !said.contains("proxy"), "{said}");
    let said = repo.expect(0, &["lock"]);
    assert!(said.contains("machines 1.4.2 → 1.3.0") && said.contains("proxy 0.9.3 is gone"), "{said}");
}

#[test]
fn a_damaged_lock_says_what_to_do_and_is_written_anew() {
    let repo = virtual_machines();
    repo.expect(0, &["lock"]);
    let good = repo.read(LOCK);
    repo.write(LOCK, &good.replace("inputs:", "<<<<<<< ours\ninputs:"));
    let said = repo.expect(1, &["lock", "--check"]);
    assert!(said.contains("merge conflict markers") && said.contains("edgewright lock"), "{said}");
    assert!(said.contains("profile.lock:6:1"), "{said}");
    repo.expect(0, &["lock"]);
    assert_eq!(repo.read(LOCK), good);
}

#[test]
fn what_resolves_to_nothing_is_told_and_the_rest_is_locked() {
    let repo = virtual_machines();
    repo.write(
        "profiles/other/profile.yaml",
        &profile(
            "other",
            "    - { name: a, pack: { name: vm, version: '9.x', registry: packs } }\n    \
             - { name: b, pack: { name: nothing, version: '1.0', registry: packs } }\n    \
             - { name: c, pack: { name: vm, version: '1.3.0', registry: elsewhere } }\n",
        ),
    );
    let said = repo.expect(1, &["lock"]);
    for part in [
        "vm@1.0.0: locked",
        "other@1.0.0: not locked",
        "fits `9.x`; there is 1.4.2, 1.3.0",
        "no pack `nothing`",
        "no registry `elsewhere`",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    assert!(!repo.path("profiles/other/profile.lock").exists());
    let said = repo.expect(0, &["lock", "vm", "--format", "json"]);
    assert!(said.contains("\"state\": \"unchanged\""), "{said}");
    assert!(repo.expect(2, &["lock", "wm"]).contains("did you mean `vm`"));
}

fn charts(version: &str) -> Repository {
    let repo = Repository::new(
        "charts: { type: helm, url: charts }",
        &[(
            "profiles/app/profile.yaml",
            &profile(
                "app",
                &format!("    - {{ name: podinfo, chart: {{ name: podinfo, version: '{version}' }} }}\n"),
            ),
        )],
    );
    let url = format!("file://{}", repo.path("charts").display());
    repo.edit("edgewright.yaml", "url: charts", &format!("url: '{url}'"));
    repo
}

const APP_LOCK: &str = "profiles/app/profile.lock";

#[test]
fn a_pin_stays_until_it_is_upgraded() {
    let repo = charts("^6.5");
    let old = repo.chart("6.5.0", "a");
    repo.index(&[("6.5.0", Some(old))]);
    repo.expect(0, &["lock"]);
    let lock = repo.read(APP_LOCK);
    for part in
        ["version: 6.5.0", "appVersion: \"1.10\"", &format!("sha256: {old}"), "url: file://", "size: "]
    {
        assert!(lock.contains(part), "{part}\n{lock}");
    }
    let new = repo.chart("6.6.0", "b");
    repo.index(&[("6.6.0", Some(new)), ("6.5.0", Some(old))]);
    assert!(repo.expect(0, &["lock"]).contains("unchanged"));
    assert!(repo.expect(0, &["lock", "--upgrade"]).contains("podinfo 6.5.0 → 6.6.0"));
    repo.expect(0, &["lock", "--check"]);
}

#[test]
fn changed_bytes_of_a_locked_version_are_refused() {
    for (warm_cache, promised) in [(true, true), (false, true), (false, false)] {
        let repo = charts("^6.5");
        let old = repo.chart("6.5.0", "a");
        repo.index(&[("6.5.0", promised.then_some(old))]);
        repo.expect(0, &["lock"]);
        let lock = repo.read(APP_LOCK);
        let new = repo.chart("6.5.0", "evil");
        repo.index(&[("6.5.0", promised.then_some(new))]);
        if !warm_cache {
            fs::remove_dir_all(repo.path(".cache")).unwrap();
        }
        for args in [&["lock"][..], &["lock", "--upgrade"]] {
            let said = repo.expect(3, args);
            for part in ["registry `charts`", APP_LOCK, &old.to_string(), &new.to_string()] {
                assert!(said.contains(part), "{part}\n{said}");
            }
            assert_eq!(repo.read(APP_LOCK), lock, "nothing is written");
        }
        // A profile that was never locked is not led astray either.
        repo.write(
            "profiles/new/profile.yaml",
            &repo.read("profiles/app/profile.yaml").replace("name: app", "name: new"),
        );
        let said = repo.expect(3, &["lock", "new"]);
        assert!(said.contains(APP_LOCK), "{said}");
        assert!(!repo.path("profiles/new/profile.lock").exists());
    }
}

#[test]
fn a_lost_registry_hides_nothing_else() {
    let repo = charts("^6.5");
    let old = repo.chart("6.5.0", "a");
    repo.index(&[("6.5.0", Some(old))]);
    repo.expect(0, &["lock"]);
    repo.write("packs/vm-1.3.0/pack.json", &pack("vm", "1.3.0"));
    repo.edit(
        "edgewright.yaml",
        "registries: {",
        "registries: { packs: { type: directory, path: packs }, lost: { type: helm, url: 'http://127.0.0.1:9/x' },",
    );
    repo.edit("profiles/app/profile.yaml", "version: '^6.5' }", "version: '^6.5', registry: charts }");
    let other = |name: &str, reference: &str| {
        repo.write(
            &format!("profiles/{name}/profile.yaml"),
            &profile(name, &format!("    - {{ name: x, {reference} }}\n")),
        );
    };
    other("far", "chart: { name: podinfo, version: '1.0.0', registry: lost }");
    other("near", "pack: { name: vm, version: latest, registry: packs }");
    fs::remove_dir_all(repo.path("charts")).unwrap();
    let said = repo.expect(2, &["lock"]);
    assert!(said.contains("near@1.0.0: locked 1 layer"), "{said}");
    assert!(said.contains("far@1.0.0: not locked") && said.contains("`lost`"), "{said}");
    assert!(said.contains("app@1.0.0: unchanged") && said.contains("the lock is kept"), "{said}");
    assert!(Path::new(&repo.path(APP_LOCK)).exists());
}

/// Commits everything, as a person of that name.
fn commit(repo: &Repository, author: &str) {
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(repo.dir.path()).args(args);
        command
            .env("GIT_AUTHOR_DATE", "2026-03-04T05:06:07Z")
            .env("GIT_COMMITTER_DATE", "2026-03-04T05:06:07Z");
        assert!(command.output().unwrap().status.success(), "{args:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "-A", "profiles", "edgewright.yaml"]);
    git(&["-c", &format!("user.name={author}"), "-c", "user.email=a@example.org", "commit", "-qm", "c"]);
}

#[test]
fn a_refusal_says_who_changed_what() {
    let repo = charts("^6.5");
    let old = repo.chart("6.5.0", "a");
    repo.index(&[("6.5.0", Some(old))]);
    repo.expect(0, &["lock"]);
    let said = |repo: &Repository| {
        let _ = fs::remove_dir_all(repo.path(".cache"));
        repo.expect(3, &["lock"])
    };
    // Published again: bytes and index agree, the lock does not. Without git the file's own date stands there.
    let new = repo.chart("6.5.0", "evil");
    repo.index(&[("6.5.0", Some(new))]);
    assert!(said(&repo).contains("(not committed)"));
    commit(&repo, "Ada");
    let text = said(&repo);
    for part in [
        "registry `charts` serves other bytes for podinfo 6.5.0 than profiles/app/profile.lock of 2026-03-04 (commit ",
        ", by Ada)",
        "published again",
        "--accept-changed podinfo",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    // The bytes alone: the index still says what the lock says.
    repo.index(&[("6.5.0", Some(old))]);
    assert!(said(&repo).contains("its index still names those of the lock"));
    repo.index(&[("6.5.0", None)]);
    assert!(said(&repo).contains("no digest that could say"));
    repo.index(&[("6.5.0", Some(Digest::of(b"x")))]);
    assert!(said(&repo).contains("neither the lock nor their own index"));
    // A wrong index over the right bytes refuses nothing that the lock has proven.
    repo.chart("6.5.0", "a");
    let text = repo.expect(0, &["lock"]);
    assert!(text.contains("serves the locked bytes") && text.contains("unchanged"), "{text}");
}

#[test]
fn changed_bytes_are_taken_when_somebody_says_so() {
    let repo = charts("^6.5");
    let old = repo.chart("6.5.0", "a");
    repo.index(&[("6.5.0", Some(old))]);
    repo.expect(0, &["lock"]);
    let new = repo.chart("6.5.0", "b");
    repo.index(&[("6.5.0", Some(new))]);
    assert!(repo.expect(2, &["lock", "--accept-changed", "podinfoo"]).contains("did you mean `podinfo`"));
    let said = repo.expect(0, &["lock", "--accept-changed", "podinfo"]);
    assert!(said.contains("accepted other bytes") && said.contains(&new.to_string()), "{said}");
    assert!(said.contains("its content changed"), "{said}");
    assert!(repo.read(APP_LOCK).contains(&new.to_string()));
    assert!(repo.expect(0, &["lock"]).contains("unchanged"));

    // Bytes that never fitted their index can be pinned as they are, and stay pinned.
    let odd = repo.chart("6.6.0", "c");
    repo.index(&[("6.6.0", Some(Digest::of(b"x"))), ("6.5.0", Some(new))]);
    let said = repo.expect(3, &["lock", "--upgrade"]);
    assert!(said.contains("than its own index names") && said.contains("--accept-changed podinfo"), "{said}");
    repo.expect(0, &["lock", "--upgrade", "--accept-changed", "podinfo"]);
    assert!(repo.read(APP_LOCK).contains(&odd.to_string()));
    assert!(repo.expect(0, &["lock"]).contains("unchanged"));

    // An index whose digest is that of another version: the bytes are what it promises, but not what it says.
    repo.index(&[("6.7.0", Some(odd))]);
    assert!(repo.expect(0, &["lock", "--upgrade"]).contains("its own Chart.yaml says podinfo 6.6.0"));
}

#[test]
fn a_withdrawn_version_stays_locked_with_a_warning() {
    let repo = charts("^6.5");
    let old = repo.chart("6.5.0", "a");
    repo.index(&[("6.5.0", Some(old))]);
    repo.expect(0, &["lock"]);
    let new = repo.chart("6.6.0", "b");
    repo.index(&[("6.6.0", Some(new))]);
    let said = repo.expect(0, &["lock"]);
    assert!(said.contains("withdrew podinfo 6.5.0") && said.contains("the lock is kept"), "{said}");
    assert!(said.contains("takes 6.6.0") && said.contains("unchanged"), "{said}");
    fs::remove_dir_all(repo.path(".cache")).unwrap();
    let said = repo.expect(2, &["lock"]);
    assert!(said.contains("is locked, but not on this machine"), "{said}");
}

#[test]
fn a_lost_registry_is_told_once() {
    let repo = charts("^6.5");
    let url = "http://127.0.0.1:9/x";
    repo.edit(
        "edgewright.yaml",
        "registries: {",
        &format!("registries: {{ lost: {{ type: helm, url: '{url}' }},"),
    );
    for name in ["a", "b", "c"] {
        let layer =
            |n| format!("    - {{ name: l{n}, chart: {{ name: c{n}, version: '*', registry: lost }} }}\n");
        let layers = (0..5).map(layer).collect::<Vec<String>>().concat();
        repo.write(&format!("profiles/{name}/profile.yaml"), &profile(name, &layers));
    }
    repo.edit("profiles/app/profile.yaml", "version: '^6.5' }", "version: '^6.5', registry: charts }");
    let old = repo.chart("6.5.0", "a");
    repo.index(&[("6.5.0", Some(old))]);
    let said = repo.expect(2, &["lock"]);
    assert_eq!(said.matches("cannot connect").count(), 1, "{said}");
    assert!(said.contains("not locked because of it: a@1.0.0, b@1.0.0, c@1.0.0"), "{said}");
    assert!(said.contains("app@1.0.0: locked 1 layer"), "{said}");
}

/// An index entry with more than name and address.
fn entry(version: &str, more: &str) -> String {
    format!("  - {{ name: podinfo, version: {version}, urls: [podinfo-{version}.tgz]{more} }}\n")
}

#[test]
fn every_candidate_is_explained() {
    let repo = charts(">=6.5 <7");
    repo.chart("6.5.0", "a");
    let index = ["7.0.0", "6.6.0-rc.1", "6.5.0", "6.4.0", "6.5.0+z", "6.5.0"]
        .map(|version| entry(version, ""))
        .concat();
    let odd = "  - { name: podinfo, version: newest, urls: [x] }\n  - { name: podinfo, version: 6.9.0 }\n";
    repo.write("charts/index.yaml", &format!("apiVersion: v1\nentries:\n  podinfo:\n{index}{odd}"));
    let said = repo.expect(0, &["lock", "--explain", "podinfo"]);
    for line in [
        "chart `podinfo` `>=6.5 <7` in registry `charts`",
        "for layer `podinfo` of app@1.0.0: not locked",
        "✗ 7.0.0       fails `<7`",
        "✗ 6.6.0-rc.1  is a prerelease",
        "✓ 6.5.0+z     chosen: the highest that fits",
        "✗ 6.5.0       fits, and ranks like 6.5.0+z",
        "✗ 6.5.0       stands twice",
        "✗ 6.4.0       fails `>=6.5`",
        "✗ newest      passed by in the index: `newest` is not a version",
        "✗ 6.9.0       passed by in the index: the entry has no address",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    assert!(!repo.path(APP_LOCK).exists());
    repo.edit("profiles/app/profile.yaml", ">=6.5 <7", "^9 || 8.x");
    let Ran(code, out, err) = repo.run(&["lock", "--explain", "podinfo", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &json["references"][0]["chosen"]), (1, &serde_json::Value::Null), "{err}");
    let first = &json["references"][0]["candidates"][0];
    assert_eq!((&first["verdict"], &first["failed"]), (&"unmet".into(), &serde_json::json!(["^9", "8.x"])));
    assert!(repo.expect(2, &["lock", "--explain", "podimfo"]).contains("did you mean `podinfo`"));
    repo.edit("profiles/app/profile.yaml", "^9 || 8.x", "newest");
    assert!(repo.expect(1, &["lock", "--explain", "podinfo"]).contains("is not a version constraint"));

    let repo = virtual_machines();
    repo.expect(0, &["lock"]);
    // By its layer, by its pack, and one that a preset brought.
    for name in ["machines", "vm"] {
        let said = repo.expect(0, &["lock", "--explain", name]);
        assert!(said.contains("✓ 1.4.2  chosen") && said.contains("locked to 1.4.2"), "{said}");
    }
    assert!(repo.expect(0, &["lock", "--explain", "proxy"]).contains("✓ 0.9.3  chosen"));
}

#[test]
fn what_is_outdated_is_told_in_a_table_and_for_machines() {
    let repo = charts("^6.5");
    let old = repo.chart("6.5.0", "a");
    repo.index(&[("6.5.0", Some(old))]);
    repo.expect(0, &["lock"]);
    let said = repo.expect(0, &["outdated", "--exit-code"]);
    assert!(said.contains("1 layer with a reference, 0 outdated") && !said.contains("CURRENT"), "{said}");
    let created = ", created: '2020-01-02T03:04:05Z', appVersion: '1.0'";
    let index = [
        entry("8.0.0-rc.1", ""),
        entry("7.0.0", ", deprecated: true, appVersion: '2.0'"),
        entry("6.6.0", ""),
        entry("6.5.0", created),
    ]
    .concat();
    repo.write("charts/index.yaml", &format!("apiVersion: v1\nentries:\n  podinfo:\n{index}"));
    let said = repo.expect(1, &["outdated", "--exit-code"]);
    let row = said.lines().find(|line| line.starts_with("app@1.0.0")).unwrap();
    let cells: Vec<&str> = row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    assert_eq!(cells[..6], ["app@1.0.0", "podinfo", "6.5.0", "6.6.0", "7.0.0", "1.10 → 2.0"], "{said}");
    assert!(
        cells[6].ends_with("years") && cells[7] == "charts" && cells[8] == "latest is deprecated",
        "{said}"
    );
    let Ran(_, out, _) = repo.run(&["outdated", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&json["outdated"], &json["layers"][0]["wanted"]["version"]), (&1.into(), &"6.6.0".into()));
    assert_eq!(json["layers"][0]["current"]["created"], "2020-01-02T03:04:05Z");

    fs::remove_dir_all(repo.path("charts")).unwrap();
    let said = repo.expect(2, &["outdated"]);
    assert!(said.contains("not known"), "{said}");
}

/// Two versions of a chart whose defaults differ, the older one locked, with values of the layer over them.
fn two_versions(constraint: &str) -> Repository {
    let repo = charts(constraint);
    let chart = |version: &str, values: &str| {
        let mut files = Files::new();
        let metadata =
            format!("apiVersion: v2\nname: podinfo\nversion: {version}\nappVersion: \"{version}\"\n");
        files.insert("Chart.yaml", metadata.into_bytes());
        files.insert("values.yaml", values.as_bytes().to_vec());
        let bytes = write_tgz(&files, "podinfo").unwrap();
        repo.write_bytes(&format!("charts/podinfo-{version}.tgz"), &bytes);
        Digest::of(&bytes)
    };
    let old = chart("6.5.0", "replicas: 1\nui: { color: blue, logo: a.png }\nhost: a.example\n");
    repo.index(&[("6.5.0", Some(old))]);
    repo.write(
        "profiles/app/profile.yaml",
        &profile(
            "app",
            &format!(
                "    # the demo\n    - name: podinfo # of the shop\n      chart: {{ name: podinfo, version: '{constraint}' }} # not higher\n      values: {{ ui: {{ color: red, logo: b.png }} }}\n"
            ),
        ),
    );
    repo.expect(0, &["lock"]);
    let new = chart("7.1.0", "replicas: 2\nui: { color: green }\nhost: a.example\ncache: {}\n");
    repo.index(&[("7.1.0", Some(new)), ("6.5.0", Some(old))]);
    repo
}

#[test]
fn an_update_edits_the_constraint_and_shows_three_ways() {
    let repo = two_versions("^6.5");
    let (text, lock) = (repo.read("profiles/app/profile.yaml"), repo.read(APP_LOCK));
    let said = repo.expect(0, &["update", "podinfo", "--dry-run"]);
    for part in [
        "app@1.0.0: podinfo 6.5.0 → 7.1.0, `^6.5` → `^7.1`",
        "gone, although your values set them:\n    ui.logo: \"b.png\" (the default was \"a.png\")",
        "changed under your values:\n    ui.color: \"blue\" → \"green\", yours stays \"red\"",
        "changed and take effect:\n    replicas: 1 → 2",
        "new:\n    cache: {}",
        "would write profiles/app/profile.yaml",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    assert_eq!((repo.read("profiles/app/profile.yaml"), repo.read(APP_LOCK)), (text.clone(), lock));
    let Ran(code, out, _) = repo.run(&["update", "--dry-run", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (code, &json["written"], &json["layers"][0]["version"]["new"]),
        (0, &false.into(), &"7.1.0".into())
    );
    let changed = &json["layers"][0]["difference"]["changed"][0];
    assert_eq!((&changed["pointer"], &changed["takesEffect"]), (&"/replicas".into(), &true.into()));

    repo.expect(0, &["update"]);
    let now = repo.read("profiles/app/profile.yaml");
    assert_eq!(now.replace("^7.1", "^6.5").replace('\'', ""), text.replace('\'', ""), "only the constraint");
    assert!(repo.read(APP_LOCK).contains("version: 7.1.0"));
    repo.expect(0, &["lock", "--check"]);
    assert!(repo.expect(0, &["update"]).contains("1 layer as new as it can be"));
    // Back, to an exact version.
    let said = repo.expect(0, &["update", "podinfo", "--to", "6.5.0", "--profile", "app"]);
    assert!(said.contains("7.1.0 → 6.5.0, `^7.1` → `6.5.0`"), "{said}");
    assert!(repo.expect(1, &["update", "podinfo", "--to", "^9"]).contains("fits `^9`"));
    assert!(repo.expect(2, &["update", "podimfo"]).contains("did you mean `podinfo`"));
    assert!(repo.read("profiles/app/profile.yaml").contains("# not higher"));
}

#[test]
fn a_constraint_that_cannot_be_guessed_stays() {
    let repo = two_versions(">=6 <7");
    let said = repo.expect(0, &["update"]);
    assert!(said.contains("`>=6 <7` keeps it below 7.1.0; `--to` writes another constraint"), "{said}");
    assert!(repo.read(APP_LOCK).contains("version: 6.5.0"));
    // A brought layer has no constraint in the profile.
    let repo = virtual_machines();
    repo.expect(0, &["lock"]);
    repo.write("packs/proxy-0.9.4/pack.json", &pack("proxy", "0.9.4"));
    repo.write("packs/proxy-0.9.4/values.yaml", "a: 1\n");
    assert!(
        repo.expect(2, &["update", "proxy", "--to", "0.9.4"])
            .contains("is brought along by preset `proxied`")
    );
    assert!(repo.expect(0, &["update", "proxy"]).contains("proxy 0.9.3 → 0.9.4"));
    assert!(repo.read(LOCK).contains("version: 0.9.4"));
}

/// Makes every file look as if nobody had touched it for a while, so that a look at its times is worth something.
fn settle(repo: &Repository) {
    // The times of entries cannot be set: they have to pass.
    std::thread::sleep(std::time::Duration::from_millis(2200));
    let _ = repo;
}

#[test]
fn a_second_check_sees_whatever_changed_since_the_first() {
    let repo = virtual_machines();
    repo.write(
        "profiles/b/profile.yaml",
        &repo.read("profiles/vm/profile.yaml").replace("name: vm,", "name: b,"),
    );
    let text = repo.read("profiles/b/profile.yaml").replacen(
        "{ name: b, version: '>=1.0'",
        "{ name: vm, version: '>=1.0'",
        1,
    );
    repo.write("profiles/b/profile.yaml", &text);
    repo.expect(0, &["lock"]);
    settle(&repo);
    let check = |code: i32| repo.expect(code, &["lock", "--check"]);
    assert!(check(0).contains("2 locks up to date"));
    let stamps = repo.path(".cache/stamps");
    let stamp = fs::read_dir(&stamps).unwrap().next().unwrap().unwrap().path();
    let kept = fs::read(&stamp).unwrap();
    assert!(check(0).contains("2 locks up to date"));
    assert_eq!(fs::read(&stamp).unwrap(), kept, "nothing changed, nothing is written");

    // One profile, of the same length.
    let good = repo.read("profiles/b/profile.yaml");
    repo.write("profiles/b/profile.yaml", &good.replace(">=1.0", "1.3.0"));
    let said = check(1);
    assert!(said.contains("b@1.0.0") && !said.contains("vm@1.0.0"), "{said}");
    assert!(check(1).contains("wants version `1.3.0`"), "and once more");
    repo.write("profiles/b/profile.yaml", &good);
    assert!(check(0).contains("2 locks up to date"));
    // A lock that is gone, one that is damaged.
    let lock = repo.read("profiles/b/profile.lock");
    fs::remove_file(repo.path("profiles/b/profile.lock")).unwrap();
    assert!(check(1).contains("there is no profile.lock"));
    repo.write("profiles/b/profile.lock", &lock.replace("1.4.2", "1.4.3"));
    assert!(check(1).contains("b@1.0.0"));
    repo.write("profiles/b/profile.lock", &lock);
    check(0);
    // A pack: a file in it, a new one, another version.
    settle(&repo);
    check(0);
    repo.write("packs/proxy-0.9.3/values.yaml", "a: 1\n");
    assert!(check(1).contains("the content of its pack changed"));
    repo.write("packs/proxy-0.9.3/values.yaml", "");
    check(0);
    repo.write("packs/proxy-0.9.3/more.yaml", "");
    assert!(check(1).contains("the content of its pack changed"));
    fs::remove_file(repo.path("packs/proxy-0.9.3/more.yaml")).unwrap();
    check(0);
    // The workspace file, a new profile, one that cannot be read.
    repo.edit("edgewright.yaml", "path: packs", "path: ./packs");
    assert!(check(1).contains("definition of a registry"));
    repo.edit("edgewright.yaml", "path: ./packs", "path: packs");
    check(0);
    repo.write("profiles/c/profile.yaml", &good.replace("name: b,", "name: c,"));
    assert!(check(1).contains("c@1.0.0"));
    repo.write("profiles/c/profile.yaml", "a: [");
    assert!(check(1).contains("profiles/c/profile.yaml cannot be read"));
    fs::remove_dir_all(repo.path("profiles/c")).unwrap();
    check(0);
    // Stamps that somebody damaged count for nothing.
    fs::write(&stamp, "rubbish").unwrap();
    check(0);
}
