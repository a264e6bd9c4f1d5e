//! Expressions that were compiled before.

use std::cell::RefCell;
use std::collections::HashMap;

use regex::Regex;

use super::{build, translate};

/// Expressions that are kept compiled; there are a handful in a repository of any size.
const KEPT: usize = 64;

thread_local! {
    /// The versions of a profile repeat their expressions, and compiling one takes longer than all else about a variable.
    static COMPILED: RefCell<HashMap<String, Compiled>> = RefCell::new(HashMap::new());
}

/// What an expression is as it stands, and for the whole of a text.
#[derive(Clone)]
pub(super) struct Compiled {
    pub(super) plain: Result<Regex, String>,
    pub(super) whole: Result<Regex, String>,
}

impl Compiled {
    fn new(expression: &str) -> Self {
        let translated = translate(expression);
        let plain = translated.clone().and_then(|translated| build(&translated));
        // Judged alone first: `)(` must not become an expression by the group around it.
        let whole =
            plain.clone().and(translated).and_then(|translated| build(&format!("^(?:{translated})$")));
        Self { plain, whole }
    }

    pub(super) fn of(expression: &str) -> Self {
        COMPILED.with_borrow_mut(|kept| {
            if let Some(compiled) = kept.get(expression) {
                return compiled.clone();
            }
            let compiled = Self::new(expression);
            if kept.len() == KEPT {
                kept.clear();
            }
            kept.insert(expression.to_owned(), compiled.clone());
            compiled
        })
    }
}
