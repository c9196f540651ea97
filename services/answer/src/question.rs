//! A question, checked before anything is done with it.

use index::Filter;
use knowledge::{Access, CorpusId, DocumentRef, Kind, PassageId, Population, Snapshot, Status};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::allergies::Allergies;
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

    /// Whether a document may be found, as the indexes see it. What only its passages say is for them to know.
    pub(crate) fn allow(&self, document: &DocumentRef) -> bool {
        (self.corpora.is_empty() || self.corpora.contains(&document.corpus))
            && (self.kinds.is_empty() || self.kinds.contains(&document.kind))
            && is_among(&document.issuer, &self.issuers)
            && is_among(&document.jurisdiction, &self.jurisdictions)
            && (self.statuses.is_empty() || self.statuses.contains(&document.status))
            && self.allow_year(document.published.as_deref())
            && (!self.full_text_only || document.access == Access::FullText)
    }

    /// Whether a date of publication may be. Where years are asked for, what has none is left out.
    fn allow_year(&self, published: Option<&str>) -> bool {
        if self.from_year.is_none() && self.to_year.is_none() {
            return true;
        }
        let years = self.from_year.unwrap_or(1).max(1)..=self.to_year.unwrap_or(u16::MAX);
        let year: Option<u16> = published.and_then(|date| date.get(..4)?.parse().ok());
        year.is_some_and(|year| years.contains(&year))
    }
}

/// Whether a name is one of those asked for, whatever their case; where none is, every name is.
fn is_among(name: &str, asked: &[String]) -> bool {
    let plain = |name: &str| name.trim().to_lowercase();
    asked.is_empty() || asked.iter().any(|asked| plain(asked) == plain(name))
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

    /// What it is about, whoever the patient is: the question, after the one before it if there is one.
    pub(crate) fn subject_text(&self) -> String {
        match self.history.last() {
            Some(before) => format!("{}\n{}", before.question.trim(), self.question.trim()),
            None => self.question.trim().to_owned(),
        }
    }

    /// The same, and what is said of the patient.
    pub(crate) fn search_text(&self) -> String {
        let mut text = self.subject_text();
        for words in self.patient_words() {
            text.push(' ');
            text.push_str(&words);
        }
        text
    }

    /// Words for the patient: the population, and allergies.
    pub(crate) fn patient_words(&self) -> Vec<String> {
        let population = self.patient.iter().flat_map(Patient::search_words).map(str::to_owned);
        population.chain(Allergies::of(self.patient.as_ref()).words()).collect()
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
    fn a_document_is_held_against_every_filter_as_the_indexes_do_it() {
        let document = DocumentRef {
            id: knowledge::DocumentId::from_bytes([0; 16]),
            version: 1,
            corpus: "test".parse().unwrap(),
            kind: Kind::Guideline,
            title: String::new(),
            issuer: " Thorax Society".to_owned(),
            published: Some("2024-03".to_owned()),
            grade: None,
            jurisdiction: "DE".to_owned(),
            status: Status::Current,
            access: Access::AbstractOnly,
            doi: None,
            pmid: None,
            url: None,
            sha256: String::new(),
        };
        let open = Filters::default;
        for (filters, is_allowed) in [
            (open(), true),
            (Filters { corpora: vec!["other".parse().unwrap()], ..open() }, false),
            (Filters { kinds: vec![Kind::Trial, Kind::Guideline], ..open() }, true),
            (Filters { kinds: vec![Kind::Trial], ..open() }, false),
            (Filters { issuers: vec!["nobody".into(), "THORAX society ".into()], ..open() }, true),
            (Filters { issuers: vec!["Thorax".into()], ..open() }, false),
            (Filters { jurisdictions: vec!["de".into()], ..open() }, true),
            (Filters { jurisdictions: vec!["international".into()], ..open() }, false),
            (Filters { statuses: vec![Status::Current], ..open() }, true),
            (Filters { statuses: vec![Status::Corrected], ..open() }, false),
            (Filters { from_year: Some(2024), to_year: Some(2024), ..open() }, true),
            (Filters { from_year: Some(2025), ..open() }, false),
            (Filters { to_year: Some(2023), ..open() }, false),
            (Filters { full_text_only: true, ..open() }, false),
        ] {
            assert_eq!(filters.allow(&document), is_allowed, "{filters:?}");
        }
        let undated = DocumentRef { published: None, ..document };
        assert!(open().allow(&undated));
        assert!(!Filters { to_year: Some(2030), ..open() }.allow(&undated), "it may be of any year");
    }

    #[test]
    fn a_follow_up_is_searched_with_what_it_follows() {
        let question = Question {
            history: vec![Turn { question: "Metformin?".into(), passages: Vec::new(), answer: None }],
            ..Question::new("And in pregnancy?")
        };
        assert_eq!(question.search_text(), "Metformin?\nAnd in pregnancy?");
    }

    #[test]
    fn who_the_patient_is_stands_beside_what_is_asked() {
        let allergies = vec!["penicillin anaphylaxis".to_owned()];
        let patient = Patient { egfr: Some(20.0), allergies, ..Patient::default() };
        let question = Question { patient: Some(patient), ..Question::new("Which antibiotic for cellulitis?") };
        assert_eq!(question.subject_text(), "Which antibiotic for cellulitis?");
        assert_eq!(question.patient_words(), ["renal impairment", "penicillin allergy"]);
        assert_eq!(question.search_text(), "Which antibiotic for cellulitis? renal impairment penicillin allergy");
    }
}
