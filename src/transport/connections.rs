//! Kept connections: one pool for each way out, which is the certificates that count and the proxy.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ureq::Agent;
use url::Url;

use super::proxy::{Chosen, Proxies};
use super::tls::{self, TlsFiles};
use super::{Options, TransportError, shown};

/// The pools.
pub(super) struct Connections {
    options: Arc<Options>,
    proxies: Proxies,
    pools: Mutex<HashMap<(TlsFiles, Option<ureq::Proxy>), Agent>>,
}

impl Connections {
    pub(super) fn new(options: Arc<Options>) -> Self {
        Self { options, proxies: Proxies::of_environment(), pools: Mutex::default() }
    }

    /// The pool for an address, and the name of the proxy that it goes through.
    pub(super) fn to(&self, url: &Url, files: &TlsFiles) -> Result<(Agent, Option<String>), TransportError> {
        let chosen = self.proxies.of(url).map_err(|why| TransportError::Proxy { why })?;
        let (proxy, name) = match chosen {
            Some(Chosen { proxy, name }) => (Some(proxy), Some(name)),
            None => (None, None),
        };
        // Certificates are nothing to an address without encryption.
        let files = if url.scheme() == "https" { files.clone() } else { TlsFiles::default() };
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (files, proxy);
        if let Some(agent) = pools.get(&key) {
            return Ok((agent.clone(), name));
        }
        let tls = tls::config(&key.0)
            .map_err(|why| TransportError::Certificates { address: shown(url.as_str()), why })?;
        let agent = self.agent(tls, key.1.clone());
        pools.insert(key, agent.clone());
        Ok((agent, name))
    }

    fn agent(&self, tls: ureq::tls::TlsConfig, proxy: Option<ureq::Proxy>) -> Agent {
        let options = &self.options;
        Agent::config_builder()
            .tls_config(tls)
            .proxy(proxy)
            .http_status_as_error(false)
            // Redirects are followed by hand: credentials and certificates are for one origin.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_resolve(Some(options.connect))
            .timeout_connect(Some(options.connect))
            .timeout_recv_response(Some(options.answer))
            .timeout_per_read(Some(options.read))
            .timeout_per_write(Some(options.read))
            .user_agent(concat!("edgewright/", env!("CARGO_PKG_VERSION")))
            // Digests are of the bytes as stored: nothing on the way may repack them.
            .accept_encoding("identity")
            .build()
            .new_agent()
    }
}
