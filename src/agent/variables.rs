//! Values of variables in force: the profile's defaults, the assignment's, then those set on the box.

use std::collections::BTreeMap;

use aws_lc_rs::hmac;
use indexmap::IndexMap;
use serde_json::Value;

use super::error::AgentError;
use crate::archive::Digest;
use crate::bundle::{Descriptor, DescriptorVariable};
use crate::template::{Ground, VariableFormat, check_value, system_name, system_values};

/// Before the name of a system value that is set on the box.
const SYSTEM: &str = "system.";

/// Values by name.
pub(super) type Values = BTreeMap<String, Value>;

/// The values of one profile's variables. Everything that is missing or wrong is said at once; a sensitive value never is.
pub(super) fn in_force(
    descriptor: &Descriptor,
    assigned: &IndexMap<String, Value>,
    local: &Values,
) -> Result<Values, Vec<String>> {
    let mut values = Values::new();
    let mut problems = Vec::new();
    for variable in &descriptor.variables {
        let (given, whence) = match (local.get(&variable.name), assigned.get(&variable.name)) {
            (Some(value), _) => (Some(value), "set on this appliance"),
            (None, Some(value)) => (Some(value), "set by the assignment"),
            (None, None) => (None, "the profile's default"),
        };
        let complain =
            |what: String| format!("variable `{}` of {}: {what}", variable.name, descriptor.profile);
        if variable.read_only && given.is_some() {
            problems.push(complain(format!("it is read-only, but {whence}")));
            continue;
        }
        let Some(value) = given.or(variable.default.as_ref()).filter(|value| !value.is_null()) else {
            if variable.required {
                // A secret has no place in an assignment: that is published.
                let or = if variable.sensitive { "" } else { " or in the assignment" };
                problems.push(complain(format!(
                    "it is required and has no value; give one with --variable {}=VALUE{or}",
                    variable.name
                )));
            }
            continue;
        };
        match check(variable, value) {
            Ok(()) => {
                values.insert(variable.name.clone(), value.clone());
            }
            Err(what) => problems.push(complain(format!("{what} ({whence})"))),
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(problems) }
}

/// Names that were set on the box and that neither a profile nor the system has.
pub(super) fn unknown<'a>(local: &'a Values, descriptors: &[&Descriptor]) -> Vec<&'a str> {
    let known = |name: &str| {
        if let Some(name) = name.strip_prefix(SYSTEM) {
            return system_name(name).is_some();
        }
        descriptors.iter().any(|descriptor| descriptor.variables.iter().any(|variable| variable.name == name))
    };
    local.keys().map(String::as_str).filter(|name| !known(name)).collect()
}

/// A digest over all values in force (by profile, those of the system under no name), keyed with the secret of the box: it tells whether they changed and nothing else.
pub(super) fn digest(secret: &[u8; 32], all: &BTreeMap<String, Values>) -> Result<Digest, AgentError> {
    let text = serde_json::to_vec(all).map_err(|error| AgentError::Failed(error.to_string()))?;
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), &text);
    hex::encode(tag.as_ref())
        .parse()
        .map_err(|_| AgentError::Failed("a digest of the wrong length".to_owned()))
}

fn check(variable: &DescriptorVariable, value: &Value) -> Result<(), String> {
    let format = VariableFormat::of(&variable.format).ok_or_else(|| {
        format!("its format `{}` is not known to this agent", variable.format.escape_debug())
    })?;
    check_value(value, format, variable.regex.as_deref(), &variable.options).map_err(|reason| {
        // The reason shows the value.
        if variable.sensitive {
            "its value does not fit (not shown: it is sensitive)".to_owned()
        } else {
            reason
        }
    })
}

/// Values of `.spectro.system.` names: the appliance is the cluster, its infrastructure profile says the rest, and what was set
/// on the box as `system.NAME` wins.
pub(super) fn system(appliance: &str, descriptors: &[&Descriptor], local: &Values) -> Values {
    let infrastructure =
        descriptors.iter().find(|d| matches!(d.profile_type.as_str(), "infrastructure" | "full"));
    let ground = infrastructure.map(|profile| Ground {
        profile: &profile.profile,
        version: &profile.version,
        kubernetes: profile
            .layers
            .iter()
            .find(|layer| layer.layer_type == "kubernetes")
            .and_then(|layer| layer.version.as_deref()),
    });
    let known = system_values(appliance, ground).into_iter();
    let mut values: Values = known.map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
    for (name, value) in local {
        if let Some(name) = name.strip_prefix(SYSTEM) {
            values.insert(name.to_owned(), value.clone());
        }
    }
    values
}

/// A scalar as text.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::agent::content::tests::profile;

    fn descriptor(variables: &Value) -> Descriptor {
        let (mut descriptor, ..) = profile("edge", &[]);
        descriptor.variables = serde_json::from_value(variables.clone()).unwrap();
        descriptor
    }

    fn local(pairs: &[(&str, &str)]) -> Values {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect()
    }

    #[test]
    fn the_box_wins_over_the_assignment_over_the_default() {
        let descriptor = descriptor(&json!([
            { "name": "a", "format": "string", "default": "profile" },
            { "name": "b", "format": "string", "default": "profile" },
            { "name": "c", "format": "string", "default": "profile" },
            { "name": "d", "format": "string" },
        ]));
        let assigned = IndexMap::from([("a".to_owned(), json!("group")), ("b".to_owned(), json!("group"))]);
        let values = in_force(&descriptor, &assigned, &local(&[("a", "box")])).unwrap();
        assert_eq!(json!(values), json!({ "a": "box", "b": "group", "c": "profile" }));
    }

    #[test]
    fn everything_wrong_is_said_at_once_and_secrets_are_not() {
        let descriptor = descriptor(&json!([
            { "name": "net", "format": "ipv4cidr", "required": true },
            { "name": "token", "format": "string", "sensitive": true, "regex": "[0-9]+" },
            { "name": "fixed", "format": "string", "default": "x", "readOnly": true },
            { "name": "tier", "format": "string", "options": ["gold", "iron"] },
        ]));
        let given = local(&[("token", "hunter2"), ("fixed", "y"), ("tier", "tin")]);
        let problems = in_force(&descriptor, &IndexMap::new(), &given).unwrap_err();
        let all = problems.join("\n");
        assert_eq!(problems.len(), 4, "{all}");
        assert!(
            all.contains("`net` of edge: it is required") && all.contains("--variable net=VALUE"),
            "{all}"
        );
        assert!(all.contains("read-only") && all.contains("`tin` is none of: gold, iron"), "{all}");
        assert!(!all.contains("hunter2"), "{all}");
    }

    #[test]
    fn the_digest_of_values_needs_the_secret() {
        let all = BTreeMap::from([("edge".to_owned(), local(&[("a", "1")]))]);
        let one = digest(&[1; 32], &all).unwrap();
        assert_eq!(one, digest(&[1; 32], &all).unwrap());
        assert_ne!(one, digest(&[2; 32], &all).unwrap());
    }
}
