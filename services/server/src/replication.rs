//! One library on several machines: the writer publishes ledger and full-text index to an object store as numbered states,
//! replicas answer from copies and keep records of their own.

mod follow;
mod history;
mod memory;
mod push;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use ingest::connect::{Client, ClientOptions, Guard, object_store};
use replication::{Depot, State};
use serde::{Deserialize, Serialize};

use crate::config::{Replication, Shared};

pub use follow::{Begun, Freshness, Replica, begin, ledger_in};
pub use memory::Memory;
pub use push::{Pushed, Writer};

/// The ledger in a state.
const LEDGER: &str = "ledger.db";

/// The folder of the full-text index in a state.
const WORDS: &str = "words";

/// What a state says of the library in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The version of Osler that published it.
    pub osler: String,
    /// The key that the writer's log is signed with: which library it is.
    pub writer: String,
    /// How many decisions about the knowledge it holds.
    pub decisions: u64,
    /// A hash that hangs on all of them in their order; empty in states of versions before.
    #[serde(default)]
    pub history: String,
    /// The snapshot that questions see.
    pub published: u64,
    /// The format of the full-text index.
    pub index: u32,
    /// The model that its passages were embedded with.
    pub embedder: String,
}

impl About {
    /// What a state says.
    ///
    /// # Errors
    /// When it is not a library's.
    pub fn of(state: &State) -> Result<Self> {
        serde_json::from_value(state.about().clone())
            .with_context(|| format!("state {} of the store holds no library that this osler can read", state.number()))
    }
}

/// The store that the configuration names.
///
/// # Errors
/// When it makes no sense, or a directory cannot be made.
pub fn depot(config: &Replication) -> Result<Depot> {
    Ok(match config.shared()? {
        Shared::Directory(path) => Depot::in_directory(&path)?,
        Shared::Bucket { bucket, prefix } => {
            let endpoint = config.endpoint.as_deref();
            // The administrator names the store, so it may be in the house; nothing else may be asked by this client.
            let guard = match endpoint {
                Some(endpoint) => Guard::new(&[], &[authority(endpoint)?])?,
                None => Guard::new(&[format!("s3.{}.amazonaws.com", config.region)], &[])?,
            };
            let client = Client::new(guard, options())?;
            Depot::new(object_store(&bucket, &config.region, endpoint, config.key()?.as_ref(), &client)?, &prefix)
        }
    })
}

/// Quick to give up: it is tried again a second later.
fn options() -> ClientOptions {
    ClientOptions {
        connect_timeout: Duration::from_secs(3),
        read_timeout: Duration::from_secs(15),
        total_timeout: Duration::from_secs(120),
        tries: 3,
        first_delay: Duration::from_millis(100),
        max_delay: Duration::from_secs(2),
        ..ClientOptions::default()
    }
}

/// Host and port of an address.
fn authority(endpoint: &str) -> Result<String> {
    let wrong =
        || format!("replication.endpoint must be an address such as http://minio.internal:9000, not {endpoint:?}");
    let url = reqwest::Url::parse(endpoint).with_context(wrong)?;
    let (host, port) = url.host_str().zip(url.port_or_known_default()).with_context(wrong)?;
    Ok(format!("{host}:{port}"))
}

/// A task that goes on whatever happens: a failure is told when it begins and when it becomes another one.
struct Failing {
    what: &'static str,
    told: String,
}

impl Failing {
    fn new(what: &'static str) -> Self {
        Self { what, told: String::new() }
    }

    fn note(&mut self, error: Option<&anyhow::Error>) {
        let text = error.map(|error| format!("{error:#}")).unwrap_or_default();
        if !text.is_empty() && text != self.told {
            tracing::error!("{}: {text}", self.what);
        }
        metrics::gauge!("osler_replication_failing").set(if error.is_some() { 1.0 } else { 0.0 });
        self.told = text;
    }
}

/// Where states lie in a data directory.
fn folder(data: &Path) -> PathBuf {
    data.join("replication")
}
