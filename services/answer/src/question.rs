//! A question, checked before anything is done with it.

use index::Filter;
use knowledge::{Access, CorpusId, DocumentRef, Kind, PassageId, Population, Snapshot, Status};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::{Error, Result};
use crate::patient::Patient;
use crate::pin::Pin;

/// The longest question, in characters.
pub const MAX_QUESTION_CHARS: usize = 8_000;

/// Earlier questions that are read, at most.
pub const MAX_TURNS: usize = 20;

/// Passages of an earlier answer that are read.
const MAX_PASSAGES: usize = 20;

/// Values of one filter, at most.
const MAX_VALUES: usize = 100;

/// What may be found. An empty list allows everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Filters {
    /// Only these corpora.
    pub corpora: Vec<CorpusId>,
    /// Only these kinds of literature.
    pub kinds: Vec<Kind>,
    /// Only these issuers, by their whole names, whatever their case.
    #[schema(max_items = 100)]
    pub issuers: Vec<String>,
    /// Only what applies in one of these places.
    #[schema(max_items = 100)]
    pub jurisdictions: Vec<String>,
    /// Only what has one of these standings: `current`, `corrected`, `expression_of_concern`. What is retracted or withdrawn is
    /// never found.
    pub statuses: Vec<Status>,
    /// Only passages that name one of these populations, in their text, headings or title.
    pub populations: Vec<Population>,
    /// Only what was published in this year or later.
    pub from_year: Option<u16>,
    /// Only what was published in this year or before.
    pub to_year: Option<u16>,
    /// Nothing of which only the abstract is held.
    pub full_text_only: bool,
}

impl Filters {
    fn check(&self) -> Result<()> {
        if self.issuers.len() > MAX_VALUES || self.jurisdictions.len() > MAX_VALUES {
            return Err(Error::Question(format!("at most {MAX_VALUES} issuers and jurisdictions are read")));
        }
        if let (Some(from), Some(to)) = (self.from_year, self.to_year)
            && from > to
        {
            return Err(Error::Question(format!("no year is both {from} or later and {to} or before")));
        }
        Ok(())
    }

    /// Whether everything may be found.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// The same for the indexes, in a snapshot.
    pub(crate) fn at(&self, snapshot: Snapshot) -> Filter {
        let Self { corpora, kinds, issuers, jurisdictions, statuses, populations, from_year, to_year, full_text_only } =
            self.clone();
        Filter {
            snapshot,
            corpora,
            kinds,
            issuers,
            jurisdictions,
            statuses,
            populations,
            from_year,
            to_year,
            full_text_only,
        }
    }

    /// Whether a document may be found. What only its passages say is for the indexes to know.
    pub(crate) fn allow(&self, document: &DocumentRef) -> bool {
        (self.corpora.is_empty() || self.corpora.contains(&document.corpus))
            && (self.kinds.is_empty() || self.kinds.contains(&document.kind))
            && (!self.full_text_only || document.access == Access::FullText)
    }
}

/// An earlier question of the same conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// What was asked.
    pub question: String,
    /// The passages that its answer cited; those still in force are considered again.
    #[serde(default)]
    pub passages: Vec<PassageId>,
    /// The answer that was given to it, where that is known: its record has the words then.
    #[serde(skip)]
    #[schema(ignore)]
    pub answer: Option<String>,
}

/// A question.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// In the asker's words: 1 to 8,000 characters.
    #[schema(example = "In adults with type 2 diabetes, when should metformin not be started?", max_length = 8000)]
    pub question: String,
    /// Earlier questions of the conversation, oldest first. The last one helps to find what a follow-up is about.
    #[serde(default)]
    pub history: Vec<Turn>,
    /// What is known of the patient.
    #[serde(default)]
    pub patient: Option<Patient>,
    /// What may be found.
    #[serde(default)]
    pub filters: Filters,
    /// Ask an older snapshot than the published one.
    #[serde(default)]
    pub as_of: Option<Snapshot>,
    /// Ask what is staged instead: for those who review it, and never from outside.
    #[serde(skip)]
    #[schema(ignore)]
    pub staged: bool,
    /// Answer with sentences of the sources, whatever else is configured: what changes then, changed in them.
    #[serde(skip)]
    #[schema(ignore)]
    pub extractive: bool,
    /// What it is answered from, where that was settled before: see [`crate::Asker::pin`]. The answer does not say so, and what
    /// is staged has no such thing.
    #[serde(skip)]
    #[schema(ignore)]
    pub pinned: Option<Pin>,
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
        if self.history.iter().any(|turn| turn.passages.len() > MAX_PASSAGES) {
            return Err(Error::Question(format!("at most {MAX_PASSAGES} passages of an earlier answer are read")));
        }
        self.filters.check()?;
        self.patient.as_ref().map_or(Ok(()), Patient::check)
    }

    /// What the search looks for: the question, after the one before it if there is one, and the population of the patient.
    pub(crate) fn search_text(&self) -> String {
        let mut text = match self.history.last() {
            Some(before) => format!("{}\n{}", before.question.trim(), self.question.trim()),
            None => self.question.trim().to_owned(),
        };
        for word in self.patient.iter().flat_map(Patient::search_words) {
            text.push(' ');
            text.push_str(word);
        }
        text
    }

    /// What it is answered from, where that is settled.
    pub(crate) fn pin(&self) -> Option<Pin> {
        self.pinned.filter(|_| !self.staged)
    }

    /// The passages that the last answer cited.
    pub(crate) fn carried(&self) -> &[PassageId] {
        self.history.last().map_or(&[], |turn| &turn.passages)
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
        let question = Question {
            history: vec![Turn { question: "Metformin?".into(), passages: Vec::new(), answer: None }],
            ..Question::new("And in pregnancy?")
        };
        assert_eq!(question.search_text(), "Metformin?\nAnd in pregnancy?");
    }
}
