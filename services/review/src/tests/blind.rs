//! Nobody is led: not by the other reviewer, not by us, and not by what stands in the log meanwhile.

use serde_json::Value;

use super::*;

#[test]
fn nobody_is_led_by_another() {
    let house = house();
    let reviews = &house.reviews;
    make(reviews, "r");
    let blind = house.item(1, "ada");
    assert_eq!((blind.ours, blind.answer, blind.stratum), (None, None, None));
    assert_eq!((blind.own, blind.others.len(), blind.final_rating), (None, 0, None));
    let first = house.rate(1, "ada", Rating::Supported, Some(" fine "), "t").unwrap();
    assert!(first.ours.is_some() && first.others.is_empty());
    assert_eq!(first.answer, Some(reviews.answer("r", 1).unwrap()));
    assert!(first.stratum.is_some());
    assert_eq!(first.own.unwrap().comment.as_deref(), Some("fine"));
    let other = house.item(1, "bob");
    assert!(other.ours.is_none() && other.answer.is_none() && other.stratum.is_none());
    assert!(other.own.is_none() && other.others.is_empty());
    let second = house.rate(1, "bob", Rating::Partial, None, "t").unwrap();
    assert_eq!(second.others[0].rating, Rating::Supported);
    assert_eq!(house.item(1, "ada").others[0].rating, Rating::Partial);
    // A third person learns nothing that could be carried over while there is something to rate.
    let third = house.item(1, "cleo");
    assert!(third.ours.is_none() && third.answer.is_none() && third.stratum.is_none());
    assert!(third.others.is_empty() && third.final_rating.is_none());
    assert_eq!(reviews.get("r").unwrap().differences, 0);
    assert!(house.open_items("cleo").is_empty());
    let waiting = house.open_items("ada");
    assert_eq!(waiting.iter().map(|item| item.n).collect::<Vec<_>>(), [2, 3, 4, 5, 6]);
    let whole = serde_json::to_string(&waiting).unwrap();
    for hidden in ["supported", "dosing", "other\"", "a1", "a2", "a3", "a4"] {
        assert!(!whole.contains(hidden), "{hidden}: {whole}");
    }
    let log = &house.log;
    for refused in [reviews.record("r"), reviews.csv("r", log), reviews.ndjson("r", log)] {
        assert!(matches!(refused, Err(Error::State { found: State::Open, .. })));
    }
    assert!(reviews.pdf("r", log).is_err() && reviews.statistics("r").is_err());
}

#[test]
fn who_settles_sees_our_verdict_when_it_is_settled() {
    let house = house();
    make(&house.reviews, "r");
    rate_all(&house);
    let before = house.item(2, "cleo");
    assert!(before.ours.is_none() && before.answer.is_none() && before.stratum.is_none() && before.others.len() == 2);
    let after = house.adjudicate(2, "cleo", Rating::Partial, "The dose is missing.", "t3").unwrap();
    assert!(after.ours.is_some() && after.answer.is_some() && after.stratum.is_some());
    assert_eq!(after.adjudication.unwrap().reason.as_deref(), Some("The dose is missing."));
}

#[test]
fn a_change_of_mind_is_a_remark() {
    let house = house();
    let reviews = &house.reviews;
    make(reviews, "r");
    house.rate(1, "ada", Rating::Supported, None, "t1").unwrap();
    house.rate(1, "ada", Rating::Supported, None, "again").unwrap();
    assert_eq!(house.log.entries().len(), 1, "the same again is nothing new");
    let changed = house.rate(1, "ada", Rating::Contradicted, Some("It says so"), "t2").unwrap().own.unwrap();
    assert_eq!((changed.round, changed.rating, changed.at.as_str()), (2, Rating::Supported, "t1"));
    let later = changed.later.unwrap();
    assert_eq!((later.rating, later.comment.as_deref()), (Rating::Contradicted, Some("It says so")));
    house.rate(1, "ada", Rating::Contradicted, Some("It says so"), "again").unwrap();
    assert_eq!(house.log.entries().len(), 2);
    house.rate(1, "bob", Rating::Contradicted, None, "t3").unwrap();
    assert!(matches!(house.rate(1, "ada", Rating::Partial, None, "t4"), Err(Error::Stands(1))));
    assert!(matches!(house.rate(1, "bob", Rating::Partial, None, "t4"), Err(Error::Stands(1))));
    assert!(matches!(house.rate(1, "cleo", Rating::Partial, None, "t4"), Err(Error::NotReviewer)));
    assert!(matches!(house.rate(7, "ada", Rating::Partial, None, "t4"), Err(Error::NoItem(7))));
    let long = "x".repeat(crate::MAX_TEXT_CHARS + 1);
    assert!(matches!(house.rate(2, "ada", Rating::Partial, Some(&long), "t4"), Err(Error::TooLong("comment"))));
    // Both begin alike, and one turns away from it; or they come together only after our verdict was shown.
    house.rate(2, "ada", Rating::Supported, None, "t5").unwrap();
    house.rate(2, "ada", Rating::Unsupported, None, "t5").unwrap();
    house.rate(2, "bob", Rating::Supported, None, "t5").unwrap();
    // There and back is no change.
    for rating in [Rating::Supported, Rating::Partial, Rating::Supported] {
        house.rate(3, "bob", rating, None, "t5").unwrap();
    }
    house.rate(3, "ada", Rating::Supported, None, "t5").unwrap();
    for n in 4..=6 {
        house.rate(n, "ada", Rating::Supported, None, "t5").unwrap();
        house.rate(n, "bob", Rating::Supported, None, "t5").unwrap();
    }
    let review = reviews.get("r").unwrap();
    assert_eq!((review.state, review.differences), (State::Adjudication, 2));
    assert_eq!(house.open_items("cleo").iter().map(|item| item.n).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(house.item(2, "ada").final_rating, None, "a remark decides nothing");
    house.adjudicate(1, "cleo", Rating::Contradicted, "She is right now", "t6").unwrap();
    house.adjudicate(2, "cleo", Rating::Supported, "She was right at first", "t6").unwrap();
    let found = reviews.statistics("r").unwrap();
    // Item 1 was seen differently at first, whatever came after; item 2 alike.
    assert_eq!((found.agreement.observed.count, found.agreement.observed.of), (5, 6));
    assert_eq!((found.support.count, found.support.of, found.changed), (5, 6, 4));
    let table = reviews.csv("r", &house.log).unwrap();
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.unwrap()).collect();
    assert_eq!((&rows[0][5], &rows[0][15], &rows[0][16]), ("supported", "contradicted", "It says so"));
    assert_eq!((&rows[0][8], &rows[0][17]), ("contradicted", ""));
    let pdf = reviews.pdf("r", &house.log).unwrap();
    let text = String::from_utf8_lossy(&pdf);
    assert!(text.contains("(ada: supported (after seeing Osler's verdict: contradicted. It says so))"), "{text}");
}

#[test]
fn the_log_has_no_rating_and_the_record_opens_it() {
    let house = ready();
    let entries = house.log.entries();
    assert_eq!(entries.len(), 13);
    for entry in &entries {
        let of = (entry.answer.as_str(), entry.round, entry.commitment.as_str());
        assert!(["a1", "a2", "a3", "a4"].contains(&of.0) && of.1 == 1 && of.2.len() == 64, "{of:?}");
    }
    let record: Value = serde_json::from_str(&house.reviews.record("r").unwrap()).unwrap();
    assert_eq!(record["format"], 2);
    let mut opened = 0;
    for item in record["items"].as_array().unwrap() {
        let settled = item["adjudication"].as_object().map(|settled| Value::from(settled.clone()));
        for given in item["ratings"].as_array().unwrap().iter().chain(&settled) {
            let salt = given["salt"].as_str().unwrap();
            let mut bytes: Vec<u8> =
                (0..32).map(|n| u8::from_str_radix(&salt[2 * n..2 * n + 2], 16).unwrap()).collect();
            bytes.extend_from_slice(given["rating"].as_str().unwrap().as_bytes());
            let entry = &entries[usize::try_from(given["entry"].as_u64().unwrap()).unwrap()];
            assert_eq!(entry.commitment, knowledge::sha256_hex(&bytes));
            opened += 1;
        }
    }
    assert_eq!(opened, 13);
}

/// What cannot be put on record does not happen.
#[test]
fn nothing_happens_that_the_log_does_not_take() {
    let full = || Err(Error::StillRead);
    let refused = |outcome: Result<()>| assert!(matches!(outcome, Err(Error::StillRead)));
    let house = house();
    let reviews = &house.reviews;
    refused(reviews.create(&new("r"), &candidates(), &ours(&candidates()), |_| full()).map(drop));
    assert!(matches!(reviews.get("r"), Err(Error::Unknown)));
    make(reviews, "r");
    let judgement = House::judgement(1, "ada", Rating::Supported, Some("x"), "t");
    refused(reviews.rate(&judgement, &house.log, |_| Err(Error::StillRead)).map(drop));
    assert_eq!((house.item(1, "ada").own, reviews.get("r").unwrap().rated), (None, vec![0, 0]));
    rate_all(&house);
    let judgement = House::judgement(2, "cleo", Rating::Supported, Some("x"), "t");
    refused(reviews.adjudicate(&judgement, &house.log, |_| Err(Error::StillRead)).map(drop));
    let review = reviews.get("r").unwrap();
    assert_eq!((review.state, review.differences, review.adjudicator), (State::Adjudication, 1, None));
    house.adjudicate(2, "cleo", Rating::Supported, "x", "t").unwrap();
    let record_hash = hash(&reviews.record("r").unwrap());
    let (who, full_name, meaning) = ("dora", "Dr Dora Dahl", "review");
    let signing = SignOff { review: "r", who, full_name, meaning, at: "t4", record_hash: &record_hash };
    refused(reviews.sign_off(&signing, |_| full()).map(drop));
    assert_eq!(reviews.get("r").unwrap().state, State::Ready);
    // The log is told of what is signed, and of nothing that is not.
    let mut told = Vec::new();
    let upper = SignOff { record_hash: &record_hash.to_uppercase(), ..signing };
    let log = |hash: &str| {
        told.push(hash.to_owned());
        Ok::<_, Error>(())
    };
    reviews.sign_off(&upper, log).unwrap();
    assert_eq!(told, [record_hash.as_str()]);
    let again = reviews.sign_off(&signing, |_| -> Result<()> { panic!("it is signed already") });
    assert!(matches!(again, Err(Error::Signed)));
}

#[test]
fn a_reviewer_is_blind_until_both_have_rated_everything() {
    let house = house();
    let reviews = &house.reviews;
    let who = |name: &str| reviews.is_blind(name).unwrap();
    assert!(!who("ada"));
    make(reviews, "r");
    assert_eq!((who("ada"), who("bob"), who("cleo")), (true, true, false));
    for n in 1..=6 {
        house.rate(n, "ada", Rating::Supported, None, "t").unwrap();
        house.rate(n, "ada", Rating::Partial, None, "t").unwrap();
        assert!(who("ada"), "the other still rates");
    }
    for n in 1..=6 {
        assert!(who("bob"));
        house.rate(n, "bob", Rating::Supported, None, "t").unwrap();
    }
    assert_eq!((who("ada"), who("bob")), (false, false));
}

#[test]
fn words_go_with_those_of_their_answer_and_the_signature_holds() {
    let house = ready();
    let reviews = &house.reviews;
    house.sign();
    let file = std::fs::read(&house.path).unwrap();
    let log = std::fs::read(house.path.with_extension("db-wal")).unwrap_or_default();
    for words in ["plain, see", "The dose is missing"] {
        let is_there = |bytes: &[u8]| bytes.windows(words.len()).any(|window| window == words.as_bytes());
        assert!(!is_there(&file) && !is_there(&log), "{words} stands in the file");
    }
    let answer = reviews.answer("r", 2).unwrap();
    assert_eq!(house.item(2, "ada").own.unwrap().comment.as_deref(), Some("=plain, see (2)"));
    house.log.erase(&answer);
    reviews.forget(&answer).unwrap();
    let item = house.item(2, "ada");
    assert_eq!((item.own.unwrap().comment, item.adjudication.unwrap().reason), (None, None));
    assert!(reviews.verify_signature("r").unwrap());
    let text = String::from_utf8_lossy(&reviews.pdf("r", &house.log).unwrap()).into_owned();
    assert!(text.contains("(Settled by cleo: partial. The reason was erased.)"), "{text}");
}

/// A log that was begun anew has other entries of the same numbers, which are nobody's comment here.
#[test]
fn words_of_another_entry_are_not_taken_for_a_comment() {
    let House { reviews, path, _directory: _kept, .. } = ready();
    let other = House { _directory: tempfile::tempdir().unwrap(), path, reviews, log: Log::default() };
    for n in 0..20 {
        let (answer, commitment) = (format!("a{n}"), "c".to_owned());
        other.log.put(&ToRecord { answer, round: 1, commitment, words: Some("What others said elsewhere") });
    }
    assert_eq!(other.item(1, "ada").own.unwrap().comment, None);
    assert!(!other.reviews.ndjson("r", &other.log).unwrap().contains("elsewhere"));
}
