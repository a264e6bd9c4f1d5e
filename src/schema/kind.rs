//! What there are schemas for.

/// What a document is, as far as schemas go. One schema may judge two of our kinds, because editors take one per file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `edgewright.yaml`.
    Workspace,
    /// `profile.yaml`: `ClusterProfile` and `SystemProfile`.
    Profile,
    /// `channels.yaml`.
    Channels,
    /// `Appliance` and `ApplianceGroup`.
    Appliance,
    /// `pack.json`.
    Pack,
    /// `presets.yaml` of a pack.
    Presets,
    /// `schema.yaml` of a pack.
    PackSchema,
    /// `profile.lock`.
    ProfileLock,
    /// What `check --format json` writes.
    Findings,
    /// What policies judge and `show --format json` writes.
    ResolvedProfile,
    /// A profile in the form of Palette's API.
    PaletteProfile,
    /// A profile in the flat form of Palette's Terraform modules.
    PaletteProfileFlat,
    /// `edgewright-baseline.json`.
    Baseline,
}

impl Kind {
    /// Every kind, in the order of the declaration.
    pub const ALL: [Self; 13] = [
        Self::Workspace,
        Self::Profile,
        Self::Channels,
        Self::Appliance,
        Self::Pack,
        Self::Presets,
        Self::PackSchema,
        Self::ProfileLock,
        Self::Findings,
        Self::ResolvedProfile,
        Self::PaletteProfile,
        Self::PaletteProfileFlat,
        Self::Baseline,
    ];

    /// Its name: the schema is `schemas/NAME.json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Workspace => "workspace",
            Self::Profile => "profile",
            Self::Channels => "channels",
            Self::Appliance => "appliance",
            Self::Pack => "pack",
            Self::Presets => "presets",
            Self::PackSchema => "pack-schema",
            Self::ProfileLock => "profile-lock",
            Self::ResolvedProfile => "resolved-profile",
            Self::Findings => "findings",
            Self::PaletteProfile => "palette-profile",
            Self::PaletteProfileFlat => "palette-profile-flat",
            Self::Baseline => "baseline",
        }
    }

    /// What it judges, in a few words.
    pub fn about(self) -> &'static str {
        match self {
            Self::Workspace => "edgewright.yaml",
            Self::Profile => "profile.yaml (ClusterProfile, SystemProfile)",
            Self::Channels => "channels.yaml",
            Self::Appliance => "appliances/**/*.yaml (Appliance, ApplianceGroup)",
            Self::Pack => "pack.json of a pack",
            Self::Presets => "presets.yaml of a pack",
            Self::PackSchema => "schema.yaml of a pack",
            Self::ProfileLock => "profile.lock",
            Self::ResolvedProfile => "output of show --format json: what policies judge",
            Self::Findings => "output of check --format json",
            Self::PaletteProfile => "a profile exported from Palette",
            Self::PaletteProfileFlat => "a profile as Palette's Terraform modules read it",
            Self::Baseline => "edgewright-baseline.json",
        }
    }

    /// The kind of that name; also of a document's `kind` (`ClusterProfile`), in any case, with or without `-`.
    pub fn named(name: &str) -> Option<Self> {
        let plain = |text: &str| text.replace(['-', '_'], "").to_lowercase();
        let wanted = plain(name.trim_end_matches(".json"));
        match wanted.as_str() {
            "clusterprofile" | "systemprofile" => Some(Self::Profile),
            "appliancegroup" => Some(Self::Appliance),
            _ => Self::ALL.into_iter().find(|kind| plain(kind.name()) == wanted),
        }
    }

    /// The JSON text of its schema.
    pub fn text(self) -> &'static str {
        match self {
            Self::Workspace => include_str!("../../schemas/workspace.json"),
            Self::Profile => include_str!("../../schemas/profile.json"),
            Self::Channels => include_str!("../../schemas/channels.json"),
            Self::Appliance => include_str!("../../schemas/appliance.json"),
            Self::Pack => include_str!("../../schemas/pack.json"),
            Self::Presets => include_str!("../../schemas/presets.json"),
            Self::PackSchema => include_str!("../../schemas/pack-schema.json"),
            Self::ProfileLock => include_str!("../../schemas/profile-lock.json"),
            Self::ResolvedProfile => include_str!("../../schemas/resolved-profile.json"),
            Self::Findings => include_str!("../../schemas/findings.json"),
            Self::PaletteProfile => include_str!("../../schemas/palette-profile.json"),
            Self::PaletteProfileFlat => include_str!("../../schemas/palette-profile-flat.json"),
            Self::Baseline => include_str!("../../schemas/baseline.json"),
        }
    }

    /// Whether the format is somebody else's: unknown keys are warnings.
    pub(super) fn is_foreign(self) -> bool {
        matches!(
            self,
            Self::Pack | Self::Presets | Self::PackSchema | Self::PaletteProfile | Self::PaletteProfileFlat
        )
    }
}
