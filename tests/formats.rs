//! What leaves `check`: each form held to the rules of whoever reads it, over findings whose paths and messages try to break out.
//!
//! The readers themselves (Microsoft's SARIF validator, reviewdog, the XSD of Jenkins, npm's TAP parser) run in
//! `tests/interop/formats.sh`: their schemas are theirs, and are not copied here.

#![cfg(feature = "authoring")]
#![allow(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

#[path = "formats/xml.rs"]
mod xml;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde_json::Value;

use xml::Element;

const FORMS: &[&str] =
    &["text", "concise", "json", "github", "gitlab", "sarif", "junit", "tap", "rdjson", "markdown"];

/// What a path may try; `/` and NUL cannot stand in one.
const PATH: &str = "a::error file=x::owned,%0A%25]]><script>'\"&amp; \u{1b}[31m\u{202e}\tb`|#c\n::warning::owned\nnot ok 1 - owned";
/// What a message may try.
const KEY: &str = "::error::%0A]]><script>alert(1)</script>\\u001b[31m\\u202e\\tb`|# SKIP\\n::warning::owned\\nnot ok 7\\n  ...\\n</details> @everyone [x](https://evil.example) www.evil.example <img src=x>";

fn edgewright(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_edgewright"))
        .args(args)
        .current_dir(dir)
        .env("EDGEWRIGHT_CACHE", dir.join(".cache"))
        .env_remove("NO_COLOR")
        .output()
        .expect("the binary runs")
}

fn profile(name: &str, more: &str) -> String {
    format!(
        "apiVersion: edgewright/v1\nkind: ClusterProfile\nmetadata: {{ name: {name}, version: 1.0.0 }}\nspec:\n  type: add-on\n  \
         cloud: all\n  layers:\n    - {{ name: x, manifests: [m.yaml] }}\n{more}"
    )
}

const WORKSPACE: &str = "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: { name: test }\nspec:\n  site: { base-url: https://edge.example.org }\n";

fn write(dir: &Path, path: &str, text: &str) {
    let path = dir.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A repository whose findings have hostile paths and messages.
fn hostile() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "edgewright.yaml", WORKSPACE);
    for (folder, name) in [(PATH, "bad"), ("plain", "plain")] {
        let more = format!("  \"{KEY}\": 1\n  typ: add-on\nmore: \"é {KEY}\"\n");
        write(dir.path(), &format!("profiles/{folder}/profile.yaml"), &profile(name, &more));
        write(
            dir.path(),
            &format!("profiles/{folder}/m.yaml"),
            "apiVersion: v1\nkind: Namespace\nmetadata: { name: x }\n",
        );
    }
    dir
}

/// All forms of one check, by name.
fn forms(dir: &Path, args: &[&str]) -> BTreeMap<&'static str, String> {
    let outputs: Vec<String> = FORMS.iter().map(|form| format!("{form}=out/{form}")).collect();
    fs::create_dir_all(dir.join("out")).unwrap();
    let mut all = vec!["check"];
    all.extend(args);
    for output in &outputs {
        all.extend(["--output", output]);
    }
    let output = edgewright(dir, &all);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&output.stderr));
    FORMS.iter().map(|form| (*form, fs::read_to_string(dir.join("out").join(form)).unwrap())).collect()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a Vec<Value> {
    value[key].as_array().unwrap_or_else(|| panic!("{key} is a list: {value}"))
}

fn word<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("{key} is text: {value}"))
}

/// Objects have no other keys than these; those with `!` in front must be there.
fn keys(value: &Value, allowed: &[&str]) {
    let object = value.as_object().unwrap_or_else(|| panic!("an object: {value}"));
    for key in object.keys() {
        assert!(allowed.iter().any(|a| a.trim_start_matches('!') == key), "{key} in {value}");
    }
    for needed in allowed.iter().filter_map(|a| a.strip_prefix('!')) {
        assert!(object.contains_key(needed), "{needed} is missing in {value}");
    }
}

fn no_controls(form: &str, text: &str) {
    let bad = text.chars().find(|c| c.is_control() && *c != '\n' || matches!(c, '\u{202e}' | '\u{2028}'));
    assert_eq!(bad, None, "{form}");
}

#[test]
fn hostile_text_breaks_no_form() {
    let dir = hostile();
    let forms = forms(dir.path(), &[]);
    let findings = list(&json(&forms["json"]), "findings").clone();
    assert!(findings.len() >= 6, "{}", forms["concise"]);
    assert!(findings.iter().any(|f| word(f, "message").contains("::error::%0A]]><script>")));
    assert!(findings.iter().any(|f| word(f, "path").contains("\n::warning::owned")));
    let count = findings.len();

    for form in ["text", "concise", "github", "junit", "tap", "markdown"] {
        no_controls(form, &forms[form]);
    }
    assert_eq!(forms["concise"].lines().count(), count);
    github(&forms["github"], &findings);
    gitlab(&forms["gitlab"], count);
    sarif(&forms["sarif"], count);
    junit(&forms["junit"], count);
    tap(&forms["tap"], count);
    rdjson(&forms["rdjson"], dir.path(), &findings);
    markdown(&forms["markdown"], count);
}

#[test]
fn a_clean_repository_is_clean_in_every_form() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "edgewright.yaml", WORKSPACE);
    let forms = forms(dir.path(), &[]);
    assert_eq!((forms["text"].as_str(), forms["concise"].as_str(), forms["github"].as_str()), ("", "", ""));
    assert_eq!(json(&forms["gitlab"]), json("[]"));
    sarif(&forms["sarif"], 0);
    rdjson(&forms["rdjson"], dir.path(), &[]);
    markdown(&forms["markdown"], 0);
    assert_eq!(xml::parse(&forms["junit"]).number("tests"), 1);
    assert_eq!(forms["tap"], "TAP version 14\n1..1\nok 1 - clean\n");
}

/// Reads workflow commands as the runner does (`ActionCommand.TryParseV2`), and undoes the escaping of actions/toolkit.
fn github(text: &str, findings: &[Value]) {
    assert_eq!(text.lines().count(), findings.len());
    for (line, finding) in text.lines().zip(findings) {
        let rest = line.strip_prefix("::").expect("a command starts with `::`");
        let (head, message) = rest.split_once("::").expect("a command ends with `::`");
        let (command, properties) = head.split_once(' ').expect("a command has properties");
        let word = if finding["severity"] == "info" { "notice" } else { word(finding, "severity") };
        assert_eq!(command, word);
        let properties: BTreeMap<&str, String> = properties
            .split(',')
            .map(|property| property.split_once('=').expect("KEY=VALUE"))
            .map(|(key, value)| (key, unescaped(&value.replace("%3A", ":").replace("%2C", ","))))
            .collect();
        let known = ["file", "line", "endLine", "col", "endColumn", "title"];
        assert!(properties.keys().all(|key| known.contains(key)), "{line}");
        assert!(properties["title"].starts_with(self::word(finding, "code")));
        let (start, end) = (&finding["range"]["start"]["line"], &finding["range"]["end"]["line"]);
        assert_eq!(properties["line"], start.to_string());
        assert_eq!(properties.contains_key("col"), start == end, "columns only on one line: {line}");
        assert_eq!(properties.contains_key("col"), properties.contains_key("endColumn"));
        let message = unescaped(message);
        assert!(message.starts_with(&properties["file"]), "{message}");
    }
}

fn unescaped(text: &str) -> String {
    assert!(!text.replace("%25", "").replace("%0D", "").replace("%0A", "").contains('%'), "{text}");
    text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
}

/// What GitLab asks of a code quality report, and what its documentation says of the values.
fn gitlab(text: &str, count: usize) {
    let issues = json(text);
    let issues = issues.as_array().unwrap();
    assert_eq!(issues.len(), count);
    let mut fingerprints = BTreeSet::new();
    for issue in issues {
        keys(issue, &["!description", "!check_name", "!fingerprint", "!severity", "!location"]);
        assert!(fingerprints.insert(word(issue, "fingerprint").to_owned()), "fingerprints are unique");
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&word(issue, "severity")));
        keys(&issue["location"], &["!path", "!lines"]);
        keys(&issue["location"]["lines"], &["!begin"]);
        assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
        let path = word(&issue["location"], "path");
        assert!(!path.starts_with(['/', '.']), "relative to the checkout: {path}");
    }
}

/// The objects of SARIF 2.1.0 that we write are closed: nothing but the properties of the standard (§3.13 and on).
fn sarif(text: &str, count: usize) {
    let log = json(text);
    keys(&log, &["!$schema", "!version", "!runs"]);
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    keys(run, &["!tool", "invocations", "originalUriBaseIds", "!columnKind", "!results"]);
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let driver = &run["tool"]["driver"];
    keys(driver, &["!name", "!semanticVersion", "!rules"]);
    let rules = list(driver, "rules");
    for rule in rules {
        let known = [
            "!id",
            "!name",
            "!defaultConfiguration",
            "!shortDescription",
            "!fullDescription",
            "!help",
            "!helpUri",
        ];
        keys(rule, &known);
        keys(&rule["help"], &["!text", "!markdown"]);
        assert!(!word(&rule["shortDescription"], "text").is_empty());
        let page = format!("https://edge.example.org/rules/{}/index.html", word(rule, "id"));
        assert_eq!(word(rule, "helpUri"), page);
    }
    let results = list(run, "results");
    assert_eq!(results.len(), count);
    for result in results {
        keys(
            result,
            &[
                "!ruleId",
                "!ruleIndex",
                "!level",
                "!message",
                "!locations",
                "!partialFingerprints",
                "!suppressions",
                "relatedLocations",
                "fixes",
            ],
        );
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&word(result, "level")));
        assert!(!word(&result["message"], "text").contains("]("), "a message has no links");
        let related = result["relatedLocations"].as_array().into_iter().flatten();
        for location in list(result, "locations").iter().chain(related) {
            keys(location, &["id", "message", "!physicalLocation", "logicalLocations"]);
            let physical = &location["physicalLocation"];
            keys(physical, &["!artifactLocation", "!region"]);
            artifact(&physical["artifactLocation"]);
            region(&physical["region"]);
        }
        for fix in result["fixes"].as_array().into_iter().flatten() {
            keys(fix, &["!description", "!artifactChanges"]);
            for change in list(fix, "artifactChanges") {
                keys(change, &["!artifactLocation", "!replacements"]);
                artifact(&change["artifactLocation"]);
                for replacement in list(change, "replacements") {
                    keys(replacement, &["!deletedRegion", "insertedContent"]);
                    region(&replacement["deletedRegion"]);
                }
            }
        }
    }
}

/// A relative URI reference (RFC 3986).
fn artifact(location: &Value) {
    keys(location, &["!uri", "!uriBaseId"]);
    let uri = word(location, "uri");
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=@%".contains(&b);
    assert!(uri.bytes().all(allowed) && !uri.starts_with('/'), "{uri}");
}

fn region(region: &Value) {
    keys(region, &["!startLine", "startColumn", "endLine", "endColumn", "byteOffset", "byteLength"]);
    assert!(region["startLine"].as_u64().unwrap() >= 1);
    assert!(region["endLine"].as_u64().unwrap_or(u64::MAX) >= region["startLine"].as_u64().unwrap());
}

/// The grammar of Jenkins' junit-10.xsd, as far as we use it; the numbers fit what is there.
fn junit(text: &str, findings: usize) {
    let root = xml::parse(text);
    let attributes = |element: &Element, allowed: &[&str]| {
        for (name, _) in &element.attributes {
            assert!(allowed.contains(&name.as_str()), "{name} of {}", element.name);
        }
    };
    assert_eq!(root.name, "testsuites");
    attributes(&root, &["name", "time", "tests", "failures", "errors"]);
    let (mut tests, mut failures, mut lines) = (0, 0, 0);
    for suite in &root.children {
        assert_eq!(suite.name, "testsuite");
        attributes(suite, &["name", "tests", "failures", "errors", "skipped", "time"]);
        let outcome = |name: &str| {
            suite.children.iter().filter(|case| case.children.iter().any(|c| c.name == name)).count()
        };
        assert_eq!(suite.children.len(), suite.number("tests"));
        assert_eq!(outcome("failure"), suite.number("failures"));
        assert_eq!(outcome("skipped"), suite.number("skipped"));
        for case in &suite.children {
            assert_eq!(case.name, "testcase");
            attributes(case, &["name", "classname", "time"]);
            assert_eq!(case.children.len(), 1, "one outcome");
            assert!(["failure", "skipped", "system-out"].contains(&case.children[0].name.as_str()));
            lines += case.children[0].text.lines().filter(|line| !line.starts_with("  help: ")).count();
        }
        tests += suite.children.len();
        failures += suite.number("failures");
    }
    assert_eq!((tests, failures), (root.number("tests"), root.number("failures")));
    assert_eq!(lines, findings, "each finding is one line");
}

/// TAP 14: version, plan, numbered points with escaped descriptions, YAML blocks indented by two.
fn tap(text: &str, count: usize) {
    let mut lines = text.lines().peekable();
    assert_eq!(lines.next(), Some("TAP version 14"));
    assert_eq!(lines.next(), Some(format!("1..{count}").as_str()));
    let mut points = 0;
    while let Some(line) = lines.next() {
        points += 1;
        let rest = line.strip_prefix("not ").unwrap_or(line);
        let rest = rest.strip_prefix(&format!("ok {points} - ")).unwrap_or_else(|| panic!("{line}"));
        let plain = rest.replace("\\\\", "").replace("\\#", "");
        let (_, directive) = plain.split_once('#').unwrap_or_default();
        assert!(directive.is_empty() || directive.starts_with(" SKIP "), "{line}");
        if lines.next_if_eq(&"  ---").is_some() {
            let mut block = String::new();
            loop {
                let line = lines.next().expect("a block ends");
                let line = line.strip_prefix("  ").expect("a block is indented");
                if line == "..." {
                    break;
                }
                block.push_str(line);
                block.push('\n');
            }
            let source = edgewright::source::SourceFile::new("block", block);
            let stream = edgewright::yaml::parse(&source);
            assert!(stream.diagnostics.is_empty(), "{:?}", stream.diagnostics);
            assert_eq!(stream.documents.len(), 1);
        }
    }
    assert_eq!(points, count);
}

/// reviewdog's `DiagnosticResult`; columns count bytes, and a range cuts the file where the finding is.
fn rdjson(text: &str, dir: &Path, findings: &[Value]) {
    let result = json(text);
    keys(&result, &["!source", "!diagnostics"]);
    let diagnostics = list(&result, "diagnostics");
    assert_eq!(diagnostics.len(), findings.len());
    for (diagnostic, finding) in diagnostics.iter().zip(findings) {
        keys(
            diagnostic,
            &["!message", "!location", "!severity", "!code", "suggestions", "related_locations"],
        );
        assert!(["ERROR", "WARNING", "INFO"].contains(&word(diagnostic, "severity")));
        keys(&diagnostic["code"], &["!value", "url"]);
        let location = &diagnostic["location"];
        keys(location, &["!path", "range"]);
        assert_eq!(word(location, "path"), word(finding, "path"));
        let file = fs::read_to_string(dir.join(word(location, "path"))).unwrap();
        let offset = |point: &Value| {
            keys(point, &["!line", "!column"]);
            let line = usize::try_from(point["line"].as_u64().unwrap()).unwrap();
            let before: usize = file.split_inclusive('\n').take(line - 1).map(str::len).sum();
            before + usize::try_from(point["column"].as_u64().unwrap()).unwrap() - 1
        };
        for end in ["start", "end"] {
            let offset = offset(&location["range"][end]) as u64;
            assert_eq!(Some(offset), finding["range"][end]["offset"].as_u64(), "{finding}");
        }
        for suggestion in diagnostic["suggestions"].as_array().into_iter().flatten() {
            keys(suggestion, &["!range", "!text"]);
            let (start, end) = (offset(&suggestion["range"]["start"]), offset(&suggestion["range"]["end"]));
            let fixed = format!("{}{}{}", &file[..start], word(suggestion, "text"), &file[end..]);
            let mut wanted = file.clone();
            for edit in list(&finding["fix"], "edits").iter().rev() {
                let at = |end: &str| usize::try_from(edit["range"][end]["offset"].as_u64().unwrap()).unwrap();
                wanted.replace_range(at("start")..at("end"), word(edit, "replacement"));
            }
            assert_eq!(fixed, wanted);
        }
    }
}

/// A heading and a table per file, a row per finding; nothing that was a finding's is markup.
fn markdown(text: &str, findings: usize) {
    let options = Options::ENABLE_TABLES | Options::ENABLE_GFM | Options::ENABLE_STRIKETHROUGH;
    let (mut rows, mut links, mut cells) = (0, 0, 0);
    let mut in_code = false;
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::TableRow) => rows += 1,
            Event::Start(Tag::TableCell) => cells += 1,
            Event::Start(Tag::Link { dest_url, .. }) => {
                assert!(dest_url.starts_with("https://edge.example.org/rules/"), "{dest_url}");
                links += 1;
            }
            Event::Start(Tag::Image { .. } | Tag::List(_) | Tag::BlockQuote(_)) => panic!("{event:?}"),
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            // Forges call people whose names they find in text, but not in code.
            Event::Text(text) => assert!(in_code || !text.contains("@everyone"), "{text}"),
            Event::Html(html) | Event::InlineHtml(html) => {
                let ours = [
                    "<details><summary>Lines and what helps</summary>\n",
                    "</details>\n",
                    "<code>",
                    "</code>",
                ];
                assert!(ours.contains(&&*html), "{html:?}");
            }
            _ => {}
        }
    }
    assert_eq!((rows, links), (findings, findings));
    assert_eq!(cells % 4, 0);
}

/// A repository with an unknown key on line 9 and the same key twice in a list.
fn small() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "edgewright.yaml", WORKSPACE);
    let more = "    - { name: y, manifests: [m.yaml], colour: red }\n    - { name: z, manifests: [m.yaml], colour: red }\n  \
                unknown: 1\n";
    write(dir.path(), "profiles/one/profile.yaml", &profile("one", more));
    // One object that nothing can judge: there is no schema for it.
    let objects = "apiVersion: v1\nkind: Namespace\nmetadata: { name: x }\n---\n\
                   apiVersion: example.org/v1\nkind: Widget\nmetadata: { name: x }\n";
    write(dir.path(), "profiles/one/m.yaml", objects);
    dir
}

fn fingerprints(dir: &Path) -> BTreeMap<String, String> {
    let output = edgewright(dir, &["check", "--format", "json"]);
    let report = json(&String::from_utf8(output.stdout).unwrap());
    let of = |f: &Value| (word(f, "fingerprint").to_owned(), word(f, "code").to_owned());
    let found: BTreeMap<_, _> = list(&report, "findings").iter().map(of).collect();
    assert_eq!(found.len(), list(&report, "findings").len(), "no two are equal");
    found
}

#[test]
fn fingerprints_stay_when_lines_are_put_in_above() {
    let dir = small();
    let before = fingerprints(dir.path());
    assert!(before.len() >= 3);
    let path = dir.path().join("profiles/one/profile.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let text =
        text.replace("  layers:\n", "\n  # more\n  layers:\n    - { name: first, manifests: [m.yaml] }\n");
    fs::write(&path, format!("# a comment\n\n{text}")).unwrap();
    assert_eq!(fingerprints(dir.path()), before);
}

#[test]
fn several_forms_leave_in_one_run() {
    let dir = small();
    let output = edgewright(dir.path(), &["check", "--output", "sarif=x.sarif", "--output", "github"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).lines().all(|line| line.starts_with("::error ")));
    assert_eq!(json(&fs::read_to_string(dir.path().join("x.sarif")).unwrap())["version"], "2.1.0");

    for (args, said) in [
        (&["--output", "json", "--output", "sarif"][..], "two formats want stdout"),
        (&["--output", "json=a", "--output", "sarif=a"], "two formats want the file"),
        (&["--output", "sariff"], "did you mean `sarif`"),
        (&["--output", "html"], "there are text, concise, json"),
        (&["--output", "json="], "names no file"),
        (&["--output", "json=no/such/folder/x"], "cannot write `no/such/folder/x`"),
    ] {
        let output = edgewright(dir.path(), &[&["check"], args].concat());
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {err}");
        assert!(err.contains(said), "{args:?}: {err}");
    }
}

#[test]
#[cfg(unix)]
fn a_file_is_replaced_whole_and_keeps_what_it_was() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let dir = small();
    let real = dir.path().join("real.json");
    fs::write(&real, "old").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real.json", dir.path().join("link.json")).unwrap();
    edgewright(dir.path(), &["check", "--output", "json=link.json"]);
    assert!(fs::symlink_metadata(dir.path().join("link.json")).unwrap().is_symlink());
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(json(&fs::read_to_string(&real).unwrap())["schemaVersion"], 1);

    let output =
        edgewright(dir.path(), &["check", "-q", "--output", "json=/dev/stdout", "--output", "concise=c"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"schemaVersion\": 1"));
    let left: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(".edgewright-")), "{left:?}");
}

#[test]
fn forges_know_files_from_the_top_of_the_checkout() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join(".git")).unwrap();
    let below = dir.path().join("platform/edge");
    write(&below, "edgewright.yaml", WORKSPACE);
    write(&below, "profiles/one/profile.yaml", &profile("one", "  unknown: 1\n"));
    let forms = forms(&below, &[]);
    let path = "platform/edge/profiles/one/profile.yaml";
    assert!(forms["github"].contains(&format!("file={path},")), "{}", forms["github"]);
    assert_eq!(word(&json(&forms["gitlab"])[0]["location"], "path"), path);
    assert!(forms["sarif"].contains(&format!("\"uri\": \"{path}\"")));
    assert_eq!(word(&json(&forms["rdjson"])["diagnostics"][0]["location"], "path"), path);
    assert!(forms["concise"].starts_with("profiles/one/profile.yaml:"), "people start at the repository");
}

#[test]
fn a_baseline_shows_new_findings_only_and_shrinks() {
    let dir = small();
    let run = |args: &[&str]| {
        let output = edgewright(dir.path(), args);
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let known = fingerprints(dir.path()).len();
    let (code, said) = run(&["baseline"]);
    assert_eq!(
        (code, said),
        (0, format!("edgewright-baseline.json has {known} findings: {known} new, 0 gone\n"))
    );
    let text = fs::read_to_string(dir.path().join("edgewright-baseline.json")).unwrap();
    assert_eq!(text.lines().count(), known + 5, "a line per finding");
    assert_eq!(
        run(&["baseline"]).1,
        format!("edgewright-baseline.json has {known} findings: 0 new, 0 gone\n")
    );
    assert_eq!(fs::read_to_string(dir.path().join("edgewright-baseline.json")).unwrap(), text);

    assert_eq!(run(&["check", "--format", "concise"]), (0, String::new()));
    let report = json(&run(&["check", "--format", "json"]).1);
    assert_eq!(report["summary"]["suppressed"], known);
    let log = json(&run(&["check", "--format", "sarif"]).1);
    let results = list(&log["runs"][0], "results");
    assert_eq!(results.len(), known);
    assert!(results.iter().all(|r| r["suppressions"][0]["kind"] == "external"));
    assert_eq!(run(&["check", "--format", "concise", "--no-baseline"]).1.lines().count(), known);

    // One finding is repaired, another one is new.
    let path = dir.path().join("profiles/one/profile.yaml");
    let profile = fs::read_to_string(&path).unwrap().replace("  unknown: 1\n", "  novel: 1\n");
    fs::write(&path, profile).unwrap();
    let (code, shown) = run(&["check", "--format", "concise"]);
    assert_eq!(code, 1);
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines.len(), 2, "{shown}");
    assert!(
        lines[0].starts_with("edgewright-baseline.json:") && lines[0].contains("warning CF0204"),
        "{shown}"
    );
    assert!(lines[1].contains("`novel`"), "{shown}");
    // A part of the repository is judged with all of it, and only its own findings are shown.
    assert_eq!(run(&["check", "--format", "concise", "profiles/one"]).1.lines().count(), 1);

    assert_eq!(
        run(&["baseline", "--prune"]).1,
        format!("edgewright-baseline.json has {} findings: 0 new, 1 gone\n", known - 1)
    );
    assert_eq!(run(&["check", "--format", "concise"]).1.lines().count(), 1);
    assert_eq!(
        run(&["baseline", "--dry-run"]).1,
        format!("edgewright-baseline.json would have {known} findings: 1 new, 0 gone\n")
    );
}

#[test]
fn a_broken_baseline_hides_nothing() {
    let dir = small();
    let all = fingerprints(dir.path()).len();
    edgewright(dir.path(), &["baseline", "--output", "known.json"]);
    let good = fs::read_to_string(dir.path().join("known.json")).unwrap();
    for (text, code) in [
        (good.replace("\"schemaVersion\": 1", "\"schemaVersion\": 2"), "SC0004"),
        (good.replace("]\n}\n", ""), "YA0001"),
        (good.replacen("\"code\"", "\"kode\"", 1), "SC0001"),
        (String::new(), "CF0206"),
    ] {
        fs::write(dir.path().join("edgewright-baseline.json"), text).unwrap();
        let output = edgewright(dir.path(), &["check", "--format", "concise"]);
        let shown = String::from_utf8(output.stdout).unwrap();
        let about = format!(" error {code} ");
        assert!(
            shown.lines().any(|l| l.starts_with("edgewright-baseline.json:") && l.contains(&about)),
            "{shown}"
        );
        assert!(shown.lines().count() > all, "{code}: {shown}");
    }
    let output = edgewright(dir.path(), &["check", "--baseline", "known.json"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    let output = edgewright(dir.path(), &["check", "--baseline", "nowhere.json"]);
    assert_eq!(output.status.code(), Some(2));
}
