//! An appliance in a folder of its own, and the binary that runs on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

pub(crate) const FINE: i32 = 0;
pub(crate) const FINDINGS: i32 = 1;
pub(crate) const FAILED: i32 = 2;
pub(crate) const REFUSED: i32 = 3;
pub(crate) const BUSY: i32 = 75;

/// An appliance.
pub(crate) struct Device {
    pub(crate) folder: tempfile::TempDir,
}

impl Device {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// An appliance that was told where to pull from, and pulled.
    pub(crate) fn enrolled(url: &str, root: &Path) -> Self {
        let device = Self::new();
        device.enroll(url, root, &[]).expect(FINE);
        device
    }

    pub(crate) fn enroll(&self, url: &str, root: &Path, more: &[&str]) -> Run {
        let mut args = vec!["--url", url, "--root", root.to_str().unwrap(), "--appliance", "box"];
        args.extend(more);
        self.pull(&args)
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_edgewright"));
        command.arg("agent").args(args).arg("--state").arg(self.state());
        command.env_remove("HTTP_PROXY").env_remove("http_proxy").stdin(Stdio::null());
        command
    }

    pub(crate) fn pull(&self, args: &[&str]) -> Run {
        Run::of(&self.command(&[&["pull"], args].concat()).output().unwrap())
    }

    pub(crate) fn status(&self) -> Value {
        let out = self.command(&["status", "--format", "json"]).output().unwrap();
        assert!(out.status.success());
        serde_json::from_slice(&out.stdout).unwrap()
    }

    /// What runs: the manifest of each layer.
    pub(crate) fn runs(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.state().join("current/profiles").join(path)).ok()
    }

    /// The version that the manifest of `edge`'s layer `web` says.
    pub(crate) fn web(&self) -> Option<String> {
        let manifest = self.runs("edge/01-web/manifests/00-it.yaml")?;
        let version = manifest.split("version: ").nth(1)?;
        Some(version.trim_end().trim_end_matches(" }").to_owned())
    }
}

pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) text: String,
}

impl Run {
    pub(crate) fn of(output: &Output) -> Self {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        Self { code: output.status.code().unwrap_or(-1), text }
    }

    #[track_caller]
    pub(crate) fn expect(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "{}", self.text);
        assert!(!self.text.contains("panicked"), "{}", self.text);
        self
    }

    #[track_caller]
    pub(crate) fn says(&self, needle: &str) -> &Self {
        assert!(self.text.contains(needle), "`{needle}` is not in: {}", self.text);
        self
    }
}

/// All files below a folder, relative, sorted.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    files
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
