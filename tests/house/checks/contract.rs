//! The shapes that others rely on: the OpenAPI document, problem documents, what every route answers.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use identity::Role;
use serde_json::json;
use support::TestService;

#[test]
fn the_openapi_document_is_the_one_that_is_checked_in() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../services/server/openapi.json");
    let kept = std::fs::read_to_string(path).unwrap();
    let now = server::http::openapi().unwrap();
    assert!(
        kept == now,
        "services/server/openapi.json is out of date: run `osler openapi > services/server/openapi.json`"
    );
}

#[tokio::test]
async fn every_documented_route_answers_with_a_documented_status() {
    let service = TestService::new().await;
    let document: serde_json::Value = serde_json::from_str(&server::http::openapi().unwrap()).unwrap();
    let mut routes = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let path = path.replace("{id}", "0123456789abcdef0123456789abcdef").replace("{*path}", "0/000");
            let path = path.replace(['{', '}'], "");
            let request = Request::builder().method(method.to_uppercase().as_str()).uri(&path);
            let request = request.header("content-type", "application/json").body(Body::from("{}")).unwrap();
            let reply = service.send(request).await;
            let status = reply.status.as_u16().to_string();
            assert!(
                operation["responses"].get(&status).is_some(),
                "{method} {path} answers {status}, which is not documented"
            );
            routes += 1;
        }
    }
    assert_eq!(routes, server::http::ACCESS.len() - 1, "all but /openapi.json");
}

#[tokio::test]
async fn errors_are_problem_documents_with_the_request_id() {
    let service = TestService::new().await;
    let request = Request::get("/nowhere").header("x-request-id", "abc-1").body(Body::empty()).unwrap();
    let reply = service.send(request).await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    assert_eq!(reply.headers["content-type"], "application/problem+json");
    assert_eq!(reply.headers["x-request-id"], "abc-1");
    let problem = reply.json();
    assert_eq!(problem["request_id"], "abc-1");
    assert_eq!(problem["code"], "not_found");
    assert_eq!(problem["type"], "urn:osler:problem:not_found");
    let reply = service.send(Request::delete("/v1/answers").body(Body::empty()).unwrap()).await;
    assert_eq!(
        (reply.status, reply.json()["code"].as_str()),
        (StatusCode::METHOD_NOT_ALLOWED, Some("method_not_allowed"))
    );
}

#[tokio::test]
async fn queries_that_do_not_fit_are_answered_with_problem_documents() {
    let service = TestService::new().await;
    let key = service.key(Role::Auditor);
    for (path, named) in [
        ("/v1/audit/recall", "document"),
        ("/v1/audit/feedback/export?format=csv&format=csv", "format"),
        ("/v1/library/documents/none/passages", "version"),
        ("/v1/reviews/none/export", "format"),
        ("/v1/library/documents?colour=red", "colour"),
        ("/v1/audit/answers?colour=red", "colour"),
        ("/v1/audit/answers?status=answered&status=partial", "status"),
        ("/v1/audit/entries?limit=1&limit=2", "limit"),
        ("/v1/session/provider?to=/&to=/audit", "to"),
    ] {
        let request = Request::get(path).header("authorization", format!("Bearer {key}"));
        let request = request.header("x-request-id", "abc-1").body(Body::empty()).unwrap();
        let reply = service.send(request).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{path}: {}", reply.text);
        assert_eq!(reply.headers["content-type"], "application/problem+json", "{path}");
        let problem = reply.json();
        assert_eq!((&problem["code"], &problem["request_id"]), (&json!("bad_query"), &json!("abc-1")), "{path}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.starts_with("the query does not fit: ") && detail.contains(named), "{path}: {detail}");
    }
}

#[tokio::test]
async fn paths_that_do_not_fit_are_answered_with_problem_documents() {
    let service = TestService::new().await;
    let key = service.key(Role::Auditor);
    for path in ["/v1/documents/%FF", "/v1/answers/%C0%80"] {
        let request = Request::get(path).header("authorization", format!("Bearer {key}"));
        let reply = service.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{path}: {}", reply.text);
        assert_eq!(reply.headers["content-type"], "application/problem+json", "{path}");
        assert_eq!(reply.json()["code"], "bad_path", "{path}: {}", reply.text);
    }
}

#[tokio::test]
async fn health_readiness_and_metrics() {
    let service = TestService::new().await;
    assert_eq!(service.get("/healthz").await.text, "ok\n");
    let before = service.get("/readyz").await;
    assert_eq!((before.status, before.headers.contains_key("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, true));
    service.app.warm_up().await.unwrap();
    assert_eq!(service.get("/readyz").await.status, StatusCode::OK);
    service.ingest(&[("a.md", "# A\n\nMetformin lowers glucose in adults.\n")]).await;
    service.ask("Does metformin lower glucose?").await;
    let metrics = service.get("/metrics").await.text;
    assert!(metrics.contains("osler_answers_total{status=\"answered\"}"), "{metrics}");
    assert!(metrics.contains("osler_answer_seconds"), "{metrics}");
}

#[tokio::test]
async fn documents_and_passages_can_be_read_with_the_place_of_a_quote() {
    let service = TestService::new().await;
    service
        .ingest(&[("gout.md", "# Gout\n\n## Treatment\n\nGive colchicine 500 µg twice daily. Rest the joint.\n")])
        .await;
    let answer = service.ask("Which dose of colchicine for gout?").await;
    let (evidence, citation) = (&answer["evidence"][0], &answer["statements"][0]["citations"][0]);
    let (start, end) = (citation["start"].as_u64().unwrap(), citation["end"].as_u64().unwrap());

    let document = service.get(&format!("/v1/documents/{}", evidence["document"]["id"].as_str().unwrap())).await.json();
    let text: Vec<char> = document["text"].as_str().unwrap().chars().collect();
    let slice: String = text[start as usize..end as usize].iter().collect();
    assert_eq!(slice, citation["quote"].as_str().unwrap(), "a quote is its document's text at its offsets");
    assert_eq!(document["sections"][1]["path"], json!(["Treatment"]));
    assert_eq!(document["versions"][0]["status"], "current");

    let passage = evidence["passage"].as_str().unwrap();
    let reply = service.get(&format!("/v1/passages/{passage}?start={start}&end={end}")).await.json();
    assert_eq!(reply["quote"]["text"], citation["quote"]);
    for bad in ["start=0&end=100000", "start=5&end=4", "start=1", "start=x&end=2", "start=18446744073709551615&end=1"] {
        let reply = service.get(&format!("/v1/passages/{passage}?{bad}")).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    let unknown = service.get(&format!("/v1/documents/{}?version=9", "0".repeat(32))).await;
    assert_eq!((unknown.status, unknown.json()["code"].as_str()), (StatusCode::NOT_FOUND, Some("unknown_document")));
}

#[tokio::test]
async fn search_explains_its_hits_and_keeps_to_its_filters() {
    let service = TestService::new().await;
    service
        .ingest(&[
            ("a.md", "+++\nkind = \"trial\"\n+++\n# Aspirin\n\nAspirin 75 mg daily prevents stroke.\n"),
            ("b.md", "# Stroke\n\nGive aspirin 300 mg after stroke is confirmed.\n"),
        ])
        .await;
    let all = service.post("/v1/search", &json!({ "question": "aspirin stroke" })).await.json();
    assert_eq!(all["hits"].as_array().unwrap().len(), 2);
    for hit in all["hits"].as_array().unwrap() {
        let scores = &hit["scores"];
        let of = |arm: &str| scores[arm]["score"].as_f64().unwrap();
        assert!((scores["fused"].as_f64().unwrap() - (of("lexical") + of("dense")) / 2.0).abs() < 1e-6, "{scores}");
        assert!(scores["prior"].as_f64().unwrap().abs() <= 0.015, "{scores}");
    }
    let attack =
        service.post("/v1/search", &json!({ "question": "Is acetylsalicylic acid good after a stroke?" })).await.json();
    assert_eq!(attack["expansions"][0]["from"], "acetylsalicylic acid", "{attack}");
    assert_eq!(attack["hits"][0]["scores"]["expanded"], json!(["aspirin"]), "{attack}");
    for (filters, found) in [
        (json!({ "issuers": ["TEST ISSUER"], "statuses": ["current"], "full_text_only": true }), 2),
        (json!({ "jurisdictions": ["Atlantis"] }), 0),
        (json!({ "populations": ["children"] }), 0),
        (json!({ "from_year": 1990 }), 0),
    ] {
        let reply = service.post("/v1/search", &json!({ "question": "aspirin stroke", "filters": filters })).await;
        assert_eq!(reply.json()["hits"].as_array().unwrap().len(), found, "{filters}");
    }
    let never = json!({ "question": "aspirin", "filters": { "from_year": 2020, "to_year": 2010 } });
    assert_eq!(service.post("/v1/search", &never).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let trials = json!({ "question": "aspirin stroke", "filters": { "kinds": ["trial"] } });
    let trials = service.post("/v1/search", &trials).await.json();
    assert_eq!(trials["hits"].as_array().unwrap().len(), 1);
    assert_eq!(trials["hits"][0]["document"]["title"], "Aspirin");
    let one = service.post("/v1/search", &json!({ "question": "aspirin stroke", "limit": 1 })).await.json();
    assert_eq!(one["hits"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_added_term_is_named_where_any_word_of_its_own_stands() {
    let service = TestService::new().await;
    let of = |text: &str| format!("# {text}\n\n{text} is seen in adults.\n");
    let (partly, asked, not) = (of("Myocardial disease"), of("Heart pain"), of("Knee swelling"));
    service.ingest(&[("partly.md", &partly), ("asked.md", &asked), ("not.md", &not)]).await;
    let found = service.post("/v1/search", &json!({ "question": "heart attack" })).await.json();
    let hits = found["hits"].as_array().unwrap();
    assert_eq!(hits.len(), 3, "{found}");
    for hit in hits {
        let expanded = hit["scores"]["expanded"].as_array().into_iter().flatten();
        let is_named = expanded.into_iter().any(|term| term == "myocardial infarction");
        let is_partly = hit["document"]["title"] == "Myocardial disease";
        assert_eq!(is_named, is_partly, "{hit}");
        assert!(!is_partly || hit["scores"]["lexical"].is_object(), "that word alone has found it: {hit}");
    }
}
