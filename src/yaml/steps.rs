//! How much work reading took, counted.

#[cfg(debug_assertions)]
thread_local! {
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// How often this thread looked at a node so far, in debug builds; always 0 in others. A test holds reading and judging to
/// work that grows as the text does: counted, as a clock would tell of the machine.
pub fn steps() -> u64 {
    #[cfg(debug_assertions)]
    let steps = STEPS.get();
    #[cfg(not(debug_assertions))]
    let steps = 0;
    steps
}

/// Counts one more.
pub(super) fn count() {
    #[cfg(debug_assertions)]
    STEPS.set(STEPS.get() + 1);
}
