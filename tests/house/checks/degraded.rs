//! One arm of the search is away: everybody is told, nothing is taken for a gap of the library, and at the next question after
//! it is back all is as before.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use identity::Role;
use index::{LexicalIndex, VectorIndex};
use serde_json::{Value, json};
use server::gap_tickets;
use support::{Outage, TestService};

const GOUT: (&str, &str) =
    ("gout.md", "# Gout\n\nThe dose of colchicine for acute gout in adults is 500 micrograms twice daily.\n");

const QUESTION: &str = "What dose of colchicine for acute gout in adults?";

/// Nothing here answers it.
const OFF_TOPIC: &str = "How is a fractured femur splinted at the roadside?";

const MEANING_AWAY: &str = "the search by meaning is away: found by words alone";

const WORDS_AWAY: &str = "the search by words is away: found by meaning alone";

/// A service whose arms can be away.
struct House {
    service: TestService,
    meaning: Arc<Outage<dyn VectorIndex>>,
    words: Arc<Outage<dyn LexicalIndex>>,
}

impl House {
    async fn new() -> Self {
        let service = TestService::new().await;
        service.ingest(&[GOUT]).await;
        service.app.warm_up().await.unwrap();
        let mut retriever = (*service.app.asker.retriever()).clone();
        let meaning = Arc::new(Outage::new(Arc::clone(&retriever.vectors)));
        let words = Arc::new(Outage::new(Arc::clone(&retriever.lexical)));
        retriever.vectors = Arc::clone(&meaning) as Arc<dyn VectorIndex>;
        retriever.lexical = Arc::clone(&words) as Arc<dyn LexicalIndex>;
        service.app.asker.replace_retriever(retriever);
        Self { service, meaning, words }
    }

    /// The last event of a stream.
    async fn streamed(&self) -> Value {
        let body = json!({ "question": QUESTION, "stream": true }).to_string();
        let request = Request::post("/v1/answers").header("content-type", "application/json");
        let reply = self.service.send(request.body(Body::from(body)).unwrap()).await;
        let (_, done) = reply.text.split_once("event: done\ndata: ").unwrap();
        serde_json::from_str(done.trim()).unwrap()
    }

    async fn search(&self) -> Value {
        self.service.post("/v1/search", &json!({ "question": QUESTION })).await.json()
    }

    async fn chat(&self, stream: bool) -> String {
        let messages = json!([{ "role": "user", "content": QUESTION }]);
        let body = json!({ "model": "osler", "stream": stream, "messages": messages });
        self.service.post("/v1/chat/completions", &body).await.text
    }

    async fn ready(&self) -> String {
        let reply = self.service.get("/readyz").await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
        reply.text
    }

    async fn tickets(&self, state: &str) -> Vec<Value> {
        let key = self.service.key(Role::Librarian);
        let gaps = self.service.get_as(&key, &format!("/v1/library/gaps?state={state}")).await.json();
        gaps["tickets"].as_array().unwrap().clone()
    }

    async fn assert_says(&self, missing: &str) {
        let answer = self.service.ask(QUESTION).await;
        for said in [&answer, &self.streamed().await] {
            assert_eq!((&said["status"], &said["missing"]), (&json!("degraded"), &json!(missing)), "{said}");
            assert_eq!(said["reason"], missing);
            assert_eq!(said["evidence"][0]["document"]["title"], "Gout", "it is answered with the other: {said}");
        }
        let found = self.search().await;
        assert_eq!((&found["missing"], found["hits"].as_array().unwrap().len()), (&json!(missing), 1), "{found}");
        for stream in [false, true] {
            let chat = self.chat(stream).await;
            assert!(chat.contains(missing), "{chat}");
        }
        let nothing = self.service.ask(OFF_TOPIC).await;
        assert_eq!((&nothing["status"], &nothing["missing"]), (&json!("no_evidence"), &json!(missing)), "{nothing}");
        let reason = nothing["reason"].as_str().unwrap();
        assert!(reason.starts_with(missing) && !reason.contains("the corpus has too little"), "{reason}");
        assert_eq!(self.tickets("open").await, [] as [Value; 0], "nobody knows what the library lacks");
        let ready = self.ready().await;
        assert!(ready.starts_with("ready\n") && ready.contains(missing), "{ready}");
        assert!(self.service.get("/metrics").await.text.contains("osler_search_degraded "));
        let (key, body) = (self.service.key(Role::Librarian), json!({ "question": QUESTION }));
        let staged = self.service.send_as(&key, "POST", "/v1/library/staged/answers", &body).await.json();
        assert_eq!((&staged["missing"], &staged["is_changed"]), (&json!(missing), &json!(false)), "{staged}");
    }

    /// From the next question on.
    async fn assert_healed(&self) {
        let answer = self.service.ask(QUESTION).await;
        assert_eq!(self.ready().await, "ready\n");
        for said in [answer, self.streamed().await] {
            assert_eq!((&said["status"], said.get("missing")), (&json!("answered"), None), "{said}");
        }
        let found = self.search().await;
        assert_eq!(found.get("missing"), None, "{found}");
        let scores = &found["hits"][0]["scores"];
        assert!(scores["lexical"].is_object() && scores["dense"].is_object(), "{scores}");
        assert!(!self.chat(false).await.contains("is away"));
    }
}

#[tokio::test]
async fn the_search_by_meaning_is_away_and_back() {
    let house = House::new().await;
    house.assert_healed().await;
    house.meaning.set(true);
    house.assert_says(MEANING_AWAY).await;
    let hit = &house.search().await["hits"][0]["scores"];
    assert!(hit["lexical"].is_object() && hit["dense"].is_null(), "{hit}");
    house.meaning.set(false);
    house.assert_healed().await;
}

#[tokio::test]
async fn the_search_by_words_is_away_and_back() {
    let house = House::new().await;
    house.words.set(true);
    house.assert_says(WORDS_AWAY).await;
    house.words.set(false);
    house.assert_healed().await;
    // Now it is known.
    assert_eq!(house.service.ask(OFF_TOPIC).await["status"], "no_evidence");
    let tickets = house.tickets("open").await;
    assert_eq!((tickets.len(), &tickets[0]["times"]), (1, &json!(1)), "{tickets:?}");
}

#[tokio::test]
async fn with_both_arms_away_nothing_is_answered_and_that_is_said() {
    let house = House::new().await;
    house.meaning.set(true);
    house.words.set(true);
    for path in ["/v1/answers", "/v1/search"] {
        let reply = house.service.post(path, &json!({ "question": QUESTION })).await;
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE, "{}", reply.text);
        assert!(house.ready().await.contains("by words and by meaning"));
    }
    house.meaning.set(false);
    house.words.set(false);
    house.assert_healed().await;
}

#[tokio::test]
async fn no_ticket_is_filled_by_half_a_search() {
    let house = House::new().await;
    let question = "What dose of examplin for hypertension?";
    assert_eq!(house.service.ask(question).await["status"], "no_evidence");
    assert_eq!(house.tickets("open").await.len(), 1);
    let text = "# Examplin\n\nThe dose of examplin for hypertension is 5 mg daily.\n";
    house.service.ingest(&[GOUT, ("examplin.md", text)]).await;
    house.meaning.set(true);
    assert_eq!(house.service.ask(question).await["status"], "degraded");
    gap_tickets::fill(Arc::clone(&house.service.app)).await;
    assert_eq!((house.tickets("open").await.len(), house.tickets("filled").await.len()), (1, 0));
    house.meaning.set(false);
    gap_tickets::fill(Arc::clone(&house.service.app)).await;
    assert_eq!((house.tickets("open").await.len(), house.tickets("filled").await.len()), (0, 1));
}

#[tokio::test]
async fn too_little_found_by_half_a_search_is_a_kind_of_its_own_for_auditors() {
    let house = House::new().await;
    house.service.ask(OFF_TOPIC).await;
    house.meaning.set(true);
    let half = house.service.ask(OFF_TOPIC).await;
    let auditor = house.service.key(Role::Auditor);
    let found = house.service.get_as(&auditor, "/v1/audit/answers?status=inconclusive").await.json();
    let answers = found["answers"].as_array().unwrap();
    assert_eq!((answers.len(), &answers[0]["id"]), (1, &half["id"]), "{found}");
    assert_eq!((&answers[0]["status"], &answers[0]["missing"]), (&json!("no_evidence"), &json!(MEANING_AWAY)));
    let figures = house.service.get_as(&auditor, "/v1/audit/figures").await.json();
    let period = &figures["periods"][0];
    assert_eq!((&period["abstained"], &period["inconclusive"]), (&json!(1), &json!(1)), "{figures}");
    // Who rates it is not to take it for a word on the library.
    for role in [Role::Clinician; 2] {
        house.service.key(role);
    }
    let draw = json!({ "title": "All", "from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z", "size": 2,
        "reviewers": ["clinician-1", "clinician-2"] });
    let begun = house.service.send_as(&auditor, "POST", "/v1/reviews", &draw).await;
    assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.text);
    let begun = begun.json();
    let strata = begun["strata"].as_array().unwrap().iter();
    let mut names: Vec<&str> = strata.map(|stratum| stratum["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["inconclusive", "no_evidence"]);
}
