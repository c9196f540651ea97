//! How passages are found: what embeds and orders them, and where their vectors are kept.

use std::path::PathBuf;

use index::ServerOptions;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::secret;

/// What turns texts into vectors. A data directory stays with the model it was made with until another one is prepared by
/// `osler reembed`; then name that one here, and start the service again or send it SIGHUP (`kill -HUP`), which has it take over
/// without a pause. SIGHUP has nothing else be read again.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Embedder {
    /// A model in the list of models.
    pub model: String,
    /// A local directory with a BERT-class sentence encoder, instead.
    pub directory: Option<PathBuf>,
    /// How exactly it calculates: `int8` or `float32`. Vectors of one are not compared with vectors of the other: for a library
    /// that is there the other one is another model.
    pub precision: Precision,
}

impl Default for Embedder {
    fn default() -> Self {
        Self { model: "clinical-minilm-l6-v1".to_owned(), directory: None, precision: Precision::default() }
    }
}

/// How exactly an embedder calculates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// Matrices in whole numbers of eight bits: about twice as fast on a CPU, and passages are found as well (`evals/README.md`).
    #[default]
    Int8,
    /// As it was published.
    Float32,
}

impl Precision {
    /// Its name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Int8 => "int8",
            Self::Float32 => "float32",
        }
    }
}

impl std::str::FromStr for Precision {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Int8, Self::Float32].into_iter().find(|one| one.name() == text).ok_or("it is int8 or float32")
    }
}

impl From<Precision> for inference::Precision {
    fn from(precision: Precision) -> Self {
        match precision {
            Precision::Int8 => Self::Int8,
            Precision::Float32 => Self::Float32,
        }
    }
}

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
}

impl Default for Search {
    fn default() -> Self {
        Self { expansion: true, priors: true }
    }
}

/// What reads the first 20 passages with the question and orders them: a cross-encoder. With neither key nothing does, and the order is
/// that of the search. None comes with the list of models: `osler models pin` makes an entry for one from a model hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Reranker {
    /// A model in the list of models.
    pub model: Option<String>,
    /// A local directory with one in ONNX form (`model.onnx`, its tokenizer and configuration), instead.
    pub directory: Option<PathBuf>,
    /// Seconds it may take for a question, waiting for those before included; after that the order is that of the search, and the
    /// answer says so.
    pub deadline_s: u64,
}

impl Default for Reranker {
    fn default() -> Self {
        Self { model: None, directory: None, deadline_s: 5 }
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
