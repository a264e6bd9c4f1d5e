//! Mirrors of a machine: what its environment and its user's configuration say stands in for registries, so that a site
//! without a way out rewrites addresses without a change in the repository.
//!
//! `EDGEWRIGHT_MIRRORS` holds pairs, `FROM=TO` with blanks or commas between them, or the path of a file. Without it the
//! file is `edgewright/mirrors.yaml` below `XDG_CONFIG_HOME` (`~/.config`), else below `/etc`:
//!
//! ```yaml
//! mirrors:
//!   - { from: https://charts.jetstack.io, to: https://nexus.example.org/jetstack }
//! ```

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::source::{Place, SourceFile};
use crate::workspace::model::{AuthConfig, MirrorConfig, TlsConfig};
use crate::yaml;

/// Name of the variable.
const VARIABLE: &str = "EDGEWRIGHT_MIRRORS";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    mirrors: Vec<MirrorConfig>,
}

/// The mirrors of this machine; the paths in them are relative to the folder of their file.
///
/// # Errors
/// The variable or the file cannot be read; in words that name the line.
pub(super) fn mirrors() -> Result<Vec<MirrorConfig>, String> {
    of(&|name| std::env::var(name).ok())
}

fn of(variable: &dyn Fn(&str) -> Option<String>) -> Result<Vec<MirrorConfig>, String> {
    let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
    if let Some(text) = set(VARIABLE) {
        if text.contains('=') {
            return text.split([' ', ',', '\n', '\t']).filter(|pair| !pair.is_empty()).map(pair).collect();
        }
        let path = PathBuf::from(text.trim());
        return read(&path)?.ok_or_else(|| format!("{VARIABLE}: there is no file {}", path.display()));
    }
    let user = set("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| set("HOME").map(|home| PathBuf::from(home).join(".config")));
    for folder in user.into_iter().chain([PathBuf::from("/etc")]) {
        if let Some(mirrors) = read(&folder.join("edgewright/mirrors.yaml"))? {
            return Ok(mirrors);
        }
    }
    Ok(Vec::new())
}

fn pair(text: &str) -> Result<MirrorConfig, String> {
    let wrong = || format!("{VARIABLE}: `{}` is not FROM=TO", crate::transport::shown(text));
    let (from, to) = text.split_once('=').ok_or_else(wrong)?;
    if !from.contains("://") || to.is_empty() {
        return Err(wrong());
    }
    let (auth, tls) = (AuthConfig::default(), TlsConfig::default());
    Ok(MirrorConfig { from: from.to_owned(), to: to.to_owned(), plain_http: false, auth, tls })
}

/// The mirrors of a file; `None` where there is none.
fn read(path: &Path) -> Result<Option<Vec<MirrorConfig>>, String> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(format!("{}: {error}", path.display())),
    };
    let file = SourceFile::new(path.display().to_string(), text);
    let stream = yaml::parse(&file);
    if let Some(found) = stream.diagnostics.first() {
        return Err(format!("{}: {}", found.place, found.message));
    }
    let Some(document) = stream.documents.first() else { return Ok(Some(Vec::new())) };
    let read: File = yaml::from_node(document.root())
        .map_err(|error| format!("{}: {}", Place::new(&file, error.span), error.message))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let below =
        |path: Option<String>| {
            path.map(|path| {
                if path.starts_with("~/") { path } else { folder.join(path).to_string_lossy().into_owned() }
            })
        };
    let absolute = |mirror: MirrorConfig| {
        let TlsConfig { ca, cert, key } = mirror.tls;
        let tls = TlsConfig { ca: below(ca), cert: below(cert), key: below(key) };
        let auth = AuthConfig {
            password_file: below(mirror.auth.password_file),
            token_file: below(mirror.auth.token_file),
            ..mirror.auth
        };
        let to = if mirror.to.starts_with('.') {
            folder.join(mirror.to).to_string_lossy().into_owned()
        } else {
            mirror.to
        };
        MirrorConfig { to, auth, tls, ..mirror }
    };
    Ok(Some(read.mirrors.into_iter().map(absolute).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(home: &Path, value: Option<&str>) -> Result<Vec<(String, String)>, String> {
        let home = home.display().to_string();
        let mirrors = of(&|name| match name {
            VARIABLE => value.map(|value| value.replace('~', &home)),
            "HOME" => Some(home.clone()),
            _ => None,
        });
        let mirrors = mirrors.map_err(|why| why.replace(&home, "~"))?;
        Ok(mirrors.into_iter().map(|m| (m.from, m.to.replace(&home, "~"))).collect())
    }

    fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
        of.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect()
    }

    #[test]
    fn the_variable_holds_pairs_or_names_a_file() {
        let home = tempfile::tempdir().unwrap();
        let two = found(home.path(), Some("https://a/=https://m/a,oci://b=oci://m/b\nhttps://c=/srv/c"));
        let wanted = [("https://a/", "https://m/a"), ("oci://b", "oci://m/b"), ("https://c", "/srv/c")];
        assert_eq!(two.unwrap(), pairs(&wanted));
        for (wrong, said) in [
            ("https://u:secret@a", "there is no file"),
            ("a=b", "`a=b` is not FROM=TO"),
            ("https://a=", "is not FROM=TO"),
            ("~/none.yaml", "there is no file ~/none.yaml"),
        ] {
            let error = found(home.path(), Some(wrong)).unwrap_err();
            assert!(error.starts_with(VARIABLE) && error.contains(said), "{error}");
        }
        std::fs::write(home.path().join("m.yaml"), "mirrors:\n- {from: 'https://a', to: ./copy}\n").unwrap();
        assert_eq!(found(home.path(), Some("~/m.yaml")).unwrap(), pairs(&[("https://a", "~/./copy")]));
    }

    #[test]
    fn the_users_file_is_read_and_its_faults_have_a_line() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(found(home.path(), None).unwrap(), []);
        let path = home.path().join(".config/edgewright/mirrors.yaml");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        for (text, wanted) in [
            ("mirrors:\n  - {from: https://a, to: https://b, typ: x}\n", ":2:"),
            ("mirrors: [\n", "mirrors.yaml:"),
            ("other: 1\n", ":1:"),
        ] {
            std::fs::write(&path, text).unwrap();
            let error = found(home.path(), None).unwrap_err();
            assert!(
                error.starts_with("~/.config/edgewright/mirrors.yaml:") && error.contains(wanted),
                "{error}"
            );
        }
        std::fs::write(&path, "# none yet\n").unwrap();
        assert_eq!(found(home.path(), None).unwrap(), []);
        std::fs::write(
            &path,
            "mirrors:\n- from: https://a\n  to: https://b\n  tls: {ca: ca.pem, key: ~/k}\n",
        )
        .unwrap();
        let variable = |name: &str| (name == "HOME").then(|| home.path().display().to_string());
        let [mirror] = &of(&variable).unwrap()[..] else { panic!() };
        let ca = path.with_file_name("ca.pem").display().to_string();
        assert_eq!((mirror.tls.ca.as_deref(), mirror.tls.key.as_deref()), (Some(ca.as_str()), Some("~/k")));
    }
}
