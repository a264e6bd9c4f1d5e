//! One pull: from a locked state to a deployment that runs, or to a reason why what ran still runs.
//!
//! The order is what makes it safe to cut the power anywhere: roots one by one; floors before anything that they
//! judged is used; content by digest; a slot, complete and synced; the journal; the backend; one rename.

use std::collections::BTreeMap;

use super::backend::{self, Applied};
use super::cas;
use super::clock::{Clock, ClockState};
use super::content;
use super::desired::{self, Choice, Orders};
use super::error::{AgentError, at};
use super::fetch;
use super::floors::{self, Memory};
use super::host::Host;
use super::journal;
use super::metadata::Metadata;
use super::rollback;
use super::settings::Settings;
use super::slots::{self, DeployedProfile, Deployment, Slot};
use super::state::State;
use super::substitute::{self, Known};
use super::variables::{self, Values};
use super::window;
use crate::archive::{Digest, Files};
use crate::bundle::AssignedWindow;
use crate::trust::{Floors, RootSource};

/// No profile has this id.
const SYSTEM_VALUES: &str = "";

/// What is asked of a pull.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// What is said this time; the rest is remembered.
    pub settings: Settings,
    /// Where trust begins, for an appliance that has no root yet.
    pub root: Option<RootSource>,
}

/// What a pull did.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How it ended.
    pub change: Change,
    /// What runs now.
    pub profiles: Vec<DeployedProfile>,
    /// What ran before, where it changed.
    pub before: Vec<DeployedProfile>,
    /// What the backend did.
    pub applied: Applied,
    /// Requests to the host.
    pub requests: u64,
    /// Bytes that came from it.
    pub bytes: u64,
    /// What a person should know besides.
    pub notes: Vec<String>,
    /// How far the clock is believed.
    pub clock: ClockState,
    /// When the trusted metadata stops being accepted.
    pub expires: jiff::Timestamp,
}

/// How a pull ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// This slot is current now.
    Updated(u64),
    /// What runs is what should run.
    Unchanged,
    /// Something newer is there and waits; why.
    Held(String),
}

/// Pulls once. `say` hears what is going on.
pub(super) fn pull(
    state: &State,
    request: &Request,
    say: &mut dyn FnMut(&str),
) -> Result<(Outcome, Settings), AgentError> {
    let held = Settings::read(state)?;
    let mut settings = held.clone().with(request.settings.clone());
    let (mut floors, generation) = match floors::read(state)? {
        Memory::Fresh => (Floors::default(), 0),
        Memory::Known(floors, generation) => (floors, generation),
        Memory::Damaged(_) => return Err(AgentError::Damaged(state.at("trust"))),
    };
    let missing =
        |flag: &str| AgentError::Failed(format!("this appliance was never told {flag}; give it once"));
    if settings.appliance.is_none() && !settings.profiles.is_empty() {
        settings.appliance = host_name();
    }
    let url = settings.url.clone().ok_or_else(|| missing("where to pull from: --url"))?;
    let appliance = settings
        .appliance
        .clone()
        .ok_or_else(|| missing("its id: --appliance (or what to run: --profile)"))?;
    replay(state, &settings, say)?;

    let clock = Clock::here(floors.time);
    let mut host = Host::new(&url);
    let mut metadata = Metadata::refresh(state, &mut host, request.root.as_ref(), &clock)?;
    let known = floors.clone();
    floors.raise_roles(&metadata.core)?;
    let mut orders = desired::orders(&mut metadata, &settings, &appliance, &mut floors)?;
    if floors != known {
        floors::write(state, &floors, generation + 1)?;
    }
    metadata.store()?;
    let mut notes = Vec::new();
    remember(state, &settings, &held, &mut notes)?;
    // The tree may have told a later time than was known before.
    let clock = Clock::here(floors.time);
    if clock.state != ClockState::Good {
        notes.push(clock_note(&clock));
    }
    let current = slots::current(state)?;
    let runs = current.as_ref().and_then(|slot| slot.deployment().ok());
    let choices = orders.choose(&mut metadata, &appliance, &floors, &clock, runs.as_ref(), &mut notes)?;
    let expires = metadata.core.expires();
    let values = values_in_force(&settings, &appliance, &orders, &choices, &mut notes)?;
    let deployment = orders.deployment(&appliance, variables::digest(&state.secret()?, &values)?, &choices);

    let mut job = Job { state, settings: &settings, floors: &floors, say };
    let kept = match (&current, &runs) {
        (Some(slot), Some(runs)) if runs.same_content(&deployment) => job.keep(slot, runs)?,
        _ => None,
    };
    let (change, applied) = if let Some(applied) = kept {
        (Change::Unchanged, applied)
    } else if let Some(why) = job.hold(&mut host, &deployment, &choices, &orders, &clock, runs.is_some())? {
        let kept = match (&current, &runs) {
            (Some(slot), Some(runs)) => job.keep(slot, runs)?,
            _ => None,
        };
        (Change::Held(why), kept.unwrap_or_default())
    } else {
        let (slot, applied) = job.build(&deployment, &choices, &values)?;
        (Change::Updated(slot), applied)
    };
    slots::collect(state, None)?;
    // Slots are complete without the store; what this run used saves the next one fetching it again.
    cas::collect(state, &orders.used)?;
    let profiles = match change {
        Change::Held(_) => runs.iter().flat_map(|runs| runs.profiles.clone()).collect(),
        _ => deployment.profiles,
    };
    let before = runs.map(|runs| runs.profiles).unwrap_or_default();
    let (requests, bytes, clock) = (host.requests, host.bytes, clock.state);
    Ok((Outcome { change, profiles, before, applied, requests, bytes, notes, clock, expires }, settings))
}

/// Name of this machine, for an appliance that was told its profiles and no id: a place in rollouts is all that it decides.
fn host_name() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// Remembers the settings. A folder, which may be a stick, does not take the place of an address.
fn remember(
    state: &State,
    settings: &Settings,
    held: &Settings,
    notes: &mut Vec<String>,
) -> Result<(), AgentError> {
    let is_address = |url: &Option<String>| url.as_ref().is_some_and(|url| url.starts_with("http"));
    let mut remembered = settings.clone();
    if is_address(&held.url) && !is_address(&settings.url) {
        remembered.url.clone_from(&held.url);
        notes.extend(
            held.url.as_ref().map(|url| format!("this folder was used once; the next pull asks {url} again")),
        );
    }
    remembered.write(state)
}

/// Finishes a switch that a crash interrupted, or forgets it where its slot is not there any more.
pub(super) fn replay(
    state: &State,
    settings: &Settings,
    say: &mut dyn FnMut(&str),
) -> Result<(), AgentError> {
    let Some(begun) = journal::read(state)? else { return Ok(()) };
    let slot = slots::open(state, begun.slot)?.filter(|slot| slot.ready.deployment == begun.deployment);
    let Some(slot) = slot else {
        say("forgetting a switch whose slot is gone");
        return journal::end(state);
    };
    say(&format!("finishing the switch to slot {} that was interrupted", slot.number));
    match apply(state, settings, &slot) {
        Ok(_) => {}
        // The slot was damaged meanwhile: what runs is put back, and this pull builds it anew.
        Err(error) if error.is_refusal() => {
            say(&format!("{error}; going back to what ran before"));
            if let Some(current) = slots::current(state)? {
                apply(state, settings, &current)?;
            }
        }
        Err(error) => return Err(error),
    }
    journal::end(state)
}

/// Applies a slot and makes it current. What is applied was compared with what was verified, byte by byte, right here.
pub(super) fn apply(state: &State, settings: &Settings, slot: &Slot) -> Result<Applied, AgentError> {
    let profiles = content::read(&slot.deployment()?, &slot.load()?)?;
    let plan = backend::plan(settings, &profiles)?;
    let applied = backend::apply(state, &plan)?;
    slots::switch(state, slot)?;
    Ok(applied)
}

/// The steps that change what runs.
struct Job<'a> {
    state: &'a State,
    settings: &'a Settings,
    floors: &'a Floors,
    say: &'a mut dyn FnMut(&str),
}

impl Job<'_> {
    /// Puts back what somebody took away from a deployment that should stay. `None`: its slot is damaged and must be built anew.
    fn keep(&mut self, slot: &Slot, deployment: &Deployment) -> Result<Option<Applied>, AgentError> {
        match slot.load().and_then(|files| content::read(deployment, &files)) {
            Ok(profiles) => {
                let plan = backend::plan(self.settings, &profiles)?;
                backend::apply(self.state, &plan).map(Some)
            }
            Err(error) if error.is_refusal() => {
                (self.say)(&format!("{error}; building it anew"));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Fetches everything that is needed, and says why it must not be applied yet.
    fn hold(
        &mut self,
        host: &mut Host,
        deployment: &Deployment,
        choices: &[Choice],
        orders: &Orders,
        clock: &Clock,
        runs: bool,
    ) -> Result<Option<String>, AgentError> {
        if rollback::is_bad(self.state, deployment)? {
            return Ok(Some(
                "this deployment was rolled back here; the next change will be taken".to_owned(),
            ));
        }
        self.download(host, choices)?;
        // A box that runs nothing yet has nothing that a change could disturb.
        let window = orders.window.as_ref().filter(|_| runs);
        Ok(window.and_then(|window| closed(window, clock)))
    }

    /// Fetches what the store does not have, if there is room for it.
    fn download(&mut self, host: &mut Host, choices: &[Choice]) -> Result<(), AgentError> {
        let layers: BTreeMap<Digest, _> = choices
            .iter()
            .flat_map(|choice| &choice.descriptor.layers)
            .map(|layer| (layer.blob.sha256, &layer.blob))
            .collect();
        let wanted: u64 = layers.values().map(|blob| fetch::missing(self.state, blob)).sum();
        let unpacked: u64 =
            choices.iter().flat_map(|c| &c.descriptor.layers).map(|layer| layer.tar_size).sum();
        self.check_room(wanted.saturating_add(unpacked))?;
        if wanted > 0 {
            let count = layers.values().filter(|blob| fetch::missing(self.state, blob) > 0).count();
            (self.say)(&format!("fetching {count} of {} layers, {}", layers.len(), size(wanted)));
        }
        for blob in layers.values() {
            fetch::blob(self.state, host, blob)?;
        }
        Ok(())
    }

    /// Refuses to begin what the disk has no room for, with a tenth to spare.
    fn check_room(&self, need: u64) -> Result<(), AgentError> {
        let root = self.state.root();
        let disk = rustix::fs::statvfs(root).map_err(|error| at(root)(error.into()))?;
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        let need = need.saturating_add(need / 10);
        if free >= need {
            return Ok(());
        }
        Err(AgentError::Io {
            path: root.to_owned(),
            source: std::io::Error::new(
                std::io::ErrorKind::StorageFull,
                format!("{} needed, {} free; make room and run again", size(need), size(free)),
            ),
        })
    }

    /// Builds the slot, applies it and switches to it.
    fn build(
        &mut self,
        deployment: &Deployment,
        choices: &[Choice],
        values: &BTreeMap<String, Values>,
    ) -> Result<(u64, Applied), AgentError> {
        let mut files = Files::new();
        let mut problems = Vec::new();
        for choice in choices {
            let known = Known {
                descriptor: &choice.descriptor,
                values: &values[&choice.descriptor.profile],
                system: &values[SYSTEM_VALUES],
            };
            let mut layers = Vec::new();
            for layer in &choice.descriptor.layers {
                let mut unpacked = fetch::layer(self.state, layer)?;
                let unnamed = substitute::names(&mut unpacked, &layer.name, &known);
                if !unnamed.is_empty() {
                    problems.extend(unnamed);
                    continue;
                }
                let document = content::layer_document(&unpacked, &layer.name)?;
                problems.extend(substitute::layer(&mut unpacked, &document, &known));
                layers.push(unpacked);
            }
            content::put(&mut files, &choice.descriptor, &choice.bytes, &layers);
        }
        if !problems.is_empty() {
            return Err(AgentError::Unresolved(problems));
        }
        // What the backend cannot do is said before a slot is built.
        backend::plan(self.settings, &content::read(deployment, &files)?)?;
        slots::collect(self.state, None)?;
        let slot = slots::build(self.state, deployment, &files, self.floors)?;
        journal::begin(self.state, slot.number, slot.ready.deployment)?;
        let applied = apply(self.state, self.settings, &slot)?;
        journal::end(self.state)?;
        Ok((slot.number, applied))
    }
}

/// All values in force by profile; those of the system stand under [`SYSTEM_VALUES`].
fn values_in_force(
    settings: &Settings,
    appliance: &str,
    orders: &Orders,
    choices: &[Choice],
    notes: &mut Vec<String>,
) -> Result<BTreeMap<String, Values>, AgentError> {
    let mut all = BTreeMap::new();
    let mut problems = Vec::new();
    for choice in choices {
        match variables::in_force(&choice.descriptor, &orders.variables, &settings.variables) {
            Ok(values) => {
                all.insert(choice.descriptor.profile.clone(), values);
            }
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        return Err(AgentError::Unresolved(problems));
    }
    let descriptors: Vec<_> = choices.iter().map(|choice| &choice.descriptor).collect();
    all.insert(SYSTEM_VALUES.to_owned(), variables::system(appliance, &descriptors, &settings.variables));
    for name in variables::unknown(&settings.variables, &descriptors) {
        notes.push(format!(
            "the variable `{}`, set on this appliance, is in none of its profiles",
            name.escape_debug()
        ));
    }
    Ok(all)
}

/// Why a window holds changes back now.
fn closed(window: &AssignedWindow, clock: &Clock) -> Option<String> {
    match window::is_open(window, clock.now) {
        Ok(true) => None,
        Ok(false) => Some(match window::next(window, clock.now) {
            Some(next) => format!("everything is fetched, the maintenance window opens at {next}"),
            None => "everything is fetched, the maintenance window is closed".to_owned(),
        }),
        Err(why) => Some(why),
    }
}

fn clock_note(clock: &Clock) -> String {
    match clock.state {
        ClockState::Behind => format!(
            "the clock is before {}, when this release was signed: expiry and rollouts are judged by that time",
            clock.now
        ),
        _ => format!("the clock is not synchronised: expiry and rollouts are judged by {}", clock.now),
    }
}

/// A number of bytes as people read it.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
