//! `template`: what real Helm answered to whole charts, row by row.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its rows fails")]

use std::path::{Path, PathBuf};
use std::process::Command;

use edgewright::archive::{Files, write_tgz};
use serde_json::Value;

/// The files of a chart as a row gives them: an object in place of a text is a packed chart.
fn files_of(chart: &Value) -> Files {
    let mut files = Files::new();
    for (path, content) in chart.as_object().unwrap() {
        match content {
            Value::String(text) => files.insert(path.as_str(), text.as_bytes()),
            packed => {
                let name = path.rsplit('/').next().unwrap().trim_end_matches(".tgz");
                let folder = name.rsplit_once('-').map_or(name, |(name, _)| name);
                files.insert(path.as_str(), write_tgz(&files_of(packed), folder).unwrap());
            }
        }
    }
    files
}

/// Writes the chart of a row into `folder`; where it lies.
fn written(row: &Value, folder: &Path) -> PathBuf {
    let files = files_of(&row["chart"]);
    if row["form"] == "tgz" {
        let path = folder.join("demo-0.1.0.tgz");
        std::fs::write(&path, write_tgz(&files, "demo").unwrap()).unwrap();
        return path;
    }
    let root = folder.join("demo");
    for (path, file) in files.iter() {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &file.bytes).unwrap();
    }
    root
}

/// Output and errors of the command for a row.
fn run(row: &Value) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let chart = written(row, folder.path());
    let mut command = Command::new(env!("CARGO_BIN_EXE_edgewright"));
    command.args(["template", "rel"]).arg(chart).args(["--namespace", "ns", "--kube-version", "1.33.0"]);
    for (index, values) in row["values"].as_array().into_iter().flatten().enumerate() {
        let path = folder.path().join(format!("values-{index}.yaml"));
        std::fs::write(&path, values.as_str().unwrap()).unwrap();
        command.arg("-f").arg(path);
    }
    command.args(row["args"].as_array().into_iter().flatten().map(|arg| arg.as_str().unwrap()));
    let output = command.output().unwrap();
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).unwrap())
    } else {
        Err(String::from_utf8(output.stderr).unwrap())
    }
}

#[test]
fn charts_give_what_helm_gives() {
    let corpus = std::env::var_os("EDGEWRIGHT_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"), Into::into);
    let Ok(content) = std::fs::read_to_string(corpus.join("helm/charts.json")) else {
        println!("skipped: no corpus");
        return;
    };
    let rows: Vec<Value> = serde_json::from_str(&content).unwrap();
    assert!(!rows.is_empty());
    let mut failed = Vec::new();
    for row in &rows {
        let result = run(row);
        let fits = match (&result, row["want"].as_str(), row["error"].as_str()) {
            (Ok(out), Some(want), _) => out == want,
            (Err(why), _, Some(error)) => why.contains(error),
            _ => false,
        };
        if !fits {
            let (want, error) = (&row["want"], &row["error"]);
            failed.push(format!("{}\n{row}\n  want {want} {error}\n  got  {result:?}", row["name"]));
        }
    }
    assert!(failed.is_empty(), "{} of {} rows:\n{}", failed.len(), rows.len(), failed.join("\n"));
}
