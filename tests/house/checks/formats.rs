//! Sources as they come: archives of mixed formats, sets of records, labels, misread text, and what is no document.

use flate2::Compression;
use flate2::write::GzEncoder;
use ingest::{Account, Error, Event, Rejection, Review, parse};
use knowledge::{DocumentId, Kind};
use ledger::FindingKind;
use serde_json::{Value, json};
use support::{TestService, TinyPdf, docx};

/// Takes files of any bytes in and gives the account of the run.
async fn take_in(service: &TestService, files: &[(&str, Vec<u8>)]) -> Account {
    let source = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(source.path().join(name), bytes).unwrap();
    }
    service.try_ingest(source.path(), &TestService::corpus()).await.0.unwrap()
}

fn taken(account: &Account) -> Vec<&str> {
    account.taken.iter().map(|taken| taken.file.as_str()).collect()
}

async fn view(service: &TestService, name: &str) -> Value {
    let id = DocumentId::of(&TestService::corpus().id, name);
    service.get(&format!("/v1/documents/{id}")).await.json()
}

async fn found(service: &TestService, kinds: &[&str]) -> Vec<String> {
    let question = "What dose of examplin for hypertension?";
    let body = json!({ "question": question, "filters": { "kinds": kinds }, "limit": 50 });
    let reply = service.post("/v1/search", &body).await.json();
    reply["hits"].as_array().unwrap().iter().map(|hit| hit["text"].as_str().unwrap().to_owned()).collect()
}

fn has(texts: &[String], dose: u32) -> bool {
    texts.iter().any(|text| text.contains(&advice(dose)))
}

fn advice(dose: u32) -> String {
    format!("Give examplin {dose} mg daily for hypertension.")
}

/// A set of PubMed with a record for each of these numbers, which is also its dose.
pub(crate) fn pubmed_set(numbers: &[u32]) -> String {
    let record = |number: &u32| {
        format!(
            "<PubmedArticle><MedlineCitation><PMID Version=\"1\">{}</PMID><Article><Journal><Title>J Examplin</Title>\
             </Journal><ArticleTitle>Dose {number}.</ArticleTitle><Abstract><AbstractText>{}</AbstractText></Abstract>\
             </Article></MedlineCitation></PubmedArticle>\n",
            90_000_000 + number,
            advice(*number)
        )
    };
    let records: String = numbers.iter().map(record).collect();
    format!(
        "<?xml version=\"1.0\" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC \"-//NLM//DTD PubMedArticle//EN\" \
         \"pubmed.dtd\">\n<PubmedArticleSet>\n{records}</PubmedArticleSet>\n"
    )
}

const SET_ID: &str = "00000000-0000-4000-8000-000000000007";

pub(crate) fn label(dose: u32) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<document xmlns=\"urn:hl7-org:v3\"><title>EXAMPLIA (examplin) \
         tablets</title><effectiveTime value=\"20240131\"/><languageCode code=\"en-US\"/><setId root=\"{SET_ID}\"/>\
         <versionNumber value=\"7\"/><author><assignedEntity><representedOrganization><name>Example Laboratories, \
         Inc.</name></representedOrganization></assignedEntity></author><component><structuredBody><component><section>\
         <title>2 DOSAGE AND ADMINISTRATION</title><text><paragraph>{}</paragraph></text></section></component>\
         </structuredBody></component></document>",
        advice(dose)
    )
}

fn tar_gz(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, bytes.as_slice()).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

#[tokio::test]
async fn an_archive_of_all_formats_is_taken_in_with_names_below_it() {
    let article = format!(
        "<article><front><article-meta><title-group><article-title>An article</article-title></title-group>\
         </article-meta></front><body><p>{}</p></body></article>",
        advice(4)
    );
    let paper = TinyPdf::new().page(|page| {
        page.text(60, 740, 18, "Examplin on paper");
        page.lines(
            60,
            700,
            10,
            &[advice(9).as_str(), "It is taken in the morning with a glass of water by most adults."],
        );
    });
    let files = [
        ("a.md", format!("# A note\n\n{}\n", advice(1)).into_bytes()),
        ("notes/b.txt", format!("A TEXT\n\n{}\n", advice(2)).into_bytes()),
        (
            "notes/c.html",
            format!("<html><body><main><h1>A page</h1><p>{}</p></main></body></html>", advice(3)).into_bytes(),
        ),
        ("d.nxml", article.into_bytes()),
        ("e.xml", pubmed_set(&[5, 6]).into_bytes()),
        ("f.xml", label(7).into_bytes()),
        ("g.docx", docx(&format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", advice(8)), None)),
        ("h.pdf", paper.bytes()),
        ("i.xml", b"<invoice/>".to_vec()),
        ("photo.jpg", b"no text".to_vec()),
        (".hidden.md", b"# Not read".to_vec()),
    ];
    let service = TestService::new().await;
    let account = take_in(&service, &[("set.tar.gz", tar_gz(&files))]).await;
    assert_eq!(
        taken(&account),
        [
            "set.tar.gz/a.md",
            "set.tar.gz/notes/b.txt",
            "set.tar.gz/notes/c.html",
            "set.tar.gz/d.nxml",
            "set.tar.gz/e.xml#pmid-90000005",
            "set.tar.gz/e.xml#pmid-90000006",
            "set.tar.gz/f.xml",
            "set.tar.gz/g.docx",
            "set.tar.gz/h.pdf",
        ]
    );
    let rejected: Vec<(&str, &str)> =
        account.rejected.iter().map(|rejected| (rejected.file.as_str(), rejected.failure.code.as_str())).collect();
    assert_eq!(rejected, [("set.tar.gz/i.xml", "malformed")]);
    assert_eq!((account.report.documents.added, account.report.documents.all()), (9, 10));
    let texts = found(&service, &[]).await;
    for dose in 1..=9 {
        assert!(has(&texts, dose), "{dose} mg is not found: {texts:?}");
    }
    let account = take_in(&service, &[("set.tar.gz", tar_gz(&files))]).await;
    assert_eq!((account.report.documents.unchanged, account.report.documents.rejected), (9, 1));
}

#[tokio::test]
async fn each_record_of_a_set_is_a_document_with_or_without_a_mark_at_its_beginning() {
    let set = pubmed_set(&[1, 2, 3]);
    for set in [set.clone(), format!("\u{feff}{set}")] {
        let whole = parse("set.xml", set.as_bytes());
        assert_eq!(whole, Err(Rejection::Field("set.xml is a set of 3 documents".to_owned())));
        let service = TestService::new().await;
        let (report, events) = service.ingest(&[("set.xml", &set)]).await;
        assert_eq!((report.documents.added, report.documents.rejected), (3, 0), "{events:?}");
        assert!(events.contains(&Event::Unpacked { more: 2 }), "{events:?}");
        let files: Vec<&str> = events
            .iter()
            .filter_map(|event| match event {
                Event::Taken(taken) => Some(taken.file.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(files, ["set.xml#pmid-90000001", "set.xml#pmid-90000002", "set.xml#pmid-90000003"]);
        for dose in 1..=3_u32 {
            let view = view(&service, &format!("PMID{}", 90_000_000 + dose)).await;
            assert_eq!(view["text"], format!("Dose {dose}\nAbstract\n{}", advice(dose)));
            assert_eq!((&view["access"], &view["issuer"]), (&json!("abstract_only"), &json!("J Examplin")));
        }
        // One record changes: the others are not read again.
        let (report, _) = service.ingest(&[("set.xml", &set.replace("Dose 2.", "Dose two."))]).await;
        assert_eq!((report.documents.updated, report.documents.unchanged), (1, 2));
    }
}

#[tokio::test]
async fn a_label_is_a_drug_label_whatever_the_corpus_holds() {
    let parsed = parse("label.xml", label(5).as_bytes()).unwrap();
    assert_eq!((parsed.fields.kind, parsed.quality().score), (Some(Kind::DrugLabel), 1.0));
    let service = TestService::new().await;
    let note = format!("# A note\n\n{}\n", advice(10));
    service.ingest(&[("label.xml", &label(5)), ("note.md", &note)]).await;
    let view = view(&service, SET_ID).await;
    assert_eq!((&view["kind"], &view["version"]), (&json!("drug_label"), &json!(7)));
    assert_eq!((&view["title"], &view["jurisdiction"]), (&json!("EXAMPLIA (examplin) tablets"), &json!("US")));
    assert_eq!((&view["issuer"], &view["published"]), (&json!("Example Laboratories, Inc."), &json!("2024-01-31")));
    let labels = found(&service, &["drug_label"]).await;
    assert!(has(&labels, 5) && !has(&labels, 10), "{labels:?}");
    let guidelines = found(&service, &["guideline"]).await;
    assert!(has(&guidelines, 10) && !has(&guidelines, 5), "{guidelines:?}");
}

#[tokio::test]
async fn clean_text_has_full_marks_and_misread_text_is_put_before_a_person() {
    let clean = format!("+++\ntitle = \"Examplin\"\npublished = \"2024\"\n+++\n# Examplin\n\n{}\n", advice(5));
    assert_eq!(parse("clean.md", clean.as_bytes()).unwrap().quality().score, 1.0);
    let line = |number: u32| format!("Adm1nister the dr~g to the pat1ent and wa~ch for h0urs in r0om {number}.\n\n");
    let misread = format!("A PAGE THAT WAS SCANNED\n\n{}", (0..25).map(line).collect::<String>());
    let quality = parse("misread.txt", misread.as_bytes()).unwrap().quality();
    // 25 noisy blocks at 0.01, and no date at 0.02.
    assert!((quality.score - 0.73).abs() < 1e-4, "{quality:?}");

    let service = TestService::new().await;
    let files = [("clean.md", clean.into_bytes()), ("misread.txt", misread.into_bytes())];
    let account = take_in(&service, &files).await;
    let scores: Vec<(&str, f32)> = account.taken.iter().map(|taken| (taken.file.as_str(), taken.quality)).collect();
    assert_eq!(scores, [("clean.md", 1.0), ("misread.txt", quality.score)]);
    let review = Review {
        file: "misread.txt".to_owned(),
        kind: FindingKind::PoorQuality,
        detail: "read with a score of 0.73".to_owned(),
    };
    assert_eq!((account.reviews.as_slice(), account.report.reviews), ([review].as_slice(), 1));
    let findings = service.stores.ledger.findings().unwrap();
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].kind, findings[0].title.as_str()), (FindingKind::PoorQuality, "A PAGE THAT WAS SCANNED"));
    // It is taken in all the same, and says how it was read.
    let view = view(&service, "misread.txt").await;
    assert_eq!(
        (&view["status"], view["quality"]["score"].as_f64().map(|score| score < 0.8)),
        (&json!("current"), Some(true))
    );
    assert!(
        view["quality"]["defects"].as_array().unwrap().contains(&json!({ "kind": "ocr_noise", "times": 25 })),
        "{view}"
    );
}

#[tokio::test]
async fn files_that_are_no_documents_are_counted_by_their_endings() {
    let service = TestService::new().await;
    let passed_by = [
        ("photo.JPG", b"x".to_vec()),
        ("scan.jpg", b"x".to_vec()),
        ("table.xlsx", b"x".to_vec()),
        ("notes", b"x".to_vec()),
    ];
    let readme = ("README.md", b"# About this folder".to_vec());
    let note = ("note.md", format!("# A note\n\n{}\n", advice(5)).into_bytes());
    let files: Vec<(&str, Vec<u8>)> = passed_by.iter().cloned().chain([readme, note]).collect();
    for unchanged in [0, 1] {
        let account = take_in(&service, &files).await;
        let skipped: Vec<(&str, usize)> =
            account.skipped.iter().map(|(ending, count)| (ending.as_str(), *count)).collect();
        assert_eq!(skipped, [("", 1), ("jpg", 2), ("md", 1), ("xlsx", 1)]);
        assert_eq!((account.report.skipped, account.report.documents.all()), (5, 1));
        assert_eq!(account.report.documents.unchanged, unchanged);
        assert!(account.rejected.is_empty() && account.reviews.is_empty());
    }
    let source = tempfile::tempdir().unwrap();
    for (name, bytes) in &passed_by {
        std::fs::write(source.path().join(name), bytes).unwrap();
    }
    let (account, events) = service.try_ingest(source.path(), &TestService::corpus()).await;
    assert!(matches!(account, Err(Error::Empty(_))), "{account:?}");
    assert!(events.is_empty(), "{events:?}");
}
