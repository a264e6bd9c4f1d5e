//! SE0104: a Secret is written with its values.

use super::plausible::{is_stand_in, is_template};
use super::shapes::decoded;
use super::text::own_manifests;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::render::{Object, Origin};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::SourceFile;
use crate::yaml::{self, Entry, Stream};

/// SE0104 `secret-object`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "SE0104", name: "secret-object", severity: Severity::Warning },
    docs: include_str!("../docs/SE0104.md"),
    check: Check::Everywhere { repository, pack, profile },
};

fn repository(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    cx.objects.iter().for_each(|object| judge(object, out));
}

fn pack(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    for path in &pack.manifests {
        if let Some(text) = pack.files.text(path).filter(|text| text.contains("Secret")) {
            stream(&yaml::parse(&SourceFile::new(format!("{}/{}", pack.path, path.value), text)), out);
        }
    }
}

fn profile(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for file in resolved.layers.iter().flat_map(own_manifests) {
        if file.text().contains("Secret") {
            stream(&yaml::parse(file), out);
        }
    }
}

fn stream(stream: &Stream, out: &mut Vec<Diagnostic>) {
    for document in &stream.documents {
        for object in Object::of(document, Origin::Manifest) {
            judge(&object, out);
        }
    }
}

fn judge(object: &Object, out: &mut Vec<Diagnostic>) {
    let root = object.root();
    if object.kind() != "Secret" || object.api_version() != "v1" || root.get("sops").is_some() {
        return;
    }
    let entries = |key: &str| root.get(key).into_iter().flat_map(yaml::Node::entries);
    let encoded = entries("data").filter(|entry| is_literal(entry, true));
    let plain = entries("stringData").filter(|entry| is_literal(entry, false));
    let found: Vec<Entry<'_>> = encoded.chain(plain).collect();
    let Some(first) = found.first() else { return };
    let keys: Vec<String> =
        found.iter().filter_map(|e| e.key.text()).take(4).map(|key| format!("`{key}`")).collect();
    let more = if found.len() > keys.len() { " and more" } else { "" };
    out.push(
        Diagnostic::new(
            RULE.lint,
            first.value.place(),
            format!("{} is written here with its values: {}{more}", object.title(), keys.join(", ")),
        )
        .pointer(object.pointer.clone())
        .help("base64 hides nothing: give the values by sensitive variables, or encrypt the Secret"),
    );
}

/// Whether a secret value stands there: no public part, nothing empty, no reference and no example.
fn is_literal(entry: &Entry<'_>, encoded: bool) -> bool {
    let key = entry.key.text().unwrap_or_default().to_lowercase();
    let public = [
        ".crt", ".cert", ".pub", "ca.pem", "username", "user", "host", "hostname", "port", "url", "endpoint",
    ];
    if public.iter().any(|end| key.ends_with(end)) {
        return false;
    }
    let Some(text) = entry.value.text().map(str::trim) else { return false };
    if text.is_empty() || is_template(text) {
        return false;
    }
    // Bytes that are no text are no example either.
    let meant = if encoded { decoded(&text.replace(char::is_whitespace, "")) } else { Some(text.to_owned()) };
    meant.is_none_or(|text| !text.trim().is_empty() && (text.len() > 200 || !is_stand_in(text.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> usize {
        let mut out = Vec::new();
        stream(&yaml::parse(&SourceFile::new("m.yaml", text)), &mut out);
        out.len()
    }

    #[test]
    fn only_secrets_with_values_of_their_own_are_told() {
        let head = "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\n";
        for (body, count) in [
            ("data: {password: aFQ3ZjkzazE=}\n", 1),
            ("stringData: {token: hT7f93k1}\n", 1),
            ("data: {}\n", 0),
            ("data: {password: ''}\n", 0),
            ("data: {password: Y2hhbmdlbWU=}\n", 0),
            ("data: {ca.crt: aFQ3ZjkzazE=}\n", 0),
            ("stringData: {token: '{{ .spectro.var.token }}'}\n", 0),
            ("stringData: {token: hT7f93k1}\nsops: {version: 3}\n", 0),
        ] {
            assert_eq!(found(&format!("{head}{body}")), count, "{body}");
        }
        assert_eq!(found("apiVersion: v1\nkind: ConfigMap\ndata: {password: hT7f93k1}\n"), 0);
    }
}
