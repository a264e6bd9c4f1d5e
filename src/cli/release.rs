//! `edgewright release`: write and sign the bundle tree without the catalog.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Exit;
use super::check::text;
use super::network::{self, Network};
use super::ui::Ui;
use super::verify::{counts, megabytes};
use crate::archive::Files;
use crate::check::{self, Outcome};
use crate::diagnostics::Severity;
use crate::history::{Revision, revision};
use crate::registry::Registries;
use crate::release::{self, Content, DEVELOPMENT_KEYS, Given, Previous, Request, Summary};
use crate::resolve::{ResolvedProfile, check_locks, resolve_all};
use crate::workspace::Workspace;

/// Compressed layers of earlier runs, relative to the workspace.
const CACHE: &str = ".edgewright/cache/layers";

/// Profile versions from which on a build takes over a second, so that its steps are worth a line each.
const MANY_PROFILES: usize = 100;

/// Rounds of fetching and resolving again.
const MOST_ROUNDS: usize = 8;

/// Arguments of `release`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    publishing: Publishing,
}

/// Where a tree goes, what it goes on from, and who signs it.
#[derive(Debug, clap::Args)]
pub(super) struct Publishing {
    /// Folder that becomes the published tree.
    #[arg(short, long, value_name = "DIR", default_value = "public")]
    pub(super) output: PathBuf,
    /// The tree published before, from which versions and serials go on. Needed with real signers.
    #[arg(long, value_name = "DIR|URL", conflicts_with = "first_release")]
    previous: Option<String>,
    /// There is no tree to go on from.
    #[arg(long)]
    first_release: bool,
    /// Who signs for a role: `file:KEY.pem` or `cmd:COMMAND`. May be repeated, also for one role.
    #[arg(long = "signer", value_name = "ROLE=URI", value_parser = signer)]
    signers: Vec<Given>,
    #[command(flatten)]
    pub(super) network: Network,
}

fn signer(text: &str) -> Result<Given, String> {
    match text.split_once('=') {
        Some((role, uri)) if !role.is_empty() && !uri.is_empty() => Ok((role.to_owned(), uri.to_owned())),
        _ => Err("write ROLE=URI, for example timestamp=file:keys/timestamp.pem".to_owned()),
    }
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let Args { publishing } = args;
    let repository = Repository::open(publishing.network, ui)?;
    if repository.check(ui).is_none() {
        return Ok(Exit::Findings);
    }
    let content = repository.content(ui)?;
    let summary = publishing.publish(&repository, &content, None, ui)?;
    say(&publishing.output, &summary, ui);
    Ok(Exit::Fine)
}

/// The repository that the current directory lies in, resolved.
pub(super) struct Repository {
    pub(super) workspace: Workspace,
    registries: Registries,
    pub(super) profiles: Vec<ResolvedProfile>,
    pub(super) revision: Revision,
}

impl Repository {
    /// Reads and resolves it; what is locked but not here is fetched.
    pub(super) fn open(network: Network, ui: &Ui) -> Result<Self> {
        let workspace = Workspace::load(&Workspace::find(Path::new("."))?)?;
        let registries = Registries::open(&workspace, network.options(ui));
        let mut profiles = resolve_all(&workspace, &registries);
        // A brought layer may bring another one; packs do not do so without end.
        for _ in 0..MOST_ROUNDS {
            if release::fetch_missing(&registries, &profiles, &mut |text| ui.say(text))? == 0 {
                break;
            }
            profiles = resolve_all(&workspace, &registries);
        }
        network::tell_trouble(&registries, ui);
        let revision = revision(&workspace.root).context("git cannot be read")?;
        Ok(Self { workspace, registries, profiles, revision })
    }

    /// What goes by date is judged as of the commit, so that one commit always gives one result.
    fn options(&self) -> check::Options {
        let today = Some(self.revision.time.to_zoned(TimeZone::UTC).date());
        check::Options { today, ..check::Options::default() }
    }

    /// Judges it and compares the locks; `None`, and told, where nothing can be released.
    pub(super) fn check(&self, ui: &Ui) -> Option<Outcome> {
        let outcome = check::repository(&self.workspace, &self.registries, &self.profiles, self.options());
        if outcome.fails_at(Some(Severity::Error)) {
            ui.result(&text(&outcome, ui.color_out()));
            ui.error(&format!("{}: nothing was built", outcome.summary.words()));
            return None;
        }
        let mut fits = true;
        for lock in check_locks(&self.workspace, &self.registries, &self.workspace.profiles) {
            for difference in lock.differences {
                ui.error(&format!("{}: {difference} (edgewright lock)", lock.profile.label()));
                fits = false;
            }
        }
        ui.say(&format!("checked: {}", outcome.summary.words()));
        fits.then_some(outcome)
    }

    /// Says what begins, where it will take more than a moment.
    pub(super) fn step(&self, ui: &Ui, text: &str) {
        if self.profiles.len() > MANY_PROFILES { ui.say(text) } else { ui.detail(text) }
    }

    pub(super) fn content(&self, ui: &Ui) -> Result<Content> {
        let layers: usize = self.profiles.iter().map(|profile| profile.layers.len()).sum();
        self.step(ui, &format!("packing {layers} layers of {} profile versions", self.profiles.len()));
        Ok(release::content(&self.workspace, &self.profiles, Some(&self.workspace.root.join(CACHE)))?)
    }
}

impl Publishing {
    /// Makes, signs, verifies and writes the tree.
    pub(super) fn publish(
        &self,
        repository: &Repository,
        content: &Content,
        catalog: Option<&Files>,
        ui: &Ui,
    ) -> Result<Summary> {
        if repository.revision.commit.is_empty() {
            ui.warn(
                "not in a git repository with a commit: releases name no commit and are dated 1970-01-01",
            );
        } else if repository.revision.dirty {
            ui.warn("files differ from the commit: releases are marked as -dirty");
        }
        let configured = repository.workspace.config.spec.release.previous.as_deref();
        let location = if self.first_release { None } else { self.previous.as_deref().or(configured) };
        let opened = location.map(release::open).transpose()?;
        let previous = match (&opened, location) {
            (Some(source), Some(name)) => Previous::At(name, &**source),
            _ if self.first_release => Previous::FirstRelease,
            _ => Previous::Unsaid,
        };
        Ok(release::release(&Request {
            workspace: &repository.workspace,
            revision: &repository.revision,
            content,
            catalog,
            output: &self.output,
            previous,
            signers: &self.signers,
            environment: &|name| std::env::var(name).ok(),
            now: now()?,
        })?)
    }
}

/// Now, or what `SOURCE_DATE_EPOCH` says (reproducible-builds.org: seconds since 1970).
pub(super) fn now() -> Result<Timestamp> {
    match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => {
            text.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok()).with_context(|| {
                format!("SOURCE_DATE_EPOCH is `{text}`, which is no number of seconds since 1970")
            })
        }
        Err(_) => Ok(Timestamp::now()),
    }
}

/// Says what was written.
pub(super) fn say(output: &Path, summary: &Summary, ui: &Ui) {
    let written = summary.written;
    ui.result(&format!(
        "{}: {} files written ({}), {} unchanged, {} removed",
        output.display(),
        written.written,
        megabytes(written.bytes),
        written.unchanged,
        written.removed
    ));
    ui.result(&counts(&summary.report));
    ui.result(&format!("  root sha256:{}", summary.root));
    for release in &summary.replaced {
        ui.warn(&format!("{release} was released before with other content; real signers would refuse that"));
    }
    if summary.development {
        ui.say(&format!(
            "signed with development keys ({DEVELOPMENT_KEYS}): for trying out, not for production"
        ));
    }
}
