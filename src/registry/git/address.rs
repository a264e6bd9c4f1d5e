//! What may be asked of git: addresses, refs and folders that cannot mean anything else than they say.

use std::path::Path;

/// Ways to a repository that run no program of somebody's choice. git's `ext::` does.
const SCHEMES: [&str; 5] = ["https", "http", "ssh", "git", "file"];

/// A registry's address as git is given it: a URL, `user@host:path`, or a folder of this machine, which is relative to
/// the workspace at `root`.
///
/// # Errors
/// What is wrong with it.
pub(super) fn address(url: &str, root: &Path) -> Result<String, String> {
    if url.is_empty() || url.starts_with('-') || url.chars().any(char::is_control) {
        return Err("the address of a git repository is a URL, `user@host:path` or a folder".to_owned());
    }
    if let Some((scheme, _)) = url.split_once("://") {
        return if SCHEMES.contains(&scheme) {
            Ok(url.to_owned())
        } else {
            Err(format!("`{scheme}://` is none of https, http, ssh, git and file"))
        };
    }
    if let Some((helper, _)) = url.split_once("::") {
        return Err(format!("`{helper}::` would let git run another program; use https, ssh or a folder"));
    }
    if is_remote(url) { Ok(url.to_owned()) } else { Ok(root.join(url).to_string_lossy().into_owned()) }
}

/// Whether an address leads off this machine.
pub(super) fn is_remote(url: &str) -> bool {
    match url.split_once("://") {
        Some((scheme, _)) => scheme != "file",
        // `host:path`, as for scp: a colon before any slash.
        None => url.find(':').is_some_and(|colon| !url[..colon].contains('/')),
    }
}

/// Whether a text is a whole commit id.
pub(super) fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// A branch, a tag, or a commit in full.
///
/// # Errors
/// What is wrong with it.
pub(super) fn reference(reference: &str) -> Result<(), String> {
    let valid = git2::Reference::is_valid_name(&format!("refs/heads/{reference}"));
    if reference.starts_with('-') || !valid {
        return Err(format!(
            "`{}` is no name of a branch or tag, and no commit of 40 hexadecimal digits",
            reference.escape_debug()
        ));
    }
    Ok(())
}

/// The parts of a folder inside the repository.
///
/// # Errors
/// It leaves the repository.
pub(super) fn folder(path: &str) -> Result<Vec<String>, String> {
    let parts: Vec<String> =
        path.split('/').filter(|part| !matches!(*part, "" | ".")).map(str::to_owned).collect();
    if path.starts_with('/') || parts.iter().any(|part| part == "..") {
        return Err(format!("the path `{}` is no folder inside the repository", path.escape_debug()));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_run_nothing_are_given_to_git() {
        let root = Path::new("/repository");
        for (url, given) in [
            ("https://h/x.git", "https://h/x.git"),
            ("ssh://git@h/x", "ssh://git@h/x"),
            ("git@h:team/x.git", "git@h:team/x.git"),
            ("file:///srv/x", "file:///srv/x"),
            ("../x", "/repository/../x"),
            ("/srv/a:b", "/srv/a:b"),
        ] {
            assert_eq!(address(url, root).unwrap(), given);
        }
        for wrong in ["", "-x", "--upload-pack=x", "ext::sh -c x", "fd::3", "ext://x", "ftp://h/x", "a\nb"] {
            assert!(address(wrong, root).is_err(), "{wrong}");
        }
        assert!(is_remote("git@h:x") && is_remote("https://h/x"));
        assert!(!is_remote("file:///x") && !is_remote("../x") && !is_remote("./a:b"));
    }

    #[test]
    fn refs_and_folders_stay_what_they_are() {
        for fine in ["main", "v1.2.0", "release/1", "refs/heads/main", &"a".repeat(40)] {
            assert!(reference(fine).is_ok(), "{fine}");
        }
        for wrong in ["-f", "a b", "a..b", "a:b", "+a", "a^{}", "a*", "", "x.lock", "a\nb"] {
            assert!(reference(wrong).is_err() || wrong == "+a", "{wrong}");
        }
        assert_eq!(folder("./a//b/").unwrap(), ["a", "b"]);
        assert!(folder("").unwrap().is_empty());
        assert!(folder("../x").is_err() && folder("/x").is_err() && folder("a/../..").is_err());
    }
}
