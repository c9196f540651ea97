//! What do answers leave out? Questions with the answer that experts wrote (BioASQ) or the sentences that they marked (Evidence
//! Inference), over abstracts in BEIR's layout: `corpus.jsonl`, and `evidence.jsonl` with questions and evidence.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use answer::{Asker, Question};
use serde::Deserialize;

use crate::baseline::Figure;
use crate::suites;

/// The share of a sentence's words that answers must have to cover it. Less than all: experts write in words of their own.
const COVERED: f64 = 0.6;

/// The share of words that a quote and a marked sentence must share, of the shorter one.
const SAME: f64 = 0.8;

#[derive(Debug, Clone, Deserialize)]
struct Abstract {
    #[serde(rename = "_id")]
    id: String,
    title: String,
    text: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Row {
    question: String,
    #[serde(default)]
    documents: Vec<String>,
    #[serde(default)]
    pmcid: Option<String>,
    #[serde(default)]
    ideal_answer: Vec<String>,
    #[serde(default)]
    evidence: Vec<Span>,
}

#[derive(Debug, Clone, Deserialize)]
struct Span {
    text: String,
}

impl Row {
    /// Ids in `corpus.jsonl`; Evidence Inference writes `PMC59610` there as `59610`.
    fn documents(&self) -> impl Iterator<Item = &str> {
        let article = self.pmcid.iter().map(|id| id.trim_start_matches("PMC"));
        self.documents.iter().map(String::as_str).chain(article)
    }
}

/// A collection that was read: documents to take in, and what to ask.
#[derive(Debug, Clone)]
pub struct Collection {
    rows: Vec<Row>,
    documents: Vec<Abstract>,
}

/// Why a collection cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {file}: it must be in BEIR's layout, with evidence.jsonl")]
pub struct Unreadable {
    file: String,
    source: std::io::Error,
}

impl Collection {
    /// At most `questions` questions, evenly over the file, with their documents among `documents` in all.
    ///
    /// # Errors
    /// When a file is missing.
    pub fn read(directory: &Path, questions: usize, documents: usize) -> Result<Self, Unreadable> {
        let text = |name: &str| {
            let file = directory.join(name);
            let failed = |source| Unreadable { file: file.display().to_string(), source };
            std::fs::read_to_string(&file).map_err(failed)
        };
        let all: BTreeMap<String, Abstract> = suites::read::<Abstract>(&text("corpus.jsonl")?)
            .into_iter()
            .map(|document| (document.id.clone(), document))
            .collect();
        let rows: Vec<Row> = suites::read(&text("evidence.jsonl")?);
        let rows: Vec<Row> = rows.into_iter().filter(|row| row.documents().any(|id| all.contains_key(id))).collect();
        let step = rows.len().div_ceil(questions.max(1)).max(1);
        let rows: Vec<Row> = rows.into_iter().step_by(step).collect();
        let wanted: HashSet<&str> = rows.iter().flat_map(Row::documents).collect();
        let others = documents.saturating_sub(wanted.len()).max(1);
        let step = all.len().div_ceil(others).max(1);
        let is_taken = |at: usize, id: &str| wanted.contains(id) || at.is_multiple_of(step);
        let documents = all.values().enumerate().filter(|(at, document)| is_taken(*at, &document.id));
        let documents = documents.map(|(_, document)| document.clone()).collect();
        Ok(Self { rows, documents })
    }

    /// The documents as files: name and text.
    pub fn files(&self) -> impl Iterator<Item = (String, String)> {
        self.documents.iter().map(|document| {
            let title = document.title.split_whitespace().collect::<Vec<_>>().join(" ");
            (format!("{}.md", document.id), format!("# {title}\n\n{}\n", document.text))
        })
    }
}

/// What the answers came to.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    questions: usize,
    documents: usize,
    answered: usize,
    ideal: (usize, usize),
    marked: (usize, usize),
    with_mark: (usize, usize),
}

/// Asks every question.
///
/// # Errors
/// When a store or the embedder fails.
pub async fn run(asker: &Asker, collection: &Collection) -> answer::Result<Outcome> {
    let mut outcome = Outcome { documents: collection.documents.len(), ..Outcome::default() };
    let texts: BTreeMap<&str, &str> =
        collection.documents.iter().map(|one| (one.id.as_str(), one.text.as_str())).collect();
    for row in &collection.rows {
        let question = Question::new(&row.question);
        let answer = asker.ask_alone(&question).await?;
        outcome.questions += 1;
        outcome.answered += usize::from(!answer.statements.is_empty());
        let said: HashSet<String> = answer.statements.iter().flat_map(|statement| words(&statement.text)).collect();
        let ideal = row.ideal_answer.first().map_or("", String::as_str);
        for (_, sentence) in knowledge::sentences(ideal) {
            let wanted = words(sentence);
            if !wanted.is_empty() {
                outcome.ideal.0 += 1;
                outcome.ideal.1 += usize::from(share(&wanted, &said) >= COVERED);
            }
        }
        // Sentences that were marked in the full text alone cannot be quoted from an abstract.
        let held: Vec<&str> = row.documents().filter_map(|id| texts.get(id).copied()).collect();
        let marks: Vec<&str> = row.evidence.iter().map(|span| span.text.trim()).collect();
        let marks: Vec<HashSet<String>> =
            marks.into_iter().filter(|mark| held.iter().any(|text| text.contains(mark))).map(words).collect();
        let quotes: Vec<HashSet<String>> =
            answer.statements.iter().flat_map(|one| &one.citations).map(|citation| words(&citation.quote)).collect();
        let found = marks.iter().filter(|mark| quotes.iter().any(|quote| is_same(mark, quote))).count();
        outcome.marked.0 += marks.len();
        outcome.marked.1 += found;
        outcome.with_mark.0 += usize::from(!marks.is_empty());
        outcome.with_mark.1 += usize::from(found > 0);
    }
    Ok(outcome)
}

impl Outcome {
    /// The figures, of those things that the collection has.
    pub fn figures(&self, name: &str) -> Vec<Figure> {
        let share = |metric, (whole, part): (usize, usize)| Figure {
            corpus: format!("{name}, {} abstracts", self.documents),
            ..Figure::share("omissions", metric, part, whole)
        };
        let rows = [
            ("answered", (self.questions, self.answered)),
            ("sentences of ideal answers covered", self.ideal),
            ("marked sentences quoted", self.marked),
            ("questions with a marked sentence quoted", self.with_mark),
        ];
        rows.into_iter().filter(|(_, (whole, _))| *whole > 0).map(|(metric, counts)| share(metric, counts)).collect()
    }
}

fn words(text: &str) -> HashSet<String> {
    index::terms(text)
}

#[expect(clippy::cast_precision_loss, reason = "a sentence has few words")]
fn share(wanted: &HashSet<String>, held: &HashSet<String>) -> f64 {
    wanted.intersection(held).count() as f64 / wanted.len().max(1) as f64
}

/// Whether one has the words of the other: a mark may be part of a quoted sentence, or a quote of a longer mark.
fn is_same(a: &HashSet<String>, b: &HashSet<String>) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    !short.is_empty() && share(short, long) >= SAME
}
