//! Which files are one work, one text or nearly so: what becomes a further version, and what a person is asked.

use ingest::Event;
use knowledge::{Corpus, DocumentId, Snapshot};
use ledger::{Decision, Error, FindingKind, Outcome};
use serde_json::{Value, json};
use support::TestService;

const DOI: &str = "doi = \"10.5555/examplin.1\"";

/// Long enough that nobody gives it to two works by chance.
const TITLE: &str = "Examplin in adults with hypertension";

/// A note in Markdown with this front matter.
fn note(matter: &str, title: &str, dose: u32) -> String {
    format!("+++\n{matter}\n+++\n# {title}\n\nGive examplin {dose} mg daily for hypertension.\n")
}

/// An article in JATS, whole or without its body.
fn article(ids: &str, dose: u32, is_whole: bool) -> String {
    let text = format!("<p>Examplin {dose} mg daily lowered blood pressure in hypertension.</p>");
    let (summary, body) = match is_whole {
        true => (String::new(), format!("<body>{text}</body>")),
        false => (format!("<abstract>{text}</abstract>"), String::new()),
    };
    format!(
        "<article><front><article-meta>{ids}<title-group><article-title>{TITLE}</article-title></title-group>{summary}\
         </article-meta></front>{body}</article>"
    )
}

/// A record of PubMed: an abstract and nothing more.
fn record(pmid: &str, ids: &str, dose: u32) -> String {
    format!(
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version=\"1\">{pmid}</PMID><Article><Journal><Title>J \
         Examplin</Title></Journal><ArticleTitle>{TITLE}.</ArticleTitle><Abstract><AbstractText>Examplin {dose} mg \
         daily lowered blood pressure in hypertension.</AbstractText></Abstract></Article></MedlineCitation>\
         <PubmedData><ArticleIdList>{ids}</ArticleIdList></PubmedData></PubmedArticle></PubmedArticleSet>"
    )
}

fn document(name: &str) -> DocumentId {
    DocumentId::of(&TestService::corpus().id, name)
}

/// One version of a document, or the one in force.
async fn view(service: &TestService, document: DocumentId, version: Option<u32>) -> Value {
    let version = version.map(|number| format!("?version={number}")).unwrap_or_default();
    service.get(&format!("/v1/documents/{document}{version}")).await.json()
}

async fn found(service: &TestService, as_of: Option<u64>) -> Vec<String> {
    let mut body = json!({ "question": "What dose of examplin for hypertension?" });
    if let Some(snapshot) = as_of {
        body["as_of"] = json!(snapshot);
    }
    let reply = service.post("/v1/search", &body).await.json();
    reply["hits"].as_array().unwrap().iter().map(|hit| hit["text"].as_str().unwrap().to_owned()).collect()
}

fn has(texts: &[String], dose: u32) -> bool {
    texts.iter().any(|text| text.contains(&format!(" {dose} mg")))
}

/// What a run asks a person to look at: file, kind, and what was seen.
fn reviews(events: &[Event]) -> Vec<(&str, FindingKind, &str)> {
    let found = events.iter().filter_map(|event| match event {
        Event::Review(review) => Some((review.file.as_str(), review.kind, review.detail.as_str())),
        _ => None,
    });
    found.collect()
}

#[tokio::test]
async fn another_file_with_the_same_doi_is_the_next_version_however_the_doi_is_written() {
    let service = TestService::new().await;
    service.ingest(&[("first.md", &note(DOI, TITLE, 5))]).await;
    let spellings =
        ["https://doi.org/10.5555/examplin.1", "HTTPS://DX.DOI.ORG/10.5555/EXAMPLIN.1", "doi:10.5555/Examplin.1."];
    for (number, spelling) in (2..).zip(spellings) {
        let (file, dose) = (format!("file-{number}.md"), 10 * number);
        let (report, events) =
            service.ingest(&[(&file, &note(&format!("doi = \"{spelling}\""), "Another title", dose))]).await;
        assert_eq!((report.documents.updated, report.documents.added), (1, 0), "{spelling}: {events:?}");
        assert_eq!(report.snapshot, Snapshot(u64::from(number)));
        assert!(reviews(&events).is_empty(), "a further version is nothing to ask about: {events:?}");
        let now = found(&service, None).await;
        assert!(now.len() == 1 && has(&now, dose), "{spelling}: {now:?}");
        let current = view(&service, document("first.md"), None).await;
        assert_eq!((current["version"].as_u64(), current["status"].as_str()), (Some(number.into()), Some("current")));
    }
    let old = view(&service, document("first.md"), Some(1)).await;
    assert_eq!(old["status"], "superseded");
    assert!(old["text"].as_str().unwrap().contains("5 mg"));
    let then = found(&service, Some(1)).await;
    assert!(then.len() == 1 && has(&then, 5), "{then:?}");
    assert_eq!(service.stores.ledger.totals(None).unwrap().documents, 1);
}

#[tokio::test]
async fn the_same_number_of_pubmed_alone_is_enough() {
    let service = TestService::new().await;
    service.ingest(&[("first.md", &note("pmid = \"90000001\"", "One title", 5))]).await;
    let (report, _) = service.ingest(&[("second.md", &note("pmid = \"PMID: 090000001\"", "Another", 10))]).await;
    assert_eq!((report.documents.updated, report.documents.added), (1, 0));
    let now = found(&service, None).await;
    assert!(has(&now, 10) && !has(&now, 5), "{now:?}");
    assert_eq!(view(&service, document("first.md"), None).await["version"], 2);
    let (report, _) = service.ingest(&[("third.md", &note("pmid = \"90000002\"", "A third", 20))]).await;
    assert_eq!((report.documents.updated, report.documents.added), (0, 1), "another number is another work");
}

#[tokio::test]
async fn the_same_number_of_pubmed_central_alone_is_enough() {
    let service = TestService::new().await;
    let first = article("<article-id pub-id-type=\"pmcid\">PMC9000001</article-id>", 5, false);
    service.ingest(&[("first.nxml", &first)]).await;
    let second = record("90000001", "<ArticleId IdType=\"pmc\">PMC9000001</ArticleId>", 10);
    let (report, events) = service.ingest(&[("second.xml", &second)]).await;
    assert_eq!((report.documents.updated, report.documents.added), (1, 0), "{events:?}");
    let now = found(&service, None).await;
    assert!(has(&now, 10) && !has(&now, 5), "{now:?}");
    let old = view(&service, document("PMC9000001"), Some(1)).await;
    assert_eq!(old["status"], "superseded");
    assert!(old["text"].as_str().unwrap().contains("5 mg"));
}

#[tokio::test]
async fn an_abstract_stands_beside_the_full_text_of_its_work() {
    let service = TestService::new().await;
    let whole = article("<article-id pub-id-type=\"pmid\">90000001</article-id>", 5, true);
    service.ingest(&[("whole.nxml", &whole)]).await;
    let (report, events) = service.ingest(&[("record.xml", &record("90000001", "", 10))]).await;
    assert_eq!((report.documents.added, report.documents.updated, report.reviews), (1, 0, 1));
    let full_text = document("90000001");
    let detail = format!("the same work as document {full_text}, by its names or title");
    assert_eq!(reviews(&events), [("record.xml", FindingKind::SameWork, detail.as_str())]);
    let abstract_only = document("PMID90000001");
    for (document, access) in [(full_text, "full_text"), (abstract_only, "abstract_only")] {
        let view = view(&service, document, None).await;
        assert_eq!((view["status"].as_str(), view["access"].as_str()), (Some("current"), Some(access)));
    }
    let now = found(&service, None).await;
    assert!(has(&now, 5) && has(&now, 10), "{now:?}");

    // Each goes on by itself.
    let (report, _) = service.ingest(&[("record.xml", &record("90000001", "", 20))]).await;
    assert_eq!(report.documents.updated, 1);
    assert_eq!(view(&service, abstract_only, None).await["version"], 2);
    assert_eq!(view(&service, full_text, None).await["version"], 1);
    let now = found(&service, None).await;
    assert!(has(&now, 5) && has(&now, 20) && !has(&now, 10), "{now:?}");
}

#[tokio::test]
async fn two_files_of_one_run_with_one_doi_are_two_versions_of_one_document() {
    let service = TestService::new().await;
    let (first, second) = (note(DOI, TITLE, 5), note(DOI, TITLE, 10));
    let files = [("a.md", first.as_str()), ("b.md", second.as_str())];
    let (report, events) = service.ingest(&files).await;
    assert_eq!((report.documents.added, report.documents.updated, report.reviews), (1, 1, 0));
    let taken = events.iter().filter_map(|event| match event {
        Event::Taken(taken) => Some((taken.file.as_str(), taken.document, taken.version, taken.updated)),
        _ => None,
    });
    let taken: Vec<_> = taken.collect();
    assert_eq!(taken, [("a.md", document("a.md"), 1, false), ("b.md", document("a.md"), 2, true)]);
    let now = found(&service, None).await;
    assert!(now.len() == 1 && has(&now, 10), "{now:?}");
    // The earlier file is still there at the next run, and does not come back into force.
    let (report, _) = service.ingest(&files).await;
    assert_eq!((report.documents.unchanged, report.snapshot), (2, Snapshot(1)));
    assert!(has(&found(&service, None).await, 10));
}

#[tokio::test]
async fn corpora_do_not_replace_one_anothers_documents() {
    let service = TestService::new().await;
    service.ingest(&[("first.md", &note(DOI, TITLE, 5))]).await;
    let other = Corpus { id: "other".parse().unwrap(), ..TestService::corpus() };
    let source = tempfile::tempdir().unwrap();
    std::fs::write(source.path().join("first.md"), note(DOI, "Another title", 10)).unwrap();
    let (account, events) = service.try_ingest(source.path(), &other).await;
    assert_eq!(account.unwrap().report.documents.added, 1);
    let detail = format!("the same work as document {}, by its names or title", document("first.md"));
    assert_eq!(reviews(&events), [("first.md", FindingKind::SameWork, detail.as_str())]);
    let now = found(&service, None).await;
    assert!(has(&now, 5) && has(&now, 10), "{now:?}");
}

#[tokio::test]
async fn a_title_of_some_length_is_asked_about_and_a_short_one_is_not() {
    for (titles, wanted) in [
        ([TITLE, "EXAMPLIN in adults, with hypertension!"], 1),
        ([TITLE, "Retracted: Examplin in adults with hypertension"], 1),
        ([TITLE, "Examplin in adults without hypertension"], 0),
        (["Examplin in hypertension", "Examplin in hypertension"], 0),
    ] {
        let service = TestService::new().await;
        let (first, second) = (note("", titles[0], 5), note("", titles[1], 10));
        let (report, events) = service.ingest(&[("a.md", &first), ("b.md", &second)]).await;
        assert_eq!((report.documents.added, report.reviews), (2, wanted), "{titles:?}: {events:?}");
        let detail = format!("the same work as document {}, by its names or title", document("a.md"));
        assert!(reviews(&events).iter().all(|review| *review == ("b.md", FindingKind::SameWork, detail.as_str())));
        let now = found(&service, None).await;
        assert!(has(&now, 5) && has(&now, 10), "{titles:?}: a title alone replaces nothing: {now:?}");
    }
}

/// Words that mean nothing, the same for the same seed: a linear congruential generator (Knuth, MMIX) chooses them.
fn words(seed: u64, count: usize) -> Vec<String> {
    const SYLLABLES: [&str; 16] =
        ["ba", "ce", "di", "fo", "gu", "ha", "ke", "li", "mo", "nu", "pa", "re", "si", "to", "vu", "ze"];
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        SYLLABLES[(state >> 60) as usize]
    };
    (0..count).map(|_| [next(), next(), next()].concat()).collect()
}

/// A text of these words, in paragraphs of ten.
fn long(title: &str, words: &[String]) -> String {
    let paragraphs: String = words.chunks(10).map(|words| format!("{}.\n\n", words.join(" "))).collect();
    format!("# {title}\n\n{paragraphs}")
}

const WARD: &str = "Care of examplitis on the ward";
const HOME: &str = "Nursing of examplitis at home";

/// What a run says of two texts, the one taken in before the other, both of which must then be held and in force.
async fn compared(first: &str, second: &str) -> Vec<(FindingKind, String)> {
    let service = TestService::new().await;
    service.ingest(&[("a.md", first)]).await;
    let (report, events) = service.ingest(&[("copy/b.md", second)]).await;
    assert_eq!((report.documents.added, report.documents.updated), (1, 0), "{events:?}");
    for name in ["a.md", "copy/b.md"] {
        assert_eq!(view(&service, document(name), None).await["status"], "current");
    }
    let totals = service.stores.ledger.totals(None).unwrap();
    assert_eq!((totals.documents, totals.versions), (2, 2));
    reviews(&events).into_iter().map(|(_, kind, detail)| (kind, detail.to_owned())).collect()
}

#[tokio::test]
async fn a_copy_letter_for_letter_is_said_to_be_one() {
    let same = [(FindingKind::SameText, format!("the same text as document {}", document("a.md")))];
    let text = long(WARD, &words(1, 440));
    assert_eq!(compared(&text, &text).await, same);
    let short = note("", "Examplin", 5);
    assert_eq!(compared(&short, &short).await, same, "short texts too");
    // What stands around the text does not matter.
    assert_eq!(compared(&short, &note("issuer = \"Another house\"", "Examplin", 5)).await, same);
}

#[tokio::test]
async fn a_text_with_one_part_rewritten_is_said_to_be_nearly_the_same() {
    let mut changed = words(1, 440);
    changed.splice(200..222, words(2, 22));
    let seen = compared(&long(WARD, &words(1, 440)), &long(HOME, &changed)).await;
    assert!(matches!(seen.as_slice(), [(FindingKind::NearText, _)]), "{seen:?}");
    assert!(seen[0].1.ends_with(&format!("document {}", document("a.md"))), "{seen:?}");
}

#[tokio::test]
async fn a_text_with_every_twentieth_word_changed_is_said_to_be_nearly_the_same() {
    let mut changed = words(1, 440);
    for (at, word) in words(3, 440).into_iter().enumerate().skip(9).step_by(20) {
        changed[at] = word;
    }
    let seen = compared(&long(WARD, &words(1, 440)), &long(HOME, &changed)).await;
    assert!(matches!(seen.as_slice(), [(FindingKind::NearText, _)]), "{seen:?}");
}

#[tokio::test]
async fn long_texts_that_have_nothing_in_common_are_let_alone() {
    let seen = compared(&long(WARD, &words(1, 440)), &long(HOME, &words(4, 440))).await;
    assert!(seen.is_empty(), "{seen:?}");
}

#[tokio::test]
async fn findings_wait_until_somebody_closes_them_and_do_not_come_back() {
    const DECISION: Decision<'static> = Decision { at: "2026-01-02T00:00:00Z", actor: "tester", reason: "" };
    let service = TestService::new().await;
    let ledger = &service.stores.ledger;
    let text = note("", "Examplin", 5);
    service.ingest(&[("a.md", &text), ("b.md", &text)]).await;
    let findings = ledger.findings().unwrap();
    assert_eq!(findings.len(), 1, "{findings:?}");
    let finding = &findings[0];
    assert_eq!((finding.kind, finding.document, finding.version), (FindingKind::SameText, document("b.md"), 1));
    assert_eq!(finding.title, "Examplin");
    assert_eq!(finding.detail, format!("the same text as document {}", document("a.md")));

    let settle = |id| ledger.settle_finding(id, Outcome::Dismissed, "", &DECISION, |_| Ok::<_, ledger::Error>(()));
    assert!(matches!(settle(finding.id + 1), Err(Error::UnknownFinding(_))), "there is no such finding");
    assert_eq!(ledger.findings().unwrap(), findings);
    settle(finding.id).unwrap();
    assert!(matches!(settle(finding.id), Err(Error::Settled(_))), "it is closed");
    assert!(ledger.findings().unwrap().is_empty());

    let (report, _) = service.ingest(&[("a.md", &text), ("b.md", &text)]).await;
    assert_eq!((report.documents.unchanged, report.reviews), (2, 0));
    assert!(ledger.findings().unwrap().is_empty());
    // A third copy is another matter.
    service.ingest(&[("a.md", &text), ("b.md", &text), ("c.md", &text)]).await;
    let about: Vec<DocumentId> = ledger.findings().unwrap().into_iter().map(|finding| finding.document).collect();
    assert_eq!(about, [document("c.md"), document("c.md")], "it is a copy of both");
}

/// Whether the file of the ledger holds these words. What runs came to is written there and not yet asked for.
fn ledger_holds(service: &TestService, words: &str) -> bool {
    ["ledger.db", "ledger.db-wal"].iter().any(|file| {
        let bytes = std::fs::read(service.data_file(file)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).contains(words)
    })
}

#[tokio::test]
async fn a_run_that_finds_nothing_new_leaves_no_account() {
    let service = TestService::new().await;
    let (first, second, changed) = (note("", "One", 5), note("", "Two", 10), note("", "Two", 20));
    let account = |added: u32, updated: u32, unchanged: u32| {
        format!("\"documents\":{{\"added\":{added},\"updated\":{updated},\"unchanged\":{unchanged},\"rejected\":0}}")
    };
    let (report, _) = service.ingest(&[("a.md", &first), ("b.md", &second)]).await;
    assert_eq!((report.documents.added, report.snapshot), (2, Snapshot(1)));
    assert!(ledger_holds(&service, &account(2, 0, 0)));

    let decisions = service.stores.ledger.decisions().unwrap();
    let (report, events) = service.ingest(&[("a.md", &first), ("b.md", &second)]).await;
    assert_eq!((report.documents.unchanged, report.documents.all(), report.snapshot), (2, 2, Snapshot(1)));
    let unchanged = events.iter().filter(|event| matches!(event, Event::Unchanged { .. })).count();
    assert_eq!(unchanged, 2, "{events:?}");
    assert!(!ledger_holds(&service, &account(0, 0, 2)));
    assert_eq!(service.stores.ledger.decisions().unwrap(), decisions);

    let (report, _) = service.ingest(&[("a.md", &first), ("b.md", &changed)]).await;
    assert_eq!(report.snapshot, Snapshot(2));
    assert!(ledger_holds(&service, &account(0, 1, 1)));
}
