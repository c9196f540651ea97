//! One order out of two: a weighted mean of scores that mean something by themselves.

use std::collections::{BTreeMap, HashMap};

use knowledge::{ArmScore, DocumentId, PassageId, Scores};

use crate::entry::{Covered, Hit, Term, dot};

/// What the words weigh against the meaning. Both scores lie between 0 and 1 for every question: the words found of those
/// asked for, cut at all of them, and the cosine. So a question whose words are all found is decided by them, and one in other words than the
/// corpus by its meaning, without a rule for either. Ranks, which reciprocal rank fusion adds up, say neither; see
/// `evals/README.md` for what that costs.
const WORDS_WEIGHT: f32 = 0.5;

/// What of the words' weight goes by the best sentence instead of the whole passage. An answer mostly stands in one sentence,
/// and in a long passage the words of a question also come together by chance.
const SENTENCE_WEIGHT: f32 = 0.1;

/// Passages that are read, the best by what is known before. What that adds brings little from further down to where it is seen.
pub const READ_CLOSELY: usize = 20;

/// Passages that are looked at for what is like them.
pub const NEIGHBOURHOOD: usize = 40;

/// Passages like it that speak for one.
const NEIGHBOURS: usize = 3;

/// What they weigh against its own score. Passages that answer one question are like each other (van Rijsbergen's cluster
/// hypothesis, 1979); smoothing scores over the likeness of what was found is Diaz's regularisation (CIKM 2005).
const SUPPORT_WEIGHT: f32 = 0.25;

/// What the second best passage of a document adds to all of its passages. A document that is about a question has more than one
/// place that speaks of it; one that only mentions it has one.
const DOCUMENT_WEIGHT: f32 = 0.1;

/// What a document gains that has all of the words that tell it from others.
const TELLING_WEIGHT: f32 = 0.125;

/// A passage with its place in each arm.
#[derive(Debug, Clone, PartialEq)]
pub struct Fused {
    /// The passage.
    pub passage: PassageId,
    /// Why it stands where it stands.
    pub scores: Scores,
}

/// Fuses two ranked lists that were cut at `limit`, best first; equal scores by id. A passage that only one arm has found is
/// taken to have in the other what the last one there has: it cannot have more.
pub fn fuse(lexical: &[Hit], dense: &[Hit], limit: usize) -> Vec<Fused> {
    let mut scores: BTreeMap<PassageId, Scores> = BTreeMap::new();
    for (rank, hit) in (1..).zip(lexical) {
        scores.entry(hit.passage).or_default().lexical = Some(ArmScore { rank, score: hit.score });
    }
    for (rank, hit) in (1..).zip(dense) {
        scores.entry(hit.passage).or_default().dense = Some(ArmScore { rank, score: hit.score });
    }
    let (words_floor, meaning_floor) = (floor(lexical, limit), floor(dense, limit));
    let fused = scores.into_iter().map(|(passage, scores)| {
        let words = words_share(&scores, words_floor);
        let meaning = scores.dense.map_or(meaning_floor, |arm| arm.score);
        let fused = WORDS_WEIGHT * words + (1.0 - WORDS_WEIGHT) * meaning;
        Fused { passage, scores: Scores { fused, ..scores } }
    });
    let mut fused: Vec<Fused> = fused.collect();
    sort(&mut fused, |scores| scores.fused);
    fused
}

/// Weighs, of what was fused of `lexical`, cut at `limit`, what the best sentences of the passages that were read have of the
/// question, and orders all anew. What was not read stays with what it has.
pub fn best_sentence(fused: &mut [Fused], lexical: &[Hit], limit: usize, read: &HashMap<PassageId, Covered>) {
    let words_floor = floor(lexical, limit);
    for hit in fused.iter_mut() {
        let whole = words_share(&hit.scores, words_floor);
        let share = read.get(&hit.passage).map(|read| read.sentence);
        hit.scores.sentence = share.map(|share| WORDS_WEIGHT * SENTENCE_WEIGHT * (share - whole));
    }
    sort(fused, worth);
}

/// Orders the first [`NEIGHBOURHOOD`] passages by their own scores and those of the passages found that are most like them;
/// what has no vector stays with its own.
pub fn support(fused: &mut [Fused], vectors: &HashMap<PassageId, Vec<f32>>) {
    let head = fused.len().min(NEIGHBOURHOOD);
    let found: Vec<(f32, Option<&[f32]>)> =
        fused[..head].iter().map(|hit| (own(&hit.scores), vectors.get(&hit.passage).map(Vec::as_slice))).collect();
    // Likeness goes both ways, so each pair is compared once.
    let mut like: Vec<Vec<(f32, f32)>> = vec![Vec::with_capacity(head); head];
    for (at, (score, vector)) in found.iter().enumerate() {
        let Some(vector) = vector else { continue };
        for (other, (others_score, others_vector)) in found.iter().enumerate().skip(at + 1) {
            let Some(others_vector) = others_vector else { continue };
            let likeness = dot(vector, others_vector).max(0.0);
            like[at].push((likeness, *others_score));
            like[other].push((likeness, *score));
        }
    }
    for (hit, mut like) in fused[..head].iter_mut().zip(like) {
        // Stable: equal ones stay in the order in which they were found.
        like.sort_by(|a, b| b.0.total_cmp(&a.0));
        like.truncate(NEIGHBOURS);
        let weight: f32 = like.iter().map(|(likeness, _)| likeness).sum();
        if weight > 0.0 {
            hit.scores.support = Some(like.iter().map(|(likeness, score)| likeness * score).sum::<f32>() / weight);
        }
    }
    sort(&mut fused[..head], worth);
}

/// Adds to the passages of each document of which more than one was found, and orders all of them anew. What is added goes by how
/// far the second best is above the last of all, so that two that were hardly found add nothing.
pub fn second_passage(fused: &mut [Fused], documents: &HashMap<PassageId, DocumentId>) {
    let Some(last) = fused.iter().map(|hit| worth(&hit.scores)).min_by(f32::total_cmp) else { return };
    let mut together: HashMap<DocumentId, Vec<f32>> = HashMap::new();
    for hit in fused.iter() {
        if let Some(document) = documents.get(&hit.passage) {
            together.entry(*document).or_default().push(worth(&hit.scores));
        }
    }
    for worths in together.values_mut() {
        worths.sort_by(|a, b| b.total_cmp(a));
    }
    for hit in fused.iter_mut() {
        let second = documents.get(&hit.passage).and_then(|document| together.get(document)?.get(1));
        hit.scores.document = second.map(|second| DOCUMENT_WEIGHT * (second - last));
    }
    sort(fused, worth);
}

/// Adds what each document that was read has of the question's `terms` that tell what was found apart, and orders all anew: terms
/// that are rare, in few of these documents, and no `is_everyday` words, whose being there is chance. BM25 makes up for a word that
/// is not there by others that are there often; but of documents that are alike otherwise, those without the medicine or the test
/// that was asked for are about something else. A document has what that passage of it has that has most. Where none has much of
/// what would tell, that it is missing tells little, so all of it goes by what the best one has.
pub fn telling_words(
    fused: &mut [Fused],
    terms: &[Term],
    is_everyday: impl Fn(&str) -> bool,
    read: &HashMap<PassageId, Covered>,
    documents: &HashMap<PassageId, DocumentId>,
) {
    let mut by_document: BTreeMap<DocumentId, Vec<&[f32]>> = BTreeMap::new();
    for (passage, covered) in read {
        if let Some(document) = documents.get(passage) {
            by_document.entry(*document).or_default().push(&covered.terms);
        }
    }
    let would_tell = |(at, term): (usize, &Term)| {
        let has = |passages: &Vec<&[f32]>| passages.iter().map(|terms| terms[at]).fold(0.0, f32::max);
        let lacking = 1.0 - by_document.values().map(has).sum::<f32>() / (by_document.len() + 1) as f32;
        (term.rarity * lacking).powi(2)
    };
    let mut telling: Vec<f32> = terms.iter().enumerate().map(would_tell).collect();
    let all = telling.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    for (tells, term) in telling.iter_mut().zip(terms) {
        *tells = if is_everyday(&term.text) { 0.0 } else { *tells / all };
    }
    let share = |terms: &&[f32]| telling.iter().zip(*terms).map(|(tells, has)| tells * has).sum::<f32>();
    let shares: BTreeMap<DocumentId, f32> = by_document
        .iter()
        .map(|(document, passages)| (*document, passages.iter().map(share).fold(0.0, f32::max)))
        .collect();
    let best = shares.values().copied().fold(0.0, f32::max);
    for hit in fused.iter_mut() {
        let share = documents.get(&hit.passage).and_then(|document| shares.get(document));
        hit.scores.telling = share.map(|share| TELLING_WEIGHT * best * share);
    }
    sort(fused, worth);
}

/// Adds what documents are worth before their words are read, and orders all passages anew.
pub fn prefer(fused: &mut [Fused], priors: &HashMap<PassageId, f32>) {
    for hit in fused.iter_mut() {
        hit.scores.prior = priors.get(&hit.passage).copied();
    }
    sort(fused, worth);
}

/// What decides the order, before a cross-encoder: its own score, that of what is like it, what else was found of its document,
/// what that has of the words that tell, and the prior of it.
fn worth(scores: &Scores) -> f32 {
    let own = own(scores);
    let support = scores.support.unwrap_or(own);
    let added = [scores.document, scores.telling, scores.prior].into_iter().flatten().sum::<f32>();
    (1.0 - SUPPORT_WEIGHT) * own + SUPPORT_WEIGHT * support + added
}

/// What a passage has by itself.
fn own(scores: &Scores) -> f32 {
    scores.fused + scores.sentence.unwrap_or(0.0)
}

/// What it has of the words. Other names beside all of them say no more than the words.
fn words_share(scores: &Scores, floor: f32) -> f32 {
    scores.lexical.map_or(floor, |arm| arm.score.min(1.0))
}

/// Best first, equal ones by id.
fn sort(fused: &mut [Fused], by: fn(&Scores) -> f32) {
    fused.sort_by(|a, b| by(&b.scores).total_cmp(&by(&a.scores)).then(a.passage.cmp(&b.passage)));
}

/// The most that a passage which is not in the list can have: nothing, when the list was not cut.
fn floor(hits: &[Hit], limit: usize) -> f32 {
    hits.last().filter(|_| hits.len() >= limit).map_or(0.0, |hit| hit.score.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(hits: &[(u8, f32)]) -> Vec<Hit> {
        hits.iter().map(|&(id, score)| Hit { passage: PassageId::from_bytes([id; 16]), score }).collect()
    }

    fn read(read: impl IntoIterator<Item = (u8, Covered)>) -> HashMap<PassageId, Covered> {
        read.into_iter().map(|(id, covered)| (PassageId::from_bytes([id; 16]), covered)).collect()
    }

    fn documents<const N: usize>(documents: [(u8, u8); N]) -> HashMap<PassageId, DocumentId> {
        let id = |(id, document)| (PassageId::from_bytes([id; 16]), DocumentId::from_bytes([document; 16]));
        documents.map(id).into()
    }

    fn order(fused: &[Fused]) -> Vec<u8> {
        fused.iter().map(|fused| fused.passage.to_bytes()[0]).collect()
    }

    #[test]
    fn what_both_arms_find_comes_first_and_ties_go_by_id() {
        let fused = fuse(&hits(&[(3, 0.8), (1, 0.6)]), &hits(&[(2, 0.8), (1, 0.6)]), 10);
        assert_eq!(order(&fused), [1, 2, 3]);
        assert_eq!(fused[0].scores.lexical.unwrap().rank, 2);
        assert!(fused[1].scores.lexical.is_none());
        assert!((fused[1].scores.fused - 0.4).abs() < 1e-6);
    }

    #[test]
    fn a_list_that_was_cut_says_what_the_others_have_at_most() {
        let fused = fuse(&hits(&[(1, 0.9), (2, 0.8)]), &hits(&[(3, 0.9), (2, 0.1)]), 2);
        assert!((fused[0].scores.fused - 0.85).abs() < 1e-6, "3 may have as many of the words as 2: {fused:?}");
        assert_eq!(order(&fused), [3, 1, 2]);
    }

    #[test]
    fn other_names_beside_all_of_the_words_do_not_outweigh_the_meaning() {
        let fused = fuse(&hits(&[(1, 2.4), (2, 1.0)]), &hits(&[(2, 0.7), (1, 0.2)]), 10);
        assert_eq!(order(&fused), [2, 1]);
        assert_eq!(fused[1].scores.lexical.unwrap().score, 2.4, "what was found is told as it is");
    }

    #[test]
    fn passages_that_are_like_what_was_found_are_borne_up() {
        let mut fused = fuse(&[], &hits(&[(1, 0.8), (2, 0.7), (3, 0.69)]), 10);
        let vectors = [(1, [0.0, 1.0]), (2, [1.0, 0.0]), (3, [0.1, 0.995])];
        let vectors = vectors.map(|(id, vector)| (PassageId::from_bytes([id; 16]), vector.to_vec())).into();
        support(&mut fused, &vectors);
        assert_eq!(order(&fused), [1, 3, 2], "3 is like the best, 2 is like nothing");
        assert!(fused[2].scores.support.unwrap() < fused[1].scores.support.unwrap());
        let mut alone = fuse(&[], &hits(&[(1, 0.8)]), 10);
        support(&mut alone, &HashMap::new());
        assert_eq!(alone[0].scores.support, None);
    }

    #[test]
    fn a_sentence_that_has_the_question_counts_beside_the_whole_passage() {
        let shares = |shares: &[(u8, f32)]| {
            read(shares.iter().map(|&(id, sentence)| (id, Covered { sentence, ..Covered::default() })))
        };
        let lexical = hits(&[(1, 0.9), (2, 0.8)]);
        let mut fused = fuse(&lexical, &hits(&[(2, 0.59), (1, 0.5)]), 10);
        assert_eq!(order(&fused), [1, 2]);
        best_sentence(&mut fused, &lexical, 10, &shares(&[(1, 0.3), (2, 0.8)]));
        assert_eq!(order(&fused), [2, 1], "the words of 1 are scattered");
        assert!((fused[1].scores.sentence.unwrap() + 0.03).abs() < 1e-6);
        assert!((fused[1].scores.fused - 0.7).abs() < 1e-6, "what both arms say is told as it is");
        assert!((worth(&fused[1].scores) - 0.67).abs() < 1e-6);

        let mut cut = fuse(&lexical, &hits(&[(3, 0.9), (1, 0.2)]), 2);
        best_sentence(&mut cut, &lexical, 2, &shares(&[(3, 0.4)]));
        assert_eq!(order(&cut)[0], 3);
        assert!((cut[0].scores.sentence.unwrap() + 0.02).abs() < 1e-6, "3 was taken to have as much as 2: {cut:?}");
        assert!(cut[1..].iter().all(|hit| hit.scores.sentence.is_none()));
    }

    #[test]
    fn a_document_that_is_found_twice_is_found_for_more_than_a_mention() {
        let mut fused = fuse(&[], &hits(&[(1, 0.8), (2, 0.7), (3, 0.69), (4, 0.1)]), 10);
        let documents = documents([(1, 1), (2, 2), (3, 1), (4, 4)]);
        second_passage(&mut fused, &documents);
        assert_eq!(order(&fused), [1, 3, 2, 4]);
        for hit in &fused[..2] {
            assert!((hit.scores.document.unwrap() - 0.1 * (0.345 - 0.05)).abs() < 1e-6, "{hit:?}");
        }
        assert!(fused[2..].iter().all(|hit| hit.scores.document.is_none()));
        second_passage(&mut [], &documents);
    }

    fn terms<const N: usize>(rarity: [f32; N]) -> Vec<Term> {
        rarity.iter().enumerate().map(|(at, rarity)| Term { text: at.to_string(), rarity: *rarity }).collect()
    }

    fn having<const N: usize, const M: usize>(read: [(u8, [f32; M]); N]) -> HashMap<PassageId, Covered> {
        self::read(read.map(|(id, terms)| (id, Covered { terms: terms.to_vec(), ..Covered::default() })))
    }

    #[test]
    fn what_has_the_words_that_tell_comes_before_what_lacks_them() {
        let found = hits(&[(1, 0.8), (2, 0.78), (3, 0.77), (4, 0.76), (5, 0.75)]);
        let documents = documents([(1, 1), (2, 2), (3, 3), (4, 2), (5, 5)]);
        // The first term is common to all, the second is as rare as the third, and fewer documents have the third.
        let terms = terms([1.0, 2.0, 2.0]);
        let read = having([(1, [1.0, 0.0, 0.0]), (2, [1.0, 1.0, 0.0]), (3, [1.0, 1.0, 1.0]), (4, [0.0, 1.0, 0.0])]);
        let mut fused = fuse(&[], &found, 10);
        telling_words(&mut fused, &terms, |_| false, &read, &documents);
        assert_eq!(order(&fused), [3, 2, 4, 1, 5]);
        // Three documents: they tell (1 * 1/4)^2, (2 * 2/4)^2 and (2 * 3/4)^2.
        let (all, best) = (0.0625 + 1.0 + 2.25, 0.125);
        let wanted =
            [Some(best), Some(best * 1.0625 / all), Some(best * 1.0625 / all), Some(best * 0.0625 / all), None];
        for (hit, wanted) in fused.iter().zip(wanted) {
            let added = hit.scores.telling;
            assert!((added.unwrap_or(-1.0) - wanted.unwrap_or(-1.0)).abs() < 1e-6, "{added:?} is not {wanted:?}");
        }

        let mut fused = fuse(&[], &found, 10);
        telling_words(&mut fused, &terms, |term| term == "2", &read, &documents);
        assert_eq!(order(&fused), [2, 1, 3, 4, 5], "what an everyday word would tell is left open");
        let best = fused[0].scores.telling.unwrap();
        assert!((best - 0.125 * (1.0625 / all).powi(2)).abs() < 1e-6, "{best}");
    }

    #[test]
    fn words_that_none_has_tell_nothing() {
        let documents = documents([(1, 1), (2, 2)]);
        let mut fused = fuse(&[], &hits(&[(1, 0.8), (2, 0.79)]), 10);
        let read = having([(1, [0.0, 0.0]), (2, [0.0, 1.0])]);
        telling_words(&mut fused, &terms([9.0, 1.0]), |_| false, &read, &documents);
        assert_eq!(order(&fused), [1, 2], "{fused:?}");
        telling_words(&mut fused, &[], |_| false, &HashMap::new(), &documents);
        assert!(fused.iter().all(|hit| hit.scores.telling.is_none()));
        telling_words(&mut fused, &[], |_| false, &having([(1, [])]), &documents);
        assert_eq!(order(&fused), [1, 2], "a question without words: {fused:?}");
    }

    #[test]
    fn a_prior_moves_a_passage_from_wherever_it_is() {
        let found: Vec<(u8, f32)> = (0..60).map(|id| (id, 0.9 - f32::from(id) * 1e-4)).collect();
        let mut fused = fuse(&[], &hits(&found), 100);
        prefer(&mut fused, &[(PassageId::from_bytes([59; 16]), 0.01)].into());
        assert_eq!(order(&fused)[..3], [59, 0, 1]);
        assert_eq!((fused[0].scores.prior, fused[1].scores.prior), (Some(0.01), None));
    }

    #[test]
    fn the_stronger_signal_decides() {
        let in_other_words = fuse(&hits(&[(1, 0.1)]), &hits(&[(2, 0.7), (1, 0.3)]), 10);
        assert_eq!(order(&in_other_words), [2, 1]);
        let in_its_words = fuse(&hits(&[(1, 0.9), (2, 0.2)]), &hits(&[(2, 0.6), (1, 0.5)]), 10);
        assert_eq!(order(&in_its_words), [1, 2]);
    }
}
