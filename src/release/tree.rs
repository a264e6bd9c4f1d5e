//! From content to a published tree: documents, signatures, verification, publication.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;

use super::channels::Update;
use super::previous::{self, Previous as Published};
use super::stage::{Stage, Written, check_output};
use super::{
    Content, Given, ReleaseError, Report, Source, assignments, channels, keys, read_file, sums, verify,
};
use crate::archive::{Digest, Files};
use crate::bundle::{self, Blob, Descriptor, Epochs, ProfileTarget, SCHEMA_VERSION};
use crate::history::Revision;
use crate::trust::{DelegatedRole, Floors, Metadata, Role, TargetList, TrustCore, TrustError, limits, write};
use crate::workspace::Workspace;
use crate::workspace::model::ProfileId;

/// Where the tree published before is.
pub enum Previous<'a> {
    /// Nobody said.
    Unsaid,
    /// There is none: this is the first release.
    FirstRelease,
    /// Here: its name for messages, and its files.
    At(&'a str, &'a Source<'a>),
}

/// What to release, where and how.
pub struct Request<'a> {
    /// The repository.
    pub workspace: &'a Workspace,
    /// Its commit.
    pub revision: &'a Revision,
    /// Layers and descriptors.
    pub content: &'a Content,
    /// The catalog, if the tree has one.
    pub catalog: Option<&'a Files>,
    /// The folder that becomes the tree.
    pub output: &'a Path,
    /// The tree published before.
    pub previous: Previous<'a>,
    /// Signers of the command line.
    pub signers: &'a [Given],
    /// Looks an environment variable up.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// Time of signing.
    pub now: Timestamp,
}

/// What was released.
#[derive(Debug)]
pub struct Summary {
    /// Whether development keys signed.
    pub development: bool,
    /// Whether the tree goes on from an earlier one.
    pub continued: bool,
    /// Releases (`id@version`) whose content differs from what was released before under this version.
    pub replaced: Vec<String>,
    /// Digest of the root at which trust begins.
    pub root: Digest,
    /// What the verifier counted.
    pub report: Report,
    /// What was written.
    pub written: Written,
}

/// Makes, signs, verifies and publishes a tree. When anything fails, the output is as it was.
pub fn release(request: &Request) -> Result<Summary, ReleaseError> {
    check_output(request.output)?;
    let workspace = request.workspace;
    let config = &workspace.config.spec.release;
    let own = [DelegatedRole::assignments(), DelegatedRole::site()];
    let mut roles: BTreeSet<DelegatedRole> = own.into();
    roles.extend(workspace.ids().iter().map(|id| DelegatedRole::of_scope(id.folder())));
    let names = |roles: &BTreeSet<DelegatedRole>| roles.iter().map(|role| role.name.clone()).collect();
    let configured = keys::configured(config, request.signers, request.environment, &names(&roles));
    let of_output = |path: &str, max: u64| read_file(request.output, path, max);
    let (source, published) = previous_tree(request, configured, &of_output)?;
    let folders = published.iter().flat_map(|tree| tree.profiles.keys().cloned().map(ProfileId));
    roles.extend(folders.map(|id| DelegatedRole::of_scope(id.folder())));

    let roots = roots(workspace, published.as_ref())?;
    let keys = keys::find(
        &workspace.root,
        config,
        request.signers,
        request.environment,
        &names(&roles),
        !roots.is_empty(),
    )?;
    if keys.development && published.is_some() {
        check_development_keys(&keys, &roots, request.output)?;
    }

    let documents = documents(request, published.as_ref())?;
    if !keys.development && !documents.replaced.is_empty() {
        return Err(ReleaseError::Content(format!(
            "{} was released before with other content; released versions never change: raise the version",
            documents.replaced.join(", ")
        )));
    }
    let delegated = roles
        .iter()
        .map(|role| Role {
            role: role.clone(),
            targets: documents.targets.get(&role.name).cloned().unwrap_or_default(),
        })
        .collect();
    let metadata = write(
        &Metadata {
            roots: &roots,
            previous: published.as_ref().map(|tree| &tree.core),
            targets: documents.targets.get("targets").cloned().unwrap_or_default(),
            roles: delegated,
            now: request.now,
        },
        &keys.signers,
    )?;

    let mut stage = Stage::new(request.output)?;
    let blobs: Vec<_> =
        request.content.blobs.iter().map(|(path, bytes)| (path.clone(), bytes.clone())).collect();
    stage.put_all(&blobs)?;
    carry_over(&mut stage, &documents.profiles, source)?;
    stage.put_all(&documents.files.into_iter().collect::<Vec<_>>())?;
    if let Some(catalog) = request.catalog {
        let files: Vec<_> =
            catalog.iter().map(|(path, file)| (path.to_owned(), file.bytes.clone())).collect();
        stage.put_all(&files)?;
    }
    let first = metadata["metadata/1.root.json"].clone();
    stage.put_all(&metadata.into_iter().collect::<Vec<_>>())?;

    let report = check(&stage, &first, published.as_ref(), request.now)?;
    let earlier = published.as_ref().map(|tree| tree.catalog.keys().cloned().collect()).unwrap_or_default();
    let written = stage.publish(&earlier)?;
    Ok(Summary {
        development: keys.development,
        continued: published.is_some(),
        replaced: documents.replaced,
        root: Digest::of(&first),
        report,
        written,
    })
}

/// The tree to go on from, and where its files are.
fn previous_tree<'a>(
    request: &'a Request,
    configured: bool,
    of_output: &'a Source<'a>,
) -> Result<(&'a Source<'a>, Option<Published>), ReleaseError> {
    match request.previous {
        Previous::At(name, source) => match previous::read(source)? {
            Some(tree) => Ok((source, Some(tree))),
            None => Err(ReleaseError::Usage(format!(
                "there is no published tree at {name}; if there never was one, say --first-release"
            ))),
        },
        Previous::Unsaid if configured => Err(ReleaseError::Usage(
            "say which tree this one goes on from: --previous DIR|URL (or release.previous in edgewright.yaml), \
             or --first-release if there is none"
                .to_owned(),
        )),
        Previous::FirstRelease => match previous::read(of_output)? {
            Some(_) => Err(ReleaseError::Usage(format!(
                "{} holds a published tree, so this is no first release; go on from it with --previous, or choose another folder",
                request.output.display()
            ))),
            None => Ok((of_output, None)),
        },
        Previous::Unsaid => Ok((of_output, previous::read(of_output)?)),
    }
}

/// The roots so far: those published, then those that a ceremony put into `trust/`.
fn roots(workspace: &Workspace, published: Option<&Published>) -> Result<Vec<Vec<u8>>, ReleaseError> {
    let ceremony = keys::ceremony_roots(&workspace.root)?;
    let mut roots = published.map(|tree| tree.roots.clone()).unwrap_or_default();
    for (version, root) in &ceremony {
        match usize::try_from(*version).ok().and_then(|version| roots.get(version.wrapping_sub(1))) {
            Some(known) if known != root => {
                return Err(ReleaseError::Usage(format!(
                    "trust/{version}.root.json is not the root that the previous tree has in version {version}"
                )));
            }
            Some(_) => {}
            None if *version == roots.len() as u64 + 1 => roots.push(root.clone()),
            None => {
                return Err(ReleaseError::Usage(format!(
                    "trust/{version}.root.json is there, but version {} is missing before it",
                    roots.len() + 1
                )));
            }
        }
    }
    Ok(roots)
}

/// Development keys of another machine cannot go on with a tree; better to say so before anything is signed.
fn check_development_keys(keys: &keys::Keys, roots: &[Vec<u8>], output: &Path) -> Result<(), ReleaseError> {
    let newest: serde_json::Value =
        roots.last().and_then(|root| serde_json::from_slice(root).ok()).unwrap_or_default();
    let named = newest["signed"]["roles"]["root"]["keyids"].as_array().cloned().unwrap_or_default();
    let known = |signer: &crate::trust::Signer| named.contains(&serde_json::json!(signer.public().id()));
    if keys.signers.of("root").iter().all(known) {
        return Ok(());
    }
    Err(ReleaseError::Usage(format!(
        "the tree in {} was signed by other keys than those in {}; choose another folder, or give the keys (--signer ROLE=URI)",
        output.display(),
        keys::DEVELOPMENT_KEYS
    )))
}

/// The signed documents of a tree.
#[derive(Default)]
struct Documents {
    /// By path in the published tree.
    files: BTreeMap<String, Vec<u8>>,
    /// Targets by role.
    targets: BTreeMap<String, TargetList>,
    /// Profile targets.
    profiles: Vec<ProfileTarget>,
    replaced: Vec<String>,
}

impl Documents {
    fn add(&mut self, role: &str, path: &str, bytes: Vec<u8>) {
        let digest = Digest::of(&bytes);
        let file = match path.rsplit_once('/') {
            Some((folder, name)) => format!("targets/{folder}/{digest}.{name}"),
            None => format!("targets/{digest}.{path}"),
        };
        let list = self.targets.entry(role.to_owned()).or_default();
        list.insert(path.to_owned(), (digest, bytes.len() as u64));
        self.files.insert(file, bytes);
    }
}

fn documents(request: &Request, published: Option<&Published>) -> Result<Documents, ReleaseError> {
    let mut documents = Documents::default();
    let mut by_profile: BTreeMap<&ProfileId, BTreeMap<String, Blob>> = BTreeMap::new();
    for ((id, version), blob) in &request.content.descriptors {
        by_profile.entry(id).or_default().insert(version.clone(), blob.clone());
    }
    let no_epochs = BTreeMap::new();
    let epochs: BTreeMap<_, _> =
        published.map_or(no_epochs, |tree| tree.epochs.epochs.clone().into_iter().collect());
    for (id, descriptors) in by_profile {
        let old = published.and_then(|tree| tree.profiles.get(&id.0));
        let epoch = epochs.get(&id.0).copied().unwrap_or(0);
        let Update { target, replaced } =
            channels::target(request.workspace, id, &descriptors, old, epoch, request.revision)?;
        documents.replaced.extend(replaced.into_iter().map(|version| format!("{id}@{version}")));
        documents.profiles.push(target);
    }
    // A profile that is gone from the repository stays published: appliances may still run it.
    for (id, target) in published.into_iter().flat_map(|tree| &tree.profiles) {
        if !documents.profiles.iter().any(|new| new.profile == *id) {
            documents.profiles.push(target.clone());
        }
    }
    for index in 0..documents.profiles.len() {
        let target = &documents.profiles[index];
        let role = DelegatedRole::of_scope(ProfileId(target.profile.clone()).folder()).name;
        let (path, bytes) = (ProfileTarget::path(&target.profile), bundle::write(target));
        documents.add(&role, &path, bytes);
    }
    let epochs = Epochs { schema_version: SCHEMA_VERSION, epochs: epochs.into_iter().collect() };
    documents.add("targets", "epochs.json", bundle::write(&epochs));
    let (root, nodes) =
        assignments::tree(request.workspace, published.and_then(|tree| tree.assignments.as_ref()))?;
    documents.add(crate::trust::ASSIGNMENTS, "assignments/root.json", bundle::write(&root));
    documents.files.extend(nodes);
    let catalog = Files::new();
    let list = sums::write(request.catalog.unwrap_or(&catalog));
    documents.add(crate::trust::SITE, sums::TARGET, list.into_bytes());
    Ok(documents)
}

/// Brings along the blobs of earlier releases that the output does not have yet.
fn carry_over(stage: &mut Stage, profiles: &[ProfileTarget], source: &Source) -> Result<(), ReleaseError> {
    let bring = |stage: &mut Stage, blob: &Blob| -> Result<(), ReleaseError> {
        let path = blob.path();
        if stage.has(&path) {
            return Ok(());
        }
        let bytes = source(&path, blob.size)
            .map_err(|source| TrustError::fetch(path.clone(), source))?
            .ok_or_else(|| TrustError::Missing { path: path.clone() })?;
        if Blob::of(&bytes) != *blob {
            return Err(TrustError::refused(path, "it is not what was signed").into());
        }
        stage.put_all(&[(path, bytes)])
    };
    for release in profiles.iter().flat_map(|profile| profile.releases.values()) {
        bring(stage, &release.descriptor)?;
        let path = release.descriptor.path();
        let bytes = stage
            .get(&path, limits::DOCUMENT)
            .map_err(|source| TrustError::fetch(path.clone(), source))?
            .unwrap_or_default();
        let descriptor: Descriptor =
            bundle::read(&bytes).map_err(|error| TrustError::refused(path, error.to_string()))?;
        for layer in &descriptor.layers {
            bring(stage, &layer.blob)?;
        }
    }
    Ok(())
}

/// Looks at the new tree as an appliance does that knows the tree published before.
fn check(
    stage: &Stage,
    first: &[u8],
    published: Option<&Published>,
    now: Timestamp,
) -> Result<Report, ReleaseError> {
    let source = |path: &str, max: u64| stage.get(path, max);
    let report = verify(&source, first, now);
    if let Some(problem) = report.problems.first() {
        return Err(ReleaseError::NotAccepted(TrustError::refused("self-check", problem.message.clone())));
    }
    if let Some(tree) = published {
        let mut floors = Floors::default();
        let mut core = TrustCore::new(first, now).map_err(ReleaseError::NotAccepted)?;
        core.refresh(&mut |path, max| source(path, max), &mut |_, _| Ok(()))
            .and_then(|()| floors.raise_roles(&tree.core))
            .and_then(|()| floors.raise_roles(&core))
            .map_err(ReleaseError::NotAccepted)?;
    }
    Ok(report)
}
