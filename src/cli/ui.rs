//! The terminal: results on stdout, talk on stderr, colour only where it is wanted.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::io::{IsTerminal, Write};
#[cfg(feature = "authoring")]
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

#[cfg(feature = "authoring")]
use crate::transport::OnNote;

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum When {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How to talk to whoever started the command.
#[derive(Debug)]
pub(super) struct Ui {
    color: When,
    quiet: bool,
    verbose: bool,
}

impl Ui {
    pub(super) fn new(color: When, quiet: bool, verbose: bool) -> Self {
        Self { color, quiet, verbose }
    }

    /// Whether results on stdout may be coloured.
    #[cfg(feature = "authoring")]
    pub(super) fn color_out(&self) -> bool {
        self.color_on(std::io::stdout().is_terminal())
    }

    /// Whether to say nothing but results and errors.
    #[cfg(feature = "authoring")]
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether a person reads the results.
    #[cfg(feature = "authoring")]
    #[allow(clippy::unused_self, reason = "whoever talks to the terminal asks it")]
    pub(super) fn is_terminal(&self) -> bool {
        std::io::stdout().is_terminal()
    }

    fn color_on(&self, terminal: bool) -> bool {
        match self.color {
            When::Always => true,
            When::Never => false,
            When::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
        }
    }

    #[allow(clippy::unused_self)] // The stream is chosen here, not by who prints.
    /// Prints a result. A closed pipe is no error: whoever read it has enough.
    #[allow(clippy::unused_self, reason = "results leave by the same door as talk")]
    pub(super) fn result(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes());
        if !text.is_empty() && !text.ends_with('\n') {
            let _ = out.write_all(b"\n");
        }
    }

    /// Says what is going on, on stderr, unless quiet.
    pub(super) fn say(&self, text: &str) {
        if !self.quiet {
            eprintln!("{text}");
        }
    }

    /// Says what must not be missed, on stderr, always.
    #[cfg(feature = "authoring")]
    pub(super) fn say_always(&self, text: &str) {
        let _ = self;
        eprintln!("{text}");
    }

    /// Whether talk on stderr may be coloured.
    #[cfg(feature = "authoring")]
    pub(super) fn color_err(&self) -> bool {
        self.color_on(std::io::stderr().is_terminal())
    }

    /// Whether to say more.
    #[cfg(feature = "authoring")]
    pub(super) fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Says a detail, on stderr, when verbose.
    pub(super) fn detail(&self, text: &str) {
        if self.verbose {
            eprintln!("{text}");
        }
    }

    /// Who says what registries use on the way (a proxy, whose credentials), when verbose: each thing once.
    #[cfg(feature = "authoring")]
    pub(super) fn notes(&self) -> Option<OnNote> {
        let told = Mutex::new(BTreeSet::new());
        let say = move |text: &str| {
            if told.lock().unwrap_or_else(PoisonError::into_inner).insert(text.to_owned()) {
                eprintln!("{}", text.replace(char::is_control, "?"));
            }
        };
        self.verbose.then(|| Arc::new(say) as OnNote)
    }

    /// Asks for a line, on a terminal; `None` where nobody is there to answer. An empty answer is the default, or asked for
    /// again where there is none.
    #[cfg(feature = "authoring")]
    pub(super) fn ask(&self, question: &str, default: Option<&str>) -> Option<String> {
        if self.quiet || !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
            return None;
        }
        loop {
            match default {
                Some(default) if !default.is_empty() => eprint!("{question} [{default}]: "),
                _ => eprint!("{question}: "),
            }
            let mut line = String::new();
            if std::io::stdin().read_line(&mut line).unwrap_or(0) == 0 {
                return None;
            }
            match (line.trim(), default) {
                ("", Some(default)) => return Some(default.to_owned()),
                ("", None) => {}
                (answer, _) => return Some(answer.to_owned()),
            }
        }
    }

    /// Whether somebody is there to answer.
    #[cfg(feature = "authoring")]
    pub(super) fn can_ask(&self) -> bool {
        !self.quiet && std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// Asks for a line until the answer is valid; `None` where nobody is there to answer.
    ///
    /// # Errors
    /// Who was asked went away (end of input): nothing is to be written then.
    #[cfg(feature = "authoring")]
    pub(super) fn ask_valid(
        &self,
        question: &str,
        default: Option<&str>,
        valid: &dyn Fn(&str) -> Result<(), String>,
    ) -> anyhow::Result<Option<String>> {
        if !self.can_ask() {
            return Ok(None);
        }
        loop {
            let Some(answer) = self.ask(question, default) else {
                anyhow::bail!("no answer: nothing was written");
            };
            match valid(&answer) {
                Ok(()) => return Ok(Some(answer)),
                Err(why) => eprintln!("  {why}"),
            }
        }
    }

    /// Says what is doubtful, on stderr, always.
    pub(super) fn warn(&self, text: &str) {
        self.headed("warning", "33", text);
    }

    /// Says what went wrong, on stderr, always.
    pub(super) fn error(&self, text: &str) {
        self.headed("error", "31", text);
    }

    fn headed(&self, word: &str, sgr: &str, text: &str) {
        if self.color_on(std::io::stderr().is_terminal()) {
            eprintln!("\x1b[1;{sgr}m{word}\x1b[0m: {text}");
        } else {
            eprintln!("{word}: {text}");
        }
    }
}
