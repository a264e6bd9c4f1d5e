//! `.netrc`: machines with their logins (GNU inetutils manual, "The .netrc file"; curl reads the same).

use std::path::PathBuf;

use super::{Login, Machine, Proof, login, one_line, read};

/// The entry for a host; `default` where there is none.
pub(super) fn find(machine: &Machine<'_>, host: &str) -> Result<Option<Login>, String> {
    let path = match machine.set("NETRC") {
        Some(path) => PathBuf::from(path),
        None => match machine.home() {
            Some(home) => home.join(".netrc"),
            None => return Ok(None),
        },
    };
    let Some(text) = read(&path)? else { return Ok(None) };
    let shown = path.display().to_string();
    let entries = entries(&text).map_err(|(line, why)| format!("{shown}:{line}: {why}"))?;
    let named =
        entries.iter().find(|entry| entry.machine.as_deref().is_some_and(|m| m.eq_ignore_ascii_case(host)));
    let Some(entry) = named.or_else(|| entries.iter().find(|entry| entry.machine.is_none())) else {
        return Ok(None);
    };
    let Some(password) = &entry.password else { return Ok(None) };
    let source = format!("{shown}:{}", entry.line);
    let password = one_line(password.clone(), &source)?;
    let user = entry.login.clone().unwrap_or_default();
    Ok(Some(login(Proof::Password { user, password }, source)))
}

struct Entry {
    /// `None` for `default`.
    machine: Option<String>,
    line: usize,
    login: Option<String>,
    password: Option<String>,
}

/// All entries, or the line that is wrong and why.
fn entries(text: &str) -> Result<Vec<Entry>, (usize, String)> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut words = Words { text, line: 1 };
    while let Some((line, word)) = words.next()? {
        let mut value = |what: &str| {
            words.next()?.map(|(_, value)| value).ok_or_else(|| (line, format!("`{what}` has no value")))
        };
        match word.as_str() {
            "machine" => {
                let machine = Some(value("machine")?);
                entries.push(Entry { machine, line, login: None, password: None });
            }
            "default" => entries.push(Entry { machine: None, line, login: None, password: None }),
            "macdef" => {
                value("macdef")?;
                words.skip_macro();
            }
            "login" | "user" | "password" | "passwd" | "account" => {
                let value = value(&word)?;
                // Not the word itself: a password that lost its key would be shown.
                let entry =
                    entries.last_mut().ok_or_else(|| (line, "it comes before any `machine`".to_owned()))?;
                match word.as_str() {
                    "login" | "user" => entry.login = Some(value),
                    "password" | "passwd" => entry.password = Some(value),
                    _ => {}
                }
            }
            _ => {
                let why = "a word that is none of machine, default, login, password, account and macdef";
                return Err((line, why.to_owned()));
            }
        }
    }
    Ok(entries)
}

struct Words<'a> {
    text: &'a str,
    line: usize,
}

impl Words<'_> {
    /// The next word and its line; words with blanks stand in double quotes.
    fn next(&mut self) -> Result<Option<(usize, String)>, (usize, String)> {
        loop {
            let rest = self.text.trim_start();
            self.pass(self.text.len() - rest.len());
            match rest.chars().next() {
                None => return Ok(None),
                Some('#') => self.pass(self.text.find('\n').unwrap_or(self.text.len())),
                Some(_) => break,
            }
        }
        let line = self.line;
        let Some(quoted) = self.text.strip_prefix('"') else {
            let end = self.text.find(char::is_whitespace).unwrap_or(self.text.len());
            let word = self.text[..end].to_owned();
            self.pass(end);
            return Ok(Some((line, word)));
        };
        let mut word = String::new();
        let mut characters = quoted.char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    self.pass(at + 2);
                    return Ok(Some((line, word)));
                }
                '\n' => break,
                '\\' => word.extend(characters.next().map(|(_, escaped)| match escaped {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    other => other,
                })),
                other => word.push(other),
            }
        }
        Err((line, "a quote that is not closed".to_owned()))
    }

    fn pass(&mut self, bytes: usize) {
        let (passed, rest) = self.text.split_at(bytes);
        self.line += passed.matches('\n').count();
        self.text = rest;
    }

    /// A macro ends with an empty line.
    fn skip_macro(&mut self) {
        let end = self.text.find("\n\n").map_or(self.text.len(), |at| at + 1);
        self.pass(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Read = (Option<String>, usize, Option<String>, Option<String>);

    fn read(text: &str) -> Vec<Read> {
        let entries = entries(text).map_err(|(line, why)| format!("{line}: {why}")).unwrap();
        entries.into_iter().map(|e| (e.machine, e.line, e.login, e.password)).collect()
    }

    #[test]
    fn entries_are_read_as_curl_does() {
        let some = |text: &str| Some(text.to_owned());
        let text = "# note\nmachine a.org login bob password p#1\nmachine b.org\n\tlogin \"bo b\"\n\tpassword \"a\\\"\\\\ b\"\nmacdef init\nmachine trick\n\ndefault login anonymous password me@\n";
        assert_eq!(
            read(text),
            [
                (some("a.org"), 2, some("bob"), some("p#1")),
                (some("b.org"), 3, some("bo b"), some("a\"\\ b")),
                (None, 9, some("anonymous"), some("me@")),
            ]
        );
        assert_eq!(read(""), []);
        assert_eq!(read("machine a account x"), [(some("a"), 1, None, None)]);
    }

    #[test]
    fn a_broken_file_names_the_line_and_no_word_of_it() {
        for (text, line) in [
            ("machine", 1),
            ("machine a\nlogin", 2),
            ("\n\npassword hunter2", 3),
            ("machine a login b\nhunter2", 2),
            ("machine a password \"hunter2\n", 1),
        ] {
            let (found, why) = entries(text).err().unwrap();
            assert_eq!(found, line, "{text}");
            assert!(!why.contains("hunter2"), "{why}");
        }
    }
}
