//! How values are merged (Helm: `pkg/chart/common/util/coalesce.go`).

use serde_json::Value;

/// Merges `over` into `base`, as Helm merges a user's values over a chart's: maps merge, everything else is replaced.
///
/// A `null` in `over` deletes the key of `base`; where `base` has no such key (or a null), it stays as null, because
/// a later merge may have something for it to delete. Nulls of `base` that `over` does not mention stay. Where one side
/// has a map and the other one has not, `over` wins.
pub fn merge(base: &mut Value, over: &Value) {
    let (Value::Object(base), Value::Object(over)) = (&mut *base, over) else {
        base.clone_from(over);
        return;
    };
    for (key, value) in over {
        match base.get_mut(key) {
            Some(default) if value.is_null() => {
                if !default.is_null() {
                    base.shift_remove(key);
                }
            }
            Some(default) => merge(default, value),
            None => {
                base.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Lays one document of a values file over those before it (`MergeMaps` of Helm's loader): as [`merge`], but a null
/// replaces.
pub(super) fn lay_over(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                lay_over(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_merge_as_helm_merges_them() {
        for (base, over, merged) in [
            (
                json!({"a": 1, "b": {"c": 1, "d": [1, 2]}}),
                json!({"b": {"d": [3]}}),
                json!({"a": 1, "b": {"c": 1, "d": [3]}}),
            ),
            (json!({"a": {"b": 1}, "c": 1}), json!({"a": null}), json!({"c": 1})),
            (json!({"a": {"b": 1, "c": 2}}), json!({"a": {"b": null}}), json!({"a": {"c": 2}})),
            (json!({"a": 1}), json!({"b": null}), json!({"a": 1, "b": null})),
            (json!({"a": null}), json!({"a": null}), json!({"a": null})),
            (json!({"a": null, "b": 1}), json!({"b": 2}), json!({"a": null, "b": 2})),
            (json!({"a": {"b": 1}}), json!({"a": "text"}), json!({"a": "text"})),
            (json!({"a": "text"}), json!({"a": {"b": null}}), json!({"a": {"b": null}})),
            (json!({"a": {"b": 1}}), json!({"a": {}}), json!({"a": {"b": 1}})),
        ] {
            let mut result = base.clone();
            merge(&mut result, &over);
            assert_eq!(result, merged, "{base} {over}");
        }
    }

    #[test]
    fn keys_keep_their_order() {
        let mut base = json!({"z": 1, "m": 2, "a": 3});
        merge(&mut base, &json!({"m": null, "b": 1, "z": 9}));
        assert_eq!(base.to_string(), r#"{"z":9,"a":3,"b":1}"#);
    }
}
