//! How do documents from outside get in? Each connector mirrors its source into a folder, and the ordinary ingest reads
//! that.
//!
//! What has not changed is neither fetched nor ingested again, and a run that ends early goes on where it was. What
//! fails is reported with its reason and stops nothing else. Feeds about how works stand give [`Notice`]s instead of
//! documents.

mod address;
mod articles;
mod backoff;
mod client;
mod crossref;
mod entrez;
mod error;
mod expect;
mod guard;
mod mirror;
mod names;
mod notice;
mod pace;
mod retraction_watch;
mod run;
mod s3;
mod source;
mod urls;

pub use address::is_public;
pub use client::{Client, ClientOptions};
pub use error::{Failure, FetchError};
pub use guard::{Guard, Lookup, Refusal, system_lookup};
pub use mirror::{Kept, Mirror};
pub use run::{Failed, FetchEvent, Fetched};
pub use s3::{S3Key, object_store};
pub use source::{Dois, HeldWord, Source};

use std::sync::atomic::AtomicBool;

use entrez::Wish;
use run::Run;

/// What the caller brings to a source.
#[derive(Debug, Clone, Default)]
pub struct Held {
    /// The DOIs of its documents, for feeds that are asked about them.
    pub dois: Vec<String>,
    /// The key to a store of objects; without one it is asked as anybody may.
    pub s3: Option<S3Key>,
}

/// Brings the mirror up to what the source offers. Raise `stop` to end early without losing anything.
///
/// # Errors
/// A [`FetchError`] when nothing can be fetched, or when it was stopped; what fails with one document is in
/// [`Fetched`].
pub async fn fetch(
    source: &Source,
    mirror: &Mirror,
    client: &Client,
    held: &Held,
    stop: &AtomicBool,
    tell: &mut (dyn FnMut(FetchEvent) + Send),
) -> Result<Fetched, FetchError> {
    source.check()?;
    let mut run = Run { mirror, client, stop, tell, done: Fetched::default() };
    let outcome = match source {
        // The ingest reads them where they are.
        Source::Directory { .. } | Source::Archive { .. } => Ok(()),
        Source::Urls { urls, list } => urls::fetch(&mut run, urls, list.as_deref()).await,
        Source::S3 { bucket, prefix, region, endpoint } => {
            let store = s3::Store { bucket, region, endpoint: endpoint.as_deref(), key: held.s3.as_ref() };
            s3::fetch(&mut run, &store, prefix).await
        }
        Source::PmcOa { ids, query, limit, refresh_days, base_url, contact } => {
            let (query, base_url, contact) = (query.as_deref(), base_url.as_deref(), contact.as_deref());
            let wish = Wish { ids, query, limit: *limit, refresh_days: *refresh_days, base_url, contact };
            entrez::fetch(&mut run, &entrez::PMC, &wish).await
        }
        Source::Pubmed { ids, query, limit, refresh_days, base_url, contact } => {
            let (query, base_url, contact) = (query.as_deref(), base_url.as_deref(), contact.as_deref());
            let wish = Wish { ids, query, limit: *limit, refresh_days: *refresh_days, base_url, contact };
            entrez::fetch(&mut run, &entrez::PUBMED, &wish).await
        }
        Source::Crossref { dois, base_url, contact } => {
            let dois = match dois {
                Dois::Held(HeldWord::Held) => &held.dois,
                Dois::Listed(dois) => dois,
            };
            crossref::fetch(&mut run, dois, base_url.as_deref(), contact.as_deref()).await
        }
        Source::RetractionWatch { path, url } => {
            retraction_watch::fetch(&mut run, path.as_deref(), url.as_deref()).await
        }
    };
    let done = run.done;
    mirror.settle()?;
    outcome.map(|()| done)
}
