//! Where the credentials of a registry are found on a machine, in this order:
//!
//! 1. the environment: `EDGEWRIGHT_REGISTRY_<NAME>_TOKEN`, `_USERNAME` and `_PASSWORD`;
//! 2. what `auth` of the registry names: other variables, or files;
//! 3. Helm's `repositories.yaml` (for `index.yaml` repositories) or `registry/config.json` (for OCI);
//! 4. Docker's and podman's configurations with their credential helpers (for OCI);
//! 5. `.netrc`.
//!
//! The first one that has something counts. A file that is broken is an error and not passed by: what it should have said
//! is not known. No error and no text for people holds any part of a secret.

mod docker;
mod helm;
mod netrc;
#[cfg(test)]
mod tests;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use url::Url;

use super::{Login, Proof, Secret, variable};

/// Largest file that is read here.
const MAX_FILE: u64 = 4 << 20;

/// Where credentials are, as a registry's settings name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// The user's name.
    pub username: Option<String>,
    /// Environment variable with the user's name.
    pub username_env: Option<String>,
    /// Environment variable with the password.
    pub password_env: Option<String>,
    /// File with the password.
    pub password_file: Option<PathBuf>,
    /// Environment variable with a token.
    pub token_env: Option<String>,
    /// File with a token.
    pub token_file: Option<PathBuf>,
}

/// Whose credentials are wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Name of the registry.
    pub registry: String,
    /// Its address: `https://host/path`, `oci://host/path`.
    pub url: String,
    /// What its settings name.
    pub named: Named,
}

/// What of a machine has a say: its environment.
pub(super) struct Machine<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
}

/// Looks for credentials; see the order above.
///
/// # Errors
/// A file that cannot be read, a helper that fails, or settings that name something that is not there; in words that name
/// the file and the line.
pub fn find(wanted: &Wanted) -> Result<Option<Login>, String> {
    Machine { variable: &|name| std::env::var(name).ok() }.find(wanted)
}

impl Machine<'_> {
    fn find(&self, wanted: &Wanted) -> Result<Option<Login>, String> {
        if let Some(login) = self.of_environment(&wanted.registry)? {
            return Ok(Some(login));
        }
        if wanted.named != Named::default() {
            return self.of_named(wanted).map(Some);
        }
        let oci = wanted.url.strip_prefix("oci://");
        let kept = match oci {
            Some(place) => docker::find(self, place)?,
            None => helm::find(self, &wanted.url)?,
        };
        if kept.is_some() {
            return Ok(kept);
        }
        let address = oci.map_or_else(|| wanted.url.clone(), |place| format!("https://{place}"));
        match Url::parse(&address).ok().and_then(|url| url.host_str().map(str::to_owned)) {
            Some(host) => netrc::find(self, &host),
            None => Ok(None),
        }
    }

    /// A variable that is set to something.
    fn set(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.trim().is_empty())
    }

    fn home(&self) -> Option<PathBuf> {
        self.set("HOME").map(PathBuf::from)
    }

    fn of_environment(&self, registry: &str) -> Result<Option<Login>, String> {
        let name = |what: &str| variable(registry, what);
        let [user, password, token] = ["USERNAME", "PASSWORD", "TOKEN"].map(|what| self.set(&name(what)));
        match (token, user, password) {
            (Some(token), None, None) => one_line(token, &name("TOKEN"))
                .map(|token| login(Proof::Token(token), name("TOKEN")))
                .map(Some),
            (None, user, Some(password)) => {
                let password = one_line(password, &name("PASSWORD"))?;
                let proof = Proof::Password { user: user.unwrap_or_default(), password };
                Ok(Some(login(proof, name("PASSWORD"))))
            }
            (None, None, None) => Ok(None),
            (Some(_), _, _) => Err(format!(
                "{} is set beside {} or {}: one of them is meant",
                name("TOKEN"),
                name("USERNAME"),
                name("PASSWORD")
            )),
            (None, Some(_), None) => {
                Err(format!("{} is set, but {} is not", name("USERNAME"), name("PASSWORD")))
            }
        }
    }

    fn of_named(&self, wanted: &Wanted) -> Result<Login, String> {
        let named = &wanted.named;
        let get = |variable: &str| {
            self.set(variable).ok_or_else(|| {
                format!("edgewright.yaml says that they are in the environment variable {variable}, which is not set")
            })
        };
        let read = |path: &Path| {
            let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
            let text = text.trim_end_matches(['\r', '\n']).to_owned();
            if text.is_empty() { Err(format!("{} is empty", path.display())) } else { Ok(text) }
        };
        let secret =
            |variable: &Option<String>, file: &Option<PathBuf>| -> Result<Option<(Secret, String)>, String> {
                let (text, source) = match (variable, file) {
                    (Some(variable), _) => (get(variable)?, variable.clone()),
                    (None, Some(file)) => (read(file)?, file.display().to_string()),
                    (None, None) => return Ok(None),
                };
                Ok(Some((one_line(text, &source)?, source)))
            };
        if let Some((token, source)) = secret(&named.token_env, &named.token_file)? {
            return Ok(login(Proof::Token(token), source));
        }
        let user = match (&named.username_env, &named.username) {
            (Some(variable), _) => get(variable)?,
            (None, user) => user.clone().unwrap_or_default(),
        };
        match secret(&named.password_env, &named.password_file)? {
            Some((password, source)) => Ok(login(Proof::Password { user, password }, source)),
            None => Err("`auth` in edgewright.yaml names a user and no password: name a variable with `password-env`, or a file with `password-file`".to_owned()),
        }
    }
}

fn login(proof: Proof, source: impl Into<String>) -> Login {
    Login { proof, source: source.into() }
}

/// A secret that can stand in a header: a line break is what a file or a shell left at its end.
fn one_line(text: String, source: &str) -> Result<Secret, String> {
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err(format!("{source} holds more than one line, or nothing"));
    }
    Ok(Secret::new(text))
}

/// The text of a file; `None` where there is none.
fn read(path: &Path) -> Result<Option<String>, String> {
    let error = |why: String| format!("{}: {why}", path.display());
    match fs::metadata(path) {
        Ok(metadata) if metadata.len() > MAX_FILE => {
            return Err(error("too large for what it should be".to_owned()));
        }
        Ok(metadata) if metadata.is_dir() => return Err(error("it is a folder".to_owned())),
        Ok(_) => {}
        Err(why) if matches!(why.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(why) => return Err(error(why.to_string())),
    }
    let bytes = fs::read(path).map_err(|why| error(why.to_string()))?;
    String::from_utf8(bytes).map(Some).map_err(|_| error("it is no text (UTF-8)".to_owned()))
}
