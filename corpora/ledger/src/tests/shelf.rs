//! The list of documents: its order, what can be asked of it, and that it is read from its index.

use knowledge::{DocumentId, Identifiers, Kind, Quality, Status};
use rusqlite::params_from_iter;

use super::{DECISION, corpus, document, ledger, staging, titled, version_in};
use crate::shelf::{count, page};
use crate::{DocumentMark, DocumentQuery, Error, Ledger};

fn all() -> DocumentQuery {
    DocumentQuery { limit: 100, ..DocumentQuery::default() }
}

fn titles(ledger: &Ledger, query: &DocumentQuery) -> Vec<String> {
    let listed: Vec<String> =
        ledger.list_documents(query).unwrap().documents.into_iter().map(|row| row.title).collect();
    assert_eq!(ledger.count_documents(query).unwrap(), listed.len() as u64, "{query:?}");
    listed
}

fn about(words: &str) -> DocumentQuery {
    DocumentQuery { words: Some(words.to_owned()), ..all() }
}

#[test]
fn documents_come_by_title_whatever_its_case_and_then_by_id_page_by_page() {
    let ledger = ledger();
    let batch = [("a", "gout"), ("b", "Asthma"), ("c", "croup"), ("d", "Croup"), ("e", "ASTHMA"), ("f", "Sepsis")];
    let batch = batch.map(|(name, title)| titled(name, title));
    ledger.stage(&batch, &DECISION).unwrap();
    let mut same = [document("b"), document("e")];
    same.sort_unstable();
    let mut other = [document("c"), document("d")];
    other.sort_unstable();
    let wanted = [same[0], same[1], other[0], other[1], document("a"), document("f")];
    for limit in 1..=6 {
        let mut query = DocumentQuery { limit, ..DocumentQuery::default() };
        let mut seen: Vec<DocumentId> = Vec::new();
        loop {
            let page = ledger.list_documents(&query).unwrap();
            assert!(page.documents.len() <= limit as usize && !page.documents.is_empty());
            seen.extend(page.documents.iter().map(|row| row.document));
            // As a client gives it back.
            query.after = page.next.map(|mark| mark.to_string().parse::<DocumentMark>().unwrap());
            if query.after.is_none() {
                break;
            }
        }
        assert_eq!(seen, wanted, "{limit} at a time");
        assert_eq!(ledger.count_documents(&query).unwrap(), 6);
    }
    let nowhere = DocumentQuery { after: Some(document("z").to_string().parse().unwrap()), ..all() };
    assert!(matches!(ledger.list_documents(&nowhere), Err(Error::UnknownDocument(_))));
}

#[test]
fn a_row_tells_of_the_newest_version() {
    let ledger = ledger();
    ledger.stage(&[staging("drug", 1)], &DECISION).unwrap();
    let row = || ledger.list_documents(&all()).unwrap().documents.remove(0);
    assert!(!row().is_in_force, "it is staged");
    ledger.publish(&DECISION).unwrap();
    assert!(row().is_in_force);

    let mut second = version_in("test", "drug", 2, 1);
    second.version.metadata.title = "Drug anew".into();
    second.version.metadata.published = Some("2025-03".into());
    second.version.quality = Quality { score: 0.5, defects: vec![] };
    second.version.source_sha256 = "other".into();
    ledger.stage(&[second], &DECISION).unwrap();
    let staged = row();
    assert_eq!((staged.version, staged.versions, staged.title.as_str()), (2, 2, "Drug anew"));
    assert_eq!((staged.published.as_deref(), staged.quality), (Some("2025-03"), Some(0.5)));
    assert_eq!((staged.findings, staged.is_in_force), (1, false), "it was read badly, and is not published yet");
    ledger.publish(&DECISION).unwrap();
    assert!(row().is_in_force);
    ledger.set_status(document("drug"), 2, Status::Retracted, &DECISION).unwrap();
    assert_eq!((row().status, row().is_in_force), (Status::Retracted, false), "at once");
}

#[test]
fn what_is_asked_is_asked_of_the_newest_version() {
    let ledger = ledger();
    ledger.put_corpus(&corpus("other"), &DECISION).unwrap();
    let mut trial = titled("trial", "Trial");
    trial.version.metadata.kind = Kind::Trial;
    trial.version.metadata.issuer = "Some Society".into();
    trial.version.metadata.published = Some("2024-03-01".into());
    let mut due = titled("due", "Due");
    due.version.metadata.review_by = Some("2026-06".into());
    let mut gone = titled("gone", "Gone");
    gone.version.metadata.status = Status::Withdrawn;
    gone.version.metadata.review_by = Some("2020".into());
    let mut poor = titled("poor", "Poor");
    poor.version.quality = Quality { score: 0.79, defects: vec![] };
    let mut fair = titled("fair", "Fair");
    fair.version.quality = Quality { score: Quality::REVIEW_BELOW, defects: vec![] };
    let mut old = titled("twice", "Twice");
    old.version.metadata.kind = Kind::Review;
    let mut elsewhere = version_in("other", "else", 1, 1);
    elsewhere.version.metadata.title = "Elsewhere".into();
    let mut new = version_in("test", "twice", 2, 1);
    new.version.metadata.title = "Twice".into();
    ledger.stage(&[trial, due, gone, poor, fair, old, elsewhere, new], &DECISION).unwrap();

    let asked = |query: DocumentQuery| titles(&ledger, &query);
    assert_eq!(asked(DocumentQuery { corpus: Some(corpus("other").id), ..all() }), ["Elsewhere"]);
    assert_eq!(asked(DocumentQuery { status: Some(Status::Withdrawn), ..all() }), ["Gone"]);
    assert_eq!(asked(DocumentQuery { kind: Some(Kind::Trial), ..all() }), ["Trial"]);
    assert_eq!(asked(DocumentQuery { kind: Some(Kind::Review), ..all() }), [""; 0], "its newest version is none");
    assert_eq!(asked(DocumentQuery { issuer: Some("some society".into()), ..all() }), ["Trial"]);
    assert_eq!(asked(DocumentQuery { year: Some(2024), ..all() }), ["Trial"]);
    assert_eq!(asked(DocumentQuery { due_by: Some("2026-05-31".into()), ..all() }), [""; 0]);
    assert_eq!(asked(DocumentQuery { due_by: Some("2026-11-22".into()), ..all() }), ["Due"]);
    assert_eq!(asked(DocumentQuery { is_poor: true, ..all() }), ["Poor"]);
    let both = DocumentQuery { year: Some(2024), is_poor: true, ..all() };
    assert_eq!(asked(both), [""; 0]);
}

#[test]
fn words_are_looked_for_in_titles_and_whole_names_everywhere() {
    let ledger = ledger();
    let mut named = titled("named", "Colchicine in gout");
    named.version.metadata.identifiers = Identifiers {
        doi: Some("10.5555/Examplin.1".into()),
        pmid: Some("00123".into()),
        pmcid: Some("PMC45".into()),
        url: None,
    };
    let batch = [named, titled("half", "Gout at 50% of doses"), titled("mark", "Éclampsie sévère")];
    ledger.stage(&batch, &DECISION).unwrap();
    let found = |words: &str| titles(&ledger, &about(words));
    assert_eq!(found("GOUT"), ["Colchicine in gout", "Gout at 50% of doses"]);
    assert_eq!(found("gout colch"), ["Colchicine in gout"]);
    assert_eq!(found("50%"), ["Gout at 50% of doses"]);
    assert_eq!(found("5_%"), [""; 0], "signs of a pattern are signs");
    assert_eq!(found("éclampsie SÉVÈRE"), ["Éclampsie sévère"]);
    assert_eq!(found("  ").len(), 3, "no word is asked for");
    for name in ["10.5555/examplin.1", "https://doi.org/10.5555/EXAMPLIN.1", "123", "PMID: 123", "pmc45"] {
        assert_eq!(found(name), ["Colchicine in gout"], "{name}");
    }
    assert_eq!(found(&document("half").to_string()), ["Gout at 50% of doses"]);
    assert_eq!(found("examplin"), [""; 0], "a part of a name is none");
}

#[test]
fn a_document_whose_metadata_is_damaged_hides_no_other() {
    let ledger = ledger();
    ledger.stage(&[titled("a", "A"), titled("b", "B")], &DECISION).unwrap();
    let damage = "UPDATE versions SET metadata = '{\"title\":' WHERE source_name = 'a'";
    ledger.lock().execute(damage, []).unwrap();
    assert_eq!(titles(&ledger, &all()), ["B"]);
}

#[test]
fn the_list_is_read_from_an_index_alone() {
    let ledger = ledger();
    ledger.stage(&[titled("a", "A")], &DECISION).unwrap();
    let after = Some(document("a").to_string().parse().unwrap());
    let everything = DocumentQuery {
        corpus: Some(corpus("test").id),
        status: Some(Status::Current),
        kind: Some(Kind::Guideline),
        issuer: Some("Test".into()),
        year: Some(2024),
        due_by: Some("2026-01-01".into()),
        is_poor: true,
        words: Some(format!("{} é", document("a"))),
        after,
        limit: 10,
    };
    let words = DocumentQuery { words: Some(document("a").to_string()), ..all() };
    let of_corpus = DocumentQuery { corpus: Some(corpus("test").id), ..all() };
    for query in [all(), DocumentQuery { after, ..all() }, of_corpus, words, everything] {
        let connection = ledger.lock();
        let (page, count) = (page(&connection, &query).unwrap(), count(&connection, &query).unwrap());
        // To count, the smaller index will do where it has what is asked for.
        let either = &["versions_by_title", "versions_by_id"][..];
        for ((sql, values), indexes) in [(page, &either[..1]), (count, either)] {
            let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let steps = statement.query_map(params_from_iter(values), |row| row.get::<_, String>(3)).unwrap();
            let plan = steps.collect::<rusqlite::Result<Vec<_>>>().unwrap().join("\n");
            let is_from = |index: &&str| plan.contains(&format!(" v USING COVERING INDEX {index}"));
            assert!(indexes.iter().any(is_from), "{query:?}:\n{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{query:?}:\n{plan}");
        }
    }
}
