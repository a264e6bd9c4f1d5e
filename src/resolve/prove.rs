//! Who signed a chart, where its registry has a keyring.

use std::sync::{Arc, PoisonError};

use super::library::{Library, Located};
use super::locate::problem;
use super::need::Need;
use super::problem::{LockProblem, ProblemKind};
use crate::registry::{Candidate, Keyring, Kind, Signed};

impl Library<'_> {
    /// Puts the signer into the pin. Nothing to do without a keyring, and for packs: provenance is Helm's.
    pub(super) fn prove(&self, need: &Need, located: &mut Located) -> Result<(), LockProblem> {
        let reference = &need.reference;
        let path = self.config.registry(&reference.registry).and_then(|config| config.keyring());
        let (Some(path), Kind::Chart) = (path, reference.kind) else { return Ok(()) };
        let keyring = self.keyring(path).map_err(|why| {
            let message =
                format!("the keyring {path} of registry `{}` cannot be used: {why}", reference.registry);
            LockProblem::new(ProblemKind::Failed, message)
        })?;
        let refused = |why: String| {
            let message = format!(
                "{} {} of registry `{}` is not proven by its keyring {path}: {why}",
                reference.name, located.pin.version, reference.registry
            );
            LockProblem::new(ProblemKind::Refused, message)
        };
        let Some(sha256) = located.pin.sha256 else {
            return Err(refused("it has no archive that could be signed".to_owned()));
        };
        // The same bytes were proven when they were locked: the signer must still be believed, nothing else has changed.
        let kept = need.kept.as_ref().filter(|kept| kept.sha256 == Some(sha256));
        if let Some(provenance) = kept.and_then(|kept| kept.provenance.as_ref()) {
            if !keyring.has(&provenance.fingerprint) {
                return Err(refused(format!(
                    "the lock says that {} signed it, whose key {} is no longer in the keyring",
                    provenance.signer, provenance.fingerprint
                )));
            }
            located.pin.provenance = Some(provenance.clone());
            return Ok(());
        }
        let registry = self.registry(&reference.registry).map_err(|error| problem(&error))?;
        let candidate = Candidate {
            version: located.pin.version.clone(),
            url: located.pin.url.clone(),
            digest: Some(sha256),
            manifest: located.pin.manifest,
            ..Candidate::default()
        };
        let found = registry.provenance(&reference.name, &candidate).map_err(|error| problem(&error))?;
        let Some(text) = found else {
            return Err(refused("it was published without a provenance file".to_owned()));
        };
        let url = located.pin.url.as_deref().unwrap_or_default();
        let metadata = located.content.chart().map(|chart| &chart.chart.metadata);
        let signed = Signed {
            name: &reference.name,
            version: metadata.map_or(&located.pin.version, |metadata| &metadata.version),
            file: url
                .split('?')
                .next()
                .and_then(|path| path.rsplit('/').next())
                .filter(|file| !file.is_empty()),
            sha256,
        };
        located.pin.provenance = Some(keyring.verify(&text, &signed).map_err(refused)?);
        Ok(())
    }

    fn keyring(&self, path: &str) -> Result<Arc<Keyring>, String> {
        let mut all = self.keyrings.lock().unwrap_or_else(PoisonError::into_inner);
        let read = || {
            let bytes = std::fs::read(self.path(path)).map_err(|error| error.to_string())?;
            Keyring::read(&bytes).map(Arc::new)
        };
        all.entry(path.to_owned()).or_insert_with(read).clone()
    }
}
