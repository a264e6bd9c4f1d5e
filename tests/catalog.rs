//! The catalog as a whole: links, policy, hostile text, determinism, templates of the user.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use edgewright::archive::Files;
use edgewright::catalog::{self, CatalogError, CatalogInput, Commit};
use edgewright::registry::{Options, Registries};
use edgewright::resolve::resolve_all;
use edgewright::workspace::Workspace;
use regex::Regex;

/// What may be tried to get out of a text into a page.
const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</title><svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{ site.title }}{% include \"base.html\" %}",
    "</pre></code><iframe srcdoc='<script>alert(1)</script>'>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "--><style>body{display:none}</style>",
    "&lt;script&gt;&#60;script&#62;",
];

struct Repository(tempfile::TempDir);

impl Repository {
    fn path(&self) -> PathBuf {
        self.0.path().join("repository")
    }

    /// The sample of this checkout, locked.
    fn sample() -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        fs::create_dir(repository.path()).unwrap();
        for name in ["edgewright.yaml", "profiles", "packs", "appliances"] {
            copy(&root.join(name), &repository.path().join(name));
        }
        repository.lock();
        repository
    }

    /// A repository in which every text that a page shows is hostile.
    fn hostile() -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        let all = HOSTILE.join(" ");
        let text = serde_json::to_string(&all).unwrap();
        let write = |path: &str, text: &str| {
            let path = repository.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write(
            "edgewright.yaml",
            &format!(
                "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: {{ name: hostile }}\nspec:\n  \
                 registries:\n    packs: {{ type: directory, path: packs }}\n  site: {{ title: {text} }}\n"
            ),
        );
        write(
            "profiles/bad/profile.yaml",
            &format!(
                "apiVersion: edgewright/v1\nkind: ClusterProfile\nmetadata:\n  name: bad\n  version: 1.0.0\n  \
                 displayName: {text}\n  description: {text}\n  tags: {{ {text}: {text} }}\n  owners: [{text}]\n\
                 spec:\n  type: add-on\n  cloud: all\n  variables:\n    - name: v\n      displayName: {text}\n      \
                 description: {text}\n      default: {text}\n    - name: secret\n      sensitive: true\n      \
                 default: hunter2hunter2\n  layers:\n    - name: pack\n      displayName: {text}\n      \
                 pack: {{ name: bad, version: 1.0.0, registry: packs }}\n      values:\n        {text}: {text}\n        \
                 list: [{text}]\n        v: \"{{{{ .spectro.var.v }}}} {{{{ .spectro.var.unknown }}}}\"\n      manifests: [manifests/bad.yaml]\n    \
                 - name: gone\n      pack: {{ name: gone, version: 1.0.0, registry: packs }}\n"
            ),
        );
        write(
            "profiles/bad/manifests/bad.yaml",
            &format!("apiVersion: v1\nkind: {text}\nmetadata: {{ name: {text}, namespace: {text} }}\n"),
        );
        let mut readme = String::from("# Title\n\n");
        for hostile in HOSTILE {
            let _ = write!(
                readme,
                "## {hostile}\n\n{hostile}\n\n`{hostile}` [{hostile}](<{hostile}>) ![{hostile}](<{hostile}>) \
                 [x](javascript:alert(1)) <{hostile}>\n\n```{hostile}\n{hostile}\n```\n\n| {hostile} |\n|--|\n\
                 | {hostile} |\n\n[^{hostile}]\n\n[^{hostile}]: {hostile}\n\n"
            );
        }
        readme.push_str("![out](https://example.org/x.png) ![up](../../../secret.png) ![ok](ok.png)\n");
        write("profiles/bad/README.md", &readme);
        write("profiles/bad/ok.png", "not really an image");
        fs::write(repository.0.path().join("secret.png"), "secret").unwrap();
        write(
            "packs/bad/pack.json",
            &format!(
                "{{\"name\": \"bad\", \"version\": \"1.0.0\", \"displayName\": {text}, \"layer\": \"addon\", \
                 \"addonType\": {text}, \"cloudTypes\": [\"all\"], \"annotations\": {{\"description\": {text}}}}}"
            ),
        );
        write("packs/bad/values.yaml", &format!("{text}: default\nother: {text}\n"));
        write("packs/bad/README.md", &readme);
        write(
            "packs/bad/presets.yaml",
            &format!(
                "presets:\n  - name: p\n    displayName: {text}\n    group: g\n    default: true\n    add: |\n      a: {text}\n"
            ),
        );
        write(
            "appliances/all.yaml",
            "apiVersion: edgewright/v1\nkind: ApplianceGroup\nmetadata: { name: all }\nspec:\n  selector: {}\n  \
             profiles: [{ id: bad, channel: stable }]\n---\napiVersion: edgewright/v1\nkind: Appliance\n\
             metadata: { name: box }\nspec: {}\n",
        );
        repository
    }

    fn lock(&self) {
        let output = Command::new(env!("CARGO_BIN_EXE_edgewright"))
            .args(["-C", self.path().to_str().unwrap(), "lock"])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn render(&self) -> Result<Files, CatalogError> {
        let workspace = Workspace::load(&self.path()).unwrap();
        let registries = Registries::open(&workspace, Options { offline: true, ..Options::default() });
        let profiles = resolve_all(&workspace, &registries);
        let mut input = CatalogInput::new(&workspace, &profiles);
        input.findings = Some(&workspace.diagnostics);
        input.commit = Some(Commit { id: "0".repeat(40), date: "2026-01-02T03:04:05Z".to_owned() });
        catalog::render(&input)
    }

    /// Renders with templates of the user, written into the folder `mine`.
    fn with_templates(&self, templates: &[(&str, &str)]) -> Result<Files, CatalogError> {
        let folder = self.path().join("mine");
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in templates {
            fs::write(folder.join(name), text).unwrap();
        }
        let config = self.path().join("edgewright.yaml");
        let text = fs::read_to_string(&config).unwrap();
        if !text.contains("templates: mine") {
            fs::write(config, text.replace("  site:\n", "  site:\n    templates: mine\n")).unwrap();
        }
        self.render()
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}

fn pages(files: &Files) -> Vec<(&str, &str)> {
    let pages: Vec<_> = files
        .iter()
        .filter(|(path, _)| path.rsplit('.').next() == Some("html"))
        .map(|(path, file)| (path, std::str::from_utf8(&file.bytes).unwrap()))
        .collect();
    assert!(pages.len() > 10);
    pages
}

fn unescape(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    text.replace("&#x27;", "'").replace("&#x2F;", "/").replace("&amp;", "&")
}

fn decode(path: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// Where a relative address leads, from a page.
fn follow(page: &str, target: &str) -> String {
    let absolute = target.strip_prefix('/');
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    if absolute.is_some() {
        parts.clear();
    }
    for part in absolute.unwrap_or(target).split('/') {
        match part {
            ".." => _ = parts.pop().expect("no link leaves the tree"),
            "." => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn all_links_lead_somewhere(files: &Files) {
    let attribute = Regex::new(r#" (?:href|src|action|data-search)="([^"]*)""#).unwrap();
    let mut broken = BTreeSet::new();
    let mut followed = 0;
    for (page, text) in pages(files) {
        for captures in attribute.captures_iter(text) {
            let target = unescape(&captures[1]);
            if ["http://", "https://", "mailto:", "data:,"].iter().any(|scheme| target.starts_with(scheme)) {
                continue;
            }
            followed += 1;
            let (path, anchor) =
                target.split_once('#').map_or((target.as_str(), None), |(p, a)| (p, Some(a)));
            let path = if path.is_empty() { page.to_owned() } else { follow(page, &decode(path)) };
            let there = match (files.get(&path), anchor) {
                (None, _) => false,
                (Some(_), None) => true,
                (Some(bytes), Some(anchor)) => {
                    let text = std::str::from_utf8(bytes).unwrap();
                    text.contains(&format!(" id=\"{}\"", decode(anchor)))
                }
            };
            if !there {
                broken.insert(format!("{page}: {target}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(followed > 100);
}

#[test]
fn every_link_leads_somewhere() {
    all_links_lead_somewhere(&Repository::sample().render().unwrap());
    all_links_lead_somewhere(&Repository::hostile().render().unwrap());
}

/// Tags with the names of their attributes, as a browser would read them.
fn tags(text: &str) -> BTreeSet<(String, String)> {
    let tag = Regex::new(r#"<([a-zA-Z][^\s/>]*)((?:[^">]|"[^"]*")*)>"#).unwrap();
    let attribute = Regex::new(r#"([^\s"'>/=]+)(?:="[^"]*")?"#).unwrap();
    let mut found = BTreeSet::new();
    for captures in tag.captures_iter(text) {
        let name = captures[1].to_owned();
        found.insert((name.clone(), String::new()));
        for inner in attribute.captures_iter(&captures[2]) {
            found.insert((name.clone(), inner[1].to_owned()));
        }
    }
    found
}

#[test]
fn pages_have_the_policy_and_load_nothing_from_elsewhere() {
    let policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'self'; \
                  script-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'\">";
    let loads = Regex::new(
        r#"(?:<(?:link|script|img|source|iframe|form)[^>]* (?:src|href|action|srcset)=")([^"]*)""#,
    )
    .unwrap();
    for files in [Repository::sample().render().unwrap(), Repository::hostile().render().unwrap()] {
        for (page, text) in pages(&files) {
            assert!(text.contains(policy), "{page}");
            for captures in loads.captures_iter(text) {
                let canonical = captures[0].contains("rel=\"canonical\"");
                let target = &captures[1];
                assert!(canonical || target == "data:," || !target.contains(':'), "{page}: {target}");
                assert!(!target.starts_with("//"), "{page}: {target}");
            }
            for (tag, attribute) in tags(text) {
                assert!(attribute != "style" && !attribute.starts_with("on"), "{page}: <{tag} {attribute}>");
                assert!(tag != "style" && tag != "iframe" && tag != "base", "{page}: <{tag}>");
            }
            assert_eq!(text.matches("<script").count(), text.matches("<script src=").count(), "{page}");
        }
    }
}

#[test]
fn hostile_text_stays_text() {
    let benign: BTreeSet<_> =
        pages(&Repository::sample().render().unwrap()).iter().flat_map(|p| tags(p.1)).collect();
    // What only READMEs and unresolved layers bring.
    let more = [
        ("img", "src"),
        ("img", "alt"),
        ("img", "loading"),
        ("img", ""),
        ("sup", ""),
        ("br", ""),
        ("i", "class"),
        ("i", ""),
        ("div", "id"),
        ("h4", ""),
        ("h4", "id"),
        ("h5", ""),
        ("h5", "id"),
        ("em", ""),
        ("h3", ""),
        ("h3", "id"),
        ("a", "rel"),
        ("span", "aria-hidden"),
        ("hr", ""),
        ("blockquote", ""),
        ("strong", ""),
    ];
    let more = more.into_iter().map(|(tag, attribute)| (tag.to_owned(), attribute.to_owned()));
    let known: BTreeSet<_> = benign.into_iter().chain(more).collect();
    let repository = Repository::hostile();
    let files = repository.render().unwrap();
    for (page, text) in pages(&files) {
        let unknown: Vec<_> = tags(text).difference(&known).cloned().collect();
        assert!(unknown.is_empty(), "{page}: {unknown:?}");
        let at = text.find("=\"javascript:");
        assert!(at.is_none(), "{page}: {:?}", at.map(|at| &text[at - 80..at + 60]));
        assert!(!text.contains("src=\"https:"), "{page}");
    }
    let profile = files.text("profiles/bad/1.0.0/index.html").unwrap();
    assert!(profile.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(profile.contains("{{ site.title }}"), "text is no template");
    assert!(profile.contains("<td data-th=\"Default\"><i class=\"soft\">hidden</i>"), "a sensitive default");
    assert!(profile.contains("not found") || profile.contains("not locked"), "an unresolved layer says why");
    for (path, file) in files.iter() {
        let has = |text: &[u8]| file.bytes.windows(text.len()).any(|window| window == text);
        assert!(!has(b"hunter2hunter2"), "{path} shows a sensitive default");
        assert!(*file.bytes != *b"secret", "{path} is a file from outside of the repository");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let (one, other) = (Repository::sample(), Repository::sample());
    let threads = |n: usize| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
    let first = threads(1).install(|| one.render()).unwrap();
    let second = threads(8).install(|| one.render()).unwrap();
    assert!(first == second, "one thread and eight differ");
    // Another folder of another name: no path of this machine is on a page.
    assert!(first == other.render().unwrap(), "two folders differ");
}

#[test]
fn the_folder_site_templates_replaces_ours_without_a_setting() {
    let repository = Repository::sample();
    let folder = repository.path().join("site-templates");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("404.html"), "mine").unwrap();
    assert_eq!(repository.render().unwrap().text("404.html"), Some("mine"));
}

#[test]
fn templates_of_the_repository_replace_ours() {
    let repository = Repository::sample();
    let files = repository
        .with_templates(&[
            ("404.html", "{% extends \"embedded/404.html\" %}{% block title %}Lost{% endblock title %}"),
            ("facet.html", "plain {{ title }}"),
            ("style.css", "body{color:red}"),
            ("notes.txt", "no template"),
        ])
        .unwrap();
    let missing = files.text("404.html").unwrap();
    assert!(missing.contains("<title>Lost</title>") && missing.contains("Nothing at this address"));
    assert_eq!(files.text("lists/owner/index.html"), Some("plain Profiles by owner"));
    let css = files.iter().find(|(path, _)| path.starts_with("assets/style.")).unwrap().1;
    assert_eq!(&*css.bytes, b"body{color:red}");
}

#[test]
fn every_rule_has_a_page_that_findings_lead_to() {
    let files = Repository::hostile().render().unwrap();
    let page = |path: &str| String::from_utf8(files.get(path).unwrap().to_vec()).unwrap();
    let list = page("rules/index.html");
    for (lint, docs) in edgewright::rules::all() {
        let own = page(&format!("rules/{}/index.html", lint.code));
        assert!(own.contains(&format!("<h1>{}</h1>", lint.name)), "{}", lint.code);
        assert_eq!(own.matches("<h3").count(), docs.matches("\n## ").count(), "{}", lint.code);
        assert!(list.contains(&format!("rules/{}/index.html\">{}</a>", lint.code, lint.code)));
    }
    let families = edgewright::rules::FAMILIES;
    assert!(edgewright::rules::all().all(|(l, _)| families.iter().any(|(f, _)| l.code.starts_with(f))));
}

#[test]
fn a_broken_template_is_named_with_its_line() {
    let repository = Repository::sample();
    let says = |text: &str, place: &str| {
        let error = repository.with_templates(&[("404.html", text)]).unwrap_err().to_string();
        assert!(error.contains(place), "{error}");
        error
    };
    says("<p>\n{% if %}\n", "mine/404.html:2:");
    let undefined = says("<p>\n\n{{ nobody_knows_this }}\n", "mine/404.html:3:");
    assert!(undefined.contains("nobody_knows_this"), "{undefined}");
    says("{% extends \"gone.html\" %}", "mine/404.html");
    says("\n{{ title | nosuchfilter }}", "404.html");
}
