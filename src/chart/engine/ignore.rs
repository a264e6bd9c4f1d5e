//! `.helmignore` of a chart's folder (`helm:pkg/ignore/rules.go`, v4.2.4), with its odd reading of `!`.

use std::collections::BTreeSet;

use crate::archive::Files;

/// A line.
struct Rule {
    pattern: Vec<char>,
    /// `!`: everything that does *not* fit is left out.
    negated: bool,
    /// Only folders.
    folders: bool,
    /// The last part of a path is compared, not the whole.
    base: bool,
}

/// The files that Helm would load from this folder; the error is Helm's.
pub(super) fn filtered(files: &Files) -> Result<Files, String> {
    let mut rules = Vec::new();
    if let Some(bytes) = files.get(".helmignore") {
        let text = String::from_utf8_lossy(bytes);
        for line in text.trim_start_matches('\u{feff}').lines() {
            rules.extend(rule(line)?);
        }
    }
    rules.extend(rule("templates/.?*")?);
    let mut kept = Files::new();
    let (mut left_out, mut let_in) = (BTreeSet::new(), BTreeSet::new());
    for (path, file) in files.iter() {
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        let mut out = false;
        for folder in folders {
            if let_in.contains(folder) {
                continue;
            }
            out = left_out.contains(folder) || is_ignored(&rules, folder, true);
            if out {
                left_out.insert(folder.to_owned());
                break;
            }
            let_in.insert(folder.to_owned());
        }
        if !out && !is_ignored(&rules, path, false) {
            kept.insert_file(path, file.clone());
        }
    }
    Ok(kept)
}

fn rule(line: &str) -> Result<Option<Rule>, String> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    if line.contains("**") {
        return Err("double-star (**) syntax is not supported".to_owned());
    }
    if !is_well_formed(&line.chars().collect::<Vec<_>>()) {
        return Err("syntax error in pattern".to_owned());
    }
    let (negated, line) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
    let (folders, line) = line.strip_suffix('/').map_or((false, line), |rest| (true, rest));
    let (base, line) = match line.strip_prefix('/') {
        Some(rest) => (false, rest),
        None => (!line.contains('/'), line),
    };
    Ok(Some(Rule { pattern: line.chars().collect(), negated, folders, base }))
}

fn is_ignored(rules: &[Rule], path: &str, is_folder: bool) -> bool {
    for rule in rules {
        let name = if rule.base { path.rsplit('/').next().unwrap_or(path) } else { path };
        let name: Vec<char> = name.chars().collect();
        if rule.negated {
            if (rule.folders && !is_folder) || !fits(&rule.pattern, &name) {
                return true;
            }
        } else if (!rule.folders || is_folder) && fits(&rule.pattern, &name) {
            return true;
        }
    }
    false
}

/// Whether every class is closed and nothing is escaped at the end.
fn is_well_formed(pattern: &[char]) -> bool {
    let mut at = 0;
    while at < pattern.len() {
        match pattern[at] {
            '\\' if at + 1 == pattern.len() => return false,
            '\\' => at += 1,
            '[' => match class(&pattern[at..], None) {
                Some((_, length)) => at += length - 1,
                None => return false,
            },
            _ => {}
        }
        at += 1;
    }
    true
}

/// A class at the start of a pattern: whether `letter` is in it, and its length; `None` where it is not well formed.
fn class(pattern: &[char], letter: Option<char>) -> Option<(bool, usize)> {
    let not = pattern.get(1) == Some(&'^');
    let mut at = 1 + usize::from(not);
    let mut found = false;
    let mut ranges = 0;
    let one = |at: &mut usize| -> Option<char> {
        let mut letter = *pattern.get(*at)?;
        if letter == '\\' {
            *at += 1;
            letter = *pattern.get(*at)?;
        } else if letter == '-' || letter == ']' {
            return None;
        }
        *at += 1;
        Some(letter)
    };
    loop {
        if pattern.get(at) == Some(&']') && ranges > 0 {
            return Some((found != not, at + 1));
        }
        let low = one(&mut at)?;
        let high = if pattern.get(at) == Some(&'-') {
            at += 1;
            one(&mut at)?
        } else {
            low
        };
        found |= letter.is_some_and(|letter| (low..=high).contains(&letter));
        ranges += 1;
    }
}

/// Go's `filepath.Match`, in time by the product of both lengths.
pub(super) fn fits(pattern: &[char], name: &[char]) -> bool {
    let (mut at, mut place) = (0, 0);
    // Where to go on after a star that took too little.
    let mut star: Option<(usize, usize)> = None;
    loop {
        let step = match pattern.get(at) {
            None if place == name.len() => return true,
            None => None,
            Some('*') => {
                star = Some((at + 1, place));
                at += 1;
                continue;
            }
            Some(first) => name.get(place).and_then(|letter| match first {
                '?' => (*letter != '/').then_some(1),
                '[' => {
                    class(&pattern[at..], Some(*letter)).and_then(|(found, length)| found.then_some(length))
                }
                '\\' => (pattern.get(at + 1) == Some(letter)).then_some(2),
                first => (first == letter).then_some(1),
            }),
        };
        match (step, star) {
            (Some(step), _) => {
                at += step;
                place += 1;
            }
            (None, Some((after, from))) if name.get(from).is_some_and(|letter| *letter != '/') => {
                star = Some((after, from + 1));
                at = after;
                place = from + 1;
            }
            _ => return false,
        }
    }
}
