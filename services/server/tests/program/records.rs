//! The records of the real program: killed at any moment, taken along as a bundle, checked elsewhere.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::chain::Server;
use crate::delivered::{Asked, Log, Way};
use crate::run::{json, kills, osler, refuse, run, succeed};

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

    /// Where the guard of its log is.
    fn guard(&self) -> PathBuf {
        self.data().with_extension("state")
    }

    /// Copies everything aside, the guard too.
    fn keep(&self, name: &str) {
        copy_all(&self.data(), &self.at(name));
        copy_all(&self.guard(), &self.at(name).with_extension("state"));
    }

    /// Puts what was kept in the place of what is there.
    fn put_back(&self, name: &str) {
        for (from, to) in [(self.at(name), self.data()), (self.at(name).with_extension("state"), self.guard())] {
            fs::remove_dir_all(&to).unwrap();
            copy_all(&from, &to);
        }
    }

    /// Writes a configuration with this witness.
    fn configure(&self, address: &str, key: &str, every_s: u64) {
        let witnesses = format!("[[audit.witnesses]]\nurl = \"http://{address}\"\nkey = \"{key}\"\n");
        let text = format!("[answer]\nmode = \"extractive\"\n[audit]\nwitness_every_s = {every_s}\n{witnesses}");
        fs::write(self.config(), text).unwrap();
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

pub(crate) fn verified(path: &Path, key: &str, more: &[&str]) -> Value {
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
    // What a receipt cannot show is not said to hold.
    let since = ["audit", "verify", file.to_str().unwrap(), "--key", &key, "--since", kept.to_str().unwrap()];
    refuse(&place.data(), &since, 2, &["--since", "a bundle"]);

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
    let asked = Mutex::new(Vec::<Asked>::new());
    for round in 1..=rounds {
        let server = Server::start(&place.data(), &place.config());
        let until = Instant::now() + Duration::from_millis(300 + round * 137 % 1_500);
        std::thread::scope(|scope| {
            for asker in 0..4 {
                let (server, asked) = (&server, &asked);
                let way = if asker % 2 == 0 { Way::Whole } else { Way::Events };
                scope.spawn(move || {
                    for n in 0.. {
                        if Instant::now() >= until {
                            break;
                        }
                        // What was cut off has been read as far as it came.
                        if let Ok(one) = Asked::ask(server, way, &format!("q{round}x{asker}x{n}")) {
                            asked.lock().unwrap().push(one);
                        }
                    }
                });
            }
            // In the middle of it.
            std::thread::sleep(until.saturating_duration_since(Instant::now()).mul_f64(0.9));
            server.end();
        });
    }
    let asked = asked.into_inner().unwrap();
    let ids = asked.iter().filter_map(Asked::answer).map(|answer| answer["id"].as_str().unwrap().to_owned());
    let delivered: Vec<String> = ids.collect();
    assert!(delivered.len() as u64 >= rounds, "only {} answers were delivered", delivered.len());
    let seen = verified(&place.export("bundle"), &place.key(), &[]);
    assert_eq!(seen["open"], 0, "a question is without an end");
    let known: std::collections::HashSet<&str> =
        seen["answers"].as_array().unwrap().iter().map(|answer| answer["answer"].as_str().unwrap()).collect();
    for id in &delivered {
        assert!(known.contains(id.as_str()), "{id} was delivered and is not on record");
    }
    // Of streams that were cut off, everything that had come.
    let log = Log::open(&place.data());
    asked.iter().for_each(|one| log.assert_has(one));
    let cut = asked.iter().filter(|one| one.tells() && one.answer().is_none()).count();
    assert!(cut > 0 || rounds < 100, "nothing was cut off: the test has become too slow to kill");
    let entries = &seen["entries"];
    println!("{rounds} kills, {} answers delivered and {cut} cut off, {entries} entries verify", delivered.len());
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
struct WitnessServer {
    child: std::process::Child,
    /// What it said after it began.
    said: Arc<Mutex<String>>,
}

impl Drop for WitnessServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
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
        let said = Arc::new(Mutex::new(String::new()));
        let heard = Arc::clone(&said);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                heard.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        let key = BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
        (Self { child, said }, address, key)
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
    place.keep("copy");
    let (_witness, address, key) = WitnessServer::start(&place, &log);
    place.configure(&address, &key, 1);
    let server = Server::start(&place.data(), &place.config());
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
    place.put_back("copy");
    let server = Server::start(&place.data(), &place.config());
    assert_alarmed(&server);
}

/// Nothing is answered any more.
fn assert_alarmed(server: &Server) {
    until("the alarm", || state(server)["witnesses"][0]["alarm"] == true);
    // Until the models have been tried, that is what is said.
    until("readiness names the witness", || {
        let (status, said) = server.try_request("GET", "/readyz", "").unwrap();
        status == 503 && said.contains("witness")
    });
    let (status, said) = server.try_request("POST", "/v1/answers", QUESTION).unwrap();
    assert!(status == 503 && said.contains("audit_unavailable"), "{said}");
}

#[test]
fn a_witness_keeps_both_checkpoints_of_a_log_that_has_two_histories() {
    let place = Place::new();
    let log = place.key();
    place.keep("copy");
    let (witness, address, key) = WitnessServer::start(&place, &log);
    place.configure(&address, &key, 1);
    let server = Server::start(&place.data(), &place.config());
    assert_eq!(server.try_request("POST", "/v1/answers", QUESTION).unwrap().0, 200);
    let size = state(&server)["size"].as_u64().unwrap();
    until("the witness signs", || state(&server)["witnesses"][0]["size"].as_u64().unwrap() >= size);
    drop(server);
    let signed = fs::read_to_string(place.at("witness.state")).unwrap();

    // Another history under the same key, of which the witness hears nothing until it is the longer one.
    place.put_back("copy");
    fs::write(place.config(), "[answer]\nmode = \"extractive\"\n").unwrap();
    let server = Server::start(&place.data(), &place.config());
    while state(&server)["size"].as_u64().unwrap() < size + 20 {
        assert_eq!(server.try_request("POST", "/v1/answers", QUESTION).unwrap().0, 200);
    }
    drop(server);
    place.configure(&address, &key, 1);
    let server = Server::start(&place.data(), &place.config());
    assert_alarmed(&server);
    let kept = || -> Vec<PathBuf> {
        let all = fs::read_dir(place.directory.path()).unwrap().map(|entry| entry.unwrap().path());
        all.filter(|path| path.to_str().unwrap().contains("witness.state.split-")).collect()
    };
    let files = kept();
    assert!(!files.is_empty(), "nothing is kept");
    let text = fs::read_to_string(&files[0]).unwrap();
    assert!(text.contains(&signed), "{text}");
    let origin = signed.lines().next().unwrap();
    assert_eq!(text.lines().filter(|line| *line == origin).count(), 2, "{text}");
    let path = files[0].to_str().unwrap();
    until("the witness says where", || witness.said.lock().unwrap().contains(path));
    assert_eq!(fs::read_to_string(place.at("witness.state")).unwrap(), signed);
}

/// How a service says that its log stands.
fn state(server: &Server) -> Value {
    let (_, text) = server.try_request("GET", "/v1/audit/state", "").unwrap();
    serde_json::from_str(&text).unwrap()
}

/// One request with a key; status and bytes of the reply.
fn with_key(server: &Server, key: &str, path: &str, body: &str) -> (u16, Vec<u8>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.post(format!("http://{}{path}", server.address)).bearer_auth(key);
        let request = request.header("content-type", "application/json").body(body.to_owned());
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.bytes().await.unwrap().to_vec())
    })
}

#[test]
fn bundles_of_the_service_and_of_the_command_line_are_signed_by_the_witness() {
    let place = Place::new();
    let log = place.key();
    let (witness, address, key) = WitnessServer::start(&place, &log);
    // By itself the service sends its checkpoints when it begins, and then in an hour.
    place.configure(&address, &key, 3_600);
    let [clinician, auditor] = ["clinician", "auditor"].map(|role| {
        succeed(&place.data(), &["account", "add", role, "--role", role, "--no-password"]);
        succeed(&place.data(), &["account", "key", role]).trim().to_owned()
    });
    let server = Server::start(&place.data(), &place.config());
    let (status, answer) = with_key(&server, &clinician, "/v1/answers", QUESTION);
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answer));
    let (status, bundle) = with_key(&server, &auditor, "/v1/audit/bundles", "{}");
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&bundle));
    drop(server);
    let archive = place.at("bundle.tar");
    fs::write(&archive, bundle).unwrap();
    let seen = verified(&archive, &log, &["--witness", &key]);
    assert_eq!(seen["answers"].as_array().unwrap().len(), 1, "{seen}");

    let config = place.config();
    let export = |name: &str| -> (PathBuf, String) {
        let to = place.at(name);
        let args = ["audit", "export", "--to", to.to_str().unwrap(), "--config", config.to_str().unwrap()];
        let output = run(&place.data(), &args);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        (to, said)
    };
    let (signed, said) = export("signed");
    assert!(!said.contains("has not signed"), "{said}");
    let seen = verified(&signed, &log, &["--witness", &key]);
    assert_eq!(seen["answers"].as_array().unwrap().len(), 1, "{seen}");

    // Without the witness there is a bundle all the same, and it is said what it lacks.
    drop(witness);
    let (unsigned, said) = export("unsigned");
    assert!(said.contains("witness.test has not signed"), "{said}");
    verified(&unsigned, &log, &[]);
    assert_eq!(verify(&unsigned, &log, &["--witness", &key]).status.code(), Some(1));
}

#[test]
fn a_bundle_of_an_answer_that_nobody_knows_is_wrong_use() {
    let place = Place::new();
    let to = place.at("bundle");
    let args = ["audit", "export", "--to", to.to_str().unwrap(), "--answer", "typo"];
    refuse(&place.data(), &args, 2, &["typo"]);
    assert!(!to.exists(), "nothing is begun");
}

#[test]
fn the_doctor_finds_what_was_changed_in_the_log_and_says_what_to_do() {
    let place = Place::new();
    place.key();
    let finding = || -> Value {
        let output = run(&place.data(), &["doctor", "--deep", "--json"]);
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = said["findings"].as_array().unwrap();
        findings.iter().find(|finding| finding["what"] == "audit log").unwrap().clone()
    };
    let sound = finding();
    assert_eq!(sound["sound"], true, "{sound}");
    let connection = rusqlite::Connection::open(place.data().join("audit.db")).unwrap();
    let changed = "UPDATE entries SET leaf = CAST(replace(CAST(leaf AS TEXT), '\"tenant\":\"default\"', '\"tenant\":\"another\"') AS BLOB)
                   WHERE seq = 0";
    assert_eq!(connection.execute(changed, []).unwrap(), 1);
    drop(connection);
    let found = finding();
    assert_eq!(found["sound"], false, "{found}");
    let seen = found["seen"].as_str().unwrap();
    assert!(seen.contains("entry 0") && seen.contains("osler audit begin-anew"), "{seen}");
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
