//! Which candidate of a registry a reference means.

use super::stack::Reference;
use crate::registry::{Candidate, Kind};
use crate::version::{Wanted, choose_chart, choose_pack};

/// The newest candidate that fits; else what there is instead, as a sentence.
pub(super) fn choose<'c>(
    reference: &Reference,
    candidates: &'c [Candidate],
) -> Result<&'c Candidate, String> {
    let Reference { kind, name, wanted, registry } = reference;
    let word = kind.word();
    if candidates.is_empty() {
        return Err(format!("registry `{registry}` has no {word} `{name}`"));
    }
    let versions: Vec<&str> = candidates.iter().map(|candidate| candidate.version.as_str()).collect();
    let wanted = Wanted::parse(wanted).map_err(|error| format!("{word} `{name}`: {error}"))?;
    if let Some(digest) = wanted.digest {
        let found = candidates.iter().find(|candidate| candidate.manifest == Some(digest));
        return found
            .ok_or_else(|| format!("registry `{registry}` has no {word} `{name}` with sha256 {digest}"));
    }
    let wanted = wanted.version;
    let chosen = match kind {
        Kind::Pack => choose_pack(wanted, &versions),
        Kind::Chart => choose_chart(wanted, &versions),
    };
    match chosen {
        Ok(Some(index)) => Ok(&candidates[index]),
        Ok(None) => {
            let shown = versions[..versions.len().min(5)].join(", ");
            let more = if versions.len() > 5 { ", …" } else { "" };
            Err(format!(
                "no version of {word} `{name}` in registry `{registry}` fits `{wanted}`; there is {shown}{more}; \
                 `edgewright lock --explain {name}` says what is wrong with each"
            ))
        }
        Err(error) => Err(format!("{word} `{name}`: {error}")),
    }
}
