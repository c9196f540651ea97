//! The starter corpus: what a newcomer judges us by.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use ingest::Parsed;
use knowledge::{Access, BlockKind, Kind, Status};

fn documents() -> Vec<(PathBuf, Parsed)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpora/starter");
    let mut documents = Vec::new();
    for folder in ["guidelines", "cases"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let parsed = ingest::parse(&name, &std::fs::read(&path).unwrap());
            documents.push((path, parsed.unwrap_or_else(|reason| panic!("{name}: {reason}"))));
        }
    }
    documents
}

#[test]
fn every_document_is_whole_marked_and_sourced() {
    for (path, parsed) in documents() {
        let name = path.display();
        let fields = &parsed.fields;
        assert!(fields.title.is_some() && fields.id.is_some(), "{name} has no title or id");
        let notice = fields.notice.as_deref().unwrap_or_default();
        assert!(notice.starts_with("Teaching material"), "{name} is not marked as teaching material");
        assert!(!fields.sources.is_empty(), "{name} names no source");
        assert!(fields.sources.iter().all(|source| source.year.is_some()), "{name} has a source without a year");
        assert!(fields.published.is_some(), "{name} has no date");
        let words = parsed.text.as_str().split_whitespace().count();
        assert!(words >= 120, "{name} has {words} words");
    }
}

#[test]
fn the_corpus_has_what_a_corpus_must_cope_with() {
    let documents = documents();
    assert!(documents.len() >= 60, "{} documents", documents.len());
    let count = |holds: &dyn Fn(&Parsed) -> bool| documents.iter().filter(|(_, parsed)| holds(parsed)).count();
    assert!(count(&|parsed| parsed.fields.status == Status::Superseded) >= 2);
    assert!(count(&|parsed| parsed.fields.status == Status::Retracted) >= 1);
    assert!(count(&|parsed| parsed.fields.access == Access::AbstractOnly) >= 1);
    assert!(count(&|parsed| parsed.fields.kind == Some(Kind::CaseLiterature)) >= 20);
    assert!(count(&|parsed| parsed.text.blocks().iter().any(|block| block.kind == BlockKind::TableRow)) >= 40);
    let mut formats: HashMap<String, usize> = HashMap::new();
    for (path, _) in &documents {
        *formats.entry(path.extension().unwrap().to_string_lossy().into_owned()).or_default() += 1;
    }
    for format in ["md", "html", "txt", "nxml"] {
        assert!(formats.get(format).copied().unwrap_or(0) >= 5, "{formats:?}");
    }
}

#[test]
fn versions_of_one_document_have_numbers_of_their_own() {
    let mut seen = HashMap::new();
    for (path, parsed) in documents() {
        let key = (parsed.fields.id.clone(), parsed.fields.version);
        if let Some(other) = seen.insert(key, path.clone()) {
            panic!("{} and {} are the same version of one document", path.display(), other.display());
        }
    }
}
