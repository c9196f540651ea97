//! Pages of PDFs as they look: drawn in a process with limits, each failure with its reason, and shown to those who keep the
//! library.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use identity::Role;
use ingest::Parser;
use knowledge::DocumentId;
use serde_json::{Value, json};
use support::{TestService, TinyPdf};

use crate::mangled::workers;

/// A leaflet of two pages of A4.
fn leaflet() -> Vec<u8> {
    TinyPdf::new()
        .page(|page| page.text(60, 700, 14, "Examplin is given to adults once daily."))
        .page(|page| page.text(60, 700, 14, "Testolol is never given with examplin."))
        .bytes()
}

/// The same with something put in the place of something just as long: whatever comes after it stays where it is.
fn with(from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let whole = String::from_utf8(leaflet()).unwrap();
    assert!(whole.contains(from), "{whole}");
    whole.replace(from, to).into_bytes()
}

/// Its second page is named, and is not there.
fn torn() -> Vec<u8> {
    with("[5 0 R 7 0 R]", "[5 0 R 9 0 R]")
}

/// Width and height, as a PNG gives them.
fn size(picture: &[u8]) -> (u32, u32) {
    assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"), "{} bytes are no PNG", picture.len());
    let number = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[test]
fn a_page_is_drawn_and_where_there_is_none_it_is_told_why() {
    let whole = leaflet();
    let half = whole[..whole.len() / 2].to_vec();
    let absent = [(&whole, 3), (&whole, 0), (&whole, 1 << 31), (&whole, u32::MAX)];
    let damaged = [
        (half, 1, "trailer"),
        (b"A leaflet that only claims to be a PDF.".to_vec(), 1, "%PDF"),
        (Vec::new(), 1, "%PDF"),
        (torn(), 2, "page 2 cannot be drawn"),
    ];
    for parser in [Parser::Here, workers()] {
        let draw = |bytes: &[u8], page: u32| parser.page(bytes, page).unwrap();
        let (first, second) = (draw(&whole, 1).unwrap(), draw(&whole, 2).unwrap());
        let (width, height) = size(&first);
        assert!(height == 1_600 && (1_125..1_140).contains(&width), "{width} x {height}");
        assert_ne!(first, second);
        for (bytes, page) in absent {
            assert_eq!(draw(bytes, page).unwrap_err().code, "no_page", "page {page}");
        }
        for (bytes, page, said) in &damaged {
            let failure = draw(bytes, *page).unwrap_err();
            assert_eq!(failure.code, "malformed", "{failure}");
            assert!(failure.reason.contains(said), "{failure}");
            // And whoever drew it goes on.
            assert_eq!(draw(&whole, 2).unwrap(), second, "after {said}");
        }
        assert_eq!(size(&draw(&torn(), 1).unwrap()), (width, height), "what is there is drawn");
        // However wide a page is, or lies.
        let (width, height) = size(&draw(&with("[0 0 595 842]", "[0 0 842 595]"), 1).unwrap());
        assert!(width == 1_600 && (1_125..1_140).contains(&height), "{width} x {height}");
        assert_eq!(size(&draw(&with("[0 0 595 842]", "[0 0 9999 99]"), 1).unwrap()), (1_600, 16));
    }
}

async fn shown(service: &TestService, key: &str, path: &str) -> (HeaderMap, Vec<u8>) {
    let request = Request::get(path).header("authorization", format!("Bearer {key}"));
    let response = service.open(request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    let (parts, body) = response.into_parts();
    (parts.headers, to_bytes(body, usize::MAX).await.unwrap().to_vec())
}

#[tokio::test]
async fn whoever_keeps_the_library_holds_a_text_against_the_page_it_came_from() {
    let service = TestService::without_generator().await;
    let folder = tempfile::tempdir().unwrap();
    let gout = "# Gout\n\nColchicine is given for acute gout in adults.\n".to_owned();
    for (name, bytes) in [("leaflet.pdf", leaflet()), ("torn.pdf", torn()), ("gout.md", gout.into_bytes())] {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    service.ingest_path(folder.path()).await;
    let path = |name: &str| format!("/v1/library/documents/{}", DocumentId::of(&TestService::corpus().id, name));
    let key = service.key(Role::Auditor);
    let known = service.get_as(&key, &path("leaflet.pdf")).await.json();
    let original = json!({ "bytes": leaflet().len(), "is_text": false, "pages": 2 });
    assert_eq!(known["versions"][0]["original"], original, "{known:#}");
    let known = service.get_as(&key, &path("gout.md")).await.json();
    assert_eq!(known["versions"][0]["original"]["pages"], Value::Null, "{known:#}");

    let entries = service.app.audit.size();
    let page = |name: &str, page: &str| format!("{}/original/pages/{page}?version=1", path(name));
    let (headers, picture) = shown(&service, &key, &page("leaflet.pdf", "2")).await;
    assert_eq!(size(&picture).1, 1_600);
    assert_eq!(headers["content-type"], "image/png");
    assert_eq!(headers["cache-control"], "private, max-age=3600");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    let refused = async |path: String, status: StatusCode, code: &str| {
        let reply = service.get_as(&key, &path).await;
        assert_eq!((reply.status, &reply.json()["code"]), (status, &json!(code)), "{path}: {}", reply.text);
    };
    refused(page("leaflet.pdf", "3"), StatusCode::NOT_FOUND, "no_page").await;
    refused(page("leaflet.pdf", "0"), StatusCode::NOT_FOUND, "no_page").await;
    refused(page("leaflet.pdf", "x"), StatusCode::BAD_REQUEST, "bad_number").await;
    refused(page("gout.md", "1"), StatusCode::NOT_FOUND, "no_page").await;
    refused(page("torn.pdf", "2"), StatusCode::UNPROCESSABLE_ENTITY, "unreadable_original").await;
    refused(page("nowhere.pdf", "1"), StatusCode::NOT_FOUND, "unknown_document").await;
    let second = page("leaflet.pdf", "1").replace("version=1", "version=2");
    refused(second, StatusCode::NOT_FOUND, "unknown_document").await;
    assert_eq!(service.app.audit.size(), entries, "reading leaves no entry");
    std::fs::remove_dir_all(service.data_file("originals")).unwrap();
    refused(page("leaflet.pdf", "1"), StatusCode::NOT_FOUND, "no_original").await;
}
