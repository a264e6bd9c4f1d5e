//! Why each version of a registry was chosen or not: the reasons behind [`super::choose_chart`] and [`super::choose_pack`].

use super::{Constraint, ConstraintError, Unmet, Version, choose_chart, choose_pack};

/// What a choice says of one candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the choice.
    Chosen(Why),
    /// It fits, but the choice is a higher version.
    Lower,
    /// It has the precedence of the choice and differs in build metadata (or in spelling) alone: the higher metadata is
    /// taken, then the first entry.
    Tied,
    /// The same text stands before it (index of that one).
    Duplicate(usize),
    /// It is no version, which no constraint ever means.
    Invalid(String),
    /// It does not satisfy the constraint: one reason for each of its alternatives.
    Unmet(Vec<Unmet>),
    /// Another version is asked for exactly.
    NotAsked,
}

/// Why a candidate is the choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its text is the very text that is asked for, which counts before anything else.
    Exact,
    /// It is the version that is asked for, written otherwise.
    Same,
    /// It is the highest version that fits.
    Highest,
}

/// The verdict on each candidate of a chart.
pub fn judge_chart(wanted: &str, candidates: &[&str]) -> Result<Vec<Verdict>, ConstraintError> {
    let constraint = Constraint::parse(wanted)?;
    let chosen = choose_chart(wanted, candidates)?;
    Ok(judge(wanted, candidates, chosen, |version| match constraint.unmet(version, false) {
        reasons if reasons.is_empty() => None,
        reasons => Some(Verdict::Unmet(reasons)),
    }))
}

/// The verdict on each candidate of a pack.
pub fn judge_pack(wanted: &str, candidates: &[&str]) -> Result<Vec<Verdict>, ConstraintError> {
    let chosen = choose_pack(wanted, candidates)?;
    if wanted.is_empty() || wanted == "latest" {
        return Ok(judge(wanted, candidates, chosen, |_| None));
    }
    let exact = Version::parse(wanted).ok();
    let constraint = match (&exact, candidates.contains(&wanted)) {
        // The text of a candidate need not be a constraint (`LTS__18.4.3`): then nothing else fits.
        (None, true) => Constraint::parse(wanted).ok(),
        (None, false) => Some(Constraint::parse(wanted)?),
        (Some(_), _) => None,
    };
    Ok(judge(wanted, candidates, chosen, |version| match (&exact, &constraint) {
        (Some(exact), _) => (version != exact).then_some(Verdict::NotAsked),
        (None, Some(constraint)) => match constraint.unmet(version, true) {
            reasons if reasons.is_empty() => None,
            reasons => Some(Verdict::Unmet(reasons)),
        },
        (None, None) => Some(Verdict::NotAsked),
    }))
}

fn judge(
    wanted: &str,
    candidates: &[&str],
    chosen: Option<usize>,
    rejected: impl Fn(&Version) -> Option<Verdict>,
) -> Vec<Verdict> {
    let exact = chosen.is_some_and(|index| candidates[index] == wanted);
    let choice = chosen.and_then(|index| Version::parse(candidates[index]).ok());
    let verdict = |(index, candidate): (usize, &&str)| {
        if chosen == Some(index) {
            return Verdict::Chosen(match (exact, Version::parse(wanted)) {
                (true, _) => Why::Exact,
                (false, Ok(asked)) if choice.as_ref() == Some(&asked) => Why::Same,
                _ => Why::Highest,
            });
        }
        if let Some(first) = candidates[..index].iter().position(|other| other == candidate) {
            return Verdict::Duplicate(first);
        }
        let version = match Version::parse(candidate) {
            Ok(version) => version,
            Err(error) => return Verdict::Invalid(error.to_string()),
        };
        match (rejected(&version), &choice) {
            (Some(verdict), _) => verdict,
            (None, Some(choice)) if version == *choice => Verdict::Tied,
            (None, _) if exact => Verdict::NotAsked,
            (None, _) => Verdict::Lower,
        }
    };
    candidates.iter().enumerate().map(verdict).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(text: &str) -> Verdict {
        Verdict::Unmet(vec![Unmet::Term(text.to_owned())])
    }

    #[test]
    fn each_candidate_of_a_chart_has_its_reason() {
        let index = ["2.0.0", "1.10.3+b", "1.10.3+a", "1.11.0-rc.1", "1.9.0", "1.9.0", "0.9.0", "nightly"];
        let verdicts = judge_chart(">=1 <2", &index).unwrap();
        assert_eq!(
            verdicts,
            [
                term("<2"),
                Verdict::Chosen(Why::Highest),
                Verdict::Tied,
                Verdict::Unmet(vec![Unmet::Prerelease]),
                Verdict::Lower,
                Verdict::Duplicate(4),
                term(">=1"),
                Verdict::Invalid(
                    "`nightly` is not a version: it needs numbers with dots between them, like 1.2.3"
                        .to_owned()
                ),
            ]
        );
        let alternatives = judge_chart("^1 || >3", &["2.0.0"]).unwrap();
        assert_eq!(
            alternatives,
            [Verdict::Unmet(vec![Unmet::Term("^1".to_owned()), Unmet::Term(">3".to_owned())])]
        );
        assert_eq!(judge_chart("1.9.0", &["v1.9.0", "2.0.0"]).unwrap()[0], Verdict::Chosen(Why::Same));
        assert_eq!(judge_chart("1.9.0", &["2.0.0", "1.9.0"]).unwrap()[1], Verdict::Chosen(Why::Exact));
        assert!(judge_chart("newest", &index).is_err());
    }

    #[test]
    fn each_candidate_of_a_pack_has_its_reason() {
        let packs = ["2.0.2-up.4", "1.10.5", "1.10", "LTS__18.4.3"];
        assert_eq!(
            judge_pack("latest", &packs).unwrap()[..3],
            [Verdict::Chosen(Why::Highest), Verdict::Lower, Verdict::Lower]
        );
        assert_eq!(
            judge_pack("1.10.0", &packs).unwrap()[..3],
            [Verdict::NotAsked, Verdict::NotAsked, Verdict::Chosen(Why::Same)]
        );
        assert_eq!(
            judge_pack("LTS__18.4.3", &packs).unwrap()[2..],
            [Verdict::NotAsked, Verdict::Chosen(Why::Exact)]
        );
        assert_eq!(judge_pack("1.27.x", &packs).unwrap()[1], term("1.27.x"));
    }
}
