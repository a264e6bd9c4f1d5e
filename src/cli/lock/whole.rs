//! Ctrl-C while files are written: what is being written is finished, and nothing else is begun.

use std::sync::{Mutex, Once, PoisonError};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

static WRITING: Mutex<()> = Mutex::new(());
static LISTENING: Once = Once::new();

/// Ends the program at SIGINT and SIGTERM as they would end it anyhow, but never inside of [`whole`]: no half-written or
/// temporary file is left behind. From the first call on.
pub(in crate::cli) fn listen() {
    LISTENING.call_once(|| {
        // Without a handler the system ends the program: what is written is whole then as well, because files appear by
        // renaming, but a temporary one may be left behind.
        let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
        std::thread::spawn(move || {
            for signal in signals.forever() {
                let _whole = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
                let _ = signal_hook::low_level::emulate_default_handler(signal);
            }
        });
    });
}

/// Writes something that must not be cut short.
pub(in crate::cli) fn whole<T>(write: impl FnOnce() -> T) -> T {
    let _whole = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    write()
}
