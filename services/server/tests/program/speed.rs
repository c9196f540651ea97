//! How fast a library is searched, measured on a copy: what is published meanwhile is found, and the library stays as it was.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::run::{refuse, succeed};

const STARTER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../corpora/starter");

/// Every file below a folder with what it holds.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    all
}

#[test]
fn what_is_published_beside_questions_is_found_and_the_library_that_is_measured_stays_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let (data, state) = (directory.path().join("data"), directory.path().join("data.state"));
    let (work, questions) = (directory.path().join("work"), directory.path().join("queries.jsonl"));
    fs::write(&questions, "{\"text\": \"When is metformin not started?\"}\n{\"text\": \"anaphylaxis\"}\n").unwrap();
    let (work_named, questions_named) = (work.to_str().unwrap(), questions.to_str().unwrap());
    let measure = ["eval", "speed", "--questions", questions_named, "--seconds", "1", "--json"];
    refuse(&data, &measure, 1, &["there is no data", "osler ingest"]);
    succeed(&data, &["ingest", STARTER, "--corpus", "starter"]);
    let (before, remembered) = (files(&data), files(&state));

    let on_a_copy = [&measure[..], &["--maintenance", "--exact", "2", "--work", work_named]].concat();
    let speed: Value = serde_json::from_str(&succeed(&data, &on_a_copy)).unwrap();
    assert!(files(&data) == before, "measuring has changed the library");
    assert!(files(&state) == remembered, "measuring has moved the guard of the library's log");
    assert_eq!(fs::read_dir(&work).unwrap().count(), 0, "the copy is gone");
    // Each publication was found by both arms and each rollback has taken it away, or the command had failed.
    let publishing = &speed["publishing"];
    let (publications, rollbacks) = (publishing["publications"].as_u64(), publishing["rollbacks"].as_u64());
    assert!(publications.unwrap() >= 2 && rollbacks.unwrap() >= 1, "{publishing}");
    assert_eq!(publications.unwrap() / 2, rollbacks.unwrap());
    for arm in ["found_by_words", "found_by_meaning"] {
        assert!(publishing[arm]["longest_ms"].as_f64().unwrap() > 0.0, "{publishing}");
    }
    assert!(speed["ready_s"].as_f64().unwrap() > 0.0, "a service of its own was started");
    for row in ["alone", "at_capacity", "over_http", "beside_publishing"] {
        assert!(speed[row]["questions"].as_u64().unwrap() > 0, "{row}: {speed}");
    }
    // So small a library has no graph that could be built anew, and that is said.
    assert!(speed["notes"][0].as_str().unwrap().contains("no graph"), "{speed}");

    // Nor has it one that could miss anything, whatever a search is narrowed by.
    let exact = &speed["exact"];
    let filters: Vec<&str> =
        exact["by_filter"].as_array().unwrap().iter().map(|row| row["filter"].as_str().unwrap()).collect();
    for filter in ["kind ", "issuer ", "corpus starter", "published ", "as of snapshot "] {
        assert!(filters.iter().any(|named| named.starts_with(filter)), "{filter}: {filters:?}");
    }
    for row in exact["by_filter"].as_array().unwrap().iter().chain([exact]) {
        assert!(row["mean"].as_f64().unwrap() > 0.99, "{row}");
    }

    let inside = data.join("work");
    let into_itself = [&measure[..], &["--work", inside.to_str().unwrap()]].concat();
    refuse(&data, &into_itself, 2, &["another --work"]);

    // As `osler eval scale` has it: in a directory that was made for this, the publications stay.
    succeed(&data, &[&measure[..], &["--in-place"]].concat());
    let listed = succeed(&data, &["search", "A note on", "--corpus", "made-to-measure", "--json"]);
    assert!(listed.contains("A note on "), "{listed}");
}
