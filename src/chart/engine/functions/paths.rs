//! Paths with `/` (Go's `path`; Helm runs where `filepath` is the same).

use crate::chart::engine::call::{Function, Type};
use crate::chart::engine::value::Value;

const T: Type = Type::Text;

pub(in super::super) const FUNCTIONS: &[Function] = &[
    Function::new("base", &[T], |_, args| Ok(Value::text(base(&args.str(0))))),
    Function::new("dir", &[T], |_, args| Ok(Value::text(dir(&args.str(0))))),
    Function::new("clean", &[T], |_, args| Ok(Value::text(clean(&args.str(0))))),
    Function::new("ext", &[T], |_, args| Ok(Value::text(ext(&args.str(0))))),
    Function::new("isAbs", &[T], |_, args| Ok(Value::Bool(args.bytes(0).starts_with(b"/")))),
    Function::new("osBase", &[T], |_, args| Ok(Value::text(base(&args.str(0))))),
    Function::new("osDir", &[T], |_, args| Ok(Value::text(dir(&args.str(0))))),
    Function::new("osClean", &[T], |_, args| Ok(Value::text(clean(&args.str(0))))),
    Function::new("osExt", &[T], |_, args| Ok(Value::text(ext(&args.str(0))))),
    Function::new("osIsAbs", &[T], |_, args| Ok(Value::Bool(args.bytes(0).starts_with(b"/")))),
];

/// Go's `path.Base`.
pub(in super::super) fn base(path: &str) -> String {
    if path.is_empty() {
        return ".".to_owned();
    }
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() {
        return "/".to_owned();
    }
    trimmed.rsplit('/').next().unwrap_or(trimmed).to_owned()
}

fn dir(path: &str) -> String {
    clean(path.rfind('/').map_or("", |at| &path[..=at]))
}

fn ext(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rfind('.').map_or("", |at| &name[at..]).to_owned()
}

fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match kept.last() {
                Some(last) if *last != ".." => {
                    kept.pop();
                }
                _ if rooted => {}
                _ => kept.push(".."),
            },
            part => kept.push(part),
        }
    }
    let joined = kept.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}
