//! SE0103: a value that is called a password, token or key holds one.

use serde_json::Value;

use super::plausible::{entropy, is_stand_in, shown};
use super::shapes;
use super::text::own_manifests;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::way::Way;
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::template::scalar_text;
use crate::yaml::{self, Document, Node, Resolver, push_pointer};

/// SE0103 `password-in-clear`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "SE0103", name: "password-in-clear", severity: Severity::Warning },
    docs: include_str!("../docs/SE0103.md"),
    check: Check::Everywhere { repository, pack, profile },
};

/// Deeper trees are left alone.
const DEEPEST: usize = 64;

fn repository(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    let groups = workspace.groups.iter().map(|group| &group.document);
    for document in groups.chain(workspace.appliances.iter().map(|appliance| &appliance.document)) {
        judge(document, "/spec/variables", &|_, _| false, out);
    }
}

fn pack(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    // What the chart has as its default is public, and the same everywhere.
    let is_default = |pointer: &str, text: &str| {
        pack.charts.iter().filter_map(|listed| listed.chart.as_deref()).any(|chart| {
            let below = pointer.strip_prefix(&push_pointer("/charts", &chart.metadata.name));
            let default = below.and_then(|below| chart.values.as_ref()?.at(below)).and_then(Node::text);
            default == Some(text)
        })
    };
    for document in pack.values.iter().chain(pack.presets.iter().filter_map(|preset| preset.add.as_ref())) {
        judge(document, "", &is_default, out);
    }
}

fn profile(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for (index, variable) in resolved.profile.spec.variables.iter().enumerate() {
        let Some(default) = variable.default.as_ref().filter(|_| !variable.sensitive) else { continue };
        let Value::String(text) = &default.value else { continue };
        if is_secret_name(&variable.name) && is_likely(&variable.name, text) {
            let pointer = format!("/spec/variables/{index}/default");
            let place = resolved.profile.place(default.span);
            let message =
                format!("the default of variable `{}` looks like a secret ({})", variable.name, shown(text));
            out.push(Diagnostic::new(RULE.lint, place, message).pointer(pointer).help(
                "say `sensitive: true` and take the default away; the value is given on the appliance",
            ));
        }
    }
    for layer in &resolved.layers {
        let is_default = |pointer: &str, text: &str| {
            layer.values.defaults.pointer(pointer).and_then(scalar_text).as_deref() == Some(text)
        };
        if let Some(own) = &layer.own {
            judge(own, "", &is_default, out);
        }
        for file in own_manifests(layer) {
            for document in &yaml::parse(file).documents {
                judge(document, "", &|_, _| false, out);
            }
        }
    }
}

/// Looks through the values below `start`; those for which `is_public` holds are passed over.
fn judge(
    document: &Document,
    start: &str,
    is_public: &dyn Fn(&str, &str) -> bool,
    out: &mut Vec<Diagnostic>,
) {
    // A Secret is told of as such.
    if document.root().get("kind").and_then(Node::text) == Some("Secret") {
        return;
    }
    if let Some(node) = document.at(start) {
        walk(node, &Way::from(start), is_public, 0, out);
    }
}

fn walk(
    node: Node<'_>,
    way: &Way<'_>,
    is_public: &dyn Fn(&str, &str) -> bool,
    depth: usize,
    out: &mut Vec<Diagnostic>,
) {
    if depth > DEEPEST || node.is_alias() || node.unquoted_template().is_some() {
        return;
    }
    // `{ name: DB_PASSWORD, value: … }`, as containers have it.
    if let (Some(name), Some(value)) = (node.get("name").and_then(Node::text), node.get("value")) {
        told(name, value, &way.key_of("value"), is_public, out);
    }
    for entry in node.entries() {
        let Some(key) = entry.key.text() else { continue };
        let below = way.key_of(key);
        told(key, entry.value, &below, is_public, out);
        walk(entry.value, &below, is_public, depth + 1, out);
    }
    for (index, item) in node.items().enumerate() {
        walk(item, &way.item(index), is_public, depth + 1, out);
    }
}

fn told(
    name: &str,
    value: Node<'_>,
    way: &Way<'_>,
    is_public: &dyn Fn(&str, &str) -> bool,
    out: &mut Vec<Diagnostic>,
) {
    let Some((text, style)) = value.scalar() else { return };
    let is_text = || style != yaml::Style::Plain || yaml::plain_not_text(text, Resolver::Go).is_none();
    if !is_secret_name(name) || !is_text() || !is_likely(name, text) {
        return;
    }
    let pointer = way.pointer();
    if is_public(&pointer, text) {
        return;
    }
    // A known shape is told of with its name.
    if !shapes::find(&format!("{text}\n")).is_empty() {
        return;
    }
    out.push(
        Diagnostic::new(
            RULE.lint,
            value.place(),
            format!("`{name}` holds what looks like a secret ({})", shown(text)),
        )
        .pointer(pointer)
        .help("give it by a sensitive variable, or name a Secret that is made on the cluster"),
    );
}

/// Whether a value of this name is a secret rather than the name, place or rule of one.
fn is_secret_name(name: &str) -> bool {
    const ENDS: &[&str] = &[
        "password",
        "passwd",
        "passphrase",
        "apikey",
        "apitoken",
        "accesstoken",
        "authtoken",
        "bearertoken",
        "token",
        "secretkey",
        "accesskey",
        "secretaccesskey",
        "clientsecret",
        "privatekey",
        "secret",
        "adminpass",
        "rootpass",
        "encryptionkey",
        "sharedkey",
        "licensekey",
        "signingkey",
    ];
    const NOT: &[&str] =
        &["existing", "public", "pullsecret", "tlssecret", "certsecret", "ref", "use", "enable"];
    let plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    ENDS.iter().any(|end| plain.ends_with(end)) && !NOT.iter().any(|part| plain.contains(part))
}

/// Whether a text is likely to be a secret: long enough, of several kinds of characters, and no name, path or example.
fn is_likely(name: &str, text: &str) -> bool {
    let length = text.chars().count();
    let password = name.to_ascii_lowercase().contains("pass");
    let letters = text.chars().any(|c| c.is_ascii_alphabetic());
    let digits = text.chars().any(|c| c.is_ascii_digit());
    let enough = if password { entropy(text) > 2.7 } else { entropy(text) > 3.3 && length >= 12 };
    (8..=512).contains(&length)
        && letters
        && digits
        && enough
        && !text.contains(char::is_whitespace)
        && !text.starts_with(['/', '.', '$', '~'])
        && !text.contains("://")
        && !is_name(text)
        && !is_stand_in(text)
}

/// A name as Kubernetes has them, of several words: `web-tls-1`, `auth.token.v2`.
fn is_name(text: &str) -> bool {
    let plain =
        text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'_'));
    plain && text.contains(['-', '.', '_']) && text.split(['-', '.', '_']).all(|word| word.len() <= 12)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceFile;

    fn names(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        for document in &yaml::parse(&SourceFile::new("values.yaml", text)).documents {
            judge(document, "", &|_, _| false, &mut found);
        }
        found.iter().map(|d| d.pointer.clone()).collect()
    }

    #[test]
    fn literal_passwords_are_told_and_what_stands_for_them_is_not() {
        assert_eq!(names("db: {adminPassword: hT7f93kd, user: x}\n"), ["/db/adminPassword"]);
        assert_eq!(names("env: [{name: API_TOKEN, value: 9fK2mQ7xLw3Zr8Tb}]\n"), ["/env/0/value"]);
        for text in [
            "password: ''",
            "password: changeme123",
            "password: \"{{ .spectro.var.password }}\"",
            "password: ${DB_PASSWORD_1}",
            "password: 12345678",
            "existingSecret: db-9fK2mQ7xLw3Zr8Tb",
            "secretName: web-tls-1",
            "passwordSecretKey: password1key",
            "tokenPath: /var/run/token1234",
            "token: web-token-1",
            "clientSecret: oidc.client.v2",
            "kind: Secret\nstringData: {password: hT7f93kd}",
            "minPasswordLength: a1b2c3d4e5",
        ] {
            assert_eq!(names(text), [] as [String; 0], "{text}");
        }
    }
}
