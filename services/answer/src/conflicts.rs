//! Sources in force that disagree with what an answer cites.

use std::collections::HashSet;

use grounding::{Facet, Finding, disagreement, disagreement_within};
use knowledge::{Evidence, Kind, Span, char_slice};

use crate::answer::{Conflict, Position, Statement};
use crate::draft::said_by;
use crate::enough::keys;
use crate::select::Selected;

/// Disagreements that are shown.
const MAX_CONFLICTS: usize = 3;

/// Words that two sentences must share before they are held against each other: what is said of one subject shares more.
const SHARED_WORDS: usize = 2;

/// Holds the cited sentences against the sentences of the other documents that were found, and against what the same section
/// reports of other bodies. What disagrees joins the evidence.
pub(crate) fn conflicts(statements: &[Statement], cited: &mut Vec<Evidence>, found: &[Selected]) -> Vec<Conflict> {
    let mut conflicts: Vec<Conflict> = Vec::new();
    if statements.is_empty() {
        return conflicts;
    }
    let advising: Vec<Found> = found.iter().filter(|theirs| advises(&theirs.evidence)).flat_map(Found::of).collect();
    for citation in statements.iter().flat_map(|statement| &statement.citations) {
        let Some(mine) = cited.iter().find(|evidence| evidence.id == citation.evidence && advises(evidence)).cloned()
        else {
            continue;
        };
        let words = keys(&citation.quote);
        for theirs in advising.iter().filter(|theirs| theirs.words.intersection(&words).count() >= SHARED_WORDS) {
            let Some(finding) = finding(&mine, &citation.quote, theirs) else { continue };
            let known = conflicts.iter().any(|conflict| {
                conflict.positions.iter().any(|position| position.quote == theirs.quote)
                    && conflict.positions.iter().any(|position| position.quote == citation.quote)
            });
            if known {
                continue;
            }
            let name = join(cited, theirs.evidence);
            let first = Position {
                evidence: mine.id.clone(),
                said_by: said_by(&mine),
                quote: citation.quote.clone(),
                start: citation.start,
                end: citation.end,
            };
            let second = Position {
                evidence: name,
                said_by: said_by(theirs.evidence),
                quote: theirs.quote.to_owned(),
                start: theirs.span.start,
                end: theirs.span.end,
            };
            let reason = in_words(finding.facet).to_owned();
            conflicts.push(Conflict { facet: finding.facet, reason, positions: vec![first, second] });
            if conflicts.len() == MAX_CONFLICTS {
                return conflicts;
            }
        }
    }
    conflicts
}

/// A sentence that was found.
struct Found<'a> {
    evidence: &'a Evidence,
    quote: &'a str,
    /// Where it stands in the canonical text.
    span: Span,
    words: HashSet<String>,
}

impl<'a> Found<'a> {
    fn of(selected: &'a Selected) -> impl Iterator<Item = Self> {
        let evidence = &selected.evidence;
        selected.sentences.iter().filter_map(move |sentence| {
            let quote = char_slice(&evidence.text, sentence.span)?;
            Some(Self { evidence, quote, span: sentence.span.offset_by(evidence.start), words: keys(quote) })
        })
    }
}

/// What one patient was given disagrees with nobody.
fn advises(evidence: &Evidence) -> bool {
    matches!(evidence.document.kind, Kind::Guideline | Kind::LocalPolicy | Kind::DrugLabel | Kind::Review)
}

/// In what a quote and a sentence disagree: of two documents, or of two bodies that one document has in one section.
fn finding(mine: &Evidence, quote: &str, theirs: &Found) -> Option<Finding> {
    let (my_own, their_own) = (above(mine), above(theirs.evidence));
    let above: (&[&str], &[&str]) = (&my_own, &their_own);
    if mine.document.id != theirs.evidence.document.id {
        disagreement(quote, theirs.quote, above)
    } else if mine.section == theirs.evidence.section {
        disagreement_within(quote, theirs.quote, above)
    } else {
        None
    }
}

fn in_words(facet: Facet) -> &'static str {
    match facet {
        Facet::Amount | Facet::Number => "they give different amounts",
        Facet::Frequency => "they say differently how often",
        Facet::Polarity => "one advises against what the other advises",
        Facet::Strength => "they differ in how strongly they advise it",
        Facet::Drug => "they prefer different medicines",
        _ => "they say opposite things",
    }
}

fn above(evidence: &Evidence) -> Vec<&str> {
    evidence.section.iter().map(String::as_str).chain([evidence.document.title.as_str()]).collect()
}

/// The name of a passage among the evidence, which it joins if it is not there yet.
fn join(cited: &mut Vec<Evidence>, evidence: &Evidence) -> String {
    if let Some(known) = cited.iter().find(|known| known.passage == evidence.passage) {
        return known.id.clone();
    }
    let id = format!("E{}", cited.len() + 1);
    cited.push(Evidence { id: id.clone(), ..evidence.clone() });
    id
}
