//! Killed at any point of an ingest, and started again: ledger, Qdrant and Tantivy hold the same set, and nothing is lost.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::chain::Server;
use crate::run::{json, kills, osler, succeed};

const DOCUMENTS: usize = 40;

/// How long a document is.
#[derive(Clone, Copy)]
struct Length {
    sections: usize,
    sentences: usize,
}

/// Together more than one batch of passages.
const LONG: Length = Length { sections: 8, sentences: 4 };

/// Little to embed, so that a thousand rounds are no night's work.
const SHORT: Length = Length { sections: 2, sentences: 1 };

/// Every round changes every document.
fn write_sources(directory: &Path, round: u64, length: Length) {
    for document in 0..DOCUMENTS {
        let mut text = format!("+++\nid = \"doc-{document}\"\n+++\n# Topic {document}\n");
        for section in 0..length.sections {
            text.push_str(&format!(
                "\n## Part {section}\n\nIn round {round} drug {document} is given at {section}{round} mg daily. "
            ));
            text.push_str(
                &"Renal function is checked before the next dose is given to adults. ".repeat(length.sentences),
            );
        }
        fs::write(directory.join(format!("doc-{document}.md")), text).unwrap();
    }
}

#[test]
fn a_killed_ingest_loses_nothing_ten_times() {
    kill_ingest(10, LONG);
}

#[test]
#[ignore = "many minutes: make slow"]
fn a_killed_ingest_loses_nothing_hundreds_of_times() {
    kill_ingest(kills(), SHORT);
}

fn kill_ingest(rounds: u64, length: Length) {
    let directory = tempfile::tempdir().unwrap();
    let (data, source) = (directory.path().join("data"), directory.path().join("source"));
    fs::create_dir_all(&source).unwrap();
    let arguments = ["ingest", source.to_str().unwrap(), "--corpus", "starter", "--json"];
    write_sources(&source, 0, length);
    let began = Instant::now();
    let first = json(&data, &arguments);
    // Most of this is the work; the rest is over before the first line comes.
    let work_ms = u64::try_from(began.elapsed().as_millis()).unwrap() * 3 / 4;
    assert_eq!(first["documents"]["added"].as_u64(), Some(DOCUMENTS as u64));
    let passages = first["passages"].as_u64().unwrap();

    let (mut killed, mut snapshot) = (0, 1);
    for round in 1..=rounds {
        write_sources(&source, round, length);
        let mut child = osler(&data).args(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        // The first line comes when the work begins; from there on the time of death wanders over all of it.
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        lines.next();
        std::thread::sleep(Duration::from_millis(round * 137 % work_ms));
        if child.try_wait().unwrap().is_none() {
            killed += 1;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        drop(lines);

        let found = json(&data, &["doctor", "--json"]);
        assert_eq!(found["sound"], true, "round {round}: {found}");
        let held = json(&data, &["corpus", "list", "--json"]);
        let in_force = held["corpora"][0]["totals"]["passages"].as_u64();
        assert_eq!(in_force, Some(passages), "round {round}: what is published is whole, old or new");

        let done = json(&data, &arguments);
        snapshot = done["snapshot"].as_u64().unwrap().max(snapshot);
        assert_eq!(done["documents"]["rejected"].as_u64(), Some(0), "round {round}");
        let held = json(&data, &["corpus", "list", "--json"]);
        assert_eq!(
            held["corpora"][0]["totals"]["passages"].as_u64(),
            Some(passages),
            "round {round}: none lost, none twice"
        );
        let hits = json(&data, &["search", "drug 3 mg daily renal function", "--json", "--limit", "50"]);
        for hit in hits["hits"].as_array().unwrap() {
            let text = hit["text"].as_str().unwrap();
            assert!(text.contains(&format!("In round {round} ")), "round {round} finds an old passage: {text}");
        }
    }
    assert!(
        killed >= rounds / 2,
        "only {killed} of {rounds} were killed at work: the test has become too slow to kill"
    );
    assert!(snapshot > rounds, "every round published");
    assert!(succeed(&data, &["corpus", "history"]).contains("publish"));
}

/// A server that takes in what changes while it is asked, killed at any moment: what it was seen to publish stays, and no
/// answer mixes two states of one document.
fn kill_server(rounds: u64) {
    let directory = tempfile::tempdir().unwrap();
    let (data, source) = (directory.path().join("data"), directory.path().join("source"));
    fs::create_dir_all(&source).unwrap();
    write_sources(&source, 0, LONG);
    let manifest = directory.path().join("house.toml");
    let policy = "id = \"house\"\ntitle = \"House\"\nissuer = \"House\"\nkind = \"local_policy\"\nlicence = \"own\"\nrefresh = \"1s\"\n\
                  rights = { index = true, display = true, export = true }\njurisdiction = \"NG\"\nlanguage = \"en\"\n";
    let sources = format!("{policy}[[sources]]\ntype = \"directory\"\npath = \"{}\"\n", source.display());
    fs::write(&manifest, sources).unwrap();
    let config = directory.path().join("osler.toml");
    fs::write(&config, "[answer]\nmode = \"extractive\"\n[ingest]\nwatch = true\n").unwrap();
    succeed(&data, &["ingest", "--corpus", "house", "--manifest", manifest.to_str().unwrap()]);
    let passages = |data: &Path| {
        let held = json(data, &["corpus", "list", "--json"]);
        (held["corpora"][0]["totals"]["passages"].as_u64().unwrap(), held["snapshot"].as_u64().unwrap())
    };
    let (whole, mut published) = passages(&data);
    for round in 1..=rounds {
        write_sources(&source, round, LONG);
        let server = Server::start(&data, &config);
        let until = Instant::now() + Duration::from_millis(400 + round * 137 % 2_600);
        while Instant::now() < until {
            let question = r#"{"question": "drug 3 mg daily renal function", "limit": 50}"#;
            let Ok((200, reply)) = server.try_request("POST", "/v1/search", question) else { continue };
            let reply: serde_json::Value = serde_json::from_str(&reply).unwrap();
            published = published.max(reply["snapshot"].as_u64().unwrap());
            let mut states = std::collections::HashMap::new();
            for hit in reply["hits"].as_array().unwrap() {
                let version = hit["document"]["version"].as_u64().unwrap();
                let document = hit["document"]["id"].as_str().unwrap().to_owned();
                assert_eq!(*states.entry(document).or_insert(version), version, "round {round}: half of two versions");
            }
        }
        // Dropping it kills it.
        drop(server);
        let found = json(&data, &["doctor", "--deep", "--json"]);
        assert_eq!(found["sound"], true, "round {round}: {found}");
        let (held, snapshot) = passages(&data);
        assert_eq!(held, whole, "round {round}: what is published is whole");
        assert!(snapshot >= published, "round {round}: snapshot {published} was seen and is gone");
    }
}

#[test]
fn a_killed_server_keeps_what_it_published_four_times() {
    kill_server(4);
}

#[test]
#[ignore = "many minutes: make slow"]
fn a_killed_server_keeps_what_it_published_hundreds_of_times() {
    kill_server(kills());
}
