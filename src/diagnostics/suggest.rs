//! "Did you mean": the nearest of the names that are allowed.

/// The candidate nearest to `name`, if it is near enough to be a slip: at most a third of its letters differ.
/// Of two equally near ones the first by name wins.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.chars().count().max(3) / 3)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn a_slip_is_found_and_another_word_is_not() {
        assert_eq!(closest("iamge", ["image", "images"]), Some("image"));
        assert_eq!(closest("Namespace", ["name", "namespace"]), Some("namespace"));
        assert_eq!(closest("xyz", ["image", "name"]), None);
        assert_eq!(closest("packs", []), None);
    }
}
