//! How passages are found, and where their vectors are kept.

use std::path::PathBuf;

use index::ServerOptions;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::secret;

/// How passages are found.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Search {
    /// Whether other names of what a question names are searched for too, at less than the weight of its own words: medicines
    /// by all their names, abbreviations by what they stand for, words of patients by terms of the literature.
    pub expansion: bool,
    /// Whether the kind, date and standing of a document count, by at most 0.015 where a perfect match has 1. Every hit shows
    /// what it got.
    pub priors: bool,
    /// A directory with a cross-encoder in ONNX form (`model.onnx`, its tokenizer and configuration) that reads the first 20
    /// passages with the question and orders them. Without one the order is that of the search.
    pub reranker: Option<PathBuf>,
}

impl Default for Search {
    fn default() -> Self {
        Self { expansion: true, priors: true, reranker: None }
    }
}

/// Where vectors are kept.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Vectors {
    /// A Qdrant server's gRPC address, such as `http://127.0.0.1:6334`; without it Qdrant runs in this process.
    pub url: Option<String>,
    /// The environment variable that holds the server's key.
    pub api_key_env: Option<String>,
    /// What the names of collections on the server begin with: there is one for every embedding model. Each library on a server needs
    /// a name of its own.
    pub collection: String,
    /// With `url`: parts that a new collection is divided into over the nodes of a cluster.
    pub shards: Option<u32>,
    /// With `url`: nodes that hold each part.
    pub replicas: Option<u32>,
    /// With `url`: hold vectors in memory with a byte for each number, and in full on the disk. In this process that is done
    /// from 20,000 passages on.
    pub quantised: bool,
}

impl Default for Vectors {
    fn default() -> Self {
        let collection = "osler".to_owned();
        Self { url: None, api_key_env: None, collection, shards: None, replicas: None, quantised: false }
    }
}

impl Vectors {
    /// The server, where one is configured.
    ///
    /// # Errors
    /// When the variable that holds its key is not set.
    pub fn server(&self) -> anyhow::Result<Option<ServerOptions>> {
        let Some(url) = self.url.clone() else { return Ok(None) };
        let api_key = secret(self.api_key_env.as_deref())?;
        let Self { collection, shards, replicas, quantised, .. } = self.clone();
        Ok(Some(ServerOptions { url, api_key, collection, shards, replicas, quantised }))
    }
}
