//! KU0101 to KU0106: what the schemas of Kubernetes and of custom resources say of an object.

use super::objects::Objects;
use crate::diagnostics::Diagnostic;
use crate::rules::{Check, Context, Rule};
use crate::schema::kubernetes::{UNKNOWN_FIELD, Verdict};

/// KU0101 `unknown-field`, and all else that schemas say; documentation beside it.
pub(in crate::rules) const RULE: Rule =
    Rule { lint: UNKNOWN_FIELD, docs: include_str!("../docs/KU0101.md"), check: Check::Objects(check) };

fn check(_: &Context<'_>, objects: &Objects<'_>, out: &mut Vec<Diagnostic>) {
    for (_, verdict) in objects.judged() {
        if let Verdict::Judged(found) = verdict {
            out.extend(found.iter().cloned());
        }
    }
}
