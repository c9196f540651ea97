//! An answer on a terminal.

use std::fmt::Write;

use answer::{Answer, Status};
use knowledge::{Access, ArmScore, Evidence, Scores};

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

/// Passages on a terminal, best first, each with why it stands where it stands.
pub(super) fn hits(hits: &[Evidence], missing: Option<&str>) -> String {
    let mut out = String::new();
    if let Some(missing) = missing {
        let _ = writeln!(out, "! Not the whole search: {missing}\n");
    }
    for (at, hit) in (1..).zip(hits) {
        let _ = writeln!(out, "{at}. {}", source(hit));
        let text = hit.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let _ = writeln!(out, "   {}", shortened(&text, 320));
        let _ = writeln!(out, "   {}\n", why(&hit.scores));
    }
    if hits.is_empty() {
        out.push_str("Nothing found.\n");
    }
    out
}

/// The rank and score in each arm, both together, and what else decided.
fn why(scores: &Scores) -> String {
    let arm = |name: &str, found: Option<ArmScore>| match found {
        Some(ArmScore { rank, score }) => format!("{name} {rank} ({score:.2})"),
        None => format!("{name} -"),
    };
    let mut parts = vec![arm("words", scores.lexical), arm("meaning", scores.dense)];
    parts.push(format!("fused {:.2}", scores.fused));
    parts.extend(scores.sentence.map(|sentence| format!("sentence {sentence:+.3}")));
    parts.extend(scores.support.map(|support| format!("support {support:.2}")));
    parts.extend(scores.document.map(|document| format!("document {document:+.3}")));
    parts.extend(scores.telling.map(|telling| format!("telling {telling:+.3}")));
    parts.extend(scores.prior.map(|prior| format!("prior {prior:+.3}")));
    parts.extend(scores.rerank.map(|rerank| format!("rerank {rerank:.2}")));
    if !scores.expanded.is_empty() {
        parts.push(format!("by {}", scores.expanded.join(" / ")));
    }
    if scores.carried {
        parts.push("cited before".to_owned());
    }
    parts.join(", ")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hit_says_in_one_line_why_it_stands_where_it_stands() {
        let plain = Scores { dense: Some(ArmScore { rank: 8, score: 0.5551 }), fused: 0.2776, ..Scores::default() };
        assert_eq!(why(&plain), "words -, meaning 8 (0.56), fused 0.28");
        let all = Scores {
            lexical: Some(ArmScore { rank: 2, score: 0.7204 }),
            sentence: Some(-0.0123),
            support: Some(0.4499),
            document: Some(0.0311),
            telling: Some(0.1204),
            prior: Some(-0.0021),
            rerank: Some(0.9),
            expanded: vec!["polydipsia".to_owned(), "DM".to_owned()],
            carried: true,
            ..plain
        };
        let wanted = "words 2 (0.72), meaning 8 (0.56), fused 0.28, sentence -0.012, support 0.45, document +0.031, \
                      telling +0.120, prior -0.002, rerank 0.90, by polydipsia / DM, cited before";
        assert_eq!(why(&all), wanted);
        assert_eq!(hits(&[], Some("the search by words is away")).lines().count(), 3);
    }
}
