//! From what was found to what the answer may rest on: few passages, of several documents, and in each the sentences that
//! come nearest to the question.

use std::collections::HashMap;
use std::sync::Arc;

use inference::Embedder;
use knowledge::{Evidence, Span, char_slice};

use crate::bearing::{Asked, weigh};
use crate::enough::{keys, share};
use crate::error::Result;
use crate::fit::Fit;
use crate::numbers::{asks_for_number, has_number};
use crate::pieces::pieces;
use crate::question::Question;

/// Passages whose sentences are looked at.
const CANDIDATES: usize = 8;

/// Passages of one document, at most: agreement of several sources is worth more than one source at length.
pub(crate) const PER_DOCUMENT: usize = 2;

/// Shorter sentences are labels.
const MIN_WORDS: usize = 4;

/// What words that question and sentence share add to the cosine, when they share all.
const OVERLAP_WEIGHT: f32 = 0.6;

/// What a number adds to a sentence where the question asks for one.
const NUMBER_WEIGHT: f32 = 0.2;

/// What each place further down in the order of the search takes away. That order knows more of a passage than how near its
/// meaning is: its words, what is like it, what else was found of its document, and what a cross-encoder holds of it.
const PLACE_STEP: f32 = 0.0125;

/// A sentence that may be quoted, or a list with the words that lead to it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sentence {
    /// Where it stands in the passage's text, without the space after it.
    pub(crate) span: Span,
    /// Its text on one line.
    pub(crate) text: String,
    /// Its cosine with the question, under its heading.
    pub(crate) nearness: f32,
    /// What it is worth as an answer.
    pub(crate) score: f32,
}

/// A piece of evidence with the sentences of it that may be quoted, in the order of the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Selected {
    pub(crate) evidence: Evidence,
    pub(crate) sentences: Vec<Sentence>,
}

/// Chooses passages among the hits and scores their sentences. The order is that of the best sentence, ties by passage id; the
/// evidence is named anew, E1, E2, ….
pub(crate) async fn select(
    embedder: &Arc<dyn Embedder>,
    question: &Question,
    vector: &[f32],
    hits: &[Evidence],
    fit: &Fit,
) -> Result<Vec<Selected>> {
    let mut per_document = HashMap::new();
    let mut chosen: Vec<Selected> = hits
        .iter()
        .filter(|hit| {
            let count = per_document.entry(hit.document.id).or_insert(0_usize);
            *count += 1;
            *count <= PER_DOCUMENT
        })
        .take(CANDIDATES)
        .cloned()
        .map(|evidence| Selected { sentences: quotable(&evidence), evidence })
        .filter(|selected| !selected.sentences.is_empty())
        .collect();
    fit.keep(&mut chosen);
    // Under its heading a sentence says what it is about.
    let texts = chosen.iter().flat_map(|selected| {
        let heading = selected.evidence.section.last().unwrap_or(&selected.evidence.document.title);
        selected.sentences.iter().map(move |sentence| format!("{heading}: {}", sentence.text))
    });
    let vectors = if vector.is_empty() { Vec::new() } else { embedder.embed(texts.collect()).await? };
    let mut vectors = vectors.into_iter();
    let text = question.search_text();
    let wanted = keys(&text);
    // What a follow-up adds to the question before it is a few words of many.
    let added = (!question.history.is_empty()).then(|| keys(&question.question));
    // A sentence alone may not say what it is about ("Usual dose: 10 mg"), so its passage's nearness counts as much. Passages
    // that only the words have found are taken to be as near as the least near of the others.
    let cosines = || chosen.iter().filter_map(|one| Some(one.evidence.scores.dense?.score));
    let least = cosines().fold(f32::MAX, f32::min).min(1.0);
    let is_number_wanted = asks_for_number(&text);
    for (place, selected) in (0_u8..).zip(&mut chosen) {
        let nearness = selected.evidence.scores.dense.map_or(least, |dense| dense.score);
        let passage = nearness - PLACE_STEP * f32::from(place);
        let context = format!("{} {}", selected.evidence.document.title, selected.evidence.section.join(" "));
        for sentence in &mut selected.sentences {
            sentence.nearness = vectors.next().unwrap_or_default().iter().zip(vector).map(|(a, b)| a * b).sum();
            let held = keys(&format!("{} {context}", sentence.text));
            let overlap = share(&wanted, &held);
            let overlap = added.as_ref().map_or(overlap, |added| f32::midpoint(overlap, share(added, &held)));
            let number = if is_number_wanted && has_number(&sentence.text) { NUMBER_WEIGHT } else { 0.0 };
            sentence.score = passage + sentence.nearness + OVERLAP_WEIGHT * overlap + number;
        }
    }
    weigh(&Asked::of(question), &mut chosen);
    let best = |selected: &Selected| selected.sentences.iter().map(|sentence| sentence.score).fold(f32::MIN, f32::max);
    chosen.sort_by(|a, b| best(b).total_cmp(&best(a)).then(a.evidence.passage.cmp(&b.evidence.passage)));
    for (at, selected) in chosen.iter_mut().enumerate() {
        selected.evidence.id = format!("E{}", at + 1);
    }
    Ok(chosen)
}

/// The cosine of the sentence that comes nearest to the question; 0 where there is none.
pub(crate) fn nearest(selected: &[Selected]) -> f32 {
    selected.iter().flat_map(|one| &one.sentences).map(|sentence| sentence.nearness).fold(0.0, f32::max)
}

/// The sentences of a passage that may be quoted, and its lists as one each.
pub(crate) fn quotable(evidence: &Evidence) -> Vec<Sentence> {
    let sentence = |span: Span| {
        let raw = char_slice(&evidence.text, span)?;
        let before = raw.chars().take_while(|c| c.is_whitespace()).count();
        let after = raw.chars().rev().take_while(|c| c.is_whitespace()).count();
        let text = raw.split_whitespace().collect::<Vec<_>>().join(" ");
        let span = Span { start: span.start + before, end: span.end.saturating_sub(after) };
        (text.split(' ').count() >= MIN_WORDS).then_some(Sentence { span, text, nearness: 0.0, score: 0.0 })
    };
    pieces(evidence).into_iter().filter_map(sentence).collect()
}

/// A sentence that comes less near than this share of the best one answers something else.
pub(crate) const SHARE_OF_BEST: f32 = 0.85;

/// Keeps what a small model can read in the time a clinician waits: in each passage the run of neighbouring sentences around
/// the best one, as far as they come near the question and fit into `words`. Passages without such a sentence go.
pub(crate) fn narrow(selected: &[Selected], words: usize) -> Vec<Selected> {
    let scores = selected.iter().flat_map(|one| one.sentences.iter().map(|sentence| sentence.score));
    let floor = scores.fold(f32::MIN, f32::max) * SHARE_OF_BEST;
    let narrowed = selected.iter().filter_map(|one| {
        let run = run_around_best(&one.sentences, floor, words)?;
        Some(Selected { evidence: one.evidence.clone(), sentences: one.sentences[run].to_vec() })
    });
    narrowed.collect()
}

pub(crate) fn run_around_best(
    sentences: &[Sentence],
    floor: f32,
    words: usize,
) -> Option<std::ops::RangeInclusive<usize>> {
    let near = |at: &usize| sentences.get(*at).is_some_and(|sentence| sentence.score >= floor);
    let count = |at: usize| sentences[at].text.split(' ').count();
    let better = |a: &usize, b: &usize| sentences[*a].score.total_cmp(&sentences[*b].score).then(b.cmp(a));
    let best = (0..sentences.len()).filter(near).max_by(better)?;
    let (mut first, mut last, mut used) = (best, best, count(best));
    loop {
        let neighbours = [first.checked_sub(1), Some(last + 1)].into_iter().flatten().filter(near);
        let Some(next) = neighbours.max_by(better).filter(|&next| used + count(next) <= words) else {
            return Some(first..=last);
        };
        used += count(next);
        (first, last) = (first.min(next), last.max(next));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(scores: &[f32]) -> Vec<Sentence> {
        let sentence = |&score| Sentence {
            span: Span { start: 0, end: 1 },
            text: "one two three".to_owned(),
            nearness: 0.0,
            score,
        };
        scores.iter().map(sentence).collect()
    }

    #[test]
    fn the_run_grows_from_the_best_sentence_while_it_is_near_and_fits() {
        assert_eq!(run_around_best(&scored(&[0.8, 0.2, 0.9, 0.7, 0.6]), 0.5, 9), Some(2..=4));
        assert_eq!(run_around_best(&scored(&[0.8, 0.85, 0.9, 0.7]), 0.5, 6), Some(1..=2));
        assert_eq!(run_around_best(&scored(&[0.9, 0.9]), 0.5, 3), Some(0..=0), "the first of equals");
        assert_eq!(run_around_best(&scored(&[0.1]), 0.5, 9), None);
    }
}
