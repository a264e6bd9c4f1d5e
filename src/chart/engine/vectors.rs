//! The rows of the corpus whose expectations real Helm made.

use super::json;
use super::machine::Budget;
use super::random::Random;
use super::release::{Prepared, Release};
use super::value::Value;
use super::values::UserValues;
use crate::archive::Files;

type Row = serde_json::Value;

fn text<'r>(row: &'r Row, key: &str) -> Option<&'r str> {
    row.get(key).and_then(Row::as_str)
}

fn release() -> Release {
    Release {
        name: "rel".into(),
        namespace: "ns".into(),
        is_upgrade: false,
        kube_version: Some("1.33.0".into()),
        api_versions: Vec::new(),
    }
}

/// What the template of a row writes.
fn vector(row: &Row) -> Result<String, String> {
    let mut files = Files::new();
    let chart = "apiVersion: v2\nname: demo\nversion: 0.1.0\nappVersion: \"1.0\"\n";
    files.insert("Chart.yaml", chart.as_bytes());
    files.insert("templates/t.yaml", text(row, "template").unwrap_or_default().as_bytes());
    if let Some(helpers) = text(row, "helpers") {
        files.insert("templates/_helpers.tpl", helpers.as_bytes());
    }
    for (key, folder) in [("files", ""), ("subchart", "charts/sub/")] {
        for (name, content) in row.get(key).and_then(Row::as_object).into_iter().flatten() {
            files.insert(format!("{folder}{name}"), content.as_str().unwrap_or_default().as_bytes());
        }
    }
    let mut values = UserValues::default();
    values.merge_file(text(row, "values").unwrap_or_default())?;
    let prepared = Prepared::new(&files, &values)?;
    let out = prepared.write(&release(), Budget::default(), Random::seeded(b"x"))?;
    Ok(out["demo/templates/t.yaml"].clone())
}

/// Every row of a file, and which of them do not give what Helm gives.
fn hold(name: &'static str, run: fn(&Row) -> Result<String, String>) {
    let corpus = std::env::var_os("EDGEWRIGHT_CORPUS").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        Into::into,
    );
    let Ok(content) = std::fs::read_to_string(corpus.join("helm").join(name)) else {
        println!("skipped: no corpus");
        return;
    };
    let rows: Vec<Row> = serde_json::from_str(&content).unwrap();
    assert!(!rows.is_empty());
    let work = move || {
        let mut failed = Vec::new();
        for row in &rows {
            let result = run(row);
            let fits = match (&result, text(row, "want"), text(row, "error")) {
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
    };
    super::on_large_stack(work);
}

#[test]
fn templates_give_what_helm_gives() {
    hold("vectors.json", vector);
}

#[test]
fn json_is_written_as_by_go() {
    let value = Value::list(vec![Value::Float(1e21), Value::Float(1e-7), Value::text("<\u{2028}>")]);
    assert_eq!(json::write(&value, json::PLAIN).unwrap(), r#"[1e+21,1e-7,"\u003c\u2028\u003e"]"#);
}
