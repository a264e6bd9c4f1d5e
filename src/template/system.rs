//! The closed table of `.spectro.system.` names.

/// Where a system reference gets its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownAt {
    /// Inlined when a profile is released.
    Release,
    /// Replaced on the appliance, from its own settings.
    Appliance,
}

/// Palette's names (`pack-constraints.md` of its documentation) and where each is known here. What Palette's server
/// alone knows (users, cloud accounts, a reverse proxy) is a setting of the appliance.
const NAMES: &[(&str, KnownAt)] = &[
    ("cloud.region", KnownAt::Appliance),
    ("cloud.type", KnownAt::Release),
    ("cloudaccount.name", KnownAt::Appliance),
    ("cloudaccount.uid", KnownAt::Appliance),
    ("cluster.kubevip", KnownAt::Appliance),
    ("cluster.name", KnownAt::Appliance),
    ("cluster.uid", KnownAt::Appliance),
    ("clusterprofile.infra.name", KnownAt::Appliance),
    ("clusterprofile.infra.uid", KnownAt::Appliance),
    ("clusterprofile.infra.version", KnownAt::Appliance),
    ("clusterprofile.name", KnownAt::Release),
    ("clusterprofile.uid", KnownAt::Release),
    ("clusterprofile.version", KnownAt::Release),
    ("kubernetes.version", KnownAt::Appliance),
    ("project.name", KnownAt::Release),
    ("project.uid", KnownAt::Release),
    ("reverseproxy.port", KnownAt::Appliance),
    ("reverseproxy.protocol", KnownAt::Appliance),
    ("reverseproxy.server", KnownAt::Appliance),
    ("reverseproxy.vhostport", KnownAt::Appliance),
    ("tenant.uid", KnownAt::Appliance),
    ("user.email", KnownAt::Appliance),
    ("user.name", KnownAt::Appliance),
    ("user.uid", KnownAt::Appliance),
];

/// Where a name (`cluster.name`) is known; `None` where there is no such name.
pub fn system_name(name: &str) -> Option<KnownAt> {
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, at)| *at)
}

/// All names, sorted.
pub fn system_names() -> impl Iterator<Item = (&'static str, KnownAt)> {
    NAMES.iter().copied()
}

/// What an appliance runs its Kubernetes with.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// Id of its infrastructure or full profile.
    pub profile: &'a str,
    /// Version of that.
    pub version: &'a str,
    /// Version of the layer of type `kubernetes` in it.
    pub kubernetes: Option<&'a str>,
}

/// The names that follow from an appliance's id and from what it runs.
pub fn system_values(appliance: &str, ground: Option<Ground<'_>>) -> Vec<(&'static str, String)> {
    let mut values = vec![("cluster.name", appliance.to_owned()), ("cluster.uid", appliance.to_owned())];
    if let Some(ground) = ground {
        let name = ground.profile.rsplit('/').next().unwrap_or_default();
        values.push(("clusterprofile.infra.name", name.to_owned()));
        values.push(("clusterprofile.infra.uid", ground.profile.to_owned()));
        values.push(("clusterprofile.infra.version", ground.version.to_owned()));
        values.extend(ground.kubernetes.map(|version| ("kubernetes.version", version.to_owned())));
    }
    values
}
