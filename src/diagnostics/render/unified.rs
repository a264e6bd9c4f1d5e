//! The difference of two texts as `diff -u` writes it.
//!
//! Repairs leave nearly every line where it is, so that no search for the shortest difference is needed: lines are
//! compared in step, and behind a difference the nearest place is looked for where they agree again. Linear in the texts.

use std::fmt::Write as _;

use super::visible;

/// Lines around a change.
const CONTEXT: usize = 3;
/// How far ahead lines are looked for that agree again.
const AHEAD: usize = 64;

/// Lines `before.0..before.1` of the old text that became `after.0..after.1` of the new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Change {
    before: (usize, usize),
    after: (usize, usize),
}

/// A unified diff of the file at `path`; empty where nothing differs.
pub fn unified(path: &str, before: &str, after: &str, color: bool) -> String {
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let changes = changes(&old, &new);
    let paint = |sgr: &str, text: &str| {
        if color { format!("\x1b[{sgr}m{text}\x1b[0m") } else { text.to_owned() }
    };
    let mut out = String::new();
    if changes.is_empty() {
        return out;
    }
    let path = visible(path);
    let _ = writeln!(out, "{}", paint("1", &format!("--- a/{path}")));
    let _ = writeln!(out, "{}", paint("1", &format!("+++ b/{path}")));
    let line = |out: &mut String, mark: char, sgr: &str, text: &str| {
        let body = text.strip_suffix('\n').unwrap_or(text);
        let (body, end) = body.strip_suffix('\r').map_or((body, ""), |body| (body, "\r"));
        // Tabs and line ends stay what they are, so that `patch` can take it.
        let body = body.split('\t').map(visible).collect::<Vec<_>>().join("\t");
        let shown = format!("{mark}{body}");
        let _ = writeln!(out, "{}{end}", if sgr.is_empty() { shown } else { paint(sgr, &shown) });
        if !text.ends_with('\n') {
            out.push_str("\\ No newline at end of file\n");
        }
    };
    let mut rest = &changes[..];
    while let Some(first) = rest.first() {
        // Changes whose surroundings touch are shown as one.
        let mut many = 1;
        while many < rest.len() && rest[many].before.0 - rest[many - 1].before.1 <= 2 * CONTEXT {
            many += 1;
        }
        let (hunk, behind) = rest.split_at(many);
        rest = behind;
        let lead = first.before.0.min(CONTEXT);
        let last = hunk[many - 1];
        let tail = (old.len() - last.before.1).min(CONTEXT);
        let (from, to) = (first.before.0 - lead, last.before.1 + tail);
        let (new_from, new_to) = (first.after.0 - lead, last.after.1 + tail);
        let range = |from: usize, to: usize| match to - from {
            0 => format!("{from},0"),
            1 => format!("{}", from + 1),
            length => format!("{},{length}", from + 1),
        };
        let head = format!("@@ -{} +{} @@", range(from, to), range(new_from, new_to));
        let _ = writeln!(out, "{}", paint("36", &head));
        let mut at = from;
        for change in hunk {
            old[at..change.before.0].iter().for_each(|text| line(&mut out, ' ', "", text));
            old[change.before.0..change.before.1].iter().for_each(|text| line(&mut out, '-', "31", text));
            new[change.after.0..change.after.1].iter().for_each(|text| line(&mut out, '+', "32", text));
            at = change.before.1;
        }
        old[at..to].iter().for_each(|text| line(&mut out, ' ', "", text));
    }
    out
}

fn changes(old: &[&str], new: &[&str]) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
            continue;
        }
        let (di, dj) = agreement(&old[i..], &new[j..]);
        let change = Change { before: (i, i + di), after: (j, j + dj) };
        match changes.last_mut() {
            Some(last) if last.before.1 == i && last.after.1 == j => {
                (last.before.1, last.after.1) = (change.before.1, change.after.1);
            }
            _ => changes.push(change),
        }
        (i, j) = (i + di, j + dj);
    }
    changes
}

/// How many lines to leave behind on either side until two lines agree (and the next two, as far as there are any).
fn agreement(old: &[&str], new: &[&str]) -> (usize, usize) {
    let same = |di: usize, dj: usize| {
        old.get(di).is_some() && old.get(di) == new.get(dj) && old.get(di + 1) == new.get(dj + 1)
    };
    for distance in 1..=AHEAD {
        // In step first: a line that became another one.
        let half = distance / 2;
        if distance % 2 == 0 && same(half, half) {
            return (half, half);
        }
        if same(distance, 0) {
            return (distance, 0);
        }
        if same(0, distance) {
            return (0, distance);
        }
    }
    match (old.is_empty(), new.is_empty()) {
        (false, false) => (1, 1),
        (false, true) => (old.len(), 0),
        (true, _) => (0, new.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_diff_writes_it() {
        let old = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n";
        let new = "a\nb\nC\nd\ne\nf\ng\nh\ni\nj\n\tk\nl\nm";
        let expected = "--- a/x.yaml\n+++ b/x.yaml\n@@ -1,6 +1,6 @@\n a\n b\n-c\n+C\n d\n e\n f\n@@ -8,5 +8,6 @@\n \
                        h\n i\n j\n-k\n+\tk\n l\n+m\n\\ No newline at end of file\n";
        assert_eq!(unified("x.yaml", old, new, false), expected);
        assert_eq!(unified("x.yaml", old, old, false), "");
        assert!(unified("x", "", "a\n", false).contains("@@ -0,0 +1 @@\n+a\n"));
        assert!(unified("x", "a\n", "", true).contains("\x1b[31m-a\x1b[0m\n"));
    }

    #[test]
    fn whatever_changes_it_adds_up() {
        let words = ["a\n", "b\n", "b\n", "c\n", "d"];
        let mut seed = 7_u32;
        let mut next = |below: usize| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) as usize % below
        };
        for _ in 0..500 {
            let old: Vec<&str> = (0..next(30)).map(|_| words[next(5)]).collect();
            let mut new = old.clone();
            for _ in 0..next(6) {
                let at = next(new.len() + 1);
                if next(2) == 0 && at < new.len() {
                    new.remove(at);
                } else {
                    new.insert(at, words[next(5)]);
                }
            }
            let mut rebuilt: Vec<&str> = Vec::new();
            let mut at = 0;
            for change in changes(&old, &new) {
                rebuilt.extend(&old[at..change.before.0]);
                rebuilt.extend(&new[change.after.0..change.after.1]);
                at = change.before.1;
            }
            rebuilt.extend(&old[at..]);
            assert_eq!(rebuilt, new);
        }
    }
}
