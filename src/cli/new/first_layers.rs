//! The layers that a new profile starts with: by flags, or by answers.

use anyhow::{Result, bail};

use crate::cli::ask::Choice;
use crate::cli::layer::types;
use crate::cli::network::Network;
use crate::cli::ui::Ui;
use crate::pack::{LayerType, Pack};
use crate::registry::{Kind, Registries};
use crate::resolve::{self, Browsed, Listing, Wanted};
use crate::workspace::model::ProfileType;
use crate::workspace::{Made, NewLayer, NewProfile, NewReference, NewSource, Position, Workspace};

/// What is given.
pub(super) struct Given<'a> {
    pub(super) packs: &'a [String],
    pub(super) charts: &'a [String],
    pub(super) asks: bool,
    pub(super) network: Network,
}

/// Adds the first layers to a profile that is not written yet; how many there are.
pub(super) fn add(
    workspace: &Workspace,
    made: &mut Made,
    new: &NewProfile,
    given: &Given<'_>,
    ui: &Ui,
) -> Result<usize> {
    let registries = Registries::open(workspace, given.network.options(ui));
    let mut adder = Adder { workspace, registries: &registries, made, added: 0 };
    for (kind, names) in [(Kind::Pack, given.packs), (Kind::Chart, given.charts)] {
        for text in names {
            let (name, version) = text.split_once('@').map_or((text.as_str(), None), |(n, v)| (n, Some(v)));
            adder.add(kind, name, None, version, Vec::new())?;
        }
    }
    if given.asks && given.packs.is_empty() && given.charts.is_empty() {
        ask(&mut adder, new, ui)?;
    }
    Ok(adder.added)
}

struct Adder<'a> {
    workspace: &'a Workspace,
    registries: &'a Registries,
    made: &'a mut Made,
    added: usize,
}

impl Adder<'_> {
    fn add(
        &mut self,
        kind: Kind,
        name: &str,
        registry: Option<&str>,
        version: Option<&str>,
        presets: Vec<(String, String)>,
    ) -> Result<()> {
        let offer = resolve::offer(self.registries, kind, name, registry, version)?;
        let reference =
            NewReference { name: name.to_owned(), version: offer.version, registry: Some(offer.registry) };
        let layer = NewLayer {
            source: if kind == Kind::Pack { NewSource::Pack(reference) } else { NewSource::Chart(reference) },
            layer_type: offer.pack.as_ref().map(|pack| pack.layer),
            position: Position::ByType,
            name: None,
            display_name: None,
            presets,
            values: None,
            manifests: Vec::new(),
            namespace: None,
            release: None,
            priority: None,
        };
        // The profile as it will be: nothing is on the disk yet.
        let over = self.made.change.over(&self.workspace.overlay);
        let future = Workspace::load_over(&self.workspace.root, &over)?;
        let Some(profile) = future.profile(&self.made.id, &self.made.version) else {
            bail!("the new profile cannot be read back");
        };
        let types = types(&future, self.registries, profile);
        let mut change = future.add_layer(profile, &layer, &types)?;
        change.notes.splice(0..0, offer.notes);
        self.made.change.then(change);
        self.added += 1;
        Ok(())
    }
}

fn ask(adder: &mut Adder<'_>, new: &NewProfile, ui: &Ui) -> Result<()> {
    let core = matches!(new.profile_type, Some(ProfileType::Full | ProfileType::Infrastructure));
    if core {
        for (layer_type, needed) in [
            (LayerType::Os, true),
            (LayerType::Kubernetes, true),
            (LayerType::Cni, true),
            (LayerType::Csi, false),
        ] {
            core_layer(adder, new, layer_type, needed, ui)?;
        }
        if new.profile_type == Some(ProfileType::Infrastructure) {
            return Ok(());
        }
    }
    while ui
        .ask_yes(if adder.added == 0 { "add a layer now?" } else { "add another layer?" }, adder.added == 0)?
    {
        add_on(adder, new, ui)?;
    }
    Ok(())
}

fn look(adder: &Adder<'_>, wanted: &Wanted, ui: &Ui) -> Result<Browsed> {
    let browsed = resolve::browse(adder.registries, wanted)?;
    for (registry, why) in &browsed.silent {
        ui.warn(&format!("registry `{registry}` could not be asked: {why}"));
    }
    Ok(browsed)
}

fn core_layer(
    adder: &mut Adder<'_>,
    new: &NewProfile,
    layer_type: LayerType,
    needed: bool,
    ui: &Ui,
) -> Result<()> {
    let wanted = Wanted {
        kind: Some(Kind::Pack),
        layer_type: Some(layer_type),
        cloud: new.cloud.clone(),
        ..Wanted::default()
    };
    let found = look(adder, &wanted, ui)?.found;
    if found.is_empty() {
        ui.say(&format!("no registry tells of a pack of type {}: add one later", layer_type.word()));
        return Ok(());
    }
    if !needed && !ui.ask_yes(&format!("a {} layer?", layer_type.word()), true)? {
        return Ok(());
    }
    let chosen = choose(&format!("pack for {}", layer_type.word()), &found, ui)?;
    finish(adder, chosen, ui)
}

fn add_on(adder: &mut Adder<'_>, new: &NewProfile, ui: &Ui) -> Result<()> {
    let holds = |kind: Kind| adder.registries.iter().any(|registry| registry.holds(kind));
    let kind = match (holds(Kind::Pack), holds(Kind::Chart)) {
        (true, true) => {
            let choices = [("pack", "with presets and constraints"), ("chart", "a Helm chart as it is")];
            let choices: Vec<Choice> =
                choices.map(|(word, about)| (word.to_owned(), about.to_owned())).into();
            if ui.ask_choice("what kind of layer", &choices, Some(0))? == Some(1) {
                Kind::Chart
            } else {
                Kind::Pack
            }
        }
        (false, true) => Kind::Chart,
        (true, false) => Kind::Pack,
        (false, false) => bail!("edgewright.yaml has no registries: add one below `spec.registries`"),
    };
    let mut wanted = Wanted { kind: Some(kind), ..Wanted::default() };
    if kind == Kind::Pack {
        wanted.layer_type = Some(LayerType::Addon);
        wanted.cloud = new.cloud.clone().filter(|cloud| cloud != "all");
    }
    let mut found = look(adder, &wanted, ui)?.found;
    if kind == Kind::Pack {
        let addon = |found: &Listing| found.label().and_then(|label| label.addon_type.clone());
        let mut addons: Vec<String> = found.iter().filter_map(addon).collect();
        addons.sort();
        addons.dedup();
        if addons.len() > 1 {
            let count = |word: &String| found.iter().filter(|one| addon(one).as_ref() == Some(word)).count();
            let mut choices: Vec<Choice> = vec![("any".to_owned(), format!("{} packs", found.len()))];
            choices.extend(addons.iter().map(|word| (word.clone(), format!("{} packs", count(word)))));
            if let Some(index) = ui.ask_choice("type of pack", &choices, Some(0))?.filter(|index| *index > 0)
            {
                found.retain(|one| addon(one).as_ref() == Some(&choices[index].0));
            }
        }
    }
    let mut registries: Vec<String> = found.iter().map(|one| one.registry.clone()).collect();
    registries.sort();
    registries.dedup();
    if registries.len() > 1 {
        let choices: Vec<Choice> = registries.iter().map(|name| (name.clone(), String::new())).collect();
        if let Some(index) = ui.ask_choice("registry", &choices, Some(0))? {
            found.retain(|one| one.registry == registries[index]);
        }
    }
    if found.is_empty() {
        ui.say(&format!("no {} fits", kind.word()));
        return Ok(());
    }
    let chosen = choose(kind.word(), &found, ui)?;
    finish(adder, chosen, ui)
}

fn choose<'o>(question: &str, found: &'o [Listing], ui: &Ui) -> Result<&'o Listing> {
    let about = |one: &Listing| -> Choice {
        let newest = one.newest().map_or("", |candidate| candidate.version.as_str());
        (one.name.clone(), format!("{newest}  {}", one.about()))
    };
    let choices: Vec<Choice> = found.iter().map(about).collect();
    match ui.ask_choice(question, &choices, (choices.len() == 1).then_some(0))? {
        Some(index) => Ok(&found[index]),
        None => bail!("no answer: nothing was written"),
    }
}

/// Asks for version and presets, and adds the layer.
fn finish(adder: &mut Adder<'_>, chosen: &Listing, ui: &Ui) -> Result<()> {
    let versions: Vec<&str> = chosen.versions.iter().map(|candidate| candidate.version.as_str()).collect();
    let newest = chosen.newest().map_or("latest", |candidate| candidate.version.as_str());
    if versions.len() > 1 {
        let some: Vec<&str> = versions.iter().take(8).copied().collect();
        ui.say(&format!("  there are {}{}", some.join(", "), if versions.len() > 8 { ", …" } else { "" }));
    }
    let registry = Some(chosen.registry.as_str());
    let valid = |text: &str| {
        let offer = resolve::offer(adder.registries, chosen.kind, &chosen.name, registry, Some(text));
        offer.map(drop).map_err(|why| why.to_string())
    };
    let version = ui.ask_valid("version or constraint", Some(newest), &valid)?;
    let version = version.unwrap_or_else(|| newest.to_owned());
    let offer = resolve::offer(adder.registries, chosen.kind, &chosen.name, registry, Some(&version))?;
    let presets = offer.pack.as_ref().map_or_else(|| Ok(Vec::new()), |pack| presets(pack, ui))?;
    adder.add(chosen.kind, &chosen.name, registry, Some(&version), presets)
}

/// Asks for one preset a group; those that are the default are not written down.
fn presets(pack: &Pack, ui: &Ui) -> Result<Vec<(String, String)>> {
    let mut groups: Vec<&str> = Vec::new();
    for preset in &pack.presets {
        if !groups.contains(&preset.group.as_str()) {
            groups.push(&preset.group);
        }
    }
    let mut chosen = Vec::new();
    for group in groups {
        let offered: Vec<_> = pack.presets.iter().filter(|preset| preset.group == group).collect();
        let default = offered.iter().position(|preset| preset.default);
        let mut choices: Vec<Choice> = offered
            .iter()
            .map(|preset| {
                let brings: Vec<&str> = preset.layers.iter().map(|layer| layer.name.as_str()).collect();
                let brings =
                    if brings.is_empty() { String::new() } else { format!("; brings {}", brings.join(", ")) };
                (preset.name.clone(), format!("{}{brings}", preset.display_name))
            })
            .collect();
        if default.is_none() {
            choices.push(("none".to_owned(), "the pack's values as they are".to_owned()));
        }
        let index =
            ui.ask_choice(&format!("preset `{group}`"), &choices, default.or(Some(choices.len() - 1)))?;
        if let Some(preset) =
            index.filter(|index| Some(*index) != default).and_then(|index| offered.get(index))
        {
            chosen.push((group.to_owned(), preset.name.clone()));
        }
    }
    Ok(chosen)
}
