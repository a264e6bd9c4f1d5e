//! Values of Go that are neither scalars, lists nor maps: what Helm tells a chart about the cluster, and what functions
//! about versions, times and certificates return.

use jiff::Zoned;

use super::value::{ListType, Text, Value};
use crate::version::Version;

/// A structure.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Object {
    /// `*common.Capabilities`
    Capabilities(Capabilities),
    /// `common.KubeVersion`
    KubeVersion(KubeVersion),
    /// `version.BuildInfo`
    BuildInfo(String),
    /// `*semver.Version`
    Version(Version),
    /// `semver.Version`: a copy, of which Go calls no method that is one of the address.
    VersionCopy(Version),
    /// `time.Time`; `None` is Go's zero time, the first of January of the year 1.
    Time(Option<Zoned>),
    /// `time.Duration`, in nanoseconds.
    Duration(i64),
    /// `time.Month`, from 1.
    Month(i8),
    /// `time.Weekday`, Sunday is 0.
    Weekday(i8),
    /// `sprig.certificate`
    Certificate { cert: Text, key: Text },
}

/// What Helm tells a chart about a cluster.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Capabilities {
    pub(super) kube_version: KubeVersion,
    pub(super) api_versions: Vec<String>,
    /// Version of Helm.
    pub(super) helm_version: String,
}

/// A version of Kubernetes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct KubeVersion {
    /// With `v` and whatever a distribution adds.
    pub(super) version: String,
    /// `v1.33.4`, for constraints.
    pub(super) normalized: String,
    pub(super) major: String,
    pub(super) minor: String,
}

impl Object {
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Capabilities(_) => "*common.Capabilities",
            Self::KubeVersion(_) => "common.KubeVersion",
            Self::BuildInfo(_) => "version.BuildInfo",
            Self::Version(_) => "*semver.Version",
            Self::VersionCopy(_) => "semver.Version",
            Self::Time(_) => "time.Time",
            Self::Duration(_) => "time.Duration",
            Self::Month(_) => "time.Month",
            Self::Weekday(_) => "time.Weekday",
            Self::Certificate { .. } => "sprig.certificate",
        }
    }

    pub(super) fn kind_name(&self) -> &'static str {
        match self {
            Self::Capabilities(_) | Self::Version(_) => "ptr",
            Self::Duration(_) => "int64",
            Self::Month(_) | Self::Weekday(_) => "int",
            _ => "struct",
        }
    }

    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Duration(value) => *value != 0,
            Self::Month(value) | Self::Weekday(value) => *value != 0,
            _ => true,
        }
    }

    /// Its fields in order: all of them, also those that no template may name, for printing.
    pub(super) fn fields(&self) -> Vec<(&'static str, Value)> {
        match self {
            Self::Capabilities(of) => vec![
                ("KubeVersion", Value::object(Self::KubeVersion(of.kube_version.clone()))),
                (
                    "APIVersions",
                    Value::list_of(
                        ListType::Versions,
                        of.api_versions.iter().map(|v| Value::text(v.as_str())).collect(),
                    ),
                ),
                ("HelmVersion", Value::object(Self::BuildInfo(of.helm_version.clone()))),
            ],
            Self::KubeVersion(of) => vec![
                ("Version", Value::text(of.version.as_str())),
                ("normalizedVersion", Value::text(of.normalized.as_str())),
                ("Major", Value::text(of.major.as_str())),
                ("Minor", Value::text(of.minor.as_str())),
            ],
            Self::BuildInfo(version) => vec![
                ("Version", Value::text(version.as_str())),
                ("GitCommit", Value::text("")),
                ("GitTreeState", Value::text("")),
                ("GoVersion", Value::text("go1.26.8")),
                ("KubeClientVersion", Value::text("v1.36")),
            ],
            Self::Certificate { cert, key } => {
                vec![("Cert", Value::Text(cert.clone())), ("Key", Value::Text(key.clone()))]
            }
            _ => Vec::new(),
        }
    }

    /// Its fields as Go's `encoding/json` writes them.
    pub(super) fn json_fields(&self) -> Vec<(&'static str, Value)> {
        let fields = self.fields();
        if let Self::BuildInfo(_) = self {
            let keys = ["version", "git_commit", "git_tree_state", "go_version", "kube_client_version"];
            let named = keys.into_iter().zip(fields.into_iter().map(|(_, value)| value));
            return named.filter(|(key, value)| *key == "kube_client_version" || value.is_true()).collect();
        }
        fields.into_iter().filter(|(name, _)| name.starts_with(char::is_uppercase)).collect()
    }

    /// A field that a template may name.
    pub(super) fn field(&self, name: &str) -> Option<Value> {
        let exported = name.starts_with(char::is_uppercase);
        self.fields().into_iter().find(|(field, _)| exported && *field == name).map(|(_, value)| value)
    }

    /// Its text where Go has a `String` method for values of it (not for addresses of them alone).
    pub(super) fn string(&self) -> Option<String> {
        match self {
            Self::Version(version) | Self::VersionCopy(version) => {
                Some(super::functions::semver::text(version))
            }
            Self::Time(time) => Some(super::functions::dates::time_text(time.as_ref())),
            Self::Duration(value) => Some(super::functions::dates::duration_text(*value)),
            Self::Month(month) => Some(super::functions::dates::month_name(*month).to_owned()),
            Self::Weekday(day) => Some(super::functions::dates::weekday_name(*day).to_owned()),
            _ => None,
        }
    }
}
