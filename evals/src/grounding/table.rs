//! What the benchmark found, as a table.

use std::fmt;
use std::time::Duration;

use knowledge::Verdict;
use serde::Serialize;
use serde_json::json;

use super::mutants::CLASSES;
use super::{Case, Class};
use crate::baseline::{Figure, percent};

/// One class or kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Row {
    /// Its name.
    pub name: &'static str,
    /// Mutants, as against paraphrases.
    pub is_mutant: bool,
    /// How many there were.
    pub cases: usize,
    /// How many were passed as supported though wrong, or not passed though right.
    pub wrong: usize,
    /// The least share of mutants to be caught, in percent.
    pub reach: Option<u8>,
}

impl Row {
    /// Mutants caught, or false alarms, in percent.
    fn percent(&self) -> f64 {
        let wrong = percent(self.wrong, self.cases);
        if self.is_mutant { 100.0 - wrong } else { wrong }
    }
}

/// The outcome of the benchmark.
#[derive(Debug, Clone)]
pub struct Table {
    /// Every case.
    pub cases: Vec<Case>,
    /// By class and kind, then all mutants and all paraphrases.
    rows: Vec<Row>,
    sentences: usize,
    checking: Duration,
    answer: Duration,
}

/// False alarms that are bearable, in percent of paraphrases.
const MOST_FALSE_ALARMS: f64 = 2.0;

impl Table {
    pub(super) fn new(cases: Vec<Case>, sentences: usize, checking: Duration, answer: Duration) -> Self {
        let count = |name: &'static str, is_mutant: bool, reach, of: &dyn Fn(&Case) -> bool| {
            let of: Vec<&Case> = cases.iter().filter(|case| case.is_mutant == is_mutant && of(case)).collect();
            Row { name, is_mutant, cases: of.len(), wrong: of.iter().filter(|case| case.is_wrong()).count(), reach }
        };
        let mut rows: Vec<Row> = CLASSES
            .iter()
            .map(|&(class, reach): &(Class, Option<u8>)| {
                count(class.name(), true, reach, &|case| case.name == class.name())
            })
            .collect();
        let mut kinds: Vec<&'static str> = cases.iter().filter(|case| !case.is_mutant).map(|case| case.name).collect();
        kinds.sort_unstable();
        kinds.dedup();
        rows.push(count("all mutants", true, None, &|_| true));
        rows.extend(kinds.into_iter().map(|kind| count(kind, false, None, &|case| case.name == kind)));
        rows.push(count("all paraphrases", false, None, &|_| true));
        Self { cases, rows, sentences, checking, answer }
    }

    /// The rows that miss what they should reach.
    pub fn short_of_reach(&self) -> Vec<&'static str> {
        let misses = |row: &&Row| match row.reach {
            Some(reach) => row.cases > 0 && row.percent() < f64::from(reach),
            None => row.name == "all paraphrases" && row.percent() > MOST_FALSE_ALARMS,
        };
        self.rows.iter().filter(misses).map(|row| row.name).collect()
    }

    /// Microseconds to check one statement against a passage that has been read, on average.
    pub fn micros_per_check(&self) -> f64 {
        self.checking.as_secs_f64() * 1e6 / f64::from(u32::try_from(self.cases.len().max(1)).unwrap_or(u32::MAX))
    }

    /// What is kept of it.
    pub fn figures(&self) -> Vec<Figure> {
        let figure = |row: &Row| {
            if row.is_mutant {
                Figure::share("grounding", &format!("{}: caught", row.name), row.cases - row.wrong, row.cases)
            } else {
                Figure::share("grounding", "false alarms", row.wrong, row.cases).less_is_better()
            }
        };
        // A kind of paraphrase alone says little, and a class of which there is no case nothing.
        let tells = |row: &&Row| row.cases > 0 && (row.is_mutant || row.name == "all paraphrases");
        self.rows.iter().filter(tells).map(figure).collect()
    }

    /// The table as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        let rows: Vec<_> = self
            .rows
            .iter()
            .map(|row| json!({ "name": row.name, "kind": if row.is_mutant { "mutant" } else { "paraphrase" }, "cases": row.cases, "wrong": row.wrong, "percent": row.percent(), "reach": row.reach }))
            .collect();
        json!({ "sentences": self.sentences, "rows": rows, "micros_per_check": self.micros_per_check(), "answer_ms": self.answer.as_secs_f64() * 1e3 })
    }

    /// The cases that went wrong, one a line.
    pub fn mistakes(&self) -> impl Iterator<Item = String> {
        self.cases.iter().filter(|case| case.is_wrong()).map(|case| {
            let verdict = if case.verdict == Verdict::Supported { "passed" } else { case.reason.as_str() };
            format!("{}: {}\n    {}\n    {verdict}", case.name, case.original, case.changed)
        })
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| {:<22} | {:>6} | {:>12} | {:>6} |", "mutants", "cases", "caught", "reach")?;
        writeln!(f, "|{:-<24}|{:->8}|{:->14}|{:->8}|", "", ":", ":", ":")?;
        for row in self.rows.iter().filter(|row| row.is_mutant) {
            let reach = row.reach.map_or(String::new(), |reach| format!("{reach} %"));
            writeln!(f, "| {:<22} | {:>6} | {:>10.2} % | {reach:>6} |", row.name, row.cases, row.percent())?;
        }
        writeln!(f, "\n| {:<22} | {:>6} | {:>12} | {:>6} |", "paraphrases", "cases", "false alarms", "bound")?;
        writeln!(f, "|{:-<24}|{:->8}|{:->14}|{:->8}|", "", ":", ":", ":")?;
        for row in self.rows.iter().filter(|row| !row.is_mutant) {
            let bound = if row.name == "all paraphrases" { "2 %" } else { "" };
            writeln!(f, "| {:<22} | {:>6} | {:>10.2} % | {bound:>6} |", row.name, row.cases, row.percent())?;
        }
        writeln!(
            f,
            "\n{} sentences; {:.0} µs to check a statement against a passage; an answer of 10 statements and 20 passages: {:.1} ms",
            self.sentences,
            self.micros_per_check(),
            self.answer.as_secs_f64() * 1e3
        )
    }
}
