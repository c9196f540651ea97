//! One order out of two: reciprocal rank fusion.

use std::collections::BTreeMap;

use knowledge::{ArmScore, PassageId, Scores};

use crate::entry::Hit;

/// The constant of reciprocal rank fusion: score = Σ 1 / (k + rank). 60 is the value of Cormack, Clarke and Büttcher,
/// SIGIR 2009.
pub const RRF_K: f32 = 60.0;

/// A passage with its place in each arm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fused {
    /// The passage.
    pub passage: PassageId,
    /// Why it stands where it stands.
    pub scores: Scores,
}

/// Fuses two ranked lists, best first; equal scores by id.
pub fn fuse(lexical: &[Hit], dense: &[Hit]) -> Vec<Fused> {
    let mut scores: BTreeMap<PassageId, Scores> = BTreeMap::new();
    for (rank, hit) in (1..).zip(lexical) {
        let entry = scores.entry(hit.passage).or_default();
        entry.lexical = Some(ArmScore { rank, score: hit.score });
        entry.fused += share(rank);
    }
    for (rank, hit) in (1..).zip(dense) {
        let entry = scores.entry(hit.passage).or_default();
        entry.dense = Some(ArmScore { rank, score: hit.score });
        entry.fused += share(rank);
    }
    let mut fused: Vec<Fused> = scores.into_iter().map(|(passage, scores)| Fused { passage, scores }).collect();
    fused.sort_by(|a, b| b.scores.fused.total_cmp(&a.scores.fused).then(a.passage.cmp(&b.passage)));
    fused
}

#[expect(clippy::cast_precision_loss, reason = "ranks are small")]
fn share(rank: u32) -> f32 {
    1.0 / (RRF_K + rank as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(ids: &[u8]) -> Vec<Hit> {
        ids.iter().map(|&id| Hit { passage: PassageId::from_bytes([id; 16]), score: 1.0 }).collect()
    }

    #[test]
    fn what_both_arms_find_comes_first_and_ties_go_by_id() {
        let fused = fuse(&hits(&[3, 1]), &hits(&[2, 1]));
        let order: Vec<u8> = fused.iter().map(|fused| fused.passage.to_bytes()[0]).collect();
        assert_eq!(order, [1, 2, 3]);
        assert_eq!(fused[0].scores.lexical.unwrap().rank, 2);
        assert!(fused[1].scores.lexical.is_none());
        assert!((fused[1].scores.fused - 1.0 / 61.0).abs() < 1e-7);
    }
}
