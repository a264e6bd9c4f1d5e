//! What commands that may use the network have in common.

use super::ui::Ui;
use crate::registry::{Options, Registries};

/// Whether the network may be used.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Network {
    /// Use nothing but what is on this machine: the repository, its vendor/ and the cache. The variable
    /// `EDGEWRIGHT_OFFLINE` says the same where it is set and not empty.
    #[arg(long)]
    pub(super) offline: bool,
}

impl Network {
    /// How registries are used.
    pub(super) fn options(self, ui: &Ui) -> Options {
        let told = std::env::var_os("EDGEWRIGHT_OFFLINE").is_some_and(|value| !value.is_empty());
        Options { offline: self.offline || told, on_note: ui.notes(), ..Options::default() }
    }
}

/// Says once why the cache could not be used: it did no harm, but what was fetched has to be fetched again.
pub(super) fn tell_trouble(registries: &Registries, ui: &Ui) {
    if let Some(why) = registries.cache_trouble() {
        ui.warn(&format!("nothing is kept in the cache: {why}"));
    }
}
