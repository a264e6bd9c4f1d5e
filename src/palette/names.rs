//! Names for people become names for files.

/// Longest name of ours.
const LONGEST: usize = 63;

/// The name of our grammar nearest to `text` (`ML Ops Herbs` → `ml-ops-herbs`); `fallback` where nothing is left of it.
pub fn slug(text: &str, fallback: &str) -> String {
    let mut out = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.truncate(LONGEST);
    let out = out.trim_end_matches('-');
    if out.is_empty() { fallback.to_owned() } else { out.to_owned() }
}

/// `name`, or with a number behind it where that is `taken`.
pub(super) fn free(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut free = name.to_owned();
    let mut number = 2;
    while taken(&free) {
        let end = format!("-{number}");
        let keep = name.len().min(LONGEST - end.len());
        free = format!("{}{end}", name[..keep].trim_end_matches('-'));
        number += 1;
    }
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_our_grammar() {
        assert_eq!(slug("ML Ops Herbs", "x"), "ml-ops-herbs");
        assert_eq!(slug("_____place_holder_____", "x"), "place-holder");
        assert_eq!(slug("Größe 3", "x"), "gr-e-3");
        assert_eq!(slug("***", "x"), "x");
        assert_eq!(slug(&"a-".repeat(60), "x").len(), 63);
        assert_eq!(free("a", |n| n == "a" || n == "a-2"), "a-3");
        assert_eq!(free(&"a".repeat(63), |n| n.len() == 63 && !n.contains('-')).len(), 63);
    }
}
