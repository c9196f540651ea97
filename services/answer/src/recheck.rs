//! The verdicts of an answer, made again from what is in it, by whoever holds it: its statements, quotes, headings and titles.

use grounding::{RULES, Source, check_all};
use knowledge::Verdict;
use serde::Deserialize;

use crate::draft::lines;

#[derive(Deserialize)]
struct Said {
    #[serde(default = "first_rules")]
    rules: u32,
    statements: Vec<SaidStatement>,
    evidence: Vec<SaidEvidence>,
}

/// Answers from before rules were numbered have none.
fn first_rules() -> u32 {
    1
}

#[derive(Deserialize)]
struct SaidStatement {
    text: String,
    verdict: Verdict,
    citations: Vec<SaidCitation>,
}

#[derive(Deserialize)]
struct SaidCitation {
    evidence: String,
    quote: String,
    verdict: Verdict,
}

#[derive(Deserialize)]
struct SaidEvidence {
    id: String,
    section: Vec<String>,
    document: SaidDocument,
}

#[derive(Deserialize)]
struct SaidDocument {
    title: String,
}

/// What the rules say otherwise than an answer (as JSON) does, an empty list when they agree; nothing when its verdicts were given
/// by other rules than these.
pub fn recheck(answer: &serde_json::Value) -> Option<Vec<String>> {
    let Ok(said) = Said::deserialize(answer) else { return Some(vec!["it is not an answer".to_owned()]) };
    if said.rules != RULES {
        return None;
    }
    let mut differences = Vec::new();
    for (at, statement) in said.statements.iter().enumerate() {
        let mut sources = Vec::new();
        for citation in &statement.citations {
            let evidence = said.evidence.iter().find(|evidence| evidence.id == citation.evidence);
            let Some(evidence) = evidence else {
                differences.push(format!("statement {} cites evidence that is not there", at + 1));
                continue;
            };
            let above = evidence.section.iter().chain([&evidence.document.title]);
            sources.push(Source::new(&citation.quote, above.map(String::as_str)));
        }
        let (joint, each) = check_all(&statement.text, &sources.iter().collect::<Vec<_>>());
        // A statement that is its quote says what the quote says, whatever the rules make of its words.
        let is_quote = |citation: &SaidCitation| lines(&citation.quote) == statement.text;
        for (citation, check) in statement.citations.iter().zip(&each) {
            let verdict = if is_quote(citation) { Verdict::Supported } else { check.verdict };
            if verdict != citation.verdict {
                differences.push(format!("statement {}: a quote is {verdict}, not {}", at + 1, citation.verdict));
            }
        }
        let verdict = if statement.citations.iter().any(is_quote) { Verdict::Supported } else { joint.verdict };
        if verdict != statement.verdict {
            differences.push(format!("statement {} is {verdict}, not {}", at + 1, statement.verdict));
        }
    }
    Some(differences)
}
