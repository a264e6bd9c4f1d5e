//! Severities as `edgewright.yaml` sets them, everywhere or for some paths.

use std::collections::HashMap;

use super::patterns::Patterns;
use crate::diagnostics::{Diagnostic, Severity};
use crate::workspace::model::{CheckConfig, RuleSetting};

/// Which rules are on, how severe, and where.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// By code: what holds everywhere; `None`: off.
    everywhere: HashMap<&'static str, Option<Severity>>,
    /// By code: index in `paths` and what holds there, the last of `overrides` first.
    somewhere: HashMap<&'static str, Vec<(usize, Option<Severity>)>>,
    paths: Vec<Patterns>,
    ignored: Option<Patterns>,
}

impl Settings {
    /// From `spec.check`; names that no rule has are left to the rule `unknown-rule`.
    pub fn new(config: &CheckConfig) -> Self {
        let mut settings = Self::default();
        for (name, setting) in &config.rules {
            let severity = match setting {
                RuleSetting::Severity(severity) => Some(*severity),
                RuleSetting::Options { severity, .. } => *severity,
            };
            if let (Some((lint, _)), Some(severity)) = (super::find(name), severity) {
                settings.everywhere.insert(lint.code, severity.severity());
            }
        }
        for (index, over) in config.overrides.iter().enumerate() {
            settings.paths.push(Patterns::new(&over.paths));
            for (name, severity) in &over.rules {
                if let Some((lint, _)) = super::find(name) {
                    let of = settings.somewhere.entry(lint.code).or_default();
                    of.insert(0, (index, severity.severity()));
                }
            }
        }
        settings.ignored = (!config.ignore.is_empty()).then(|| Patterns::new(&config.ignore));
        settings
    }

    /// The finding with its severity here; `None` where its rule is off, or its file not checked.
    pub fn apply(&self, mut finding: Diagnostic) -> Option<Diagnostic> {
        let path = finding.place.file.path();
        if self.ignored.as_ref().is_some_and(|ignored| ignored.matches(path)) {
            return None;
        }
        let here = self.somewhere.get(finding.lint.code).and_then(|of| {
            of.iter().find(|(index, _)| self.paths[*index].matches(path)).map(|(_, severity)| *severity)
        });
        if let Some(severity) = here.or_else(|| self.everywhere.get(finding.lint.code).copied()) {
            finding.severity = severity?;
        }
        Some(finding)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::diagnostics::Lint;
    use crate::source::Place;

    #[test]
    fn the_last_override_that_fits_wins() {
        let config: CheckConfig = serde_json::from_value(json!({
            "rules": {"PK0103": "error", "chart-key": "off"},
            "overrides": [
                {"paths": ["packs/**"], "rules": {"PK0103": "warning"}},
                {"paths": ["packs/old/**", "!packs/old/x/**"], "rules": {"PK0103": "off", "chart-key": "info"}},
            ],
            "ignore": ["vendor/"],
        }))
        .unwrap();
        let settings = Settings::new(&config);
        let severity = |name: &str, path: &str| {
            let (lint, _) = crate::rules::find(name).unwrap();
            let found = Diagnostic::new(Lint { ..lint }, Place::whole(path), "");
            settings.apply(found).map(|f| f.severity)
        };
        assert_eq!(severity("PK0103", "profiles/a/profile.yaml"), Some(Severity::Error));
        assert_eq!(severity("PK0103", "packs/a/pack.json"), Some(Severity::Warning));
        assert_eq!(severity("PK0103", "packs/old/a/pack.json"), None);
        assert_eq!(severity("PK0103", "packs/old/x/pack.json"), Some(Severity::Warning));
        assert_eq!(severity("chart-key", "packs/a/values.yaml"), None);
        assert_eq!(severity("chart-key", "packs/old/a/values.yaml"), Some(Severity::Info));
        assert_eq!(severity("PK0103", "packs/vendor/pack.json"), None);
    }
}
