//! Where a chart reads a value of that name: for values that stand at the wrong depth.

use super::known::{Child, Level};
use crate::yaml::{Kind, Node};

/// A chart with more paths than this gets no suggestions.
const MOST_PATHS: usize = 5000;
/// Deeper paths are not suggested.
const DEEPEST: usize = 6;

/// The path of the chart that ends as `key` and what stands first below it do, the nearest and shortest of several; `None`
/// where there is none, or two that are as good.
pub(super) fn elsewhere(root: &Level<'_>, path: &[String], value: Node<'_>) -> Option<String> {
    let (key, above) = path.split_last()?;
    let mut tail = vec![key.clone()];
    let mut node = value;
    while tail.len() < DEEPEST && node.kind() == Kind::Map {
        let Some(entry) = node.entries().next() else { break };
        let Some(key) = entry.key.text() else { break };
        tail.push(key.to_owned());
        node = entry.value;
    }
    let mut known = Vec::new();
    gather(root, &mut Vec::new(), &mut known);
    if known.len() >= MOST_PATHS {
        return None;
    }
    // As much of the tail as the chart has: `image.repository` says more than `image`.
    for length in (1..=tail.len()).rev() {
        let tail = &tail[..length];
        let shared = |other: &[String]| other.iter().zip(above).take_while(|(a, b)| a == b).count();
        let fits = || known.iter().filter(|path| path.len() > length && path.ends_with(tail));
        let rank = |path: &Vec<String>| (std::cmp::Reverse(shared(path)), path.len());
        let Some(best) = fits().map(rank).min() else { continue };
        // Deep below one part of a chart, another part is not what was meant.
        if !above.is_empty() && best.0.0 == 0 {
            continue;
        }
        let mut fits = fits().filter(|path| rank(path) == best);
        return match (fits.next(), fits.next()) {
            (Some(only), None) => Some(only[..=only.len() - length].join(".")),
            _ => None,
        };
    }
    // One level too many: all that stands below the key is known above it.
    let names = level_at(root, above)?.names();
    let mut inside = value.entries().filter_map(|entry| entry.key.text()).peekable();
    let wrapped =
        value.kind() == Kind::Map && inside.peek().is_some() && inside.all(|key| names.contains(&key));
    wrapped.then(|| above.join("."))
}

fn level_at<'a>(root: &Level<'a>, path: &[String]) -> Option<Level<'a>> {
    path.iter().try_fold(root.clone(), |level, key| match level.child(key) {
        Child::Level(below) => Some(below),
        _ => None,
    })
}

fn gather(level: &Level<'_>, path: &mut Vec<String>, known: &mut Vec<Vec<String>>) {
    if path.len() >= DEEPEST {
        return;
    }
    for name in level.names() {
        if known.len() >= MOST_PATHS {
            return;
        }
        path.push(name.to_owned());
        known.push(path.clone());
        match level.child(name) {
            Child::Level(below) => gather(&below, path, known),
            // Anything may stand there, but what does by default has a name all the same.
            _ => gather(&Level { defaults: level.defaults_of(name), ..Level::default() }, path, known),
        }
        path.pop();
    }
}
