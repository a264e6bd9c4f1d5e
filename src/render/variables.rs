//! The values of a profile's variables: its defaults, what an appliance is given, and what somebody tries out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::diagnostics::closest;
use crate::source::Place;
use crate::template::{check_value, scalar_text, system_name};
use crate::workspace::model::{Profile, Variable};
use crate::workspace::{Giver, Settings};

/// Before the name of a system value that somebody gives.
pub(super) const SYSTEM: &str = "system.";

/// What stands for a sensitive value.
const MASK: &str = "********";

/// Who gives a variable its value.
#[derive(Clone, Debug)]
pub(super) enum From {
    /// Its default.
    Default(Place),
    /// A group or the appliance.
    Assigned(Giver, Place),
    /// Whoever renders.
    Set,
}

impl From {
    /// In words: `its default`, `group stores-east`.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Default(_) => "its default".to_owned(),
            Self::Assigned(Giver::Appliance, _) => "the appliance".to_owned(),
            Self::Assigned(Giver::Group { name, .. }, _) => format!("group {name}"),
            Self::Set => "--set".to_owned(),
        }
    }

    /// Where it is written.
    pub(super) fn place(&self) -> Option<&Place> {
        match self {
            Self::Default(place) | Self::Assigned(_, place) => Some(place),
            Self::Set => None,
        }
    }
}

/// A value in force.
#[derive(Clone, Debug)]
pub(super) struct InForce {
    /// The value, of the type of the variable's format; masked where it is not to be shown.
    pub(super) value: Value,
    /// Who gives it.
    pub(super) from: From,
}

/// The values in force of one profile.
#[derive(Clone, Debug, Default)]
pub(super) struct Variables {
    /// By name; a variable without a value is not there.
    pub(super) values: BTreeMap<String, InForce>,
    /// What an appliance would refuse, one line each.
    pub(super) problems: Vec<String>,
}

impl Variables {
    /// The values of a profile's variables. `assigned`: what an appliance is given; `set` wins over everything. The values of
    /// sensitive variables are masked unless `show_secrets`.
    pub(super) fn of(
        profile: &Profile,
        assigned: Option<&Settings>,
        set: &BTreeMap<String, String>,
        show_secrets: bool,
    ) -> Self {
        let mut found = Self::default();
        for variable in &profile.spec.variables {
            let name = variable.name.as_str();
            let given = match (set.get(name), assigned.and_then(|settings| settings.variables.get(name))) {
                (Some(text), _) => Some((Value::from(text.as_str()), From::Set)),
                (None, Some(setting)) => {
                    let from = From::Assigned(setting.from.clone(), setting.place.clone());
                    Some((setting.value.clone(), from))
                }
                (None, None) => None,
            };
            let problem = |what: String| format!("variable `{name}` of {}: {what}", profile.label());
            if let Some((_, from)) = given.as_ref().filter(|_| variable.read_only) {
                found
                    .problems
                    .push(problem(format!("it is read-only, but {} gives it a value", from.words())));
            }
            let given = given.filter(|_| !variable.read_only).or_else(|| {
                let default = variable.default.as_ref()?;
                Some((default.value.clone(), From::Default(profile.place(default.span))))
            });
            let Some((value, from)) = given.filter(|(value, _)| !value.is_null()) else {
                // A secret is given on the appliance: that it is missing here is no fault.
                if assigned.is_some() && variable.required && !variable.sensitive {
                    found.problems.push(problem(
                        "it is required, and neither the appliance nor its groups give it a value".to_owned(),
                    ));
                }
                continue;
            };
            match check(variable, &value) {
                Ok(text) if variable.sensitive && !show_secrets && !text.is_empty() => {
                    let value = Value::from(MASK);
                    found.values.insert(name.to_owned(), InForce { value, from });
                }
                Ok(text) => {
                    let value = variable.format.typed(&text);
                    found.values.insert(name.to_owned(), InForce { value, from });
                }
                Err(_) if variable.sensitive => {
                    let what = "its value does not fit (not shown: it is sensitive)";
                    found.problems.push(problem(format!("{what} ({})", from.words())));
                }
                Err(why) => found.problems.push(problem(format!("{why} ({})", from.words()))),
            }
        }
        found
    }
}

/// A value as text, if it fits.
fn check(variable: &Variable, value: &Value) -> Result<String, String> {
    let options: Vec<Value> = variable.options.iter().map(|option| option.value.clone()).collect();
    let regex = variable.regex.as_ref().map(|regex| regex.value.as_str());
    check_value(value, variable.format, regex, &options)?;
    Ok(scalar_text(value).unwrap_or_default())
}

/// Names that are set and that neither a profile nor the system has: a reason for each.
pub fn unknown(set: &BTreeMap<String, String>, profiles: &[&Profile]) -> Vec<String> {
    let variables = || profiles.iter().flat_map(|profile| &profile.spec.variables).map(|v| v.name.as_str());
    let known: BTreeSet<&str> = variables().collect();
    set.keys()
        .filter(|name| match name.strip_prefix(SYSTEM) {
            Some(system) => system_name(system).is_none(),
            None => !known.contains(name.as_str()),
        })
        .map(|name| {
            let near = closest(name, known.iter().copied());
            let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            format!("there is no variable `{name}`{hint}")
        })
        .collect()
}
