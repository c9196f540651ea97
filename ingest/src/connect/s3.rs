//! A bucket: what is in it is listed, and what is new or other than before is fetched.
//!
//! `object_store` speaks the store's language and signs; its requests go through the guarded client as all others do.

use std::fmt;
use std::io::Write;
use std::sync::Arc;

use async_trait::async_trait;
use futures::TryStreamExt;
use http_body_util::BodyExt;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::client::{
    ClientOptions, HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody,
    HttpService,
};
use object_store::path::Path;
use object_store::{BackoffConfig, ObjectMeta, ObjectStore, ObjectStoreExt, RetryConfig};
use sha2::{Digest, Sha256};

use super::client::{Client, Received, hex};
use super::error::{Failure, FetchError};
use super::guard::Guard;
use super::names::{file_name, shown};
use super::run::{Run, service};

/// A key to a store of objects.
#[derive(Clone, PartialEq, Eq)]
pub struct S3Key {
    /// Its public part.
    pub access_key_id: String,
    /// Its secret part.
    pub secret_access_key: String,
    /// What a key that was lent for a while has besides.
    pub session_token: Option<String>,
}

impl fmt::Debug for S3Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Key").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// Where the objects are.
pub(super) struct Store<'a> {
    pub(super) bucket: &'a str,
    pub(super) region: &'a str,
    pub(super) endpoint: Option<&'a str>,
    pub(super) key: Option<&'a S3Key>,
}

/// A store for what Osler itself keeps in one. Its requests are the client's, so its host must be one that may be asked.
///
/// # Errors
/// [`FetchError::Source`] when names or addresses make no sense.
pub fn object_store(
    bucket: &str,
    region: &str,
    endpoint: Option<&str>,
    key: Option<&S3Key>,
    client: &Client,
) -> Result<Arc<dyn ObjectStore>, FetchError> {
    let opened = Store { bucket, region, endpoint, key }.open(client);
    Ok(Arc::new(opened.map_err(|failure| FetchError::Source(failure.to_string()))?))
}

pub(super) async fn fetch(run: &mut Run<'_>, store: &Store<'_>, prefix: &str) -> Result<(), FetchError> {
    let what = format!("the list of s3://{}/{prefix}", store.bucket);
    let objects = store.open(run.client).map_err(|failure| service(&what, failure))?;
    // Names below a folder: a prefix that ends within a name is no folder, so it is compared here as well.
    let folder = prefix.rsplit_once('/').map(|(folder, _)| Path::from(folder));
    let listed: Result<Vec<ObjectMeta>, _> = objects.list(folder.as_ref()).try_collect().await;
    let mut listed = listed.map_err(|error| service(&what, failure_of(error)))?;
    // Objects of no length stand for folders.
    listed.retain(|object| object.location.as_ref().starts_with(prefix) && object.size > 0);
    listed.sort_by(|a, b| a.location.cmp(&b.location));
    run.listed(listed.len(), 0);
    for object in listed {
        run.check_stop()?;
        let key = format!("s3://{}/{}", store.bucket, object.location);
        let held = run.mirror.kept(&key).filter(|kept| kept.bytes == object.size && kept.etag == object.e_tag);
        if let Some(kept) = held.filter(|kept| kept.etag.is_some()) {
            run.unchanged(shown(&key), kept.file);
            continue;
        }
        let mut part = run.mirror.part()?;
        match receive(&objects, &object, run.client.parts().2.max_bytes, part.as_file_mut()).await {
            Ok(received) => {
                let name = file_name(&key, object.location.as_ref(), extension(object.location.as_ref()));
                run.keep(&key, shown(&key), part, name, &received)?;
            }
            Err(failure) => run.failed(shown(&key), &failure)?,
        }
    }
    Ok(())
}

fn extension(name: &str) -> &str {
    super::expect::extension(name).unwrap_or("bin")
}

async fn receive(
    objects: &AmazonS3,
    object: &ObjectMeta,
    max_bytes: u64,
    to: &mut impl Write,
) -> Result<Received, Failure> {
    let mut stream = objects.get(&object.location).await.map_err(failure_of)?.into_stream();
    let (mut digest, mut bytes) = (Sha256::new(), 0);
    while let Some(chunk) = stream.try_next().await.map_err(failure_of)? {
        bytes += chunk.len() as u64;
        if bytes > max_bytes {
            return Err(Failure::TooLarge(max_bytes));
        }
        digest.update(&chunk);
        to.write_all(&chunk)?;
    }
    let sha256 = hex(&digest.finalize());
    Ok(Received { bytes, sha256, etag: object.e_tag.clone(), last_modified: None, content_type: None })
}

fn failure_of(error: object_store::Error) -> Failure {
    match error {
        object_store::Error::NotFound { .. } => Failure::Missing,
        object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
            Failure::Status(403)
        }
        error => Failure::Network(error.to_string()),
    }
}

impl Store<'_> {
    fn open(&self, client: &Client) -> Result<AmazonS3, Failure> {
        let (http, guard, options) = client.parts();
        let backoff =
            BackoffConfig { init_backoff: options.first_delay, max_backoff: options.max_delay, ..Default::default() };
        let retry = RetryConfig {
            backoff,
            max_retries: usize::try_from(options.tries.saturating_sub(1)).unwrap_or(0),
            ..Default::default()
        };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(self.bucket)
            .with_region(self.region)
            .with_retry(retry)
            // Whether a host may be asked so is the guard's to say.
            .with_allow_http(true)
            .with_http_connector(Guarded { http, guard });
        if let Some(endpoint) = self.endpoint {
            builder = builder.with_endpoint(endpoint.trim_end_matches('/'));
        }
        builder = match self.key {
            None => builder.with_skip_signature(true),
            Some(key) => {
                let signed =
                    builder.with_access_key_id(&key.access_key_id).with_secret_access_key(&key.secret_access_key);
                match &key.session_token {
                    Some(token) => signed.with_token(token),
                    None => signed,
                }
            }
        };
        builder.build().map_err(|error| Failure::Malformed(error.to_string()))
    }
}

/// Takes the requests of `object_store` to the guarded client.
#[derive(Debug, Clone)]
struct Guarded {
    http: reqwest::Client,
    guard: Arc<Guard>,
}

impl HttpConnector for Guarded {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for Guarded {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let url = self.guard.parse(&parts.uri.to_string());
        let url = url.map_err(|refusal| HttpError::new(HttpErrorKind::Unknown, refusal))?;
        let mut asked = reqwest::Request::new(parts.method, url);
        *asked.headers_mut() = parts.headers;
        *asked.body_mut() = (body.content_length() > 0).then(|| reqwest::Body::wrap(body));
        let response: http::Response<reqwest::Body> = self.http.execute(asked).await.map_err(error_of)?.into();
        Ok(response.map(|body| HttpResponseBody::new(body.map_err(error_of))))
    }
}

fn error_of(error: reqwest::Error) -> HttpError {
    let kind = match () {
        () if error.is_timeout() => HttpErrorKind::Timeout,
        () if error.is_connect() => HttpErrorKind::Connect,
        () if error.is_body() || error.is_decode() => HttpErrorKind::Interrupted,
        () => HttpErrorKind::Request,
    };
    HttpError::new(kind, error.without_url())
}
