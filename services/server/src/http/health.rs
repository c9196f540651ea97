//! For those who run the service.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::{Problem, Shared};

/// Whether the process lives
#[utoipa::path(get, path = "/healthz", tag = "operations", operation_id = "healthz",
    responses((status = 200, description = "It does", body = String)))]
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// Whether it can answer: models loaded, and the generator has really written a token
///
/// The first line is `ready`. A second one says what part of the search was away at the last question, if one was: it answers
/// with the other.
#[utoipa::path(get, path = "/readyz", tag = "operations", operation_id = "readyz",
    responses(
        (status = 200, description = "It can", body = String),
        (status = 503, description = "Not yet", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn readyz(State(shared): State<Shared>) -> Response {
    let app = std::sync::Arc::clone(&shared.app);
    // What cannot be put on record is not answered, so the log is tried where it failed before.
    if tokio::task::spawn_blocking(move || app.can_answer()).await.unwrap_or(false) {
        match shared.app.last_search.missing() {
            Some(missing) => format!("ready\nat the last question: {missing}\n").into_response(),
            None => "ready\n".into_response(),
        }
    } else if shared.app.is_stale() {
        let detail =
            "this replica cannot reach the store that its writer publishes to, and may not know of a retraction";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "replica_stale", detail).into_response()
    } else if shared.app.is_ready() {
        let detail = "the audit log cannot be written, or a witness raised an alarm: nothing is answered until it can";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "audit_unavailable", detail).into_response()
    } else {
        let detail = "the models are still being tried: ask again in a moment";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", detail).into_response()
    }
}

/// Counters and times for Prometheus
#[utoipa::path(get, path = "/metrics", tag = "operations", operation_id = "metrics",
    responses((status = 200, description = "Prometheus text format", body = String)))]
pub(super) async fn metrics(State(shared): State<Shared>) -> Response {
    let is_degraded = shared.app.last_search.missing().is_some();
    metrics::gauge!("osler_search_degraded").set(f64::from(u8::from(is_degraded)));
    if let Some(generator) = shared.app.asker.generator() {
        let load = generator.load();
        let count = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        for (name, value) in [
            ("osler_model_waiting", count(load.waiting)),
            ("osler_model_running", count(load.running)),
            ("osler_model_restarts", count(load.restarts)),
            ("osler_model_read_tokens_per_second", load.read_tokens_per_s),
            ("osler_model_written_tokens_per_second", load.written_tokens_per_s),
        ] {
            metrics::gauge!(name).set(value);
        }
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], shared.metrics.render()).into_response()
}
