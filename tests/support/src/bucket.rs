//! A bucket on the loopback: it keeps what is put into it, and honours the conditions that S3 documents.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A store with one bucket, `library`.
pub struct Bucket {
    address: SocketAddr,
    objects: Objects,
    task: JoinHandle<()>,
}

type Objects = Arc<Mutex<BTreeMap<String, Bytes>>>;

impl Bucket {
    /// An empty one.
    pub async fn new() -> Self {
        let objects = Objects::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/library", get(list).post(delete_all))
            .route("/library/{*key}", put(keep).get(fetch))
            .with_state(Arc::clone(&objects));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, objects, task }
    }

    /// Where it is asked.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What is in it, by name.
    pub fn objects(&self) -> BTreeMap<String, Bytes> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn etag(bytes: &Bytes) -> String {
    let sum = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3));
    format!("\"{sum:016x}\"")
}

async fn keep(State(objects): State<Objects>, Path(key): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let mut objects = objects.lock().unwrap_or_else(PoisonError::into_inner);
    if headers.contains_key(header::IF_NONE_MATCH) && objects.contains_key(&key) {
        return StatusCode::PRECONDITION_FAILED.into_response();
    }
    let etag = etag(&body);
    objects.insert(key, body);
    [(header::ETAG, etag)].into_response()
}

async fn fetch(State(objects): State<Objects>, Path(key): Path<String>) -> Response {
    match objects.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        Some(body) => {
            let told = [(header::ETAG, etag(body)), (header::LAST_MODIFIED, MODIFIED.to_owned())];
            (told, body.clone()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

const MODIFIED: &str = "Thu, 01 Jan 2026 00:00:00 GMT";

async fn list(State(objects): State<Objects>, Query(query): Query<BTreeMap<String, String>>) -> Response {
    let of = |name: &str| query.get(name).cloned().unwrap_or_default();
    let (prefix, after) = (of("prefix"), of("start-after"));
    let objects = objects.lock().unwrap_or_else(PoisonError::into_inner);
    let held = objects.iter().filter(|(key, _)| key.starts_with(&prefix) && **key > after);
    let held: String = held
        .map(|(key, body)| {
            format!(
                "<Contents><Key>{key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>{}</ETag><Size>{}</Size>\
                 </Contents>",
                etag(body).replace('"', "&quot;"),
                body.len()
            )
        })
        .collect();
    xml(&format!("<ListBucketResult><IsTruncated>false</IsTruncated>{held}</ListBucketResult>"))
}

/// Names are plain here: nothing in them is escaped.
async fn delete_all(State(objects): State<Objects>, body: String) -> Response {
    let mut objects = objects.lock().unwrap_or_else(PoisonError::into_inner);
    for key in body.split("<Key>").skip(1).filter_map(|rest| rest.split_once("</Key>")) {
        objects.remove(key.0);
    }
    xml("<DeleteResult></DeleteResult>")
}

fn xml(text: &str) -> Response {
    ([(header::CONTENT_TYPE, "application/xml")], format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}"))
        .into_response()
}
