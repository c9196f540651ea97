//! One library is published by one writer: of two that went on from the same data one is refused, for good; whatever fails on
//! the way, the newest state is whole; and what the store loses is sent again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use inference::Embedder;
use ingest::{Ingest, Limits, Options, Parser};
use knowledge::{DocumentId, Status};
use ledger::{Decision, Ledger};
use serde_json::{Value, json};
use server::config::{Config, Part, Replication};
use server::data::{Data, Link, system_seams};
use server::replication::{Memory, Writer, depot};
use support::{HashEmbedder, TestService, test_settings};
use tokio::sync::Mutex;

const DOCUMENTS: usize = 12;

/// Data directories, and the store that they share.
struct House {
    directory: tempfile::TempDir,
}

/// A data directory that is open.
struct Open {
    data: Data,
    writer: Arc<Mutex<Writer>>,
}

impl House {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn config(&self, role: Part) -> Config {
        let store = Some(self.at("store").to_string_lossy().into_owned());
        let mut config =
            Config { replication: Replication { role, store, keep: 3, ..Replication::default() }, ..Config::default() };
        config.identity.anonymous = Some(true);
        config
    }

    async fn open(&self, name: &str) -> Open {
        let mut config = self.config(Part::Writer);
        config.audit.guard = Some(self.at(name).join("guard"));
        let embedder = HashEmbedder;
        let of = (embedder.id(), embedder.dimension());
        let mut data = Data::open_with(&self.at(name), of, &config, system_seams()).await.unwrap();
        match data.link.take() {
            Some(Link::Writer(writer)) => Open { data, writer: Arc::new(Mutex::new(writer)) },
            _ => panic!("it is configured as a writer"),
        }
    }

    /// Of a directory that nobody holds, as on another machine: the guard of its log is not there.
    fn copy(&self, from: &str, to: &str) {
        let mut copy = std::process::Command::new("cp");
        assert!(copy.arg("-r").arg(self.at(from)).arg(self.at(to)).status().unwrap().success());
        fs::remove_file(self.at(to).join("log/guard")).unwrap();
    }

    /// The number of the newest state, and of the last decision in it. All of it can be fetched.
    async fn newest(&self) -> (u64, u64) {
        let depot = depot(&self.config(Part::Writer).replication).unwrap();
        let state = depot.newest(0).await.unwrap().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let into = folder.path().join("state");
        depot.fetch(&state, &into, None).await.unwrap();
        (state.number(), Ledger::open_copy(&into.join("ledger.db")).unwrap().last_decision().unwrap())
    }

    /// Of which documents a replica finds something that has the newest state.
    async fn found(&self) -> BTreeSet<usize> {
        let replica = TestService::with(self.config(Part::Replica), test_settings(), false).await;
        let body = json!({ "question": "What is given daily for gout?", "limit": 50 });
        let hits = replica.post("/v1/search", &body).await.json();
        let texts = hits["hits"].as_array().unwrap().iter().map(|hit| hit["text"].as_str().unwrap());
        (0..DOCUMENTS).filter(|n| texts.clone().any(|text| text.contains(&format!("drug{n} ")))).collect()
    }

    fn blocks(&self) -> Vec<PathBuf> {
        let files = |folder: &Path| -> Vec<PathBuf> {
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
        };
        files(&self.at("store/blocks")).iter().flat_map(|folder| files(folder)).collect()
    }

    fn states(&self) -> BTreeSet<String> {
        let states = fs::read_dir(self.at("store/states")).unwrap();
        states.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    fn state(&self, number: u64) -> PathBuf {
        self.at("store/states").join(format!("{number:020}.json"))
    }

    fn refused(&self, name: &str) -> Option<String> {
        Memory::read(&self.at(name), &self.config(Part::Writer).replication).refused
    }
}

impl Open {
    async fn ingest(&self, house: &House) {
        let source = house.at("source");
        fs::create_dir_all(&source).unwrap();
        for n in 0..DOCUMENTS {
            let text = format!("+++\nid = \"doc-{n}\"\n+++\n# Topic {n}\n\nGive drug{n} 10 mg daily for gout.\n");
            fs::write(source.join(format!("doc-{n}.md")), text).unwrap();
        }
        let options = Options {
            publish: true,
            actor: "test".to_owned(),
            at: "2026-01-01T00:00:00Z".to_owned(),
            data: self.data.path().to_owned(),
            archives: Limits::default(),
            keeps_originals: true,
            is_mirror: false,
        };
        let ingest = Ingest::new(self.data.stores.clone(), Arc::new(HashEmbedder), Arc::new(Parser::Here)).unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        ingest.run(&source, &TestService::corpus(), &options, stop, |_| {}).await.unwrap();
    }

    fn retract(&self, document: usize) {
        let decision = Decision { at: "2026-01-02T00:00:00Z", actor: "tester", reason: "because" };
        let document = DocumentId::of(&"test".parse().unwrap(), &format!("doc-{document}"));
        self.data.stores.ledger.set_status(document, 1, Status::Retracted, &decision).unwrap();
    }

    fn last_decision(&self) -> u64 {
        self.data.stores.ledger.last_decision().unwrap()
    }

    /// The number of what was published, if something was.
    async fn push(&self, at: &str) -> Result<Option<u64>, String> {
        let (writer, at) = (Arc::clone(&self.writer), at.parse().unwrap());
        let pushed = tokio::spawn(async move { writer.lock().await.push(at).await }).await;
        match pushed {
            Ok(Ok(pushed)) => Ok(pushed.map(|pushed| pushed.number)),
            Ok(Err(error)) => Err(error.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }
}

#[tokio::test]
async fn of_two_copies_that_each_decide_the_second_to_publish_is_refused_for_good() {
    let house = House::new();
    let a = house.open("a").await;
    a.ingest(&house).await;
    assert_eq!(a.push("2026-01-02T00:00:01Z").await, Ok(Some(1)));
    drop(a);
    house.copy("a", "b");
    house.copy("a", "c");
    let (a, b) = (house.open("a").await, house.open("b").await);
    assert_eq!(a.push("2026-01-02T00:00:02Z").await, Ok(None));
    assert_eq!(b.push("2026-01-02T00:00:02Z").await, Ok(None));
    a.retract(0);
    assert_eq!(a.push("2026-01-02T00:00:03Z").await, Ok(Some(2)));
    // As many decisions as there, and at the next tick one more.
    b.retract(1);
    for second in 4..8 {
        let refused = b.push(&format!("2026-01-02T00:00:0{second}Z")).await.unwrap_err();
        assert!(refused.contains("other decisions"), "{refused}");
        assert!(house.refused("b").unwrap().contains("other decisions"));
        if second == 5 {
            b.retract(2);
        }
    }
    drop(b);
    let b = house.open("b").await;
    let refused = b.push("2026-01-02T00:00:08Z").await.unwrap_err();
    assert!(refused.contains("other decisions"), "{refused}");
    drop(b);
    let b = house.open("b").await;
    b.writer.lock().await.take_over();
    let refused = b.push("2026-01-02T00:00:09Z").await.unwrap_err();
    assert!(refused.contains("other decisions"), "what was decided there would be lost: {refused}");

    // One that has decided nothing since has less than there is.
    let c = house.open("c").await;
    let refused = c.push("2026-01-02T00:00:10Z").await.unwrap_err();
    assert!(refused.contains("older copy"), "{refused}");
    let wanted: BTreeSet<usize> = (1..DOCUMENTS).collect();
    assert_eq!((house.newest().await.0, house.found().await), (2, wanted));

    // Whom nobody has overtaken goes on.
    assert_eq!(house.refused("a"), None);
    a.retract(3);
    assert_eq!(a.push("2026-01-02T00:00:11Z").await, Ok(Some(3)));
    let wanted: BTreeSet<usize> = (1..DOCUMENTS).filter(|&n| n != 3).collect();
    assert_eq!(house.found().await, wanted);
}

#[tokio::test]
async fn what_another_writer_published_is_taken_over_when_a_person_says_so() {
    let house = House::new();
    let a = house.open("a").await;
    a.ingest(&house).await;
    assert_eq!(a.push("2026-01-02T00:00:01Z").await, Ok(Some(1)));
    a.retract(0);
    drop(a);
    // Both know of the same decision, and neither has published it.
    house.copy("a", "b");
    let (a, b) = (house.open("a").await, house.open("b").await);
    assert_eq!(a.push("2026-01-02T00:00:02Z").await, Ok(Some(2)));
    for _ in 0..2 {
        let refused = b.push("2026-01-02T00:00:03Z").await.unwrap_err();
        assert!(refused.contains("another writer"), "{refused}");
    }
    drop((a, b));
    let b = house.open("b").await;
    b.writer.lock().await.take_over();
    assert_eq!(b.push("2026-01-02T00:00:04Z").await, Ok(None), "everything that was decided is there");
    assert_eq!(house.refused("b"), None);
    drop(b);
    let b = house.open("b").await;
    b.retract(1);
    assert_eq!(b.push("2026-01-02T00:00:05Z").await, Ok(Some(3)));
    let a = house.open("a").await;
    let refused = a.push("2026-01-02T00:00:06Z").await.unwrap_err();
    assert!(refused.contains("older copy"), "{refused}");
}

#[tokio::test]
async fn the_first_state_after_an_update_goes_on_from_one_without_a_history() {
    let house = House::new();
    let a = house.open("a").await;
    a.ingest(&house).await;
    assert_eq!(a.push("2026-01-02T00:00:01Z").await, Ok(Some(1)));
    drop(a);
    // As the version before wrote it, which remembered nothing.
    let mut state: Value = serde_json::from_slice(&fs::read(house.state(1)).unwrap()).unwrap();
    assert!(state["about"].as_object_mut().unwrap().remove("history").is_some());
    fs::write(house.state(1), state.to_string()).unwrap();
    fs::remove_file(house.at("a/replication/published.json")).unwrap();
    let a = house.open("a").await;
    a.retract(0);
    assert_eq!(a.push("2026-01-02T00:00:02Z").await, Ok(Some(2)));
    assert_eq!(a.push("2026-01-02T00:00:03Z").await, Ok(None));
    assert_eq!(house.newest().await, (2, a.last_decision()));
}

/// Every step boundary of a publication.
const STEPS: [&str; 3] = ["replication::after_send", "replication::after_state", "replication::before_state"];

const FAULTS: [&str; 4] = ["return(io)", "return(full)", "panic", "1*sleep(20)"];

#[test]
fn the_list_has_every_step_there_is() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpora/replication/src/publish.rs");
    let text = fs::read_to_string(file).unwrap();
    let found: BTreeSet<&str> =
        text.split("fail_point!(\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(found, STEPS.into());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_at_any_step_of_a_publication_leaves_the_newest_state_whole_and_the_next_push_goes_on() {
    let house = House::new();
    let mut a = house.open("a").await;
    a.ingest(&house).await;
    assert_eq!(a.push("2026-01-02T00:00:00Z").await, Ok(Some(1)));
    let faults = STEPS.iter().flat_map(|step| FAULTS.iter().map(move |fault| (*step, *fault)));
    for (document, (step, fault)) in faults.enumerate() {
        let context = format!("{fault} at {step}");
        let before = house.newest().await;
        a.retract(document);
        let after = (before.0 + 1, a.last_decision());
        fail::cfg(step, fault).unwrap();
        let outcome = a.push(&format!("2026-01-02T00:01:{document:02}Z")).await;
        fail::remove(step);
        assert_eq!(outcome.is_ok(), fault.contains("sleep"), "{context}: {outcome:?}");
        let seen = house.newest().await;
        assert!(seen == before || seen == after, "{context}: {seen:?}");
        if document % 2 == 0 {
            drop(a);
            a = house.open("a").await;
        }
        let pushed = a.push(&format!("2026-01-02T00:02:{document:02}Z")).await;
        assert_eq!(pushed, Ok((seen == before).then_some(after.0)), "{context}");
        assert_eq!(house.newest().await, after, "{context}");
        assert_eq!(a.push(&format!("2026-01-02T00:03:{document:02}Z")).await, Ok(None), "{context}");
        assert_eq!(house.refused("a"), None, "{context}");
    }
}

#[tokio::test]
async fn what_the_store_has_lost_is_sent_again() {
    let house = House::new();
    let a = house.open("a").await;
    a.ingest(&house).await;
    assert_eq!(a.push("2026-01-02T00:00:00Z").await, Ok(Some(1)));
    fs::remove_file(&house.blocks()[0]).unwrap();
    assert_eq!(a.push("2026-01-02T00:00:01Z").await, Ok(None), "nobody has looked");
    assert_eq!(a.writer.lock().await.look_for_lost().await.unwrap(), 1);
    assert_eq!(a.push("2026-01-02T00:00:02Z").await, Ok(Some(2)));
    assert_eq!(house.newest().await, (2, a.last_decision()));
    assert_eq!(a.writer.lock().await.look_for_lost().await.unwrap(), 0);
    assert_eq!(a.push("2026-01-02T00:00:03Z").await, Ok(None));

    // A day later it looks by itself, whether it was started anew since or not.
    house.blocks().iter().for_each(|block| fs::remove_file(block).unwrap());
    drop(a);
    let a = house.open("a").await;
    assert_eq!(a.push("2026-01-02T23:59:59Z").await, Ok(None));
    assert_eq!(a.push("2026-01-03T00:00:01Z").await, Ok(Some(3)));
    assert_eq!(house.newest().await, (3, a.last_decision()));
}

#[tokio::test]
async fn what_is_published_is_published_when_tidying_up_fails_and_the_next_publication_tidies_up() {
    let house = House::new();
    let a = house.open("a").await;
    a.ingest(&house).await;
    assert_eq!(a.push("2026-01-02T00:00:00Z").await, Ok(Some(1)));
    a.retract(0);
    assert_eq!(a.push("2026-01-02T00:00:01Z").await, Ok(Some(2)));
    // What cannot be read might need anything, so nothing is removed.
    fs::write(house.state(1), "{}").unwrap();
    a.retract(1);
    assert_eq!(a.push("2026-01-03T00:00:02Z").await, Ok(Some(3)));
    assert_eq!(a.push("2026-01-03T00:00:03Z").await, Ok(None));
    assert_eq!(house.states().len(), 3);
    a.retract(2);
    assert_eq!(a.push("2026-01-03T00:00:04Z").await, Ok(Some(4)));
    let kept: BTreeSet<String> = (2..=4).map(|number| format!("{number:020}.json")).collect();
    assert_eq!(house.states(), kept);
    assert_eq!(house.newest().await, (4, a.last_decision()));
}
