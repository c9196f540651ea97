//! How is a document asked for? Politely, patiently, and only where the guard allows it.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::fs::File;
use std::io::{self, Seek, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{
    ACCEPT, CONTENT_TYPE, ETAG, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, RETRY_AFTER,
};
use reqwest::{Response, Url};
use sha2::{Digest, Sha256};
use tokio::time::sleep;

use super::backoff;
use super::error::{Failure, FetchError};
use super::expect::Expect;
use super::guard::{self, Guard, Lookup, Refusal, Resolver};
use super::mirror::Kept;
use super::pace::Pace;

/// How often the wish to stop is looked at while waiting.
const LOOK: Duration = Duration::from_millis(20);

/// How a client goes about it.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// The largest document that is fetched, in bytes; 256 MiB unless told.
    pub max_bytes: u64,
    /// How long a connection may take to come about; 10 s.
    pub connect_timeout: Duration,
    /// How long a server may stay silent; 60 s.
    pub read_timeout: Duration,
    /// How long one document may take; 30 minutes.
    pub total_timeout: Duration,
    /// How often one document is tried, the first time included; 5.
    pub tries: u32,
    /// The wait after the first try, doubled after each further one; 1 s.
    pub first_delay: Duration,
    /// The longest wait, also when a service asks for a longer one; 2 minutes.
    pub max_delay: Duration,
    /// What the waits are spread by.
    pub seed: u64,
    /// The least time between two requests to a host; 100 ms.
    pub gap: Duration,
    /// The same for single hosts; 340 ms for NCBI, which allows three a second.
    pub gaps: BTreeMap<String, Duration>,
    /// How names become addresses.
    pub lookup: Lookup,
    /// What time it is.
    pub now: fn() -> Timestamp,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            max_bytes: 256 << 20,
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(60),
            total_timeout: Duration::from_secs(30 * 60),
            tries: 5,
            first_delay: Duration::from_secs(1),
            max_delay: Duration::from_secs(120),
            seed: 0,
            gap: Duration::from_millis(100),
            gaps: BTreeMap::from([("eutils.ncbi.nlm.nih.gov".to_owned(), Duration::from_millis(340))]),
            lookup: guard::system_lookup,
            now: Timestamp::now,
        }
    }
}

/// Asks for documents.
pub struct Client {
    http: reqwest::Client,
    guard: Arc<Guard>,
    pace: Pace,
    options: ClientOptions,
}

/// One document to ask for. Its headers may hold secrets, so it is not to be printed.
#[derive(Clone)]
pub(super) struct Ask {
    /// The name it goes by in the mirror.
    pub(super) key: String,
    /// The same for people, without secrets.
    pub(super) shown: String,
    /// Where it is.
    pub(super) url: Url,
    /// What it must be.
    pub(super) expect: Expect,
    /// Headers of its own.
    pub(super) headers: Vec<(HeaderName, String)>,
}

/// What a service answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// A document.
    New(Received),
    /// What is held is what there is.
    Unchanged,
    /// It is not offered, or no longer.
    Gone,
}

/// A document that came whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Received {
    pub(super) bytes: u64,
    pub(super) sha256: String,
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
    pub(super) content_type: Option<String>,
}

/// Where a document goes. A try that failed leaves nothing of itself.
pub(super) trait Sink {
    fn restart(&mut self) -> io::Result<()>;
    fn take(&mut self, bytes: &[u8]) -> io::Result<()>;
}

impl Sink for Vec<u8> {
    fn restart(&mut self) -> io::Result<()> {
        self.clear();
        Ok(())
    }

    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.extend_from_slice(bytes);
        Ok(())
    }
}

impl Sink for File {
    fn restart(&mut self) -> io::Result<()> {
        self.set_len(0)?;
        self.rewind()
    }

    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }
}

/// A try that failed, and whether another makes sense.
struct Setback {
    failure: Failure,
    again: Again,
}

enum Again {
    Never,
    Soon,
    After(Duration),
}

impl Client {
    /// A client that reaches what `guard` allows.
    ///
    /// # Errors
    /// [`FetchError::Client`].
    pub fn new(guard: Guard, options: ClientOptions) -> Result<Self, FetchError> {
        let guard = Arc::new(guard);
        let http = reqwest::Client::builder()
            .user_agent(concat!("Osler/", env!("CARGO_PKG_VERSION")))
            .no_proxy()
            .referer(false)
            .redirect(guard::redirects(Arc::clone(&guard)))
            .dns_resolver(Arc::new(Resolver { guard: Arc::clone(&guard), lookup: options.lookup }))
            .connect_timeout(options.connect_timeout)
            .read_timeout(options.read_timeout)
            .timeout(options.total_timeout)
            .build()
            .map_err(FetchError::Client)?;
        let pace = Pace::new(options.gap, options.gaps.clone());
        Ok(Self { http, guard, pace, options })
    }

    pub(super) fn guard(&self) -> &Guard {
        &self.guard
    }

    /// The same guard and connections, for a library that makes its own requests.
    pub(super) fn parts(&self) -> (reqwest::Client, Arc<Guard>, &ClientOptions) {
        (self.http.clone(), Arc::clone(&self.guard), &self.options)
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.options.now)()
    }

    /// Asks for a document, or for it only if it is no longer what is `kept`. Raising `stop` ends it at once.
    pub(super) async fn get(
        &self,
        ask: &Ask,
        kept: Option<&Kept>,
        sink: &mut (dyn Sink + Send),
        stop: &AtomicBool,
    ) -> Result<Answer, Failure> {
        self.guard.check_url(&ask.url)?;
        tokio::select! {
            biased;
            () = raised(stop) => Err(Failure::Stopped),
            answer = self.get_patiently(ask, kept, sink) => answer,
        }
    }

    async fn get_patiently(
        &self,
        ask: &Ask,
        kept: Option<&Kept>,
        sink: &mut (dyn Sink + Send),
    ) -> Result<Answer, Failure> {
        let ClientOptions { tries, first_delay, max_delay, seed, .. } = self.options;
        let mut tried = 0;
        loop {
            tried += 1;
            let Setback { failure, again } = match self.try_once(ask, kept, sink).await {
                Ok(answer) => return Ok(answer),
                Err(setback) => setback,
            };
            let wait = match again {
                Again::After(wait) if wait > max_delay => return Err(Failure::Later(wait.as_secs())),
                Again::After(wait) => wait,
                Again::Soon => backoff::delay(first_delay, max_delay, tried, seed, &ask.shown),
                Again::Never => return Err(failure),
            };
            if tried >= tries {
                return Err(failure);
            }
            tracing::debug!(what = ask.shown.as_str(), %failure, ?wait, "trying again");
            sleep(wait).await;
        }
    }

    async fn try_once(&self, ask: &Ask, kept: Option<&Kept>, sink: &mut (dyn Sink + Send)) -> Result<Answer, Setback> {
        let _turn = self.pace.turn(ask.url.host_str().unwrap_or_default()).await;
        sink.restart().map_err(never)?;
        let mut request = self.http.get(ask.url.clone()).header(ACCEPT, ask.expect.accept());
        for (name, value) in &ask.headers {
            request = request.header(name, value);
        }
        if let Some(etag) = kept.and_then(|kept| kept.etag.as_deref()) {
            request = request.header(IF_NONE_MATCH, etag);
        }
        if let Some(date) = kept.and_then(|kept| kept.last_modified.as_deref()) {
            request = request.header(IF_MODIFIED_SINCE, date);
        }
        let mut response = request.send().await.map_err(setback)?;
        match response.status().as_u16() {
            200 => {}
            304 if kept.is_some() => return Ok(Answer::Unchanged),
            404 | 410 => return Ok(Answer::Gone),
            status => return Err(self.bad_status(status, &response)),
        }
        let content_type = header(&response, CONTENT_TYPE);
        if !ask.expect.fits(content_type.as_deref()) {
            let found = content_type.unwrap_or_else(|| "nothing said".to_owned());
            return Err(never(Failure::WrongType { found, wanted: ask.expect.wanted() }));
        }
        let (etag, last_modified) = (header(&response, ETAG), header(&response, LAST_MODIFIED));
        let (bytes, sha256) = self.receive(&mut response, sink).await?;
        Ok(Answer::New(Received { bytes, sha256, etag, last_modified, content_type }))
    }

    /// Takes in the body. What is said of its length is believed only where it is too much.
    async fn receive(&self, response: &mut Response, sink: &mut (dyn Sink + Send)) -> Result<(u64, String), Setback> {
        let limit = self.options.max_bytes;
        let too_large = || never(Failure::TooLarge(limit));
        if response.content_length().is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let (mut bytes, mut hash) = (0_u64, Sha256::new());
        while let Some(chunk) = response.chunk().await.map_err(setback)? {
            bytes = bytes.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
            if bytes > limit {
                return Err(too_large());
            }
            hash.update(&chunk);
            sink.take(&chunk).map_err(never)?;
        }
        Ok((bytes, hex(&hash.finalize())))
    }

    fn bad_status(&self, status: u16, response: &Response) -> Setback {
        let again = match status {
            408 | 425 | 429 | 500..=599 => {
                let asked = header(response, RETRY_AFTER).and_then(|text| backoff::retry_after(&text, self.now()));
                asked.map_or(Again::Soon, Again::After)
            }
            _ => Again::Never,
        };
        Setback { failure: Failure::Status(status), again }
    }
}

async fn raised(stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        sleep(LOOK).await;
    }
}

fn header(response: &Response, name: HeaderName) -> Option<String> {
    Some(response.headers().get(name)?.to_str().ok()?.to_owned())
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn never(failure: impl Into<Failure>) -> Setback {
    Setback { failure: failure.into(), again: Again::Never }
}

/// What the guard refused, it refuses the next time too; what the network did may pass.
fn setback(error: reqwest::Error) -> Setback {
    let mut causes: Vec<String> = Vec::new();
    let again = if error.is_builder() || error.is_redirect() { Again::Never } else { Again::Soon };
    // Without its address, which may hold secrets and is named anyway.
    let error = error.without_url();
    let mut next: Option<&(dyn StdError + 'static)> = Some(&error);
    while let Some(cause) = next {
        if let Some(refusal) = cause.downcast_ref::<Refusal>() {
            return never(refusal.clone());
        }
        causes.push(cause.to_string());
        next = cause.source();
    }
    Setback { failure: Failure::Network(causes.join(": ")), again }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sink_forgets_a_try_that_failed() {
        let mut bytes = Vec::new();
        bytes.take(b"half").unwrap();
        bytes.restart().unwrap();
        bytes.take(b"whole").unwrap();
        assert_eq!(bytes, b"whole");
        let mut file = tempfile::tempfile().unwrap();
        file.take(b"longer half").unwrap();
        file.restart().unwrap();
        file.take(b"whole").unwrap();
        assert_eq!(file.metadata().unwrap().len(), 5);
    }

    #[test]
    fn hashes_are_those_of_the_house() {
        assert_eq!(hex(&Sha256::digest(b"x")), knowledge::sha256_hex(b"x"));
    }
}
