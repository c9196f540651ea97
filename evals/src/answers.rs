//! How good are the answers? Questions with the sentences that answer them, asked as a user asks.

use std::collections::HashSet;

use answer::{Answer, Asker, Mode, Question, Status, Timings};
use grounding::{Source, check};
use knowledge::{Span, Verdict, char_slice};
use ledger::Reach;
use serde::Deserialize;
use serde_json::json;

use crate::baseline::{Figure, percent as exact_percent};
use crate::suites::{self, Asked};

/// A question with what answers it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) question: String,
    pub(crate) spans: Vec<String>,
}

/// The share of a gold sentence's words that a quote must have to count as it. Less than all: a table row is quoted with its
/// header, a long sentence may be cut.
const SAME_SENTENCE: f64 = 0.8;

/// What the answers came to.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    questions: usize,
    answered: usize,
    first_is_gold: usize,
    any_is_gold: usize,
    gold_spans: usize,
    gold_found: usize,
    statements: usize,
    on_the_point: usize,
    supported: usize,
    fully_supported: usize,
    citations: usize,
    needed: usize,
    exact_quotes: usize,
    timings: Vec<Timings>,
    /// Answers that missed, for people.
    pub mistakes: Vec<String>,
}

/// Asks at most `limit` of the answerable questions, evenly over the suites.
///
/// # Errors
/// When a store or the embedder fails.
pub async fn run(
    asker: &Asker,
    asked: Asked,
    limit: usize,
    mut tell: impl FnMut(usize, usize),
) -> answer::Result<Outcome> {
    let rows: Vec<Row> = asked.answerable().iter().flat_map(|suite| suites::read(suite)).collect();
    let step = rows.len().div_ceil(limit.max(1)).max(1);
    let rows: Vec<Row> = rows.into_iter().step_by(step).collect();
    let mut outcome = Outcome::default();
    for (at, row) in rows.iter().enumerate() {
        tell(at, rows.len());
        let question = Question::new(&row.question);
        let answer = asker.ask_alone(&question).await?;
        outcome.add(asker, row, &answer)?;
    }
    Ok(outcome)
}

impl Outcome {
    fn add(&mut self, asker: &Asker, row: &Row, answer: &Answer) -> answer::Result<()> {
        self.questions += 1;
        self.timings.push(answer.timings_ms);
        self.gold_spans += row.spans.len();
        let is_gold = |quote: &str| row.spans.iter().any(|span| holds(quote, span));
        let quotes: Vec<&str> = answer
            .statements
            .iter()
            .flat_map(|statement| &statement.citations)
            .map(|citation| citation.quote.as_str())
            .collect();
        self.gold_found += row.spans.iter().filter(|span| quotes.iter().any(|quote| holds(quote, span))).count();
        if answer.statements.is_empty() {
            self.mistakes.push(format!("{} ({}): {}", row.id, answer.status.as_str(), row.question));
            return Ok(());
        }
        self.answered += 1;
        self.first_is_gold += usize::from(quotes.first().is_some_and(|quote| is_gold(quote)));
        let any = quotes.iter().any(|quote| is_gold(quote));
        self.any_is_gold += usize::from(any);
        if !any {
            let said = answer.statements.first().map_or("", |statement| statement.text.as_str());
            self.mistakes.push(format!("{}: {}\n    said: {said}\n    gold: {}", row.id, row.question, row.spans[0]));
        }
        let mut all_supported = true;
        for statement in &answer.statements {
            self.statements += 1;
            self.on_the_point += usize::from(statement.citations.iter().any(|citation| is_gold(&citation.quote)));
            let supported = statement.citations.iter().any(|citation| {
                check(&statement.text, &Source::new(&citation.quote, [])).verdict == Verdict::Supported
            });
            self.supported += usize::from(supported);
            all_supported &= supported;
            for citation in &statement.citations {
                self.citations += 1;
                self.needed += usize::from(citation.verdict == Verdict::Supported);
                self.exact_quotes += usize::from(is_exact(
                    asker,
                    answer,
                    &citation.evidence,
                    (citation.start, citation.end),
                    &citation.quote,
                )?);
            }
        }
        self.fully_supported += usize::from(all_supported && answer.status != Status::NoEvidence);
        Ok(())
    }

    /// The figures as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        json!({
            "questions": self.questions,
            "answered": percent(self.answered, self.questions),
            "first_statement_answers": percent(self.first_is_gold, self.answered),
            "some_statement_answers": percent(self.any_is_gold, self.answered),
            "gold_sentences_found": percent(self.gold_found, self.gold_spans),
            "statements_on_the_point": percent(self.on_the_point, self.statements),
            "statements_supported": percent(self.supported, self.statements),
            "answers_fully_supported": percent(self.fully_supported, self.answered),
            "citation_precision": percent(self.needed, self.citations),
            "quotes_byte_equal": percent(self.exact_quotes, self.citations),
            "statements_per_answer": f64::from(u32::try_from(self.statements).unwrap_or(u32::MAX)) / f64::from(u32::try_from(self.answered.max(1)).unwrap_or(u32::MAX)),
            "ms_median": {
                "embed": self.median_ms(|ms| ms.embed),
                "retrieve": self.median_ms(|ms| ms.retrieve),
                "generate": self.median_ms(|ms| ms.generate),
                "ground": self.median_ms(|ms| ms.ground),
                "total": self.median_ms(|ms| ms.total),
            },
        })
    }

    /// What is kept of it.
    pub fn figures(&self, asked: Asked, mode: Mode, model: Option<&str>) -> Vec<Figure> {
        let share =
            |metric, part, whole| Figure::share("answers", &asked.name(metric), part, whole).in_mode(mode, model);
        vec![
            share("some statement is the answering sentence", self.any_is_gold, self.answered),
            share("the first statement is", self.first_is_gold, self.answered),
            share("statements supported", self.supported, self.statements),
            share("answers fully supported", self.fully_supported, self.answered),
            share("citations that bear out their statement", self.needed, self.citations),
            share("quotes equal to the stored text, byte for byte", self.exact_quotes, self.citations),
        ]
    }

    /// Questions that never came to a stage do not count in it.
    fn median_ms(&self, stage: impl Fn(&Timings) -> u64) -> u64 {
        median(self.timings.iter().map(stage).filter(|ms| *ms > 0))
    }
}

/// Whether a quote, or a longer text, has the words of a gold sentence.
#[expect(clippy::cast_precision_loss, reason = "a sentence has few words")]
pub(crate) fn holds(quote: &str, gold: &str) -> bool {
    let words = |text: &str| -> HashSet<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
    };
    let (quote, gold) = (words(quote), words(gold));
    !gold.is_empty() && gold.intersection(&quote).count() as f64 >= SAME_SENTENCE * gold.len() as f64
}

/// Whether a quote is its document's text at its offsets.
fn is_exact(
    asker: &Asker,
    answer: &Answer,
    evidence: &str,
    (start, end): (usize, usize),
    quote: &str,
) -> answer::Result<bool> {
    let Some(evidence) = answer.evidence.iter().find(|one| one.id == evidence) else { return Ok(false) };
    let (retriever, document) = (asker.retriever(), &evidence.document);
    let view = retriever.ledger.document(document.id, Some(document.version), &retriever.today(), Reach::Staged)?;
    Ok(char_slice(view.text.as_str(), Span { start, end }) == Some(quote))
}

/// To one decimal.
fn percent(part: usize, whole: usize) -> f64 {
    (exact_percent(part, whole) * 10.0).round() / 10.0
}

fn median(times: impl Iterator<Item = u64>) -> u64 {
    let mut times: Vec<u64> = times.collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
