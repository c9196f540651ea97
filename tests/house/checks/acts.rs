//! Which entry every act leaves: one table of the routes that change something, and the log is held against it.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use answer::{Asker, Clock, FixedSeams, Ids, Parts};
use audit::{AuditLog, Entry, Seams};
use identity::Role;
use inference::Embedder;
use serde_json::{Value, json};
use server::app::App;
use server::config::Config;
use server::data::Data;
use support::{HashEmbedder, TestService, fixed_seams, test_settings};

/// Every route that changes something, with what stands in the log of whoever has used it. What was decided about the knowledge
/// has two entries: that somebody asked for it, and that the ledger has it.
const ACTS: [(&str, &str, &[&str]); 42] = [
    ("post", "/v1/session", &["session.began"]),
    ("delete", "/v1/session", &["session.ended"]),
    ("post", "/v1/session/password", &["account.password_changed"]),
    ("post", "/v1/answers", &["answer.asked", "answer.given"]),
    ("post", "/v1/chat/completions", &["answer.asked", "answer.given"]),
    ("post", "/v1/answers/{id}/feedback", &["feedback.given"]),
    ("post", "/v1/search", &["passages.searched"]),
    ("post", "/v1/verify", &["text.verified"]),
    ("post", "/v1/conversations", &["conversation.begun"]),
    ("patch", "/v1/conversations/{id}", &["conversation.renamed"]),
    ("delete", "/v1/conversations/{id}", &["conversation.deleted"]),
    ("post", "/v1/accounts", &["account.added"]),
    ("patch", "/v1/accounts/{id}", &["account.changed"]),
    ("post", "/v1/accounts/{id}/keys", &["key.added"]),
    ("delete", "/v1/accounts/{id}/keys/{key}", &["key.revoked"]),
    ("post", "/v1/audit/answers/{id}/replay", &["answer.replayed"]),
    ("put", "/v1/audit/answers/{id}/hold", &["answer.held"]),
    ("delete", "/v1/audit/answers/{id}/hold", &["answer.released"]),
    ("delete", "/v1/audit/answers/{id}/words", &["answer.erased"]),
    ("post", "/v1/audit/bundles", &["bundle.exported"]),
    ("post", "/v1/audit/feedback/{id}/handling", &["feedback.handled"]),
    ("post", "/v1/reviews", &["review.begun"]),
    ("put", "/v1/reviews/{id}/items/{item}/rating", &["review.rated"]),
    ("put", "/v1/reviews/{id}/items/{item}/adjudication", &["review.adjudicated"]),
    ("post", "/v1/reviews/{id}/signature", &["review.signed"]),
    ("put", "/v1/library/corpora/{id}/policy", &["policy.narrowed", "corpus.policy"]),
    ("post", "/v1/library/corpora/{id}/refresh", &["ingest.begun"]),
    ("put", "/v1/library/documents/{id}/versions/{version}/standing", &["standing.changed", "corpus.standing"]),
    ("post", "/v1/library/documents/{id}/versions/{version}/inspection", &["corpus.inspected"]),
    ("post", "/v1/library/findings/{id}/settlement", &["finding.settled"]),
    ("patch", "/v1/library/gaps/{id}", &["gap.changed"]),
    ("put", "/v1/library/golden", &["golden.changed"]),
    ("post", "/v1/library/ingests", &["ingest.begun"]),
    ("delete", "/v1/library/ingests/{id}", &["ingest.stopped"]),
    ("post", "/v1/library/proposals", &["proposal.made"]),
    ("post", "/v1/library/proposals/{id}/review", &["proposal.reviewed"]),
    ("post", "/v1/library/proposals/{id}/approval", &["proposal.approved"]),
    ("post", "/v1/library/proposals/{id}/execution", &["proposal.executed", "corpus.published"]),
    ("post", "/v1/library/proposals/{id}/rejection", &["proposal.rejected"]),
    ("post", "/v1/library/proposals/{id}/withdrawal", &["proposal.withdrawn"]),
    ("post", "/v1/library/rollback", &["rollback.asked", "corpus.rolled_back"]),
    ("post", "/v1/library/staged/answers", &["staged.asked"]),
];

/// Method and path of a route.
pub(crate) type Route = (String, String);

/// The routes of the table.
pub(crate) fn routes() -> BTreeSet<Route> {
    ACTS.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect()
}

/// Acts one after the other, each held against the log.
pub(crate) struct Walk<'a> {
    log: &'a AuditLog,
    /// Entries that were there before the next act.
    before: u64,
    walked: BTreeSet<Route>,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(log: &'a AuditLog) -> Self {
        Self { log, before: log.size(), walked: BTreeSet::new() }
    }

    /// What was done until now is no act of the walk.
    pub(crate) fn pass(&mut self) {
        self.before = self.log.size();
    }

    /// Somebody has used this route since the last act: what the table wants of it is there, in their name.
    #[track_caller]
    pub(crate) fn acted(&mut self, method: &str, path: &str, account: &str) {
        let known = ACTS.iter().find(|(named, of, _)| *named == method && *of == path);
        let (_, _, wanted) = known.unwrap_or_else(|| panic!("say in ACTS what {method} {path} leaves"));
        let new = usize::try_from(self.log.size() - self.before).unwrap();
        let leaves = self.log.leaves(self.before, new).unwrap();
        let entries: Vec<Entry> = leaves.iter().map(|leaf| Entry::parse(leaf).unwrap()).collect();
        for action in *wanted {
            let has_it = entries.iter().any(|entry| entry.action == *action && entry.actor == account);
            let found: Vec<(&str, &str)> = entries.iter().map(|entry| (&*entry.action, &*entry.actor)).collect();
            assert!(has_it, "{method} {path} leaves no {action} of {account}: {found:?}");
        }
        self.pass();
        self.walked.insert((method.to_owned(), path.to_owned()));
    }

    pub(crate) fn walked(self) -> BTreeSet<Route> {
        self.walked
    }
}

/// The account of a key.
pub(crate) fn account_of(service: &TestService, key: &str) -> String {
    service.app.identity.by_key(key, service.app.asker.now()).unwrap().unwrap().account
}

/// Seconds that the words of an answer are kept at least: six years.
const KEPT_S: i64 = 2_192 * 24 * 60 * 60;

/// A service whose log reads a clock that is moved. It searches what another one has taken in.
struct Later {
    app: Arc<App>,
    clock: Arc<FixedSeams>,
    address: SocketAddr,
    // The last to go.
    _directory: tempfile::TempDir,
}

impl Later {
    async fn new(library: &TestService) -> Self {
        let (directory, clock) = (tempfile::tempdir().unwrap(), Arc::new(FixedSeams::default()));
        let mut config = Config::default();
        config.audit.guard = Some(directory.path().join("guard"));
        let embedder = HashEmbedder;
        let seams = {
            let clock = Arc::clone(&clock);
            Seams { now: Arc::new(move || clock.now()), ..fixed_seams() }
        };
        let of = (embedder.id(), embedder.dimension());
        let data = Data::open_with(directory.path(), of, &config, seams).await.unwrap();
        let parts = Parts {
            retriever: Arc::unwrap_or_clone(library.app.asker.retriever()),
            generator: None,
            judge: None,
            settings: test_settings(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            ids: Arc::clone(&clock) as Arc<dyn Ids>,
        };
        let app = Arc::new(App::new(Asker::new(parts), &data, config).unwrap());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = server::http::router(Arc::clone(&app));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { app, clock, address, _directory: directory }
    }

    /// The account and the key of somebody with this role.
    fn somebody(&self, role: Role) -> (String, String) {
        let now = self.app.asker.now();
        let account = self.app.identity.add(role.as_str(), None, &[role].into(), None, now).unwrap();
        let (_, key) = self.app.identity.add_key(&account.id, "test", None, now).unwrap();
        (account.id, key)
    }

    /// A request over a connection of its own: status and body.
    async fn send(&self, key: &str, method: &str, path: &str, body: Value) -> (u16, String) {
        let (address, body) = (self.address, body.to_string());
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let exchange = move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            let mut reply = String::new();
            stream.read_to_string(&mut reply).unwrap();
            reply
        };
        let reply = tokio::task::spawn_blocking(exchange).await.unwrap();
        let (head, body) = reply.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }
}

/// The words of an answer are destroyed over HTTP when their six years are over, and not a second before.
pub(crate) async fn erased_in_time(library: &TestService, question: &str) -> BTreeSet<Route> {
    let later = Later::new(library).await;
    let ((_, clinician), (admin, admins_key)) = (later.somebody(Role::Clinician), later.somebody(Role::Admin));
    let (status, answer) = later.send(&clinician, "POST", "/v1/answers", json!({ "question": question })).await;
    assert_eq!(status, 200, "{answer}");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let id = answer["id"].as_str().unwrap();
    let words = format!("/v1/audit/answers/{id}/words");
    let mut walk = Walk::new(&later.app.audit);
    for seconds in [0, KEPT_S - 1] {
        later.clock.advance(seconds);
        let (status, said) = later.send(&admins_key, "DELETE", &words, json!({})).await;
        assert!(status == 409 && said.contains("\"kept\""), "{status} {said}");
    }
    assert!(later.app.audit.entries("answer.erased", None, None, 1).unwrap().is_empty());
    later.clock.advance(1);
    let (status, said) = later.send(&admins_key, "DELETE", &words, json!({})).await;
    assert_eq!(status, 204, "{said}");
    walk.acted("delete", "/v1/audit/answers/{id}/words", &admin);
    let erased = later.app.audit.entries("answer.erased", None, None, 10).unwrap();
    assert!(erased.len() == 1 && erased[0].text("answer") == Some(id), "{erased:?}");
    assert_eq!(later.send(&clinician, "GET", &format!("/v1/answers/{id}"), json!({})).await.0, 404);
    walk.walked()
}
