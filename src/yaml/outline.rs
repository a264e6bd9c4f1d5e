//! Where the parts of a large file are, without a tree of it: one pass, and memory for the parts' places only.

use std::ops::Range;

use granit_parser::{Event, Parser};

/// Places in a file whose root is a mapping.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// Keys of the root mapping and the bytes of their values.
    pub root: Vec<(String, Range<usize>)>,
    /// Keys of the mapping that was asked for and the bytes of their values. Each range parses by itself.
    pub below: Vec<(String, Range<usize>)>,
    /// Whether the file has an alias: then a range may refer to what stands outside of it.
    pub aliases: bool,
}

/// Finds the values of the root mapping and of the mapping at its key `key`. Only the first document is read.
///
/// # Errors
/// Text that is no YAML, with line and column.
pub fn outline(text: &str, key: &str) -> Result<Outline, String> {
    let mut options = granit_parser::options! {};
    options.set_emit_comments(false);
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut found = Outline::default();
    // How many collections are open; the key whose value comes next and where that begins, in the root and below it.
    let mut depth = 0;
    let mut pending: [Option<(String, usize)>; 2] = [None, None];
    let mut inside = false;
    while let Some(next) = parser.next_event() {
        let (event, at) = next.map_err(|error| {
            let marker = error.marker();
            format!("{} in line {}, column {}", error.info(), marker.line(), marker.col() + 1)
        })?;
        let span = at.byte_range().unwrap_or_default();
        let level = |depth: usize, inside: bool| match depth {
            1 => Some(0),
            2 if inside => Some(1),
            _ => None,
        };
        let ended = match event {
            Event::DocumentEnd => break,
            Event::Scalar(value, ..) => match level(depth, inside) {
                Some(level) if pending[level].is_none() => {
                    pending[level] = Some((value.into_owned(), value_start(text, span.end)));
                    None
                }
                level => level,
            },
            Event::Alias(_) => {
                found.aliases = true;
                level(depth, inside)
            }
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                let mapping = matches!(event, Event::MappingStart(..));
                if depth == 0 && !mapping {
                    return Ok(found);
                }
                if depth == 1 {
                    inside = mapping && pending[0].as_ref().is_some_and(|(name, _)| name == key);
                }
                depth += 1;
                None
            }
            Event::MappingEnd | Event::SequenceEnd => {
                depth -= 1;
                let level = level(depth, inside);
                inside &= depth > 1;
                level
            }
            _ => None,
        };
        if let Some(level) = ended
            && let Some((name, start)) = pending[level].take()
        {
            let range = start..span.end.max(start);
            if level == 0 { &mut found.root } else { &mut found.below }.push((name, range));
        }
    }
    Ok(found)
}

/// Behind the colon of a key that ends at `end`.
fn value_start(text: &str, end: usize) -> usize {
    let rest = text[end..].trim_start();
    if rest.starts_with(':') { text.len() - rest.len() + 1 } else { end }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_an_index_are_found() {
        let text = "apiVersion: v1\nentries:\n  a:\n  - v: 1\n    list: {x: [1]}\n  - v: 2\n  # b\n  \"b\":\n    - {v: 3}\n  c: []\n  d:\ngenerated: now\n";
        let found = outline(text, "entries").unwrap();
        let slices = |parts: &[(String, Range<usize>)]| -> Vec<(String, String)> {
            parts
                .iter()
                .map(|(name, range)| (name.clone(), text[range.clone()].trim_matches(['\n', ' ']).to_owned()))
                .collect()
        };
        let root = slices(&found.root);
        assert_eq!(
            root.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            ["apiVersion", "entries", "generated"]
        );
        assert_eq!(root[0].1, "v1");
        let below = slices(&found.below);
        assert_eq!(below[0], ("a".to_owned(), "- v: 1\n    list: {x: [1]}\n  - v: 2\n  # b".to_owned()));
        assert_eq!(below[1], ("b".to_owned(), "- {v: 3}".to_owned()));
        assert_eq!(below[2], ("c".to_owned(), "[]".to_owned()));
        assert_eq!(below[3], ("d".to_owned(), String::new()));
        assert!(!found.aliases);
    }

    #[test]
    fn flow_aliases_lists_and_broken_text_are_handled() {
        let flow = r#"{"entries": {"a": [{"v": 1}], "b": []}, "x": 1}"#;
        let found = outline(flow, "entries").unwrap();
        assert_eq!(&flow[found.below[0].1.clone()], r#" [{"v": 1}]"#);
        assert!(outline("a: &x 1\nb: *x\n", "a").unwrap().aliases);
        assert_eq!(outline("- a\n", "a").unwrap(), Outline::default());
        assert_eq!(outline("", "a").unwrap(), Outline::default());
        assert!(outline("a: [\n", "a").unwrap_err().contains("line"));
    }
}
