//! What `docker login`, `podman login` and `helm registry login` kept, and the credential helpers that they name
//! (docker/cli, cli/config; containers/image, containers-auth.json(5); docker/docker-credential-helpers).

use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::{Login, Machine, Proof, Secret, helm, login, one_line, read};

/// The name under which Docker keeps its hub.
const HUB: &str = "https://index.docker.io/v1/";
/// How long a helper may take: it may ask a person.
const PATIENCE: Duration = Duration::from_secs(120);
/// Most bytes that a helper may say.
const MAX_SAID: u64 = 1 << 20;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct File {
    auths: HashMap<String, Option<Entry>>,
    creds_store: String,
    cred_helpers: HashMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    auth: String,
    username: String,
    password: String,
    identitytoken: String,
    registrytoken: String,
}

/// The credentials for `host/path`, from the first file that has some.
pub(super) fn find(machine: &Machine<'_>, place: &str) -> Result<Option<Login>, String> {
    for path in files(machine) {
        let Some(text) = read(&path)? else { continue };
        let shown = path.display().to_string();
        let text = if text.trim().is_empty() { "{}" } else { text.as_str() };
        let file: File = serde_json::from_str(text).map_err(|error| {
            // The parser's own words may show values.
            let (line, column) = (error.line(), error.column());
            format!("{shown}:{line}:{column}: it cannot be read as a configuration of Docker or podman")
        })?;
        if let Some(login) = of_file(machine, &file, place, &shown)? {
            return Ok(Some(login));
        }
    }
    Ok(None)
}

/// The files, first the one that counts most.
fn files(machine: &Machine<'_>) -> Vec<PathBuf> {
    let set = |name: &str| machine.set(name).map(PathBuf::from);
    let home = |path: &str| machine.home().map(|home| home.join(path));
    let helm = set("HELM_REGISTRY_CONFIG")
        .or_else(|| helm::folder(machine).map(|folder| folder.join("registry/config.json")));
    let config = set("XDG_CONFIG_HOME").or_else(|| home(".config"));
    let docker = set("DOCKER_CONFIG").or_else(|| home(".docker"));
    [
        set("REGISTRY_AUTH_FILE"),
        helm,
        docker.map(|folder| folder.join("config.json")),
        set("XDG_RUNTIME_DIR").map(|folder| folder.join("containers/auth.json")),
        config.map(|folder| folder.join("containers/auth.json")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn of_file(machine: &Machine<'_>, file: &File, place: &str, shown: &str) -> Result<Option<Login>, String> {
    let keys = keys(place);
    let helper = keys.iter().find_map(|key| Some((key, file.cred_helpers.get(key)?)));
    if let Some((key, helper)) = helper {
        return of_helper(machine, helper, key, shown);
    }
    let plain = |key: &str| bare(key).to_owned();
    let entry = keys.iter().find_map(|key| {
        let named = file.auths.iter().find(|(name, _)| *name == key || plain(name) == *key)?;
        Some((named.0, named.1.as_ref()?))
    });
    if let Some((name, entry)) = entry
        && let Some(login) = of_entry(entry, &format!("{shown} (`{name}`)"))?
    {
        return Ok(Some(login));
    }
    if file.creds_store.is_empty() {
        return Ok(None);
    }
    // Docker keeps an empty entry for what its store has, so it is asked for that; without one, for the host alone.
    let name = match entry {
        Some((name, _)) => name.as_str(),
        None if is_hub(place) => HUB,
        None => host(place),
    };
    of_helper(machine, &file.creds_store, name, shown)
}

/// Under which names a place may be kept, the narrowest first: `host/a/b`, `host/a`, `host`.
fn keys(place: &str) -> Vec<String> {
    let place = place.trim_end_matches('/');
    let (host, path) = place.split_once('/').unwrap_or((place, ""));
    let mut keys = Vec::new();
    let mut narrow = path;
    while !narrow.is_empty() && keys.len() < 32 {
        keys.push(format!("{host}/{narrow}"));
        narrow = narrow.rsplit_once('/').map_or("", |(wider, _)| wider);
    }
    keys.push(host.to_owned());
    if is_hub(place) {
        keys.extend([HUB, "docker.io", "index.docker.io", "registry-1.docker.io"].map(str::to_owned));
    }
    keys
}

fn host(place: &str) -> &str {
    place.split('/').next().unwrap_or(place)
}

fn is_hub(place: &str) -> bool {
    matches!(host(place), "docker.io" | "index.docker.io" | "registry-1.docker.io")
}

/// A name without what older versions of Docker wrote around it: `https://host/v1/`.
fn bare(name: &str) -> &str {
    let name = name.strip_prefix("https://").or_else(|| name.strip_prefix("http://")).unwrap_or(name);
    let name = name.trim_end_matches('/');
    name.strip_suffix("/v1").or_else(|| name.strip_suffix("/v2")).unwrap_or(name)
}

fn of_entry(entry: &Entry, source: &str) -> Result<Option<Login>, String> {
    let secret = |text: &str| one_line(text.to_owned(), source);
    if !entry.registrytoken.is_empty() {
        return Ok(Some(login(Proof::Token(secret(&entry.registrytoken)?), source)));
    }
    if !entry.identitytoken.is_empty() {
        return Ok(Some(login(Proof::Identity(secret(&entry.identitytoken)?), source)));
    }
    let (user, password) = if entry.auth.is_empty() {
        (entry.username.clone(), entry.password.clone())
    } else {
        let wrong = || format!("{source}: `auth` is not `user:password` in base64");
        let bytes = STANDARD.decode(entry.auth.trim()).map_err(|_| wrong())?;
        let text = String::from_utf8(bytes).map_err(|_| wrong())?;
        let (user, password) = text.split_once(':').ok_or_else(wrong)?;
        // Docker ends it with zero bytes at times.
        (user.to_owned(), password.trim_end_matches('\0').to_owned())
    };
    if password.is_empty() {
        return Ok(None);
    }
    Ok(Some(login(Proof::Password { user, password: secret(&password)? }, source)))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Said {
    #[serde(default)]
    username: String,
    #[serde(default)]
    secret: String,
}

/// Asks `docker-credential-NAME get`. `None`: it has nothing for this name.
fn of_helper(machine: &Machine<'_>, helper: &str, name: &str, shown: &str) -> Result<Option<Login>, String> {
    let program = format!("docker-credential-{helper}");
    let error = |why: String| format!("{program}, which {shown} names: {why}");
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if helper.is_empty() || !helper.chars().all(plain) {
        return Err(error("no name of a credential helper".to_owned()));
    }
    let mut command = Command::new(&program);
    if let Some(path) = machine.set("PATH") {
        command.env("PATH", path);
    }
    command.arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|why| {
        error(if why.kind() == ErrorKind::NotFound {
            "it is not installed".to_owned()
        } else {
            format!("it cannot be started: {why}")
        })
    })?;
    if let Some(mut input) = child.stdin.take() {
        // A helper that ends without reading says why by its code.
        let _ = input.write_all(name.as_bytes());
    }
    let output = child.stdout.take();
    let reader = std::thread::spawn(move || {
        let mut said = Vec::new();
        let read = output.map(|output| output.take(MAX_SAID).read_to_end(&mut said));
        read.map(|_| said).unwrap_or_default()
    });
    let status = end(&mut child).map_err(error)?;
    let said = reader.join().unwrap_or_default();
    if !status {
        // Helpers say this one sentence on stdout (credentials/error.go); anything else may hold anything.
        let text = String::from_utf8_lossy(&said).to_lowercase();
        if text.contains("credentials not found") {
            return Ok(None);
        }
        return Err(error(format!("it fails when it is asked for {name}")));
    }
    let said: Said = serde_json::from_slice(&said)
        .map_err(|_| error("its answer is not what a credential helper says".to_owned()))?;
    if said.secret.is_empty() {
        return Ok(None);
    }
    let source = format!("{program} ({shown})");
    let secret: Secret = one_line(said.secret, &source)?;
    let proof = match said.username.as_str() {
        "<token>" => Proof::Identity(secret),
        _ => Proof::Password { user: said.username, password: secret },
    };
    Ok(Some(login(proof, source)))
}

/// Waits for a helper, but not for ever; whether it ended well.
fn end(child: &mut Child) -> Result<bool, String> {
    let until = Instant::now() + PATIENCE;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.success()),
            Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(5)),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("no answer in {} seconds", PATIENCE.as_secs()));
            }
            Err(why) => return Err(format!("it was lost: {why}")),
        }
    }
}
