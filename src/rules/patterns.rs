//! Path patterns of `edgewright.yaml`, read as `.gitignore` reads its lines.

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// A list of patterns: later ones win, `!` takes back.
#[derive(Clone, Debug)]
pub(super) struct Patterns(Gitignore);

impl Patterns {
    /// What cannot be read as a pattern matches nothing: see [`fault`].
    pub(super) fn new(patterns: &[String]) -> Self {
        let mut builder = GitignoreBuilder::new("");
        for pattern in patterns {
            let _ = builder.add_line(None, pattern);
        }
        Self(builder.build().unwrap_or_else(|_| Gitignore::empty()))
    }

    /// Whether a path (relative, with `/`) or a folder above it matches. A member of an archive is where that is.
    pub(super) fn matches(&self, path: &str) -> bool {
        let path = path.split_once("!/").map_or(path, |(archive, _)| archive);
        // A path from elsewhere: no pattern of the repository means it.
        if self.0.is_empty() || path.is_empty() || path.starts_with('/') || path.starts_with("..") {
            return false;
        }
        self.0.matched_path_or_any_parents(path, false).is_ignore()
    }
}

/// Why a pattern cannot be read.
pub(super) fn fault(pattern: &str) -> Option<String> {
    let error = GitignoreBuilder::new("").add_line(None, pattern).err()?;
    Some(match error {
        ignore::Error::Glob { err, .. } => err,
        other => other.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(patterns: &[&str], path: &str) -> bool {
        Patterns::new(&patterns.iter().map(|&p| p.to_owned()).collect::<Vec<_>>()).matches(path)
    }

    #[test]
    fn as_gitignore() {
        assert!(matches(&["packs/legacy/**"], "packs/legacy/a/pack.json"));
        assert!(matches(&["packs/legacy"], "packs/legacy/a/pack.json"));
        assert!(matches(&["legacy/"], "packs/legacy/a/pack.json"));
        assert!(matches(&["packs/legacy-*"], "packs/legacy-1.0/charts/a.tgz!/a/values.yaml"));
        assert!(matches(&["*.json"], "packs/a/pack.json"));
        assert!(!matches(&["/pack.json"], "packs/a/pack.json"));
        assert!(!matches(&["packs/*", "!packs/new"], "packs/new/pack.json"));
        assert!(!matches(&["packs"], "/elsewhere/packs/a"));
        assert!(!matches(&["packs"], "../packs/a"));
        assert!(!matches(&[], "a"));
        assert!(fault("packs/{a").is_some() && fault("packs/[a-b]").is_none());
    }
}
