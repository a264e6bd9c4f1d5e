//! The charts in a chart's `charts` folder, as folders and as archives (Helm: `pkg/chart/v2/loader/load.go`).

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Chart, ChartDependency};

/// Charts deeper than this are left unread: no real one comes near, and archives in archives must end.
const DEEPEST: usize = 8;

/// A chart in the `charts` folder of another.
#[derive(Clone, Debug)]
pub struct Subchart {
    /// Its path below the parent: `charts/db` or `charts/db-1.2.3.tgz`.
    pub path: String,
    /// The chart; `None` where it cannot be read.
    pub chart: Option<Arc<Chart>>,
}

impl Chart {
    /// The charts in its `charts` folder, read once.
    pub fn subcharts(&self) -> &[Subchart] {
        self.subcharts.get_or_init(|| self.read_subcharts())
    }

    /// The keys of the values that go to a subchart: the aliases under which it is listed, its name where it is not.
    pub fn subchart_keys(&self) -> Vec<(&str, &Arc<Chart>)> {
        let mut keys = Vec::new();
        for subchart in self.subcharts() {
            let Some(chart) = &subchart.chart else { continue };
            let name = chart.metadata.name.as_str();
            let before = keys.len();
            let listed = self.metadata.dependencies.iter().filter(|dependency| dependency.name == name);
            keys.extend(listed.map(|dependency| (dependency.key(), chart)));
            if keys.len() == before {
                keys.push((name, chart));
            }
        }
        keys
    }

    /// Listed dependencies that the `charts` folder lacks. An unreadable one may be the one that is meant.
    pub fn missing_dependencies(&self) -> Vec<&ChartDependency> {
        if self.level >= DEEPEST || self.subcharts().iter().any(|subchart| subchart.chart.is_none()) {
            return Vec::new();
        }
        let there: BTreeSet<&str> = self
            .subcharts()
            .iter()
            .filter_map(|subchart| subchart.chart.as_ref())
            .map(|chart| chart.metadata.name.as_str())
            .collect();
        self.metadata.dependencies.iter().filter(|d| !there.contains(d.name.as_str())).collect()
    }

    fn read_subcharts(&self) -> Vec<Subchart> {
        if self.level >= DEEPEST {
            return Vec::new();
        }
        let inner = self.files.under("charts");
        // Names that begin with `_` or `.` are passed over, as is everything that is neither a chart nor an archive.
        let names: BTreeSet<&str> = inner
            .iter()
            .map(|(path, _)| path.split('/').next().unwrap_or(path))
            .filter(|name| !name.starts_with(['_', '.']))
            .collect();
        let mut found = Vec::new();
        for name in names {
            let path = format!("charts/{name}");
            let shown = format!("{}/{path}", self.path);
            let archive =
                inner.get(name).filter(|_| name.rsplit_once('.').is_some_and(|(_, end)| end == "tgz"));
            let read = match archive {
                Some(bytes) => Self::from_tgz(bytes, &shown),
                None if inner.contains(&format!("{name}/Chart.yaml")) => {
                    Self::from_files(inner.under(name), &shown)
                }
                None => continue,
            };
            let chart = read.ok().map(|mut chart| {
                chart.level = self.level + 1;
                Arc::new(chart)
            });
            found.push(Subchart { path, chart });
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use crate::archive::{Files, write_tgz};
    use crate::chart::Chart;

    #[test]
    fn folders_and_archives_are_subcharts_under_their_aliases() {
        let mut db = Files::new();
        db.insert("Chart.yaml", &b"apiVersion: v2\nname: db\nversion: 1.0.0\n"[..]);
        let mut files = Files::new();
        files.insert("charts/db-1.0.0.tgz", write_tgz(&db, "db").unwrap());
        files.insert("charts/ui/Chart.yaml", &b"apiVersion: v2\nname: ui\nversion: 1.0.0\n"[..]);
        files.insert("charts/_old/Chart.yaml", &b"a: ["[..]);
        files.insert("charts/README.md", &b""[..]);
        files.insert(
            "Chart.yaml",
            &b"apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- {name: db, alias: store}\n- {name: db, alias: other}\n- {name: mq}\n"[..],
        );
        let chart = Chart::from_files(files, "web").unwrap();
        let keys: Vec<&str> = chart.subchart_keys().into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["store", "other", "ui"]);
        assert_eq!(chart.subcharts()[0].chart.as_ref().unwrap().path, "web/charts/db-1.0.0.tgz!/db");
        let missing: Vec<&str> = chart.missing_dependencies().iter().map(|d| d.name.as_str()).collect();
        assert_eq!(missing, ["mq"]);
    }
}
