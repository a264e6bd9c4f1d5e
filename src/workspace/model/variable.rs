//! Variables of a profile.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::template::VariableFormat;
use crate::yaml::Spanned;

/// How a form asks for a variable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InputType {
    /// One line.
    #[default]
    Text,
    /// A choice of `options`.
    Dropdown,
    /// Several lines.
    Multiline,
}

/// One choice of a dropdown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariableOption {
    /// The value.
    pub value: Value,
    /// What people see.
    pub label: Option<String>,
    /// Longer text.
    pub description: Option<String>,
}

/// A profile variable (`reference`: Palette's `v1Variable`).
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Variable {
    /// Name, unique in the profile.
    pub name: Spanned<String>,
    /// Free text for people, unique in the profile.
    pub display_name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// What its value must look like.
    #[serde(default)]
    pub format: VariableFormat,
    /// How a form asks for it.
    #[serde(default)]
    pub input_type: InputType,
    /// Choices of a dropdown.
    #[serde(default)]
    pub options: Vec<VariableOption>,
    /// Whether a value must be there.
    #[serde(default)]
    pub required: bool,
    /// Value when nothing sets it; a scalar.
    pub default: Option<Spanned<Value>>,
    /// RE2 expression that the whole value must match.
    pub regex: Option<Spanned<String>>,
    /// Not shown at deployment.
    #[serde(default)]
    pub hidden: bool,
    /// Cannot be changed by groups or appliances.
    #[serde(default)]
    pub read_only: bool,
    /// Never in git in clear, masked wherever it is shown.
    #[serde(default)]
    pub sensitive: bool,
}
