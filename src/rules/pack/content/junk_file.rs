//! PK0201: a file that an editor, a desktop or an archiver left in a pack.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::Place;

/// PK0201 `junk-file`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0201", name: "junk-file", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0201.md"),
    check: Check::Pack(check),
};

/// Folders that belong to tools.
const FOLDERS: &[(&str, &str)] = &[
    ("__MACOSX", "macOS's archiver"),
    (".git", "git"),
    (".svn", "Subversion"),
    (".idea", "an editor"),
    (".vscode", "an editor"),
];
/// Files that belong to desktops.
const FILES: &[(&str, &str)] = &[
    (".DS_Store", "macOS's Finder"),
    ("Thumbs.db", "Windows' Explorer"),
    ("desktop.ini", "Windows' Explorer"),
];
/// Endings of copies that editors and merges leave.
const ENDINGS: &[(&str, &str)] = &[
    ("~", "an editor"),
    (".swp", "an editor"),
    (".swo", "an editor"),
    (".bak", "an editor"),
    (".orig", "a merge"),
    (".rej", "a patch"),
];

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let mut told: Option<String> = None;
    for (path, _) in judged.pack.files.iter() {
        let Some((what, maker)) = junk(path) else { continue };
        // A folder is told once, and its files lie together.
        if told.as_deref() == Some(what) {
            continue;
        }
        told = Some(what.to_owned());
        out.push(
            Diagnostic::new(
                RULE.lint,
                Place::whole(format!("{}/{path}", judged.pack.path)),
                format!("`{what}` was left by {maker}, and would be released with the pack"),
            )
            .help("remove it, and keep it out with .gitignore"),
        );
    }
}

/// The file or folder that does not belong there, and who leaves such.
fn junk(path: &str) -> Option<(&str, &'static str)> {
    let mut end = 0;
    for part in path.split('/') {
        end += part.len();
        if let Some((_, maker)) = FOLDERS.iter().find(|(folder, _)| *folder == part && end < path.len()) {
            return Some((&path[..end], maker));
        }
        end += 1;
    }
    let name = path.rsplit('/').next()?;
    let file = FILES.iter().find(|(file, _)| *file == name).map(|(_, maker)| *maker);
    let copy = || ENDINGS.iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, maker)| *maker);
    let fork = || name.starts_with("._").then_some("macOS");
    Some((path, file.or_else(copy).or_else(fork)?))
}

#[cfg(test)]
mod tests {
    use super::junk;

    #[test]
    fn leftovers_are_known_and_real_files_are_not() {
        for (path, what) in [
            (".DS_Store", ".DS_Store"),
            ("charts/x/.DS_Store", "charts/x/.DS_Store"),
            ("__MACOSX/a/._b", "__MACOSX"),
            ("charts/.git/config", "charts/.git"),
            ("values.yaml~", "values.yaml~"),
            ("manifests/._a.yaml", "manifests/._a.yaml"),
        ] {
            assert_eq!(junk(path).map(|(what, _)| what), Some(what), "{path}");
        }
        for path in [".gitignore", "charts/x/.helmignore", "README.md", "charts/git/x", "charts/x-1.0.tgz"] {
            assert_eq!(junk(path), None, "{path}");
        }
    }
}
