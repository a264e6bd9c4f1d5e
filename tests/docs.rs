//! Pages of `docs/` that are made from what the program knows: `UPDATE=1 cargo test --test docs` writes them again.

#![cfg(feature = "authoring")]

use std::fmt::Write as _;
use std::path::Path;

use edgewright::rules;
use serde_json::{Map, Value};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Compares a page with what it must say, or writes it where `UPDATE` is set.
#[track_caller]
fn page(name: &str, wanted: &str) {
    let path = root().join("docs").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, wanted).expect("docs/ can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(found == wanted, "docs/{name} is behind: UPDATE=1 cargo test --test docs");
}

/// Files in the order in which people meet them: schema, file name, what to know besides the keys.
const FORMATS: &[(&str, &str, &str)] = &[
    ("workspace", "edgewright.yaml", "At the top of the repository."),
    (
        "profile",
        "profiles/**/profile.yaml",
        "Beside it: `README.md`, `values/*.yaml`, `manifests/*.yaml` and `profile.lock`. Versions \
         that appliances need side by side have a folder each: `profiles/<id>/<version>/profile.yaml`.",
    ),
    ("channels", "profiles/<id>/channels.yaml", ""),
    ("appliance", "appliances/**/*.yaml", ""),
    (
        "profile-lock",
        "profiles/**/profile.lock",
        "Committed; the same inputs give the same bytes. Not for editing.",
    ),
    (
        "pack",
        "packs/*/pack.json",
        "Packs are read in the layout in which they are published for Palette: `pack.json`, `values.yaml`, `presets.yaml`, \
         `schema.yaml`, `README.md`, `logo.png`, `charts/*.tgz`, `manifests/*.yaml`. Keys that are not listed here are \
         warnings.",
    ),
    (
        "presets",
        "packs/*/presets.yaml",
        "Choices of a pack. `default` and `layers` are Edgewright's own keys: a pack without them behaves as in Palette.",
    ),
    ("pack-schema", "packs/*/schema.yaml", "What a pack asks of values."),
    (
        "baseline",
        "edgewright-baseline.json",
        "Committed; `edgewright baseline` writes it, and again with `--prune` when findings were repaired.",
    ),
    ("findings", "edgewright check --format json", "What the program prints for other programs."),
];

#[test]
fn formats_say_what_the_schemas_say() {
    let mut text = String::from(
        "# Formats\n\nEvery key of every file, made from the schemas (`UPDATE=1 cargo test --test docs`). \
         `edgewright schema KIND` prints a schema for an editor; files name theirs in their first line.\n\n\
         **Bold** keys are required where their parent is given. `[]` stands for each item of a list, `*` for a name of \
         your own.\n\n\
         Versions are text: an unquoted `1.10` is the number 1.1, and an error that says so.\n",
    );
    for (schema, file, note) in FORMATS {
        let source =
            std::fs::read_to_string(root().join(format!("schemas/{schema}.json"))).expect("a schema");
        let schema: Value = serde_json::from_str(&source).expect("a schema is JSON");
        let definitions = schema["definitions"].as_object().cloned().unwrap_or_default();
        let about = format!("{} {note}", words(&schema, "description"));
        let _ = write!(text, "\n## `{file}`\n\n{}\n", about.trim());
        for (kind, object) in kinds(&schema) {
            if let Some(kind) = kind {
                let _ = write!(text, "\n### `kind: {kind}`\n");
            }
            text.push_str("\n| Key | Value | Meaning |\n|---|---|---|\n");
            rows(&mut text, "", &object, &definitions, 0);
        }
    }
    page("formats.md", &text);
}

#[test]
fn rules_are_explained_on_one_page() {
    let mut rules: Vec<_> = rules::all().collect();
    rules.sort_by_key(|(lint, _)| lint.code);
    let mut text = String::from(
        "# Rules\n\nWhat `edgewright check` finds, made from the rules' own words (`UPDATE=1 cargo test --test docs`). \
         `edgewright explain CODE` prints one of them.\n\nA rule is set in `edgewright.yaml`, by its code or its name:\n\n\
         ```yaml\nspec:\n  check:\n    rules:\n      PK0102: off\n      pack-folder-name: { severity: error }\n```\n",
    );
    for (family, title) in rules::FAMILIES {
        let of_family: Vec<_> = rules.iter().filter(|(lint, _)| lint.code.starts_with(family)).collect();
        if of_family.is_empty() {
            continue;
        }
        let _ = write!(text, "\n## {title}\n\n| Code | Name | Severity |\n|---|---|---|\n");
        for (lint, _) in &of_family {
            let (code, name) = (lint.code, lint.name);
            let anchor = code.to_lowercase();
            let _ = writeln!(text, "| [{code}](#{anchor}-{name}) | `{name}` | {} |", lint.severity.word());
        }
        for (_, docs) in of_family {
            text.push('\n');
            let mut code = false;
            for line in docs.trim_end().lines() {
                code ^= line.starts_with("```");
                // Their `#` and `##` become `###` and bold words: the page has headings of its own.
                match line.strip_prefix("## ").filter(|_| !code) {
                    Some(heading) => _ = writeln!(text, "**{heading}**"),
                    None if line.starts_with("# ") && !code => _ = writeln!(text, "##{line}"),
                    None => _ = writeln!(text, "{line}"),
                }
            }
        }
    }
    let known = |code: &str| rules::FAMILIES.iter().any(|(family, _)| code.starts_with(family));
    assert!(rules.iter().all(|(lint, _)| known(lint.code)), "a code of no family");
    page("rules.md", &text);
}

#[test]
fn commands_are_listed_with_their_help() {
    let mut text = String::from(
        "# Commands\n\nMade from the program's own help (`UPDATE=1 cargo test --test docs`).\n\n\
         stdout carries results, stderr talk and progress. A command that writes says what it wrote. Options that hold \
         everywhere: `-C DIR`, `-v`, `-q`, `--color auto|always|never` (and `NO_COLOR`).\n\n\
         | Exit code | Means |\n|---|---|\n\
         | 0 | fine |\n\
         | 1 | findings at or above `--fail-on`, a lock that does not fit, a reference that resolves to nothing |\n\
         | 2 | usage, configuration, files, network |\n\
         | 3 | refused by trust: a signature, a date, an older version, a wrong digest |\n\
         | 75 | another process holds the lock |\n\n\
         | Environment | Means |\n|---|---|\n\
         | `EDGEWRIGHT_CACHE` | where fetched packs and charts are kept; else `$XDG_CACHE_HOME/edgewright`, else \
         `~/.cache/edgewright` |\n\
         | `EDGEWRIGHT_SIGNER_<ROLE>` | signer of a role: `file:PATH` or `cmd:COMMAND` |\n\
         | `SOURCE_DATE_EPOCH` | time of signing, seconds since 1970 |\n\
         | `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY` | proxies |\n",
    );
    commands(&mut text, &[]);
    page("commands.md", &text);
}

/// Options that every command has are said once, at the top of the page.
fn everywhere(line: &str) -> bool {
    ["-C, --directory", "-v, --verbose", "-q, --quiet", "--color <WHEN>", "-h, --help", "help  "]
        .iter()
        .any(|option| line.trim_start().starts_with(option))
}

/// Help of a command, then of its subcommands.
fn commands(text: &mut String, path: &[String]) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_edgewright"))
        .args(path)
        .arg("-h")
        .env_remove("COLUMNS")
        .env("NO_COLOR", "1")
        .output()
        .expect("the binary starts");
    let help = String::from_utf8(output.stdout).expect("help is UTF-8");
    if !path.is_empty() {
        // With the lines into which the help of such an option runs on.
        let mut skipped = false;
        let mut lines: Vec<&str> = help.trim_end().lines().map(str::trim_end).collect();
        lines.retain(|line| {
            let runs_on = line.starts_with("          ") && !line.trim_start().starts_with('-');
            skipped = everywhere(line) || skipped && runs_on;
            !skipped
        });
        let shown = lines.join("\n");
        let shown = shown.strip_suffix("\n\nOptions:").unwrap_or(&shown);
        let _ = write!(text, "\n## edgewright {}\n\n```text\n{shown}\n```\n", path.join(" "));
    }
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    for line in listed.take_while(|line| line.starts_with("  ")) {
        // Two spaces before a name; more before the second line of a long sentence.
        let Some(name) = line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')) else { continue };
        let name = name.split_whitespace().next().unwrap_or_default();
        if name != "help" {
            commands(text, &[path, &[name.to_owned()]].concat());
        }
    }
}

/// The objects that a schema describes: one, or one per `kind` where its branches differ in more than words.
fn kinds(schema: &Value) -> Vec<(Option<String>, Value)> {
    let mut found = vec![];
    let mut branch = schema;
    while let Some(kind) = branch["if"]["properties"]["kind"]["const"].as_str() {
        let mut object = schema.clone();
        let Some(then) = branch["then"]["properties"].as_object() else { break };
        if !then.values().all(|property| property.get("$ref").is_some()) {
            break;
        }
        for (name, property) in then {
            object["properties"][name] = property.clone();
        }
        object["properties"]["kind"] =
            serde_json::json!({ "description": "What this document is.", "const": kind });
        found.push((Some(kind.to_owned()), object));
        branch = &branch["else"];
    }
    if found.is_empty() { vec![(None, schema.clone())] } else { found }
}

fn words(schema: &Value, key: &str) -> String {
    schema[key].as_str().unwrap_or_default().to_owned()
}

/// The schema with what it refers to: its own words win.
fn resolved(schema: &Value, definitions: &Map<String, Value>) -> Value {
    let Some(name) = schema["$ref"].as_str().and_then(|name| name.strip_prefix("#/definitions/")) else {
        return schema.clone();
    };
    let mut target = definitions.get(name).cloned().unwrap_or_default();
    for (key, value) in schema.as_object().into_iter().flatten().filter(|(key, _)| *key != "$ref") {
        target[key] = value.clone();
    }
    target
}

fn rows(text: &mut String, path: &str, schema: &Value, definitions: &Map<String, Value>, depth: usize) {
    // A list of lists of lists is no format of ours; a schema that refers to itself ends here.
    if depth > 8 {
        return;
    }
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if property.get("not").is_some() {
            continue;
        }
        let at = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        row(text, &at, property, required.contains(&name.as_str()), definitions, depth);
    }
    if let Some(any) = schema.get("additionalProperties").filter(|any| any.is_object()) {
        let at = if path.is_empty() { "*".to_owned() } else { format!("{path}.*") };
        let any = resolved(any, definitions);
        // `labels.*: text` adds nothing to the row of `labels`.
        if any.get("properties").is_some()
            || any.get("oneOf").is_some()
            || any.get("enum").is_some()
            || path.is_empty()
        {
            row(text, &at, &any, false, definitions, depth);
        }
    }
}

fn row(
    text: &mut String,
    path: &str,
    schema: &Value,
    needed: bool,
    definitions: &Map<String, Value>,
    depth: usize,
) {
    let schema = resolved(schema, definitions);
    let key = if needed { format!("**`{path}`**") } else { format!("`{path}`") };
    let mut meaning = words(&schema, "description");
    let default = &schema["default"];
    if !default.is_null() && !meaning.contains("default") {
        let _ =
            write!(meaning, " Default: `{}`.", default.as_str().map_or(default.to_string(), str::to_owned));
    }
    let _ = writeln!(
        text,
        "| {key} | {} | {} |",
        value(&schema, definitions).replace('|', "\\|"),
        meaning.replace('|', "\\|").replace('\n', " ")
    );
    let (at, nested) = match schema.get("items") {
        Some(items) => (format!("{path}[]"), resolved(items, definitions)),
        None => (path.to_owned(), schema),
    };
    rows(text, &at, &nested, definitions, depth + 1);
    for part in ["oneOf", "anyOf"] {
        for choice in nested[part].as_array().into_iter().flatten() {
            rows(text, &at, &resolved(choice, definitions), definitions, depth + 1);
        }
    }
}

/// What may stand there, in a few words.
fn value(schema: &Value, definitions: &Map<String, Value>) -> String {
    if let Some(only) = schema.get("const") {
        return format!("`{}`", only.as_str().map_or(only.to_string(), str::to_owned));
    }
    if let Some(choices) = schema["enum"].as_array() {
        let words: Vec<String> =
            choices.iter().map(|choice| format!("`{}`", choice.as_str().unwrap_or("?"))).collect();
        return words.join(", ");
    }
    for part in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[part].as_array() {
            let mut words: Vec<String> =
                choices.iter().map(|choice| value(&resolved(choice, definitions), definitions)).collect();
            words.dedup();
            return words.join(" or ");
        }
    }
    let word = |name: &str| {
        match name {
            "string" => "text",
            "integer" => "whole number",
            "boolean" => "true or false",
            "array" => "list",
            "object" => "map",
            "null" => "nothing",
            other => other,
        }
        .to_owned()
    };
    match &schema["type"] {
        Value::String(name) if name == "array" => {
            let item = value(&resolved(&schema["items"], definitions), definitions);
            if item == "any" { "list".to_owned() } else { format!("list of {item}") }
        }
        Value::String(name) => word(name),
        Value::Array(names) => {
            names.iter().filter_map(Value::as_str).map(word).collect::<Vec<_>>().join(" or ")
        }
        _ if schema.get("properties").is_some() => word("object"),
        _ => "any".to_owned(),
    }
}
