//! AP0207: `recipient` is no public key of age.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::source::Place;

/// AP0207 `invalid-recipient`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "AP0207", name: "invalid-recipient", severity: Severity::Error },
    docs: include_str!("../docs/AP0207.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for appliance in &workspace.appliances {
        // Text that does not begin with `age1` is told by the schema; recipients of plugins have a name in between.
        let Some(recipient) = appliance.spec.recipient.as_ref().filter(|r| r.starts_with("age1")) else {
            continue;
        };
        if let Some(why) = fault(recipient) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    Place::new(appliance.document.file(), recipient.span),
                    format!("the recipient of appliance `{}` is no public key of age: {why}", appliance.name),
                )
                .pointer("/spec/recipient")
                .help("copy what `age-keygen -y` prints on the appliance; nobody could read what is encrypted to this one"),
            );
        }
    }
}

/// What is wrong with a recipient (Bech32 of BIP 173 over an X25519 key); `None` for a recipient of a plugin that is
/// spelt rightly.
fn fault(text: &str) -> Option<&'static str> {
    const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let (prefix, data) = text.rsplit_once('1')?;
    let symbol = |byte: u8| ALPHABET.iter().position(|known| *known == byte).map(|at| at as u32);
    let Some(symbols) = data.bytes().map(symbol).collect::<Option<Vec<u32>>>() else {
        return Some("it has a letter that keys do not have (`b`, `i`, `o`)");
    };
    if prefix == "age" && data.len() != 58 {
        return Some("a key has 62 characters");
    }
    let high = prefix.bytes().map(|byte| u32::from(byte) >> 5);
    let low = prefix.bytes().map(|byte| u32::from(byte) & 31);
    let all = high.chain([0]).chain(low).chain(symbols);
    let checksum = all.fold(1_u32, |sum, value| {
        let top = sum >> 25;
        let generators = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
        let mixed = generators.into_iter().enumerate().filter(|(bit, _)| top >> bit & 1 == 1);
        mixed.fold((sum & 0x01ff_ffff) << 5 ^ value, |sum, (_, generator)| sum ^ generator)
    });
    (checksum != 1).then_some("its check sum is wrong: a character was changed or left out")
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn a_slip_of_one_character_is_found() {
        // From the specification of age (C2SP).
        let good = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
        assert_eq!(fault(good), None);
        assert!(fault(&good.replacen('z', "y", 1)).is_some_and(|why| why.starts_with("its check sum")));
        assert_eq!(fault(&good[..60]), Some("a key has 62 characters"));
        assert!(fault(&good.replacen('q', "b", 1)).is_some_and(|why| why.contains("letter")));
    }
}
