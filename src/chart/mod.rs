//! Helm charts: their metadata, their values, and how values are merged.
//!
//! Architecture invariant: this room does not know where a chart comes from.

use std::sync::Arc;

use crate::archive::Files;
use crate::source::SourceFile;
use crate::yaml::Document;

/// `Chart.yaml`, as far as it is used (Helm: `pkg/chart/v2/metadata.go`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChartMetadata {
    /// Name.
    pub name: String,
    /// Version, loose semver.
    pub version: String,
    /// Version of the application inside.
    pub app_version: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Constraint on the cluster's version.
    pub kube_version: Option<String>,
    /// `application` or `library`.
    pub chart_type: Option<String>,
    /// Home page.
    pub home: Option<String>,
    /// Whether its makers gave it up.
    pub deprecated: bool,
    /// Names or aliases of its subcharts.
    pub dependencies: Vec<ChartDependency>,
}

/// A subchart as `Chart.yaml` lists it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChartDependency {
    /// Name.
    pub name: String,
    /// Version constraint.
    pub version: String,
    /// Key of its values in the parent's.
    pub alias: Option<String>,
}

/// A chart: its files (below its own folder, `Chart.yaml` at the top) and what was read from them.
#[derive(Clone, Debug)]
pub struct Chart {
    /// `Chart.yaml`.
    pub metadata: ChartMetadata,
    /// All files, without the leading folder of the archive.
    pub files: Files,
    /// `values.yaml`, if there is one.
    pub values: Option<Document>,
    /// Text of `values.yaml`.
    pub values_file: Option<Arc<SourceFile>>,
}
