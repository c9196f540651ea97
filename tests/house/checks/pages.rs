//! The pages as the program serves them: one page for all of its addresses, nothing inline without the nonce of the response,
//! and no page in place of an error of the API.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use support::{Reply, TestService};

async fn browse(service: &TestService, path: &str) -> Reply {
    let request = Request::get(path).header("accept", "text/html,*/*;q=0.8").body(Body::empty()).unwrap();
    service.send(request).await
}

fn nonce(reply: &Reply) -> String {
    let policy = reply.headers["content-security-policy"].to_str().unwrap().to_owned();
    let (_, rest) = policy.split_once("'nonce-").unwrap_or_else(|| panic!("{policy}"));
    rest.split('\'').next().unwrap().to_owned()
}

#[tokio::test]
async fn every_address_of_the_pages_is_the_page_with_a_nonce_of_its_own() {
    let service = TestService::new().await;
    let mut nonces = Vec::new();
    for path in ["/", "/c/some-conversation", "/documents/0123?start=1&end=2", "/about/api"] {
        let reply = browse(&service, path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        assert_eq!(reply.headers["content-type"], "text/html; charset=utf-8");
        let policy = reply.headers["content-security-policy"].to_str().unwrap();
        for kept in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "connect-src 'self'"] {
            assert!(policy.contains(kept), "{policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
        let nonce = nonce(&reply);
        let scripts = reply.text.matches("<script").count();
        assert!(reply.text.matches(&format!("nonce=\"{nonce}\"")).count() >= scripts, "{}", reply.text);
        assert!(!reply.text.contains("__OSLER_NONCE__"));
        nonces.push(nonce);
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 4, "a nonce is used once");
}

#[tokio::test]
async fn errors_of_the_api_are_never_a_page() {
    let service = TestService::new().await;
    for path in ["/v1/nowhere", "/v1", "/v1/answers/none"] {
        let reply = browse(&service, path).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND);
        assert_eq!(reply.headers["content-type"], "application/problem+json", "{path}");
        assert_eq!(reply.headers["content-security-policy"], "default-src 'none'; frame-ancestors 'none'");
    }
    // A program that asks for anything, and a file that is not there.
    for path in ["/nowhere", "/assets/none.js", "/assets/../../Cargo.toml", "/index.html", "/.gitignore"] {
        assert_eq!(service.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let posted = service.post("/", &serde_json::json!({})).await;
    assert_eq!(posted.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn files_of_the_pages_come_compressed_and_stay() {
    let service = TestService::new().await;
    let page = browse(&service, "/").await.text;
    let Some(script) = page.split('"').find(|part| part.starts_with("/assets/") && part.ends_with(".js")) else {
        assert!(page.contains("pages were not built"), "{page}");
        return;
    };
    let get = |encoding: &str| Request::get(script).header("accept-encoding", encoding).body(Body::empty()).unwrap();
    let plain = service.open(get("identity")).await;
    assert_eq!(plain.headers()["content-type"], "text/javascript; charset=utf-8");
    assert!(plain.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    let size = |response: &axum::response::Response| {
        response.headers().get("content-length").and_then(|length| length.to_str().ok()?.parse::<u64>().ok())
    };
    for encoding in ["br", "gzip"] {
        let squeezed = service.open(get(&format!("zstd, {encoding};q=0.9"))).await;
        assert_eq!(squeezed.headers()["content-encoding"], encoding);
        assert_eq!(squeezed.headers()["vary"], "accept-encoding");
        assert!(size(&squeezed) < size(&plain), "{encoding}");
    }
}
