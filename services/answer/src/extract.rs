//! An answer without a model: the best sentences of the evidence, as they stand.

use crate::select::{SHARE_OF_BEST, Selected, Sentence};

/// Sentences in such an answer.
const SENTENCES: usize = 3;

/// The best sentences, best first, with the evidence each is from. No sentence twice, even if two documents have it.
pub(crate) fn best_sentences(selected: &[Selected]) -> Vec<(&Selected, &Sentence)> {
    let pairs =
        selected.iter().flat_map(|selected| selected.sentences.iter().map(move |sentence| (selected, sentence)));
    let mut ranked: Vec<(&Selected, &Sentence)> = pairs.collect();
    ranked.sort_by(|(a, x), (b, y)| {
        let by_place = || (a.evidence.passage, x.span).cmp(&(b.evidence.passage, y.span));
        y.score.total_cmp(&x.score).then_with(by_place)
    });
    let floor = ranked.first().map_or(0.0, |(_, sentence)| sentence.score * SHARE_OF_BEST);
    let mut best: Vec<(&Selected, &Sentence)> = Vec::new();
    for (selected, sentence) in ranked {
        let repeated = best.iter().any(|(_, taken)| taken.text == sentence.text);
        if best.len() < SENTENCES && sentence.score >= floor && !repeated {
            best.push((selected, sentence));
        }
    }
    best
}
