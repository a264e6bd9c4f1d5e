//! What goes wrong while a template runs: Go's chain of wrapped errors, and Helm's way of showing it
//! (`helm:pkg/engine/engine.go`, `reformatExecErrorMsg`, `cleanupParseError`, v4.2.4).

/// Around the words of `fail` and `required`, so that they are found again in the chain.
const WARN_START: &str = "HELM_ERR_START";
const WARN_END: &str = "HELM_ERR_END";

/// An error and what it wraps: the whole text of each, the outermost first.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    texts: Vec<String>,
    /// Whether a template was being executed somewhere in the chain.
    executing: bool,
}

impl Fault {
    /// An error of a function.
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { texts: vec![text.into()], executing: false }
    }

    /// What `fail` and `required` say.
    pub(super) fn warning(text: &str) -> Self {
        Self::new(format!("{WARN_START}{text}{WARN_END}"))
    }

    /// An error of a template at a place.
    pub(super) fn executing(text: String) -> Self {
        Self { texts: vec![text], executing: true }
    }

    /// The same error, wrapped: `before` stands before its text.
    pub(super) fn wrapped(mut self, before: &str) -> Self {
        let text = format!("{before}{}", self.text());
        self.texts.insert(0, text);
        self
    }

    /// As [`Fault::wrapped`], by a template at a place.
    pub(super) fn at(self, before: &str) -> Self {
        Self { executing: true, ..self.wrapped(before) }
    }

    /// The whole text.
    pub(super) fn text(&self) -> &str {
        &self.texts[0]
    }

    /// As Helm shows it.
    pub(super) fn shown(&self) -> String {
        if !self.executing {
            return self.text().to_owned();
        }
        let mut tokens = self.text().splitn(3, ": ");
        let (Some(_), Some(location), Some(rest)) = (tokens.next(), tokens.next(), tokens.next()) else {
            return self.text().to_owned();
        };
        if let Some(start) = rest.find(WARN_START)
            && let Some(end) = rest.rfind(WARN_END)
            && start + WARN_START.len() <= end
        {
            return format!("execution error at ({location}): {}", &rest[start + WARN_START.len()..end]);
        }
        let mut blocks: Vec<Trace> = Vec::new();
        for text in &self.texts {
            let Some(trace) = Trace::of(text) else { return self.text().to_owned() };
            if blocks.last() != Some(&trace) {
                blocks.push(trace);
            }
        }
        blocks.iter().map(Trace::text).collect::<String>().trim().to_owned()
    }
}

/// Helm's words for a template that cannot be parsed.
pub(super) fn parse_error(name: &str, text: &str) -> String {
    let mut tokens = text.split(": ");
    let (_, Some(location)) = (tokens.next(), tokens.next()) else {
        return format!("parse error in ({name}): {text}");
    };
    let last = text.rsplit(": ").next().unwrap_or_default();
    format!("parse error at ({location}): {last}")
}

/// One step of a chain, taken apart.
#[derive(PartialEq)]
struct Trace {
    location: String,
    action: String,
    message: String,
}

impl Trace {
    fn of(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("template: ")?;
        if rest.starts_with("no template ") {
            return Some(Self { location: String::new(), action: String::new(), message: text.to_owned() });
        }
        Self::executing(rest).or_else(|| {
            let (location, message) = rest.rsplit_once(": ")?;
            Some(Self { location: location.to_owned(), action: String::new(), message: cut(message) })
        })
    }

    fn executing(rest: &str) -> Option<Self> {
        let (location, after) = rest.split_once(": executing ")?;
        let (function, after) = after.strip_prefix('"')?.split_once('"')?;
        let (action, message) = after.strip_prefix(" at <")?.split_once(">: ")?;
        let action = format!("executing \"{function}\" at <{action}>:");
        Some(Self { location: location.to_owned(), action, message: cut(message) })
    }

    fn text(&self) -> String {
        let part = |text: &str, after: &str| {
            if text.is_empty() { String::new() } else { format!("{text}\n{after}") }
        };
        part(&self.location, "  ") + &part(&self.action, "    ") + &part(&self.message, "")
    }
}

/// What a message says before it repeats the error that it wraps.
fn cut(message: &str) -> String {
    message.split(" template:").next().unwrap_or_default().to_owned()
}
