//! The whole chain with the real starter models and the starter corpus.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::demo;
use crate::run::{json as run_json, osler, run, succeed};

const METFORMIN: &str = "In adults with type 2 diabetes, when should metformin not be started?";

/// Ends the server with the test, whatever becomes of the test.
pub(crate) struct Server {
    child: std::sync::Mutex<Child>,
    pub(crate) address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

impl Server {
    /// Kills it, while others may be asking.
    pub(crate) fn end(&self) {
        let mut child = self.child.lock().unwrap();
        let _ = child.kill();
        let _ = child.wait();
    }

    pub(crate) fn start(data: &Path, config: &Path) -> Self {
        let mut child = osler(data)
            .args(["serve", "--listen", "127.0.0.1:0", "--config"])
            .arg(config)
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        // A replica may say before that it waits for its writer.
        let said = lines.find_map(|line| line.ok().filter(|line| line.contains("http://"))).unwrap();
        let address = said.rsplit("http://").next().unwrap().to_owned();
        // The rest is read, so that the server never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child: std::sync::Mutex::new(child), address }
    }

    /// Asks it to read its configuration again.
    pub(crate) fn hang_up(&self) {
        let kill = format!("kill -HUP {}", self.child.lock().unwrap().id());
        assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// One request over a connection of its own; returns status and body.
    fn request(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        self.try_request(method, path, body).unwrap()
    }

    /// The same, where the server may not be there yet.
    pub(crate) fn try_request(&self, method: &str, path: &str, body: &str) -> std::io::Result<(u16, String)> {
        let mut stream = TcpStream::connect(&self.address)?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            body.len()
        )?;
        let mut reply = String::new();
        stream.read_to_string(&mut reply)?;
        // It may be killed in the middle of a reply.
        let cut = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
        let (head, body) = reply.split_once("\r\n\r\n").ok_or_else(cut)?;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(cut)?;
        Ok((status, body.to_owned()))
    }

    fn json(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (status, text) = self.request(method, path, &body);
        assert_eq!(status, 200, "{method} {path}: {text}");
        serde_json::from_str(&text).unwrap()
    }
}

/// Every quote is its evidence's text at its offsets, and its document's.
fn check_quotes(answer: &Value, document: impl Fn(&str, u64) -> String) -> usize {
    let mut quotes = 0;
    for citation in answer["statements"].as_array().unwrap().iter().flat_map(|s| s["citations"].as_array().unwrap()) {
        let evidence = answer["evidence"].as_array().unwrap().iter().find(|e| e["id"] == citation["evidence"]).unwrap();
        let at = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
        let slice = |text: &str, from: usize, to: usize| text.chars().skip(from).take(to - from).collect::<String>();
        let (start, end, origin) = (at(&citation["start"]), at(&citation["end"]), at(&evidence["start"]));
        let quote = citation["quote"].as_str().unwrap();
        assert_eq!(slice(evidence["text"].as_str().unwrap(), start - origin, end - origin), quote);
        let text =
            document(evidence["document"]["id"].as_str().unwrap(), evidence["document"]["version"].as_u64().unwrap());
        assert_eq!(slice(&text, start, end), quote, "a quote is its document's text");
        assert_ne!(evidence["document"]["status"], "retracted");
        quotes += 1;
    }
    quotes
}

/// OpenAI's own clients, as a user would use them. `make test` has put them in place; without Node the Python one runs alone.
fn official_clients(address: &str) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients");
    let packages = here.join(".python");
    assert!(packages.is_dir(), "the OpenAI client is not here: run `make clients` first");
    let python = std::env::var("OSLER_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut runs = vec![(python, "chat.py")];
    if here.join("node_modules").is_dir() {
        runs.push(("node".to_owned(), "chat.mjs"));
    }
    for (program, script) in runs {
        let mut command = std::process::Command::new(program);
        let output = command.env("PYTHONPATH", &packages).arg(here.join(script)).arg(address).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{script}: {said}");
    }
}

#[test]
fn a_newcomer_gets_cited_answers() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let set_up = || {
        let output = run(&data, &["demo", "--setup-only"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        said
    };
    let said = set_up();
    assert!(said.contains("0 rejected"), "{said}");
    let again = set_up();
    assert!(
        again.contains("0 added, 0 updated") && again.contains("snapshot 1"),
        "the second time there is nothing to do: {again}"
    );

    let config = directory.path().join("quoting.toml");
    std::fs::write(&config, "[answer]\nmode = \"quoting\"\n").unwrap();
    let shown = succeed(&data, &["ask", METFORMIN]);
    for part in ["[1]", "Sources", "Osler Teaching Library, 20", "“", "no model"] {
        assert!(shown.contains(part), "{part:?} is not in: {shown}");
    }
    let found = run_json(&data, &["search", METFORMIN, "--json", "--limit", "5"]);
    assert!(found["hits"].to_string().contains("eGFR"), "{found}");

    let server = Server::start(&data, &config);
    let document = |id: &str, version: u64| {
        let view = server.json("GET", &format!("/v1/documents/{id}?version={version}"), &Value::Null);
        view["text"].as_str().unwrap().to_owned()
    };
    let mut quotes = 0;
    for question in [
        METFORMIN,
        "What is the first-line treatment of anaphylaxis, and at what dose?",
        "Which antibiotics are recommended for community-acquired pneumonia in adults?",
    ] {
        let answer = server.json("POST", "/v1/answers", &json!({ "question": question }));
        assert_eq!(
            (answer["status"].as_str(), answer["mode"].as_str()),
            (Some("answered"), Some("quoting")),
            "{answer}"
        );
        assert_eq!(answer["model"]["id"], "smollm2-135m-instruct");
        quotes += check_quotes(&answer, document);
        let kept = server.json("GET", &format!("/v1/answers/{}", answer["id"].as_str().unwrap()), &Value::Null);
        assert_eq!(kept, answer);
    }
    assert!(quotes >= 3);
    let off_topic =
        server.json("POST", "/v1/answers", &json!({ "question": "How do I change the oil of a motorcycle?" }));
    assert_eq!(off_topic["status"], "no_evidence", "{off_topic}");
    for _ in 0..200 {
        if server.request("GET", "/readyz", "").0 == 200 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(server.request("GET", "/readyz", "").0, 200);
    official_clients(&server.address);
    let retracted =
        server.json("POST", "/v1/search", &json!({ "question": "high-dose vitamin C in septic shock", "limit": 50 }));
    assert!(!retracted.to_string().contains("RETRACTED"), "retracted text is no evidence");

    // The last, as it makes accounts: from then on one signs in.
    server.end();
    demo::lets_in_one_account_of_each_role(&data);
}
