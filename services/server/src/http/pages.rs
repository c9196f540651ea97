//! The pages, out of the program itself: built by `make web` into `services/web/dist`, embedded when the program is compiled.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::{Problem, Shared};

#[derive(RustEmbed)]
#[folder = "../web/dist"]
struct Files;

/// Stands in the page where the nonce of the response goes.
const NONCE: &str = "__OSLER_NONCE__";

/// A name with the hash of its content in it: the content never changes.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Osler</title>\
<h1>Osler answers, but its pages were not built</h1>\
<p>Install Node 20 with npm, then run <code>make build</code> where the sources are, and start again.</p>\
<p>The API is all here: <a href=\"/openapi.json\">/openapi.json</a>; so is the command line: <code>osler ask</code>.</p></html>";

/// Whatever is no address of the API: a file of the pages, or the page itself, which knows its own addresses.
pub(super) async fn page(State(shared): State<Shared>, request: Request) -> Response {
    let path = request.uri().path();
    let is_api = path.starts_with("/v1/") || path == "/v1";
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if is_api || !is_read {
        return nothing_here();
    }
    if let Some(file) = file(path.trim_start_matches('/'), request.headers()) {
        return file;
    }
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !accepts.contains("text/html") {
        return nothing_here();
    }
    let nonce = shared.app.asker.secret().simple().to_string();
    let Some(index) = Files::get("app/index.html") else {
        return html(NOT_BUILT.to_owned(), &nonce);
    };
    html(String::from_utf8_lossy(&index.data).replace(NONCE, &nonce), &nonce)
}

fn nothing_here() -> Response {
    Problem::new(StatusCode::NOT_FOUND, "not_found", "there is nothing at this address; see /openapi.json")
        .into_response()
}

/// A page. Scripts and styles come from here or carry the nonce; nothing is asked of another host, and nobody frames it.
fn html(text: String, nonce: &str) -> Response {
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let mut response = ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("permissions-policy", HeaderValue::from_static("camera=(), geolocation=(), microphone=()"));
    response
}

/// A file other than the page itself, compressed as the client likes it.
fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    if path.is_empty() || path.ends_with(".html") {
        return None;
    }
    let plain = Files::get(&format!("app/{path}"))?;
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let accepts =
        |name: &str| accepted.split(',').any(|one| one.split(';').next().is_some_and(|one| one.trim() == name));
    let squeezed = [("br", "br"), ("gzip", "gz")].into_iter().find_map(|(name, extension)| {
        let file = Files::get(&format!("app/{path}.{extension}"))?;
        accepts(name).then_some((name, file))
    });
    let kind = mime(path);
    let (encoding, EmbeddedFile { data, .. }) = squeezed.map_or((None, plain), |(name, file)| (Some(name), file));
    let cache = if path.starts_with("assets/") { IMMUTABLE } else { "no-cache" };
    let mut response =
        ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache), (header::VARY, "accept-encoding")], data)
            .into_response();
    if let Some(encoding) = encoding {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Some(response)
}

/// The kinds of files that the pages are made of.
fn mime(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("json" | "webmanifest") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
