//! Packs that are given up, or will be.
//!
//! Palette's maintenance policy: three months *deprecated* (usable, marked), three months *disabled* (not to be chosen any
//! more), then *deleted* (what runs goes on, nothing new is deployed).

mod date;
mod deleted;
mod end_of_life;
mod end_of_life_near;
mod given_up;
mod past_end;
mod state_word;

use jiff::civil::Date;

use crate::pack::Pack;
use crate::rules::Rule;

/// The rules of this area, in the order of their codes.
pub(in crate::rules) const RULES: &[Rule] = &[
    given_up::RULE,
    deleted::RULE,
    end_of_life::RULE,
    end_of_life_near::RULE,
    date::RULE,
    state_word::RULE,
    past_end::RULE,
];

/// The state that the makers of a pack declare: `deprecated`, `disabled` or `deleted`.
fn state(pack: &Pack) -> Option<&'static str> {
    let disabled = pack.annotations.get("disabled").is_some_and(|v| v == "true");
    match pack.annotations.get("system_state").map(String::as_str) {
        Some("deprecated") if !disabled => Some("deprecated"),
        Some("deleted") => Some("deleted"),
        Some("disabled") => Some("disabled"),
        _ => disabled.then_some("disabled"),
    }
}

/// The day from which nobody maintains a pack; `None` where it names none, or what it names is no date.
fn end_of_life(pack: &Pack) -> Option<Date> {
    let text = pack.json.root().get("eol")?.text()?.trim();
    // `Date` would take other forms as well; the format is yyyy-MM-dd.
    Date::strptime("%Y-%m-%d", text).ok().filter(|_| text.len() == 10)
}
