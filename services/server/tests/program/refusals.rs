//! Wrong use and bad places: one line that says what to do, 2 for wrong use, 1 for failure, nothing lost.

use std::fs;
use std::net::TcpListener;

use crate::run::{json, osler, refuse, succeed};

#[test]
fn wrong_use_exits_with_2() {
    let data = tempfile::tempdir().unwrap();
    let at = data.path();
    refuse(at, &["ask", ""], 2, &["question"]);
    refuse(at, &["ask", &"x".repeat(8_001)], 2, &["8001", "8000", "shorten"]);
    refuse(at, &["ingest", "/nowhere/at/all", "--corpus", "starter"], 2, &["does not exist"]);
    refuse(at, &["corpus", "list"], 1, &["osler ingest"]);
    let output = osler(at).args(["ask"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "clap's own");
    let output = osler(at).args(["ingest", ".", "--corpus", "../etc"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    refuse(at, &["ingest", env!("CARGO_MANIFEST_DIR"), "--corpus", "unheard-of"], 2, &["unknown corpus", "--manifest"]);
    assert!(succeed(at, &["--help"]).contains("ingest"));
}

#[test]
fn configuration_that_makes_no_sense_is_named() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("osler.toml");
    let config = file.to_str().unwrap();
    for (text, words) in [
        ("[server]\nport = 1\n", &["osler.toml", "port"][..]),
        ("[generator]\nmodel = \"gpt-9\"\n", &["gpt-9", "smollm2-135m-instruct"]),
        ("[generator]\ndirectory = \"/nowhere/model\"\n", &["/nowhere/model"]),
        ("[embedder]\nmodel = \"smollm2-135m-instruct\"\n", &["role"]),
        ("[reranker]\nmodel = \"nothing\"\n", &["nothing", "cross-encoder", "clinical-minilm-l6-v1"]),
        ("[reranker]\ndirectory = \"/nowhere/cross\"\n", &["/nowhere/cross", "missing"]),
        ("[vectors]\nurl = \"no address\"\n", &["no address", "Qdrant"]),
        (
            "[generator]\nbackend = \"endpoint\"\nendpoint = \"http://127.0.0.1:9/v1\"\napi_key_env = \"NO_SUCH_KEY\"\n",
            &["NO_SUCH_KEY"],
        ),
    ] {
        fs::write(&file, text).unwrap();
        refuse(&data.path().join("data"), &["--config", config, "ask", "a?"], 1, words);
    }
    let pin = ["models", "pin", "owner/name", "main", "--licence", "MIT", "--role"];
    refuse(data.path(), &[&pin[..], &["reranker"]].concat(), 1, &["main", "commit"]);
    refuse(data.path(), &["--config", "/nowhere.toml", "ask", "a?"], 1, &["/nowhere.toml"]);
}

#[test]
fn a_vector_server_that_is_away_stops_neither_taking_in_nor_searching() {
    let data = tempfile::tempdir().unwrap();
    let (at, source, file) = (data.path().join("data"), data.path().join("source"), data.path().join("osler.toml"));
    fs::create_dir_all(&source).unwrap();
    fs::write(&file, "[vectors]\nurl = \"http://127.0.0.1:9\"\n").unwrap();
    fs::write(source.join("a.md"), "# A\n\nAspirin 75 mg daily prevents stroke in adults.\n").unwrap();
    let (config, source) = (file.to_str().unwrap(), source.to_str().unwrap());
    let done = json(&at, &["--config", config, "ingest", source, "--corpus", "starter", "--json"]);
    assert_eq!((done["documents"]["added"].as_u64(), done["snapshot"].as_u64()), (Some(1), Some(1)));
    let found = json(&at, &["--config", config, "search", "aspirin for stroke", "--json"]);
    assert_eq!(found["hits"].as_array().map(Vec::len), Some(1), "{found}");
    // When it is no longer configured, or is back, the vectors follow.
    let found = json(&at, &["search", "aspirin for stroke", "--json"]);
    assert!(found["hits"][0]["scores"]["dense"].is_object(), "{found}");
}

#[test]
fn models_that_are_missing_or_changed_are_refused() {
    let data = tempfile::tempdir().unwrap();
    let models = data.path().join("models");
    let models_arg = models.to_str().unwrap();
    refuse(data.path(), &["--models", models_arg, "ask", "a?"], 1, &["missing", "osler models fetch"]);
    fs::create_dir_all(models.join("onnxruntime")).unwrap();
    fs::write(models.join("onnxruntime/libonnxruntime.so"), "changed").unwrap();
    refuse(
        data.path(),
        &["--models", models_arg, "ask", "a?"],
        1,
        &["not the file it should be", "osler models fetch"],
    );
    refuse(data.path(), &["--models", models_arg, "models", "verify"], 1, &["onnxruntime"]);
}

#[test]
fn bad_places_are_named_and_nothing_is_lost() {
    let data = tempfile::tempdir().unwrap();
    let (at, source) = (data.path().join("data"), data.path().join("source"));
    fs::create_dir_all(&source).unwrap();
    let source_arg = source.to_str().unwrap();
    refuse(&at, &["ingest", source_arg, "--corpus", "starter"], 1, &["holds no document"]);
    fs::write(source.join("a.md"), "# A\n\nAspirin 75 mg daily prevents stroke in adults.\n").unwrap();
    let done = json(&at, &["ingest", source_arg, "--corpus", "starter", "--json"]);
    assert_eq!(
        (done["event"].as_str(), done["documents"]["added"].as_u64(), done["snapshot"].as_u64()),
        (Some("done"), Some(1), Some(1))
    );

    // Another process holds the directory.
    let lock = fs::File::options().write(true).open(at.join("lock")).unwrap();
    lock.lock().unwrap();
    refuse(&at, &["search", "aspirin"], 1, &["in use by another osler", "--data"]);
    drop(lock);

    // The port is taken.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    refuse(&at, &["serve", "--listen", &address], 1, &[&address, "--listen"]);

    // Index files are damaged: built anew from the ledger, with a line that says so.
    fs::write(at.join("index/2/words/meta.json"), "{").unwrap();
    let hits = json(&at, &["search", "aspirin", "--json"]);
    assert_eq!(hits["hits"][0]["document"]["title"], "A");

    // Another format version.
    let ledger = rusqlite::Connection::open(at.join("ledger.db")).unwrap();
    let format: i64 = ledger.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    ledger.pragma_update(None, "user_version", 99).unwrap();
    drop(ledger);
    refuse(&at, &["search", "aspirin"], 1, &["format 99", "the osler that wrote it"]);
    let ledger = rusqlite::Connection::open(at.join("ledger.db")).unwrap();
    ledger.pragma_update(None, "user_version", format).unwrap();
    ledger.execute("UPDATE meta SET value = 'other-model@1' WHERE name = 'embedder'", []).unwrap();
    drop(ledger);
    refuse(&at, &["search", "aspirin"], 1, &["other-model@1", "clinical-minilm-l6-v1"]);

    // Not a ledger at all.
    fs::remove_file(at.join("ledger.db-wal")).ok();
    fs::write(at.join("ledger.db"), "this is no database, and long enough for SQLite to see that it is none").unwrap();
    refuse(&at, &["search", "aspirin"], 1, &["not an Osler ledger"]);
}

#[test]
fn a_directory_that_cannot_be_read_or_written_is_named() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("file");
    fs::write(&file, "").unwrap();
    refuse(&file.join("data"), &["search", "aspirin"], 1, &["cannot create the data directory"]);
}

/// Needs the right to mount; without it the test says so and passes.
#[test]
fn a_full_disk_is_named_and_nothing_is_lost() {
    let place = tempfile::tempdir().unwrap();
    let mount = |args: &[&str]| std::process::Command::new("mount").args(args).arg(place.path()).output();
    if !mount(&["-t", "tmpfs", "-o", "size=280m", "tmpfs"]).is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: not allowed to mount a small disk");
        return;
    }
    struct Unmount<'a>(&'a std::path::Path);
    impl Drop for Unmount<'_> {
        fn drop(&mut self) {
            let _ = std::process::Command::new("umount").arg(self.0).output();
        }
    }
    let _unmount = Unmount(place.path());
    let (data, source) = (place.path().join("data"), tempfile::tempdir().unwrap());
    fs::write(source.path().join("a.md"), "# A\n\nAspirin 75 mg daily prevents stroke in adults.\n").unwrap();
    let ingest = ["ingest", source.path().to_str().unwrap(), "--corpus", "starter", "--json"];
    succeed(&data, &["search", "aspirin"]);
    let filler = place.path().join("filler");
    fs::write(&filler, vec![0; 100 << 20]).unwrap();
    refuse(&data, &ingest, 1, &["MiB free", "run the same command again"]);
    fs::remove_file(&filler).unwrap();
    let after = json(&data, &["search", "aspirin", "--json"]);
    assert_eq!(after["hits"].as_array().unwrap().len(), 0, "nothing half-done");
}
