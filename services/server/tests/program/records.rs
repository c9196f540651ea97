//! The records of the real program: killed at any moment, taken along as a bundle, checked elsewhere.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::chain::Server;
use crate::run::{json, kills, osler, run, succeed};

const TEXT: &str = "# Type 2 diabetes\n\n## Metformin\n\nMetformin should not be started in adults with an eGFR below 30 mL/min. \
                    Metformin may cause nausea and diarrhoea.\n";

const QUESTION: &str = r#"{"question": "When should metformin not be started in adults?"}"#;

struct Place {
    directory: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { directory: tempfile::tempdir().unwrap() };
        let source = place.at("source");
        fs::create_dir_all(&source).unwrap();
        fs::write(source.join("diabetes.md"), TEXT).unwrap();
        fs::write(place.config(), "[answer]\nmode = \"extractive\"\n").unwrap();
        json(&place.data(), &["ingest", source.to_str().unwrap(), "--corpus", "starter", "--json"]);
        place
    }

    fn at(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn data(&self) -> PathBuf {
        self.at("data")
    }

    fn config(&self) -> PathBuf {
        self.at("osler.toml")
    }

    /// The log's public key.
    fn key(&self) -> String {
        json(&self.data(), &["audit", "state", "--json"])["keys"][0].as_str().unwrap().to_owned()
    }

    fn export(&self, name: &str) -> PathBuf {
        let to = self.at(name);
        succeed(&self.data(), &["audit", "export", "--to", to.to_str().unwrap()]);
        to
    }
}

/// Checks with no data, no models and no configuration at hand, as on the auditors' machine.
fn verify(path: &Path, key: &str, more: &[&str]) -> Output {
    let empty = tempfile::tempdir().unwrap();
    let mut command = osler(empty.path());
    command.env("OSLER_MODELS", empty.path()).args(["audit", "verify", path.to_str().unwrap(), "--key", key, "--json"]);
    command.args(more).output().unwrap()
}

fn verified(path: &Path, key: &str, more: &[&str]) -> Value {
    let output = verify(path, key, more);
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(output.status.success() && said["holds"] == true, "{said:#}");
    said["verified"].clone()
}

#[test]
fn a_bundle_is_checked_where_nothing_else_is() {
    let place = Place::new();
    let server = Server::start(&place.data(), &place.config());
    let (status, answer) = server.try_request("POST", "/v1/answers", QUESTION).unwrap();
    assert_eq!(status, 200, "{answer}");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let id = answer["id"].as_str().unwrap();
    let (_, receipt) = server.try_request("GET", &format!("/v1/answers/{id}/receipt"), "").unwrap();
    let (_, checkpoint) = server.try_request("GET", "/log/checkpoint", "").unwrap();
    drop(server);
    let kept = place.at("checkpoint");
    fs::write(&kept, checkpoint).unwrap();
    let file = place.at("answer.receipt.json");
    fs::write(&file, &receipt).unwrap();
    let (bundle, key) = (place.export("bundle"), place.key());
    let seen = verified(&bundle, &key, &["--since", kept.to_str().unwrap()]);
    assert_eq!(seen["answers"][0]["answer"], id);
    assert_eq!(verified(&file, &key, &[])["answers"][0]["answer"], id);

    // Another key, a changed word, a missing file, a witness that has not signed.
    let other = key.replace(&key[key.len() - 8..], "AAAAAAA=");
    assert_eq!(verify(&bundle, &other, &[]).status.code(), Some(2));
    let forged = place.at("forged.json");
    fs::write(&forged, receipt.replace("should not be started", "should be started")).unwrap();
    assert_eq!(verify(&forged, &key, &[]).status.code(), Some(1));
    assert_eq!(verify(&bundle, &key, &["--witness", &key]).status.code(), Some(2), "the key of a log");
    fs::remove_file(bundle.join("FORMAT.md")).unwrap();
    assert_eq!(verify(&bundle, &key, &[]).status.code(), Some(1));
    assert_eq!(verify(&place.at("nowhere"), &key, &[]).status.code(), Some(2));
    assert_eq!(run(&place.data(), &["audit", "erase", "nothing"]).status.code(), Some(2));
    assert_eq!(run(&place.data(), &["audit", "erase", id]).status.code(), Some(2), "six years come first");
}

/// Kills a server that is asked by four at once, again and again.
fn kill(rounds: u64) {
    let place = Place::new();
    let delivered = Mutex::new(Vec::<String>::new());
    for round in 1..=rounds {
        let server = Server::start(&place.data(), &place.config());
        let until = Instant::now() + Duration::from_millis(300 + round * 137 % 1_500);
        std::thread::scope(|scope| {
            for asker in 0..4 {
                let (server, delivered) = (&server, &delivered);
                scope.spawn(move || {
                    while Instant::now() < until {
                        let body = if asker % 2 == 0 {
                            QUESTION.to_owned()
                        } else {
                            QUESTION.replace('}', ", \"stream\": true}")
                        };
                        let Ok((200, reply)) = server.try_request("POST", "/v1/answers", &body) else { continue };
                        let json = reply.split("event: done\ndata: ").last().and_then(|rest| rest.lines().next());
                        let answer = json.and_then(|json| serde_json::from_str::<Value>(json).ok());
                        if let Some(id) = answer.as_ref().and_then(|answer| answer["id"].as_str()) {
                            delivered.lock().unwrap().push(id.to_owned());
                        }
                    }
                });
            }
            // In the middle of it.
            std::thread::sleep(until.saturating_duration_since(Instant::now()).mul_f64(0.9));
            server.end();
        });
    }
    let delivered = delivered.into_inner().unwrap();
    assert!(delivered.len() as u64 >= rounds, "only {} answers were delivered", delivered.len());
    let seen = verified(&place.export("bundle"), &place.key(), &[]);
    assert_eq!(seen["open"], 0, "a question is without an end");
    let known: std::collections::HashSet<&str> =
        seen["answers"].as_array().unwrap().iter().map(|answer| answer["answer"].as_str().unwrap()).collect();
    for id in &delivered {
        assert!(known.contains(id.as_str()), "{id} was delivered and is not on record");
    }
    println!("{rounds} kills, {} answers delivered, {} entries, all of them verify", delivered.len(), seen["entries"]);
}

#[test]
fn a_killed_server_delivers_nothing_that_is_not_on_record_four_times() {
    kill(4);
}

#[test]
#[ignore = "many minutes: make slow"]
fn a_killed_server_delivers_nothing_that_is_not_on_record_hundreds_of_times() {
    kill(kills());
}

/// A witness of its own process, ended with the test.
struct WitnessServer(std::process::Child);

impl Drop for WitnessServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl WitnessServer {
    /// The witness, its address and its key.
    fn start(place: &Place, log: &str) -> (Self, String, String) {
        let path = |name: &str| place.at(name).to_str().unwrap().to_owned();
        let mut child = osler(&place.at("auditors"))
            .args(["audit", "witness", "--log", log, "--name", "witness.test", "--listen", "127.0.0.1:0"])
            .args(["--state", &path("witness.state"), "--private-key", &path("witness.key")])
            .stderr(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let said = lines.next().unwrap().unwrap();
        let address = said.split("http://").nth(1).unwrap().split(';').next().unwrap().to_owned();
        // The rest is read, so that the witness never writes to nobody.
        std::thread::spawn(move || lines.for_each(drop));
        let key = BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
        (Self(child), address, key)
    }
}

/// Asks until it is so.
fn until(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy_all(&path, &target) } else { fs::copy(&path, &target).map(drop).unwrap() }
    }
}

#[test]
fn a_witness_signs_a_log_that_grows_and_raises_the_alarm_when_it_goes_back() {
    let place = Place::new();
    let log = place.key();
    copy_all(&place.data(), &place.at("copy"));
    let (_witness, address, key) = WitnessServer::start(&place, &log);
    let witnesses = format!("[[audit.witnesses]]\nurl = \"http://{address}\"\nkey = \"{key}\"\n");
    fs::write(place.config(), format!("[answer]\nmode = \"extractive\"\n[audit]\nwitness_every_s = 1\n{witnesses}"))
        .unwrap();
    let server = Server::start(&place.data(), &place.config());
    let state = |server: &Server| -> Value {
        let (_, text) = server.try_request("GET", "/v1/audit/state", "").unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let (_, answer) = server.try_request("POST", "/v1/answers", QUESTION).unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let size = state(&server)["size"].as_u64().unwrap();
    until("the witness signs", || state(&server)["witnesses"][0]["size"].as_u64().unwrap() >= size);
    let id = answer["id"].as_str().unwrap();
    let file = place.at("answer.receipt.json");
    let (_, receipt) = server.try_request("GET", &format!("/v1/answers/{id}/receipt"), "").unwrap();
    fs::write(&file, receipt).unwrap();
    verified(&file, &log, &["--witness", &key]);
    assert_eq!(state(&server)["witnesses"][0]["alarm"], false);
    drop(server);

    // An older copy of everything, the guard included: only the witness knows better.
    fs::remove_dir_all(place.data()).unwrap();
    fs::remove_dir_all(place.data().with_extension("state")).unwrap();
    copy_all(&place.at("copy"), &place.data());
    let server = Server::start(&place.data(), &place.config());
    until("the alarm", || state(&server)["witnesses"][0]["alarm"] == true);
    let (status, said) = server.try_request("GET", "/readyz", "").unwrap();
    assert!(status == 503 && said.contains("witness"), "{said}");
    let (status, said) = server.try_request("POST", "/v1/answers", QUESTION).unwrap();
    assert!(status == 503 && said.contains("audit_unavailable"), "{said}");
}

#[test]
fn nobody_listens_for_others_before_it_is_settled_who_may_come_in() {
    let place = Place::new();
    let refused = run(&place.data(), &["serve", "--listen", "0.0.0.0:0"]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("osler account add"), "{said}");
    assert_eq!(run(&place.data(), &["demo", "--listen", "0.0.0.0:0"]).status.code(), Some(2));
    let short = osler(&place.data()).args(["account", "add", "ada", "--role", "admin"]).output().unwrap();
    assert_eq!(short.status.code(), Some(2), "{}", String::from_utf8_lossy(&short.stderr));
    succeed(&place.data(), &["account", "add", "ada", "--role", "admin", "--no-password"]);
    let key = succeed(&place.data(), &["account", "key", "ada"]);
    assert!(key.starts_with("osler_"), "{key}");
    let listed = json(&place.data(), &["account", "list", "--json"]);
    assert_eq!(listed["accounts"][0]["roles"][0], "admin");
    assert!(!listed.to_string().contains(key.trim()));
}
