//! Merging maps as `mergo` v1.0.1 does it for sprig: what is empty counts as missing.

use crate::chart::engine::fault::Fault;
use crate::chart::engine::machine::Machine;
use crate::chart::engine::value::{Map, Value};

/// Nothing takes the place of something only where everything does.
fn is_nil(value: &Value) -> bool {
    matches!(value, Value::Nil) || matches!(value, Value::List(list) if list.is_nil)
}

/// Takes what `from` has into `into`. A map that `into` lacks is taken as it is, not as a copy; with `overwrite` the other
/// side wins wherever it says anything at all.
pub(super) fn merge(machine: &mut Machine, into: &Map, from: &Map, overwrite: bool) -> Result<(), Fault> {
    if into.is(from) {
        return Ok(());
    }
    machine.enter()?;
    let entries = from.entries();
    machine.spend(entries.len())?;
    for (key, value) in entries {
        match (into.get(key.bytes()), &value) {
            (Some(Value::Map(inner)), Value::Map(other)) => merge(machine, &inner, other, overwrite)?,
            (Some(old), value) => {
                if overwrite || (old.is_empty() && !is_nil(value)) {
                    into.insert(key, value.clone());
                }
            }
            (None, value) => {
                if overwrite || !is_nil(value) {
                    into.insert(key, value.clone());
                }
            }
        }
    }
    machine.leave();
    Ok(())
}
