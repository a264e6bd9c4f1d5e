//! Shapes of keys and tokens that their makers document, and what makes a match a real one.

use std::sync::{LazyLock, OnceLock};

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use regex::{Captures, Regex, RegexSet};

use super::plausible::{entropy, is_stand_in, is_template};
use crate::diagnostics::Severity;

/// The shape that is known by its first line.
pub(super) const PRIVATE_KEY: &str = "private key";

/// One kind of secret.
pub(super) struct Shape {
    /// What people call it.
    pub(super) name: &'static str,
    /// Texts without which there is none: an expression of literals.
    needles: &'static str,
    /// Its expression; the group 1 is the secret.
    expression: &'static str,
    /// Whether a match is a real one.
    is_real: fn(&Captures<'_>) -> bool,
    /// How sure it is.
    pub(super) severity: Severity,
}

const fn sure(name: &'static str, needles: &'static str, expression: &'static str) -> Shape {
    Shape { name, needles, expression, is_real: looks_random, severity: Severity::Error }
}

const fn judged(
    name: &'static str,
    needles: &'static str,
    expression: &'static str,
    is_real: fn(&Captures<'_>) -> bool,
) -> Shape {
    Shape { name, needles, expression, is_real, severity: Severity::Error }
}

/// All shapes. A prefix that nothing else has makes a shape sure; what could be anything is judged by its content.
const SHAPES: &[Shape] = &[
    judged(
        PRIVATE_KEY,
        "PRIVATE KEY",
        r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----((?:\\n|\\r|[\s\\])*[A-Za-z0-9+/=:,. \-\\\r\n\t]{64,})",
        |found| !is_template(&found[1]),
    ),
    judged(
        "private key in base64",
        "LS0tLS1CRUdJTi",
        r"\b(LS0tLS1CRUdJTi[A-Za-z0-9+/]{80,}={0,2})",
        |found| decoded(&found[1]).is_some_and(|text| text.contains("PRIVATE KEY-----")),
    ),
    judged(
        "age key",
        "AGE-SECRET-KEY-1",
        r"\b(AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58})\b",
        |found| entropy(&found[1][16..]) > 3.5,
    ),
    judged(
        "AWS secret key",
        "AKIA|ASIA",
        r#"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b[\t\r\n -_a-~]{0,300}?[\s"':=]([A-Za-z0-9/+]{40})(?:[\s"',;]|$)"#,
        |found| looks_random(found) && entropy(&found[1]) > 4.0 && !is_hexadecimal(&found[1]),
    ),
    sure("GitHub token", "gh[pousr]_", r"\b(gh[pousr]_[A-Za-z0-9]{36,})\b"),
    sure("GitHub token", "github_pat_", r"\b(github_pat_[A-Za-z0-9_]{80,})\b"),
    sure(
        "GitLab token",
        "gl(?:pat|dt|rt|ptt|cbt|soat|ft|imt|agent|oas|ffct)-",
        r"\b(gl(?:pat|dt|rt|ptt|cbt|soat|ft|imt|agent|oas|ffct)-[A-Za-z0-9_.\-]{20,})",
    ),
    sure("Slack token", "xox[abeoprs]-", r"\b(xox[abeoprs]-[0-9A-Za-z\-]{24,})\b"),
    sure("Slack token", "xapp-", r"\b(xapp-\d-[A-Z0-9]{8,}-\d{8,}-[a-f0-9]{32,})\b"),
    sure(
        "Slack webhook",
        r"hooks\.slack\.com",
        r"hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9+/_]{40,})",
    ),
    sure("Google API key", "AIza", r"\b(AIza[0-9A-Za-z_\-]{35})\b"),
    sure("Google client secret", "GOCSPX-", r"\b(GOCSPX-[A-Za-z0-9_\-]{28})\b"),
    sure("Stripe key", "[rs]k_(?:live|prod)_", r"\b([rs]k_(?:live|prod)_[0-9A-Za-z]{20,})\b"),
    sure("npm token", "npm_", r"\b(npm_[A-Za-z0-9]{36})\b"),
    sure("PyPI token", "pypi-AgE", r"\b(pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_\-]{50,})"),
    sure("RubyGems key", "rubygems_", r"\b(rubygems_[a-f0-9]{48})\b"),
    sure("Docker Hub token", "dckr_", r"\b(dckr_(?:pat|oat)_[A-Za-z0-9_\-]{27,})"),
    sure("Artifactory key", "AKCp|cmVmd", r"\b(AKCp[A-Za-z0-9]{69}|cmVmd[A-Za-z0-9]{59})\b"),
    judged(
        "registry credentials",
        r#"\bauth["']?\s*:"#,
        r#"["']?auth["']?\s*:\s*["']?([A-Za-z0-9+/]{8,}={0,2})["'\s,}]"#,
        |found| decoded(&found[1]).is_some_and(|text| is_login(&text)),
    ),
    judged(
        "registry credentials in base64",
        "eyJhdXRocyI6|ewog",
        r"\b(eyJhdXRocyI6[A-Za-z0-9+/]{30,}={0,2}|ewog+ICJhdXRocyI6[A-Za-z0-9+/]{30,}={0,2}|ewogICAgImF1dGhzI[A-Za-z0-9+/]{30,}={0,2})",
        |found| decoded(&found[1]).is_some_and(|text| holds_login(&text)),
    ),
    judged(
        "JSON web token",
        "eyJ",
        r"\b(eyJ[A-Za-z0-9_\-]{12,}\.eyJ[A-Za-z0-9_\-]{12,}\.[A-Za-z0-9_\-]{20,})",
        |found| {
            let header = found[1].split('.').next().and_then(decoded);
            header.and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok()).is_some_and(
                |json| json.get("alg").and_then(serde_json::Value::as_str).is_some_and(|alg| alg != "none"),
            )
        },
    ),
    judged("Azure account key", "AccountKey=", r"AccountKey=([A-Za-z0-9+/]{86}==)", |found| {
        // The key of the emulator is the same everywhere.
        looks_random(found) && !found[1].starts_with("Eby8vdM02xNOcqFlqUwJPLlm")
    }),
    sure("Azure shared access key", "SharedAccessKey=", r"SharedAccessKey=([A-Za-z0-9+/]{43}=)"),
    sure(
        "Azure access signature",
        "sig=",
        r#"[?&]sv=\d{4}-\d\d-\d\d&[^\s"'<>]{0,300}?\bsig=([A-Za-z0-9%+/=]{40,})"#,
    ),
    sure(
        "Azure client secret",
        "Q~",
        r#"(?:^|[\s"'`=:])([A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.\-]{31,34})(?:$|[\s"'`,<])"#,
    ),
    sure(
        "OpenAI key",
        "T3BlbkFJ",
        r"\b(sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_\-]{20,74}T3BlbkFJ[A-Za-z0-9_\-]{20,74})\b",
    ),
    sure("Anthropic key", "sk-ant-", r"\b(sk-ant-(?:api|admin)\d\d-[A-Za-z0-9_\-]{80,})"),
    sure("Hugging Face token", "hf_", r"\b(hf_[A-Za-z]{34})\b"),
    sure("NVIDIA NGC key", "nvapi-", r"\b(nvapi-[A-Za-z0-9_\-]{60,})"),
    sure(
        "Grafana token",
        "glsa_|glc_",
        r"\b(glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}|glc_[A-Za-z0-9+/]{32,}={0,2})",
    ),
    sure("Vault token", r"hv[sb]\.", r"\b(hvs\.[A-Za-z0-9_\-]{90,}|hvb\.[A-Za-z0-9_\-]{138,})"),
    sure("Terraform token", r"\.atlasv1\.", r"\b([A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=\-]{60,})"),
    sure("DigitalOcean token", "do[opr]_v1_", r"\b(do[opr]_v1_[a-f0-9]{64})\b"),
    sure("Databricks token", "dapi", r"\b(dapi[a-f0-9]{32})\b"),
    sure("SendGrid key", r"SG\.", r"\b(SG\.[A-Za-z0-9_\-]{22}\.[A-Za-z0-9_\-]{43})\b"),
    sure("Tailscale key", "tskey-", r"\b(tskey-(?:auth|api|client|webhook)-[A-Za-z0-9\-]{20,})"),
    sure("New Relic key", "NRAK-", r"\b(NRAK-[A-Z0-9]{27})\b"),
    sure("Pulumi token", "pul-", r"\b(pul-[a-f0-9]{40})\b"),
    Shape {
        name: "password in an address",
        needles: "://[^\\s/]{1,64}@",
        expression: r#"://[^\s/:@"'`<>{}$%]{1,64}:([^\s/:@"'`<>{}$%]{6,})@[A-Za-z0-9.\-\[]+"#,
        is_real: |found| looks_random(found) && !is_plain_word(&found[1]),
        severity: Severity::Warning,
    },
];

/// A secret in a text.
pub(super) struct Hit {
    /// What it is.
    pub(super) shape: &'static Shape,
    /// Its bytes in the text.
    pub(super) range: std::ops::Range<usize>,
}

/// Which needles a text has.
static NEEDLES: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new(SHAPES.iter().map(|shape| ascii(shape.needles))).expect("the table is tested")
});
/// The expressions, each made when it is first wanted.
static EXPRESSIONS: [OnceLock<Regex>; SHAPES.len()] = [const { OnceLock::new() }; SHAPES.len()];

fn expression(index: usize) -> &'static Regex {
    EXPRESSIONS[index]
        .get_or_init(|| Regex::new(&ascii(SHAPES[index].expression)).expect("the table is tested"))
}

/// The expression with its boundaries and digits those of ASCII: Unicode's are slow, and no token has them.
fn ascii(expression: &str) -> String {
    expression.replace(r"\b", r"(?-u:\b)").replace(r"\d", "[0-9]")
}

/// All secrets in a text, in order; one that two shapes fit is told once. One pass over the needles finds
/// which shapes there can be at all.
pub(super) fn find(text: &str) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    for index in NEEDLES.matches(text) {
        let shape = &SHAPES[index];
        for found in expression(index).captures_iter(text) {
            if let (Some(whole), Some(secret)) = (found.get(0), found.get(1))
                && (shape.is_real)(&found)
            {
                // A key of several lines is told by its first.
                let range =
                    if shape.name == PRIVATE_KEY { whole.start()..secret.start() } else { secret.range() };
                hits.push(Hit { shape, range });
            }
        }
    }
    hits.sort_by_key(|hit| (hit.range.start, std::cmp::Reverse(hit.range.end)));
    hits.dedup_by(|later, earlier| later.range.start < earlier.range.end);
    hits
}

fn looks_random(found: &Captures<'_>) -> bool {
    let secret = &found[1];
    !is_stand_in(secret) && entropy(secret) > 2.8
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// A word of one kind of letters, as examples have it.
fn is_plain_word(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_lowercase()) || text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
}

/// Base64 in either alphabet, with or without padding, as text.
pub(super) fn decoded(text: &str) -> Option<String> {
    const ANY: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let alphabet = if text.contains(['-', '_']) { alphabet::URL_SAFE } else { alphabet::STANDARD };
    String::from_utf8(GeneralPurpose::new(&alphabet, ANY).decode(text).ok()?).ok()
}

/// `name:password`, both of them real.
fn is_login(text: &str) -> bool {
    text.split_once(':').is_some_and(|(name, password)| {
        let printable = text.chars().all(|c| c.is_ascii_graphic() || c == ' ');
        !name.is_empty() && password.len() >= 4 && printable && !is_stand_in(password)
    })
}

/// Whether the text of a Docker configuration has a login.
fn holds_login(text: &str) -> bool {
    let Ok(json) = serde_json::from_str::<serde_json::Value>(text) else { return false };
    let Some(registries) = json.get("auths").and_then(serde_json::Value::as_object) else { return false };
    registries.values().any(|registry| {
        let field = |key: &str| registry.get(key).and_then(serde_json::Value::as_str);
        field("auth").and_then(decoded).is_some_and(|text| is_login(&text))
            || field("password").is_some_and(|password| password.len() >= 4 && !is_stand_in(password))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Deterministic characters that look random.
    fn noise(length: usize, alphabet: &str) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        let mut state: u64 = 88_172_645_463_325_252;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        (0..length).map(|_| letters[next() as usize % letters.len()]).collect()
    }

    const WORD: &str = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";

    fn names(text: &str) -> Vec<&'static str> {
        find(text).iter().map(|hit| hit.shape.name).collect()
    }

    #[test]
    fn every_shape_is_found_in_a_line_of_yaml() {
        let b64 = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
        let word = |length| noise(length, WORD);
        let hex = |length| noise(length, "0123456789abcdef");
        let pem = format!("-----BEGIN RSA {} KEY-----\\n{}\\n-----END", "PRIVATE", word(70));
        let jwt = format!(
            "{}.{}.{}",
            b64("{\"alg\":\"HS256\"}").trim_end_matches('='),
            b64("{\"sub\":\"12\"}").trim_end_matches('='),
            word(43)
        );
        for (secret, name) in [
            (pem.clone(), "private key"),
            (b64(&pem.replace("\\n", "\n")), "private key in base64"),
            (format!("AGE-SECRET-KEY-1{}", noise(58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L")), "age key"),
            (
                format!("AKIA{}, secret: {}", noise(16, "ABCDEFGHKLMNPRSTUVWXYZ234567"), word(40)),
                "AWS secret key",
            ),
            (format!("ghp_{}", word(36)), "GitHub token"),
            (format!("glpat-{}", word(20)), "GitLab token"),
            (format!("xoxb-{}-{}", noise(12, "0123456789"), word(24)), "Slack token"),
            (format!("AIza{}", word(35)), "Google API key"),
            (format!("sk_live_{}", word(24)), "Stripe key"),
            (format!("npm_{}", word(36)), "npm token"),
            (format!("{{\"auth\": \"{}\"}}", b64(&format!("robot:{}", word(12)))), "registry credentials"),
            (
                b64(&format!(
                    "{{\"auths\":{{\"r\":{{\"auth\":\"{}\"}}}}}}",
                    b64(&format!("robot:{}", word(12)))
                )),
                "registry credentials in base64",
            ),
            (jwt, "JSON web token"),
            (format!("AccountKey={}==", word(86)), "Azure account key"),
            (format!("hf_{}", noise(34, "abcdefghijklmnopqrstuvwxyzABCDEFGH")), "Hugging Face token"),
            (format!("nvapi-{}", word(64)), "NVIDIA NGC key"),
            (format!("dop_v1_{}", hex(64)), "DigitalOcean token"),
            (format!("postgres://app:{}@db.internal/x", word(12)), "password in an address"),
        ] {
            assert_eq!(names(&format!("key: {secret}\n")), [name], "{name}");
        }
    }

    #[test]
    fn examples_and_templates_are_no_secrets() {
        for text in [
            "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "postgres://user:password@host/db",
            "postgres://user:{{ .Values.password }}@host/db",
            "{\"auth\": \"dXNlcjpwYXNzd29yZA==\"}",
            "-----BEGIN PRIVATE KEY-----\n{{ .Values.key }}\n-----END PRIVATE KEY-----",
            "-----BEGIN CERTIFICATE-----",
            "https://example.org:8080/a@b",
        ] {
            assert_eq!(names(text), [] as [&str; 0], "{text}");
        }
    }
}
