//! Sources outside: what is fetched, what is not fetched twice, and what is never asked for.

use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ingest::connect::{
    Client, ClientOptions, Dois, FetchError, FetchEvent, Fetched, Guard, Held, HeldWord, Mirror, S3Key, Source, fetch,
};
use knowledge::Relation;
use serde_json::json;
use support::{Canned, Feeds, bucket_page, crossref_work, esearch, pmc_set, pubmed_set, retraction_table};
use tempfile::TempDir;

const LIMIT: usize = 64 << 10;

struct Scene {
    feeds: Feeds,
    client: Client,
    held: Held,
    directory: TempDir,
}

fn options() -> ClientOptions {
    ClientOptions {
        max_bytes: LIMIT as u64,
        first_delay: Duration::from_millis(1),
        max_delay: Duration::from_secs(2),
        gap: Duration::ZERO,
        ..ClientOptions::default()
    }
}

impl Scene {
    async fn new() -> Self {
        let feeds = Feeds::start().await;
        let guard = Guard::new(&[], &[feeds.place()]).unwrap();
        let client = Client::new(guard, options()).unwrap();
        Self { feeds, client, held: Held::default(), directory: tempfile::tempdir().unwrap() }
    }

    async fn try_fetch(&self, source: &Source, stop: &AtomicBool) -> (Result<Fetched, FetchError>, Vec<FetchEvent>) {
        let mirror = Mirror::open(self.directory.path()).unwrap();
        let mut events = Vec::new();
        let outcome = fetch(source, &mirror, &self.client, &self.held, stop, &mut |event| events.push(event)).await;
        (outcome, events)
    }

    async fn fetch(&self, source: &Source) -> Fetched {
        self.try_fetch(source, &AtomicBool::new(false)).await.0.unwrap()
    }

    fn urls(&self, paths: &[&str]) -> Source {
        Source::Urls { urls: paths.iter().map(|path| self.feeds.url(path)).collect(), list: None }
    }

    /// The files that the ingest would find.
    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.directory.path()).unwrap().map(|entry| entry.unwrap().path());
        let own = |path: &PathBuf| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            name.starts_with('.') || name.starts_with("state.")
        };
        let mut files: Vec<PathBuf> = entries.filter(|path| !own(path)).collect();
        files.sort();
        files
    }

    fn text(&self, file: &str) -> String {
        fs::read_to_string(self.directory.path().join(file)).unwrap()
    }

    fn pubmed(&self, query: &str, limit: u32) -> Source {
        Source::Pubmed {
            ids: Vec::new(),
            query: Some(query.to_owned()),
            limit,
            refresh_days: 7,
            base_url: Some(self.feeds.url("/eutils/")),
            contact: Some("library@hospital.example".to_owned()),
        }
    }
}

fn note(text: &str) -> Canned {
    Canned::new("text/markdown; charset=utf-8", text)
}

fn page(text: &str) -> Canned {
    Canned::new("text/html", text)
}

#[tokio::test]
async fn what_is_held_is_not_fetched_again() {
    let scene = Scene::new().await;
    scene.feeds.on("/a.md", [note("# One").with("etag", "\"1\"")]);
    scene.feeds.on("/b.md", [note("# Two").with("last-modified", "Wed, 21 Oct 2015 07:28:00 GMT")]);
    scene.feeds.on("/c.md", [note("# Three")]);
    let source = scene.urls(&["/a.md", "/b.md", "/c.md", "/a.md"]);
    let first = scene.fetch(&source).await;
    assert_eq!((first.fetched.len(), first.unchanged.len(), first.failed.len()), (3, 0, 0));
    assert_eq!(scene.text(&first.fetched[0]), "# One");

    let second = scene.fetch(&source).await;
    assert_eq!((second.fetched.len(), second.unchanged.len()), (0, 3));
    let seen = scene.feeds.seen();
    assert_eq!(seen.len(), 6);
    assert_eq!(seen[3].header("if-none-match"), Some("\"1\""));
    assert_eq!(seen[4].header("if-modified-since"), Some("Wed, 21 Oct 2015 07:28:00 GMT"));
    assert!(seen[0].header("user-agent").unwrap().starts_with("Osler/"));

    // Another version takes the place of the first; a document that is gone is said to be so, and stays.
    scene.feeds.on("/a.md", [note("# One, again").with("etag", "\"2\"")]);
    scene.feeds.on("/b.md", [Canned::status(410)]);
    let third = scene.fetch(&source).await;
    assert_eq!((third.fetched.as_slice(), third.gone.len()), (&first.fetched[..1], 1));
    assert_eq!(scene.text(&first.fetched[0]), "# One, again");
    assert_eq!(scene.files().len(), 3);
}

#[tokio::test]
async fn services_that_are_busy_or_break_are_asked_again() {
    let scene = Scene::new().await;
    scene.feeds.on("/busy.md", [Canned::status(429).with("retry-after", "0"), Canned::status(503), note("# Busy")]);
    let whole = "# Cut\n\nExamplin 5 mg.";
    scene.feeds.on("/cut.md", [note(whole).cut_after(4), note(whole)]);
    scene.feeds.on("/down.md", [Canned::status(500)]);
    scene.feeds.on("/later.md", [Canned::status(429).with("retry-after", "3600")]);
    scene.feeds.on("/mine.md", [Canned::status(403)]);
    let fetched = scene.fetch(&scene.urls(&["/busy.md", "/cut.md", "/down.md", "/later.md", "/mine.md"])).await;
    assert_eq!(fetched.fetched.len(), 2);
    assert_eq!(scene.text(&fetched.fetched[1]), whole);
    assert_eq!(scene.files().len(), 2, "nothing that is not whole has a name");
    let asked = ["/busy.md", "/cut.md", "/down.md", "/later.md", "/mine.md"].map(|path| scene.feeds.asked(path));
    assert_eq!(asked, [3, 2, 5, 1, 1]);
    let reasons: Vec<&str> = fetched.failed.iter().map(|failed| failed.reason.as_str()).collect();
    assert!(reasons[0].contains("500") && reasons[1].contains("3600") && reasons[2].contains("403"), "{reasons:?}");
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_may_not_be_asked() {
    let (scene, inside) = (Scene::new().await, Feeds::start().await);
    inside.on("/secret.md", [note("# Secret")]);
    scene.feeds.on("/in.md", [Canned::redirect(&inside.url("/secret.md"))]);
    scene.feeds.on("/cloud.md", [Canned::redirect("http://169.254.169.254/latest/meta-data/")]);
    scene.feeds.on("/file.md", [Canned::redirect("file:///etc/passwd")]);
    scene.feeds.on("/round.md", [Canned::redirect("/round.md")]);
    scene.feeds.on("/moved.md", [Canned::redirect("/there.md")]);
    scene.feeds.on("/there.md", [note("# There")]);
    let mut source = scene.urls(&["/in.md", "/cloud.md", "/file.md", "/round.md", "/moved.md"]);
    let Source::Urls { urls, .. } = &mut source else { unreachable!() };
    urls.push(inside.url("/secret.md"));
    urls.push("https://user:hush@api.crossref.org/".to_owned());
    let fetched = scene.fetch(&source).await;
    assert_eq!(fetched.fetched.len(), 1, "{fetched:?}");
    assert_eq!(fetched.failed.len(), 6, "{:?}", fetched.failed);
    assert!(inside.seen().is_empty());
    assert_eq!(scene.feeds.asked("/round.md"), 4);
    assert!(!format!("{fetched:?}").contains("hush"));
}

fn rebound(_: &str) -> io::Result<Vec<IpAddr>> {
    Ok(vec![IpAddr::from([127, 0, 0, 1]), IpAddr::from([169, 254, 169, 254])])
}

#[tokio::test]
async fn names_that_lead_into_the_house_are_not_connected_to() {
    let scene = Scene::new().await;
    let guard = Guard::new(&["guidelines.example.org".to_owned()], &[]).unwrap();
    let client = Client::new(guard, ClientOptions { lookup: rebound, ..options() }).unwrap();
    let scene = Scene { client, ..scene };
    let source = Source::Urls { urls: vec!["https://guidelines.example.org/a.md".to_owned()], list: None };
    let fetched = scene.fetch(&source).await;
    assert!(fetched.failed[0].reason.contains("private"), "{:?}", fetched.failed);
}

#[tokio::test]
async fn what_is_too_large_or_something_else_is_refused() {
    let scene = Scene::new().await;
    scene.feeds.on("/large.md", [note(&"x".repeat(LIMIT + 1))]);
    scene.feeds.on("/endless.md", [note(&"x".repeat(LIMIT + 1)).without_length()]);
    scene.feeds.on("/paper.pdf", [page("<html>Please log in</html>")]);
    scene.feeds.on("/photo", [Canned::new("image/png", "x")]);
    scene.feeds.on("/fits.md", [note(&"x".repeat(LIMIT)).without_length()]);
    scene.feeds.on("/page", [page("<html>Examplin</html>")]);
    let source = scene.urls(&["/large.md", "/endless.md", "/paper.pdf", "/photo", "/fits.md", "/page?x=1"]);
    let fetched = scene.fetch(&source).await;
    let reasons: Vec<&str> = fetched.failed.iter().map(|failed| failed.reason.as_str()).collect();
    assert_eq!(reasons.len(), 4, "{reasons:?}");
    assert!(reasons[0].contains("larger") && reasons[1].contains("larger"), "{reasons:?}");
    assert!(reasons[2].contains("log-in") && reasons[3].contains("image/png"), "{reasons:?}");
    assert_eq!(fetched.fetched.len(), 2);
    assert!(fetched.fetched[1].ends_with(".html"), "an address without an ending gets one: {:?}", fetched.fetched);
    assert_eq!(scene.files().len(), 2);
}

#[tokio::test]
async fn a_run_that_is_stopped_goes_on_where_it_was() {
    let scene = Scene::new().await;
    scene.feeds.on("/a.md", [note("# One").with("etag", "\"1\"")]);
    scene.feeds.on("/b.md", [Canned::never()]);
    scene.feeds.on("/c.md", [note("# Three")]);
    let source = scene.urls(&["/a.md", "/b.md", "/c.md"]);
    let stop = AtomicBool::new(false);
    let raise = async {
        while scene.feeds.asked("/b.md") == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        stop.store(true, Ordering::Relaxed);
    };
    let ((outcome, events), ()) = tokio::join!(scene.try_fetch(&source, &stop), raise);
    assert!(matches!(outcome, Err(FetchError::Stopped)), "{outcome:?}");
    assert_eq!(events.iter().filter(|event| matches!(event, FetchEvent::Fetched { .. })).count(), 1);
    scene.feeds.on("/b.md", [note("# Two")]);
    let fetched = scene.fetch(&source).await;
    assert_eq!((fetched.unchanged.len(), fetched.fetched.len()), (1, 2));
    assert_eq!(scene.files().len(), 3);
}

#[tokio::test]
async fn abstracts_of_pubmed_come_each_as_a_file() {
    let scene = Scene::new().await;
    scene.feeds.on("/eutils/esearch.fcgi", [esearch(9, &["11", "12", "13"])]);
    scene.feeds.on("/eutils/efetch.fcgi", [pubmed_set(&["11", "12"])]);
    let source = scene.pubmed("examplin[title]", 3);
    let first = scene.fetch(&source).await;
    assert_eq!(
        (first.fetched.as_slice(), first.left_out),
        (["pmid11.xml".to_owned(), "pmid12.xml".to_owned()].as_slice(), 6)
    );
    assert_eq!(first.gone, ["PMID13"]);
    assert!(scene.text("pmid11.xml").contains("<PMID Version=\"1\">11</PMID>"));
    let seen = scene.feeds.seen();
    for part in ["db=pubmed", "term=examplin%5Btitle%5D", "retmax=3", "retmode=json", "tool=osler", "email=library%40"]
    {
        assert!(seen[0].query.contains(part), "{part}: {}", seen[0].query);
    }
    for part in ["id=11%2C12%2C13", "rettype=xml", "retmode=xml"] {
        assert!(seen[1].query.contains(part), "{part}: {}", seen[1].query);
    }
    // What is held and fresh is not asked for again.
    scene.feeds.on("/eutils/esearch.fcgi", [esearch(2, &["11", "12"])]);
    let second = scene.fetch(&source).await;
    assert_eq!((second.fetched.len(), second.unchanged.len()), (0, 2));
    assert_eq!(scene.feeds.asked("/eutils/efetch.fcgi"), 1);
    // A search that fails says so, and nothing is lost.
    scene.feeds.on("/eutils/esearch.fcgi", [Canned::new("application/json", r#"{"error":"API rate limit exceeded"}"#)]);
    let (outcome, _) = scene.try_fetch(&source, &AtomicBool::new(false)).await;
    assert!(outcome.unwrap_err().to_string().contains("rate limit"));
    assert_eq!(scene.files().len(), 2);
}

#[tokio::test]
async fn articles_of_pubmed_central_come_also_without_their_body() {
    let scene = Scene::new().await;
    scene.feeds.on("/eutils/efetch.fcgi", [pmc_set(&[("7", true), ("8", false)])]);
    let source = Source::PmcOa {
        ids: vec!["PMC7".to_owned(), "8".to_owned(), "nonsense".to_owned()],
        query: None,
        limit: 10,
        refresh_days: 0,
        base_url: Some(scene.feeds.url("/eutils")),
        contact: None,
    };
    let first = scene.fetch(&source).await;
    assert_eq!(first.fetched, ["pmc7.xml", "pmc8.xml"]);
    assert_eq!(first.failed.len(), 1);
    let parsed = ingest::parse("pmc7.xml", scene.text("pmc7.xml").as_bytes()).unwrap();
    assert_eq!(parsed.fields.title.as_deref(), Some("Examplin 7"));
    // Asked again each time, as told; but what is the same leaves the files as they are.
    let second = scene.fetch(&source).await;
    assert_eq!((second.fetched.len(), second.unchanged.len()), (0, 2));
    assert_eq!(scene.feeds.asked("/eutils/efetch.fcgi"), 2);
}

#[tokio::test]
async fn crossref_says_how_works_stand() {
    let mut scene = Scene::new().await;
    let updates = json!([
        { "DOI": "10.1000/notice", "type": "retraction", "label": "Retraction", "updated": { "date-parts": [[2021, 3, 4]] } },
        { "DOI": "10.1000/erratum", "type": "erratum", "label": "Erratum" },
    ]);
    scene.feeds.on("/works/10.1000%2Ftrial", [crossref_work("10.1000/TRIAL", &updates)]);
    scene.held.dois = vec!["https://doi.org/10.1000/Trial".to_owned(), "10.1000/other".to_owned(), "none".to_owned()];
    let source = Source::Crossref {
        dois: Dois::Held(HeldWord::Held),
        base_url: Some(scene.feeds.url("/")),
        contact: Some("library@hospital.example".to_owned()),
    };
    for _ in 0..2 {
        let fetched = scene.fetch(&source).await;
        let relations: Vec<Relation> = fetched.notices.iter().map(|notice| notice.relation).collect();
        assert_eq!(relations, [Relation::Retracts, Relation::Corrects]);
        assert_eq!(fetched.notices[0].subject.doi.as_deref(), Some("10.1000/trial"));
        assert_eq!(fetched.notices[0].date.as_deref(), Some("2021-03-04"));
        assert_eq!(fetched.gone, ["crossref:10.1000/other"]);
        assert_eq!(fetched.skipped.len(), 1);
    }
    assert!(scene.feeds.seen()[1].query.contains("mailto=library%40hospital.example"));
    assert!(source.documents(&Mirror::open(scene.directory.path()).unwrap()).is_none());
}

#[tokio::test]
async fn the_table_of_retraction_watch_is_read_row_by_row() {
    let scene = Scene::new().await;
    let rows =
        [("1", "10.1000/a", "Retraction"), ("2", "10.1000/b", "Celebration"), ("3", "10.1000/c", "Reinstatement")];
    scene.feeds.on("/rw.csv", [retraction_table(&rows).with("etag", "\"1\"")]);
    let source = Source::RetractionWatch { path: None, url: Some(scene.feeds.url("/rw.csv")) };
    for fetched in [scene.fetch(&source).await, scene.fetch(&source).await] {
        let relations: Vec<Relation> = fetched.notices.iter().map(|notice| notice.relation).collect();
        assert_eq!(relations, [Relation::Retracts, Relation::Reinstates]);
        assert_eq!(fetched.skipped.len(), 1);
        assert!(fetched.skipped[0].what.ends_with("line 3"), "{:?}", fetched.skipped);
    }
    // The same table on this machine says the same.
    let path = scene.files().pop().unwrap();
    let fetched = scene.fetch(&Source::RetractionWatch { path: Some(path), url: None }).await;
    assert_eq!(fetched.notices.len(), 2);
}

#[tokio::test]
async fn buckets_are_listed_and_what_is_new_is_fetched() {
    let mut scene = Scene::new().await;
    scene.held.s3 = Some(S3Key {
        access_key_id: "examplekey".to_owned(),
        secret_access_key: "hush".to_owned(),
        session_token: None,
    });
    let pages = || {
        let first = bucket_page(&[("in/a b.md", "e1", 5), ("in/", "e0", 0)], Some("next/1="));
        [first, bucket_page(&[("in/c.md", "e2", 7), ("in/gone.md", "e3", 1)], None)]
    };
    scene.feeds.on("/guidelines", pages());
    scene.feeds.on("/guidelines/in/a%20b.md", [Canned::new("binary/octet-stream", "# One").with("etag", "\"e1\"")]);
    scene.feeds.on("/guidelines/in/c.md", [Canned::new("binary/octet-stream", "# Three").with("etag", "\"e2\"")]);
    let source = Source::S3 {
        bucket: "guidelines".to_owned(),
        prefix: "in/".to_owned(),
        region: "eu-central-1".to_owned(),
        endpoint: Some(scene.feeds.url("")),
    };
    let first = scene.fetch(&source).await;
    assert_eq!((first.fetched.len(), first.failed.len()), (2, 1), "{first:?}");
    assert!(first.fetched.iter().all(|file| file.ends_with(".md")));
    let seen = scene.feeds.seen();
    assert_eq!(seen[0].query, "list-type=2&prefix=in%2F");
    assert!(seen[1].query.contains("continuation-token=next%2F1%3D"), "{}", seen[1].query);
    let authorization = seen[2].header("authorization").unwrap();
    assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential=examplekey/"), "{authorization}");
    assert!(!format!("{seen:?}").contains("hush"));

    scene.feeds.on("/guidelines", pages());
    let second = scene.fetch(&source).await;
    assert_eq!((second.fetched.len(), second.unchanged.len()), (0, 2));
    assert_eq!(scene.feeds.asked("/guidelines/in/c.md"), 1);
}

#[tokio::test]
async fn local_sources_are_read_where_they_are() {
    let scene = Scene::new().await;
    let source = Source::Directory { path: PathBuf::from("guidelines") };
    assert_eq!(scene.fetch(&source).await, Fetched::default());
    let mirror = Mirror::open(scene.directory.path()).unwrap();
    assert_eq!(source.documents(&mirror), Some(PathBuf::from("guidelines").as_path()));
}
