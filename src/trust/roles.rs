//! The roles of a tree: four of TUF, and delegated ones so that a project's key signs nothing else.

/// TUF's own roles, in the order in which people set them up.
pub const TOP_ROLES: [&str; 4] = ["root", "targets", "snapshot", "timestamp"];

/// Role of the assignment tree.
pub const ASSIGNMENTS: &str = "assignments";

/// Role of the catalog's list of files.
pub const SITE: &str = "site";

/// A delegated role: its name, and the one pattern of target paths that it may sign. `*` matches no `/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DelegatedRole {
    /// `tenant`, `system`, `project-retail`, `assignments`, `site`.
    pub name: String,
    /// `profiles/retail/*`.
    pub pattern: String,
}

impl DelegatedRole {
    /// The role of a scope: `None` is the tenant's, `system` the system profiles', anything else a project's.
    pub fn of_scope(folder: Option<&str>) -> Self {
        match folder {
            None => Self { name: "tenant".to_owned(), pattern: "profiles/*".to_owned() },
            Some("system") => Self { name: "system".to_owned(), pattern: "profiles/system/*".to_owned() },
            Some(project) => {
                Self { name: format!("project-{project}"), pattern: format!("profiles/{project}/*") }
            }
        }
    }

    /// The role of the assignment tree.
    pub fn assignments() -> Self {
        Self { name: ASSIGNMENTS.to_owned(), pattern: "assignments/*".to_owned() }
    }

    /// The role of the catalog.
    pub fn site() -> Self {
        Self { name: SITE.to_owned(), pattern: "site/*".to_owned() }
    }
}

/// How long a signature of a role is good, in seconds.
pub(super) fn lifetime(role: &str) -> i64 {
    const DAY: i64 = 86_400;
    match role {
        "root" => 3 * 365 * DAY,
        "targets" => 365 * DAY,
        "snapshot" => 60 * DAY,
        "timestamp" => 30 * DAY,
        _ => 180 * DAY,
    }
}
