//! One run over one source: what came of each document, told as it goes and summed up at the end.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use super::client::{Answer, Ask, Client, Received};
use super::error::{Failure, FetchError};
use super::expect::{Expect, extension_of};
use super::mirror::Mirror;
use super::names::file_name;
use knowledge::Notice;

/// What a run tells while it goes on. Addresses are told without their queries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum FetchEvent {
    /// The source has said what there is.
    Listed {
        /// How many documents.
        documents: usize,
        /// How many more it has that the limit leaves out.
        left_out: usize,
    },
    /// A document came.
    Fetched {
        /// Which.
        what: String,
        /// Its name in the mirror.
        file: String,
        /// Its length.
        bytes: u64,
    },
    /// A document is held already.
    Unchanged {
        /// Which.
        what: String,
    },
    /// A document is not offered, or no longer. A copy that is held stays.
    Gone {
        /// Which.
        what: String,
    },
    /// A document did not come.
    Failed(Failed),
    /// A row or an entry of a feed could not be understood.
    Skipped(Failed),
}

/// Something that did not work, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failed {
    /// What.
    pub what: String,
    /// Why, and what to do about it.
    pub reason: String,
}

/// What a run came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Fetched {
    /// Names in the mirror of files that are new or other than before.
    pub fetched: Vec<String>,
    /// Names in the mirror of files that were held already.
    pub unchanged: Vec<String>,
    /// Documents that the source does not offer, or no longer. Copies that are held stay.
    pub gone: Vec<String>,
    /// Documents that did not come.
    pub failed: Vec<Failed>,
    /// Rows and entries of a feed that could not be understood.
    pub skipped: Vec<Failed>,
    /// Documents that a query has beyond its limit.
    pub left_out: usize,
    /// What feeds say about works.
    pub notices: Vec<Notice>,
}

/// A run in progress.
pub(super) struct Run<'a> {
    pub(super) mirror: &'a Mirror,
    pub(super) client: &'a Client,
    pub(super) stop: &'a AtomicBool,
    pub(super) tell: &'a mut (dyn FnMut(FetchEvent) + Send),
    pub(super) done: Fetched,
}

impl Run<'_> {
    /// Fetches one document into the mirror, if it is other than the one that is held; the path of what is held then.
    pub(super) async fn take(&mut self, ask: &Ask) -> Result<Option<PathBuf>, FetchError> {
        let kept = self.mirror.kept(&ask.key);
        let mut part = self.mirror.part()?;
        let answer = self.client.get(ask, kept.as_ref(), part.as_file_mut(), self.stop).await;
        match answer {
            Ok(Answer::New(received)) => {
                let name = name_of(ask, &received);
                self.keep(&ask.key, ask.shown.clone(), part, name, &received).map(Some)
            }
            Ok(Answer::Unchanged) => {
                let file = kept.map(|kept| kept.file).unwrap_or_default();
                let path = self.mirror.dir().join(&file);
                self.unchanged(ask.shown.clone(), file);
                Ok(Some(path))
            }
            Ok(Answer::Gone) => {
                self.gone(ask.shown.clone());
                Ok(None)
            }
            Err(failure) => self.failed(ask.shown.clone(), &failure).map(|()| None),
        }
    }

    /// Fetches an answer that is only looked at. It is not counted.
    pub(super) async fn look(&mut self, ask: &Ask) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        let answer = self.client.get(ask, None, &mut bytes, self.stop).await?;
        match answer {
            Answer::New(_) => Ok(bytes),
            Answer::Unchanged | Answer::Gone => Err(Failure::Missing),
        }
    }

    /// Keeps a document that came.
    pub(super) fn keep(
        &mut self,
        key: &str,
        what: String,
        part: tempfile::NamedTempFile,
        name: String,
        received: &Received,
    ) -> Result<PathBuf, FetchError> {
        let changed = self.mirror.keep(key, part, name.clone(), received, self.client.now().to_string())?;
        let file = self.mirror.kept(key).map_or(name, |kept| kept.file);
        let path = self.mirror.dir().join(&file);
        if changed {
            (self.tell)(FetchEvent::Fetched { what, file: file.clone(), bytes: received.bytes });
            self.done.fetched.push(file);
        } else {
            self.unchanged(what, file);
        }
        Ok(path)
    }

    pub(super) fn listed(&mut self, documents: usize, left_out: usize) {
        self.done.left_out += left_out;
        (self.tell)(FetchEvent::Listed { documents, left_out });
    }

    pub(super) fn unchanged(&mut self, what: String, file: String) {
        self.done.unchanged.push(file);
        (self.tell)(FetchEvent::Unchanged { what });
    }

    pub(super) fn gone(&mut self, what: String) {
        self.done.gone.push(what.clone());
        (self.tell)(FetchEvent::Gone { what });
    }

    /// Notes that a document did not come; a stop ends the run instead.
    pub(super) fn failed(&mut self, what: String, failure: &Failure) -> Result<(), FetchError> {
        if matches!(failure, Failure::Stopped) {
            return Err(FetchError::Stopped);
        }
        let failed = Failed { what, reason: failure.to_string() };
        self.done.failed.push(failed.clone());
        (self.tell)(FetchEvent::Failed(failed));
        Ok(())
    }

    /// Notes an entry of a feed that says nothing.
    pub(super) fn skipped(&mut self, what: String, reason: String) {
        let skipped = Failed { what, reason };
        self.done.skipped.push(skipped.clone());
        (self.tell)(FetchEvent::Skipped(skipped));
    }

    /// Ends the run if the caller wishes so.
    pub(super) fn check_stop(&self) -> Result<(), FetchError> {
        if self.stop.load(Ordering::Relaxed) { Err(FetchError::Stopped) } else { Ok(()) }
    }
}

/// An error in what a service must say before anything can be fetched.
pub(super) fn service(what: &str, failure: Failure) -> FetchError {
    if matches!(failure, Failure::Stopped) {
        return FetchError::Stopped;
    }
    FetchError::Service { what: what.to_owned(), failure }
}

fn name_of(ask: &Ask, received: &Received) -> String {
    let by_type = || received.content_type.as_deref().and_then(extension_of);
    let extension = match ask.expect {
        Expect::Json => "json",
        Expect::Xml => "xml",
        Expect::Csv => "csv",
        Expect::Document(extension) => extension.or_else(by_type).unwrap_or("bin"),
        Expect::Object => super::expect::extension(ask.url.path()).or_else(by_type).unwrap_or("bin"),
    };
    file_name(&ask.key, ask.url.path(), extension)
}
