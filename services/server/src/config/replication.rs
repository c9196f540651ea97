//! The keys of `[replication]`.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::s3_key;

/// What this machine is to the library.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The only one that has it.
    #[default]
    Alone,
    /// The one that changes it, and publishes it for the others.
    Writer,
    /// One of those that answer from what the writer published.
    Replica,
}

/// One library on several machines: the writer puts it into an object store, replicas answer from copies.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Replication {
    /// `alone`, `writer` or `replica`.
    pub role: Role,
    /// Where it is shared: `s3://BUCKET/PREFIX`, or the path of a directory that all machines reach.
    pub store: Option<String>,
    /// With `s3:`: the address of a store other than Amazon's, such as `http://minio.internal:9000`.
    pub endpoint: Option<String>,
    /// With `s3:`: the region.
    pub region: String,
    /// With `s3:`: the environment variable that holds the id of its key; without it no request is signed.
    pub access_key_env: Option<String>,
    /// With `s3:`: the environment variable that holds its secret.
    pub secret_key_env: Option<String>,
    /// With `s3:`: the environment variable that holds the token of a key that was lent for a while.
    pub session_token_env: Option<String>,
    /// Seconds between two looks: of the writer at its library, of a replica at the store.
    pub every_s: u64,
    /// Seconds after which a replica that cannot look at the store says that it is not ready: it would not learn of a retraction.
    pub stale_after_s: u64,
    /// States that the writer leaves in the store when it tidies up, after every 50th and once a day; replicas that fetch an older one begin anew.
    pub keep: usize,
}

impl Default for Replication {
    fn default() -> Self {
        Self {
            role: Role::Alone,
            store: None,
            endpoint: None,
            region: "us-east-1".to_owned(),
            access_key_env: None,
            secret_key_env: None,
            session_token_env: None,
            every_s: 1,
            stale_after_s: 600,
            keep: 10,
        }
    }
}

/// Where a library is shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shared {
    /// In a directory.
    Directory(PathBuf),
    /// In a bucket, below a prefix.
    Bucket {
        /// Its name.
        bucket: String,
        /// What the names of all objects begin with; may be empty.
        prefix: String,
    },
}

impl Replication {
    /// Where it is shared.
    ///
    /// # Errors
    /// When that is not said, or makes no sense.
    pub fn shared(&self) -> Result<Shared> {
        let store = self
            .store
            .as_deref()
            .context("replication.store must say where the library is shared: a directory, or s3://BUCKET/PREFIX")?;
        let Some(rest) = store.strip_prefix("s3://") else {
            if store.is_empty() || store.contains("://") {
                bail!("replication.store must be the path of a directory, or s3://BUCKET/PREFIX, not {store:?}");
            }
            return Ok(Shared::Directory(PathBuf::from(store)));
        };
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            bail!("replication.store names no bucket: s3://BUCKET/PREFIX");
        }
        Ok(Shared::Bucket { bucket: bucket.to_owned(), prefix: prefix.trim_matches('/').to_owned() })
    }

    /// The key to the store, where one is configured.
    ///
    /// # Errors
    /// When a variable that holds a part of it is not set, or only one of the two parts is named.
    pub fn key(&self) -> Result<Option<::ingest::connect::S3Key>> {
        let (id, secret) = (self.access_key_env.as_deref(), self.secret_key_env.as_deref());
        if id.is_some() != secret.is_some() {
            bail!("replication.access_key_env and replication.secret_key_env go together");
        }
        s3_key(id, secret, self.session_token_env.as_deref())
    }

    pub(super) fn check(&self) -> Result<()> {
        if self.role == Role::Alone {
            return Ok(());
        }
        if self.every_s == 0 || self.keep == 0 || self.stale_after_s == 0 {
            bail!("replication.every_s, replication.stale_after_s and replication.keep must be at least 1");
        }
        self.shared().map(drop)
    }
}
