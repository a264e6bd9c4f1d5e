//! Methods that templates call on values: of Helm's types, of versions and of times.

use super::call::{Args, Function, Outcome, Type};
use super::fault::Fault;
use super::functions::dates;
use super::functions::encode::encoded;
use super::functions::paths::base;
use super::functions::semver;
use super::glob::Glob;
use super::machine::Machine;
use super::object::Object;
use super::value::{ListType, Map, MapType, Value};
use super::yaml_write::to_yaml;

const T: Type = Type::Text;

/// The method of a value, if its type has one of that name.
pub(super) fn find(value: &Value, name: &str) -> Option<&'static Function> {
    let methods: &'static [Function] = match value {
        Value::Map(map) => match map.kind {
            MapType::Values => VALUES,
            MapType::Files => FILES,
            _ => return None,
        },
        Value::List(list) if list.kind == ListType::Versions => VERSIONS,
        Value::Object(object) => match &**object {
            Object::KubeVersion(_) => KUBE_VERSION,
            Object::Version(_) => {
                let copies = VERSION_COPY.iter().find(|method| method.name == name);
                return copies.or_else(|| VERSION.iter().find(|method| method.name == name));
            }
            Object::VersionCopy(_) => VERSION_COPY,
            Object::Time(_) => dates::TIME_METHODS,
            Object::Duration(_) => dates::DURATION_METHODS,
            Object::Month(_) | Object::Weekday(_) => NAMED,
            _ => return None,
        },
        _ => return None,
    };
    methods.iter().find(|method| method.name == name)
}

const VALUES: &[Function] = &[
    Function::new("AsMap", &[], |_, args| {
        Ok(args.map(0).map_or(Value::Nil, |map| Value::Map(map.typed(MapType::Any))))
    }),
    Function::new("Table", &[T], |_, args| table(args, &args.str(1)).map(Value::Map)),
    Function::new("PathValue", &[T], path_value).boxed(),
    Function::new("YAML", &[], |_, args| Ok(Value::text(to_yaml(args.value(0)).unwrap_or_default()))),
];

/// `common.Values.Table`: the map at a path of keys.
fn table(args: &Args, path: &str) -> Result<Map, Fault> {
    let mut map = args.map(0).cloned().unwrap_or_else(|| Map::new(MapType::Values));
    for key in path.split('.') {
        map = match map.get(key.as_bytes()) {
            Some(Value::Map(inner)) if inner.kind.holds_any() => inner,
            _ => return Err(Fault::new(format!("{path:?} is not a table"))),
        };
    }
    Ok(map.typed(MapType::Values))
}

/// `common.Values.PathValue`: what is no map, at a path of keys.
fn path_value(_: &mut Machine, args: &Args) -> Outcome {
    let path = args.str(1);
    if path.is_empty() {
        return Err(Fault::new("YAML path cannot be empty"));
    }
    let (tables, key) = path.rsplit_once('.').map_or((None, &*path), |(tables, key)| (Some(tables), key));
    let map = match tables {
        Some(tables) => table(args, tables).map_err(|_| Fault::new(format!("{key:?} is not a value")))?,
        None => args.map(0).cloned().unwrap_or_else(|| Map::new(MapType::Values)),
    };
    match map.get(key.as_bytes()) {
        None | Some(Value::Map(_)) => Err(Fault::new(format!("{key:?} is not a value"))),
        Some(value) => Ok(value),
    }
}

const FILES: &[Function] = &[
    Function::new("Get", &[T], |_, args| Ok(Value::text(file(args).to_vec()))),
    Function::new("GetBytes", &[T], |_, args| Ok(Value::Bytes(file(args)))),
    Function::new("Lines", &[T], |_, args| {
        let Some(Value::Bytes(bytes)) = args.map(0).and_then(|files| files.get(args.bytes(1))) else {
            return Ok(Value::strings(Vec::<String>::new()));
        };
        let Some(last) = bytes.last() else {
            return Err(Fault::new("runtime error: index out of range [-1]"));
        };
        let text = if *last == b'\n' { &bytes[..bytes.len() - 1] } else { &bytes[..] };
        Ok(Value::strings(text.split(|byte| *byte == b'\n')))
    }),
    Function::new("Glob", &[T], |machine, args| {
        let pattern = Glob::new(&args.str(1));
        let found = Map::new(MapType::Files);
        for (name, bytes) in args.map(0).map(Map::entries).unwrap_or_default() {
            machine.spend(1 + name.bytes().len())?;
            if pattern.fits(&name.str()) {
                found.insert(name, bytes);
            }
        }
        Ok(Value::Map(found))
    }),
    Function::new("AsConfig", &[], |_, args| Ok(as_map(args, |bytes| Value::text(bytes.to_vec())))),
    Function::new("AsSecrets", &[], |_, args| Ok(as_map(args, |bytes| Value::text(encoded(bytes))))),
];

fn file(args: &Args) -> std::rc::Rc<[u8]> {
    match args.map(0).and_then(|files| files.get(args.bytes(1))) {
        Some(Value::Bytes(bytes)) => bytes,
        _ => [].into(),
    }
}

/// The files by the last part of their names, as YAML.
fn as_map(args: &Args, value: impl Fn(&[u8]) -> Value) -> Value {
    let map = Map::new(MapType::Any);
    for (name, bytes) in args.map(0).map(Map::entries).unwrap_or_default() {
        if let Value::Bytes(bytes) = &bytes {
            map.insert(base(&name.str()), value(bytes));
        }
    }
    let text = to_yaml(&Value::Map(map)).unwrap_or_default();
    Value::text(text.strip_suffix('\n').unwrap_or(&text))
}

const VERSIONS: &[Function] = &[Function::new("Has", &[T], |_, args| {
    let found = match args.value(0) {
        Value::List(list) => list.items.iter().any(|item| item.deep_equal(args.value(1))),
        _ => false,
    };
    Ok(Value::Bool(found))
})];

const KUBE_VERSION: &[Function] = &[
    Function::new("GitVersion", &[], |_, args| {
        Ok(match args.object(0) {
            Some(Object::KubeVersion(version)) => Value::text(version.version.as_str()),
            _ => Value::Nil,
        })
    }),
    Function::new("String", &[], |_, args| {
        Ok(match args.object(0) {
            Some(Object::KubeVersion(version)) => Value::text(version.normalized.as_str()),
            _ => Value::Nil,
        })
    }),
];

const NAMED: &[Function] = &[Function::new("String", &[], |_, args| {
    Ok(args.object(0).and_then(Object::string).map_or(Value::Nil, Value::text))
})];

const V: Type = Type::Version;

const VERSION_COPY: &[Function] = &[
    Function::new("Major", &[], |_, args| Ok(number(args, |version| version.major))),
    Function::new("Minor", &[], |_, args| Ok(number(args, |version| version.minor))),
    Function::new("Patch", &[], |_, args| Ok(number(args, |version| version.patch))),
    Function::new("Prerelease", &[], |_, args| Ok(part(args, |version| version.prerelease().to_owned()))),
    Function::new("Metadata", &[], |_, args| Ok(part(args, |version| version.build().to_owned()))),
    Function::new("String", &[], |_, args| Ok(part(args, semver::text))),
    Function::new("IncMajor", &[], |_, args| Ok(next(args, |v| format!("{}.0.0", v.major + 1)))),
    Function::new("IncMinor", &[], |_, args| Ok(next(args, |v| format!("{}.{}.0", v.major, v.minor + 1)))),
    Function::new("IncPatch", &[], |_, args| {
        // A prerelease of a version comes before it.
        Ok(next(args, |v| {
            let patch = if v.prerelease().is_empty() { v.patch + 1 } else { v.patch };
            format!("{}.{}.{patch}", v.major, v.minor)
        }))
    }),
];

/// What Go calls on the address of a version alone.
const VERSION: &[Function] = &[
    Function::new("Original", &[], |_, args| Ok(part(args, |version| version.original().to_owned()))),
    Function::new("Compare", &[V], |_, args| Ok(Value::Int(compare(args) as i64))),
    Function::new("Equal", &[V], |_, args| Ok(Value::Bool(compare(args).is_eq()))),
    Function::new("LessThan", &[V], |_, args| Ok(Value::Bool(compare(args).is_lt()))),
    Function::new("LessThanEqual", &[V], |_, args| Ok(Value::Bool(compare(args).is_le()))),
    Function::new("GreaterThan", &[V], |_, args| Ok(Value::Bool(compare(args).is_gt()))),
    Function::new("GreaterThanEqual", &[V], |_, args| Ok(Value::Bool(compare(args).is_ge()))),
];

fn version(args: &Args, index: usize) -> Option<&crate::version::Version> {
    match args.object(index) {
        Some(Object::Version(version) | Object::VersionCopy(version)) => Some(version),
        _ => None,
    }
}

fn next(args: &Args, of: fn(&crate::version::Version) -> String) -> Value {
    let next = version(args, 0).and_then(|version| crate::version::Version::parse(&of(version)).ok());
    next.map_or(Value::Nil, |version| Value::object(Object::VersionCopy(version)))
}

fn number(args: &Args, of: fn(&crate::version::Version) -> u64) -> Value {
    version(args, 0).map_or(Value::Nil, |version| Value::Uint64(of(version)))
}

fn part(args: &Args, of: fn(&crate::version::Version) -> String) -> Value {
    version(args, 0).map_or(Value::Nil, |version| Value::text(of(version)))
}

fn compare(args: &Args) -> std::cmp::Ordering {
    match (version(args, 0), version(args, 1)) {
        (Some(a), Some(b)) => a.cmp(b),
        _ => std::cmp::Ordering::Equal,
    }
}
