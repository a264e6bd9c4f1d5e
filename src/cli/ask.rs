//! Questions on a terminal: lines, choices, yes or no. Without a terminal nothing is asked, and flags have to say it.

use anyhow::Result;

use super::ui::Ui;

/// One choice: its word, and what people are told about it.
pub(super) type Choice = (String, String);

/// Lists longer than this are shown only when asked for.
const MOST_SHOWN: usize = 15;

impl Ui {
    /// Asks for a line that may stay empty; `None` then, or where nobody is there.
    pub(super) fn ask_optional(&self, question: &str) -> Result<Option<String>> {
        let answer = self.ask_valid(&format!("{question} (optional)"), Some(""), &|_| Ok(()))?;
        Ok(answer.filter(|answer| !answer.is_empty()))
    }

    /// Asks for yes or no; the default where nobody is there.
    pub(super) fn ask_yes(&self, question: &str, default: bool) -> Result<bool> {
        let shown = if default { "yes" } else { "no" };
        let valid = |text: &str| yes(text).map(drop).ok_or_else(|| "yes or no?".to_owned());
        let answer = self.ask_valid(question, Some(shown), &valid)?;
        Ok(answer.as_deref().and_then(yes).unwrap_or(default))
    }

    /// Asks for one of several: by number, by word, or by the start of a word. `?` lists them. `None` where nobody is there.
    pub(super) fn ask_choice(
        &self,
        question: &str,
        choices: &[Choice],
        default: Option<usize>,
    ) -> Result<Option<usize>> {
        if !self.can_ask() || choices.is_empty() {
            return Ok(None);
        }
        let list = || {
            let width = choices.iter().map(|(word, _)| word.chars().count()).max().unwrap_or_default();
            for (index, (word, about)) in choices.iter().enumerate() {
                self.say(format!("  {:>2}) {word:<width$}  {about}", index + 1).trim_end());
            }
        };
        let hint = if choices.len() <= MOST_SHOWN {
            list();
            ""
        } else {
            " (? lists them)"
        };
        let find = |text: &str| -> Result<usize, String> {
            if text == "?" {
                list();
                return Err(String::new());
            }
            if let Some(index) = choices.iter().position(|(word, _)| word == text) {
                return Ok(index);
            }
            if let Some(number) = text.parse::<usize>().ok().filter(|n| (1..=choices.len()).contains(n)) {
                return Ok(number - 1);
            }
            let starting: Vec<usize> =
                (0..choices.len()).filter(|i| choices[*i].0.starts_with(text)).collect();
            match starting[..] {
                [only] => Ok(only),
                [] => Err(format!("`{text}` is none of them; ? lists them")),
                _ => {
                    let words: Vec<&str> = starting.iter().take(8).map(|i| choices[*i].0.as_str()).collect();
                    Err(format!("which one: {}?", words.join(", ")))
                }
            }
        };
        let shown = default.and_then(|index| choices.get(index)).map(|(word, _)| word.as_str());
        let answer = self.ask_valid(&format!("{question}{hint}"), shown, &|text| find(text).map(drop))?;
        Ok(answer.and_then(|answer| find(&answer).ok()))
    }
}

fn yes(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "y" | "yes" => Some(true),
        "n" | "no" => Some(false),
        _ => None,
    }
}
