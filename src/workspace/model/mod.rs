//! Our kinds as types. The schemas in `schemas/` are the contract; a test proves that both agree.

mod appliance;
mod channels;
mod config;
mod layer;
mod profile;
mod rare;
mod registry;
mod variable;
pub mod well_known;

pub use appliance::{
    Appliance, ApplianceSpec, Assignment, Group, GroupSpec, KubernetesMode, Selector, Window,
};
pub use channels::{Channel, Channels, ChannelsMetadata, Wave};
pub use config::{
    CheckConfig, CheckOverride, ConfigSpec, KubernetesConfig, Macros, PolicyConfig, PolicySelector,
    ReleaseConfig, RoleConfig, RuleSetting, RuleSeverity, SiteConfig,
};
pub use layer::{ChartRef, InlineValues, Layer, LayerValues, PackRef};
pub use profile::{
    ClonedFrom, Profile, ProfileId, ProfileKind, ProfileMetadata, ProfileSpec, ProfileType, Scope,
};
pub use rare::Rare;
pub use registry::{AuthConfig, MirrorConfig, RegistryConfig, TlsConfig};
pub use variable::{InputType, Variable, VariableOption};
