//! How well passages are found, measured by the program itself, and another embedding model that takes over.

use std::fs;
use std::path::{Path, PathBuf};

use crate::run::{json, refuse, run, succeed};

#[test]
fn the_judged_questions_find_what_they_found() {
    let directory = tempfile::tempdir().unwrap();
    let (page, figures) = (directory.path().join("page.html"), directory.path().join("run.json"));
    let data = directory.path().join("data");
    let report = succeed(&data, &["eval", "retrieval", "--json", "--html", page.to_str().unwrap()]);
    fs::write(&figures, &report).unwrap();
    let held = run(&data, &["eval", "compare", figures.to_str().unwrap()]);
    let said = String::from_utf8_lossy(&held.stdout);
    assert!(held.status.success(), "{said}");
    assert!(said.contains("10 figures, 10 of them known, 0 worse"), "{said}");
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("<svg") && page.contains("starter") && !page.contains("<script"));

    // What is worse is said, and fails.
    let better = report.replace("\"value\": 0.", "\"value\": 0.0");
    fs::write(&figures, better).unwrap();
    let worse = run(&data, &["eval", "compare", figures.to_str().unwrap()]);
    assert_eq!(worse.status.code(), Some(1));
    fs::write(&figures, "{}").unwrap();
    refuse(&data, &["eval", "compare", figures.to_str().unwrap()], 2, &["eval retrieval --json"]);
    refuse(&data, &["eval", "retrieval", "--from", "/nowhere"], 2, &["corpus.jsonl", "/nowhere"]);
}

/// The starter embedder under another name: another model, as far as anybody can tell.
fn other_embedder(directory: &Path) -> PathBuf {
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let models = set("OSLER_MODELS").or_else(|| Some(set("XDG_CACHE_HOME")?.join("osler/models")));
    let models = models.unwrap_or_else(|| set("HOME").unwrap().join(".cache/osler/models"));
    let from = models.join("all-minilm-l6-v2");
    let to = directory.join("other-encoder");
    fs::create_dir_all(to.join("1_Pooling")).unwrap();
    for name in [
        "model.safetensors",
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
    assert!(said.contains("1 passages") && said.contains("[embedder]"), "{said}");
    let before = json(&data, &["search", "gout", "--json"]);
    let after = json(&data, &["--config", config, "search", "gout", "--json"]);
    assert_eq!(before["hits"], after["hits"], "the same model under another name finds the same");
    refuse(&data, &["search", "gout"], 1, &["other-encoder", "all-minilm-l6-v2"]);
    let said = succeed(&data, &["reembed", "--directory", other.to_str().unwrap()]);
    assert!(said.contains("in use already"), "{said}");
    refuse(&directory.path().join("none"), &["reembed", "--model", "all-minilm-l6-v2"], 1, &["osler ingest"]);
}
