//! The differential view: which conditions the corpus connects with the findings that a question names, and what speaks for
//! and against each, in the corpus's own sentences. It ranks by what is written, not by likelihood.

use std::collections::{BTreeMap, HashSet};

use grounding::{Source, check};
use knowledge::{DocumentId, DocumentRef, Evidence, PassageId, Snapshot, Span, Verdict, char_slice};
use serde::Serialize;
use utoipa::ToSchema;
use vocabulary::vocabulary;

use crate::ask::Asker;
use crate::enough::keys;
use crate::error::Result;
use crate::question::{Filters, Question};
use crate::select::quotable;

/// Passages looked at for each finding.
const HITS: usize = 16;

/// Findings that are looked for, conditions that are shown, and lines for and against each.
const MAX_FINDINGS: usize = 8;
const MAX_CONDITIONS: usize = 8;
const MAX_LINES: usize = 4;

/// Words that stand around findings and are none.
const FRAME: [&str; 49] = [
    "a",
    "an",
    "the",
    "of",
    "in",
    "for",
    "to",
    "is",
    "are",
    "was",
    "what",
    "which",
    "who",
    "when",
    "could",
    "might",
    "should",
    "would",
    "be",
    "cause",
    "causes",
    "caused",
    "causing",
    "explain",
    "explains",
    "differential",
    "diagnosis",
    "diagnoses",
    "consider",
    "considered",
    "condition",
    "conditions",
    "patient",
    "patients",
    "man",
    "woman",
    "men",
    "women",
    "adult",
    "adults",
    "presents",
    "presenting",
    "presentation",
    "has",
    "have",
    "had",
    "old",
    "year",
    "or",
];

/// A sentence of the corpus that speaks for or against a condition.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Line {
    /// The finding it is about.
    #[schema(example = "no fever")]
    pub finding: String,
    /// Exactly `[start, end)` of the canonical text of the condition's document.
    pub quote: String,
    /// First code point.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// The passage it stands in.
    pub passage: PassageId,
    /// Headings above it.
    pub section: Vec<String>,
}

/// A condition that the corpus connects with the findings.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Condition {
    /// As its document is called.
    #[schema(example = "Acute coronary syndrome")]
    pub condition: String,
    /// The document that all lines are from.
    pub document: DocumentRef,
    /// What speaks for it.
    #[serde(rename = "for")]
    pub favours: Vec<Line>,
    /// What speaks against it.
    pub against: Vec<Line>,
}

/// Conditions with the evidence for and against each.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Differential {
    /// The findings as they were read from the question.
    #[schema(example = json!(["chest pain", "no fever"]))]
    pub findings: Vec<String>,
    /// Those that the most findings speak for come first.
    pub conditions: Vec<Condition>,
    /// The snapshot that was searched.
    pub snapshot: Snapshot,
    /// What part of the search was away, for people, if one was: there may be more conditions, and more for and against each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
}

/// Something that the patient has, or has not.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    /// As written, with its negation.
    written: String,
    /// Without it.
    words: String,
    is_present: bool,
}

impl Finding {
    fn is_medicine(&self) -> bool {
        self.words.split(' ').any(|word| vocabulary().drug(word).is_some())
    }
}

impl Asker {
    /// Conditions that the corpus connects with the findings in a question.
    ///
    /// # Errors
    /// As [`Asker::ask`].
    pub async fn differential(
        &self,
        question: &str,
        as_of: Option<Snapshot>,
        filters: &Filters,
    ) -> Result<Differential> {
        // A medicine that is taken is no finding; it says where to look.
        let (medicines, findings): (Vec<_>, Vec<_>) = findings(question).into_iter().partition(|one| one.is_medicine());
        let context: String = medicines.iter().map(|medicine| format!(" {}", medicine.words)).collect();
        let (retriever, snapshot) = (self.retriever(), self.ledger().resolve(as_of)?);
        let mut passages: BTreeMap<PassageId, Evidence> = BTreeMap::new();
        let mut missing = None;
        for finding in &findings {
            let asked = Question {
                as_of: Some(snapshot),
                filters: filters.clone(),
                ..Question::new(&format!("{}{context}", finding.words))
            };
            let found = retriever.search(&asked, HITS).await?;
            missing = missing.or(found.missing);
            passages.extend(found.shown().into_iter().map(|hit| (hit.passage, hit)));
        }
        let conditions = weigh(&findings, passages.values());
        let findings = findings.into_iter().map(|one| one.written).collect();
        Ok(Differential { findings, conditions, snapshot, missing: missing.map(str::to_owned) })
    }
}

/// Every sentence that names a finding, sorted to the condition that its document is about.
fn weigh<'a>(findings: &[Finding], passages: impl Iterator<Item = &'a Evidence>) -> Vec<Condition> {
    let wanted: Vec<HashSet<String>> = findings.iter().map(|finding| keys(&finding.words)).collect();
    let mut conditions: BTreeMap<DocumentId, Condition> = BTreeMap::new();
    for passage in passages {
        for sentence in quotable(passage) {
            let held = keys(&sentence.text);
            for (finding, _) in findings.iter().zip(&wanted).filter(|(_, wanted)| wanted.is_subset(&held)) {
                let Some(is_said_present) = is_said_present(finding, &sentence.text) else { continue };
                let Some(line) = line(passage, sentence.span, finding) else { continue };
                let condition = conditions.entry(passage.document.id).or_insert_with(|| Condition {
                    condition: passage.document.title.clone(),
                    document: passage.document.clone(),
                    favours: Vec::new(),
                    against: Vec::new(),
                });
                let speaks_for = is_said_present == finding.is_present;
                let side = if speaks_for { &mut condition.favours } else { &mut condition.against };
                let is_new = side.iter().all(|kept| kept.quote != line.quote);
                // One line a finding first, more when there is room: the places go to different findings.
                let same = side.iter().filter(|kept| kept.finding == line.finding).count();
                if is_new && side.len() < MAX_LINES && same < 2 {
                    side.push(line);
                }
            }
        }
    }
    let spoken_for = |condition: &Condition| {
        let findings: HashSet<&str> = condition.favours.iter().map(|line| line.finding.as_str()).collect();
        findings.len()
    };
    let mut conditions: Vec<Condition> =
        conditions.into_values().filter(|condition| !condition.favours.is_empty()).collect();
    conditions.sort_by_key(|one| {
        (std::cmp::Reverse(spoken_for(one)), one.against.len(), std::cmp::Reverse(one.favours.len()), one.document.id)
    });
    conditions.truncate(MAX_CONDITIONS);
    conditions
}

/// Whether a sentence that names a finding says that it is there; `None` when it says neither.
fn is_said_present(finding: &Finding, sentence: &str) -> Option<bool> {
    match check(&finding.words, &Source::new(sentence, [])).verdict {
        Verdict::Supported => Some(!is_negated(&finding.words, sentence)),
        Verdict::Contradicted => Some(false),
        Verdict::Partial | Verdict::Unsupported | Verdict::Unverifiable => None,
    }
}

/// Words that deny what follows them, as far as a list of findings goes, and words that end their reach.
const DENIALS: [&str; 8] = ["no", "not", "without", "denies", "denied", "never", "absence", "neither"];
const TURNS: [&str; 6] = ["but", "with", "although", "however", "then", "had"];

/// Words after a finding that say it is not there.
const ABSENT: [&str; 5] = ["absent", "excluded", "uncommon", "rare", "unusual"];

/// How far a denial reaches forwards, and a word such as "absent" backwards.
const REACH: usize = 8;
const REACH_BACK: usize = 5;

/// Whether the place where a sentence names a finding is denied: "without rash or fever", "fever is absent".
fn is_negated(finding: &str, sentence: &str) -> bool {
    let wanted = keys(finding);
    let words: Vec<String> = sentence
        .split(|c: char| !c.is_alphanumeric() && c != ';')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let Some(at) = words.iter().position(|word| keys(word).is_subset(&wanted) && !keys(word).is_empty()) else {
        return false;
    };
    let before = words[at.saturating_sub(REACH)..at].iter().rev();
    let denied = before
        .take_while(|word| !TURNS.contains(&word.as_str()) && !word.ends_with(';'))
        .any(|word| DENIALS.contains(&word.as_str()));
    let after = words[at + 1..].iter().take(REACH_BACK).take_while(|word| !TURNS.contains(&word.as_str()));
    denied || after.into_iter().any(|word| ABSENT.contains(&word.as_str()))
}

fn line(passage: &Evidence, span: Span, finding: &Finding) -> Option<Line> {
    let quote = char_slice(&passage.text, span)?.to_owned();
    let Span { start, end } = span.offset_by(passage.start);
    let (finding, section) = (finding.written.clone(), passage.section.clone());
    Some(Line { finding, quote, start, end, passage: passage.passage, section })
}

/// The findings in a question: what stands between commas and joining words, without the words that frame it.
fn findings(question: &str) -> Vec<Finding> {
    let mut spaced = format!(" {} ", question.to_lowercase());
    // The space after it is the one before the next word, which may be a denial.
    for joint in [" and ", " with ", " but ", " plus ", " on "] {
        spaced = spaced.replace(joint, ", ");
    }
    for negation in [" without ", " denies ", " absence of ", " neither ", " nor ", " not ", " no "] {
        spaced = spaced.replace(negation, ",no ");
    }
    let mut findings: Vec<Finding> = Vec::new();
    for piece in spaced.split([',', ';', '.', '?', '!', ':', '\n']) {
        let (is_present, piece) = match piece.trim().strip_prefix("no ") {
            Some(rest) => (false, rest),
            None => (true, piece.trim()),
        };
        let is_finding = |word: &&str| !FRAME.contains(word) && !word.starts_with(|c: char| c.is_ascii_digit());
        // "No fever or rash" denies both.
        for one in piece.split(" or ") {
            let words = one.split_whitespace().filter(is_finding).collect::<Vec<_>>().join(" ");
            let is_known = findings.iter().any(|known| known.words == words);
            if !keys(&words).is_empty() && !is_known && findings.len() < MAX_FINDINGS {
                let written = if is_present { words.clone() } else { format!("no {words}") };
                findings.push(Finding { written, words, is_present });
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_read_with_their_negation() {
        let read = |question| findings(question).into_iter().map(|one| one.written).collect::<Vec<_>>();
        assert_eq!(
            read(
                "What is the differential diagnosis of chest pain and breathlessness without fever in a 60-year-old man?"
            ),
            ["chest pain", "breathlessness", "no fever"]
        );
        assert_eq!(read("Headache, neck stiffness, no rash"), ["headache", "neck stiffness", "no rash"]);
        assert_eq!(read("Headache and not photophobia"), ["headache", "no photophobia"]);
        assert_eq!(read("Rash without fever or neck stiffness"), ["rash", "no fever", "no neck stiffness"]);
        assert_eq!(read("Rash or no rash, no fever or no cough"), ["rash", "no fever", "no cough"]);
        let listed = read("Cough with neither fever nor wheeze, tiredness or pallor");
        assert_eq!(listed, ["cough", "no fever", "no wheeze", "tiredness", "pallor"]);
        assert_eq!(read("What?"), [] as [&str; 0]);
        assert_eq!(findings(&"pain, ache, ".repeat(50)).len(), 2);
    }

    #[test]
    fn a_sentence_says_whether_a_finding_is_there() {
        let fever = Finding { written: "fever".into(), words: "fever".into(), is_present: true };
        assert_eq!(is_said_present(&fever, "Patients present with fever and a stiff neck."), Some(true));
        assert_eq!(is_said_present(&fever, "There is no fever at the start."), Some(false));
        assert_eq!(is_said_present(&fever, "Fever is absent in most adults."), Some(false));
        assert_eq!(is_said_present(&fever, "He was jaundiced, without rash, neck stiffness or fever."), Some(false));
        assert_eq!(is_said_present(&fever, "She had no rash but fever and headache."), Some(true));
    }
}
