//! Progress on a terminal: how many references are done, and which are being asked for.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::ui::Ui;
use crate::resolve::Progress;

/// Names that stand beside the bar.
const SHOWN: usize = 4;

/// The bar, and what is under way.
pub(in crate::cli) struct Bar {
    bar: ProgressBar,
    names: Mutex<Vec<String>>,
}

impl Bar {
    pub(in crate::cli) fn new(ui: &Ui) -> Self {
        let bar = ProgressBar::new(0);
        bar.set_style(
            ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        if ui.is_quiet() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar, names: Mutex::default() }
    }

    pub(in crate::cli) fn hear(&self, progress: Progress<'_>) {
        let name = format!("{} ({})", progress.name, progress.registry);
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if !progress.finished {
            names.push(name);
        } else if let Some(index) = names.iter().position(|other| *other == name) {
            names.remove(index);
        }
        let more = if names.len() > SHOWN { ", …" } else { "" };
        self.bar.set_length(progress.all as u64);
        self.bar.set_position(progress.done as u64);
        self.bar.set_message(format!("{}{more}", names[..names.len().min(SHOWN)].join(", ")));
    }

    /// That the `done`th of `all` is done.
    pub(in crate::cli) fn count(&self, name: &str, done: usize, all: usize) {
        self.bar.set_length(all as u64);
        self.bar.set_position(done as u64);
        self.bar.set_message(name.to_owned());
    }

    pub(in crate::cli) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
