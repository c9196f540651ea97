//! Sources in force that disagree with what an answer cites.

use std::collections::HashSet;

use grounding::{Facet, disagreement};
use knowledge::{Evidence, Kind, char_slice};

use crate::answer::{Conflict, Position, Statement};
use crate::draft::said_by;
use crate::enough::keys;
use crate::select::Selected;

/// Disagreements that are shown.
const MAX_CONFLICTS: usize = 3;

/// Holds the cited sentences against the sentences of the other documents that were found. What disagrees joins the evidence.
pub(crate) fn conflicts(statements: &[Statement], cited: &mut Vec<Evidence>, found: &[Selected]) -> Vec<Conflict> {
    let mut conflicts: Vec<Conflict> = Vec::new();
    for citation in statements.iter().flat_map(|statement| &statement.citations) {
        let Some(mine) = cited.iter().find(|evidence| evidence.id == citation.evidence).cloned() else { continue };
        for theirs in found.iter().filter(|theirs| may_disagree(&mine, &theirs.evidence)) {
            for sentence in &theirs.sentences {
                let Some(quote) = char_slice(&theirs.evidence.text, sentence.span) else { continue };
                let above = (above(&mine), above(&theirs.evidence));
                let Some(finding) = disagreement(&citation.quote, quote, (&above.0, &above.1)) else { continue };
                let known = conflicts.iter().any(|conflict| {
                    conflict.positions.iter().any(|position| position.quote == quote)
                        && conflict.positions.iter().any(|position| position.quote == citation.quote)
                });
                if known || conflicts.len() >= MAX_CONFLICTS {
                    continue;
                }
                let name = join(cited, &theirs.evidence);
                let span = sentence.span.offset_by(theirs.evidence.start);
                let first = Position {
                    evidence: mine.id.clone(),
                    said_by: said_by(&mine),
                    quote: citation.quote.clone(),
                    start: citation.start,
                    end: citation.end,
                };
                let second = Position {
                    evidence: name,
                    said_by: said_by(&theirs.evidence),
                    quote: quote.to_owned(),
                    start: span.start,
                    end: span.end,
                };
                let reason = in_words(finding.facet).to_owned();
                conflicts.push(Conflict { facet: finding.facet, reason, positions: vec![first, second] });
            }
        }
    }
    conflicts
}

/// Two documents that advise, on the same subject. What one patient was given disagrees with nobody.
fn may_disagree(a: &Evidence, b: &Evidence) -> bool {
    let advises = |one: &Evidence| {
        matches!(one.document.kind, Kind::Guideline | Kind::LocalPolicy | Kind::DrugLabel | Kind::Review)
    };
    let subject = |one: &Evidence| -> HashSet<String> {
        let mut words = keys(&one.document.title);
        words.retain(|word| word.len() > 5 && !COMMON.iter().any(|common| word.starts_with(common)));
        words
    };
    a.document.id != b.document.id && advises(a) && advises(b) && !subject(a).is_disjoint(&subject(b))
}

/// Stems of words in titles that are no subject.
const COMMON: [&str; 10] =
    ["guidel", "treatm", "manage", "preven", "diagno", "recomm", "chroni", "diseas", "childr", "patien"];

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
