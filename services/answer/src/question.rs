//! A question, checked before anything is done with it.

use knowledge::{CorpusId, Kind, Snapshot};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::{Error, Result};

/// The longest question, in characters.
pub const MAX_QUESTION_CHARS: usize = 8_000;

/// Turns of history that are looked at, and characters of each.
const MAX_TURNS: usize = 20;

/// What may be found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Filters {
    /// Only these corpora; empty means all.
    pub corpora: Vec<CorpusId>,
    /// Only these kinds of literature; empty means all.
    pub kinds: Vec<Kind>,
}

/// An earlier question of the same conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// What was asked.
    pub question: String,
}

/// A question.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// In the asker's words: 1 to 8,000 characters.
    #[schema(example = "In adults with type 2 diabetes, when should metformin not be started?", max_length = 8000)]
    pub question: String,
    /// Earlier questions of the conversation, oldest first. The last one helps to find what a follow-up is about.
    #[serde(default)]
    pub history: Vec<Turn>,
    /// What may be found.
    #[serde(default)]
    pub filters: Filters,
    /// Ask an older snapshot than the published one.
    #[serde(default)]
    pub as_of: Option<Snapshot>,
}

impl Question {
    /// A question with nothing but its words.
    pub fn new(question: &str) -> Self {
        Self { question: question.to_owned(), ..Self::default() }
    }

    /// Checks lengths, and that there is something to look for.
    ///
    /// # Errors
    /// [`Error::Question`] with what to do.
    pub fn check(&self) -> Result<()> {
        let length = self.question.chars().count();
        if length > MAX_QUESTION_CHARS {
            return Err(Error::Question(format!(
                "the question has {length} characters; at most {MAX_QUESTION_CHARS} are read: shorten it"
            )));
        }
        if !self.question.chars().any(char::is_alphanumeric) {
            return Err(Error::Question("the question is empty: ask something in words".to_owned()));
        }
        if self.history.len() > MAX_TURNS {
            return Err(Error::Question(format!("at most {MAX_TURNS} earlier questions are read: send the last ones")));
        }
        if self.history.iter().any(|turn| turn.question.chars().count() > MAX_QUESTION_CHARS) {
            return Err(Error::Question(format!("an earlier question is longer than {MAX_QUESTION_CHARS} characters")));
        }
        Ok(())
    }

    /// What the search looks for: the question, after the one before it if there is one.
    pub(crate) fn search_text(&self) -> String {
        match self.history.last() {
            Some(before) => format!("{}\n{}", before.question.trim(), self.question.trim()),
            None => self.question.trim().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_have_limits_and_say_so() {
        assert!(Question::new("Dose of amoxicillin?").check().is_ok());
        assert!(Question::new(&"é".repeat(MAX_QUESTION_CHARS)).check().is_ok());
        for bad in ["", "   \n", "?!", &"x".repeat(MAX_QUESTION_CHARS + 1)] {
            assert!(matches!(Question::new(bad).check(), Err(Error::Question(_))), "{bad:.10}");
        }
    }

    #[test]
    fn a_follow_up_is_searched_with_what_it_follows() {
        let question =
            Question { history: vec![Turn { question: "Metformin?".into() }], ..Question::new("And in pregnancy?") };
        assert_eq!(question.search_text(), "Metformin?\nAnd in pregnancy?");
    }
}
