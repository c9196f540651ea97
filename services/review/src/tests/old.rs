//! A file of format 1 goes on: what was signed in it still verifies, also when its words are erased.

use std::path::Path;

use super::*;

/// The file as format 1 had it.
const FORMAT_1: &str = "
CREATE TABLE reviews (
  id TEXT PRIMARY KEY, n INTEGER NOT NULL UNIQUE, title TEXT NOT NULL, created_at TEXT NOT NULL, created_by TEXT NOT NULL,
  seed TEXT NOT NULL, range_from TEXT NOT NULL, range_to TEXT NOT NULL, size INTEGER NOT NULL, reviewer_1 TEXT NOT NULL,
  reviewer_2 TEXT NOT NULL CHECK (reviewer_2 <> reviewer_1),
  adjudicator TEXT CHECK (adjudicator NOT IN (reviewer_1, reviewer_2))
) STRICT;
CREATE TABLE strata (
  review TEXT NOT NULL REFERENCES reviews (id), name TEXT NOT NULL, population INTEGER NOT NULL, sampled INTEGER NOT NULL,
  population_items INTEGER NOT NULL, items INTEGER NOT NULL, PRIMARY KEY (review, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE items (
  review TEXT NOT NULL REFERENCES reviews (id), n INTEGER NOT NULL, answer TEXT NOT NULL, statement INTEGER NOT NULL,
  stratum TEXT NOT NULL, ours TEXT NOT NULL, PRIMARY KEY (review, n), UNIQUE (review, answer, statement)
) STRICT, WITHOUT ROWID;
CREATE TABLE ratings (
  review TEXT NOT NULL, item INTEGER NOT NULL, reviewer TEXT NOT NULL, round INTEGER NOT NULL, rating TEXT NOT NULL,
  comment TEXT, at TEXT NOT NULL, PRIMARY KEY (review, item, reviewer, round),
  FOREIGN KEY (review, item) REFERENCES items (review, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE adjudications (
  review TEXT NOT NULL, item INTEGER NOT NULL, who TEXT NOT NULL, rating TEXT NOT NULL, reason TEXT NOT NULL,
  at TEXT NOT NULL, PRIMARY KEY (review, item), FOREIGN KEY (review, item) REFERENCES items (review, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE signatures (
  review TEXT PRIMARY KEY REFERENCES reviews (id), who TEXT NOT NULL, full_name TEXT NOT NULL, meaning TEXT NOT NULL,
  at TEXT NOT NULL, record_hash TEXT NOT NULL, seal TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE VIEW sheet AS
SELECT i.review AS review, i.n AS n, i.answer AS answer, i.statement AS statement, i.stratum AS stratum, i.ours AS ours,
  f.rating AS rating_1, f.comment AS comment_1, f.at AS at_1, f.round AS round_1,
  s.rating AS rating_2, s.comment AS comment_2, s.at AS at_2, s.round AS round_2,
  j.who AS third, j.rating AS rating_3, j.reason AS reason, j.at AS at_3
FROM items i JOIN reviews r ON r.id = i.review
LEFT JOIN ratings f ON f.review = i.review AND f.item = i.n AND f.reviewer = r.reviewer_1 AND f.round =
  (SELECT max(x.round) FROM ratings x WHERE x.review = i.review AND x.item = i.n AND x.reviewer = r.reviewer_1)
LEFT JOIN ratings s ON s.review = i.review AND s.item = i.n AND s.reviewer = r.reviewer_2 AND s.round =
  (SELECT max(y.round) FROM ratings y WHERE y.review = i.review AND y.item = i.n AND y.reviewer = r.reviewer_2)
LEFT JOIN adjudications j ON j.review = i.review AND j.item = i.n;
CREATE TRIGGER signed_reviews BEFORE UPDATE ON reviews WHEN EXISTS (SELECT 1 FROM signatures WHERE review = OLD.id)
  BEGIN SELECT RAISE(ABORT, 'the review is signed'); END;
CREATE TRIGGER signed_ratings BEFORE INSERT ON ratings WHEN EXISTS (SELECT 1 FROM signatures WHERE review = NEW.review)
  BEGIN SELECT RAISE(ABORT, 'the review is signed'); END;
CREATE TRIGGER ratings_stand BEFORE UPDATE ON ratings BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER ratings_stay BEFORE DELETE ON ratings BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER adjudications_stand BEFORE UPDATE ON adjudications
  BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER signatures_stand BEFORE UPDATE ON signatures BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
PRAGMA application_id = 0x4f534c52;
PRAGMA user_version = 1;
";

/// Review `s`, ready to be signed by the rules of then, and `r`, in which bob has not rated.
const HELD: &str = "
INSERT INTO reviews VALUES ('s', 1, 'Old', 't0', 'cora', '07', 'from', 'to', 2, 'ada', 'bob', 'cleo');
INSERT INTO reviews VALUES ('r', 2, 'Open', 't0', 'cora', '07', 'from', 'to', 1, 'ada', 'bob', NULL);
INSERT INTO strata VALUES ('s', 'answered', 2, 2, 2, 2), ('r', 'answered', 2, 1, 2, 1);
INSERT INTO items VALUES ('s', 1, 'a1', 1, 'answered', 'supported'), ('s', 2, 'a2', 1, 'answered', 'supported'),
  ('r', 1, 'a1', 1, 'answered', 'supported');
INSERT INTO ratings VALUES ('s', 1, 'ada', 1, 'supported', 'First words', 't1'), ('s', 1, 'ada', 2, 'partial', 'Second words', 't2'),
  ('s', 1, 'bob', 1, 'partial', NULL, 't3'), ('s', 2, 'ada', 1, 'supported', NULL, 't1'),
  ('s', 2, 'bob', 1, 'unsupported', NULL, 't3'), ('r', 1, 'ada', 1, 'supported', 'Open words', 't1');
INSERT INTO adjudications VALUES ('s', 2, 'cleo', 'supported', 'Third words', 't4');
";

/// What was signed, in the form of then.
const RECORD: &str = concat!(
    r#"{"format":1,"items":[{"adjudication":null,"answer":"a1","final":"partial","n":1,"ours":"supported","ratings":["#,
    r#"{"at":"t1","by":"ada","comment":"First words","rating":"supported","round":1},"#,
    r#"{"at":"t2","by":"ada","comment":"Second words","rating":"partial","round":2},"#,
    r#"{"at":"t3","by":"bob","comment":null,"rating":"partial","round":1}],"statement":1,"stratum":"answered"},"#,
    r#"{"adjudication":{"at":"t4","by":"cleo","rating":"supported","reason":"Third words"},"answer":"a2","#,
    r#""final":"supported","n":2,"ours":"supported","ratings":["#,
    r#"{"at":"t1","by":"ada","comment":null,"rating":"supported","round":1},"#,
    r#"{"at":"t3","by":"bob","comment":null,"rating":"unsupported","round":1}],"statement":1,"stratum":"answered"}],"#,
    r#""review":{"adjudicator":"cleo","created_at":"t0","created_by":"cora","from":"from","id":"s","#,
    r#""reviewers":["ada","bob"],"seed":"07","size":2,"#,
    r#""strata":[{"items":2,"name":"answered","population":2,"population_items":2,"sampled":2}],"#,
    r#""title":"Old","to":"to"}}"#,
);

/// Writes the file, and signs `s` as it was done then.
fn write(path: &Path) {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(FORMAT_1).unwrap();
    connection.execute_batch(HELD).unwrap();
    let record_hash = hash(RECORD);
    let signed = format!(
        r#"{{"at":"t5","by":"dora","full_name":"Dora Dahl","meaning":"reviewed","record_hash":"{record_hash}","review":"s"}}"#
    );
    let sql = "INSERT INTO signatures VALUES ('s', 'dora', 'Dora Dahl', 'reviewed', 't5', ?1, ?2)";
    connection.execute(sql, [record_hash, hash(&signed)]).unwrap();
}

fn old() -> House {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("reviews.db");
    write(&path);
    let reviews = Reviews::open(&path).unwrap();
    House { _directory: directory, path, reviews, log: Log::default() }
}

/// Whether these words stand in the file, or in what is yet to be moved into it.
fn holds(house: &House, words: &str) -> bool {
    let files = [house.path.clone(), house.path.with_extension("db-wal")];
    files
        .iter()
        .filter_map(|file| std::fs::read(file).ok())
        .any(|bytes| bytes.windows(words.len()).any(|window| window == words.as_bytes()))
}

#[test]
fn what_was_signed_in_the_old_form_verifies() {
    let house = old();
    let reviews = &house.reviews;
    assert_eq!(reviews.record("s").unwrap(), RECORD);
    assert!(reviews.verify_signature("s").unwrap());
    let item = reviews.item("s", 1, "ada", &house.log).unwrap();
    let own = item.own.unwrap();
    assert_eq!((own.rating, own.comment.as_deref(), own.round), (Rating::Supported, Some("First words"), 2));
    assert_eq!(own.later.unwrap().comment.as_deref(), Some("Second words"));
    // What was signed as final is final; the two agree by their first ratings alone.
    assert_eq!(item.final_rating, Some(Rating::Partial));
    let found = reviews.statistics("s").unwrap();
    assert_eq!((found.support.count, found.support.of, found.agreement.observed.count), (1, 2, 0));
    assert_eq!(reviews.get("s").unwrap().differences, 0);
    assert!(reviews.ndjson("s", &house.log).unwrap().contains("Third words"));
    drop(Reviews::open(&house.path).unwrap());
    assert!(Reviews::open(&house.path).unwrap().verify_signature("s").unwrap(), "once is enough");
}

#[test]
fn what_was_open_goes_on_by_the_rules_of_now() {
    let house = old();
    house.rate(1, "ada", Rating::Partial, Some("New words"), "t6").unwrap();
    assert!(!holds(&house, "New words"));
    house.rate(1, "bob", Rating::Partial, None, "t7").unwrap();
    assert_eq!(house.reviews.get("r").unwrap().state, State::Adjudication);
    house.adjudicate(1, "cleo", Rating::Partial, "New reason", "t8").unwrap();
    house.sign();
    assert!(house.reviews.verify_signature("r").unwrap());
    // Of one that had words in clear when it was signed as well.
    assert!(holds(&house, "Open words"));
    house.log.erase("a1");
    house.reviews.forget("a1").unwrap();
    assert!(!holds(&house, "Open words") && house.reviews.verify_signature("r").unwrap());
    let raw = Connection::open(&house.path).unwrap();
    raw.execute_batch("DROP TRIGGER ratings_stand; UPDATE ratings SET at = 't9' WHERE review = 'r'").unwrap();
    assert!(!house.reviews.verify_signature("r").unwrap());
}

#[test]
fn old_words_are_erased_and_the_old_signature_holds() {
    let house = old();
    let reviews = &house.reviews;
    assert!(["First words", "Second words", "Third words", "Open words"].iter().all(|words| holds(&house, words)));
    reviews.forget("a9").unwrap();
    assert_eq!(reviews.record("s").unwrap(), RECORD, "nothing is of that answer");
    reviews.forget("a1").unwrap();
    assert!(["First words", "Second words", "Open words"].iter().all(|words| !holds(&house, words)));
    assert!(holds(&house, "Third words"));
    assert!(reviews.verify_signature("s").unwrap());
    assert_eq!(reviews.item("s", 1, "ada", &house.log).unwrap().own.unwrap().comment, None);
    reviews.forget("a2").unwrap();
    reviews.forget("a2").unwrap();
    assert!(!holds(&house, "Third words") && reviews.verify_signature("s").unwrap());
    assert_eq!(reviews.statistics("s").unwrap().support.count, 1, "ratings stay");
    let raw = Connection::open(&house.path).unwrap();
    assert!(raw.execute_batch("UPDATE ratings SET comment = 'Others'").is_err(), "words do not come back");
    assert!(raw.execute_batch("UPDATE erasures SET record_hash = 'x'").is_err());
    let change =
        "DROP TRIGGER ratings_stand; UPDATE ratings SET rating = 'supported' WHERE item = 2 AND reviewer = 'bob'";
    raw.execute_batch(change).unwrap();
    assert!(!reviews.verify_signature("s").unwrap());
}

#[test]
fn erasing_makes_nothing_sound_that_was_not() {
    let house = old();
    let raw = Connection::open(&house.path).unwrap();
    raw.execute_batch("DROP TRIGGER ratings_stand; UPDATE ratings SET at = 't8' WHERE review = 's' AND item = 2")
        .unwrap();
    drop(raw);
    assert!(!house.reviews.verify_signature("s").unwrap());
    house.reviews.forget("a1").unwrap();
    assert!(!house.reviews.verify_signature("s").unwrap());
    house.reviews.forget("a2").unwrap();
    assert!(!house.reviews.verify_signature("s").unwrap());
}

/// Whoever reads while words are erased keeps the old pages alive: it is not said that they are gone.
#[test]
fn words_that_may_still_be_read_are_not_said_to_be_gone() {
    let house = old();
    let raw = Connection::open(&house.path).unwrap();
    raw.execute_batch("BEGIN; SELECT count(*) FROM ratings").unwrap();
    assert!(matches!(house.reviews.forget("a1"), Err(Error::StillRead)));
    raw.execute_batch("COMMIT").unwrap();
    house.reviews.forget("a1").unwrap();
    assert!(!holds(&house, "First words"));
}
