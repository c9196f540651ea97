//! What the model wrote, read statement by statement, and turned into statements that stand: quotes found in their passages,
//! words checked against their quotes.

use std::sync::LazyLock;

use grounding::{Source, check, denied_from_above, locate};
use knowledge::{Evidence, Span, Verdict, char_slice};
use regex::Regex;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::answer::{Citation, Mode, Statement};
use crate::judge::{Judge, Opinion};
use crate::pattern::{Pattern, is_match};
use crate::select::Selected;

/// A statement as the model wrote it. Nothing in it is shown before it has been checked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct RawStatement {
    evidence: String,
    quote: String,
    #[serde(default)]
    text: Option<String>,
}

/// Finds complete statements in a text that is still being written: the objects at depth two.
#[derive(Debug, Default)]
pub(crate) struct DraftReader {
    text: String,
    at: usize,
    depth: usize,
    in_string: bool,
    escaped: bool,
    started: usize,
}

impl DraftReader {
    /// Takes another piece; returns the statements that it completed. What does not parse is passed over.
    pub(crate) fn push(&mut self, piece: &str) -> Vec<RawStatement> {
        self.text.push_str(piece);
        let mut complete = Vec::new();
        while let Some(&byte) = self.text.as_bytes().get(self.at) {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.in_string => self.escaped = true,
                b'"' => self.in_string = !self.in_string,
                b'{' if !self.in_string => {
                    self.depth += 1;
                    if self.depth == 2 {
                        self.started = self.at;
                    }
                }
                b'}' if !self.in_string => {
                    if self.depth == 2 {
                        complete.extend(serde_json::from_str(&self.text[self.started..=self.at]).ok());
                    }
                    self.depth = self.depth.saturating_sub(1);
                }
                _ => {}
            }
            self.at += 1;
        }
        complete
    }
}

/// Turns raw statements into statements that stand.
#[derive(Debug)]
pub(crate) struct Grounder<'a> {
    selected: &'a [Selected],
    mode: Mode,
    statements: Vec<Statement>,
    cited: u32,
    dropped: usize,
    replaced: usize,
    overruled: usize,
}

impl<'a> Grounder<'a> {
    pub(crate) fn new(selected: &'a [Selected], mode: Mode) -> Self {
        Self { selected, mode, statements: Vec::new(), cited: 0, dropped: 0, replaced: 0, overruled: 0 }
    }

    /// Keeps what stands. A quote that is in no passage goes with its statement; words that their quote does not bear out
    /// give way to the quote. `None` also for what has been said already.
    pub(crate) fn ground(&mut self, raw: &RawStatement) -> Option<Statement> {
        let source = self.selected.iter().find(|one| one.evidence.id == raw.evidence);
        let Some((source, span)) = source.and_then(|one| Some((one, find(one, &raw.quote)?))) else {
            self.dropped += 1;
            return None;
        };
        let words = raw.text.as_deref().map(str::trim).filter(|text| self.mode == Mode::Synthesis && !text.is_empty());
        let quote = char_slice(&source.evidence.text, span)?;
        let text = match words {
            Some(words) if check(words, &context_of(&source.evidence, quote)).verdict == Verdict::Supported => {
                words.to_owned()
            }
            Some(_) => {
                self.replaced += 1;
                lines(quote)
            }
            None => lines(quote),
        };
        self.keep(source, span, text)
    }

    /// A sentence chosen without a model.
    pub(crate) fn quote(&mut self, source: &Selected, span: Span) -> Option<Statement> {
        let text = lines(char_slice(&source.evidence.text, span)?);
        self.keep(source, span, text)
    }

    fn keep(&mut self, source: &Selected, span: Span, text: String) -> Option<Statement> {
        if self.statements.iter().any(|said| said.text == text) {
            return None;
        }
        let quote = char_slice(&source.evidence.text, span)?.to_owned();
        self.cited += 1;
        let span = span.offset_by(source.evidence.start);
        let citation = Citation {
            n: self.cited,
            evidence: source.evidence.id.clone(),
            start: span.start,
            end: span.end,
            verdict: Verdict::Supported,
            reason: None,
            secondhand: is_secondhand(&quote),
            quote,
        };
        let said_by = said_by(&source.evidence);
        let statement =
            Statement { text, said_by, verdict: Verdict::Supported, reason: None, citations: vec![citation] };
        self.statements.push(statement.clone());
        Some(statement)
    }

    /// What has been kept so far.
    pub(crate) fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// Asks for a second opinion on every statement in the model's own words. Where it is not that the quote says so, or there
    /// is none to be had, the quote stands.
    pub(crate) async fn judge(&mut self, judge: &Judge, cancel: &CancellationToken) -> inference::Result<()> {
        for statement in &mut self.statements {
            let Some(quote) = statement.citations.first().map(|citation| lines(&citation.quote)) else { continue };
            if statement.text == quote {
                continue;
            }
            match judge.opinion(&statement.text, &quote, cancel.clone()).await {
                Ok(Opinion::Supported) => {}
                Ok(Opinion::Contradicted | Opinion::NotStated) => {
                    statement.text = quote;
                    self.overruled += 1;
                }
                Err(inference::Error::Cancelled) => return Err(inference::Error::Cancelled),
                Err(error) => {
                    tracing::warn!(%error, "no second opinion: the quote stands");
                    statement.text = quote;
                    self.overruled += 1;
                }
            }
        }
        // Where quotes have taken the place of words, the same may stand twice.
        self.statements = say_once(std::mem::take(&mut self.statements));
        Ok(())
    }

    /// The statements, and why the answer is less than what the model wrote, if it is.
    pub(crate) fn finish(self) -> (Vec<Statement>, Option<String>) {
        let said = [
            (self.dropped, "quoted nothing that is in the sources: left out"),
            (self.replaced, "did not agree with their quotes: the quotes stand instead"),
            (
                self.overruled,
                "were not borne out by their quotes in the judgement of a second model: the quotes stand instead",
            ),
        ];
        let said = said.iter().filter(|(count, _)| *count > 0);
        let reasons: Vec<String> =
            said.map(|(count, what)| format!("{count} of the model's statements {what}")).collect();
        (self.statements, (!reasons.is_empty()).then(|| reasons.join("; ")))
    }
}

/// The same statements, each once. Where several sources say the same, it cites all of them and names who says it.
fn say_once(statements: Vec<Statement>) -> Vec<Statement> {
    let mut kept: Vec<Statement> = Vec::new();
    for statement in statements {
        match kept.iter_mut().find(|said| said.text == statement.text) {
            Some(said) => join(said, statement),
            None => kept.push(statement),
        }
    }
    let citations = kept.iter_mut().flat_map(|statement| &mut statement.citations);
    for (n, citation) in (1..).zip(citations) {
        citation.n = n;
    }
    kept
}

fn join(said: &mut Statement, same: Statement) {
    let place = |citation: &Citation| (citation.evidence.clone(), citation.start, citation.end);
    let before = said.citations.len();
    for citation in same.citations {
        if said.citations.iter().all(|held| place(held) != place(&citation)) {
            said.citations.push(citation);
        }
    }
    if said.citations.len() > before && said.said_by.split("; ").all(|by| by != same.said_by) {
        said.said_by = format!("{}; {}", said.said_by, same.said_by);
    }
}

/// Issuer and year.
pub(crate) fn said_by(evidence: &Evidence) -> String {
    let year = evidence.document.published.as_deref().and_then(|date| date.get(..4)).unwrap_or("undated");
    format!("{} ({year})", evidence.document.issuer)
}

/// Whether a quote reports what another work says: a reference mark, or somebody named with a year.
fn is_secondhand(quote: &str) -> bool {
    static SIGNS: Pattern = LazyLock::new(|| {
        Regex::new(r"\[\d+(?:[,\u{2013}-] ?\d+)*\]|\bet al\b|\([A-Z][A-Za-z]+(?: and [A-Z][A-Za-z]+)?,? (?:19|20)\d\d\)|(?i:\baccording to\b)").ok()
    });
    is_match(&SIGNS, quote)
}

/// A quote with what stands above it.
fn context_of(evidence: &Evidence, quote: &str) -> Source {
    let above = evidence.section.iter().chain([&evidence.document.title]);
    Source::new(quote, above.map(String::as_str))
}

/// Where the quote stands in the passage: a run of the sentences that were offered, or of any of it.
fn find(source: &Selected, quote: &str) -> Option<Span> {
    let quote = one_line(quote);
    for (at, first) in source.sentences.iter().enumerate() {
        let mut run = String::new();
        for last in &source.sentences[at..] {
            if !run.is_empty() {
                run.push(' ');
            }
            run.push_str(&last.text);
            if run == quote {
                let span = Span { start: first.span.start, end: last.span.end };
                let stored = char_slice(&source.evidence.text, span)?;
                return locate(&source.evidence.text, stored).filter(|_| one_line(stored) == quote).map(|_| span);
            }
        }
    }
    locate_standing(&source.evidence.text, &quote)
}

/// Where a quote stands in a text, unless it begins with what words above it deny: without "Do not:" it says the opposite.
fn locate_standing(text: &str, quote: &str) -> Option<Span> {
    let span = locate(text, quote)?;
    let is_denied = denied_from_above(text).iter().any(|denied| (denied.start..denied.end).contains(&span.start));
    (!is_denied).then_some(span)
}

/// A quote as a statement: list items and table rows stay lines of their own.
pub(crate) fn lines(quote: &str) -> String {
    quote.lines().map(one_line).collect::<Vec<_>>().join("\n")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_read_as_they_are_completed() {
        let mut reader = DraftReader::default();
        assert!(reader.push("{\"statements\":[{\"evidence\":\"E1\",\"quote\":\"a {b} \\\"c").is_empty());
        let first = reader.push("\\\" d.\"},{\"evid");
        assert_eq!(first[0].quote, "a {b} \"c\" d.");
        let second = reader.push("ence\":\"E2\",\"quote\":\"µ\",\"text\":\"t\"}]}");
        assert_eq!(second[0].text.as_deref(), Some("t"));
        assert!(reader.push("{}}}}{{{}} trailing").is_empty());
    }

    #[test]
    fn a_quote_does_not_leave_out_the_words_above_it_that_deny_it() {
        let text = "Do not:\n- give adrenaline intravenously\n- wait for the rash\nCall for help early.";
        assert_eq!(locate_standing(text, "- give adrenaline intravenously"), None);
        assert!(locate_standing(text, "Do not:\n- give adrenaline intravenously").is_some());
        assert!(locate_standing(text, "Call for help early.").is_some());
    }

    #[test]
    fn what_two_sources_say_is_said_once_and_cites_both() {
        let statement = |text: &str, by: &str, n: u32, evidence: &str, start: usize| Statement {
            text: text.to_owned(),
            said_by: by.to_owned(),
            verdict: Verdict::Supported,
            reason: None,
            citations: vec![Citation {
                n,
                evidence: evidence.to_owned(),
                quote: text.to_owned(),
                start,
                end: start + text.len(),
                verdict: Verdict::Supported,
                reason: None,
                secondhand: false,
            }],
        };
        let kept = say_once(vec![
            statement("Gout hurts.", "Board (2024)", 1, "E1", 0),
            statement("Rest.", "Board (2024)", 2, "E1", 20),
            statement("Gout hurts.", "Agency (2023)", 3, "E2", 7),
            statement("Gout hurts.", "Board (2024)", 4, "E1", 0),
            statement("Gout hurts.", "Board (2024)", 5, "E3", 0),
        ]);
        let cited = |at: usize| {
            let citations = kept[at].citations.iter();
            citations.map(|citation| (citation.n, citation.evidence.as_str())).collect::<Vec<_>>()
        };
        assert_eq!(kept.len(), 2);
        assert_eq!((cited(0), cited(1)), (vec![(1, "E1"), (2, "E2"), (3, "E3")], vec![(4, "E1")]));
        assert_eq!(
            (kept[0].said_by.as_str(), kept[1].said_by.as_str()),
            ("Board (2024); Agency (2023)", "Board (2024)")
        );
    }
}
