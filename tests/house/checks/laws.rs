//! The laws of the house: who may know whom, and what every file owes its reader.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room with the rooms it may know.
const ROOMS: [(&str, &str, &[&str]); 19] = [
    ("knowledge", "corpora/knowledge", &[]),
    ("ledger", "corpora/ledger", &["knowledge"]),
    ("index", "corpora/index", &["knowledge"]),
    ("replication", "corpora/replication", &["knowledge"]),
    ("inference", "services/inference", &["knowledge"]),
    ("vocabulary", "corpora/vocabulary", &[]),
    ("grounding", "services/grounding", &["knowledge", "vocabulary"]),
    ("audit", "services/audit", &["knowledge"]),
    ("curation", "services/curation", &["knowledge", "ledger"]),
    ("history", "services/history", &["knowledge"]),
    ("identity", "services/identity", &["knowledge"]),
    ("privacy", "services/privacy", &[]),
    ("review", "services/review", &["knowledge"]),
    ("ingest", "ingest", &["knowledge", "ledger", "index", "inference"]),
    ("answer", "services/answer", &["knowledge", "vocabulary", "ledger", "index", "inference", "grounding", "privacy"]),
    ("evals", "evals", &["knowledge", "vocabulary", "ledger", "index", "inference", "grounding", "answer", "ingest"]),
    (
        "server",
        "services/server",
        &[
            "knowledge",
            "vocabulary",
            "ledger",
            "index",
            "inference",
            "grounding",
            "answer",
            "audit",
            "curation",
            "history",
            "identity",
            "privacy",
            "review",
            "replication",
            "ingest",
            "evals",
        ],
    ),
    (
        "support",
        "tests/support",
        &[
            "knowledge",
            "ledger",
            "index",
            "inference",
            "grounding",
            "answer",
            "audit",
            "curation",
            "identity",
            "ingest",
            "server",
        ],
    ),
    (
        "house",
        "tests/house",
        &[
            "knowledge",
            "ledger",
            "index",
            "inference",
            "grounding",
            "answer",
            "audit",
            "curation",
            "history",
            "identity",
            "ingest",
            "evals",
            "server",
            "support",
        ],
    ),
];

/// Crates that one room alone may know.
const KEPT: [(&str, &[&str]); 16] = [
    ("qdrant-edge", &["index"]),
    ("qdrant-client", &["index", "house"]),
    ("tantivy", &["index"]),
    ("fastembed", &["inference"]),
    ("ort", &["inference"]),
    ("mistralrs", &["inference"]),
    ("candle-core", &["inference"]),
    ("object_store", &["ingest", "replication"]),
    ("reqwest", &["inference", "ingest", "identity", "server"]),
    ("seccompiler", &["ingest"]),
    ("jsonwebtoken", &["identity"]),
    ("argon2", &["identity"]),
    ("axum", &["server", "support", "house"]),
    ("tower-http", &["server"]),
    ("clap", &["server"]),
    ("rusqlite", &["ledger", "audit", "curation", "history", "identity", "review", "server", "house"]),
];

/// Lines in a file, at most. Longer ones are two things.
const MAX_LINES: usize = 500;

/// Lines of the second reader of the log, at most: an auditor reads all of it before believing it.
const MAX_VERIFIER_LINES: usize = 300;

/// Characters in one of them, so that they are not made fewer by being made longer.
const MAX_VERIFIER_WIDTH: usize = 120;

/// What it may be made of: Python's own library, and its customary one for signatures.
const VERIFIER_KNOWS: [&str; 12] = [
    "argparse",
    "base64",
    "collections",
    "cryptography",
    "datetime",
    "decimal",
    "hashlib",
    "json",
    "os",
    "pathlib",
    "re",
    "sys",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn rust_files() -> Vec<PathBuf> {
    files(ROOMS.iter().map(|(_, directory, _)| *directory), &["rs"])
}

/// What the pages are written in, but for the types that are generated.
fn page_files() -> Vec<PathBuf> {
    let mut files = files(["services/web/src", "services/web/browser"].into_iter(), &["ts", "tsx"]);
    files.retain(|file| !file.ends_with("api/schema.ts"));
    files
}

fn files<'a>(directories: impl Iterator<Item = &'a str>, extensions: &[&str]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut waiting: Vec<PathBuf> = directories.map(|directory| root().join(directory)).collect();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|found| extensions.iter().any(|extension| found == *extension)) {
            files.push(path);
        }
    }
    assert!(files.len() > 50, "the walk has lost its way: {} files", files.len());
    files
}

fn dependencies(directory: &str) -> BTreeMap<String, toml::Value> {
    let text = fs::read_to_string(root().join(directory).join("Cargo.toml")).unwrap();
    let manifest: toml::Table = toml::from_str(&text).unwrap();
    let tables = ["dependencies", "dev-dependencies", "build-dependencies"];
    let found = tables.into_iter().filter_map(|table| manifest.get(table)?.as_table().cloned());
    found.flatten().collect()
}

#[test]
fn rooms_know_only_whom_they_may() {
    let names: Vec<&str> = ROOMS.iter().map(|(name, ..)| *name).collect();
    for (room, directory, may_know) in ROOMS {
        for dependency in dependencies(directory).keys().filter(|dependency| names.contains(&dependency.as_str())) {
            assert!(
                may_know.contains(&dependency.as_str()),
                "{room} must not know {dependency}: see Direction in ARCHITECTURE.md, or change the law there and here"
            );
        }
    }
}

#[test]
fn engines_are_known_in_one_room() {
    for (room, directory, _) in ROOMS {
        let dependencies = dependencies(directory);
        for (engine, rooms) in KEPT {
            assert!(!dependencies.contains_key(engine) || rooms.contains(&room), "{room} must not know {engine}");
        }
    }
}

#[test]
fn every_crate_is_a_room_and_takes_the_lints() {
    let text = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = toml::from_str(&text).unwrap();
    let members = manifest["workspace"]["members"].as_array().unwrap();
    assert_eq!(members.len(), ROOMS.len(), "a new crate needs a line in ROOMS");
    for (name, directory, _) in ROOMS {
        let text = fs::read_to_string(root().join(directory).join("Cargo.toml")).unwrap();
        let manifest: toml::Table = toml::from_str(&text).unwrap();
        assert_eq!(manifest["package"]["name"].as_str(), Some(name));
        assert_eq!(manifest["lints"]["workspace"].as_bool(), Some(true), "{name} must take the workspace's lints");
    }
}

#[test]
fn every_file_says_what_it_is_and_stays_readable() {
    for file in rust_files().into_iter().chain(page_files()) {
        let text = fs::read_to_string(&file).unwrap();
        let opening = if file.extension().is_some_and(|extension| extension == "rs") { "//! " } else { "// " };
        assert!(text.starts_with(opening), "{} must begin with a line that says what it is for", file.display());
        let lines = text.lines().count();
        assert!(lines <= MAX_LINES, "{} has {lines} lines, more than {MAX_LINES}: make two of it", file.display());
    }
}

/// It is worth something as long as whoever does not believe us can read it, and it has nothing of ours in it.
#[test]
fn the_second_verifier_is_short_and_knows_nothing_of_ours() {
    let text = fs::read_to_string(root().join("tests/verifier/verify.py")).unwrap();
    let lines = text.lines().count();
    assert!(lines <= MAX_VERIFIER_LINES, "verify.py has {lines} lines, more than {MAX_VERIFIER_LINES}: say it shorter");
    for (at, line) in (1..).zip(text.lines()) {
        let width = line.chars().count();
        assert!(width <= MAX_VERIFIER_WIDTH, "line {at} of verify.py has {width} characters: make two of it");
        let words: Vec<&str> = line.trim_start().split([' ', ',']).filter(|word| !word.is_empty()).collect();
        let modules = match words.as_slice() {
            ["import", modules @ ..] => modules,
            ["from", module, "import", ..] => std::slice::from_ref(module),
            _ => &[],
        };
        for module in modules.iter().map(|module| module.split('.').next().unwrap()) {
            assert!(VERIFIER_KNOWS.contains(&module), "verify.py must not know {module} (line {at})");
        }
    }
    let beside = fs::read_dir(root().join("tests/verifier")).unwrap().map(|entry| entry.unwrap().file_name());
    let programs: Vec<_> = beside.filter(|name| name.to_string_lossy().ends_with(".py")).collect();
    assert_eq!(programs, ["verify.py"], "what it needs stands in it");
}

/// Two types of one name would be one in the API description, and one of them would be lost.
#[test]
fn no_two_types_of_the_api_have_one_name() {
    let mut seen: BTreeMap<String, PathBuf> = BTreeMap::new();
    for file in rust_files() {
        let text = fs::read_to_string(&file).unwrap();
        for part in text.split("#[derive(").skip(1).filter(|part| part.split(')').next().unwrap().contains("ToSchema"))
        {
            let is_head = |line: &&str| {
                !line.trim_start().starts_with("//") && (line.contains("struct ") || line.contains("enum "))
            };
            let line = part.lines().find(is_head).unwrap();
            let head = part.split(line).next().unwrap();
            let renamed = head.split_once("schema(as = ").map(|(_, rest)| rest);
            let declared = line.split_once("struct ").or(line.split_once("enum ")).map(|(_, rest)| rest);
            let name = renamed.or(declared).unwrap().split(|c: char| !c.is_alphanumeric()).next().unwrap();
            if let Some(other) = seen.insert(name.to_owned(), file.clone()) {
                panic!("{name} is in {} and {}: say #[schema(as = …)]", other.display(), file.display());
            }
        }
    }
    assert!(seen.len() > 40, "the search has lost its way: {} types", seen.len());
}

/// Texts of documents and models are hostile until shown as text, and a hospital's pages talk to the hospital alone.
#[test]
fn pages_make_no_html_of_texts_and_know_no_other_host() {
    for file in page_files() {
        let text = fs::read_to_string(&file).unwrap();
        let is_test = file.to_string_lossy().contains(".test.") || file.to_string_lossy().contains("/browser/");
        for banned in ["dangerouslySetInnerHTML", "innerHTML", "document.write", "eval(", "new Function"] {
            assert!(is_test || !text.contains(banned), "{}: {banned}", file.display());
        }
        for call in ["fetch('http", "fetch(\"http", "import('http", "src=\"http"] {
            assert!(!text.contains(call), "{}: {call}", file.display());
        }
    }
}

#[test]
fn only_configuration_reads_the_environment() {
    for file in rust_files() {
        let text = fs::read_to_string(&file).unwrap();
        let product = text.split("#[cfg(test)]").next().unwrap();
        let is_test = ["/tests/", "/checks/"].iter().any(|part| file.to_string_lossy().contains(part));
        let reads = ["env::var", "env = \""].iter().any(|read| product.contains(read));
        assert!(
            !reads || is_test || file.ends_with("config.rs"),
            "{} reads the environment: let config.rs do it",
            file.display()
        );
    }
}

#[test]
fn the_root_is_a_front_door() {
    let allowed = [
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE",
        "Makefile",
        "README.md",
        "clippy.toml",
        "corpora",
        "deny.toml",
        "deploy",
        "evals",
        "ingest",
        "rustfmt.toml",
        "services",
        "target",
        "tests",
    ];
    for entry in fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(name.starts_with('.') || allowed.contains(&name.as_str()), "{name} has no place in the root");
    }
}
