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
    /// Days that questions and answers are kept at least; 2,192 are six years (45 CFR 164.316).
    pub kept_days: u32,
    /// Whether words may be erased before that, for those whose law asks for it. The entries of the log stay.
    pub early_erasure: bool,
    /// Witnesses that sign the log's checkpoints: `url` is where to send them, `key` the public key, `NAME+HASH+KEY`.
    pub witnesses: Vec<WitnessAt>,
    /// Seconds between two checkpoints that are sent to witnesses.
    pub witness_every_s: u64,
    /// Which numbers are an alarm.
    pub alarms: Alarms,
}

/// Which numbers are an alarm, over all answers of the last days. It is looked once a minute; what is raised is in `/metrics`, in
/// the log, and on the auditors' page. A share that may be anything has the limit 1, `supported_below` 0.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Alarms {
    /// Days that are looked at.
    pub days: u32,
    /// Questions in these days below which shares and times are not judged.
    pub least: u64,
    /// Least share of statements that their quotes bear out.
    pub supported_below: f64,
    /// Largest share of questions with too little evidence, or out of scope.
    pub abstained_above: f64,
    /// Largest share of questions that failed or never finished.
    pub failed_above: f64,
    /// Largest share of citations that contradict what rests on them.
    pub contradicted_above: f64,
    /// Largest share of citations of superseded or expired sources, or of such with an expression of concern.
    pub stale_above: f64,
    /// Most overrides for each answer.
    pub disagreed_above: f64,
    /// Largest share of questions in which something was seen that may identify a person.
    pub identifiers_above: f64,
    /// Milliseconds within which all but one answer in a hundred are to be there; without it nobody watches them.
    pub p99_ms_above: Option<u64>,
    /// Hours that a report of a risk to safety may wait for somebody to take it up.
    pub waiting_hours_above: u64,
}

impl Default for Alarms {
    fn default() -> Self {
        let Thresholds {
            days,
            least,
            supported_below,
            abstained_above,
            failed_above,
            contradicted_above,
            stale_above,
            disagreed_above,
            identifiers_above,
            p99_ms_above,
            waiting_hours_above,
        } = Thresholds::default();
        Self {
            days,
            least,
            supported_below,
            abstained_above,
            failed_above,
            contradicted_above,
            stale_above,
            disagreed_above,
            identifiers_above,
            p99_ms_above,
            waiting_hours_above,
        }
    }
}

/// Days that can be looked at, at most: ten years.
const MAX_DAYS: u32 = 3_660;

impl Alarms {
    /// The same for the log, which judges by them.
    pub fn thresholds(&self) -> Thresholds {
        let Self {
            days,
            least,
            supported_below,
            abstained_above,
            failed_above,
            contradicted_above,
            stale_above,
            disagreed_above,
            identifiers_above,
            p99_ms_above,
            waiting_hours_above,
        } = *self;
        Thresholds {
            days,
            least,
            supported_below,
            abstained_above,
            failed_above,
            contradicted_above,
            stale_above,
            disagreed_above,
            identifiers_above,
            p99_ms_above,
            waiting_hours_above,
        }
    }

    /// Refuses limits that nothing could be held against.
    ///
    /// # Errors
    /// With the key and what it must be.
    pub(super) fn check(&self) -> Result<()> {
        if !(1..=MAX_DAYS).contains(&self.days) {
            bail!("audit.alarms.days must be between 1 and {MAX_DAYS}");
        }
        let shares = [
            ("supported_below", self.supported_below),
            ("abstained_above", self.abstained_above),
            ("failed_above", self.failed_above),
            ("contradicted_above", self.contradicted_above),
            ("stale_above", self.stale_above),
            ("disagreed_above", self.disagreed_above),
            ("identifiers_above", self.identifiers_above),
        ];
        match shares.into_iter().find(|(_, limit)| !(0.0..=1.0).contains(limit)) {
            Some((key, _)) => bail!("audit.alarms.{key} must be between 0 and 1"),
            None => Ok(()),
        }
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
            alarms: Alarms::default(),
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
