//! How the record of everything is kept.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the record of everything is kept.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Audit {
    /// Whose log: stands in every entry.
    pub tenant: String,
    /// A directory with the keys of the log: `log-N.key` signs, `payload-N.key` seals. Without it `keys` in the data
    /// directory, which protects against nobody who can read that.
    pub keys: Option<PathBuf>,
    /// A directory outside of the data directory that remembers how far the log has been signed, so that an older copy of the
    /// data is noticed. Without it `osler/guard` in the user's state directory.
    pub guard: Option<PathBuf>,
    /// Days that questions and answers are kept at least; 2,192 are six years (45 CFR 164.316).
    pub kept_days: u32,
    /// Whether words may be erased before that, for those whose law asks for it. The entries of the log stay.
    pub early_erasure: bool,
    /// Witnesses that sign the log's checkpoints: `url` is where to send them, `key` the public key, `NAME+HASH+KEY`.
    pub witnesses: Vec<WitnessAt>,
    /// Seconds between two checkpoints that are sent to witnesses.
    pub witness_every_s: u64,
}

/// A witness.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WitnessAt {
    /// Its address; `/add-checkpoint` is added.
    pub url: String,
    /// Its public key.
    pub key: String,
}

impl Default for Audit {
    fn default() -> Self {
        Self {
            tenant: "default".to_owned(),
            keys: None,
            guard: None,
            kept_days: 2_192,
            early_erasure: false,
            witnesses: Vec::new(),
            witness_every_s: 10,
        }
    }
}

impl Audit {
    /// How the log of a data directory is kept.
    pub fn options(&self, data: &Path, seams: audit::Seams) -> audit::Options {
        audit::Options {
            tenant: self.tenant.clone(),
            keys: self.keys.clone().unwrap_or_else(|| data.join("keys")),
            guard: self.guard.clone().or_else(super::state_dir),
            kept_days: self.kept_days,
            early_erasure: self.early_erasure,
            seams,
        }
    }
}
