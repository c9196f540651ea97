//! Damage of every kind that a disk, or a hand in the database, can do: it is seen, it is mended or its text taken out of use,
//! and until then it is never quoted.

use std::sync::Arc;

use inference::Embedder;
use knowledge::{EntryId, Seq};
use ledger::{Decision, FaultKind, Ledger};
use rusqlite::Connection;
use support::{HashEmbedder, TestService};

const DECISION: Decision<'static> = Decision { at: "2026-01-02T00:00:00Z", actor: "doctor", reason: "damaged" };

/// What is done to the ledger, and what it is seen as. Whether the passage can be found as before once it is mended.
const DAMAGE: [(&str, FaultKind, bool); 12] = [
    ("UPDATE versions SET text = replace(text, '5 mg', '50 mg') WHERE number = 1", FaultKind::Text, false),
    ("UPDATE passages SET text = replace(text, '5 mg', '50 mg')", FaultKind::Passage, true),
    ("UPDATE passages SET start = start + 1 WHERE ordinal = 0", FaultKind::Passage, true),
    ("DELETE FROM passages WHERE ordinal = 1", FaultKind::PassageMissing, true),
    ("DELETE FROM vectors", FaultKind::VectorMissing, true),
    ("UPDATE vectors SET vector = zeroblob(8)", FaultKind::Vector, true),
    (
        "DELETE FROM entries WHERE passage = (SELECT id FROM passages WHERE ordinal = 1 LIMIT 1)",
        FaultKind::HalfInForce,
        true,
    ),
    (
        "INSERT INTO entries SELECT passage, 0, NULL, seq + 1000 FROM entries WHERE passage = (SELECT min(passage) FROM entries)",
        FaultKind::Interval,
        true,
    ),
    ("UPDATE meta SET value = '0' WHERE name = 'seq'", FaultKind::Seq, true),
    ("UPDATE meta SET value = '77' WHERE name IN ('published', 'head')", FaultKind::Pointer, true),
    ("UPDATE versions SET metadata = '{\"title\":' WHERE number = 1", FaultKind::Metadata, false),
    ("UPDATE versions SET blocks = '[{]' WHERE number = 1", FaultKind::Blocks, false),
];

fn note() -> String {
    let filler = "Renal function is checked before each dose of it is given to an adult patient. ".repeat(30);
    format!(
        "+++\nid = \"drug\"\n+++\n# Examplin\n\nGive examplin 5 mg daily for hypertension.\n\n## More\n\n{filler}\n"
    )
}

async fn quoted(service: &TestService) -> Vec<String> {
    let body = serde_json::json!({ "question": "What dose of examplin for hypertension?" });
    let reply = service.post("/v1/search", &body).await;
    let hits = reply.json();
    let texts = hits["hits"].as_array().map(|hits| hits.iter().map(|hit| hit["text"].as_str().unwrap().to_owned()));
    // Passages that are alike change places when the index holds other versions besides.
    let mut texts: Vec<String> = texts.map(Iterator::collect).unwrap_or_default();
    texts.sort();
    texts
}

async fn mend(ledger: &Ledger) {
    let faults = ledger.faults().unwrap();
    ledger.mend(&faults, &DECISION).unwrap();
    let unembedded = ledger.unembedded().unwrap();
    let texts = unembedded.iter().map(|one| ingest::text_to_embed(&one.title, &one.section, &one.text)).collect();
    let vectors = HashEmbedder.embed(texts).await.unwrap();
    ledger.embed(&unembedded.into_iter().map(|one| one.passage).zip(vectors).collect::<Vec<_>>()).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damage_to_the_ledger_is_seen_mended_and_never_quoted() {
    for (damage, kind, comes_back) in DAMAGE {
        let service = TestService::new().await;
        service.ingest(&[("drug.md", &note())]).await;
        let ledger = Arc::clone(&service.stores.ledger);
        assert_eq!(ledger.faults().unwrap(), [], "sound before {damage}");
        let before = quoted(&service).await;
        assert!(before.iter().any(|text| text.contains(" 5 mg")));
        let other_hand = Connection::open(service.data_file("ledger.db")).unwrap();
        other_hand.execute_batch(&format!("PRAGMA foreign_keys = OFF; {damage}")).unwrap();
        let seen: Vec<FaultKind> = ledger.faults().unwrap().iter().map(|fault| fault.kind).collect();
        assert!(seen.contains(&kind), "{damage}: {seen:?}");
        assert!(
            quoted(&service).await.iter().all(|text| !text.contains("50 mg")),
            "{damage}: what is damaged is quoted"
        );
        mend(&ledger).await;
        assert_eq!(
            ledger.faults().unwrap().iter().filter(|fault| comes_back || fault.kind != kind).count(),
            0,
            "{damage}"
        );
        service.stores.reconcile().await.unwrap();
        assert_eq!(service.stores.vectors.ids().await.unwrap(), ledger.entry_ids().unwrap(), "{damage}");
        let (report, _) = service.ingest(&[("drug.md", &note())]).await;
        assert_eq!(report.documents.rejected, 0, "{damage}");
        assert_eq!(quoted(&service).await, before, "{damage}: all of it is found again");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damage_to_an_index_is_mended_from_the_ledger() {
    let service = TestService::new().await;
    service.ingest(&[("drug.md", &note())]).await;
    let (stores, before) = (&service.stores, quoted(&service).await);
    let wanted = stores.ledger.entry_ids().unwrap();
    let stray = |ids: &[EntryId]| ids.iter().filter(|id| !wanted.contains(id)).count();
    // Entries of another ledger, and a mark that is ahead.
    let other = TestService::new().await;
    other.ingest(&[("other.md", "# Othermab\n\nGive othermab 7 mg daily for asthma.\n")]).await;
    let foreign = other.stores.ledger.entries_after(Seq(0), 10).unwrap();
    let entries = || foreign.iter().cloned().map(ingest::index_entry).collect::<Vec<_>>();
    stores.vectors.apply(entries(), Seq(999)).await.unwrap();
    stores.lexical.apply(entries(), Seq(999)).await.unwrap();
    stores.vectors.remove(vec![wanted[0]]).await.unwrap();
    stores.lexical.remove(vec![wanted[0]]).await.unwrap();
    assert_eq!(stray(&stores.vectors.ids().await.unwrap()), foreign.len());
    stores.reconcile().await.unwrap();
    assert_eq!(stores.vectors.ids().await.unwrap(), wanted);
    assert_eq!(stores.lexical.ids().await.unwrap(), wanted);
    assert_eq!(quoted(&service).await, before);
}
