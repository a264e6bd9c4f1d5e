//! Giving a YAML text another value with its comments kept.

use serde_json::{Map, Value};

use crate::diagnostics::Edit;
use crate::source::SourceFile;
use crate::yaml::edit::{self, EditError};
use crate::yaml::{self, Document, Resolver, push_pointer};

/// Rounds of edits; each makes those that do not touch each other.
const ROUNDS: usize = 1000;

/// `text` edited until it means `wanted`, a map. `None` where edits cannot do that: it is no single document, or aliases
/// stand in the way.
pub(super) fn conform(text: &str, wanted: &Map<String, Value>) -> Option<String> {
    let mut text = text.to_owned();
    for _ in 0..ROUNDS {
        let stream = yaml::parse(&SourceFile::new("values.yaml", &*text));
        let edits = match &stream.documents[..] {
            [] => return if wanted.is_empty() { Some(text) } else { Some(appended(&text, wanted)) },
            [document] => {
                let value = document.root().to_json(Resolver::Go).ok()?;
                match &value {
                    Value::Null if wanted.is_empty() => return Some(text),
                    Value::Null if document.root().text() == Some("") => {
                        return Some(appended(&text, wanted));
                    }
                    Value::Object(value) => changes(document, value, wanted).ok()?,
                    _ => return None,
                }
            }
            _ => return None,
        };
        if edits.is_empty() {
            return Some(text);
        }
        text = edit::apply(&text, &edits);
    }
    None
}

/// The value of a text that is one document; an empty map where it is empty.
pub(super) fn value_of(text: &str) -> Option<Map<String, Value>> {
    let stream = yaml::parse(&SourceFile::new("values.yaml", text));
    match &stream.documents[..] {
        [] => Some(Map::new()),
        [document] => match document.root().to_json(Resolver::Go).ok()? {
            Value::Object(map) => Some(map),
            Value::Null => Some(Map::new()),
            _ => None,
        },
        _ => None,
    }
}

fn appended(text: &str, wanted: &Map<String, Value>) -> String {
    let between = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    format!("{text}{between}{}", yaml::write(&Value::Object(wanted.clone())))
}

/// Edits that bring a mapping nearer to what is wanted. Nothing that touches each other is edited in one round.
fn changes(
    document: &Document,
    value: &Map<String, Value>,
    wanted: &Map<String, Value>,
) -> Result<Vec<Edit>, EditError> {
    let mut edits = Vec::new();
    let mut todo = vec![(String::new(), value, wanted)];
    while let Some((pointer, value, wanted)) = todo.pop() {
        let mut touched = false;
        for (key, value) in value {
            let at = push_pointer(&pointer, key);
            match (value, wanted.get(key)) {
                (_, None) if !touched => {
                    // One at a time: what is left may have to become `{}`.
                    edits.extend(edit::remove(document, &at)?);
                    touched = true;
                }
                (Value::Object(value), Some(Value::Object(wanted)))
                    if !value.is_empty() && !wanted.is_empty() =>
                {
                    todo.push((at, value, wanted));
                }
                (value, Some(wanted)) if value != wanted && !touched => {
                    edits.extend(edit::set(document, &at, wanted)?);
                    touched = true;
                }
                _ => {}
            }
        }
        if touched {
            // What lies deeper waits for the next round, too.
            return Ok(edits);
        }
        if let Some((key, wanted)) = wanted.iter().find(|(key, _)| !value.contains_key(*key)) {
            let entry = edit::insert_entry(document, &pointer, key, wanted)?;
            edits.extend(entry);
            return Ok(edits);
        }
    }
    Ok(edits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn map(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(map) => map,
            other => panic!("{other} is no map"),
        }
    }

    #[test]
    fn comments_stay_where_edits_do_not_touch_them() {
        let text = "# top\npack:\n  namespace: a # here\ncharts:\n  x:\n    # how many\n    replicas: 1\n    gone: 1\n";
        let wanted =
            map(json!({"pack": {"namespace": "a"}, "charts": {"x": {"replicas": 2, "new": {"b": [1]}}}}));
        assert_eq!(
            conform(text, &wanted).unwrap(),
            "# top\npack:\n  namespace: a # here\ncharts:\n  x:\n    # how many\n    replicas: 2\n    new:\n      b:\n        - 1\n"
        );
        assert_eq!(conform("# only a comment", &map(json!({"a": 1}))).unwrap(), "# only a comment\na: 1\n");
        assert_eq!(conform("", &Map::new()).unwrap(), "");
        assert_eq!(conform("a: 1\n---\nb: 1\n", &map(json!({"a": 1}))), None);
    }

    fn tree() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<u8>().prop_map(Value::from),
            "[a-z*: #]{0,6}".prop_map(Value::from)
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::vec(("[abc]", inner), 0..4)
                    .prop_map(|list| list.into_iter().collect::<Value>()),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_value_is_reached(
            from in prop::collection::vec(("[abcd]", tree()), 0..4),
            to in prop::collection::vec(("[abcd]", tree()), 0..4),
        ) {
            let (from, to): (Map<_, _>, Map<_, _>) = (from.into_iter().collect(), to.into_iter().collect());
            let text = conform(&yaml::write(&Value::Object(from)), &to).unwrap();
            prop_assert_eq!(value_of(&text), Some(to), "{}", text);
        }
    }
}
