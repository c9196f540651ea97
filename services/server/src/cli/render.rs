//! An answer on a terminal.

use std::fmt::Write;

use answer::{Answer, Status};
use knowledge::{Access, Evidence};

/// The answer as text: statements with numbers, then what each number stands for with its exact quote.
pub(super) fn answer(answer: &Answer) -> String {
    let mut out = String::new();
    if let Some(banner) = &answer.banner {
        let _ = writeln!(out, "! {banner}\n");
    }
    if let Some(note) = note(answer) {
        let _ = writeln!(out, "{note}\n");
    }
    for statement in &answer.statements {
        let numbers: String = statement.citations.iter().map(|citation| format!(" [{}]", citation.n)).collect();
        let _ = writeln!(out, "• {}{numbers}", statement.text.replace('\n', "\n  "));
    }
    let citations: Vec<_> = answer.statements.iter().flat_map(|statement| &statement.citations).collect();
    if !citations.is_empty() {
        out.push_str("\nSources\n");
    }
    for citation in citations {
        let Some(evidence) = answer.evidence.iter().find(|evidence| evidence.id == citation.evidence) else { continue };
        let _ = writeln!(out, "[{}] {}", citation.n, source(evidence));
        let _ = writeln!(out, "    “{}”", citation.quote.replace('\n', "\n     "));
    }
    if !answer.conflicts.is_empty() {
        out.push_str("\nSources disagree\n");
    }
    for conflict in &answer.conflicts {
        let _ = writeln!(out, "- {}", conflict.reason);
        for position in &conflict.positions {
            let _ = writeln!(out, "    {}: “{}”", position.said_by, position.quote.replace('\n', "\n     "));
        }
    }
    if !answer.unknowns.is_empty() {
        out.push_str("\nNot known\n");
    }
    for unknown in &answer.unknowns {
        let _ = writeln!(out, "- {}", unknown.text);
    }
    if !answer.closest.is_empty() {
        out.push_str("\nClosest passages\n");
        for evidence in &answer.closest {
            let _ = writeln!(out, "- {}", source(evidence));
            let text = evidence.text.split_whitespace().collect::<Vec<_>>().join(" ");
            let _ = writeln!(out, "    {}", shortened(&text, 240));
        }
    }
    let model = answer.model.as_ref().map_or("no model", |model| model.id.as_str());
    let seconds = std::time::Duration::from_millis(answer.timings_ms.total).as_secs_f64();
    let _ = writeln!(out, "\nSnapshot {}, {model}, {seconds:.1} s, answer {}", answer.snapshot, answer.id);
    out
}

/// Passages on a terminal, best first.
pub(super) fn hits(hits: &[Evidence]) -> String {
    let mut out = String::new();
    for (at, hit) in (1..).zip(hits) {
        let _ = writeln!(out, "{at}. {}", source(hit));
        let text = hit.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let _ = writeln!(out, "   {}\n", shortened(&text, 320));
    }
    if hits.is_empty() {
        out.push_str("Nothing found.\n");
    }
    out
}

fn note(answer: &Answer) -> Option<String> {
    let what = match answer.status {
        Status::Answered => return None,
        Status::Partial => "Partly answered",
        Status::NoEvidence => "Not answered",
        Status::RefusedScope => "Refused",
        Status::Extractive => "Extractive",
        Status::Degraded => "Answered with a part of the service missing",
    };
    Some(match &answer.reason {
        Some(reason) => format!("{what}: {reason}."),
        None => format!("{what}."),
    })
}

/// Document, issuer, year, section, and what else a reader must know of it.
fn source(evidence: &Evidence) -> String {
    let document = &evidence.document;
    let year = document.published.as_deref().and_then(|date| date.get(..4)).unwrap_or("undated");
    let mut line = format!("{}. {}, {year}", document.title, document.issuer);
    if !evidence.section.is_empty() {
        let _ = write!(line, ". {}", evidence.section.join(" › "));
    }
    let _ = write!(line, " ({}", document.kind.as_str().replace('_', " "));
    if document.access == Access::AbstractOnly {
        line.push_str(", abstract only");
    }
    line.push(')');
    line
}

fn shortened(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars { text.to_owned() } else { text.chars().take(chars).chain(['…']).collect() }
}
