//! Which version of a registry a reference means.

use super::{Constraint, ConstraintError, Version, Wanted};

/// Helm's choice in a chart repository (`IndexFile.Get`, pkg/repo/v1/index.go): index of the chosen candidate.
///
/// Empty means `*`. The very text wins, so that an exact prerelease works; then the highest version that satisfies the
/// constraint. Versions that cannot be read never match a constraint. Between versions that differ only in build
/// metadata, where Helm's choice is left to chance, the higher metadata wins, then the first candidate.
pub fn choose_chart(wanted: &str, candidates: &[&str]) -> Result<Option<usize>, ConstraintError> {
    let constraint = Constraint::parse(wanted)?;
    Ok(exact(wanted, candidates).or_else(|| highest(candidates, |version| constraint.matches(version))))
}

/// The choice in a pack registry: prereleases count like releases.
///
/// Empty or `latest` is the highest version, `1.27.x` the highest of its group. A version is meant exactly: its very text,
/// or the same version written otherwise (`1.10` and `1.10.0`). Anything else is a constraint.
pub fn choose_pack(wanted: &str, candidates: &[&str]) -> Result<Option<usize>, ConstraintError> {
    if let Some(index) = exact(wanted, candidates) {
        return Ok(Some(index));
    }
    if wanted.is_empty() || wanted == "latest" {
        return Ok(highest(candidates, |_| true));
    }
    if let Ok(version) = Version::parse(wanted) {
        return Ok(highest(candidates, |candidate| *candidate == version));
    }
    let constraint = Constraint::parse(wanted)?;
    Ok(highest(candidates, |version| constraint.matches_including_prereleases(version)))
}

/// Whether a reference to a chart can come to mean another version by itself. `1.2` does: Helm reads it as `1.2.x`.
/// What has a digest stays what it is.
pub fn is_floating(wanted: &str) -> bool {
    if Wanted::parse(wanted).is_ok_and(|wanted| wanted.digest.is_some()) {
        return false;
    }
    let text = wanted.strip_prefix('=').unwrap_or(wanted).trim();
    Version::parse(text).is_err() || text.split(['-', '+']).next().unwrap_or_default().split('.').count() < 3
}

/// Whether a reference to a pack can come to mean another version by itself. `1.2` does not: see [`choose_pack`].
pub fn is_floating_pack(wanted: &str) -> bool {
    let digest = Wanted::parse(wanted).is_ok_and(|wanted| wanted.digest.is_some());
    !digest && Version::parse(wanted.strip_prefix('=').unwrap_or(wanted).trim()).is_err()
}

fn exact(wanted: &str, candidates: &[&str]) -> Option<usize> {
    if wanted.is_empty() { None } else { candidates.iter().position(|candidate| *candidate == wanted) }
}

/// Index of the highest version that fits; the first one of equals.
fn highest(candidates: &[&str], fits: impl Fn(&Version) -> bool) -> Option<usize> {
    let mut best: Option<(usize, Version)> = None;
    for (index, candidate) in candidates.iter().enumerate() {
        let Ok(version) = Version::parse(candidate) else { continue };
        if fits(&version) && best.as_ref().is_none_or(|(_, best)| version.total_cmp(best).is_gt()) {
            best = Some((index, version));
        }
    }
    best.map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart<'a>(wanted: &str, candidates: &[&'a str]) -> Option<&'a str> {
        choose_chart(wanted, candidates).unwrap().map(|index| candidates[index])
    }

    fn pack<'a>(wanted: &str, candidates: &[&'a str]) -> Option<&'a str> {
        choose_pack(wanted, candidates).unwrap().map(|index| candidates[index])
    }

    #[test]
    fn charts_are_chosen_as_helm_does() {
        let index = ["1.9.0", "2.0.0-rc.1", "1.10.3", "nightly", "1.10.1", "v1.10.2"];
        assert_eq!(chart("", &index), Some("1.10.3"));
        assert_eq!(chart("1.10", &index), Some("1.10.3"));
        assert_eq!(chart("1.10.2", &index), Some("v1.10.2"));
        assert_eq!(chart("2.0.0-rc.1", &index), Some("2.0.0-rc.1"));
        assert_eq!(chart(">=2", &index), None);
        assert_eq!(chart(">=2-0", &index), Some("2.0.0-rc.1"));
        assert_eq!(chart(">=1.10.3-0", &index), Some("2.0.0-rc.1"));
        assert_eq!(chart("^1.9.5", &index), Some("1.10.3"));
        // A text that is no constraint is an error even where an entry has it as its version.
        assert!(choose_chart("nightly", &index).is_err());
    }

    #[test]
    fn equal_versions_are_always_decided_the_same_way() {
        assert_eq!(chart("1.0.0", &["1.0.0+up9", "1.0.0+up57", "1.0.0"]), Some("1.0.0"));
        assert_eq!(choose_chart("^1", &["1.0.0+57", "1.0.0+9"]).unwrap(), Some(0));
        assert_eq!(choose_chart("^1", &["1.0.0+9", "1.0.0+57"]).unwrap(), Some(1));
        assert_eq!(choose_chart("^1", &["1.0.0", "v1.0.0"]).unwrap(), Some(0));
    }

    #[test]
    fn packs_take_prereleases_groups_and_two_parts() {
        let packs = ["2.0.2-up.4", "2.0.2-up.3", "1.27.4", "1.27.11", "1.10", "1.10.5", "LTS__18.4.3"];
        assert_eq!(pack("latest", &packs), Some("2.0.2-up.4"));
        assert_eq!(pack("", &packs), Some("2.0.2-up.4"));
        assert_eq!(pack(">=1.0", &packs), Some("2.0.2-up.4"));
        assert_eq!(pack("1.27.x", &packs), Some("1.27.11"));
        assert_eq!(pack("1.10.0", &packs), Some("1.10"));
        assert_eq!(pack("1.10", &packs), Some("1.10"));
        assert_eq!(pack("1.27", &packs), None);
        assert_eq!(pack("LTS__18.4.3", &packs), Some("LTS__18.4.3"));
        assert!(choose_pack("newest", &packs).is_err());
    }

    #[test]
    fn floating_is_what_can_move() {
        for fixed in ["1.2.3", "=1.2.3", "v1.2.3-rc.1+b"] {
            assert!(!is_floating(fixed) && !is_floating_pack(fixed), "{fixed}");
        }
        for moving in ["", "latest", "^1.2.3", "1.2.x", "1.2.3 || 2", ">=1"] {
            assert!(is_floating(moving) && is_floating_pack(moving), "{moving}");
        }
        let pinned = format!("1.2@sha256:{}", "0".repeat(64));
        assert!(!is_floating(&pinned) && !is_floating_pack(&pinned));
        assert!(is_floating("1.2") && is_floating("1-2.3.4") && !is_floating_pack("1.2"));
    }
}
