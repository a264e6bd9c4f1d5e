//! How registries are reached from this machine: who asks, by which certificates, and over which mirrors.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::site;
use crate::transport::credentials::{self, Named, Wanted};
use crate::transport::{Access, Client, Mirror, OnNote, TlsFiles, shown, variable};
use crate::workspace::model::{AuthConfig, MirrorConfig, RegistryConfig, TlsConfig};

/// The clients for the registries of a repository: they share connections.
pub(super) struct Reach {
    root: PathBuf,
    client: Client,
    mirrors: Vec<Mirror>,
}

/// What is used to reach a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The address that is asked in place of its own.
    pub mirror: Option<String>,
    /// Where its credentials are found, never what they are; or what is wrong with the place.
    pub credentials: Result<Option<String>, String>,
}

impl Reach {
    pub(super) fn new(root: &Path, mirrors: &[MirrorConfig], on_note: Option<OnNote>) -> Self {
        let client = Client::default().with_notes(on_note);
        let mut reach = Self { root: root.to_owned(), client, mirrors: Vec::new() };
        match site::mirrors() {
            Ok(first) => {
                reach.mirrors = first.iter().chain(mirrors).map(|mirror| reach.mirror(mirror)).collect();
                reach
            }
            // Nothing goes out: without the mirrors it would go where it should not.
            Err(why) => Self { client: reach.client.blocked(why), ..reach },
        }
    }

    /// The client for one registry: its credentials, its certificates, and the mirrors of the site.
    pub(super) fn client(&self, name: &str, config: &RegistryConfig) -> Client {
        let (Some(url), Some((auth, tls))) = (config.url(), config.access()) else {
            return self.client.clone();
        };
        let plain_http = matches!(config, RegistryConfig::Oci { plain_http: true, .. });
        let access = self.access(name, url, plain_http, auth, tls);
        let mut mirrors = self.mirrors.clone();
        // What asks OCI registries knows their usual scheme only.
        let (usual, meant) = (web(url, false, &TlsConfig::default()), web(url, plain_http, tls));
        if let (true, Some(from), Some(to)) = (usual != meant, usual, meant) {
            mirrors.push(Mirror { from, to, access: access.clone() });
        }
        let client = self.client.with_mirrors(mirrors.into());
        match access {
            Some(access) => client.to(access),
            None => client,
        }
    }

    /// What is used to reach a registry, without asking it.
    pub(super) fn way(&self, name: &str, config: &RegistryConfig) -> Way {
        let url = config.url().unwrap_or_default();
        let plain_http = matches!(config, RegistryConfig::Oci { plain_http: true, .. });
        let tls = config.access().map(|(_, tls)| tls.clone()).unwrap_or_default();
        let own = web(url, plain_http, &tls).unwrap_or_else(|| url.to_owned());
        let client = self.client(name, config);
        let route = client.route(&web(url, false, &TlsConfig::default()).unwrap_or_else(|| url.to_owned()));
        Way {
            mirror: (route.address != own).then(|| shown(&route.address)),
            credentials: route
                .client
                .credentials()
                .map(|source| source.map(str::to_owned))
                .map_err(|error| error.to_string()),
        }
    }

    /// The client for a host of images that `edgewright.yaml` says nothing about.
    pub(super) fn host(&self, host: &str) -> Client {
        let (auth, tls) = (AuthConfig::default(), TlsConfig::default());
        self.client(
            host,
            &RegistryConfig::Oci {
                url: format!("oci://{host}"),
                plain_http: false,
                keyring: None,
                auth,
                tls,
            },
        )
    }

    fn mirror(&self, config: &MirrorConfig) -> Mirror {
        let MirrorConfig { from, to, plain_http, auth, tls } = config;
        // A mirror may be a folder, on a stick as well.
        let folder = ["/", "./", "../", "~/"].iter().any(|start| to.starts_with(start));
        let to = if folder { self.path(to).to_string_lossy().into_owned() } else { to.clone() };
        let name = to.split_once("://").map_or(to.as_str(), |(_, rest)| rest);
        let name = name.split('/').next().unwrap_or(name);
        let access = self.access(name, &to, *plain_http, auth, tls);
        let from = web(from, false, &TlsConfig::default()).unwrap_or_else(|| from.clone());
        Mirror { from, to: web(&to, *plain_http, tls).unwrap_or(to), access }
    }

    /// Access to an address; `None` for folders and for what is no address (which is told when it is asked).
    fn access(
        &self,
        name: &str,
        url: &str,
        plain_http: bool,
        auth: &AuthConfig,
        tls: &TlsConfig,
    ) -> Option<Arc<Access>> {
        let address = web(url, plain_http, tls).unwrap_or_else(|| url.to_owned());
        if !address.starts_with("http://") && !address.starts_with("https://") {
            return None;
        }
        let file = |what: &str, path: &Option<String>| {
            let set = std::env::var_os(variable(name, what)).filter(|value| !value.is_empty());
            set.map(PathBuf::from).or_else(|| path.as_deref().map(|path| self.path(path)))
        };
        let files = TlsFiles {
            ca: file("CA", &tls.ca),
            cert: file("CERT", &tls.cert),
            key: file("KEY", &tls.key),
            and_system: false,
        };
        // OCI registries ask; Helm repositories often answer 404 to who does not say who they are.
        let ahead = !url.starts_with("oci://");
        let wanted = Wanted { registry: name.to_owned(), url: url.to_owned(), named: self.named(auth) };
        Access::new(name, &address, files, ahead, Box::new(move || credentials::find(&wanted))).ok()
    }

    fn named(&self, auth: &AuthConfig) -> Named {
        let AuthConfig { username, username_env, password_env, password_file, token_env, token_file } =
            auth.clone();
        let [password_file, token_file] = [password_file, token_file].map(|path| Some(self.path(&path?)));
        Named { username, username_env, password_env, password_file, token_env, token_file }
    }

    /// A path of `edgewright.yaml`: relative to it, or below the user's home.
    fn path(&self, path: &str) -> PathBuf {
        match (path.strip_prefix("~/"), std::env::var_os("HOME")) {
            (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
            _ => self.root.join(path),
        }
    }
}

/// The interface of an OCI registry, as http knows it: `oci://host/path` is `https://host/v2/path`, and this very machine is
/// asked without encryption unless certificates are named. `None`: no such address.
fn web(url: &str, plain_http: bool, tls: &TlsConfig) -> Option<String> {
    let rest = url.strip_prefix("oci://")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = if matches!(host, "docker.io" | "index.docker.io") { "registry-1.docker.io" } else { host };
    let name = host.rsplit_once(':').filter(|_| !host.ends_with(']')).map_or(host, |(name, _)| name);
    let own = matches!(name, "localhost" | "127.0.0.1" | "[::1]") && *tls == TlsConfig::default();
    let scheme = if plain_http || own { "http" } else { "https" };
    Some(format!("{scheme}://{host}/v2/{path}"))
}
