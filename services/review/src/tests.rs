//! A review from its draw to its signature, as the server goes through it.

mod blind;
mod old;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;

use rusqlite::Connection;

use crate::{
    COMMENT, Candidate, Error, Item, Judgement, NewReview, Place, REASON, Rating, Recorded, Result, Review, Reviews,
    Seed, SignOff, State, ToRecord, Words,
};

struct House {
    _directory: tempfile::TempDir,
    path: PathBuf,
    reviews: Reviews,
    log: Log,
}

fn house() -> House {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("reviews.db");
    let reviews = Reviews::open(&path).unwrap();
    House { _directory: directory, path, reviews, log: Log::default() }
}

/// A log in memory: of each entry what it is told, and the words that it seals.
#[derive(Default)]
struct Log(RefCell<Vec<Entry>>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    answer: String,
    round: u32,
    commitment: String,
    words: Option<String>,
}

impl Log {
    fn put(&self, told: &ToRecord<'_>) -> Recorded {
        let mut entries = self.0.borrow_mut();
        let words = told.words.map(str::to_owned);
        let (answer, round, commitment) = (told.answer.clone(), told.round, told.commitment.clone());
        let recorded = words.as_deref().map(sealed);
        entries.push(Entry { answer, round, commitment, words });
        Recorded { entry: u64::try_from(entries.len()).unwrap() - 1, words: recorded }
    }

    fn entries(&self) -> Vec<Entry> {
        self.0.borrow().clone()
    }

    /// Destroys the words about an answer.
    fn erase(&self, answer: &str) {
        let mut entries = self.0.borrow_mut();
        entries.iter_mut().filter(|entry| entry.answer == answer).for_each(|entry| entry.words = None);
    }
}

/// The commitment of that log.
fn sealed(words: &str) -> String {
    hash(&format!("a salt of the log, {words}"))
}

impl Words for Log {
    fn words(&self, place: &Place, name: &str) -> Result<Option<String>> {
        assert!([COMMENT, REASON].contains(&name));
        let words = self.0.borrow()[usize::try_from(place.entry).unwrap()].words.clone();
        Ok(words.filter(|words| sealed(words) == place.commitment))
    }
}

/// What the server does, with less to write.
impl House {
    fn judgement<'a>(n: u32, who: &'a str, rating: Rating, words: Option<&'a str>, at: &'a str) -> Judgement<'a> {
        Judgement { review: "r", n, who, rating, words, at, salt: [u8::try_from(n).unwrap(); 32] }
    }

    fn rate(&self, n: u32, who: &str, rating: Rating, comment: Option<&str>, at: &str) -> Result<Item> {
        let judgement = Self::judgement(n, who, rating, comment, at);
        self.reviews.rate(&judgement, &self.log, |told| Ok::<_, Error>(self.log.put(told)))
    }

    fn adjudicate(&self, n: u32, who: &str, rating: Rating, reason: &str, at: &str) -> Result<Item> {
        let judgement = Self::judgement(n, who, rating, Some(reason), at);
        self.reviews.adjudicate(&judgement, &self.log, |told| Ok::<_, Error>(self.log.put(told)))
    }

    fn item(&self, n: u32, reader: &str) -> Item {
        self.reviews.item("r", n, reader, &self.log).unwrap()
    }

    fn open_items(&self, reader: &str) -> Vec<Item> {
        self.reviews.items("r", reader, true, 9, None, &self.log).unwrap().items
    }

    fn sign_off(&self, meaning: &str, record_hash: &str) -> Result<Review> {
        let signing = SignOff { review: "r", who: "dora", full_name: "Dr Dora Dahl", meaning, at: "t4", record_hash };
        self.reviews.sign_off(&signing, |_| Ok::<_, Error>(()))
    }

    fn sign(&self) -> Review {
        let record = self.reviews.record("r").unwrap();
        self.sign_off("review", &hash(&record)).unwrap()
    }
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

fn create(reviews: &Reviews, new: &NewReview, ours: &BTreeMap<String, Vec<String>>) -> Result<Review> {
    reviews.create(new, &candidates(), ours, |_| Ok::<_, Error>(()))
}

fn make(reviews: &Reviews, id: &str) -> Review {
    create(reviews, &new(id), &ours(&candidates())).unwrap()
}

/// Both rate everything; they differ on item 2.
fn rate_all(house: &House) {
    for n in 1..=6 {
        house.rate(n, "ada", Rating::Supported, Some("=plain, see (2)"), "t1").unwrap();
        let other = if n == 2 { Rating::Partial } else { Rating::Supported };
        house.rate(n, "bob", other, None, "t2").unwrap();
    }
}

fn ready() -> House {
    let house = house();
    make(&house.reviews, "r");
    rate_all(&house);
    house.adjudicate(2, "cleo", Rating::Partial, "The dose is missing.", "t3").unwrap();
    house
}

fn hash(record: &str) -> String {
    knowledge::sha256_hex(record.as_bytes())
}

#[test]
fn a_review_has_an_item_for_every_statement() {
    let house = house();
    let review = make(&house.reviews, "r");
    assert_eq!((review.items, review.state, review.rated.as_slice()), (6, State::Open, &[0, 0][..]));
    assert_eq!(review.strata.len(), 2);
    assert_eq!((review.strata[1].population, review.strata[1].population_items, review.strata[1].items), (2, 3, 3));
    let items = house.reviews.items("r", "ada", false, 4, None, &house.log).unwrap();
    let rest = house.reviews.items("r", "ada", false, 4, items.next, &house.log).unwrap();
    let place = |item: &Item| (house.reviews.answer("r", item.n).unwrap(), item.statement);
    let mut places: Vec<(String, u32)> = items.items.iter().chain(&rest.items).map(place).collect();
    places.sort();
    let expected = [("a1", 1_u32), ("a1", 2), ("a2", 1), ("a3", 1), ("a3", 2), ("a4", 0)];
    assert_eq!(places, expected.map(|(answer, statement)| (answer.to_owned(), statement)));
    assert_eq!(rest.next, None);
    assert_eq!(house.reviews.get("r").unwrap(), review);
}

#[test]
fn a_review_needs_two_people_and_our_verdicts() {
    let House { reviews, .. } = &house();
    let verdicts = ours(&candidates());
    let twice = NewReview { reviewers: ["ada".to_owned(), "ada".to_owned()], ..new("r") };
    assert!(matches!(create(reviews, &twice, &verdicts), Err(Error::Reviewers)));
    let third = NewReview { adjudicator: Some("bob".to_owned()), ..new("r") };
    assert!(matches!(create(reviews, &third, &verdicts), Err(Error::AdjudicatorIsReviewer)));
    let none = NewReview { size: 0, ..new("r") };
    assert!(matches!(create(reviews, &none, &verdicts), Err(Error::EmptySample)));
    assert!(matches!(create(reviews, &new("r"), &BTreeMap::new()), Err(Error::Verdicts { found: 0, .. })));
    assert!(matches!(reviews.get("r"), Err(Error::Unknown)), "a failed creation leaves nothing");
}

#[test]
fn a_third_person_settles_what_differs() {
    let house = house();
    let reviews = &house.reviews;
    make(reviews, "r");
    let settle = |n, who| house.adjudicate(n, who, Rating::Partial, "because", "t");
    assert!(matches!(settle(2, "cleo"), Err(Error::State { found: State::Open, .. })));
    rate_all(&house);
    let review = reviews.get("r").unwrap();
    assert_eq!((review.state, review.differences), (State::Adjudication, 1));
    let waiting = house.open_items("cleo");
    assert_eq!((waiting.len(), waiting[0].n, waiting[0].others.len(), &waiting[0].ours), (1, 2, 2, &None));
    assert!(matches!(settle(2, "ada"), Err(Error::AdjudicatorIsReviewer)));
    assert!(matches!(settle(1, "cleo"), Err(Error::Agreed(1))));
    assert!(matches!(house.adjudicate(2, "cleo", Rating::Partial, " ", "t"), Err(Error::Empty("reason"))));
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
    assert!(matches!(house.sign_off("review", &wrong), Err(Error::RecordChanged)));
    let record = reviews.record("r").unwrap();
    let signed = house.sign();
    assert_eq!(signed.state, State::Signed);
    assert_eq!(signed.signature.unwrap().record_hash, hash(&record));
    assert_eq!(reviews.record("r").unwrap(), record, "the signature is no part of what is signed");
    assert!(reviews.verify_signature("r").unwrap());
    assert!(matches!(house.rate(1, "ada", Rating::Partial, None, "t5"), Err(Error::Signed)));
    assert!(matches!(house.adjudicate(2, "cleo", Rating::Partial, "x", "t5"), Err(Error::Signed)));
    assert!(matches!(house.sign_off("review", &hash(&record)), Err(Error::Signed)));
    let raw = Connection::open(&house.path).unwrap();
    for sql in [
        "UPDATE ratings SET rating = 'partial'",
        "DELETE FROM ratings",
        "DELETE FROM signatures",
        "UPDATE reviews SET title = 'x'",
        "UPDATE ratings SET salt = NULL",
        "UPDATE adjudications SET words = NULL",
        "UPDATE signatures SET format = 1",
        "INSERT INTO ratings (review, item, reviewer, round, rating, at, entry)
         SELECT review, item, reviewer, 9, rating, at, entry FROM ratings",
    ] {
        let refused = raw.execute_batch(sql).unwrap_err().to_string();
        assert!(
            refused.contains("what was said stands") || refused.contains("the review is signed"),
            "{sql}: {refused}"
        );
    }
    assert!(reviews.verify_signature("r").unwrap());
}

#[test]
fn one_bit_of_the_record_is_seen() {
    let flip = "char((unicode(words) | 64) - (unicode(words) & 64)) || substr(words, 2)";
    let comment = format!("DROP TRIGGER ratings_stand; UPDATE ratings SET words = {flip} WHERE item = 1");
    let reason = format!("DROP TRIGGER adjudications_stand; UPDATE adjudications SET words = {flip}");
    for tampering in [
        // Each of them changes one bit.
        comment.as_str(),
        reason.as_str(),
        "DROP TRIGGER ratings_stand; UPDATE ratings SET entry = entry + 1 WHERE item = 6 AND reviewer = 'ada'",
        "DROP TRIGGER ratings_stand; UPDATE ratings SET salt = '00' || substr(salt, 3) WHERE item = 1 AND reviewer = 'ada'",
        "DROP TRIGGER ratings_stand; UPDATE ratings SET at = 't3' WHERE item = 6 AND reviewer = 'bob'",
        "DROP TRIGGER items_stand; UPDATE items SET ours = 'supportee' WHERE ours = 'supported'",
        "DROP TRIGGER strata_stand; UPDATE strata SET population = 3 WHERE name = 'other'",
        "DROP TRIGGER signed_reviews; UPDATE reviews SET title = 'Ward 2'",
        "DROP TRIGGER signatures_stand; UPDATE signatures SET meaning = 'reviev'",
        "DROP TRIGGER signatures_stand; UPDATE signatures SET full_name = 'Dr Dora Dahm'",
    ] {
        let house = ready();
        house.sign();
        Connection::open(&house.path).unwrap().execute_batch(tampering).unwrap();
        assert!(!house.reviews.verify_signature("r").unwrap(), "{tampering}");
    }
}

#[test]
fn exports_have_everything() {
    let house = ready();
    let reviews = &house.reviews;
    house.sign();
    let table = reviews.csv("r", &house.log).unwrap();
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.unwrap()).collect();
    assert_eq!(rows.len(), 6);
    assert_eq!((&rows[1][5], &rows[1][6], &rows[1][8]), ("supported", "'=plain, see (2)", "partial"));
    assert_eq!((&rows[1][10], &rows[1][12], &rows[1][13]), ("cleo", "The dose is missing.", "partial"));
    let lines = reviews.ndjson("r", &house.log).unwrap();
    assert!(lines.contains("=plain, see (2)") && lines.contains("The dose is missing."), "{lines}");
    let kinds: Vec<String> = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["kind"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!((kinds.len(), kinds[0].as_str(), kinds[6].as_str()), (7, "review", "item"));
    let pdf = reviews.pdf("r", &house.log).unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    assert_eq!(pdf, reviews.pdf("r", &house.log).unwrap());
    let text = String::from_utf8_lossy(&pdf);
    for expected in [
        "(Review: Ward 3)",
        "(Support rate)",
        "(Items on which the reviewers differ, or a rating was changed: 1)",
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
