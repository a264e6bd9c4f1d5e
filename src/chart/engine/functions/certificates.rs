//! Certificates (`sprig:crypto.go`): X.509 version 3, made by a library from keys and numbers of the machine.

use std::net::IpAddr;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyUsagePurpose, SanType, SerialNumber,
};

use super::keys::{self, Block};
use crate::chart::engine::call::{Args, Function, Outcome, Type};
use crate::chart::engine::fault::Fault;
use crate::chart::engine::format::text_of;
use crate::chart::engine::functions::encode::decoded;
use crate::chart::engine::machine::Machine;
use crate::chart::engine::object::Object;
use crate::chart::engine::value::Value;

const C: Type = Type::Certificate;
const I: Type = Type::Int;
const L: Type = Type::List;
const T: Type = Type::Text;

/// Bits of a key that nobody asked for.
const BITS: usize = 2048;

pub(in super::super) const FUNCTIONS: &[Function] = &[
    Function::new("genCA", &[T, I], |machine, args| {
        let key = keys::rsa_key(machine, BITS)?;
        authority(machine, args, &key)
    }),
    Function::new("genCAWithKey", &[T, I, T], |machine, args| authority(machine, args, &given(args, 2)?)),
    Function::new("genSelfSignedCert", &[T, L, L, I], |machine, args| {
        let key = keys::rsa_key(machine, BITS)?;
        self_signed(machine, args, &key)
    }),
    Function::new("genSelfSignedCertWithKey", &[T, L, L, I, T], |machine, args| {
        self_signed(machine, args, &given(args, 4)?)
    }),
    Function::new("genSignedCert", &[T, L, L, I, C], |machine, args| {
        let key = keys::rsa_key(machine, BITS)?;
        signed(machine, args, &key)
    }),
    Function::new("genSignedCertWithKey", &[T, L, L, I, C, T], |machine, args| {
        signed(machine, args, &given(args, 5)?)
    }),
    Function::new("buildCustomCert", &[T, T], build),
];

/// The key that a chart brings; it must be one.
fn given(args: &Args, index: usize) -> Result<String, Fault> {
    let text = args.str(index).into_owned();
    keys::parse(&text).map_err(|why| Fault::new(format!("parsing private key: {why}")))?;
    // As Go writes it again.
    Ok(Block::first(&text).map_or(text, |block| block.text()))
}

fn certificate(cert: String, key: &str) -> Value {
    Value::object(Object::Certificate { cert: cert.into(), key: key.into() })
}

fn failed(error: impl std::fmt::Display) -> Fault {
    Fault::new(format!("error creating certificate: {error}"))
}

/// What every certificate says: whose it is, from now for so many days.
fn params(machine: &mut Machine, args: &Args, days: i64) -> Result<CertificateParams, Fault> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, args.str(0).into_owned());
    let moment = |days: i64| {
        let seconds = machine.now.timestamp().as_second().saturating_add(days.saturating_mul(86_400));
        let date = jiff::Timestamp::from_second(seconds).map_err(failed)?.to_zoned(jiff::tz::TimeZone::UTC);
        let day =
            rcgen::date_time_ymd(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs());
        let since = seconds.rem_euclid(86_400);
        Ok::<_, Fault>(day + std::time::Duration::from_secs(since.unsigned_abs()))
    };
    params.not_before = moment(0)?;
    params.not_after = moment(days)?;
    let mut serial = machine.random.bytes(16);
    serial[0] = serial[0] & 0x7f | 0x40;
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    params.is_ca = IsCa::ExplicitNoCa;
    Ok(params)
}

/// Addresses and names of the arguments at 1 and 2.
fn names(args: &Args) -> Result<Vec<SanType>, Fault> {
    let mut names = Vec::new();
    let shown = |value: &Value| String::from_utf8_lossy(&text_of(value)).into_owned();
    for value in args.value(2).elements().unwrap_or_default() {
        let Value::Text(name) = &value else {
            let name = shown(&value);
            return Err(Fault::new(format!("error processing alternate dns name: {name} is not a string")));
        };
        names.push(SanType::DnsName(name.str().into_owned().try_into().map_err(failed)?));
    }
    for value in args.value(1).elements().unwrap_or_default() {
        let Value::Text(address) = &value else {
            return Err(Fault::new(format!("error parsing ip: {} is not a string", shown(&value))));
        };
        let address: IpAddr =
            address.str().parse().map_err(|_| Fault::new(format!("error parsing ip: {}", address.str())))?;
        names.push(SanType::IpAddress(address));
    }
    Ok(names)
}

fn authority(machine: &mut Machine, args: &Args, key: &str) -> Outcome {
    let mut params = params(machine, args, args.int(1))?;
    params.key_usages.push(KeyUsagePurpose::KeyCertSign);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let pair = keys::parse(key).map_err(Fault::new)?;
    let made = params.self_signed(&pair).map_err(failed)?;
    Ok(certificate(pem(made.der()), key))
}

fn self_signed(machine: &mut Machine, args: &Args, key: &str) -> Outcome {
    let names = names(args)?;
    let mut params = params(machine, args, args.int(3))?;
    params.subject_alt_names = names;
    let pair = keys::parse(key).map_err(Fault::new)?;
    let made = params.self_signed(&pair).map_err(failed)?;
    Ok(certificate(pem(made.der()), key))
}

fn signed(machine: &mut Machine, args: &Args, key: &str) -> Outcome {
    let Some(Object::Certificate { cert, key: signer }) = args.object(4) else {
        return Err(Fault::new("unable to decode certificate"));
    };
    let block = Block::first(&cert.str()).ok_or_else(|| Fault::new("unable to decode certificate"))?;
    let wrong = |why: String| Fault::new(format!("error parsing private key: {why}"));
    let signer = keys::parse(&signer.str()).map_err(wrong)?;
    let issuer = Issuer::from_ca_cert_der(&block.bytes.as_slice().into(), signer).map_err(|error| {
        Fault::new(format!("error parsing certificate: decodedSignerCert.Bytes: {error}"))
    })?;
    let names = names(args)?;
    let mut params = params(machine, args, args.int(3))?;
    params.subject_alt_names = names;
    params.use_authority_key_identifier_extension = true;
    let pair = keys::parse(key).map_err(Fault::new)?;
    let made = params.signed_by(&pair, &issuer).map_err(failed)?;
    Ok(certificate(pem(made.der()), key))
}

fn pem(der: &[u8]) -> String {
    Block { label: "CERTIFICATE".to_owned(), bytes: der.to_vec() }.text()
}

fn build(_: &mut Machine, args: &Args) -> Outcome {
    let read = |index: usize, what: &str| {
        let bytes = decoded(args.bytes(index));
        bytes.map_err(|_| Fault::new(format!("unable to decode base64 {what}")))
    };
    let cert = String::from_utf8_lossy(&read(0, "certificate")?).into_owned();
    let key = String::from_utf8_lossy(&read(1, "private key")?).into_owned();
    if Block::first(&cert).is_none() {
        return Err(Fault::new("unable to decode certificate"));
    }
    keys::parse(&key).map_err(|why| Fault::new(format!("error parsing private key: {why}")))?;
    Ok(certificate(cert, &key))
}
