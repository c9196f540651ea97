//! Scores of words are those of a snapshot, whatever else the index holds.
#![allow(missing_docs, clippy::unwrap_used)]

use index::{Entry, Filter, Follower, Hit, LexicalIndex, TantivyIndex, Traits, Wanted};
use knowledge::{Access, Interval, Kind, PassageId, Seq, Snapshot, Status};

const QUESTION: &str = "potassium drug1 topic";

fn entry(number: u8, added: u64, removed: Option<u64>) -> Entry {
    Entry {
        passage: PassageId::from_bytes([number; 16]),
        interval: Interval { added: Snapshot(added), removed: removed.map(Snapshot) },
        corpus: "house".parse().unwrap(),
        traits: Traits {
            kind: Kind::LocalPolicy,
            issuer: "Pharmacy".into(),
            jurisdiction: "NG".into(),
            year: Some(2025),
            status: Status::Current,
            access: Access::FullText,
            populations: Vec::new(),
        },
        title: format!("Topic {number}"),
        section: Vec::new(),
        text: format!("Give drug{number} 0.5 mg. {}", if number.is_multiple_of(3) { "Watch potassium." } else { "" }),
        vector: vec![1.0, 0.0],
    }
}

async fn found(batches: &[Vec<Entry>], snapshot: u64) -> (Vec<Hit>, Vec<String>) {
    let directory = tempfile::tempdir().unwrap();
    let index = TantivyIndex::open(directory.path()).unwrap();
    for (seq, batch) in (1..).zip(batches) {
        index.apply(batch.clone(), Seq(seq)).await.unwrap();
    }
    let filter = Filter::at(Snapshot(snapshot));
    let hits = index.search(&Wanted::question(QUESTION), &filter, 50).await.unwrap();
    assert_eq!(hits, index.search(&Wanted::question(QUESTION), &filter, 50).await.unwrap(), "asked twice");
    (hits, index.unheard("potassium drug77 drug88 drug99", Snapshot(snapshot)).await.unwrap())
}

#[tokio::test]
async fn what_is_in_no_question_changes_no_score() {
    let standing: Vec<Entry> = (1..20).map(|number| entry(number, 1, None)).collect();
    let (alone, unheard) = found(std::slice::from_ref(&standing), 2).await;
    assert_eq!(unheard, ["drug77", "drug88", "drug99"]);

    let replaced: Vec<Entry> = (40..80).map(|number| entry(number, 1, Some(2))).collect();
    let staged: Vec<Entry> = (80..110).map(|number| entry(number, 3, None)).collect();
    let never_published: Vec<Entry> = (120..160).map(|number| entry(number, 2, Some(2))).collect();
    let beside = [standing.clone(), replaced.clone(), staged.clone(), never_published.clone()];
    let together = vec![beside.concat()];
    for batches in [&beside[..], &together] {
        assert_eq!(found(batches, 2).await, (alone.clone(), unheard.clone()), "{} batches", batches.len());
    }

    // Each snapshot has its own, in one index as in the other.
    for (snapshot, more) in [(1, replaced), (3, staged)] {
        let its_own = found(&[[standing.clone(), more].concat()], snapshot).await;
        assert_ne!(its_own.0[0].score, alone[0].score);
        assert_eq!(found(&beside, snapshot).await, its_own, "snapshot {snapshot}");
    }
}
