//! PK0254: a preset brings a layer whose pack is nowhere.

use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::version;

/// PK0254 `preset-layer`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0254", name: "preset-layer", severity: Severity::Error },
    docs: include_str!("../../docs/PK0254.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for judged in cx.packs {
        for preset in &judged.pack.presets {
            for brought in &preset.layers {
                let finding = |message: String| Diagnostic::new(RULE.lint, brought.place.clone(), message);
                if brought.pack == judged.pack.name.value {
                    out.push(
                        finding(format!(
                            "preset `{}` brings its own pack `{}` along",
                            preset.name, brought.pack
                        ))
                        .help("the pack is there already: take the layer out"),
                    );
                    continue;
                }
                let wanted = if brought.version.is_empty() { "latest" } else { &brought.version };
                let Ok(_) = version::choose_pack(wanted, &[]) else {
                    out.push(
                        finding(format!("`{wanted}` is no version of `{}` and no constraint", brought.pack))
                            .help("write for example 1.2.3, 1.27.x, \">=0.9\" or latest"),
                    );
                    continue;
                };
                // What another registry holds is not known here.
                let (None, Some(names)) = (&brought.registry, &cx.pack_names) else { continue };
                if !names.contains(&brought.pack) {
                    let near = closest(&brought.pack, names.iter().map(String::as_str));
                    out.push(
                        finding(format!(
                            "preset `{}` brings pack `{}`, which is in no registry",
                            preset.name, brought.pack
                        ))
                        .help(match near {
                            Some(near) => format!("did you mean `{near}`?"),
                            None => "add the pack, or name the `registry` that has it".to_owned(),
                        }),
                    );
                    continue;
                }
                if version::choose_pack(wanted, &versions(cx.packs, &brought.pack))
                    .is_ok_and(|found| found.is_none())
                {
                    let there = versions(cx.packs, &brought.pack).join(", ");
                    out.push(
                        finding(format!("there is no version {wanted} of pack `{}`", brought.pack))
                            .help(format!("there are {there}")),
                    );
                }
            }
        }
    }
}

fn versions<'a>(packs: &'a [JudgedPack], name: &str) -> Vec<&'a str> {
    packs.iter().filter(|p| p.pack.name.value == name).map(|p| p.pack.version.as_str()).collect()
}
