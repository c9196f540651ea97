//! How the record of everything is kept.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use audit::Thresholds;
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
    /// Days that questions and answers are kept; 2,192 are six years (45 CFR 164.316), and 184 the least. Then the service destroys
    /// their words, unless somebody holds them.
    pub kept_days: u32,
    /// Whether words may be erased before that, for those whose law asks for it. The entries of the log stay.
    pub early_erasure: bool,
    /// Witnesses that sign the log's checkpoints: `url` is where to send them, `key` the public key, `NAME+HASH+KEY`.
    pub witnesses: Vec<WitnessAt>,
    /// Seconds between two checkpoints that are sent to witnesses.
    pub witness_every_s: u64,
    /// Which numbers are an alarm.
    pub alarms: Thresholds,
}

/// Days that can be looked at, at most: ten years.
const MAX_DAYS: u32 = 3_660;

/// Days that words must be kept, at least: the longest six months there are.
const MIN_KEPT_DAYS: u32 = 184;

/// Refuses to keep records for less than the law asks, and limits that nothing could be held against.
///
/// # Errors
/// With the key and what it must be.
pub(super) fn check(audit: &Audit) -> Result<()> {
    if audit.kept_days < MIN_KEPT_DAYS {
        bail!(
            "audit.kept_days must be at least {MIN_KEPT_DAYS}: the law has the records of such a service kept for six months \
             (Regulation (EU) 2024/1689, articles 19 and 26); audit.early_erasure is for single answers before that"
        );
    }
    let alarms = &audit.alarms;
    if !(1..=MAX_DAYS).contains(&alarms.days) {
        bail!("audit.alarms.days must be between 1 and {MAX_DAYS}");
    }
    let shares = [
        ("supported_below", alarms.supported_below),
        ("abstained_above", alarms.abstained_above),
        ("failed_above", alarms.failed_above),
        ("contradicted_above", alarms.contradicted_above),
        ("stale_above", alarms.stale_above),
        ("disagreed_above", alarms.disagreed_above),
        ("identifiers_above", alarms.identifiers_above),
    ];
    match shares.into_iter().find(|(_, limit)| !(0.0..=1.0).contains(limit)) {
        Some((key, _)) => bail!("audit.alarms.{key} must be between 0 and 1"),
        None => Ok(()),
    }
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
            alarms: Thresholds::default(),
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
