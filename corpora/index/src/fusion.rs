//! One order out of two: a weighted mean of scores that mean something by themselves.

use std::collections::{BTreeMap, HashMap};

use knowledge::{ArmScore, PassageId, Scores};

use crate::entry::{Hit, dot};

/// What the words weigh against the meaning. Both scores lie between 0 and 1 for every question: the words found of those
/// asked for, cut at all of them, and the cosine. So a question whose words are all found is decided by them, and one in other words than the
/// corpus by its meaning, without a rule for either. Ranks, which reciprocal rank fusion adds up, say neither; see
/// `evals/README.md` for what that costs.
const WORDS_WEIGHT: f32 = 0.5;

/// Passages that are looked at for what is like them.
pub const NEIGHBOURHOOD: usize = 40;

/// Passages like it that speak for one.
const NEIGHBOURS: usize = 3;

/// What they weigh against its own score. Passages that answer one question are like each other (van Rijsbergen's cluster
/// hypothesis, 1979); smoothing scores over the likeness of what was found is Diaz's regularisation (CIKM 2005).
const SUPPORT_WEIGHT: f32 = 0.25;

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
        // Other names beside all of the words say no more than the words.
        let words = scores.lexical.map_or(words_floor, |arm| arm.score.min(1.0));
        let meaning = scores.dense.map_or(meaning_floor, |arm| arm.score);
        let fused = WORDS_WEIGHT * words + (1.0 - WORDS_WEIGHT) * meaning;
        Fused { passage, scores: Scores { fused, ..scores } }
    });
    let mut fused: Vec<Fused> = fused.collect();
    fused.sort_by(|a, b| b.scores.fused.total_cmp(&a.scores.fused).then(a.passage.cmp(&b.passage)));
    fused
}

/// Orders the first [`NEIGHBOURHOOD`] passages by their own scores and those of the passages found that are most like them;
/// what has no vector stays with its own.
pub fn support(fused: &mut [Fused], vectors: &HashMap<PassageId, Vec<f32>>) {
    let head = fused.len().min(NEIGHBOURHOOD);
    let found: Vec<(f32, Option<&[f32]>)> =
        fused[..head].iter().map(|hit| (hit.scores.fused, vectors.get(&hit.passage).map(Vec::as_slice))).collect();
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
    fused[..head].sort_by(|a, b| worth(&b.scores).total_cmp(&worth(&a.scores)).then(a.passage.cmp(&b.passage)));
}

/// What decides the order, before a cross-encoder: its own score, that of what is like it, and the prior of its document.
pub fn worth(scores: &Scores) -> f32 {
    let support = scores.support.unwrap_or(scores.fused);
    (1.0 - SUPPORT_WEIGHT) * scores.fused + SUPPORT_WEIGHT * support + scores.prior.unwrap_or(0.0)
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
    fn the_stronger_signal_decides() {
        let in_other_words = fuse(&hits(&[(1, 0.1)]), &hits(&[(2, 0.7), (1, 0.3)]), 10);
        assert_eq!(order(&in_other_words), [2, 1]);
        let in_its_words = fuse(&hits(&[(1, 0.9), (2, 0.2)]), &hits(&[(2, 0.6), (1, 0.5)]), 10);
        assert_eq!(order(&in_its_words), [1, 2]);
    }
}
