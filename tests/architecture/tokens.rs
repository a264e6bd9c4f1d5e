//! Sources as flat lists of tokens: comments and strings are gone, and what only tests see is marked.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A token with where it stands and whether only tests see it.
pub(super) struct Token {
    pub(super) text: String,
    pub(super) line: usize,
    pub(super) in_test: bool,
    /// How many inline modules are around it.
    pub(super) modules: usize,
}

/// One source file as a flat list of tokens, brackets included.
pub(super) struct Source {
    /// Relative to `src/`, with `/`.
    pub(super) path: String,
    pub(super) tokens: Vec<Token>,
    pub(super) lines: usize,
    /// Modules that it declares under `#[cfg(test)]`: their files are tests as a whole.
    pub(super) test_modules: Vec<String>,
}

impl Source {
    pub(super) fn read(path: &str, text: &str) -> Self {
        let stream: TokenStream = text.parse().unwrap_or_else(|error| panic!("src/{path}: {error}"));
        let mut source =
            Self { path: path.to_owned(), tokens: vec![], lines: text.lines().count(), test_modules: vec![] };
        source.flatten(stream, false, 0);
        source
    }

    fn flatten(&mut self, stream: TokenStream, in_test: bool, modules: usize) {
        // Until the end of the item behind a `#[cfg(test)]`.
        let mut test_item = false;
        for tree in stream {
            let line = tree.span().start().line;
            let hidden = in_test || test_item;
            match tree {
                TokenTree::Group(group) => {
                    let attribute = self.last_is("#") || (self.last_is("!") && self.before_last_is("#"));
                    if attribute && is_test_cfg(&group) {
                        test_item = true;
                    }
                    let module = group.delimiter() == Delimiter::Brace && self.before_last_is("mod");
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::None => ("", ""),
                    };
                    self.push(open, line, hidden, modules);
                    self.flatten(group.stream(), hidden, modules + usize::from(module));
                    self.push(close, group.span_close().start().line, hidden, modules);
                    if group.delimiter() == Delimiter::Brace {
                        test_item = false;
                    }
                }
                TokenTree::Literal(_) => self.push("\"\"", line, hidden, modules),
                other => {
                    let text = other.to_string();
                    if text == ";" {
                        if test_item && self.before_last_is("mod") {
                            self.test_modules.extend(self.tokens.last().map(|token| token.text.clone()));
                        }
                        test_item = false;
                    }
                    self.push(&text, line, hidden, modules);
                }
            }
        }
    }

    fn push(&mut self, text: &str, line: usize, in_test: bool, modules: usize) {
        self.tokens.push(Token { text: text.to_owned(), line, in_test, modules });
    }

    fn last_is(&self, text: &str) -> bool {
        self.tokens.last().is_some_and(|token| token.text == text)
    }

    fn before_last_is(&self, text: &str) -> bool {
        self.tokens.iter().rev().nth(1).is_some_and(|token| token.text == text)
    }

    /// Room of the file: `yaml` for `yaml/parse.rs` and `version.rs`; `lib` and `main` for the crate's own.
    pub(super) fn room(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// Depth of the file's module below the crate: `yaml/parse.rs` is 2, `yaml/mod.rs` is 1.
    pub(super) fn depth(&self) -> usize {
        let parts = self.path.split('/').count();
        parts - usize::from(self.path.ends_with("/mod.rs"))
    }

    /// Whether the tokens from `at` on read as `wanted`.
    pub(super) fn reads(&self, at: usize, wanted: &[&str]) -> bool {
        wanted.iter().enumerate().all(|(n, text)| self.tokens.get(at + n).is_some_and(|t| t.text == *text))
    }

    pub(super) fn says(&self, at: usize, what: &str) -> String {
        format!("src/{}:{}: {what}", self.path, self.tokens[at].line)
    }

    /// Indices of tokens of the program itself, tests left out.
    pub(super) fn program(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.tokens.len()).filter(|at| !self.tokens[*at].in_test)
    }

    /// Rooms that the file names by `crate::…`, with the index of the token that names them.
    pub(super) fn imports(&self) -> Vec<(usize, &str)> {
        let mut found = vec![];
        for at in 0..self.tokens.len() {
            if !self.reads(at, &["crate", ":", ":"]) {
                continue;
            }
            if !self.reads(at + 3, &["{"]) {
                found.push((at + 3, self.tokens[at + 3].text.as_str()));
                continue;
            }
            // `crate::{a::b, c}`: the first word of each entry.
            let (mut level, mut first) = (0, true);
            for (n, token) in self.tokens.iter().enumerate().skip(at + 3) {
                match token.text.as_str() {
                    "{" => level += 1,
                    "}" => level -= 1,
                    "," if level == 1 => first = true,
                    word if level == 1 && first => {
                        found.push((n, word));
                        first = false;
                    }
                    _ => {}
                }
                if level == 0 {
                    break;
                }
            }
        }
        found
    }
}

/// `#[cfg(test)]` and everything that needs `test` to be true.
fn is_test_cfg(group: &Group) -> bool {
    let text: String = group.stream().to_string().split_whitespace().collect();
    text == "cfg(test)" || text.starts_with("cfg(all(test,") || text == "test"
}
