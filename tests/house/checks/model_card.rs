//! The model card and the labelling: what they say comes from what runs and from runs that anybody can repeat.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use evals::{Figure, Run, RunFigure, Source};
use identity::Role;
use knowledge::Snapshot;
use ledger::Totals;
use serde_json::Value;
use server::config::Config;
use server::facts::{CorpusScope, Facts};
use server::labeling::Labeling;
use server::models::{ModelInUse, ModelRole};
use support::TestService;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Every number in a text: `.895`, `12,315`, `0.53`.
fn numbers(text: &str) -> Vec<f64> {
    let parts = text.split(|c: char| !c.is_ascii_digit() && c != '.' && c != ',');
    parts.filter_map(|part| part.trim_end_matches(['.', ',']).replace(',', "").parse().ok()).collect()
}

#[test]
fn every_measured_figure_stands_in_its_document_and_is_printed_by_a_command_that_there_is() {
    let runs = evals::runs();
    for run in &runs {
        assert!(server::cli::has_command(&run.command), "{}: there is no command {:?}", run.id, run.command);
        let document = fs::read_to_string(root().join(&run.document)).unwrap();
        for figure in &run.figures {
            let RunFigure { what, value, interval, as_written, .. } = figure;
            assert!(
                document.contains(as_written.as_str()),
                "{}: {what}: {} does not say {as_written:?}; mend evals/measured.json",
                run.id,
                run.document
            );
            let written = numbers(as_written);
            for number in interval.iter().flatten().chain([value]) {
                assert!(
                    written.iter().any(|one| (one - number).abs() < 1e-9),
                    "{}: {number} in {as_written:?}",
                    run.id
                );
            }
        }
    }
    for figure in evals::figures() {
        assert!(server::cli::has_command(&figure.command), "there is no command {:?}", figure.command);
    }
}

#[test]
fn numbers_are_read_as_people_write_them() {
    assert_eq!(numbers("**.895** (.863–.927)"), [0.895, 0.863, 0.927]);
    assert_eq!(numbers("| 0.53 % of 5,092 | 10.2 ms, done."), [0.53, 5_092.0, 10.2]);
}

/// The defaults on one corpus, with two figures.
fn facts() -> Facts {
    let figure = Figure::share("abstention", "held out: abstained where the corpus has no answer", 7, 10);
    Facts {
        config: Config::default(),
        models: vec![ModelInUse {
            role: ModelRole::Embedder,
            id: "clinical-minilm-l6-v1".to_owned(),
            revision: Some("1".to_owned()),
            sha256: Some("ab".repeat(32)),
            licence: Some("Apache-2.0".to_owned()),
        }],
        prompt_sha256: "cd".repeat(32),
        corpora: vec![CorpusScope {
            corpus: TestService::corpus(),
            totals: Totals { documents: 75, versions: 78, passages: 1_234 },
            oldest: Some("2015-06".to_owned()),
            newest: Some("2025-06-12".to_owned()),
        }],
        snapshot: Snapshot(3),
        published_at: Some("2026-11-20T10:00:00Z".to_owned()),
        figures: vec![Figure { measured_on: "2026-11-28".to_owned(), ..figure }],
        runs: vec![Run {
            id: "retrieval-others-2026-11-28".to_owned(),
            command: "osler eval retrieval --from DIR".to_owned(),
            date: "2026-11-28".to_owned(),
            data: "questions of others".to_owned(),
            source: Source::Other,
            document: "evals/README.md".to_owned(),
            embedder: Some("another".to_owned()),
            mode: None,
            model: None,
            note: None,
            figures: vec![RunFigure {
                what: "order of the documents found".to_owned(),
                value: 0.895,
                unit: String::new(),
                interval: Some([0.863, 0.927]),
                of: Some(1_500),
                less_is_better: false,
                as_written: ".895".to_owned(),
            }],
        }],
        review: None,
    }
}

#[test]
fn the_labelling_says_what_runs() {
    let labeling = Labeling::of(&facts());
    // The version of the program is in them.
    insta::assert_json_snapshot!(labeling, {
        ".sha256" => "[sha256]", ".model_card" => "[sha256]", ".program" => "[program]",
    });
}

#[tokio::test]
async fn card_and_labelling_are_those_of_the_service() {
    let service = TestService::new().await;
    let dated =
        |day: &str| format!("+++\npublished = \"{day}\"\n+++\n# Gout\n\nColchicine is given for gout ({day}).\n");
    let (old, new) = (dated("2015-06"), dated("2025-03-01"));
    service.ingest(&[("old.md", old.as_str()), ("new.md", new.as_str())]).await;
    let labeling = service.get("/v1/about/labeling").await.json();
    let corpus = &labeling["corpora"][0];
    assert_eq!((&corpus["oldest"], &corpus["newest"]), (&Value::from("2015-06"), &Value::from("2025-03-01")));
    assert_eq!((&corpus["id"], &corpus["documents"]), (&Value::from("test"), &Value::from(2)));
    assert_eq!(labeling["published_at"], "2026-01-01T00:00:00Z");

    // Whoever reads it can make the hash again.
    let mut content = labeling.clone();
    let sha256 = content.as_object_mut().unwrap().remove("sha256").unwrap();
    let again = knowledge::sha256_hex(audit::canonical(&content).unwrap().as_bytes());
    assert_eq!(sha256, Value::from(again));

    let card = service.get("/v1/about/model-card").await.json();
    assert_eq!(labeling["model_card"], card["version"]);
    let groups = card["groups"].as_array().unwrap();
    let attributes: Vec<&Value> = groups.iter().flat_map(|group| group["attributes"].as_array().unwrap()).collect();
    let ids: BTreeSet<&str> = attributes.iter().map(|attribute| attribute["id"].as_str().unwrap()).collect();
    assert_eq!((groups.len(), ids.len()), (10, 44));
    for attribute in &attributes {
        assert!(attribute["value"].is_null() != attribute["missing"].is_null(), "{attribute:#}");
        for measured in attribute["measured"].as_array().unwrap() {
            for named in ["figure", "value", "run", "date", "data"] {
                assert!(measured[named].as_str().is_some_and(|text| !text.is_empty()), "{measured:#}");
            }
        }
    }
    // An auditor, who asks nothing, reads it too.
    let key = service.key(Role::Auditor);
    assert_eq!(service.get_as(&key, "/v1/about/model-card").await.json()["version"], card["version"]);
}

#[tokio::test]
async fn a_labelling_that_changes_while_the_service_runs_is_put_on_record() {
    let service = TestService::new().await;
    let follower = server::labeling::Follower::default();
    let changes = || service.app.audit.entries("label.changed", None, None, 10).unwrap();
    for _ in 0..2 {
        follower.follow(&service.app).unwrap();
    }
    assert_eq!(changes().len(), 1);
    service.ingest(&[("gout.md", "# Gout\n\nColchicine is given for gout.\n")]).await;
    for _ in 0..2 {
        follower.follow(&service.app).unwrap();
    }
    let labeling = service.get("/v1/about/labeling").await.json();
    assert_eq!(changes().len(), 2);
    assert_eq!(changes()[0].text("sha256"), labeling["sha256"].as_str());
}
