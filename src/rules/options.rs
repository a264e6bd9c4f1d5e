//! Options of rules, as `spec.check.rules` of `edgewright.yaml` gives them.
//!
//! A rule with options has a type for them: every field optional, no others allowed. [`TAKERS`] lists these rules, so that
//! an option that a rule does not take is told (CF0005) and never just ignored.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Context, policy, profile};
use crate::diagnostics::Lint;
use crate::workspace::model::{RuleSetting, RuleSeverity};

/// The rules that take options, by code, and how one option of each is read.
static TAKERS: &[(&str, Reader)] = &[
    ("PL0101", read::<policy::OwnersOptions>),
    ("PL0102", read::<policy::NamingOptions>),
    ("PL0103", read::<policy::FloatsOptions>),
    ("PL0104", read::<policy::RegistriesOptions>),
    ("PL0105", read::<policy::TagsOptions>),
    ("PL0106", read::<policy::TextsOptions>),
    ("PL0107", read::<policy::CloudsOptions>),
    ("PL0108", read::<policy::NamespacesOptions>),
    ("PL0109", read::<policy::SourcesOptions>),
    ("PL0110", read::<policy::ImagesOptions>),
    ("PR0209", read::<profile::CloudOptions>),
];

/// Reads options; the error is a sentence without a place.
type Reader = fn(Value) -> Result<(), String>;

fn read<T: DeserializeOwned>(options: Value) -> Result<(), String> {
    serde_json::from_value::<T>(options).map(drop).map_err(|error| error.to_string())
}

/// What is wrong with one option of a rule; `None` where nothing is. Options stand alone: each is judged by itself.
pub(super) fn fault(lint: Lint, name: &str, value: &Value) -> Option<OptionFault> {
    let Some((_, read)) = TAKERS.iter().find(|(code, _)| *code == lint.code) else {
        return Some(OptionFault::Unknown(Vec::new()));
    };
    let alone = Value::Object(Map::from_iter([(name.to_owned(), value.clone())]));
    let message = read(alone).err()?;
    // Serde's own sentence: "unknown field `x`, expected one of `a`, `b`".
    if !message.starts_with("unknown field") {
        return Some(OptionFault::Wrong(message));
    }
    let known = message.split('`').skip(3).step_by(2).map(str::to_owned).collect();
    Some(OptionFault::Unknown(known))
}

/// What can be wrong with an option.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum OptionFault {
    /// The rule has no such option; those that it has.
    Unknown(Vec<String>),
    /// Its value is none; why.
    Wrong(String),
}

impl Context<'_> {
    /// The options of a rule; `None` where `edgewright.yaml` does not name the rule, turns it off, or gives it options
    /// that it does not take (CF0005 says so).
    pub(super) fn options<T: DeserializeOwned>(&self, lint: Lint) -> Option<T> {
        let rules = &self.workspace?.config.spec.check.rules;
        let same = |name: &str| name.eq_ignore_ascii_case(lint.code) || name.eq_ignore_ascii_case(lint.name);
        let setting = rules.iter().find(|(name, _)| same(name)).map(|(_, setting)| setting)?;
        let options = match setting {
            RuleSetting::Severity(RuleSeverity::Off)
            | RuleSetting::Options { severity: Some(RuleSeverity::Off), .. } => return None,
            RuleSetting::Severity(_) => Map::new(),
            RuleSetting::Options { options, .. } => options.clone().into_iter().collect(),
        };
        serde_json::from_value(Value::Object(options)).ok()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::rules::find;

    #[test]
    fn every_taker_is_a_rule_that_may_be_named_without_options() {
        for (code, read) in TAKERS {
            assert!(find(code).is_some(), "{code}");
            assert_eq!(read(json!({})), Ok(()), "{code}");
            let unknown = fault(find(code).unwrap().0, "no-such-option", &json!(1));
            assert!(
                matches!(&unknown, Some(OptionFault::Unknown(known)) if !known.is_empty()),
                "{code}: {unknown:?}"
            );
        }
    }
}
