//! HTTP: the routes, and what every request passes through.

mod about;
mod access;
mod accounts;
mod answers;
mod audit;
mod conversations;
mod deciding;
mod documents;
mod feedback;
mod figures;
mod findings;
mod gaps;
mod handling;
mod health;
mod ingests;
mod library;
mod log;
mod model_card;
mod openai;
mod openapi;
mod pages;
mod pdf_pages;
mod policies;
mod problem;
mod proposal_acts;
mod proposals;
mod refusals;
mod renewal;
mod review_items;
mod reviews;
mod search;
mod session;
mod signing;
mod snapshots;
mod staged;
mod standing;
mod verify;
mod views;
mod visitor;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

use access::Caller;
pub use access::{ACCESS, Access};
pub use problem::Problem;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Time that an upload may take: lines are slow.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(900);

/// Passwords compared at once.
const MAX_SIGN_INS: usize = 8;

/// Pages of PDFs drawn at once: readers must not take all processors from those who ask.
const MAX_PICTURES: usize = 2;

/// Bundles put together at once: each reads the whole log.
const MAX_BUNDLES: usize = 1;

/// Routes that take their places themselves, and keep them until the work is done: no clock breaks it off. A model has its own
/// deadlines, and what is begun over the whole log goes on when nobody waits for it any more.
const SELF_BOUNDED: [&str; 5] =
    ["/v1/answers", "/v1/chat/completions", "/v1/verify", "/v1/audit/answers/{id}/replay", "/v1/audit/bundles"];

const TOO_MANY: &str = "too many requests are in work";

/// What handlers share.
#[derive(Clone)]
pub struct Shared {
    app: Arc<App>,
    questions: Arc<Semaphore>,
    requests: Arc<Semaphore>,
    /// Requests of those who have not signed in: however slowly they send, others have places.
    strangers: Arc<Semaphore>,
    /// Passwords that are compared at once: each takes 19 MiB.
    sign_ins: Arc<Semaphore>,
    /// Pages of PDFs that are drawn at once.
    pictures: Arc<Semaphore>,
    /// Bundles that are put together at once.
    bundles: Arc<Semaphore>,
    refusals: Arc<refusals::Refusals>,
    metrics: PrometheusHandle,
}

impl Shared {
    /// A place among the questions in work, for whatever a model is asked.
    fn place_to_ask(&self) -> Result<OwnedSemaphorePermit, Problem> {
        place(&self.questions, "as many questions as we can take are in work")
    }

    /// A place among the other requests in work.
    fn place(&self) -> Result<OwnedSemaphorePermit, Problem> {
        place(&self.requests, TOO_MANY)
    }

    /// A place among the requests of those who have not signed in.
    fn place_outside(&self) -> Result<OwnedSemaphorePermit, Problem> {
        place(&self.strangers, TOO_MANY)
    }
}

/// A place, if one is free; otherwise what is said to whoever comes.
fn place(places: &Arc<Semaphore>, full: &str) -> Result<OwnedSemaphorePermit, Problem> {
    Arc::clone(places).try_acquire_owned().map_err(|_| Problem::busy(full))
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Osler",
        description = "Cited answers from a hospital's own corpus. Every quote is copied from storage by its offsets; every answer is on record.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    tags(
        (name = "answers", description = "Ask, and read what was answered"),
        (name = "conversations", description = "What this browser has asked"),
        (name = "corpus", description = "Search and read what is held"),
        (name = "library", description = "Take documents in, review, publish, take out of use"),
        (name = "identity", description = "Sign in, accounts and keys"),
        (name = "audit", description = "Records, receipts, the log"),
        (name = "reviews", description = "People's judgement of samples of answers"),
        (name = "operations", description = "Health, readiness, metrics")
    )
)]
struct Api;

fn api(max_upload_bytes: usize) -> OpenApiRouter<Shared> {
    let uploads = OpenApiRouter::new()
        .routes(routes!(ingests::list, ingests::begin))
        .layer(DefaultBodyLimit::max(max_upload_bytes));
    let questions = OpenApiRouter::new().routes(routes!(answers::ask)).routes(routes!(openai::chat));
    let quick = OpenApiRouter::new()
        .routes(routes!(answers::get))
        .routes(routes!(views::plain))
        .routes(routes!(views::differential))
        .routes(routes!(feedback::feedback))
        .routes(routes!(conversations::begin, conversations::list))
        .routes(routes!(conversations::get, conversations::rename, conversations::delete))
        .routes(routes!(about::corpora))
        .routes(routes!(model_card::card))
        .routes(routes!(model_card::labeling))
        .routes(routes!(search::search))
        .routes(routes!(documents::document))
        .routes(routes!(documents::passage))
        .routes(routes!(verify::verify))
        .routes(routes!(library::corpora))
        .routes(routes!(library::documents))
        .routes(routes!(library::document))
        .routes(routes!(library::passages))
        .routes(routes!(library::original))
        .routes(routes!(pdf_pages::page))
        .routes(routes!(standing::change))
        .routes(routes!(standing::inspect))
        .routes(routes!(findings::list))
        .routes(routes!(findings::settle))
        .routes(routes!(findings::overdue))
        .routes(routes!(policies::get))
        .routes(routes!(policies::change))
        .routes(routes!(ingests::refresh))
        .routes(routes!(ingests::get, ingests::stop))
        .routes(routes!(ingests::account))
        .routes(routes!(staged::staged))
        .routes(routes!(staged::ask))
        .routes(routes!(staged::golden, staged::set_golden))
        .routes(routes!(proposals::list, proposals::propose))
        .routes(routes!(proposals::get))
        .routes(routes!(proposal_acts::review))
        .routes(routes!(proposal_acts::approve))
        .routes(routes!(proposal_acts::execute))
        .routes(routes!(proposal_acts::reject))
        .routes(routes!(proposal_acts::withdraw))
        .routes(routes!(snapshots::list))
        .routes(routes!(snapshots::roll_back))
        .routes(routes!(gaps::list))
        .routes(routes!(gaps::export))
        .routes(routes!(gaps::change))
        .routes(routes!(session::get, session::sign_in, session::sign_out))
        .routes(routes!(session::password))
        .routes(routes!(session::begin))
        .routes(routes!(session::callback))
        .routes(routes!(accounts::list, accounts::add))
        .routes(routes!(accounts::change))
        .routes(routes!(accounts::keys, accounts::add_key))
        .routes(routes!(accounts::revoke_key))
        .routes(routes!(audit::receipt))
        .routes(routes!(audit::answers))
        .routes(routes!(audit::record))
        .routes(routes!(audit::again))
        .routes(routes!(audit::hold, audit::release))
        .routes(routes!(audit::erase))
        .routes(routes!(audit::recall))
        .routes(routes!(figures::figures))
        .routes(routes!(figures::alarms))
        .routes(routes!(audit::entries))
        .routes(routes!(handling::list))
        .routes(routes!(handling::export))
        .routes(routes!(handling::handle))
        .routes(routes!(log::state))
        .routes(routes!(log::bundle))
        .routes(routes!(log::checkpoint))
        .routes(routes!(log::tile))
        .routes(routes!(reviews::list, reviews::begin))
        .routes(routes!(reviews::get))
        .routes(routes!(review_items::items))
        .routes(routes!(review_items::item))
        .routes(routes!(review_items::rate))
        .routes(routes!(review_items::adjudicate))
        .routes(routes!(reviews::sign))
        .routes(routes!(reviews::export))
        .routes(routes!(openai::models))
        .routes(routes!(openai::model));
    let operations = OpenApiRouter::new()
        .routes(routes!(about::about))
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(health::metrics));
    OpenApiRouter::with_openapi(Api::openapi()).merge(questions).merge(uploads).merge(quick).merge(operations)
}

/// The OpenAPI document, as it is checked in.
///
/// # Errors
/// When it cannot be written as JSON, which would be a defect.
pub fn openapi() -> anyhow::Result<String> {
    let (_, document) = api(0).split_for_parts();
    Ok(serde_json::to_string_pretty(&openapi::with_examples(&document))? + "\n")
}

/// The whole service as a router.
pub fn router(app: Arc<App>) -> Router {
    let server = app.config.server.clone();
    let max_upload_bytes = app.config.ingest.upload_mib << 20;
    let shared = Shared {
        questions: Arc::new(Semaphore::new(server.max_questions)),
        requests: Arc::new(Semaphore::new(server.max_requests)),
        strangers: Arc::new(Semaphore::new(server.max_requests)),
        sign_ins: Arc::new(Semaphore::new(MAX_SIGN_INS)),
        pictures: Arc::new(Semaphore::new(MAX_PICTURES)),
        bundles: Arc::new(Semaphore::new(MAX_BUNDLES)),
        refusals: Arc::default(),
        metrics: recorder(),
        app,
    };
    let (router, document) = api(max_upload_bytes).split_for_parts();
    let document: Arc<str> = openapi::with_examples(&document).to_string().into();
    let openapi = move || async move { ([(header::CONTENT_TYPE, "application/json")], document.to_string()) };
    router
        .route("/openapi.json", axum::routing::get(openapi))
        .fallback(pages::page)
        .layer(from_fn_with_state((shared.clone(), Duration::from_secs(server.timeout_s)), bounded))
        .layer(from_fn_with_state(shared.clone(), access::gate))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| Problem::internal().into_response()))
        .layer(DefaultBodyLimit::max(server.max_body_bytes))
        .layer(from_fn_with_state(shared.clone(), problem::render))
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
        ))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, NewRequestId))
        .with_state(shared)
}

/// Sheds what is too much, gives up what takes too long, and counts.
async fn bounded(State((shared, timeout)): State<(Shared, Duration)>, request: Request, next: Next) -> Response {
    // What matches no route is a file of the pages.
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let is_operation = matches!(route, "/healthz" | "/readyz" | "/metrics");
    let is_upload = route == "/v1/library/ingests" && request.method() == Method::POST;
    let timeout = if is_upload { UPLOAD_TIMEOUT } else { timeout };
    let response = if is_operation || SELF_BOUNDED.contains(&route) {
        next.run(request).await
    } else {
        // Whoever wants a file of the pages is not asked who they are: it is sent at once.
        let is_stranger = request.extensions().get::<Caller>().is_some_and(|caller| caller.who.is_none());
        let place = if is_stranger { shared.place_outside() } else { shared.place() };
        match place {
            Err(busy) => busy.into_response(),
            Ok(_place) => match tokio::time::timeout(timeout, next.run(request)).await {
                Ok(response) => response,
                Err(_) => {
                    Problem::new(StatusCode::GATEWAY_TIMEOUT, "timeout", "the request took too long and was given up")
                        .into_response()
                }
            },
        }
    };
    metrics::counter!("osler_http_responses_total", "status" => response.status().as_str().to_owned()).increment(1);
    response
}

/// A request brings its own id if it is short and plain; otherwise it gets one.
#[derive(Clone, Copy)]
struct NewRequestId;

impl MakeRequestId for NewRequestId {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        HeaderValue::from_str(&uuid::Uuid::now_v7().to_string()).ok().map(RequestId::new)
    }
}

/// The id of a request, as far as it can be printed.
fn request_id(headers: &axum::http::HeaderMap) -> String {
    let id = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).unwrap_or_default();
    id.chars().filter(|c| c.is_ascii_graphic()).take(64).collect()
}

/// Does what waits for the disk on a thread that may wait.
async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, Problem>
where
    T: Send + 'static,
    E: Into<Problem> + Send + 'static,
{
    tokio::task::spawn_blocking(work).await.map_err(|_| Problem::internal())?.map_err(Into::into)
}

/// A number in a query or path.
fn number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, Problem> {
    text.parse()
        .map_err(|_| Problem::bad_request("bad_number", &format!("{name} must be a whole number; it is {text:?}")))
}

/// One recorder for the process, whichever router was made first.
fn recorder() -> PrometheusHandle {
    static HANDLE: std::sync::OnceLock<PrometheusHandle> = std::sync::OnceLock::new();
    let install = || {
        let builder = PrometheusBuilder::new();
        builder.install_recorder().unwrap_or_else(|_| PrometheusBuilder::new().build_recorder().handle())
    };
    HANDLE.get_or_init(install).clone()
}
