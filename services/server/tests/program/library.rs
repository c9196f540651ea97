//! What a librarian does with the program: hostile files, sources, reviews, notices, backups.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::run::{json, osler, refuse, run, succeed};

fn write(directory: &Path, name: &str, text: &str) {
    fs::create_dir_all(directory).unwrap();
    fs::write(directory.join(name), text).unwrap();
}

fn note(id: &str, dose: u32) -> String {
    format!(
        "+++\nid = \"{id}\"\ndoi = \"10.1000/{id}\"\n+++\n# {id}\n\nGive {id} {dose} mg daily for hypertension in adults.\n"
    )
}

/// The texts that a search finds.
fn found(data: &Path, question: &str) -> Vec<String> {
    let hits = json(data, &["search", question, "--json"]);
    hits["hits"].as_array().unwrap().iter().map(|hit| hit["text"].as_str().unwrap().to_owned()).collect()
}

fn events(said: &str) -> Vec<Value> {
    said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_file_that_exhausts_its_parser_is_rejected_with_the_reason_and_the_next_one_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let (data, source) = (directory.path().join("data"), directory.path().join("source"));
    let config = directory.path().join("osler.toml");
    fs::write(&config, "[ingest]\nparser_memory_mib = 512\nparser_processor_s = 2\nparser_wall_s = 6\n").unwrap();
    // Thirty million elements in sixty megabytes: more tree than the parser may hold.
    write(&source, "a-memory.html", &format!("<main>{}</main>", "<b>x</b>".repeat(7_500_000)));
    // Emphasis that might be opened everywhere.
    write(&source, "b-slow.md", &"*a **b _c __d ".repeat(4_000_000));
    write(&source, "c-good.md", &note("examplin", 5));
    let config = config.to_str().unwrap();
    let args = ["ingest", source.to_str().unwrap(), "--corpus", "starter", "--json", "--config", config];
    let output = run(&data, &args);
    let events = events(&String::from_utf8(output.stdout).unwrap());
    let rejected: Vec<&Value> = events.iter().filter(|event| event["event"] == "rejected").collect();
    let taken: Vec<&Value> = events.iter().filter(|event| event["event"] == "taken").collect();
    assert!(taken.iter().any(|event| event["file"] == "c-good.md"), "{events:?}");
    assert!(rejected.iter().any(|event| event["file"] == "a-memory.html"), "{events:?}");
    for event in rejected {
        let code = event["code"].as_str().unwrap();
        assert!(["parser_memory", "parser_timeout", "parser_crash"].contains(&code), "{event}");
        assert!(!event["reason"].as_str().unwrap().is_empty());
    }
    assert!(found(&data, "examplin hypertension").iter().any(|text| text.contains("5 mg")));
}

#[test]
fn a_run_goes_on_when_nobody_reads_how_it_goes_and_a_finding_is_closed_for_programs() {
    let directory = tempfile::tempdir().unwrap();
    let (data, source) = (directory.path().join("data"), directory.path().join("source"));
    for id in ["one", "two"] {
        let text = "# Examplin\n\nGive examplin 5 mg daily for hypertension in adults.\n";
        write(&source, &format!("{id}.md"), &format!("+++\nid = \"{id}\"\n+++\n{text}"));
    }
    // As `osler ingest --json | head` does.
    let mut command = osler(&data);
    command.args(["ingest", source.to_str().unwrap(), "--corpus", "starter", "--json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("panicked"), "{said}");
    assert!(found(&data, "examplin hypertension").iter().any(|text| text.contains("5 mg")));

    let open = json(&data, &["corpus", "findings", "--json"]);
    let id = open["findings"][0]["id"].to_string();
    let closed = json(&data, &["corpus", "findings", "--close", &id, "--json"]);
    assert_eq!(closed["finding"]["id"], open["findings"][0]["id"]);
    assert_eq!(closed["finding"]["settled"]["outcome"], "dismissed");
}

#[test]
fn the_parsing_process_is_for_osler_alone() {
    let directory = tempfile::tempdir().unwrap();
    refuse(directory.path(), &["parse-worker"], 1, &["own use"]);
}

#[test]
fn a_manifest_names_sources_and_the_same_command_brings_what_is_new() {
    let directory = tempfile::tempdir().unwrap();
    let (data, source) = (directory.path().join("data"), directory.path().join("source"));
    write(&source, "examplin.md", &note("examplin", 5));
    let manifest = directory.path().join("house.toml");
    let text = format!(
        "id = \"house\"\ntitle = \"House rules\"\nissuer = \"House\"\nkind = \"local_policy\"\nlicence = \"own\"\n\
         rights = {{ index = true, display = true, export = true }}\njurisdiction = \"NG\"\nlanguage = \"en\"\n\
         [[sources]]\ntype = \"directory\"\npath = \"{}\"\n[[sources]]\ntype = \"directory\"\npath = \"/nowhere/at/all\"\n",
        source.display()
    );
    fs::write(&manifest, text).unwrap();
    refuse(&data, &["ingest", "--corpus", "starter"], 2, &["names no sources", "manifest"]);
    let said = succeed(&data, &["ingest", "--corpus", "house", "--manifest", manifest.to_str().unwrap(), "--json"]);
    let said = events(&said);
    assert!(said.iter().any(|event| event["event"] == "taken" && event["file"] == "examplin.md"), "{said:?}");
    let failed = said.iter().find(|event| event["event"] == "source_failed").unwrap();
    assert!(failed["reason"].as_str().unwrap().contains("/nowhere"), "{failed}");
    // The sources are on record now.
    write(&source, "othermab.md", &note("othermab", 7));
    let said = events(&succeed(&data, &["ingest", "--corpus", "house", "--json"]));
    assert!(said.iter().any(|event| event["event"] == "taken" && event["file"] == "othermab.md"), "{said:?}");
    assert!(found(&data, "othermab hypertension").iter().any(|text| text.contains("7 mg")));
}

#[test]
fn what_is_staged_can_be_compared_reviewed_and_published_and_what_is_held_moves_to_another_machine() {
    let directory = tempfile::tempdir().unwrap();
    let (data, source) = (directory.path().join("data"), directory.path().join("source"));
    let ingest = |more: &[&str]| {
        let mut args = vec!["ingest", source.to_str().unwrap(), "--corpus", "starter", "--json"];
        args.extend_from_slice(more);
        json(&data, &args)
    };
    write(&source, "examplin.md", &note("examplin", 5));
    write(&source, "othermab.md", &note("othermab", 7));
    ingest(&[]);
    write(&source, "examplin.md", &note("examplin", 10));
    ingest(&["--stage"]);
    let golden = directory.path().join("golden.txt");
    fs::write(
        &golden,
        "What dose of examplin is given for hypertension?\nWhat dose of othermab is given for hypertension?\n",
    )
    .unwrap();
    let diff = json(&data, &["corpus", "diff", "--golden", golden.to_str().unwrap(), "--json"]);
    assert_eq!((diff["published"].as_u64(), diff["staged"].as_u64()), (Some(1), Some(2)));
    let documents = diff["documents"].as_array().unwrap();
    let changes: Vec<_> =
        documents.iter().map(|d| (d["version"].as_u64(), d["coming"].as_u64(), d["leaving"].as_u64())).collect();
    assert_eq!(changes, [(Some(1), Some(0), Some(1)), (Some(2), Some(1), Some(0))]);
    let examplin = &diff["golden"][0];
    assert_eq!(examplin["is_changed"], true, "{diff}");
    assert!(examplin["before"]["statements"][0].as_str().unwrap().contains("5 mg"), "{diff}");
    assert!(examplin["after"]["statements"][0].as_str().unwrap().contains("10 mg"), "{diff}");
    assert_eq!(diff["golden"][1]["before"]["status"], diff["golden"][1]["after"]["status"]);
    assert!(found(&data, "dose of examplin").iter().all(|text| !text.contains("10 mg")), "staged text is not found");
    succeed(&data, &["corpus", "publish", "--reason", "reviewed"]);
    assert!(found(&data, "dose of examplin").iter().any(|text| text.contains("10 mg")));

    let notices = directory.path().join("notices.jsonl");
    let notice = r#"{"relation":"retracts","subject":{"doi":"10.1000/OTHERMAB"},"feed":"by hand"}"#;
    fs::write(&notices, format!("{notice}\n")).unwrap();
    let imported = json(&data, &["corpus", "notices", notices.to_str().unwrap(), "--json"]);
    assert_eq!(imported["changed"][0]["status"], "retracted", "{imported}");
    assert!(found(&data, "dose of othermab").iter().all(|text| !text.contains("othermab 7")));
    assert_eq!(json(&data, &["corpus", "verify", "--json"])["sound"], true);
    assert_eq!(json(&data, &["doctor", "--deep", "--json"])["sound"], true);

    let (backup, elsewhere) = (directory.path().join("osler.backup"), directory.path().join("elsewhere"));
    succeed(&data, &["backup", backup.to_str().unwrap()]);
    refuse(&data, &["restore", backup.to_str().unwrap()], 1, &["has data already"]);
    succeed(&elsewhere, &["restore", backup.to_str().unwrap()]);
    for question in ["What dose of examplin is given for hypertension?", "othermab in adults"] {
        assert_eq!(found(&elsewhere, question), found(&data, question));
    }
    assert_eq!(succeed(&elsewhere, &["corpus", "history"]), succeed(&data, &["corpus", "history"]));
    let mut bytes = fs::read(&backup).unwrap();
    let middle = bytes.len() / 2;
    // More than one bit: in a run of zeros one may change how they are packed and nothing else.
    bytes[middle..middle + 32].iter_mut().for_each(|byte| *byte ^= 0xa5);
    fs::write(&backup, bytes).unwrap();
    let third = directory.path().join("third");
    refuse(&third, &["restore", backup.to_str().unwrap()], 1, &["no backup", "damaged"]);
    assert!(!third.join("ledger.db").exists());
}

#[test]
fn watching_takes_in_what_changes_at_the_next_turn() {
    let directory = tempfile::tempdir().unwrap();
    let (data, source) = (directory.path().join("data"), directory.path().join("source"));
    write(&source, "examplin.md", &note("examplin", 5));
    let manifest = directory.path().join("house.toml");
    let text = format!(
        "id = \"house\"\ntitle = \"House rules\"\nissuer = \"House\"\nkind = \"local_policy\"\nlicence = \"own\"\nrefresh = \"1s\"\n\
         rights = {{ index = true, display = true, export = true }}\njurisdiction = \"NG\"\nlanguage = \"en\"\n\
         [[sources]]\ntype = \"directory\"\npath = \"{}\"\n",
        source.display()
    );
    fs::write(&manifest, text).unwrap();
    let args = ["ingest", "--corpus", "house", "--manifest", manifest.to_str().unwrap(), "--watch", "--json"];
    let mut child = osler(&data).args(args).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
    let mut wait_for = |file: &str| {
        let taken = lines.by_ref().map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
        taken.take(200).any(|event| event["event"] == "taken" && event["file"] == file)
    };
    assert!(wait_for("examplin.md"));
    write(&source, "othermab.md", &note("othermab", 7));
    let came = wait_for("othermab.md");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(came, "what is new is taken in at the next turn");
}
