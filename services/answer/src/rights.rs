//! What licences let us show: a passage of a corpus with a limit is cut before anything is written, so that prompt, quotes and
//! evidence never hold more than may be shown.

use std::collections::{HashMap, HashSet};

use knowledge::{Corpus, CorpusId, DocumentId, Evidence, Span, char_slice};

use crate::select::{Selected, Sentence, run_around_best};

/// Words of one document that may be shown at a time, by corpus; others have no limit.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Limits(HashMap<CorpusId, usize>);

impl Limits {
    pub(crate) fn of(corpora: &[Corpus]) -> Self {
        let limited = corpora.iter().filter_map(|corpus| Some((corpus.id.clone(), corpus.rights.words_shown()?)));
        Self(limited.collect())
    }

    /// The beginning of a passage as far as it may be shown; nothing where that is nothing.
    pub(crate) fn cut(&self, evidence: Evidence) -> Option<Evidence> {
        let Some(&words) = self.0.get(&evidence.document.corpus) else { return Some(evidence) };
        let end = end_of_words(&evidence.text, words);
        within(evidence, Span { start: 0, end })
    }

    /// Each passage with a limit cut to the sentences around its best one that fit into it; one passage of each such document.
    pub(crate) fn narrow(&self, selected: Vec<Selected>) -> Vec<Selected> {
        let mut documents: HashSet<DocumentId> = HashSet::new();
        let narrowed = selected.into_iter().filter_map(|one| {
            let Some(&words) = self.0.get(&one.evidence.document.corpus) else { return Some(one) };
            let narrowed = narrow_one(one, words)?;
            documents.insert(narrowed.evidence.document.id).then_some(narrowed)
        });
        let mut narrowed: Vec<Selected> = narrowed.collect();
        for (at, one) in narrowed.iter_mut().enumerate() {
            one.evidence.id = format!("E{}", at + 1);
        }
        narrowed
    }
}

fn narrow_one(selected: Selected, words: usize) -> Option<Selected> {
    let Selected { evidence, mut sentences } = selected;
    // Sentences that are too long by themselves are none that may be shown.
    for sentence in &mut sentences {
        if sentence.text.split(' ').count() > words {
            sentence.score = f32::NEG_INFINITY;
        }
    }
    let run = run_around_best(&sentences, f32::MIN, words)?;
    let kept = sentences.get(run)?;
    let span = Span { start: kept.first()?.span.start, end: kept.last()?.span.end };
    // Between sentences may stand headings, which count as words shown.
    if char_slice(&evidence.text, span)?.split_whitespace().count() > words {
        let best = kept.iter().max_by(|a, b| a.score.total_cmp(&b.score))?;
        return with_sentences(evidence, best.span, std::slice::from_ref(best));
    }
    with_sentences(evidence, span, kept)
}

fn with_sentences(evidence: Evidence, span: Span, kept: &[Sentence]) -> Option<Selected> {
    let moved = |sentence: &Sentence| Sentence {
        span: Span { start: sentence.span.start - span.start, end: sentence.span.end - span.start },
        ..sentence.clone()
    };
    Some(Selected { evidence: within(evidence, span)?, sentences: kept.iter().map(moved).collect() })
}

/// The part of a passage that `span` covers, counted in its text.
fn within(evidence: Evidence, span: Span) -> Option<Evidence> {
    let text = char_slice(&evidence.text, span).filter(|text| !text.is_empty())?.to_owned();
    let (start, end) = (evidence.start + span.start, evidence.start + span.end);
    Some(Evidence { text, start, end, ..evidence })
}

/// Where the first `words` words end, in code points.
fn end_of_words(text: &str, words: usize) -> usize {
    let (mut seen, mut end, mut inside) = (0, 0, false);
    for (at, c) in text.chars().enumerate() {
        if c.is_whitespace() {
            inside = false;
        } else {
            if !inside {
                seen += 1;
                inside = true;
            }
            if seen > words {
                return end;
            }
            end = at + 1;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_to_their_end() {
        assert_eq!(end_of_words("Give 5 mg\ndaily é now", 4), 15);
        assert_eq!(end_of_words("Give  5", 9), 7);
        assert_eq!(end_of_words("Give", 0), 0);
    }
}
