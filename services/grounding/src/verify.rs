//! Any text with its sources, from whoever wrote it: taken apart into statements, each held against what it cites.

use std::collections::HashSet;

use knowledge::{Span, Verdict, sentences};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::{Check, Facet, Finding, check_all};
use crate::facts::{Facts, Said};
use crate::lexicon;
use crate::markers::{Markers, mask};
use crate::negations;
use crate::source::{Source, denies_what_follows, is_item, under, without_mark};

/// A source of a foreign text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Foreign {
    /// What the text calls it in its citations; its place in the list, from 1, works as well.
    #[serde(default)]
    #[schema(example = "doc1")]
    pub id: Option<String>,
    /// Title and headings: what stands above the text.
    #[serde(default)]
    pub title: Option<String>,
    /// Its text.
    pub text: String,
}

/// A citation of a statement, held against its source alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Cited {
    /// As it stands in the text.
    #[schema(example = "[1]")]
    pub marker: String,
    /// The source it names, counted from 0; none if there is no such source.
    pub source: Option<usize>,
    /// Whether that source bears the statement out.
    pub verdict: Verdict,
    /// Why, unless it does.
    pub reason: Option<String>,
}

/// A statement of a foreign text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = VerifiedStatement)]
pub struct Statement {
    /// Without its citations.
    pub text: String,
    /// First code point in the text.
    pub start: usize,
    /// One past the last, citations included.
    pub end: usize,
    /// The verdict on it.
    pub verdict: Verdict,
    /// Why, unless it is supported.
    pub reason: Option<String>,
    /// Everything that is amiss, worst first.
    pub findings: Vec<Finding>,
    /// What it cites. A statement without citations is held against all sources.
    pub citations: Vec<Cited>,
}

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Verified {
    /// The worst verdict of its statements.
    pub verdict: Verdict,
    /// Its statements in order. Headings and questions state nothing and are left out. Those after the first 1,000 are not
    /// checked and say so.
    pub statements: Vec<Statement>,
    /// Sources that no statement cites, counted from 0.
    pub uncited_sources: Vec<usize>,
}

/// A longer sentence is not taken apart.
const MAX_WORDS: usize = 150;

/// Statements that are checked; those after them are not.
const MAX_STATEMENTS: usize = 1_000;

/// Words in quotation marks that must be the source's, from this many on.
const QUOTE_WORDS: usize = 4;

/// Holds every statement of `text` against the sources it cites, or against all of them where the text cites none.
pub fn verify(text: &str, sources: &[Foreign]) -> Verified {
    let read: Vec<Source> = sources.iter().map(|source| Source::new(&source.text, source.title.as_deref())).collect();
    let pieces = pieces(text, sources);
    let cites_at_all = pieces.iter().any(|piece| !piece.markers.is_empty());
    let mut used = HashSet::new();
    let statements: Vec<Statement> = pieces
        .into_iter()
        .enumerate()
        .map(|(at, piece)| {
            used.extend(piece.markers.iter().filter_map(|(_, source)| *source));
            let unread = if at >= MAX_STATEMENTS {
                Some(format!("there are more than {MAX_STATEMENTS} statements: send the text in parts"))
            } else if piece.text.split_whitespace().count() > MAX_WORDS {
                Some(format!("the sentence has more than {MAX_WORDS} words: it is not checked"))
            } else {
                None
            };
            judge(piece, &read, cites_at_all, unread)
        })
        .collect();
    let verdict = statements.iter().map(|statement| statement.verdict).max().unwrap_or(Verdict::Unverifiable);
    let uncited_sources = (0..sources.len()).filter(|at| !used.contains(at)).collect();
    Verified { verdict, statements, uncited_sources }
}

/// A sentence with its citations taken out.
struct Piece {
    text: String,
    /// What stands above it and denies it.
    lead: Option<String>,
    span: Span,
    /// As written, and the source each names.
    markers: Vec<(String, Option<usize>)>,
}

fn judge(piece: Piece, sources: &[Source], cites_at_all: bool, unread: Option<String>) -> Statement {
    let Piece { text, lead, span, markers } = piece;
    let mut named: Vec<usize> = Vec::new();
    let mut findings = Vec::new();
    let mut structure = |verdict, subject: &str, reason: String| {
        findings.push(Finding { facet: Facet::Structure, verdict, subject: subject.to_owned(), reason });
    };
    for (marker, source) in &markers {
        match source {
            None => structure(Verdict::Unsupported, marker, format!("{marker} names no source")),
            Some(source) if named.contains(source) => {
                structure(Verdict::Partial, marker, format!("{marker} is cited twice"));
            }
            Some(source) => named.push(*source),
        }
    }
    if markers.is_empty() && cites_at_all {
        structure(Verdict::Partial, "", "no source is cited".to_owned());
    }
    let held: Vec<&Source> =
        if markers.is_empty() { sources.iter().collect() } else { named.iter().map(|&at| &sources[at]).collect() };
    let is_read = unread.is_none();
    let (joint, each) = match unread {
        Some(reason) => {
            let unread =
                Finding { facet: Facet::Structure, verdict: Verdict::Unverifiable, subject: String::new(), reason };
            (Check::of(vec![unread.clone()]), held.iter().map(|_| Check::of(vec![unread.clone()])).collect())
        }
        None => check_all(&under(lead.as_deref(), &text), &held),
    };
    if !held.is_empty() || markers.is_empty() {
        findings.extend(joint.findings);
    }
    for quote in quotes(&text).into_iter().filter(|_| is_read && !held.is_empty()) {
        if !held.iter().any(|source| source.has_words(&quote)) {
            let reason = "the words in quotation marks are not the source's".to_owned();
            findings.push(Finding { facet: Facet::Quote, verdict: Verdict::Contradicted, subject: quote, reason });
        }
    }
    let alone = |source: usize| named.iter().position(|named| *named == source).and_then(|at| each.get(at));
    let citations = markers
        .iter()
        .map(|(marker, source)| {
            let check = source.and_then(alone);
            let verdict = check.map_or(Verdict::Unsupported, |check| check.verdict);
            let reason = check.map_or_else(|| Some(format!("{marker} names no source")), |check| check.reason.clone());
            Cited { marker: marker.clone(), source: *source, verdict, reason }
        })
        .collect();
    let Check { verdict, reason, findings } = Check::of(findings);
    Statement { text, start: span.start, end: span.end, verdict, reason, findings, citations }
}

/// The sentences that state something, with the citations in and directly behind them.
fn pieces(text: &str, sources: &[Foreign]) -> Vec<Piece> {
    let (masked, markers) = mask(text, sources);
    let mut markers = markers.into_iter().peekable();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut lead: Option<Above> = None;
    for (span, written) in sentences(&masked) {
        let written = written.split_whitespace().collect::<Vec<_>>().join(" ");
        lead = lead.filter(|_| written.is_empty() || is_item(&written));
        let is_marked = lead.is_some() || without_mark(&written).len() < written.len() && !written.starts_with("**");
        let stated = written.trim_start_matches(['-', '*', '\u{2022}', '#', ' ']).replace(" .", ".").replace(" ,", ",");
        let stated = stated.trim_end_matches("**").to_owned();
        let mut cited = Markers::new();
        while let Some((_, found)) = markers.next_if(|(at, _)| *at < span.end) {
            cited.extend(found);
        }
        let whole = under(lead.as_ref().map(|lead| lead.text.as_str()), &stated);
        let is_stated = stated.contains(char::is_alphabetic)
            && (!cited.is_empty() || !is_heading(&written))
            && states_something(&whole, is_marked || !cited.is_empty());
        let is_lead = lead.is_none() && denies_what_follows(&stated);
        let above = is_lead.then(|| Above { text: stated.clone(), is_stated, cited: cited.clone() });
        if is_stated {
            if let Some(lead) = &mut lead {
                // What it denies is said by its items.
                if std::mem::take(&mut lead.is_stated)
                    && let Some(piece) = pieces.pop()
                {
                    lead.cited = piece.markers;
                }
                let others = lead.cited.iter().filter(|(_, source)| cited.iter().all(|(_, named)| named != source));
                let others: Markers = others.cloned().collect();
                cited.extend(others);
            }
            let lead = lead.as_ref().map(|lead| lead.text.clone());
            pieces.push(Piece { text: stated, lead, span, markers: cited });
        } else if !is_lead
            && let Some(before) = pieces.last_mut().filter(|before| before.span.end == span.start && !cited.is_empty())
        {
            before.markers.extend(cited);
            before.span.end = span.end;
        }
        lead = above.or(lead);
    }
    pieces
}

/// The first line of a list that denies its items.
struct Above {
    text: String,
    /// Whether it has been taken for a statement.
    is_stated: bool,
    cited: Markers,
}

/// Whether a line is a heading of Markdown, or bold throughout and no whole sentence.
fn is_heading(written: &str) -> bool {
    let bold = ["**", "__"].into_iter().find_map(|mark| written.strip_prefix(mark)?.strip_suffix(mark));
    written.starts_with('#') || bold.is_some_and(|inside| !inside.contains("**") && !inside.ends_with(['.', '!']))
}

/// Whether a sentence states something. Two words do if they name an amount or if they are an order or a denial, or name a
/// medicine, and either end in a full stop or are marked as an item or by a citation; what ends in a colon, if it names an
/// amount or orders or denies a medicine.
fn states_something(stated: &str, is_marked: bool) -> bool {
    let words = stated.split(' ').count();
    if words < 2 || stated.ends_with('?') || !stated.chars().any(char::is_alphabetic) {
        return false;
    }
    let (is_short, is_open) = (words < 3, stated.ends_with(':'));
    if !is_short && !is_open {
        return true;
    }
    let facts = Facts::read(stated);
    let lower = stated.to_lowercase();
    let begins = lower.split(' ').map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let denies = negations::negation_at(begins.clone()).is_some() || facts.terms.iter().any(|term| term.negated);
    let orders = denies || begins.clone().next().is_some_and(lexicon::is_instruction);
    let names = |is: fn(&Said) -> bool| facts.facts.iter().any(|fact| is(&fact.said));
    let names_amount = names(|said| matches!(said, Said::Amount(_)));
    let names_drug = names(|said| matches!(said, Said::Drug(_)));
    let ends = stated.ends_with(['.', '!']);
    if is_open {
        names_amount || names_drug && orders
    } else {
        names_amount || orders && (ends || is_marked) || names_drug && ends
    }
}

/// What stands in quotation marks, if it is long enough to be a quote.
fn quotes(text: &str) -> Vec<String> {
    let plain = text.replace(['\u{201c}', '\u{201d}'], "\"");
    let inside = plain.split('"').skip(1).step_by(2);
    // The last part has no closing mark if their number is odd.
    let closed = plain.matches('"').count() / 2;
    inside.take(closed).filter(|quote| quote.split_whitespace().count() >= QUOTE_WORDS).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sources() -> Vec<Foreign> {
        let source = |id: &str, text: &str| Foreign { id: Some(id.into()), title: None, text: text.into() };
        vec![
            source("ng1", "Start prednisolone 5 mg once daily. It should not be given to children."),
            source("ng2", "Amoxicillin 500 mg is given three times daily for 5 days."),
        ]
    }

    #[test]
    fn each_statement_is_held_against_what_it_cites() {
        let text = "Start prednisolone 5 mg daily.[1] Give amoxicillin 250 mg three times daily [ng2]. \
                    Prednisolone 5 mg once daily is started [2]. Start prednisolone 5 mg once daily [9].";
        let verified = verify(text, &sources());
        let verdicts: Vec<Verdict> = verified.statements.iter().map(|statement| statement.verdict).collect();
        assert_eq!(verdicts[0], Verdict::Supported, "{:?}", verified.statements[0]);
        assert_eq!(verdicts[1], Verdict::Contradicted);
        assert!(verified.statements[1].reason.as_deref().unwrap().contains("500 mg"));
        assert!(verdicts[2] >= Verdict::Unsupported, "{:?}", verified.statements[2]);
        assert_eq!(verified.statements[3].citations[0].source, None);
        assert_eq!(verified.verdict, Verdict::Contradicted);
        assert!(verified.uncited_sources.is_empty());
        let first = &verified.statements[0];
        let said: String = text.chars().skip(first.start).take(first.end - first.start).collect();
        assert!(said.starts_with("Start prednisolone 5 mg daily.[1]"), "{said}");
    }

    #[test]
    fn structure_and_quotes_are_checked() {
        let text = "Start prednisolone 5 mg once daily [1]. Amoxicillin 500 mg is given three times daily for 5 days.";
        let verified = verify(text, &sources());
        assert_eq!(verified.statements[1].reason.as_deref(), Some("no source is cited"));
        let quoted =
            verify("The guideline says \u{201c}prednisolone may be given freely to all\u{201d} [1].", &sources());
        assert_eq!(quoted.statements[0].findings[0].facet, Facet::Quote);
        assert!(verify("What dose? Doses:", &sources()).statements.is_empty());
        let without = verify("Start prednisolone 5 mg once daily.", &sources());
        assert_eq!(without.verdict, Verdict::Supported, "a text without citations is held against all sources");
    }

    #[test]
    fn short_orders_and_what_ends_in_a_colon_are_statements() {
        let sources = [Foreign {
            id: None,
            title: None,
            text: "Metformin lowers glucose in adults. Continue warfarin. Give adrenaline.".into(),
        }];
        let verdicts = |text: &str| -> Vec<Verdict> {
            verify(text, &sources).statements.into_iter().map(|statement| statement.verdict).collect()
        };
        let found = verdicts("Metformin lowers glucose in adults. Stop warfarin.");
        assert_eq!(found, [Verdict::Supported, Verdict::Contradicted]);
        assert_eq!(verdicts("Metformin 500mg"), [Verdict::Unsupported]);
        assert_eq!(verdicts("Do not give adrenaline in these cases:").len(), 1);
        assert_eq!(verdicts("Do not:\n- give adrenaline"), [Verdict::Contradicted]);
        assert_eq!(verdicts("Warfarin dosing\nSource list:\nWhat now?"), []);
    }

    #[test]
    fn what_is_too_much_to_check_is_said_to_be() {
        let source = Foreign { id: None, title: None, text: "Now give 5 mg. ".repeat(2_000) };
        let verified = verify(&"Give 5 mg now. ".repeat(MAX_STATEMENTS + 10), &[source]);
        assert_eq!(verified.statements.len(), MAX_STATEMENTS + 10);
        assert_eq!(verified.statements[MAX_STATEMENTS - 1].verdict, Verdict::Supported);
        let last = &verified.statements[MAX_STATEMENTS];
        assert_eq!(last.verdict, Verdict::Unverifiable);
        assert!(last.reason.as_deref().unwrap().contains("in parts"));
        assert!(verify(&"[".repeat(250_000), &sources()).statements.is_empty());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,200}", source in "\\PC{0,200}") {
            let verified = verify(&text, &[Foreign { id: None, title: None, text: source }]);
            for statement in verified.statements {
                prop_assert!(statement.start <= statement.end && statement.end <= text.chars().count());
            }
        }

        #[test]
        fn the_same_input_gives_the_same_verdicts(words in "(give|not|5 mg|or|\\[1\\]|children|\\.| ){1,30}") {
            let sources = sources();
            prop_assert_eq!(verify(&words, &sources), verify(&words, &sources));
        }
    }
}
