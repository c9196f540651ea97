//! A thesaurus of the house: imported whole or not at all, told, and removed.

use std::fs;

use crate::run::{json, refuse, succeed};

/// Made up, in the shape of MeSH.
const DESCRIPTORS: &str = include_str!("../../../../corpora/vocabulary/tests/descriptors.xml");

#[test]
fn mesh_is_imported_shown_and_removed() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let file = directory.path().join("desc2026.xml");
    let file_arg = file.to_str().unwrap();
    fs::write(&file, DESCRIPTORS).unwrap();
    assert!(succeed(&data, &["vocabulary", "show"]).contains("nothing is imported"));
    let said = succeed(&data, &["vocabulary", "import", file_arg]);
    assert!(said.contains("3 concepts, 6 terms") && said.contains("next started"), "{said}");
    let shown = json(&data, &["vocabulary", "show", "--json"]);
    assert_eq!(shown["thesaurus"]["source"], "desc2026.xml");
    assert_eq!(shown["thesaurus"]["sha256"].as_str().unwrap().len(), 64);

    // What cannot be read changes nothing.
    fs::write(&file, &DESCRIPTORS[..DESCRIPTORS.len() / 2]).unwrap();
    refuse(&data, &["vocabulary", "import", file_arg], 1, &["desc2026.xml", "nothing was changed", "fetch it again"]);
    fs::write(&file, "# Not MeSH\n").unwrap();
    refuse(&data, &["vocabulary", "import", file_arg], 1, &["descYYYY.xml"]);
    refuse(&data, &["vocabulary", "import", "/nowhere.xml"], 2, &["/nowhere.xml"]);
    assert_eq!(json(&data, &["vocabulary", "show", "--json"]), shown);

    assert!(succeed(&data, &["vocabulary", "remove"]).contains("removed"));
    assert!(succeed(&data, &["vocabulary", "remove"]).contains("nothing is imported"));
    assert!(json(&data, &["vocabulary", "show", "--json"])["thesaurus"].is_null());
}

#[test]
fn questions_are_searched_by_imported_names_and_damage_is_told_at_start() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let file = directory.path().join("desc2026.xml");
    fs::write(&file, DESCRIPTORS).unwrap();
    let search = ["search", "treatment of examplosis", "--json"];
    let before = json(&data, &search);
    succeed(&data, &["vocabulary", "import", file.to_str().unwrap()]);
    let after = json(&data, &search);
    assert!(!before.to_string().contains("Sampler Disease"), "{before}");
    assert!(after.to_string().contains("Sampler Disease"), "{after}");
    let imported = data.join("vocabulary/mesh.tsv");
    let text = fs::read_to_string(&imported).unwrap();
    fs::write(&imported, text.replace("Sampler", "Sampled")).unwrap();
    refuse(&data, &search, 1, &["damaged", "osler vocabulary import", "osler vocabulary remove"]);
    succeed(&data, &["vocabulary", "remove"]);
    assert_eq!(json(&data, &search)["hits"], before["hits"]);
}
