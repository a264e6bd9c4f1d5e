//! What runs templates: the set of them, what they may spend, and the functions that run further templates.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::exec::Frame;
use super::fault::Fault;
use super::parse::{Template, parse};
use super::quote::quoted;
use super::random::Random;
use super::tree::is_empty;
use super::value::{Operand, Text};

/// Name of the set, as Helm calls it: messages say it.
const SET: &str = "gotpl";

/// How many calls of one name may be open (`helm:pkg/engine`, `recursionMaxNums`).
const MAX_OPEN: usize = 1000;

/// What one rendering may spend. Counted, never timed, so that the same chart ends in the same way everywhere.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Nodes walked, commands evaluated, elements made.
    pub steps: u64,
    /// Bytes written and made, all together.
    pub bytes: u64,
    /// How deep templates, blocks and terms may stand in each other while they run.
    pub depth: u32,
}

impl Default for Budget {
    /// Fifty times what the largest chart seen takes.
    fn default() -> Self {
        Self { steps: 100_000_000, bytes: 1 << 30, depth: 40_000 }
    }
}

/// Templates by name; a set made by `tpl` sees those of the set around it.
#[derive(Default)]
pub(super) struct Set {
    own: HashMap<Rc<str>, Rc<Template>>,
    around: Option<Rc<Set>>,
}

impl Set {
    pub(super) fn get(&self, name: &str) -> Option<&Rc<Template>> {
        self.own.get(name).or_else(|| self.around.as_ref()?.get(name))
    }

    /// Adds what a file defines: a later definition wins, but for an empty one.
    pub(super) fn add(&mut self, parsed: &Parsed) {
        for (name, template) in parsed {
            if !is_empty(&template.root) || self.get(name).is_none() {
                self.own.insert(Rc::clone(name), Rc::clone(template));
            }
        }
    }
}

/// The templates of one text, by name.
type Parsed = BTreeMap<Rc<str>, Rc<Template>>;

/// Runs templates.
pub(super) struct Machine {
    pub(super) set: Rc<Set>,
    /// Where the running template writes.
    pub(super) out: Vec<u8>,
    /// Open calls by name.
    open: HashMap<Text, usize>,
    /// Templates that `tpl` was given before.
    parsed: HashMap<Text, Rc<Parsed>>,
    left: Budget,
    pub(super) random: Random,
    /// What `now` is.
    pub(super) now: jiff::Zoned,
    /// Expressions that were compiled before.
    pub(super) regexes: HashMap<Text, regex::Regex>,
}

impl Machine {
    pub(super) fn new(set: Set, budget: Budget, random: Random) -> Self {
        Self {
            set: Rc::new(set),
            out: Vec::new(),
            open: HashMap::new(),
            parsed: HashMap::new(),
            left: budget,
            random,
            now: jiff::Timestamp::constant(1_700_000_000, 0).to_zoned(jiff::tz::TimeZone::UTC),
            regexes: HashMap::new(),
        }
    }

    /// Takes steps from the budget.
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), Fault> {
        match self.left.steps.checked_sub(steps as u64) {
            Some(left) => {
                self.left.steps = left;
                Ok(())
            }
            None => Err(Fault::new("the chart takes more steps than a chart may take")),
        }
    }

    /// Takes bytes from the budget.
    pub(super) fn spend_bytes(&mut self, bytes: usize) -> Result<(), Fault> {
        match self.left.bytes.checked_sub(bytes as u64) {
            Some(left) => {
                self.left.bytes = left;
                Ok(())
            }
            None => Err(Fault::new("the chart makes more text than a chart may make")),
        }
    }

    /// One level deeper; [`Machine::leave`] comes back.
    pub(super) fn enter(&mut self) -> Result<(), Fault> {
        if self.left.depth == 0 {
            return Err(Fault::new("the templates call each other too deep"));
        }
        self.left.depth -= 1;
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.left.depth += 1;
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.spend_bytes(bytes.len())?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    /// What a template of the set writes for `data`.
    pub(super) fn execute(&mut self, name: &str, data: Operand) -> Result<Vec<u8>, Fault> {
        let Some(template) = self.set.get(name).map(Rc::clone) else {
            let text = format!(
                "template: no template {} associated with template {}",
                quoted(name.as_bytes()),
                quoted(SET.as_bytes())
            );
            return Err(Fault::new(text));
        };
        self.run(&template, data)
    }

    fn run(&mut self, template: &Template, data: Operand) -> Result<Vec<u8>, Fault> {
        let outer = std::mem::take(&mut self.out);
        let result = Frame::new(template, data.clone()).list(self, &data, &template.root);
        let out = std::mem::replace(&mut self.out, outer);
        result.map(|_| out)
    }

    /// `include`.
    pub(super) fn include(&mut self, name: &Text, data: Operand) -> Result<Vec<u8>, Fault> {
        let open = self.open.entry(name.clone()).or_insert(0);
        if *open > MAX_OPEN {
            return Err(Fault::new(format!(
                "rendering template has a nested reference name: {}: unable to execute template",
                name.str()
            )));
        }
        *open += 1;
        let result = self.execute(&name.str(), data);
        if let Some(open) = self.open.get_mut(name) {
            *open -= 1;
        }
        result
    }

    /// `tpl`: what it defines is seen inside of it alone.
    pub(super) fn tpl(&mut self, text: &Text, data: Operand) -> Result<Vec<u8>, Fault> {
        let parsed = if let Some(parsed) = self.parsed.get(text) {
            Rc::clone(parsed)
        } else {
            self.spend(text.bytes().len())?;
            let parsed = parse(SET, &text.str(), &super::functions::is_function).map_err(|why| {
                Fault::new(format!("cannot parse template {}: {why}", quoted(text.bytes())))
            })?;
            let parsed = Rc::new(parsed);
            self.parsed.insert(text.clone(), Rc::clone(&parsed));
            parsed
        };
        let mut set = Set { own: HashMap::new(), around: Some(Rc::clone(&self.set)) };
        set.add(&parsed);
        let outer = std::mem::replace(&mut self.set, Rc::new(set));
        let result = match parsed.get(SET) {
            Some(template) => self.run(template, data),
            None => Ok(Vec::new()),
        };
        self.set = outer;
        let before = || format!("error during tpl function execution for {}: ", quoted(text.bytes()));
        result.map(|out| without_no_value(&out)).map_err(|fault| fault.wrapped(&before()))
    }
}

/// Helm takes `<no value>` out of whatever a file or `tpl` wrote, also where a chart meant it.
pub(super) fn without_no_value(out: &[u8]) -> Vec<u8> {
    const NO_VALUE: &[u8] = b"<no value>";
    let mut clean = Vec::with_capacity(out.len());
    let mut rest = out;
    while let Some(at) = rest.iter().position(|byte| *byte == b'<') {
        clean.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix(NO_VALUE) {
            rest = after;
        } else {
            clean.push(b'<');
            rest = &rest[1..];
        }
    }
    clean.extend_from_slice(rest);
    clean
}
