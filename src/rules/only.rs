//! A check by some rules alone: `--rule SC,PK0102`.

use std::collections::BTreeSet;

use super::{AREAS, FAMILIES, all};
use crate::diagnostics::closest;
use crate::{resolve, workspace, yaml};

/// What is told whatever is asked: a file that cannot be read was judged by no rule, and must not seem to be in order.
const ALWAYS: &[&str] = &[yaml::SYNTAX.code, workspace::UNREADABLE.code];

/// The rules that are asked; by default all of them.
#[derive(Clone, Debug, Default)]
pub struct Only(Option<BTreeSet<&'static str>>);

impl Only {
    /// The rules of these codes and names, and those whose codes begin with such letters: `SC`, `YA01`, `secret-token`.
    ///
    /// # Errors
    /// One of them is no rule's; in words.
    pub fn named(names: &[String]) -> Result<Self, String> {
        let mut codes: BTreeSet<&'static str> = BTreeSet::new();
        for name in names {
            let upper = name.to_ascii_uppercase();
            let meant: Vec<&'static str> = all()
                .map(|(lint, _)| lint)
                .filter(|lint| {
                    lint.name.eq_ignore_ascii_case(name) || !upper.is_empty() && lint.code.starts_with(&upper)
                })
                .map(|lint| lint.code)
                .collect();
            if meant.is_empty() {
                let families = FAMILIES.iter().map(|(letters, _)| *letters);
                return Err(match closest(name, super::names().chain(families)) {
                    Some(near) => format!("there is no rule `{name}`; did you mean `{near}`?"),
                    None => format!("there is no rule `{name}`; `edgewright explain` lists the rules"),
                });
            }
            codes.extend(meant);
        }
        codes.extend(ALWAYS);
        Ok(Self((!names.is_empty()).then_some(codes)))
    }

    /// Whether nothing is left out.
    pub fn is_all(&self) -> bool {
        self.0.is_none()
    }

    /// Whether findings of this code are asked for.
    pub fn asks(&self, code: &str) -> bool {
        self.0.as_ref().is_none_or(|codes| codes.contains(code))
    }

    /// Whether a rule has to run. Rules report what is akin under other codes of their family.
    pub(super) fn runs(&self, code: &str) -> bool {
        self.0.as_ref().is_none_or(|codes| {
            codes.iter().any(|asked| !ALWAYS.contains(asked) && family(asked) == family(code))
        })
    }

    /// Whether profiles have to be resolved: any rule runs, or what resolving itself finds is asked for.
    pub fn needs_profiles(&self) -> bool {
        let judging = AREAS.iter().copied().flatten().map(|rule| rule.lint.code);
        let resolving = resolve::lints::ALL.iter().map(|lint| lint.code);
        judging.chain(resolving).any(|code| self.runs(code))
    }
}

fn family(code: &str) -> &str {
    code.get(..2).unwrap_or(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(names: &[&str]) -> Result<Only, String> {
        Only::named(&names.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn letters_codes_and_names_are_rules() {
        let schemas = only(&["sc"]).unwrap();
        assert!(schemas.asks("SC0001") && schemas.asks("YA0001") && !schemas.asks("PK0103"));
        assert!(!schemas.needs_profiles());
        let some = only(&["duplicate-key", "RF0101"]).unwrap();
        assert!(some.asks("YA0002") && some.asks("RF0101") && !some.asks("RF0102") && !some.asks("YA0101"));
        assert!(some.runs("RF0102"), "rules of one family report each other's codes");
        assert!(some.needs_profiles());
        assert!(only(&[]).unwrap().is_all());
        assert_eq!(
            only(&["duplicate-keys"]).unwrap_err(),
            "there is no rule `duplicate-keys`; did you mean `duplicate-key`?"
        );
        assert!(only(&["zzzzzzzz"]).unwrap_err().contains("explain"));
        assert!(only(&[""]).is_err());
    }
}
