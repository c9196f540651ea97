//! A review from its draw to its signature, as the server goes through it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rusqlite::Connection;

use crate::{Candidate, Error, NewReview, Rating, Review, Reviews, Seed, State};

struct House {
    _directory: tempfile::TempDir,
    path: PathBuf,
    reviews: Reviews,
}

fn house() -> House {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("reviews.db");
    let reviews = Reviews::open(&path).unwrap();
    House { _directory: directory, path, reviews }
}

/// Four answers, one of them an abstention: six items.
fn candidates() -> Vec<Candidate> {
    let one = |answer: &str, stratum: &str, statements| Candidate {
        answer: answer.to_owned(),
        stratum: stratum.to_owned(),
        statements,
    };
    vec![one("a1", "dosing", 2), one("a2", "dosing", 1), one("a3", "other", 2), one("a4", "other", 0)]
}

fn ours(all: &[Candidate]) -> BTreeMap<String, Vec<String>> {
    let verdicts = |one: &Candidate| match one.statements {
        0 => vec!["abstained".to_owned()],
        n => (0..n).map(|_| "supported".to_owned()).collect(),
    };
    all.iter().map(|one| (one.answer.clone(), verdicts(one))).collect()
}

fn new(id: &str) -> NewReview {
    NewReview {
        id: id.to_owned(),
        title: "Ward 3".to_owned(),
        created_at: "2026-11-02T08:00:00Z".to_owned(),
        created_by: "cora".to_owned(),
        seed: Seed::new([7; 32]),
        from: "2026-10-01T00:00:00Z".to_owned(),
        to: "2026-11-01T00:00:00Z".to_owned(),
        size: 4,
        reviewers: ["ada".to_owned(), "bob".to_owned()],
        adjudicator: None,
    }
}

fn make(reviews: &Reviews, id: &str) -> Review {
    reviews.create(&new(id), &candidates(), &ours(&candidates())).unwrap()
}

/// Both rate everything; they differ on item 2.
fn rate_all(reviews: &Reviews) {
    for n in 1..=6 {
        reviews.rate("r", n, "ada", Rating::Supported, Some("=plain, see (2)"), "t1").unwrap();
        let other = if n == 2 { Rating::Partial } else { Rating::Supported };
        reviews.rate("r", n, "bob", other, None, "t2").unwrap();
    }
}

fn ready() -> House {
    let house = house();
    make(&house.reviews, "r");
    rate_all(&house.reviews);
    house.reviews.adjudicate("r", 2, "cleo", Rating::Partial, "The dose is missing.", "t3").unwrap();
    house
}

fn hash(record: &str) -> String {
    knowledge::sha256_hex(record.as_bytes())
}

fn sign(reviews: &Reviews) -> Review {
    let record = reviews.record("r").unwrap();
    reviews.sign_off("r", "dora", "Dr Dora Dahl", "review", "t4", &hash(&record)).unwrap()
}

#[test]
fn a_review_has_an_item_for_every_statement() {
    let house = house();
    let review = make(&house.reviews, "r");
    assert_eq!((review.items, review.state, review.rated.as_slice()), (6, State::Open, &[0, 0][..]));
    assert_eq!(review.strata.len(), 2);
    assert_eq!((review.strata[1].population, review.strata[1].population_items, review.strata[1].items), (2, 3, 3));
    let items = house.reviews.items("r", "ada", false, 4, None).unwrap();
    let rest = house.reviews.items("r", "ada", false, 4, items.next).unwrap();
    let mut places: Vec<(String, u32)> =
        items.items.iter().chain(&rest.items).map(|item| (item.answer.clone(), item.statement)).collect();
    places.sort();
    let expected = [("a1", 1_u32), ("a1", 2), ("a2", 1), ("a3", 1), ("a3", 2), ("a4", 0)];
    assert_eq!(places, expected.map(|(answer, statement)| (answer.to_owned(), statement)));
    assert_eq!(rest.next, None);
    assert_eq!(house.reviews.get("r").unwrap(), review);
}

#[test]
fn a_review_needs_two_people_and_our_verdicts() {
    let House { reviews, .. } = &house();
    let (all, verdicts) = (candidates(), ours(&candidates()));
    let twice = NewReview { reviewers: ["ada".to_owned(), "ada".to_owned()], ..new("r") };
    assert!(matches!(reviews.create(&twice, &all, &verdicts), Err(Error::Reviewers)));
    let third = NewReview { adjudicator: Some("bob".to_owned()), ..new("r") };
    assert!(matches!(reviews.create(&third, &all, &verdicts), Err(Error::AdjudicatorIsReviewer)));
    let none = NewReview { size: 0, ..new("r") };
    assert!(matches!(reviews.create(&none, &all, &verdicts), Err(Error::EmptySample)));
    assert!(matches!(reviews.create(&new("r"), &all, &BTreeMap::new()), Err(Error::Verdicts { found: 0, .. })));
    assert!(matches!(reviews.get("r"), Err(Error::Unknown)), "a failed creation leaves nothing");
}

#[test]
fn nobody_is_led_by_another() {
    let house = house();
    let reviews = &house.reviews;
    make(reviews, "r");
    let blind = reviews.item("r", 1, "ada").unwrap();
    assert_eq!((blind.ours, blind.own, blind.others.len(), blind.final_rating), (None, None, 0, None));
    let first = reviews.rate("r", 1, "ada", Rating::Supported, Some(" fine "), "t").unwrap();
    assert!(first.ours.is_some() && first.others.is_empty());
    assert_eq!(first.own.unwrap().comment.as_deref(), Some("fine"));
    let other = reviews.item("r", 1, "bob").unwrap();
    assert!(other.ours.is_none() && other.own.is_none() && other.others.is_empty());
    let second = reviews.rate("r", 1, "bob", Rating::Partial, None, "t").unwrap();
    assert_eq!(second.others[0].rating, Rating::Supported);
    assert_eq!(reviews.item("r", 1, "ada").unwrap().others[0].rating, Rating::Partial);
    // A third person learns nothing that could be carried over while there is something to rate.
    let third = reviews.item("r", 1, "cleo").unwrap();
    assert!(third.ours.is_none() && third.others.is_empty() && third.final_rating.is_none());
    assert_eq!(reviews.get("r").unwrap().differences, 0);
    assert!(reviews.items("r", "cleo", true, 9, None).unwrap().items.is_empty());
    let waiting = reviews.items("r", "ada", true, 9, None).unwrap().items;
    assert_eq!(waiting.iter().map(|item| item.n).collect::<Vec<_>>(), [2, 3, 4, 5, 6]);
    for refused in [reviews.record("r"), reviews.csv("r"), reviews.ndjson("r")] {
        assert!(matches!(refused, Err(Error::State { found: State::Open, .. })));
    }
    assert!(reviews.pdf("r").is_err() && reviews.statistics("r").is_err());
}

#[test]
fn a_rating_may_change_until_the_other_has_rated() {
    let house = house();
    let reviews = &house.reviews;
    make(reviews, "r");
    reviews.rate("r", 1, "ada", Rating::Supported, None, "t1").unwrap();
    reviews.rate("r", 1, "ada", Rating::Supported, None, "again").unwrap();
    let changed = reviews.rate("r", 1, "ada", Rating::Contradicted, None, "t2").unwrap().own.unwrap();
    assert_eq!((changed.round, changed.rating), (2, Rating::Contradicted));
    reviews.rate("r", 1, "bob", Rating::Contradicted, None, "t3").unwrap();
    assert!(matches!(reviews.rate("r", 1, "ada", Rating::Partial, None, "t4"), Err(Error::Stands(1))));
    assert!(matches!(reviews.rate("r", 1, "bob", Rating::Partial, None, "t4"), Err(Error::Stands(1))));
    assert!(matches!(reviews.rate("r", 1, "cleo", Rating::Partial, None, "t4"), Err(Error::NotReviewer)));
    assert!(matches!(reviews.rate("r", 7, "ada", Rating::Partial, None, "t4"), Err(Error::NoItem(7))));
    let long = "x".repeat(crate::MAX_TEXT_CHARS + 1);
    assert!(matches!(reviews.rate("r", 2, "ada", Rating::Partial, Some(&long), "t4"), Err(Error::TooLong("comment"))));
    for n in 2..=6 {
        reviews.rate("r", n, "ada", Rating::Supported, None, "t5").unwrap();
        reviews.rate("r", n, "bob", Rating::Supported, None, "t5").unwrap();
    }
    assert_eq!(reviews.get("r").unwrap().state, State::Ready);
    assert_eq!(reviews.statistics("r").unwrap().changed, 1);
    assert!(
        reviews.record("r").unwrap().contains(r#""at":"t1","by":"ada","comment":null,"rating":"supported","round":1"#)
    );
}

#[test]
fn a_third_person_settles_what_differs() {
    let house = house();
    let reviews = &house.reviews;
    make(reviews, "r");
    let settle = |n, who| reviews.adjudicate("r", n, who, Rating::Partial, "because", "t");
    assert!(matches!(settle(2, "cleo"), Err(Error::State { found: State::Open, .. })));
    rate_all(reviews);
    let review = reviews.get("r").unwrap();
    assert_eq!((review.state, review.differences), (State::Adjudication, 1));
    let waiting = reviews.items("r", "cleo", true, 9, None).unwrap().items;
    assert_eq!((waiting.len(), waiting[0].n, waiting[0].others.len(), &waiting[0].ours), (1, 2, 2, &None));
    assert!(matches!(settle(2, "ada"), Err(Error::AdjudicatorIsReviewer)));
    assert!(matches!(settle(1, "cleo"), Err(Error::Agreed(1))));
    assert!(matches!(reviews.adjudicate("r", 2, "cleo", Rating::Partial, " ", "t"), Err(Error::Empty("reason"))));
    assert_eq!(settle(2, "cleo").unwrap().final_rating, Some(Rating::Partial));
    assert!(matches!(settle(2, "cleo"), Err(Error::Stands(2))));
    assert!(matches!(settle(2, "dora"), Err(Error::OtherAdjudicator)));
    let review = reviews.get("r").unwrap();
    assert_eq!((review.state, review.adjudicator.as_deref()), (State::Ready, Some("cleo")));
    let found = reviews.statistics("r").unwrap();
    assert_eq!((found.items, found.agreement.observed.count, found.support.count), (6, 5, 5));
    // The abstention has no verdict of ours; of the other five, one was settled otherwise, unless item 2 is the
    // abstention.
    let ours = found.ours.unwrap().observed;
    assert!(ours.of == 5 && ours.count >= 4, "{ours:?}");
}

#[test]
fn what_is_signed_does_not_change() {
    let house = ready();
    let reviews = &house.reviews;
    assert!(matches!(reviews.verify_signature("r"), Err(Error::State { needed: State::Signed, .. })));
    let wrong = hash("another record");
    let refused = reviews.sign_off("r", "dora", "Dr Dora Dahl", "review", "t4", &wrong);
    assert!(matches!(refused, Err(Error::RecordChanged)));
    let record = reviews.record("r").unwrap();
    let signed = sign(reviews);
    assert_eq!(signed.state, State::Signed);
    assert_eq!(signed.signature.unwrap().record_hash, hash(&record));
    assert_eq!(reviews.record("r").unwrap(), record, "the signature is no part of what is signed");
    assert!(reviews.verify_signature("r").unwrap());
    assert!(matches!(reviews.rate("r", 1, "ada", Rating::Partial, None, "t5"), Err(Error::Signed)));
    assert!(matches!(reviews.adjudicate("r", 2, "cleo", Rating::Partial, "x", "t5"), Err(Error::Signed)));
    let again = reviews.sign_off("r", "dora", "Dr Dora Dahl", "review", "t5", &hash(&record));
    assert!(matches!(again, Err(Error::Signed)));
    let raw = Connection::open(&house.path).unwrap();
    for sql in [
        "UPDATE ratings SET rating = 'partial'",
        "DELETE FROM ratings",
        "DELETE FROM signatures",
        "UPDATE reviews SET title = 'x'",
        "INSERT INTO ratings SELECT review, item, reviewer, 9, rating, comment, at FROM ratings",
    ] {
        assert!(raw.execute_batch(sql).is_err(), "{sql}");
    }
    assert!(reviews.verify_signature("r").unwrap());
}

#[test]
fn one_bit_of_the_record_is_seen() {
    for tampering in [
        // Each of them changes one bit.
        "DROP TRIGGER ratings_stand; UPDATE ratings SET comment = '<plain, see (2)' WHERE item = 1 AND reviewer = 'ada'",
        "DROP TRIGGER ratings_stand; UPDATE ratings SET at = 't3' WHERE item = 6 AND reviewer = 'bob'",
        "DROP TRIGGER items_stand; UPDATE items SET ours = 'supportee' WHERE ours = 'supported'",
        "DROP TRIGGER strata_stand; UPDATE strata SET population = 3 WHERE name = 'other'",
        "DROP TRIGGER signed_reviews; UPDATE reviews SET title = 'Ward 2'",
        "DROP TRIGGER signatures_stand; UPDATE signatures SET meaning = 'reviev'",
        "DROP TRIGGER signatures_stand; UPDATE signatures SET full_name = 'Dr Dora Dahm'",
    ] {
        let house = ready();
        sign(&house.reviews);
        Connection::open(&house.path).unwrap().execute_batch(tampering).unwrap();
        assert!(!house.reviews.verify_signature("r").unwrap(), "{tampering}");
    }
}

#[test]
fn exports_have_everything() {
    let house = ready();
    let reviews = &house.reviews;
    sign(reviews);
    let table = reviews.csv("r").unwrap();
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.unwrap()).collect();
    assert_eq!(rows.len(), 6);
    assert_eq!((&rows[1][5], &rows[1][6], &rows[1][8]), ("supported", "'=plain, see (2)", "partial"));
    assert_eq!((&rows[1][10], &rows[1][12], &rows[1][13]), ("cleo", "The dose is missing.", "partial"));
    let lines = reviews.ndjson("r").unwrap();
    let kinds: Vec<String> = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["kind"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!((kinds.len(), kinds[0].as_str(), kinds[6].as_str()), (7, "review", "item"));
    let pdf = reviews.pdf("r").unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    assert_eq!(pdf, reviews.pdf("r").unwrap());
    let text = String::from_utf8_lossy(&pdf);
    for expected in [
        "(Review: Ward 3)",
        "(Support rate)",
        "(Items on which the reviewers differ: 1)",
        "(Settled by cleo: partial. The dose is missing.)",
        "(Signed by: Dr Dora Dahl (dora))",
        "(Page 1 of ",
    ] {
        assert!(text.contains(expected), "{expected}");
    }
    let pages = text.matches("/Type /Page\n").count();
    assert!(pages >= 1 && text.contains(&format!("/Count {pages}")), "{pages}");
}

#[test]
fn the_newest_comes_first_and_files_last() {
    let house = house();
    for id in ["1", "2", "3"] {
        make(&house.reviews, id);
    }
    let ids = |page: &crate::Page| page.reviews.iter().map(|review| review.id.clone()).collect::<Vec<_>>();
    let first = house.reviews.list(2, None).unwrap();
    assert_eq!(ids(&first), ["3", "2"]);
    let second = house.reviews.list(2, first.next).unwrap();
    assert_eq!((ids(&second), second.next), (vec!["1".to_owned()], None));
    let again = Reviews::open(&house.path).unwrap();
    assert_eq!(again.get("2").unwrap(), house.reviews.get("2").unwrap());
    let path = house.path.with_file_name("other.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE x (y); PRAGMA user_version = 9;").unwrap();
    assert!(matches!(Reviews::open(&path), Err(Error::Format { found: 9 })));
}
