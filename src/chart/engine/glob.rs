//! Patterns of file names, as `.Files.Glob` takes them (`gobwas/glob` v0.2.3 with `/` as separator).

/// A pattern.
pub(super) struct Glob(Option<Vec<Part>>);

#[derive(Debug)]
enum Part {
    Letter(char),
    /// `?`: any one but `/`.
    One,
    /// `*`: any number but `/`.
    Many,
    /// `**`: any number.
    All,
    /// `[…]`: one of them, or none of them.
    Class {
        not: bool,
        ranges: Vec<(char, char)>,
    },
    /// `{…,…}`: one of them.
    Either(Vec<Vec<Part>>),
}

impl Glob {
    /// A pattern that is not written rightly fits everything, as Helm has it.
    pub(super) fn new(pattern: &str) -> Self {
        let letters: Vec<char> = pattern.chars().collect();
        let mut at = 0;
        let parts = parse(&letters, &mut at, 0).filter(|_| at == letters.len());
        Self(parts)
    }

    pub(super) fn fits(&self, name: &str) -> bool {
        let Some(parts) = &self.0 else { return true };
        let name: Vec<char> = name.chars().collect();
        ends(parts, &name, &[0]).contains(&name.len())
    }
}

/// Parts up to the end, or inside braces up to `,` or `}`.
fn parse(letters: &[char], at: &mut usize, depth: usize) -> Option<Vec<Part>> {
    if depth > 16 {
        return None;
    }
    let mut parts = Vec::new();
    while let Some(letter) = letters.get(*at) {
        match letter {
            ',' | '}' if depth > 0 => return Some(parts),
            '\\' => {
                *at += 1;
                parts.push(Part::Letter(*letters.get(*at)?));
            }
            '?' => parts.push(Part::One),
            '*' if letters.get(*at + 1) == Some(&'*') => {
                *at += 1;
                parts.push(Part::All);
            }
            '*' => parts.push(Part::Many),
            '[' => parts.push(class(letters, at)?),
            '{' => {
                let mut choices = Vec::new();
                loop {
                    *at += 1;
                    choices.push(parse(letters, at, depth + 1)?);
                    if letters.get(*at)? == &'}' {
                        break;
                    }
                }
                parts.push(Part::Either(choices));
            }
            letter => parts.push(Part::Letter(*letter)),
        }
        *at += 1;
    }
    (depth == 0).then_some(parts)
}

/// `[abc]`, `[!abc]`, `[a-c]`.
fn class(letters: &[char], at: &mut usize) -> Option<Part> {
    let not = letters.get(*at + 1) == Some(&'!');
    let start = *at + 1 + usize::from(not);
    let length = letters[start.min(letters.len())..].iter().position(|letter| *letter == ']')?;
    let inner = &letters[start..start + length];
    *at = start + length;
    let ranges = match inner {
        [low, '-', high] if low <= high => vec![(*low, *high)],
        [] | [_, '-', _] => return None,
        listed => listed.iter().map(|letter| (*letter, *letter)).collect(),
    };
    Some(Part::Class { not, ranges })
}

/// Where in `name` the parts can end when they begin at one of `starts`; in time by the product of both lengths.
fn ends(parts: &[Part], name: &[char], starts: &[usize]) -> Vec<usize> {
    let mut places = starts.to_vec();
    for part in parts {
        let mut next: Vec<usize> = Vec::new();
        for place in places {
            match part {
                Part::Many | Part::All => {
                    let run = name[place..]
                        .iter()
                        .take_while(|letter| matches!(part, Part::All) || **letter != '/')
                        .count();
                    next.extend(place..=place + run);
                }
                Part::Either(choices) => {
                    for choice in choices {
                        next.extend(ends(choice, name, &[place]));
                    }
                }
                one => {
                    if name.get(place).is_some_and(|letter| fits_one(one, *letter)) {
                        next.push(place + 1);
                    }
                }
            }
        }
        next.sort_unstable();
        next.dedup();
        places = next;
    }
    places
}

fn fits_one(part: &Part, letter: char) -> bool {
    match part {
        Part::Letter(wanted) => *wanted == letter,
        Part::One => letter != '/',
        Part::Class { not, ranges } => {
            ranges.iter().any(|(low, high)| (*low..=*high).contains(&letter)) != *not
        }
        Part::Many | Part::All | Part::Either(_) => false,
    }
}
