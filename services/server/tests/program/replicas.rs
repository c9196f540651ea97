//! One library on four machines: a writer, and three replicas that follow it and are killed at any moment.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::chain::Server;
use crate::run::{json, refuse, succeed};

const REPLICAS: usize = 3;

const ROUNDS: u64 = 6;

const SEARCH: &str = r#"{"question": "When should metformin not be started in adults?", "limit": 20}"#;

struct House {
    directory: tempfile::TempDir,
}

impl House {
    fn new() -> Self {
        let house = Self { directory: tempfile::tempdir().unwrap() };
        fs::create_dir_all(house.at("source")).unwrap();
        house.write_sources(0);
        let source = house.at("source");
        let policy = "id = \"house\"\ntitle = \"House\"\nissuer = \"House\"\nkind = \"local_policy\"\nlicence = \"own\"\nrefresh = \"1s\"\n\
                      rights = { index = true, display = true, export = true }\njurisdiction = \"NG\"\nlanguage = \"en\"\n";
        let manifest = format!("{policy}[[sources]]\ntype = \"directory\"\npath = \"{}\"\n", source.display());
        fs::write(house.at("house.toml"), manifest).unwrap();
        for (role, more) in [("writer", "[ingest]\nwatch = true\n"), ("replica", "")] {
            let store = house.at("store");
            let config = format!("[replication]\nrole = \"{role}\"\nstore = \"{}\"\n{more}", store.display());
            fs::write(house.config(role), config).unwrap();
        }
        house
    }

    fn at(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn config(&self, role: &str) -> PathBuf {
        self.at(&format!("{role}.toml"))
    }

    /// Every round changes every document.
    fn write_sources(&self, round: u64) {
        for document in 0..10 {
            let text = format!(
                "+++\nid = \"doc-{document}\"\n+++\n# Topic {document}\n\n## Metformin\n\nIn round {round} metformin is not started in \
                 adults with an eGFR below {document}{round} mL/min. It may cause nausea.\n"
            );
            fs::write(self.at("source").join(format!("doc-{document}.md")), text).unwrap();
        }
    }

    fn replica(&self, number: usize) -> Server {
        Server::start(&self.at(&format!("replica-{number}")), &self.config("replica"))
    }

    fn writer(&self) -> Server {
        Server::start(&self.at("writer"), &self.config("writer"))
    }

    /// The blocks in the store.
    fn stored(&self) -> BTreeSet<PathBuf> {
        let mut files = BTreeSet::new();
        list(&self.at("store").join("blocks"), &mut files);
        files
    }

    /// Waits until the writer has begun to send a state that was not there before.
    fn wait_until_one_comes(&self, before: &BTreeSet<PathBuf>) {
        let until = Instant::now() + Duration::from_secs(120);
        while self.stored().is_subset(before) {
            assert!(Instant::now() < until, "nothing is published");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// All files below a folder, which others are writing into.
fn list(folder: &Path, files: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => list(&entry.path(), files),
            _ => {
                files.insert(entry.path());
            }
        }
    }
}

/// What a search finds: the snapshot, and the passages in their order with their texts.
fn found(server: &Server) -> Option<(u64, Vec<(String, String)>)> {
    let Ok((200, reply)) = server.try_request("POST", "/v1/search", SEARCH) else { return None };
    let reply: Value = serde_json::from_str(&reply).unwrap();
    let text = |hit: &Value, key: &str| hit[key].as_str().unwrap().to_owned();
    let hits = reply["hits"].as_array().unwrap().iter().map(|hit| (text(hit, "passage"), text(hit, "text")));
    Some((reply["snapshot"].as_u64().unwrap(), hits.collect()))
}

/// Waits until a server finds what is wanted.
fn wait(
    server: &Server,
    what: &str,
    is_there: impl Fn(&(u64, Vec<(String, String)>)) -> bool,
) -> (u64, Vec<(String, String)>) {
    let until = Instant::now() + Duration::from_secs(120);
    loop {
        match found(server) {
            Some(found) if is_there(&found) => return found,
            seen => assert!(Instant::now() < until, "{what}: still {seen:?}"),
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn is_of(round: u64, (_, hits): &(u64, Vec<(String, String)>)) -> bool {
    hits.len() == 10 && hits.iter().all(|(_, text)| text.contains(&format!("In round {round} ")))
}

#[test]
fn replicas_follow_their_writer_and_can_be_lost_at_any_moment() {
    let house = House::new();
    succeed(
        &house.at("writer"),
        &["ingest", "--corpus", "house", "--manifest", house.at("house.toml").to_str().unwrap()],
    );
    let mut writer = house.writer();
    let mut replicas: Vec<Server> = (0..REPLICAS).map(|number| house.replica(number)).collect();
    for replica in &replicas {
        wait(replica, "a new replica", |found| is_of(0, found));
    }
    let mut amid = 0;
    for round in 1..=ROUNDS {
        let lost = usize::try_from(round).unwrap() % REPLICAS;
        let (is_over, asked) = (AtomicBool::new(false), AtomicU64::new(0));
        std::thread::scope(|scope| {
            let kept = &replicas[(lost + 1) % REPLICAS];
            let (is_over, asked) = (&is_over, &asked);
            scope.spawn(move || {
                // Questions go on, and each finds one state of the library, whole.
                while !is_over.load(Ordering::Relaxed) {
                    let seen = found(kept).expect("a replica that follows answers all the time");
                    assert!(is_of(round - 1, &seen) || is_of(round, &seen), "two states at once: {seen:?}");
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            });
            let before = house.stored();
            house.write_sources(round);
            // Every other one while a state is on its way; the others from before the writer has read it to after the replica has it.
            let is_on_its_way = round % 2 == 1;
            if is_on_its_way {
                house.wait_until_one_comes(&before);
            } else {
                std::thread::sleep(Duration::from_millis(round * 617 % 4_000));
            }
            // What has begun to be published has not come to it yet.
            let is_amid = is_on_its_way && found(&replicas[lost]).is_some_and(|seen| is_of(round - 1, &seen));
            replicas[lost].end();
            amid += usize::from(is_amid);
            if round == ROUNDS / 2 {
                writer.end();
                writer = house.writer();
            }
            let written = wait(&writer, "the writer", |found| is_of(round, found));
            for (number, replica) in replicas.iter().enumerate().filter(|(number, _)| *number != lost) {
                let seen = wait(replica, "a replica", |found| is_of(round, found));
                assert_eq!(seen, written, "replica {number} finds what the writer finds, in its order");
            }
            is_over.store(true, Ordering::Relaxed);
        });
        assert!(asked.load(Ordering::Relaxed) > 0);
        replicas[lost] = house.replica(lost);
        let seen = wait(&replicas[lost], "a replica that was lost", |found| is_of(round, found));
        assert_eq!(Some(seen), found(&writer));
    }
    assert!(amid > 0, "no replica was lost while a state was on its way");

    // Each keeps records of its own, which can be checked like any other.
    let (status, answer) =
        replicas[0].try_request("POST", "/v1/answers", r#"{"question": "When is metformin not started?"}"#).unwrap();
    assert_eq!(status, 200, "{answer}");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let address = format!("/v1/answers/{}/receipt", answer["id"].as_str().unwrap());
    let (_, receipt) = replicas[0].try_request("GET", &address, "").unwrap();
    fs::write(house.at("receipt.json"), receipt).unwrap();
    drop(replicas.remove(0));
    let data = house.at("replica-0");
    let key = json(&data, &["audit", "state", "--json"])["keys"][0].as_str().unwrap().to_owned();
    succeed(&data, &["audit", "verify", house.at("receipt.json").to_str().unwrap(), "--key", &key]);

    // What is retracted at the writer is soon no evidence anywhere.
    let (_, hits) = found(&writer).unwrap();
    let document = retract(&house, &mut writer, &hits[0].0);
    // It is gone at once, and in a snapshot of its own when the writer next publishes: for a moment the one counts it among the words
    // there are and the other does not.
    let is_gone = |(_, hits): &(u64, Vec<(String, String)>)| hits.len() == 9;
    wait(&writer, "the writer", is_gone);
    wait(&replicas[0], &format!("a replica after {document} was retracted"), is_gone);
    wait(&replicas[0], "a replica finds what the writer finds", |seen| Some(seen) == found(&writer).as_ref());
}

/// Stops the writer, retracts the document of a passage, and starts it again.
fn retract(house: &House, writer: &mut Server, passage: &str) -> String {
    let (_, view) = writer.try_request("GET", &format!("/v1/passages/{passage}"), "").unwrap();
    let view: Value = serde_json::from_str(&view).unwrap();
    let document = view["document"]["id"].as_str().unwrap().to_owned();
    let version = view["document"]["version"].to_string();
    writer.end();
    let command = ["corpus", "retract", &document, "--version", &version, "--reason", "a test"];
    succeed(&house.at("writer"), &command);
    *writer = house.writer();
    document
}

#[test]
fn a_store_takes_one_library() {
    let house = House::new();
    let (config, manifest) = (house.config("writer"), house.at("house.toml"));
    let arguments = |command: &[&str]| -> Vec<String> {
        let all = command.iter().copied().chain(["--config", config.to_str().unwrap()]);
        all.map(str::to_owned).collect()
    };
    for name in ["writer", "other"] {
        succeed(&house.at(name), &["ingest", "--corpus", "house", "--manifest", manifest.to_str().unwrap()]);
    }
    let push = arguments(&["replication", "push"]);
    let push: Vec<&str> = push.iter().map(String::as_str).collect();
    assert!(succeed(&house.at("writer"), &push).starts_with("published state 1"));
    assert!(succeed(&house.at("writer"), &push).contains("everything that was decided"));
    refuse(&house.at("other"), &push, 1, &["another data directory", "replication.store"]);
    let show = arguments(&["replication", "show", "--json"]);
    let show: Vec<&str> = show.iter().map(String::as_str).collect();
    let shown: Value = serde_json::from_str(&succeed(&house.at("nobody"), &show)).unwrap();
    assert_eq!((&shown["newest"]["number"], &shown["newest"]["about"]["published"]), (&1.into(), &1.into()));
    refuse(&house.at("writer"), &["replication", "show"], 1, &["replication.store"]);
}

#[test]
fn of_two_copies_of_the_data_that_each_decide_one_publishes() {
    let house = House::new();
    let (config, manifest) = (house.config("writer"), house.at("house.toml"));
    let (writer, copy) = (house.at("writer"), house.at("copy"));
    succeed(&writer, &["ingest", "--corpus", "house", "--manifest", manifest.to_str().unwrap()]);
    let push = ["replication", "push", "--config", config.to_str().unwrap()];
    let show = ["replication", "show", "--config", config.to_str().unwrap()];
    assert!(succeed(&writer, &push).starts_with("published state 1"));
    let hits = json(&writer, &["search", "When is metformin not started?", "--json", "--limit", "20"]);
    let documents: Vec<&str> = (0..2_usize).map(|hit| hits["hits"][hit]["document"]["id"].as_str().unwrap()).collect();
    assert_ne!(documents[0], documents[1]);

    let copied = std::process::Command::new("cp").arg("-r").args([&writer, &copy]).status().unwrap();
    assert!(copied.success());
    // As on another machine: the guard of its log is not there.
    fs::remove_file(copy.join("log/guard")).unwrap();
    for (data, document) in [(&writer, documents[0]), (&copy, documents[1])] {
        succeed(data, &["corpus", "retract", document, "--version", "1", "--reason", "a test"]);
    }
    assert!(succeed(&writer, &push).starts_with("published state 2"));
    let take_over = [&push[..], &["--take-over"][..]].concat();
    for push in [&push[..], &push[..], &take_over[..]] {
        refuse(&copy, push, 1, &["state 2", "other decisions", "replication.store"]);
    }
    assert!(succeed(&copy, &show).contains("nothing is published from here any more: state 2"));
    assert!(!succeed(&writer, &show).contains("nothing is published"));
    assert!(succeed(&writer, &push).contains("everything that was decided"));
    let all = [&push[..], &["--all"][..]].concat();
    let said = succeed(&writer, &all);
    assert!(said.contains("lost nothing") && said.contains("everything that was decided"), "{said}");
    for folder in fs::read_dir(house.at("store/blocks")).unwrap() {
        fs::remove_dir_all(folder.unwrap().path()).unwrap();
    }
    let said = succeed(&writer, &all);
    assert!(said.contains("has lost") && said.contains("published state 3"), "{said}");

    // What the first has retracted stays so for whoever comes.
    let replica = house.replica(0);
    wait(&replica, "a new replica", |(_, hits)| hits.len() == 9);
    let (_, reply) = replica.try_request("POST", "/v1/search", SEARCH).unwrap();
    assert!(!reply.contains(documents[0]) && reply.contains(documents[1]), "{reply}");
}
