//! Severities as `edgewright.yaml` sets them.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Severity};
use crate::workspace::model::{CheckConfig, RuleSetting};

/// Which rules are on, and how severe.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    by_code: HashMap<&'static str, Option<Severity>>,
}

impl Settings {
    /// From `spec.check.rules`; names that no rule has are left to the rule `unknown-rule`.
    pub fn new(config: &CheckConfig) -> Self {
        let mut by_code = HashMap::new();
        for (name, setting) in &config.rules {
            let severity = match setting {
                RuleSetting::Severity(severity) => Some(*severity),
                RuleSetting::Options { severity, .. } => *severity,
            };
            if let (Some((lint, _)), Some(severity)) = (super::find(name), severity) {
                by_code.insert(lint.code, severity.severity());
            }
        }
        Self { by_code }
    }

    /// The finding with its severity here; `None` where its rule is off.
    pub(super) fn apply(&self, mut finding: Diagnostic) -> Option<Diagnostic> {
        if let Some(severity) = self.by_code.get(finding.lint.code) {
            finding.severity = (*severity)?;
        }
        Some(finding)
    }
}
