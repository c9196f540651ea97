//! Who rates is led by nobody: what a reviewer is sent before rating, what the log says meanwhile, and what becomes of comments.

use std::collections::BTreeMap;

use audit::{Entry, commitment, hex};
use axum::http::StatusCode;
use identity::Role;
use serde_json::{Value, json};
use support::{Reply, TestService, test_settings};

const DIABETES: (&str, &str) = (
    "diabetes.md",
    "+++\nid = \"type-2-diabetes\"\ntitle = \"Type 2 diabetes\"\nissuer = \"Diabetes Board\"\npublished = \"2025-03-01\"\n+++\n\
     # Type 2 diabetes\n\n## Metformin\n\nMetformin should not be started in adults with an eGFR below 30 mL/min. \
     Metformin may cause nausea and diarrhoea.\n",
);

const QUESTION: &str = "In adults with type 2 diabetes, when should metformin not be started?";
const PASSWORD: &str = "correct horse battery";
const WORDS: &str = "qzremark";

/// A review of one answer, rated by ada, an auditor, and by bob, a clinician; cleo has drawn it, and dora settles.
struct Desk {
    service: TestService,
    keys: BTreeMap<&'static str, String>,
    answer: String,
    review: String,
}

const PEOPLE: [(&str, Role); 4] =
    [("ada", Role::Auditor), ("bob", Role::Clinician), ("cleo", Role::Auditor), ("dora", Role::Auditor)];

impl Desk {
    async fn new() -> Self {
        let mut desk = Self::without_review().await;
        let begun = desk.begin().await;
        assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.text);
        desk.review = format!("/v1/reviews/{}", begun.json()["id"].as_str().unwrap());
        desk
    }

    async fn without_review() -> Self {
        let mut config = server::config::Config::default();
        config.audit.early_erasure = true;
        let service = TestService::with(config, test_settings(), false).await;
        service.ingest(&[DIABETES]).await;
        let asked = json!({ "question": QUESTION });
        let answer = service.send_as(&service.key(Role::Clinician), "POST", "/v1/answers", &asked).await.json();
        let now = service.app.asker.now();
        let key = |(name, role)| {
            let account = service.app.identity.add(name, None, &[role].into(), Some(PASSWORD), now).unwrap();
            (name, service.app.identity.add_key(&account.id, "test", None, now).unwrap().1)
        };
        let keys = PEOPLE.map(key).into();
        let answer = answer["id"].as_str().unwrap().to_owned();
        Self { service, keys, answer, review: String::new() }
    }

    async fn begin(&self) -> Reply {
        let draw = json!({ "title": "All", "from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z", "size": 1,
            "reviewers": ["ada", "bob"], "adjudicator": "dora" });
        self.send("cleo", "POST", "/v1/reviews", &draw).await
    }

    async fn get(&self, who: &str, path: &str) -> Reply {
        self.service.get_as(&self.keys[who], path).await
    }

    async fn send(&self, who: &str, method: &str, path: &str, body: &Value) -> Reply {
        self.service.send_as(&self.keys[who], method, path, body).await
    }

    async fn items(&self, who: &str) -> Vec<Value> {
        let page = self.get(who, &format!("{}/items", self.review)).await.json();
        page["items"].as_array().unwrap().clone()
    }

    async fn item(&self, who: &str, n: usize) -> Value {
        self.get(who, &format!("{}/items/{n}", self.review)).await.json()
    }

    async fn rate(&self, who: &str, n: usize, rating: &str) -> Reply {
        let path = format!("{}/items/{n}/rating", self.review);
        self.send(who, "PUT", &path, &json!({ "rating": rating, "comment": format!("{WORDS} of {who}") })).await
    }

    async fn settle(&self, n: usize) -> Reply {
        let path = format!("{}/items/{n}/adjudication", self.review);
        self.send("dora", "PUT", &path, &json!({ "rating": "unsupported", "reason": format!("{WORDS} of dora") })).await
    }

    async fn sign(&self) -> Reply {
        let ready = self.get("cleo", &self.review).await.json();
        let sign = json!({ "meaning": "approved", "record_hash": ready["record_hash"], "password": PASSWORD });
        self.send("cleo", "POST", &format!("{}/signature", self.review), &sign).await
    }

    /// From the first rating to the signature.
    async fn finish(&self) {
        let items = self.items("ada").await.len();
        for n in 1..=items {
            for (who, rating) in [("ada", "contradicted"), ("bob", "partial")] {
                let rated = self.rate(who, n, rating).await;
                assert_eq!(rated.status, StatusCode::OK, "{}", rated.text);
            }
        }
        for n in 1..=items {
            let settled = self.settle(n).await;
            assert_eq!(settled.status, StatusCode::OK, "{}", settled.text);
        }
        let signed = self.sign().await;
        assert_eq!(signed.status, StatusCode::OK, "{}", signed.text);
    }

    /// Entries of the log about reviews, in their order.
    fn logged(&self) -> Vec<Entry> {
        let log = &self.service.app.audit;
        let entries = log.leaves(0, 100_000).unwrap().into_iter().map(|leaf| Entry::parse(&leaf).unwrap());
        entries.filter(|entry| entry.action.starts_with("review.")).collect()
    }

    /// Whether what people wrote stands in a file of the data directory as it is.
    fn is_in_clear(&self) -> bool {
        ["reviews.db", "reviews.db-wal", "audit.db", "audit.db-wal"].iter().any(|file| {
            let bytes = std::fs::read(self.service.data_file(file)).unwrap_or_default();
            bytes.windows(WORDS.len()).any(|window| window == WORDS.as_bytes())
        })
    }
}

#[tokio::test]
async fn an_item_says_what_is_to_be_judged_and_nothing_of_us_until_it_is_rated() {
    let desk = Desk::new().await;
    for who in ["ada", "bob", "cleo", "dora"] {
        for item in desk.items(who).await {
            for hidden in ["answer", "stratum", "ours", "own", "final"] {
                assert!(item[hidden].is_null(), "{who} is sent {hidden}: {item:#}");
            }
        }
        let whole = desk.item(who, 1).await;
        assert_eq!((&whole["question"], &whole["others"]), (&json!(QUESTION), &json!([])));
        assert!(whole["said"].is_string() && whole["quotes"][0]["document"].is_string(), "{whole:#}");
        for hidden in [desk.answer.as_str(), "extractive", "verdict"] {
            assert!(!whole.to_string().contains(hidden), "{who} is sent {hidden}: {whole:#}");
        }
    }
    let rated = desk.rate("ada", 1, "contradicted").await.json();
    assert_eq!((&rated["answer"], &rated["stratum"]), (&json!(desk.answer), &json!("extractive")));
    assert!(rated["ours"].is_string(), "{rated:#}");
    assert_eq!(desk.item("ada", 1).await["answer"], json!(desk.answer));
    let other = desk.item("bob", 1).await;
    assert!(other["answer"].is_null() && other["ours"].is_null() && other["others"] == json!([]), "{other:#}");
}

#[tokio::test]
async fn what_is_said_after_our_verdict_was_shown_is_a_remark() {
    let desk = Desk::new().await;
    let items = desk.items("ada").await.len();
    for n in 1..=items {
        desk.rate("ada", n, "supported").await;
        desk.rate("bob", n, "supported").await;
    }
    // A review with nothing to settle but what follows.
    let ready = desk.get("cleo", &desk.review).await.json();
    assert_eq!((&ready["state"], &ready["statistics"]["support"]["count"]), (&json!("ready"), &json!(items)));
    let desk = Desk::new().await;
    for n in 1..=items {
        desk.rate("ada", n, "supported").await;
        let changed = desk.rate("ada", n, "unsupported").await.json();
        assert_eq!(
            (&changed["own"]["rating"], &changed["own"]["later"]["rating"]),
            (&json!("supported"), &json!("unsupported"))
        );
        desk.rate("bob", n, "supported").await;
    }
    let review = desk.get("cleo", &desk.review).await.json();
    assert_eq!((&review["state"], &review["differences"]), (&json!("adjudication"), &json!(items)));
    for n in 1..=items {
        let path = format!("{}/items/{n}/adjudication", desk.review);
        desk.send("dora", "PUT", &path, &json!({ "rating": "supported", "reason": "As at first" })).await;
    }
    let ready = desk.get("cleo", &desk.review).await.json();
    let numbers = &ready["statistics"];
    assert_eq!((&numbers["agreement"]["observed"]["count"], &numbers["changed"]), (&json!(items), &json!(items)));
    assert_eq!(numbers["support"]["count"], json!(items));
}

#[tokio::test]
async fn no_entry_has_a_rating_and_the_signed_record_opens_them_all() {
    let desk = Desk::new().await;
    desk.finish().await;
    let logged = desk.logged();
    let judged: Vec<&Entry> = logged.iter().filter(|entry| entry.object.contains_key("rating_sha256")).collect();
    assert_eq!(judged.len(), 3 * desk.items("ada").await.len());
    for entry in &logged {
        let leaf = String::from_utf8(desk.service.app.audit.leaf(entry.seq).unwrap().unwrap()).unwrap();
        for told in ["contradicted", "partial", "supported", WORDS] {
            assert!(!leaf.contains(told), "{leaf}");
        }
    }
    assert!(!desk.is_in_clear());
    let lines = desk.get("cleo", &format!("{}/export?format=ndjson", desk.review)).await.text;
    let mut opened = 0;
    for item in lines.lines().skip(1).map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let settled = [item["adjudication"].clone()];
        for given in item["ratings"].as_array().unwrap().iter().chain(&settled) {
            let digits = given["salt"].as_str().unwrap();
            let salt: audit::Salt = std::array::from_fn(|n| u8::from_str_radix(&digits[2 * n..2 * n + 2], 16).unwrap());
            let entry = judged.iter().find(|entry| json!(entry.seq) == given["entry"]).unwrap();
            let rating = given["rating"].as_str().unwrap();
            assert_eq!(entry.text("rating_sha256"), Some(hex(&commitment(&salt, rating.as_bytes())).as_str()));
            assert_eq!(json!(entry.actor), given["by"]);
            opened += 1;
        }
        let said = ["/ratings/0/comment", "/ratings/1/comment", "/adjudication/reason"].map(|path| item.pointer(path));
        assert!(said.iter().all(|said| said.unwrap().as_str().unwrap().starts_with(WORDS)), "{item:#}");
    }
    assert_eq!(opened, judged.len());
}

#[tokio::test]
async fn a_reviewer_is_not_told_by_the_log() {
    let desk = Desk::new().await;
    desk.rate("bob", 1, "partial").await;
    for action in ["review.", "review.rated"] {
        let path = format!("/v1/audit/entries?action={action}");
        let refused = desk.get("ada", &path).await;
        assert_eq!((refused.status, &refused.json()["code"]), (StatusCode::FORBIDDEN, &json!("still_rating")));
        assert_eq!(desk.get("cleo", &path).await.status, StatusCode::OK);
    }
    let actions = async |who: &str, limit: usize| -> Vec<String> {
        let reply = desk.get(who, &format!("/v1/audit/entries?limit={limit}")).await.json();
        let entries = reply["entries"].as_array().unwrap().iter();
        entries.map(|entry| entry["action"].as_str().unwrap().to_owned()).collect()
    };
    let is_of_reviews = |action: &String| action.starts_with("review.");
    assert!(actions("cleo", 500).await.iter().any(is_of_reviews));
    let all = actions("ada", 500).await;
    assert!(!all.is_empty() && !all.iter().any(is_of_reviews), "{all:?}");
    // What is left out leaves no gap: a stretch is as long as was asked for.
    assert_eq!(actions("ada", 3).await, all[..3]);
    desk.finish().await;
    assert_eq!(desk.get("ada", "/v1/audit/entries?action=review.").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_reviewer_is_not_told_by_the_log_which_answer_an_item_is_of() {
    let desk = Desk::new().await;
    desk.item("ada", 1).await;
    let of_reviews = async |who: &str, path: &str| -> usize {
        let reply = desk.get(who, path).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
        let read = reply.json();
        let entries = read["entries"].as_array().unwrap().iter();
        entries.filter(|entry| !entry["object"]["review"].is_null()).count()
    };
    let (read, record) = ("/v1/audit/entries?action=answer.read", format!("/v1/audit/answers/{}", desk.answer));
    for path in [read, record.as_str()] {
        assert_eq!((of_reviews("ada", path).await, of_reviews("cleo", path).await), (0, 1), "{path}");
    }
    // One who has rated all that is to be rated still tells the other.
    for n in 1..=desk.items("bob").await.len() {
        desk.rate("bob", n, "supported").await;
    }
    for path in [read, record.as_str()] {
        assert_eq!(of_reviews("ada", path).await, 0, "{path}");
    }
    for n in 1..=desk.items("ada").await.len() {
        desk.rate("ada", n, "supported").await;
    }
    for path in [read, record.as_str()] {
        assert!(of_reviews("ada", path).await >= 1, "{path}");
    }
}

#[tokio::test]
async fn nothing_happens_in_a_review_that_is_not_on_record_first() {
    async fn refused(reply: impl Future<Output = Reply>) {
        fail::cfg("audit-commit", "return(full)").unwrap();
        let reply = reply.await;
        fail::remove("audit-commit");
        assert_eq!(
            (reply.status, &reply.json()["code"]),
            (StatusCode::SERVICE_UNAVAILABLE, &json!("audit_unavailable"))
        );
    }
    let mut desk = Desk::without_review().await;
    refused(desk.begin()).await;
    assert_eq!(desk.get("cleo", "/v1/reviews").await.json()["reviews"], json!([]));
    desk.review = format!("/v1/reviews/{}", desk.begin().await.json()["id"].as_str().unwrap());
    refused(desk.rate("ada", 1, "contradicted")).await;
    assert_eq!(desk.get("cleo", &desk.review).await.json()["rated"], json!([0, 0]));
    let items = desk.items("ada").await.len();
    for n in 1..=items {
        desk.rate("ada", n, "contradicted").await;
        desk.rate("bob", n, "partial").await;
    }
    refused(desk.settle(1)).await;
    assert_eq!(desk.get("cleo", &desk.review).await.json()["differences"], json!(items));
    for n in 1..=items {
        desk.settle(n).await;
    }
    refused(desk.sign()).await;
    assert_eq!(desk.get("cleo", &desk.review).await.json()["state"], "ready");
    let before = desk.logged().len();
    assert_eq!(desk.sign().await.status, StatusCode::OK);
    assert_eq!(desk.logged().len(), before + 1);
    // And what does not happen does not stand there either.
    let late = desk.rate("ada", 1, "supported").await;
    assert_eq!((late.status, desk.logged().len()), (StatusCode::CONFLICT, before + 1));
}

#[tokio::test]
async fn comments_and_reasons_go_with_the_words_of_their_answer() {
    let desk = Desk::new().await;
    desk.finish().await;
    let before = desk.item("bob", 1).await;
    assert_eq!(before["own"]["comment"], json!(format!("{WORDS} of bob")));
    assert_eq!(before["adjudication"]["reason"], json!(format!("{WORDS} of dora")));
    let admin = desk.service.key(Role::Admin);
    let words = format!("/v1/audit/answers/{}/words", desk.answer);
    let erased = desk.service.send_as(&admin, "DELETE", &words, &json!({})).await;
    assert_eq!(erased.status, StatusCode::NO_CONTENT, "{}", erased.text);
    let after = desk.item("bob", 1).await;
    assert_eq!((&after["own"]["comment"], &after["adjudication"]["reason"]), (&Value::Null, &Value::Null));
    assert_eq!((&after["own"]["rating"], &after["final"]), (&json!("partial"), &json!("unsupported")));
    for format in ["csv", "ndjson", "pdf"] {
        let file = desk.get("cleo", &format!("{}/export?format={format}", desk.review)).await;
        assert!(file.status == StatusCode::OK && !file.text.contains(WORDS), "{format}");
    }
    assert_eq!(desk.get("cleo", &desk.review).await.json()["is_signed_record"], true, "the signature outlives them");
}
