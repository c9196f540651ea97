//! How well passages are found, measured by the program itself, and another embedding model that takes over.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::chain::Server;
use crate::run::{json, refuse, run, succeed};

#[test]
fn the_judged_questions_find_what_they_found() {
    let directory = tempfile::tempdir().unwrap();
    let (page, figures) = (directory.path().join("page.html"), directory.path().join("run.json"));
    let data = directory.path().join("data");
    let report = succeed(&data, &["eval", "retrieval", "--json", "--html", page.to_str().unwrap()]);
    fs::write(&figures, &report).unwrap();
    let compare = |rest: &[&str]| {
        let held = run(&data, &[&["eval", "compare", figures.to_str().unwrap()][..], rest].concat());
        (held.status.code(), String::from_utf8_lossy(&held.stdout).into_owned())
    };
    let (code, said) = compare(&[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("72 figures, 72 of them known, 0 wrong"), "{said}");
    for suite in ["starter", "starter-messages", "starter-ward"] {
        assert!(said.contains(&format!("{suite}: judged@10 of ranked is 1.000")), "{said}");
    }
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("<svg") && page.contains("starter") && !page.contains("<script"));
    assert!(page.contains("supported against fused") && page.contains("fused against lexical"));

    // Two runs, question by question.
    let earlier = directory.path().join("earlier.json");
    fs::write(&earlier, &report).unwrap();
    let (code, said) = compare(&[earlier.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("| starter | ranked | 150 |") && said.contains("| +0.000 (+0.000–+0.000) | 0 | 0 |"),
        "{said}"
    );

    // What is worse is said, and fails; so does what was held against nothing.
    fs::write(&figures, report.replace("\"value\": 0.", "\"value\": 0.0")).unwrap();
    assert_eq!(compare(&[]).0, Some(1));
    fs::write(&figures, &report).unwrap();
    let none = directory.path().join("none.json");
    fs::write(&none, "[]").unwrap();
    let (code, said) = compare(&["--kept", none.to_str().unwrap(), "--allow-new"]);
    assert!(code == Some(1) && said.contains("nothing was compared"), "{said}");
    fs::write(&figures, "{}").unwrap();
    refuse(&data, &["eval", "compare", figures.to_str().unwrap()], 2, &["eval retrieval --json"]);
    refuse(&data, &["eval", "retrieval", "--from", "/nowhere"], 2, &["corpus.jsonl", "/nowhere"]);
    refuse(&data, &["eval", "retrieval", "--questions", "0"], 2, &["--questions"]);
}

/// The starter embedder under another name: another model, as far as anybody can tell.
fn other_embedder(directory: &Path) -> PathBuf {
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let models = set("OSLER_MODELS").or_else(|| Some(set("XDG_CACHE_HOME")?.join("osler/models")));
    let models = models.unwrap_or_else(|| set("HOME").unwrap().join(".cache/osler/models"));
    let from = models.join("clinical-minilm-l6-v1");
    let to = directory.join("other-encoder");
    fs::create_dir_all(to.join("1_Pooling")).unwrap();
    fs::copy(from.join("learned/model.safetensors"), to.join("model.safetensors")).unwrap();
    for name in [
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "sentence_bert_config.json",
        "1_Pooling/config.json",
    ] {
        fs::copy(from.join(name), to.join(name)).unwrap();
    }
    to
}

#[test]
fn another_embedder_is_prepared_beside_the_one_in_use_and_takes_over() {
    let directory = tempfile::tempdir().unwrap();
    let (data, source) = (directory.path().join("data"), directory.path().join("source"));
    fs::create_dir_all(&source).unwrap();
    fs::write(source.join("a.md"), "# Gout\n\nGive colchicine 500 micrograms twice daily for acute gout.\n").unwrap();
    succeed(&data, &["ingest", source.to_str().unwrap(), "--corpus", "starter"]);
    let other = other_embedder(directory.path());
    let config = directory.path().join("other.toml");
    fs::write(&config, format!("[embedder]\ndirectory = {:?}\n", other.to_str().unwrap())).unwrap();
    let config = config.to_str().unwrap();
    refuse(&data, &["--config", config, "search", "gout"], 1, &["other-encoder", "osler reembed"]);
    let said = succeed(&data, &["reembed", "--directory", other.to_str().unwrap()]);
    assert!(said.contains("1 passages") && said.contains("[embedder]") && said.contains("kill -HUP"), "{said}");
    let before = json(&data, &["search", "gout", "--json"]);
    let after = json(&data, &["--config", config, "search", "gout", "--json"]);
    assert_eq!(before["hits"], after["hits"], "the same model under another name finds the same");
    refuse(&data, &["search", "gout"], 1, &["other-encoder", "clinical-minilm-l6-v1"]);
    let said = succeed(&data, &["reembed", "--directory", other.to_str().unwrap()]);
    assert!(said.contains("in use already"), "{said}");
    refuse(&directory.path().join("none"), &["reembed", "--model", "clinical-minilm-l6-v1"], 1, &["osler ingest"]);
    // The way back is prepared, and given up again.
    let waiting = || {
        let found = json(&data, &["--config", config, "doctor", "--json"]);
        let findings = found["findings"].as_array().unwrap().iter();
        let waiting: Vec<_> = findings.filter(|finding| finding["what"] == "coming model").cloned().collect();
        waiting
    };
    assert!(waiting().is_empty());
    succeed(&data, &["reembed", "--model", "clinical-minilm-l6-v1"]);
    let told = waiting();
    let seen = told[0]["seen"].as_str().unwrap();
    assert!(
        seen.contains("1 of 1 passages") && seen.contains("osler reembed --forget clinical-minilm-l6-v1"),
        "what waits is named, with what there is to do: {seen}"
    );
    refuse(&data, &["reembed", "--forget", "other-encoder"], 1, &["other-encoder", "is in use"]);
    refuse(&data, &["reembed", "--forget", "nothing"], 1, &["clinical-minilm-l6-v1"]);
    let said = succeed(&data, &["reembed", "--forget", "clinical-minilm-l6-v1"]);
    assert!(said.contains("1 vectors of clinical-minilm-l6-v1@") && said.contains(" are gone"), "{said}");
    assert!(waiting().is_empty());
    assert_eq!(json(&data, &["--config", config, "search", "gout", "--json"])["hits"], before["hits"]);
}

/// What a request brings, which must succeed.
fn asked(server: &Server, method: &str, path: &str, body: &str) -> Value {
    let (status, reply) = server.try_request(method, path, body).unwrap();
    assert_eq!(status, 200, "{reply}");
    serde_json::from_str(&reply).unwrap()
}

/// Waits until it is so; says whether it came to that.
fn comes(is_so: impl Fn() -> bool) -> bool {
    let until = Instant::now() + Duration::from_secs(120);
    while !is_so() {
        if Instant::now() > until {
            return false;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    true
}

#[test]
fn a_service_that_runs_goes_over_to_another_embedder_without_a_pause() {
    let directory = tempfile::tempdir().unwrap();
    let (data, source) = (directory.path().join("data"), directory.path().join("source"));
    fs::create_dir_all(&source).unwrap();
    for (name, text) in [
        ("gout.md", "# Gout\n\nGive colchicine 500 micrograms twice daily for acute gout.\n"),
        ("croup.md", "# Croup\n\nGive one dose of dexamethasone by mouth to children with croup.\n"),
    ] {
        fs::write(source.join(name), text).unwrap();
    }
    succeed(&data, &["ingest", source.to_str().unwrap(), "--corpus", "starter"]);
    let other = other_embedder(directory.path());
    let config = directory.path().join("osler.toml");
    fs::write(&config, "").unwrap();
    let server = Server::start(&data, &config);
    let search = || asked(&server, "POST", "/v1/search", r#"{"question": "Which dose of colchicine for gout?"}"#);
    let embedder = || asked(&server, "GET", "/v1/about", "")["models"][0]["id"].as_str().unwrap().to_owned();
    let before = search()["hits"].clone();
    assert_eq!((before.as_array().unwrap().len(), embedder().as_str()), (2, "clinical-minilm-l6-v1"));
    // Neither a configuration that says the same nor a model that is not there changes anything.
    server.hang_up();
    assert_eq!(search()["hits"], before);
    let named = format!("[embedder]\ndirectory = {:?}\n", other.to_str().unwrap());
    fs::write(&config, "[embedder]\ndirectory = \"/nowhere\"\n").unwrap();
    server.hang_up();
    assert_eq!(search()["hits"], before);
    succeed(&data, &["reembed", "--directory", other.to_str().unwrap()]);
    fs::write(&config, &named).unwrap();

    let (is_over, answered) = (AtomicBool::new(false), AtomicU64::new(0));
    let goes_over = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                assert_eq!(search()["hits"], before, "the same model under another name finds the same");
                answered.fetch_add(1, Ordering::Relaxed);
            }
        });
        server.hang_up();
        let goes_over = comes(|| embedder() == "other-encoder");
        is_over.store(true, Ordering::Relaxed);
        goes_over
    });
    assert!(goes_over && answered.load(Ordering::Relaxed) > 0);
    assert_eq!(search()["hits"], before);
    // The index that nobody searches any more is gone, and what starts next agrees with what ran.
    let vectors = data.join("index").join(index::FORMAT.to_string()).join("vectors");
    let folders = || {
        let folders = fs::read_dir(&vectors).unwrap().map(|folder| folder.unwrap().file_name().into_string().unwrap());
        folders.collect::<Vec<_>>()
    };
    let is_alone = || matches!(folders().as_slice(), [only] if only.starts_with("other-encoder"));
    assert!(comes(is_alone), "{:?}", folders());
    server.end();
    let after =
        json(&data, &["--config", config.to_str().unwrap(), "search", "Which dose of colchicine for gout?", "--json"]);
    assert_eq!(after["hits"][0]["passage"], before[0]["passage"]);
}
