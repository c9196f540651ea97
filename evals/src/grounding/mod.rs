//! The mutation benchmark: does the check of statements catch what is wrong, and leave alone what is right?
//!
//! Real sentences of the corpora, each with the passage it stands in, are changed in two ways: mutants say something else than
//! the source (another number, another medicine, a negation more), paraphrases say the same in other words (another unit,
//! another order, a synonym). The changes are made by patterns on the text that know nothing of how the check reads it. Some
//! mutants are held against more than the passage: under a heading that names what is wrong, too, or beside a second source.

pub mod conflicts;
mod mutants;
mod paraphrases;
pub mod statements;
mod swaps;
mod table;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use ::grounding::{Source, check, check_all};
use knowledge::{PASSAGE_WORDS, Verdict, char_slice, sentences, split};

use mutants::Mutant;
pub use mutants::{CLASSES, Class};
pub use table::Table;

/// A sentence of a corpus with what stands around it.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The sentence on one line.
    pub sentence: String,
    passage: usize,
}

/// Sentences, and the passages they stand in.
#[derive(Debug, Default)]
pub struct Samples {
    samples: Vec<Sample>,
    passages: Vec<(String, Vec<String>)>,
}

impl Samples {
    /// Adds the sentences of a file, named so that its extension says the format. What cannot be parsed is passed over.
    pub fn add(&mut self, name: &str, bytes: &[u8]) {
        let Ok(parsed) = ingest::parse(name, bytes) else { return };
        for (span, section, _) in split(&parsed.text, PASSAGE_WORDS) {
            let Some(text) = char_slice(parsed.text.as_str(), span) else { continue };
            let context: Vec<String> = parsed.fields.title.iter().cloned().chain(section.iter().cloned()).collect();
            for (_, sentence) in sentences(text) {
                let sentence = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
                let words = sentence.split(' ').count();
                if (5..=60).contains(&words) && !section.contains(&sentence) {
                    self.samples.push(Sample { sentence, passage: self.passages.len() });
                }
            }
            self.passages.push((text.to_owned(), context));
        }
    }

    /// How many sentences there are.
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// Every sentence with the passage it stands in.
    pub fn sentences(&self) -> impl Iterator<Item = (&str, &str)> {
        self.samples.iter().map(|sample| (sample.sentence.as_str(), self.passages[sample.passage].0.as_str()))
    }

    fn source(&self, sample: &Sample, heading: Option<&str>) -> Source {
        let (text, context) = &self.passages[sample.passage];
        Source::new(text, context.iter().map(String::as_str).chain(heading))
    }
}

/// One changed sentence and what became of it.
#[derive(Debug, Clone)]
pub struct Case {
    /// Mutant class, or kind of paraphrase.
    pub name: &'static str,
    /// Whether it says something else than the source.
    pub is_mutant: bool,
    /// The source's sentence.
    pub original: String,
    /// The changed one.
    pub changed: String,
    /// The verdict on it.
    pub verdict: Verdict,
    /// Its reason.
    pub reason: String,
}

impl Case {
    /// A mutant passed as supported, or a paraphrase that was not.
    pub fn is_wrong(&self) -> bool {
        self.is_mutant == (self.verdict == Verdict::Supported)
    }
}

/// Changes the samples, at most `per_class` of each class and kind, and checks what came of it.
pub fn run(samples: &Samples, per_class: usize) -> Table {
    let mut counts: HashMap<&'static str, usize> = HashMap::new();
    let (mut cases, mut checking) = (Vec::new(), Duration::ZERO);
    // Every n-th sentence first, so that a class is not filled from the first documents alone.
    let stride = 7;
    let order = (0..stride).flat_map(|start| (start..samples.len()).step_by(stride));
    for sample in order.map(|at| &samples.samples[at]) {
        let original = &sample.sentence;
        let mutants = mutants::of(original).into_iter();
        let mutants =
            mutants.map(|Mutant { class, text, heading, beside }| (class.name(), true, text, heading, beside));
        let paraphrases = paraphrases::of(original).into_iter().map(|(kind, text)| (kind, false, text, None, None));
        let mut source = None;
        for (name, is_mutant, changed, heading, beside) in mutants.chain(paraphrases) {
            let count = counts.entry(name).or_default();
            if *count >= per_class || changed == *original {
                continue;
            }
            *count += 1;
            let headed = heading.map(|heading| samples.source(sample, Some(&heading)));
            let beside = beside.map(|text| Source::new(&text, []));
            let source = source.get_or_insert_with(|| samples.source(sample, None));
            let source = headed.as_ref().unwrap_or(source);
            let began = Instant::now();
            let found = match &beside {
                Some(beside) => check_all(&changed, &[source, beside]).0,
                None => check(&changed, source),
            };
            checking += began.elapsed();
            let reason = found.reason.unwrap_or_default();
            cases.push(Case { name, is_mutant, original: original.clone(), changed, verdict: found.verdict, reason });
        }
    }
    Table::new(cases, samples.len(), checking, answer_time(samples))
}

/// The time to read 20 passages and to hold 10 statements against all of them; the median of several answers.
fn answer_time(samples: &Samples) -> Duration {
    let mut times: Vec<Duration> = samples
        .samples
        .chunks(samples.len().div_ceil(ANSWERS).max(1))
        .map(|chunk| {
            let first = chunk.first().map_or(0, |sample| sample.passage);
            let passages = samples.passages.iter().cycle().skip(first).take(20);
            let began = Instant::now();
            let sources: Vec<Source> =
                passages.map(|(text, context)| Source::new(text, context.iter().map(String::as_str))).collect();
            let sources: Vec<&Source> = sources.iter().collect();
            for sample in chunk.iter().take(10) {
                // A word more, so that no statement is passed as the source's own.
                std::hint::black_box(check_all(&format!("Also, {}", sample.sentence), &sources));
            }
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Answers that are timed.
const ANSWERS: usize = 31;
