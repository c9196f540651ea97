//! Any text with its sources, from whoever wrote it: taken apart into statements, each held against what it cites.

use std::collections::HashSet;

use knowledge::{Span, Verdict, char_slice, sentences};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::{Check, Facet, Finding, Source, check_all};

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
    /// Its statements in order. Headings and questions state nothing and are left out.
    pub statements: Vec<Statement>,
    /// Sources that no statement cites, counted from 0.
    pub uncited_sources: Vec<usize>,
}

/// A longer sentence is not taken apart.
const MAX_WORDS: usize = 150;

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
        .map(|piece| {
            used.extend(piece.markers.iter().filter_map(|(_, source)| *source));
            judge(piece, &read, cites_at_all)
        })
        .collect();
    let verdict = statements.iter().map(|statement| statement.verdict).max().unwrap_or(Verdict::Unverifiable);
    let uncited_sources = (0..sources.len()).filter(|at| !used.contains(at)).collect();
    Verified { verdict, statements, uncited_sources }
}

/// A sentence with its citations taken out.
struct Piece {
    text: String,
    span: Span,
    /// As written, and the source each names.
    markers: Vec<(String, Option<usize>)>,
}

fn judge(piece: Piece, sources: &[Source], cites_at_all: bool) -> Statement {
    let Piece { text, span, markers } = piece;
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
    let too_long = text.split_whitespace().count() > MAX_WORDS;
    let (joint, each) = if too_long {
        let reason = format!("the sentence has more than {MAX_WORDS} words: it is not checked");
        let unread =
            Finding { facet: Facet::Structure, verdict: Verdict::Unverifiable, subject: String::new(), reason };
        (Check::of(vec![unread.clone()]), held.iter().map(|_| Check::of(vec![unread.clone()])).collect())
    } else {
        check_all(&text, &held)
    };
    if !held.is_empty() || markers.is_empty() {
        findings.extend(joint.findings);
    }
    for quote in quotes(&text).into_iter().filter(|_| !held.is_empty()) {
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

type Markers = Vec<(String, Option<usize>)>;

/// The sentences that state something, with the citations in and directly behind them.
fn pieces(text: &str, sources: &[Foreign]) -> Vec<Piece> {
    let (masked, mut markers) = mask(text, sources);
    let mut pieces: Vec<Piece> = Vec::new();
    for span in sentences(&masked) {
        let stated = char_slice(&masked, span).unwrap_or_default();
        let stated = stated.split_whitespace().collect::<Vec<_>>().join(" ");
        let stated = stated.trim_start_matches(['-', '*', '\u{2022}', '#', ' ']).replace(" .", ".").replace(" ,", ",");
        let here = markers.iter().take_while(|(at, _)| *at < span.end).count();
        let cited: Markers = markers.drain(..here).flat_map(|(_, found)| found).collect();
        if stated.split(' ').count() >= 3 && !stated.ends_with(['?', ':']) && stated.chars().any(char::is_alphabetic) {
            pieces.push(Piece { text: stated, span, markers: cited });
        } else if let Some(before) =
            pieces.last_mut().filter(|before| before.span.end == span.start && !cited.is_empty())
        {
            before.markers.extend(cited);
            before.span.end = span.end;
        }
    }
    pieces
}

/// The text with spaces in place of its citations, and the citations with the code points at which they stand.
fn mask(text: &str, sources: &[Foreign]) -> (String, Vec<(usize, Markers)>) {
    let (mut out, mut markers, mut rest, mut place) = (String::with_capacity(text.len()), Vec::new(), text, 0);
    while let Some(c) = rest.chars().next() {
        let found = if matches!(c, '[' | '【') { marker(rest, sources) } else { None };
        let length = match found {
            Some((found, length)) => {
                markers.push((place, found));
                out.extend(rest[..length].chars().map(|_| ' '));
                length
            }
            None => {
                out.push(c);
                c.len_utf8()
            }
        };
        place += rest[..length].chars().count();
        rest = &rest[length..];
    }
    (out, markers)
}

/// The citation that `text` begins with and its length in bytes: `[1]`, `[1, 3]`, `[1-3]`, `[doc1]`, `[ID:1]`, `[^1]`,
/// `[[1]](url)`, `【1】`.
fn marker(text: &str, sources: &[Foreign]) -> Option<(Markers, usize)> {
    let (open, close) = match text.chars().next()? {
        '[' => ("[", "]"),
        '【' => ("【", "】"),
        _ => return None,
    };
    let doubled = text.starts_with("[[");
    let inside = &text[open.len() + usize::from(doubled)..];
    let end = inside.find(close).filter(|end| *end <= 64)?;
    let mut markers = Markers::new();
    for part in inside[..end].split([',', ';']) {
        let name = part.trim().trim_start_matches(['^', '#']).trim_start_matches("ID:").trim();
        let (low, high) = match name.split_once(['-', '\u{2013}']) {
            Some((low, high)) if low.chars().all(|c| c.is_ascii_digit()) => {
                (low.parse().ok()?, high.trim().parse().ok()?)
            }
            _ => {
                let known = sources
                    .iter()
                    .position(|source| source.id.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(name)));
                let ordinal = ordinal(name);
                if known.is_none() && ordinal.is_none() {
                    return None;
                }
                let place = ordinal.and_then(|at: usize| at.checked_sub(1)).filter(|at| *at < sources.len());
                markers.push((format!("[{name}]"), known.or(place)));
                continue;
            }
        };
        if high < low || high - low > 20 {
            return None;
        }
        markers.extend(
            (low..=high).map(|at: usize| (format!("[{at}]"), at.checked_sub(1).filter(|at| *at < sources.len()))),
        );
    }
    let mut length = open.len() + usize::from(doubled) + end + close.len();
    if doubled {
        length += text[length..].starts_with(']').then_some(1)?;
    }
    if text[length..].starts_with('(') && text[length..].contains(')') && doubled {
        length += text[length..].find(')')? + 1;
    }
    Some((markers, length))
}

/// The number of `7`, `doc7`, `E7`, `source 7`.
fn ordinal(name: &str) -> Option<usize> {
    let digits = name.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == ' ' || c == '_');
    let prefix = name[..name.len() - digits.len()].trim().to_ascii_lowercase();
    let known = matches!(prefix.as_str(), "" | "doc" | "e" | "s" | "source" | "ref" | "document" | "passage" | "p");
    digits.parse().ok().filter(|_| known && !digits.is_empty())
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
    fn markers_of_many_vendors_are_read() {
        for (text, expected) in [
            ("[1]", vec![Some(0)]),
            ("[1, 2]", vec![Some(0), Some(1)]),
            ("[1-2]", vec![Some(0), Some(1)]),
            ("[doc2]", vec![Some(1)]),
            ("[ID:1]", vec![Some(0)]),
            ("[[2]](https://example.org/x)", vec![Some(1)]),
            ("【1】", vec![Some(0)]),
            ("[NG1]", vec![Some(0)]),
            ("[7]", vec![None]),
        ] {
            let (markers, length) = marker(text, &sources()).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(markers.into_iter().map(|(_, source)| source).collect::<Vec<_>>(), expected, "{text}");
            assert_eq!(length, text.len(), "{text}");
        }
        assert!(marker("[see above]", &sources()).is_none());
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
