//! Where findings go and in which form: `--format`, `--output FORMAT` and `--output FORMAT=FILE`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;

use crate::diagnostics::closest;
use crate::diagnostics::render::{self, Report, TextStyle};
use crate::workspace::Workspace;

/// A form of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// With the lines that are meant, for people.
    Text,
    /// One line a finding.
    Concise,
    /// For machines: `edgewright schema findings`.
    Json,
    /// Annotations of GitHub Actions.
    Github,
    /// GitLab's code quality report.
    Gitlab,
    /// SARIF 2.1.0, for code scanning services and editors.
    Sarif,
    /// `JUnit`'s XML, for Jenkins and others that show tests.
    Junit,
    /// Test Anything Protocol, version 14.
    Tap,
    /// reviewdog's format, with fixes as suggestions.
    Rdjson,
    /// Tables, for a job's summary or a comment.
    Markdown,
}

impl Format {
    /// A report in this form.
    pub(super) fn rendered(self, report: &Report<'_>, style: TextStyle) -> String {
        match self {
            Self::Text => render::text(report, style),
            Self::Concise => render::concise(report.findings),
            Self::Json => render::json(report),
            Self::Github => render::github(report),
            Self::Gitlab => render::gitlab(report),
            Self::Sarif => render::sarif(report),
            Self::Junit => render::junit(report),
            Self::Tap => render::tap(report),
            Self::Rdjson => render::rdjson(report),
            Self::Markdown => render::markdown(report),
        }
    }

    fn names() -> Vec<String> {
        let values = Self::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        values.map(|value| value.get_name().to_owned()).collect()
    }
}

/// The forms that are wanted, and where: at most one on stdout (`None`), which is text unless another is.
pub(super) fn wanted(format: Option<Format>, outputs: &[String]) -> Result<Vec<(Format, Option<PathBuf>)>> {
    let mut wanted: Vec<(Format, Option<PathBuf>)> = format.into_iter().map(|f| (f, None)).collect();
    for output in outputs {
        let (name, file) = match output.split_once('=') {
            Some((name, "")) => bail!("`--output {name}=` names no file"),
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (output.as_str(), None),
        };
        let Ok(format) = Format::from_str(name, true) else {
            let names = Format::names();
            match closest(name, names.iter().map(String::as_str)) {
                Some(near) => bail!("there is no output format `{name}`; did you mean `{near}`?"),
                None => bail!("there is no output format `{name}`; there are {}", names.join(", ")),
            }
        };
        if file.is_some() && wanted.iter().any(|(_, other)| *other == file) {
            bail!("two formats want the file of `--output {output}`");
        }
        wanted.push((format, file));
    }
    match wanted.iter().filter(|(_, file)| file.is_none()).count() {
        0 => wanted.insert(0, (Format::Text, None)),
        1 => {}
        _ => bail!("two formats want stdout; give one of them a file: `--output json=findings.json`"),
    }
    Ok(wanted)
}

/// Writes a file at once and whole: whoever reads it sees the earlier one or this one. What is no file (a pipe, a terminal) is
/// written to as it is.
pub(in crate::cli) fn write(file: &Path, text: &str) -> Result<()> {
    let cannot = || format!("cannot write `{}`", file.display());
    // A link stays one; its target is replaced.
    let target = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    if target.exists() && !target.is_file() {
        return std::fs::write(&target, text).with_context(cannot);
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let replace = || -> std::io::Result<()> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".edgewright-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut beside = builder.tempfile_in(folder)?;
        beside.write_all(text.as_bytes())?;
        if let Ok(earlier) = std::fs::metadata(&target) {
            beside.as_file().set_permissions(earlier.permissions())?;
        }
        beside.persist(&target)?;
        Ok(())
    };
    replace().with_context(cannot)
}

/// What leads from the top of the checkout to where findings' paths start: empty, or ending in `/`. Forges know files from there.
pub(super) fn prefix(path: Option<&Path>) -> String {
    let here = Path::new(".");
    let near = path.map_or(here, |path| if path.is_dir() { path } else { path.parent().unwrap_or(here) });
    let near = if near.as_os_str().is_empty() { here } else { near };
    let start = Workspace::find(near).unwrap_or_else(|_| here.to_owned());
    let Ok(start) = start.canonicalize() else { return String::new() };
    let Some(top) = start.ancestors().find(|folder| folder.join(".git").exists()) else {
        return String::new();
    };
    match start.strip_prefix(top) {
        Ok(below) if !below.as_os_str().is_empty() => {
            format!("{}/", below.to_string_lossy().replace('\\', "/"))
        }
        _ => String::new(),
    }
}
