//! What the editor asks, and who answers.

use anyhow::Result;
use serde_json::{Value, json};

use super::documents::Documents;
use super::judge::Judged;
use super::position::Encoding;

/// What answers are made of.
pub(super) struct Session<'s> {
    /// The last judgement.
    pub(super) judged: &'s Judged,
    /// What is open.
    pub(super) documents: &'s Documents,
    /// How columns are counted.
    pub(super) encoding: Encoding,
    /// Whether the editor takes snippets.
    pub(super) snippets: bool,
}

/// What this server can do, as `initialize` tells it.
pub(super) fn capabilities() -> Value {
    json!({})
}

/// Whether there is an answer to such requests.
pub(super) fn knows(_method: &str) -> bool {
    false
}

/// The answer to a request.
///
/// # Errors
/// The parameters are not those of the method.
pub(super) fn to(_session: &Session<'_>, _method: &str, _params: &Value) -> Result<Value> {
    Ok(Value::Null)
}
