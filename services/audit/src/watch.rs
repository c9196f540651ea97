//! Alarms: the numbers of the last days, each held against the limit that those who watch over the service have set for it.

use jiff::Timestamp;
use rusqlite::params;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::figures::{ABSTAINED, DAY_MS, FAILED, RETRACTED, STALE};
use crate::handling::hours;
use crate::{AuditLog, Result};

/// Which numbers are an alarm, over all answers of the last days. It is looked once a minute; what is raised is in `/metrics`, in
/// the log, and on the auditors' page. A share that may be anything has the limit 1, `supported_below` 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Alarms")]
pub struct Thresholds {
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

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            days: 7,
            least: 50,
            supported_below: 0.9,
            abstained_above: 0.6,
            failed_above: 0.02,
            contradicted_above: 0.02,
            stale_above: 0.1,
            disagreed_above: 0.1,
            identifiers_above: 0.05,
            p99_ms_above: None,
            waiting_hours_above: 24,
        }
    }
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MeasureName {
    /// Share of statements that their quotes bear out.
    Supported,
    /// Share of questions with too little evidence, or out of scope.
    Abstained,
    /// Share of questions that failed or never finished.
    Failed,
    /// Share of citations that contradict what rests on them.
    Contradicted,
    /// Share of citations of superseded or expired sources, or of such with an expression of concern.
    Stale,
    /// Citations of what was retracted or withdrawn when it was cited. One is too many.
    Retracted,
    /// Overrides for each answer.
    Disagreed,
    /// Share of questions in which something was seen that may identify a person.
    Identifiers,
    /// Milliseconds that all but one answer in a hundred took at most.
    P99Ms,
    /// Hours that a report of a risk to safety has waited without anybody having taken it up: the longest.
    WaitingHours,
}

impl MeasureName {
    /// As JSON has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::Abstained => "abstained",
            Self::Failed => "failed",
            Self::Contradicted => "contradicted",
            Self::Stale => "stale",
            Self::Retracted => "retracted",
            Self::Disagreed => "disagreed",
            Self::Identifiers => "identifiers",
            Self::P99Ms => "p99_ms",
            Self::WaitingHours => "waiting_hours",
        }
    }

    const fn side(self) -> WrongSide {
        if matches!(self, Self::Supported) { WrongSide::Below } else { WrongSide::Above }
    }

    /// Whether it is judged however few questions there are: one citation, or one report, is enough.
    const fn counts_alone(self) -> bool {
        matches!(self, Self::Retracted | Self::WaitingHours)
    }

    const fn is_share(self) -> bool {
        !self.counts_alone() && !matches!(self, Self::P99Ms)
    }
}

/// On which side of its limit a measure is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WrongSide {
    /// Less is wrong.
    Below,
    /// More is wrong.
    Above,
}

/// How a measure stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MeasureState {
    /// On the right side of its limit, or there is nothing to measure.
    Quiet,
    /// On the wrong side: somebody should look.
    Raised,
    /// Too few questions to say.
    TooFew,
    /// Nobody has set a limit.
    Unwatched,
}

/// A measure of the window.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Measure {
    /// What is measured.
    pub name: MeasureName,
    /// What it comes to; `null` where there is nothing to measure.
    pub value: Option<f64>,
    /// Its limit; `null` where nobody watches it.
    pub limit: Option<f64>,
    /// The side of the limit that is wrong.
    pub side: WrongSide,
    /// How it stands.
    pub state: MeasureState,
}

impl Measure {
    fn judged(name: MeasureName, value: Option<f64>, limit: Option<f64>, is_enough: bool) -> Self {
        let side = name.side();
        let is_wrong = |limit: f64| match (side, value) {
            (_, None) => false,
            (WrongSide::Below, Some(value)) => value < limit,
            // Of overrides there may be more than answers.
            (WrongSide::Above, Some(value)) => value > limit && !(name.is_share() && limit >= 1.0),
        };
        let state = match limit {
            None => MeasureState::Unwatched,
            Some(_) if !is_enough && !name.counts_alone() => MeasureState::TooFew,
            Some(limit) if is_wrong(limit) => MeasureState::Raised,
            Some(_) => MeasureState::Quiet,
        };
        Self { name, value, limit, side, state }
    }
}

/// The measures of the last days.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Watch {
    /// After this time, RFC 3339.
    pub from: String,
    /// Up to and with this one.
    pub to: String,
    /// Days of the window.
    pub days: u32,
    /// Questions in it.
    pub questions: u64,
    /// Questions below which shares and times are not judged.
    pub least: u64,
    /// Each once, always in this order.
    pub measures: Vec<Measure>,
}

impl Watch {
    /// The measures that are on the wrong side of their limits.
    pub fn raised(&self) -> Vec<MeasureName> {
        self.measures.iter().filter(|one| one.state == MeasureState::Raised).map(|one| one.name).collect()
    }
}

/// What was counted in a window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Counted {
    questions: u64,
    /// Questions that have no answer to be kept: searches, and what is asked of what is staged.
    searches: u64,
    abstained: u64,
    failed: u64,
    identified: u64,
    /// Answers that were given.
    answers: u64,
    disagreed: u64,
    statements: u64,
    supported: u64,
    citations: u64,
    contradicted: u64,
    stale: u64,
    retracted: u64,
    p99_ms: Option<u64>,
    /// Of the report that has been open longest.
    waiting_ms: Option<i64>,
}

impl Counted {
    fn judge(&self, limits: &Thresholds) -> Vec<Measure> {
        use MeasureName as Name;
        let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
        let (questions, citations) = (self.questions, self.citations);
        let all = [
            (Name::Supported, share(self.supported, self.statements), Some(limits.supported_below)),
            (Name::Abstained, share(self.abstained, questions), Some(limits.abstained_above)),
            (Name::Failed, share(self.failed, questions), Some(limits.failed_above)),
            (Name::Contradicted, share(self.contradicted, citations), Some(limits.contradicted_above)),
            (Name::Stale, share(self.stale, citations), Some(limits.stale_above)),
            (Name::Retracted, Some(self.retracted as f64), Some(0.0)),
            (Name::Disagreed, share(self.disagreed, self.answers), Some(limits.disagreed_above)),
            (Name::Identifiers, share(self.identified, questions + self.searches), Some(limits.identifiers_above)),
            (Name::P99Ms, self.p99_ms.map(|ms| ms as f64), limits.p99_ms_above.map(|ms| ms as f64)),
            (Name::WaitingHours, self.waiting_ms.map(hours), Some(limits.waiting_hours_above as f64)),
        ];
        let is_enough = questions >= limits.least;
        all.into_iter().map(|(name, value, limit)| Measure::judged(name, value, limit, is_enough)).collect()
    }
}

impl AuditLog {
    /// Judges the window of so many days that ends now.
    ///
    /// # Errors
    /// [`crate::Error`].
    pub fn watch(&self, now_ms: i64, limits: &Thresholds) -> Result<Watch> {
        let days = limits.days.max(1);
        let from_ms = now_ms.saturating_sub(i64::from(days) * DAY_MS);
        let waiting_ms = self.open_since()?.map(|since| now_ms - since);
        let counted = Counted { waiting_ms, ..self.counted(from_ms, now_ms)? };
        let time = |ms: i64| Timestamp::from_millisecond(ms).unwrap_or_default().to_string();
        Ok(Watch {
            from: time(from_ms),
            to: time(now_ms),
            days,
            questions: counted.questions,
            least: limits.least,
            measures: counted.judge(limits),
        })
    }

    /// What is counted of answers that were asked for in `(from_ms, to_ms]`: a window holds what was asked at the very moment.
    fn counted(&self, from_ms: i64, to_ms: i64) -> Result<Counted> {
        const WHEN: &str = "a.asked_ms > ?1 AND a.asked_ms <= ?2";
        let answers = format!(
            "SELECT count(*), sum({ABSTAINED}), sum({FAILED}), sum(identifiers > 0), count(mode), sum(statements), sum(supported),
               count(total_ms) FROM answers a WHERE {WHEN}"
        );
        let cited = format!(
            "SELECT c.standing, c.verdict, sum(c.times) FROM cited c JOIN answers a ON a.n = c.answer WHERE {WHEN} GROUP BY 1, 2"
        );
        let disagreed = format!(
            "SELECT count(*) FROM feedback f JOIN answers a ON a.id = f.answer WHERE f.kind = 'disagree' AND {WHEN}"
        );
        // An entry has one spelling, in which no string can hold this: none needs to be parsed.
        let searched = "SELECT count(*), sum(instr(e.leaf, CAST('\"identifiers\":' AS BLOB)) > 0)
             FROM questions q JOIN entries e ON e.seq = q.seq WHERE q.asked_ms > ?1 AND q.asked_ms <= ?2";
        let slowest = format!(
            "SELECT a.total_ms FROM answers a WHERE {WHEN} AND a.total_ms IS NOT NULL ORDER BY 1 LIMIT 1 OFFSET ?3"
        );
        self.read(|connection| {
            let window = params![from_ms, to_ms];
            let (mut counted, timed) = connection.prepare_cached(&answers)?.query_row(window, |row| {
                let count = |at: usize| row.get::<_, Option<u64>>(at).map(|count| count.unwrap_or(0));
                let counted = Counted {
                    questions: count(0)?,
                    abstained: count(1)?,
                    failed: count(2)?,
                    identified: count(3)?,
                    answers: count(4)?,
                    statements: count(5)?,
                    supported: count(6)?,
                    ..Counted::default()
                };
                Ok((counted, count(7)?))
            })?;
            let mut statement = connection.prepare_cached(&cited)?;
            let mut rows = statement.query(window)?;
            while let Some(row) = rows.next()? {
                let (standing, verdict, times): (String, String, u64) = (row.get(0)?, row.get(1)?, row.get(2)?);
                let counts = |is_so: bool| if is_so { times } else { 0 };
                counted.citations += times;
                counted.contradicted += counts(verdict == "contradicted");
                counted.stale += counts(STALE.contains(&standing.as_str()));
                counted.retracted += counts(RETRACTED.contains(&standing.as_str()));
            }
            let (searches, identified): (u64, Option<u64>) =
                connection.prepare_cached(searched)?.query_row(window, |row| Ok((row.get(0)?, row.get(1)?)))?;
            counted.searches = searches;
            counted.identified += identified.unwrap_or(0);
            counted.disagreed = connection.prepare_cached(&disagreed)?.query_row(window, |row| row.get(0))?;
            if timed > 0 {
                let before = (timed * 99).div_ceil(100) - 1;
                let at = params![from_ms, to_ms, before];
                counted.p99_ms = Some(connection.prepare_cached(&slowest)?.query_row(at, |row| row.get(0))?);
            }
            Ok(counted)
        })
    }
}
