//! A search by words skips blocks of passages that cannot come into its list. It finds what one finds that looks at all of them.

use index::{Entry, Filter, Follower, LexicalIndex, TantivyIndex, Wanted};
use knowledge::{Interval, PassageId, Seq, Snapshot};

use crate::entry;

/// Passages of each snapshot. Each comes in by itself, which makes a segment; a word then has several blocks of 128 in each.
const EACH: u64 = 1_000;

const SNAPSHOTS: u64 = 3;

/// Different words, all about as common: short passages have one once, long ones often. Which of the two is worth more depends on the
/// average length, and the engine has another one in mind when it writes a block than is counted when it is searched.
const WORDS: u64 = 60;

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

fn word(number: u64) -> String {
    let (consonants, vowels) = (b"bdfghklmnprtv", b"aeiou");
    let at = usize::try_from(number).unwrap();
    format!("{}{}kok", char::from(consonants[at % 13]), char::from(vowels[at / 13]))
}

fn passage(number: u64, added: u64, random: &mut Random) -> Entry {
    let mut id = [7; 16];
    id[..8].copy_from_slice(&number.to_be_bytes());
    let words: Vec<String> = (0..15 + random.below(185)).map(|_| word(random.below(WORDS))).collect();
    let interval = Interval { added: Snapshot(added), removed: None };
    Entry { passage: PassageId::from_bytes(id), interval, text: words.join(" "), ..entry(3, 1, None) }
}

/// Of one word, two and four.
fn questions() -> Vec<String> {
    let mut questions = Vec::new();
    for steps in [&[0_u64][..], &[0, 9], &[0, 5, 11, 17]] {
        for from in 0..25_u64 {
            questions.push(steps.iter().map(|step| word(from + step)).collect::<Vec<_>>().join(" "));
        }
    }
    questions
}

#[tokio::test]
async fn blocks_that_are_skipped_hold_nothing_that_is_wanted() {
    let directory = tempfile::tempdir().unwrap();
    let index = TantivyIndex::open(directory.path()).unwrap();
    let mut random = Random(7);
    for added in 1..=SNAPSHOTS {
        let numbers = (added - 1) * EACH..added * EACH;
        let passages = numbers.map(|number| passage(number, added, &mut random)).collect();
        index.apply(passages, Seq(added)).await.unwrap();
    }
    let files = std::fs::read_dir(directory.path()).unwrap().flatten();
    let segments = files.filter(|file| file.path().extension().is_some_and(|end| end == "idx")).count();
    assert_eq!(segments, 3);
    let all = usize::try_from(EACH * SNAPSHOTS).unwrap();
    for snapshot in 1..=SNAPSHOTS {
        let filter = Filter::at(Snapshot(snapshot));
        for question in questions() {
            let wanted = Wanted::question(&question);
            let best = index.search(&wanted, &filter, 50).await.unwrap();
            let exhaustive = index.search(&wanted, &filter, all).await.unwrap();
            assert!(exhaustive.len() > 500, "{question}: {}", exhaustive.len());
            assert_eq!(best.len(), 50);
            for (place, (one, other)) in best.iter().zip(&exhaustive).enumerate() {
                // The terms of a passage are not always summed in the same order.
                let is_same = (one.score - other.score).abs() < 1e-5;
                assert!(is_same, "{question} at {snapshot}, place {place}: {one:?} instead of {other:?}");
            }
        }
    }
}
