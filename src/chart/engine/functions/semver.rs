//! Versions (`sprig:semver.go` over Masterminds/semver v3).

use crate::chart::engine::call::{Function, Type};
use crate::chart::engine::fault::Fault;
use crate::chart::engine::object::Object;
use crate::chart::engine::quote::quoted;
use crate::chart::engine::value::Value;
use crate::version::{Constraint, Version};

const T: Type = Type::Text;

pub(in super::super) const FUNCTIONS: &[Function] = &[
    Function::new("semver", &[T], |_, args| Ok(Value::object(Object::Version(version(&args.str(0))?)))),
    Function::new("semverCompare", &[T, T], |_, args| {
        let text = args.str(0);
        // Read one by one: the message names the alternative that is none.
        for part in text.split("||") {
            if part.trim().is_empty() || Constraint::parse(part).is_err() {
                return Err(Fault::new(format!("improper constraint: {}", quoted(part.as_bytes()))));
            }
        }
        let constraint = Constraint::parse(&text).map_err(|error| Fault::new(error.to_string()))?;
        Ok(Value::Bool(constraint.matches(&version(&args.str(1))?)))
    }),
];

/// Reads a version; the words are those of Masterminds/semver.
pub(in super::super) fn version(text: &str) -> Result<Version, Fault> {
    Version::parse(text).map_err(|_| Fault::new("invalid semantic version"))
}

/// As Masterminds/semver writes a version: three numbers, and what stands behind them.
pub(in super::super) fn text(version: &Version) -> String {
    let mut text = format!("{}.{}.{}", version.major, version.minor, version.patch);
    for (sign, part) in [('-', version.prerelease()), ('+', version.build())] {
        if !part.is_empty() {
            text.push(sign);
            text.push_str(part);
        }
    }
    text
}
