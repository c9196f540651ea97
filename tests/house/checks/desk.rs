//! The librarians' desk as tests sit at it: people with their roles, uploads, proposals.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use identity::Role;
use ledger::Decision;
use serde_json::{Value, json};
use support::{Reply, TestService};

const DECISION: Decision<'static> = Decision { at: "2026-01-02T00:00:00Z", actor: "tester", reason: "because" };

pub(crate) const PASSWORD: &str = "correct horse battery";

/// A service with people who sign with a password and ask with a key.
pub(crate) struct Desk {
    pub(crate) service: TestService,
}

impl Desk {
    pub(crate) async fn new() -> Self {
        Self::of(TestService::without_generator().await).await
    }

    pub(crate) async fn of(service: TestService) -> Self {
        service.stores.ledger.put_corpus(&TestService::corpus(), &DECISION).unwrap();
        service.app.warm_up().await.unwrap();
        let now = service.app.asker.now();
        for (name, roles) in [
            ("lena", vec![Role::Librarian]),
            ("luca", vec![Role::Librarian]),
            ("petra", vec![Role::Publisher]),
            ("both", vec![Role::Librarian, Role::Publisher]),
        ] {
            let full_name = format!("{}{} Osler", name[..1].to_uppercase(), &name[1..]);
            let roles: BTreeSet<Role> = roles.into_iter().collect();
            service.app.identity.add(name, Some(&full_name), &roles, Some(PASSWORD), now).unwrap();
        }
        Self { service }
    }

    pub(crate) fn key(&self, name: &str) -> String {
        let now = self.service.app.asker.now();
        let account = self.service.app.identity.by_name(name, now).unwrap().unwrap();
        self.service.app.identity.add_key(&account.id, "test", None, now).unwrap().1
    }

    pub(crate) async fn get(&self, name: &str, path: &str) -> Value {
        let reply = self.service.get_as(&self.key(name), path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text);
        reply.json()
    }

    pub(crate) async fn send(&self, name: &str, method: &str, path: &str, body: Value) -> Reply {
        self.service.send_as(&self.key(name), method, path, &body).await
    }

    pub(crate) async fn done(&self, name: &str, method: &str, path: &str, body: Value) -> Value {
        let reply = self.send(name, method, path, body).await;
        assert!(reply.status.is_success(), "{method} {path}: {} {}", reply.status, reply.text);
        serde_json::from_str(&reply.text).unwrap_or(Value::Null)
    }

    pub(crate) async fn refused(&self, name: &str, method: &str, path: &str, body: Value, code: &str) {
        let reply = self.send(name, method, path, body).await;
        assert!(
            reply.status.is_client_error() && reply.json()["code"] == code,
            "{path}: {} {}",
            reply.status,
            reply.text
        );
    }

    pub(crate) async fn upload(&self, name: &str, files: &[(String, String)]) -> Reply {
        let mut body = String::new();
        for (file, text) in files {
            body.push_str(&format!(
                "--frontier\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{file}\"\r\n\r\n{text}\r\n"
            ));
        }
        body.push_str("--frontier--\r\n");
        let request = Request::post("/v1/library/ingests?corpus=test")
            .header("authorization", format!("Bearer {}", self.key(name)))
            .header("content-type", "multipart/form-data; boundary=frontier");
        self.service.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Uploads, and waits until the run is over.
    pub(crate) async fn take_in(&self, files: &[(String, String)]) -> Value {
        let begun = self.upload("lena", files).await;
        self.over(&begun).await
    }

    /// Waits until the run is over that was begun with this reply.
    pub(crate) async fn over(&self, begun: &Reply) -> Value {
        assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.text);
        let path = format!("/v1/library/ingests/{}", begun.json()["id"].as_str().unwrap());
        loop {
            let run = self.get("lena", &path).await;
            if run["state"] != "working" {
                return run;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    pub(crate) async fn propose(&self, name: &str) -> (String, Value) {
        let proposal =
            self.done(name, "POST", "/v1/library/proposals", json!({ "kind": "publish", "reason": "update" })).await;
        let path = format!("/v1/library/proposals/{}", proposal["id"].as_str().unwrap());
        let signing = json!({ "record_hash": proposal["record_hash"], "password": PASSWORD });
        (path, signing)
    }

    /// Publishes what is staged, as it must be.
    pub(crate) async fn publish(&self) -> Value {
        let (path, signing) = self.propose("lena").await;
        self.done("lena", "POST", &format!("{path}/review"), signing.clone()).await;
        self.done("petra", "POST", &format!("{path}/approval"), signing).await;
        self.done("petra", "POST", &format!("{path}/execution"), json!({})).await
    }

    pub(crate) async fn asks(&self, question: &str) -> Value {
        self.service.ask(question).await
    }
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
