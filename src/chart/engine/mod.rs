//! Helm's template engine: what a chart's templates write for values.
//!
//! ```text
//! text ─► token ─► parse ─► tree ─► exec (walks) ─► eval (pipelines, fields) ─► call ─► functions, methods
//!                                     └─► machine: the set of templates, include and tpl, what may be spent
//! ```
//!
//! The model is Helm v4.2.4 with Go 1.26: every file names what it follows. Nothing of the outside is reachable from a
//! template: no file, no network, no environment, no clock.

mod call;
mod capabilities;
mod dependencies;
mod emitter;
mod eval;
mod exec;
mod fault;
mod format;
mod functions;
mod glob;
mod ignore;
mod json;
mod lexer;
mod load;
mod machine;
mod manifests;
mod metadata;
mod methods;
mod number;
mod object;
mod parse;
mod printf;
mod quote;
mod random;
mod release;
mod scope;
mod set;
mod tables;
mod terms;
mod token;
mod toml;
mod tree;
mod value;
mod values;
#[cfg(test)]
mod vectors;
mod yaml_order;
mod yaml_pretty;
mod yaml_read;
mod yaml_resolve;
mod yaml_tree;
mod yaml_write;

pub use machine::Budget;
pub use manifests::Manifest;
pub use random::Random;
pub use release::{Prepared, Release, Rendered};
pub use values::UserValues;

/// Stack of a thread that renders: templates may call each other a thousand deep, and each level takes several frames.
/// Only what is used is taken from the system.
const STACK: usize = 1 << 30;

/// Runs `work` on a stack that holds what templates may call.
///
/// # Panics
/// Where the system gives no further thread, or `work` panics.
pub fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        thread
            .expect("the system has a thread left")
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
