//! Retractions, concerns and corrections: what they do at once, and what people decided that they leave alone.

use identity::Role;
use ingest::Event;
use knowledge::{DocumentId, Identifiers, Notice, Relation, Status};
use ledger::{Decision, FindingKind, Imported, Outcome};
use serde_json::{Value, json};
use support::TestService;

const DECISION: Decision<'static> = Decision { at: "2026-01-02T00:00:00Z", actor: "tester", reason: "because" };

const DOI: &str = "10.5555/examplin.1";

const TITLE: &str = "Examplin in adults with hypertension";

/// A trial in Markdown, with what its front matter says besides.
fn trial_saying(matter: &str, dose: u32) -> String {
    format!(
        "+++\nid = \"trial\"\nauthors = [\"Ann Roe\", \"Jo Doe\"]\npublished = \"2020-05-01\"\n{matter}\n+++\n\
         # {TITLE}\n\nGive examplin {dose} mg daily for hypertension.\n"
    )
}

fn trial(dose: u32) -> String {
    trial_saying(&format!("doi = \"{DOI}\""), dose)
}

/// An article in JATS of this type, with these ids and related articles.
fn article(kind: &str, meta: &str, title: &str, dose: u32) -> String {
    format!(
        "<article article-type=\"{kind}\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"><front><article-meta>{meta}\
         <title-group><article-title>{title}</article-title></title-group></article-meta></front>\
         <body><p>Examplin {dose} mg daily lowered blood pressure in hypertension.</p></body></article>"
    )
}

/// A record of PubMed with these types, comments and corrections.
fn record(types: &str, corrections: &str) -> String {
    format!(
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version=\"1\">90000001</PMID><Article><Journal>\
         <Title>J Examplin</Title></Journal><ArticleTitle>Examplin.</ArticleTitle><Abstract><AbstractText>Examplin 10 \
         mg daily lowered blood pressure in hypertension.</AbstractText></Abstract>\
         <PublicationTypeList>{types}</PublicationTypeList></Article>\
         <CommentsCorrectionsList>{corrections}</CommentsCorrectionsList></MedlineCitation></PubmedArticle>\
         </PubmedArticleSet>"
    )
}

fn by_doi(doi: &str) -> Identifiers {
    Identifiers { doi: Some(doi.to_owned()), ..Identifiers::default() }
}

fn notice(relation: Relation, subject: Identifiers) -> Notice {
    Notice {
        relation,
        subject,
        title: None,
        first_author: None,
        year: None,
        notice: Identifiers::default(),
        date: None,
        reason: None,
        feed: "a feed".to_owned(),
    }
}

fn document(name: &str) -> DocumentId {
    DocumentId::of(&TestService::corpus().id, name)
}

fn import(service: &TestService, notices: &[Notice]) -> Imported {
    service.stores.ledger.import_notices(notices, &DECISION).unwrap()
}

/// Which versions an import changed, and to what.
fn changed(imported: &Imported) -> Vec<(DocumentId, u32, Status)> {
    imported.changed.iter().map(|changed| (changed.document, changed.version, changed.status)).collect()
}

async fn found(service: &TestService, as_of: Option<u64>) -> Vec<Value> {
    let mut body = json!({ "question": "What dose of examplin for hypertension?" });
    if let Some(snapshot) = as_of {
        body["as_of"] = json!(snapshot);
    }
    service.post("/v1/search", &body).await.json()["hits"].as_array().unwrap().clone()
}

fn has(hits: &[Value], dose: u32) -> bool {
    hits.iter().any(|hit| hit["text"].as_str().unwrap().contains(&format!(" {dose} mg")))
}

/// How a document stands when it is read by somebody who may read all versions, its version and its text.
async fn read(service: &TestService, name: &str, version: Option<u32>) -> (String, u64, String) {
    let version = version.map(|number| format!("?version={number}")).unwrap_or_default();
    let path = format!("/v1/documents/{}{version}", document(name));
    let view = service.get_as(&service.key(Role::Auditor), &path).await.json();
    let text = |field: &str| view[field].as_str().unwrap_or_default().to_owned();
    (text("status"), view["version"].as_u64().unwrap_or_default(), text("text"))
}

async fn status(service: &TestService, name: &str) -> String {
    read(service, name, None).await.0
}

/// Publishes what is staged, and lets the indexes follow.
async fn publish(service: &TestService) {
    service.stores.ledger.publish(&DECISION).unwrap();
    service.stores.reconcile().await.unwrap();
}

#[tokio::test]
async fn a_retraction_takes_all_versions_out_of_every_snapshot_at_once_and_they_can_be_read() {
    let service = TestService::new().await;
    service.ingest(&[("trial.md", &trial(5))]).await;
    service.ingest(&[("trial.md", &trial(10))]).await;
    assert!(has(&found(&service, Some(1)).await, 5) && has(&found(&service, None).await, 10));

    let imported = import(&service, &[notice(Relation::Retracts, by_doi("https://doi.org/10.5555/EXAMPLIN.1"))]);
    let trial = document("trial");
    assert_eq!(changed(&imported), [(trial, 1, Status::Retracted), (trial, 2, Status::Retracted)]);
    assert_eq!((imported.new, imported.known, imported.doubtful), (1, 0, 0));
    assert_eq!((imported.changed[0].title.as_str(), imported.changed[0].feed.as_str()), (TITLE, "a feed"));
    for as_of in [None, Some(1), Some(2)] {
        let hits = found(&service, as_of).await;
        assert!(hits.is_empty(), "{as_of:?}: {hits:?}");
    }
    for (version, number, dose) in [(None, 2, "10 mg"), (Some(1), 1, "5 mg"), (Some(2), 2, "10 mg")] {
        let (status, read, text) = read(&service, "trial", version).await;
        assert_eq!((status.as_str(), read), ("retracted", number));
        assert!(text.contains(dose), "{text}");
    }
    let decision = service.stores.ledger.decisions().unwrap().pop().unwrap();
    assert_eq!((decision.action.as_str(), decision.reason.as_str()), ("retracted", "a feed"));
    publish(&service).await;
    assert!(found(&service, None).await.is_empty());
}

#[tokio::test]
async fn concerns_and_corrections_label_a_text_that_can_still_be_found() {
    let service = TestService::new().await;
    service.ingest(&[("trial.md", &trial(5))]).await;
    // The graver label stays.
    for (relation, wanted) in [
        (Relation::Corrects, "corrected"),
        (Relation::Concerns, "expression_of_concern"),
        (Relation::Corrects, "expression_of_concern"),
    ] {
        let about = Notice { reason: Some(format!("{relation:?} {wanted}")), ..notice(relation, by_doi(DOI)) };
        assert_eq!(import(&service, &[about]).new, 1);
        assert_eq!(status(&service, "trial").await, wanted);
        let hits = found(&service, None).await;
        assert!(has(&hits, 5), "{wanted}");
        assert_eq!(hits[0]["document"]["status"], wanted);
        let answer = service.ask("What dose of examplin for hypertension?").await;
        assert_eq!(answer["evidence"][0]["document"]["status"], wanted, "{answer}");
    }
}

#[tokio::test]
async fn what_a_person_withdrew_no_notice_brings_back() {
    let service = TestService::new().await;
    service.ingest(&[("trial.md", &trial(5))]).await;
    service.stores.ledger.set_status(document("trial"), 1, Status::Withdrawn, &DECISION).unwrap();
    for relation in [Relation::Reinstates, Relation::Concerns, Relation::Retracts] {
        let imported = import(&service, &[notice(relation, by_doi(DOI))]);
        assert_eq!((imported.new, imported.changed.len()), (1, 0), "{relation:?}");
        assert_eq!(status(&service, "trial").await, "withdrawn");
    }
    publish(&service).await;
    assert!(found(&service, None).await.is_empty());
}

#[tokio::test]
async fn a_reinstatement_undoes_a_retraction_and_nothing_else() {
    let service = TestService::new().await;
    service.ingest(&[("trial.md", &trial(5)), ("other.md", "# Other\n\nGive examplin 77 mg in hypertension.\n")]).await;
    import(&service, &[notice(Relation::Retracts, by_doi(DOI))]);
    publish(&service).await;
    assert!(!has(&found(&service, None).await, 5));
    let imported = import(&service, &[notice(Relation::Reinstates, by_doi(DOI))]);
    assert_eq!(changed(&imported), [(document("trial"), 1, Status::Current)]);
    publish(&service).await;
    let hits = found(&service, None).await;
    assert!(has(&hits, 5) && has(&hits, 77), "{hits:?}");
    assert_eq!(status(&service, "trial").await, "current");

    service.stores.ledger.set_status(document("trial"), 1, Status::ExpressionOfConcern, &DECISION).unwrap();
    let again = Notice { date: Some("2026".to_owned()), ..notice(Relation::Reinstates, by_doi(DOI)) };
    assert!(import(&service, &[again]).changed.is_empty());
    assert_eq!(status(&service, "trial").await, "expression_of_concern");
}

#[tokio::test]
async fn a_notice_that_comes_before_its_work_acts_when_the_work_comes() {
    let service = TestService::new().await;
    let imported = import(&service, &[notice(Relation::Retracts, by_doi(DOI))]);
    assert_eq!((imported.new, imported.changed.len()), (1, 0));
    let other = "# Other\n\nGive examplin 77 mg in hypertension.\n";
    let (report, events) = service.ingest(&[("trial.md", &trial(5)), ("other.md", other)]).await;
    assert_eq!(report.documents.added, 2);
    let taken = events.iter().find_map(|event| match event {
        Event::Taken(taken) if taken.file == "trial.md" => Some(taken.status),
        _ => None,
    });
    assert_eq!(taken, Some(Status::Retracted));
    assert_eq!(told(&events), [(document("trial"), 1, Status::Retracted)]);
    let hits = found(&service, None).await;
    assert!(has(&hits, 77) && !has(&hits, 5), "{hits:?}");
    assert_eq!(status(&service, "trial").await, "retracted");
}

/// Whose standing a run said it changed.
fn told(events: &[Event]) -> Vec<(DocumentId, u32, Status)> {
    let changed = events.iter().filter_map(|event| match event {
        Event::Status(changed) => Some((changed.document, changed.version, changed.status)),
        _ => None,
    });
    changed.collect()
}

#[tokio::test]
async fn a_work_that_was_retracted_and_reinstated_before_it_came_stands() {
    let service = TestService::new().await;
    let retraction = Notice {
        title: Some(TITLE.to_owned()),
        first_author: Some("Ann Roe".to_owned()),
        year: Some(2020),
        ..notice(Relation::Retracts, by_doi(DOI))
    };
    // The one is known by more names than the other; they act in the order in which they came all the same.
    import(&service, &[retraction, notice(Relation::Reinstates, by_doi(DOI))]);
    service.ingest(&[("trial.md", &trial(5))]).await;
    assert_eq!(status(&service, "trial").await, "current");
    assert!(has(&found(&service, None).await, 5));
}

#[tokio::test]
async fn notices_that_are_known_change_nothing_and_leave_what_people_decided_since() {
    let service = TestService::new().await;
    service.ingest(&[("trial.md", &trial(5))]).await;
    let ledger = &service.stores.ledger;
    let notices = [notice(Relation::Retracts, by_doi(DOI)), notice(Relation::Retracts, by_doi("10.5555/unknown"))];
    assert_eq!(import(&service, &notices).new, 2);
    ledger.set_status(document("trial"), 1, Status::Current, &DECISION).unwrap();
    let decisions = ledger.decisions().unwrap();
    assert_eq!(import(&service, &notices), Imported { known: 2, ..Imported::default() });
    assert_eq!(ledger.decisions().unwrap(), decisions);
    assert_eq!(status(&service, "trial").await, "current");
    assert!(has(&found(&service, None).await, 5));
}

/// A notice that names its work by title, author and year alone.
fn by_title(title: &str, first_author: Option<&str>, year: Option<i32>) -> Notice {
    Notice {
        title: Some(title.to_owned()),
        first_author: first_author.map(str::to_owned),
        year,
        ..notice(Relation::Retracts, Identifiers::default())
    }
}

#[tokio::test]
async fn without_a_doi_title_author_and_year_name_the_work() {
    for (title, author, year) in [
        (TITLE, Some("Ann Roe"), Some(2020)),
        ("RETRACTED: Examplin in Adults, with Hypertension.", Some("A. ROE"), Some(2021)),
        (TITLE, None, Some(2019)),
        (TITLE, Some("Ann Roe"), None),
    ] {
        let service = TestService::new().await;
        service.ingest(&[("trial.md", &trial(5))]).await;
        let imported = import(&service, &[by_title(title, author, year)]);
        assert_eq!(changed(&imported), [(document("trial"), 1, Status::Retracted)], "{title} {author:?} {year:?}");
        assert!(found(&service, None).await.is_empty());
    }
}

#[tokio::test]
async fn a_title_with_another_author_or_year_is_asked_about_and_changes_nothing() {
    let service = TestService::new().await;
    service.ingest(&[("trial.md", &trial(5))]).await;
    let ledger = &service.stores.ledger;
    let doubtful = [
        by_title(TITLE, Some("Kim Poe"), Some(2011)),
        by_title(TITLE, Some("Kim Poe"), Some(2020)),
        by_title(TITLE, Some("Ann Roe"), Some(2011)),
        by_title(TITLE, None, None),
    ];
    let imported = import(&service, &doubtful);
    assert_eq!((imported.new, imported.doubtful, imported.changed.len()), (4, 4, 0));
    assert_eq!(status(&service, "trial").await, "current");
    assert!(has(&found(&service, None).await, 5));
    let findings = ledger.findings().unwrap();
    assert_eq!(findings.len(), 1, "one question, not four: {findings:?}");
    let finding = &findings[0];
    assert_eq!((finding.kind, finding.document, finding.version), (FindingKind::DoubtfulNotice, document("trial"), 1));
    assert!(finding.detail.starts_with("a feed says that a work of this title is retracted"), "{}", finding.detail);
    // Once answered, the question is not put again.
    ledger.settle_finding(finding.id, Outcome::Dismissed, "", &DECISION, |_| Ok::<_, ledger::Error>(())).unwrap();
    assert_eq!(import(&service, &[by_title(TITLE, Some("Lee Moe"), Some(1999))]).doubtful, 1);
    assert!(ledger.findings().unwrap().is_empty());
    let short = import(&service, &[by_title("Examplin", Some("Ann Roe"), Some(2020))]);
    assert_eq!((short.changed.len(), short.doubtful), (0, 0));
}

const ARTICLE_ID: &str = "<article-id pub-id-type=\"doi\">10.5555/examplin.1</article-id>";

#[tokio::test]
async fn an_article_that_says_it_is_retracted_takes_its_earlier_versions_with_it() {
    let linked = "<related-article related-article-type=\"retraction-forward\" ext-link-type=\"doi\" \
                  xlink:href=\"10.5555/notice.1\"/>";
    let unlinked = "<related-article related-article-type=\"retraction-forward\" page=\"7\"/>";
    for (related, title) in
        [(linked, TITLE), (unlinked, TITLE), ("", "RETRACTED: Examplin in adults with hypertension")]
    {
        let service = TestService::new().await;
        service.ingest(&[("a.nxml", &article("research-article", ARTICLE_ID, TITLE, 5))]).await;
        assert!(has(&found(&service, None).await, 5));
        let retracted = article("research-article", &format!("{ARTICLE_ID}{related}"), title, 10);
        let (report, events) = service.ingest(&[("a.nxml", &retracted)]).await;
        assert_eq!(report.documents.updated, 1, "{events:?}");
        for as_of in [None, Some(1)] {
            let hits = found(&service, as_of).await;
            assert!(hits.is_empty(), "{as_of:?}, with {related:?} and {title:?}: {hits:?}");
        }
        assert_eq!(status(&service, DOI).await, "retracted");
        assert_eq!(read(&service, DOI, Some(1)).await.0, "retracted");
    }
}

#[tokio::test]
async fn a_notice_of_retraction_among_the_documents_retracts_what_it_names() {
    let service = TestService::new().await;
    service.ingest(&[("a.nxml", &article("research-article", ARTICLE_ID, TITLE, 5))]).await;
    let meta = "<article-id pub-id-type=\"doi\">10.5555/notice.1</article-id><related-article \
                related-article-type=\"retracted-article\" ext-link-type=\"doi\" \
                xlink:href=\"https://doi.org/10.5555/EXAMPLIN.1\"/>";
    let title = format!("Retraction: {TITLE}");
    let (report, events) = service.ingest(&[("notice.nxml", &article("retraction", meta, &title, 77))]).await;
    assert_eq!((report.documents.added, report.documents.updated), (1, 0), "{events:?}");
    assert_eq!(told(&events), [(document(DOI), 1, Status::Retracted)]);
    assert_eq!(status(&service, DOI).await, "retracted");
    assert_eq!(status(&service, "10.5555/notice.1").await, "current");
    let hits = found(&service, None).await;
    assert!(has(&hits, 77) && !has(&hits, 5), "{hits:?}");
}

const LINKED: &str = "<CommentsCorrections RefType=\"RetractionIn\"><RefSource>J Ex. 2022</RefSource>\
                      <PMID>90000002</PMID></CommentsCorrections>";

/// An abstract that is marked as retracted, and the full text of its work, in either order.
async fn full_text_is_retracted_with(marked: &str) {
    let full_text = article("research-article", "<article-id pub-id-type=\"pmid\">90000001</article-id>", TITLE, 5);
    let files = [("full.nxml", full_text.as_str()), ("record.xml", marked)];
    for order in [[files[0], files[1]], [files[1], files[0]]] {
        let service = TestService::new().await;
        service.ingest(&order[..1]).await;
        let (report, events) = service.ingest(&order[1..]).await;
        assert_eq!((report.documents.added, report.documents.updated), (1, 0), "{events:?}");
        let hits = found(&service, None).await;
        assert!(hits.is_empty(), "{} came first: {hits:?}", order[0].0);
        assert_eq!(status(&service, "90000001").await, "retracted");
        assert_eq!(status(&service, "PMID90000001").await, "retracted");
    }
}

#[tokio::test]
async fn a_record_of_pubmed_that_links_to_its_retraction_retracts_the_full_text() {
    full_text_is_retracted_with(&record("<PublicationType>Journal Article</PublicationType>", LINKED)).await;
}

#[tokio::test]
async fn a_record_of_pubmed_that_is_only_marked_as_retracted_retracts_the_full_text() {
    full_text_is_retracted_with(&record("<PublicationType>Retracted Publication</PublicationType>", "")).await;
}

#[tokio::test]
async fn a_concern_about_a_text_that_was_replaced_does_not_put_it_in_force() {
    let service = TestService::new().await;
    let replaced = trial_saying(&format!("doi = \"{DOI}\"\nstatus = \"superseded\""), 5);
    service.ingest(&[("trial.md", &replaced), ("other.md", "# Other\n\nGive examplin 77 mg in hypertension.\n")]).await;
    assert!(!has(&found(&service, None).await, 5));
    import(&service, &[notice(Relation::Concerns, by_doi(DOI))]);
    publish(&service).await;
    let hits = found(&service, None).await;
    assert!(has(&hits, 77) && !has(&hits, 5), "{hits:?}");
}

/// The title of one of 500 works.
fn title(number: usize) -> String {
    const DRUGS: [&str; 10] = [
        "Examplin",
        "Testolol",
        "Placebol",
        "Samplamab",
        "Mockstatin",
        "Dummycillin",
        "Trialoxetine",
        "Fauxazole",
        "Shamidine",
        "Specimab",
    ];
    const PEOPLE: [&str; 10] = [
        "adults with gout",
        "children with asthma",
        "women with migraine",
        "men with gout",
        "adults with asthma",
        "children with croup",
        "adults with migraine",
        "women with anaemia",
        "adults in hospital",
        "infants at home",
    ];
    const DESIGNS: [&str; 5] = ["a randomised trial", "a cohort study", "a review", "a pilot study", "a case series"];
    format!("{} in {}: {}", DRUGS[number % 10], PEOPLE[number / 10 % 10], DESIGNS[number / 100])
}

/// The author of a work: given name, family name.
fn author(number: usize) -> (&'static str, &'static str) {
    const GIVEN: [&str; 7] = ["Ann", "Jo", "Kim", "Lee", "Max", "Sam", "Uma"];
    const FAMILY: [&str; 11] =
        ["Roe", "Doe", "Poe", "Moe", "Noe", "Van Loe", "O'Hoe", "Öztürk", "Coe-Boe", "Foe", "Zoe"];
    (GIVEN[number % 7], FAMILY[number % 11])
}

fn year(number: usize) -> i32 {
    2000 + (number % 25) as i32
}

/// The notice about a work, as carelessly written as feeds are, and without its DOI.
fn stripped(number: usize) -> Notice {
    let (given, family) = author(number);
    let (mut written, mut first_author, mut published) =
        (title(number), Some(format!("{given} {family}")), Some(year(number)));
    match number % 8 {
        1 => written = written.to_uppercase(),
        2 => written = format!("RETRACTED: {written}."),
        3 => written = format!("Retraction of \u{201c}{written}\u{201d}"),
        4 => first_author = Some(format!("{}. {}", &given[..1], family.to_uppercase())),
        5 => published = Some(year(number) + 1),
        6 => first_author = None,
        7 => published = None,
        _ => {}
    }
    if number.is_multiple_of(50) {
        (first_author, published) = (None, None);
    }
    Notice { feed: number.to_string(), ..by_title(&written, first_author.as_deref(), published) }
}

#[tokio::test]
async fn nineteen_of_twenty_works_are_found_without_their_doi_and_no_other() {
    let service = TestService::new().await;
    let note = |number: usize, title: &str| {
        let ((given, family), year) = (author(number), year(number));
        format!(
            "+++\ntitle = \"{title}\"\nauthors = [\"{given} {family}\", \"Second Author\"]\npublished = \"{year}-06\"\n\
             doi = \"10.5555/work.{number}\"\n+++\nWork {number} of many.\n"
        )
    };
    let mut files: Vec<(String, String)> =
        (0..500).map(|number| (format!("work-{number}.md"), note(number, &title(number)))).collect();
    // Others by the same authors, with almost the same titles.
    files.extend((500..520).map(|number| {
        let title = format!("{} in other hands", title(number - 500));
        (format!("work-{number}.md"), note(number, &title))
    }));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (report, _) = service.ingest(&files).await;
    assert_eq!((report.documents.added, report.reviews), (520, 0));

    let notices: Vec<Notice> = (0..500).map(stripped).collect();
    let imported = import(&service, &notices);
    assert_eq!(imported.new, 500);
    for changed in &imported.changed {
        let meant = document(&format!("work-{}.md", changed.feed));
        assert_eq!((changed.document, changed.status), (meant, Status::Retracted), "{}", changed.title);
    }
    assert!(imported.changed.len() >= 475, "only {} of 500 were found", imported.changed.len());
    assert_eq!(imported.changed.len() + imported.doubtful, 500, "the others are asked about");
}
