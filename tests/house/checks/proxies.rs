//! Asking without signing in: only while nobody has an account, unless it is configured, and never through a proxy, behind which
//! others reach a service that listens on its own machine alone.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use identity::{Role, Settings, SystemEntropy};
use serde_json::{Value, json};
use server::config::Config;
use support::{Reply, TestService, test_settings};

/// For clinicians and others who read.
const READ: &str = "/v1/corpora";

/// What proxies add to requests, of whichever kind they are.
const PASSED_ON: [(&str, &str); 7] = [
    ("Forwarded", "for=192.0.2.60;proto=https"),
    ("X-Forwarded-For", "192.0.2.60"),
    ("X-Forwarded-Proto", "https"),
    ("x-forwarded-server", "osler.hospital.example"),
    ("X-Real-IP", "192.0.2.60"),
    ("Via", "1.1 proxy.hospital.example"),
    ("via", ""),
];

async fn service(anonymous: Option<bool>, adjust: impl FnOnce(&mut Config)) -> TestService {
    let mut config = Config::default();
    config.identity.anonymous = anonymous;
    adjust(&mut config);
    TestService::with(config, test_settings(), false).await
}

fn with_provider(config: &mut Config) {
    let provider = json!({
        // Nobody listens there.
        "issuer": "http://127.0.0.1:9",
        "client_id": "osler",
        "audience": "osler",
        "redirect_uri": "http://127.0.0.1:8080/v1/session/provider/callback",
    });
    config.identity.provider = Some(serde_json::from_value(provider).unwrap());
}

/// As a browser or a bare proxy on this machine sends it, with further headers.
async fn get(service: &TestService, path: &str, headers: &[(&str, &str)]) -> Reply {
    let mut request = Request::get(path).header("host", "127.0.0.1:8080");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    service.send(request.body(Body::empty()).unwrap()).await
}

#[track_caller]
fn assert_told_to_sign_in(reply: &Reply) -> String {
    let said: Value = reply.json();
    assert_eq!((reply.status, &said["code"]), (StatusCode::UNAUTHORIZED, &json!("sign_in_needed")), "{}", reply.text);
    said["detail"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_first_account_ends_asking_without_one_while_the_service_runs() {
    let service = service(None, |_| ()).await;
    assert_eq!(get(&service, READ, &[]).await.status, StatusCode::OK);
    assert_eq!(get(&service, "/v1/session", &[]).await.json()["how"], "anonymous");
    assert!(service.app.is_anonymous().unwrap());
    // By another process: the service itself is not told.
    let path = service.data_file("identity.db");
    let other = identity::Identity::open(&path, Settings::default(), Arc::new(SystemEntropy)).unwrap();
    let ada = other.add("ada", None, &[Role::Clinician].into(), None, service.app.asker.now()).unwrap();
    // A proxy that adds nothing sends the host that it was told to ask.
    assert_told_to_sign_in(&get(&service, READ, &[]).await);
    assert_eq!(get(&service, "/v1/session", &[]).await.json()["how"], "none");
    assert!(!service.app.is_anonymous().unwrap());
    // Whoever is shut out is still somebody.
    other.set_disabled(&ada.id, true).unwrap();
    assert_told_to_sign_in(&get(&service, READ, &[]).await);
    let refused = service.app.audit.entries("access.refused", None, None, 10).unwrap();
    assert!(refused.len() == 2 && refused.iter().all(|entry| entry.text("reason") == Some("nobody")), "{refused:?}");
}

#[tokio::test]
async fn beside_accounts_or_a_provider_whoever_comes_may_ask_only_where_it_is_configured() {
    for (has_provider, listen, anonymous, may) in [
        (false, "127.0.0.1:8080", None, false),
        (false, "127.0.0.1:8080", Some(true), true),
        (false, "127.0.0.1:8080", Some(false), false),
        (true, "127.0.0.1:8080", None, false),
        (true, "127.0.0.1:8080", Some(true), true),
        (true, "[::1]:8080", Some(true), true),
        (false, "0.0.0.0:8080", None, false),
        (false, "0.0.0.0:8080", Some(true), false),
    ] {
        let adjust = |config: &mut Config| {
            config.server.listen = listen.to_owned();
            if has_provider {
                with_provider(config);
            }
        };
        let service = service(anonymous, adjust).await;
        service.key(Role::Clinician);
        let reply = get(&service, READ, &[]).await;
        let wanted = if may { StatusCode::OK } else { StatusCode::UNAUTHORIZED };
        assert_eq!(reply.status, wanted, "{has_provider} {listen} {anonymous:?}: {}", reply.text);
    }
    // Also where there is no account yet.
    assert_told_to_sign_in(&get(&service(None, with_provider).await, READ, &[]).await);
    assert_told_to_sign_in(&get(&service(Some(false), |_| ()).await, READ, &[]).await);
}

#[tokio::test]
async fn whoever_comes_through_a_proxy_signs_in_and_is_told_why() {
    for anonymous in [None, Some(true)] {
        let service = service(anonymous, |_| ()).await;
        for passed_on in PASSED_ON {
            let detail = assert_told_to_sign_in(&get(&service, READ, &[passed_on]).await);
            let begins = passed_on.0.split_inclusive('-').next().unwrap().to_lowercase();
            assert!(detail.contains("through a proxy") && detail.to_lowercase().contains(&begins), "{detail}");
            assert_eq!(get(&service, "/v1/session", &[passed_on]).await.json()["how"], "none", "{passed_on:?}");
            // Not with a key of another service, nor with a session that has ended.
            for shown in [("authorization", "Bearer sk-none"), ("cookie", "osler_session=ended")] {
                assert_told_to_sign_in(&get(&service, READ, &[passed_on, shown]).await);
                assert_eq!(get(&service, READ, &[shown]).await.status, StatusCode::OK, "{shown:?}");
            }
        }
        let refused = service.app.audit.entries("access.refused", None, None, 100).unwrap();
        assert_eq!(refused.len(), 3 * PASSED_ON.len());
        assert!(refused.iter().all(|entry| entry.text("reason") == Some("proxy") && entry.actor == "nobody"));
        assert_eq!(get(&service, READ, &[("forward", "x"), ("x-request-id", "x")]).await.status, StatusCode::OK);
        // Through the proxy as well, for whoever shows who they are.
        let key = format!("Bearer {}", service.key(Role::Clinician));
        for passed_on in PASSED_ON {
            let reply = get(&service, READ, &[passed_on, ("authorization", key.as_str())]).await;
            assert_eq!(reply.status, StatusCode::OK, "{passed_on:?}: {}", reply.text);
        }
    }
}
