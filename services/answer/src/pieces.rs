//! The pieces of a passage that may be quoted: its sentences, and its lists with the words that lead to them; not its headings
//! and captions, nor items without these words.

use std::collections::HashSet;
use std::sync::LazyLock;

use grounding::denied_from_above;
use knowledge::{Evidence, Span, sentences};
use regex::Regex;

use crate::numbers::has_number;
use crate::pattern::{Pattern, is_match};
use crate::rows::cells;
use crate::untrusted::speaks_to_its_reader;

/// The longest list that is quoted as one, in words; of a longer one the first items.
const LIST_WORDS: usize = 80;

/// Verbs by which a line is known for a sentence: without one, and without a full stop, it names what follows.
static VERB: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:is|are|was|were|has|have|had|should|must|may|can|cannot|will|do|does|did|gives?|need(?:s|ed)?|start(?:s|ed)?|stop(?:s|ped)?|continue[sd]?|receives?|avoid|offer|consider|check|measure|repeat|advise[sd]?|recommend(?:s|ed)?)\b").ok()
});

/// Beginnings of captions.
static CAPTION: Pattern =
    LazyLock::new(|| Regex::new(r"^(?:Table|Figure|Fig\.|Box|Panel|Supplementary (?:Table|Figure))\s+\w?[0-9]").ok());

/// A sentence as it stands, with the line that it is on.
struct Line<'t> {
    span: Span,
    /// Without white space around it.
    text: &'t str,
    /// Whether nothing else is on its line.
    is_whole: bool,
}

impl Line<'_> {
    /// Whether it ends as a sentence does, or leads to something.
    fn is_ended(&self) -> bool {
        let bare = self.text.trim_end_matches([')', ']', '"', '\'', '\u{201d}', '\u{2019}', '*']);
        bare.ends_with(['.', '!', '?', ':', ';', '\u{2026}'])
    }

    fn is_row(&self) -> bool {
        !cells(self.text).is_empty()
    }

    /// Whether it leads to a list.
    fn leads(&self) -> bool {
        self.text.trim_end_matches('*').ends_with(':')
    }

    /// Whether more items come after this one.
    fn goes_on(&self) -> bool {
        [";", ",", "; or", "; and", ", or", ", and"].iter().any(|end| self.text.ends_with(end))
    }

    fn words(&self) -> usize {
        self.text.split_whitespace().count()
    }
}

/// The pieces of a passage that say something by themselves, in its order: not its headings and captions, not what words above
/// them deny, not what speaks to its reader.
pub(crate) fn pieces(evidence: &Evidence) -> Vec<Span> {
    let lines = lines(&evidence.text);
    let denied = denied_from_above(&evidence.text);
    let speaks = |line: &Line<'_>| speaks_to_its_reader(line.text, &evidence.text);
    let (mut pieces, mut at) = (Vec::new(), headings(&lines, evidence));
    while let Some(line) = lines.get(at) {
        let end = if line.leads() { end_of_list(&lines, at) } else { at + 1 };
        let piece = &lines[at..end];
        let stands =
            if line.leads() { piece.len() > 1 } else { stands_alone(&lines, at) && !denied.contains(&line.span) };
        if let Some(last) = piece.last().filter(|_| stands && !piece.iter().any(speaks)) {
            pieces.push(Span { start: line.span.start, end: last.span.end });
        }
        at = end;
    }
    pieces
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let sentences = sentences(text);
    let ends = |at: usize| sentences.get(at).is_none_or(|(_, sentence)| sentence.ends_with('\n'));
    let is_whole = |at: usize| at.checked_sub(1).is_none_or(ends) && (ends(at) || at + 1 == sentences.len());
    let lines = sentences.iter().enumerate();
    let lines = lines.map(|(at, (span, text))| Line { span: *span, text: text.trim(), is_whole: is_whole(at) });
    lines.filter(|line| !line.text.is_empty()).collect()
}

/// How many lines at the beginning are headings: up to the last that is known for one. A document begins with its own.
fn headings(lines: &[Line<'_>], evidence: &Evidence) -> usize {
    let known: HashSet<&str> =
        evidence.section.iter().map(String::as_str).chain([evidence.document.title.as_str()]).collect();
    let is_heading =
        |line: &&Line<'_>| line.is_whole && !line.is_row() && (!line.is_ended() || known.contains(line.text));
    let run = lines.iter().take_while(is_heading).count();
    let last = lines[..run].iter().rposition(|line| known.contains(line.text)).map_or(0, |last| last + 1);
    let is_title = evidence.start == 0 && run > 0 && lines.len() > 1;
    last.max(usize::from(is_title))
}

/// Whether a line says something by itself: not a caption above a table, a name above a text, or an item of a list.
fn stands_alone(lines: &[Line<'_>], at: usize) -> bool {
    let Some(line) = lines.get(at) else { return false };
    if !line.is_whole || line.is_row() {
        return true;
    }
    let begins_small = line.text.starts_with(char::is_lowercase);
    let is_after_item = at.checked_sub(1).and_then(|at| lines.get(at)).is_some_and(|above| above.goes_on());
    if begins_small && (line.goes_on() || is_after_item) {
        return false;
    }
    if line.is_ended() {
        return true;
    }
    let is_caption =
        is_match(&CAPTION, line.text) || lines.get(at + 1).is_some_and(|next| next.is_whole && next.is_row());
    !is_caption && (has_number(line.text) || is_match(&VERB, line.text))
}

/// Where the list ends to which a line leads. The marks of items are not kept, so they are known by how they are written: they
/// end with a semicolon up to the last one, or all without a full stop, or are no whole sentences.
fn end_of_list(lines: &[Line<'_>], lead: usize) -> usize {
    let is_item = |line: &&Line<'_>| line.is_whole && !line.is_row() && !line.leads();
    let Some(first) = lines.get(lead + 1).filter(is_item) else { return lead + 1 };
    let (mut words, mut end) = (lines[lead].words(), lead + 1);
    while let Some(line) = lines.get(end).filter(is_item) {
        let goes_on = lines[end - 1].goes_on();
        let belongs = if first.goes_on() {
            end == lead + 1 || goes_on
        } else if first.is_ended() {
            line.is_ended() && !is_match(&VERB, line.text)
        } else {
            !line.is_ended()
        };
        words += line.words();
        if !belongs || words > LIST_WORDS {
            break;
        }
        end += 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use knowledge::{Access, DocumentId, DocumentRef, Kind, PassageId, Scores, Status, char_slice};

    use super::*;

    fn evidence(text: &str, section: &[&str]) -> Evidence {
        Evidence {
            id: String::new(),
            passage: PassageId::from_bytes([0; 16]),
            text: text.to_owned(),
            start: 100,
            end: 100 + text.chars().count(),
            section: section.iter().map(|&heading| heading.to_owned()).collect(),
            page: None,
            document: DocumentRef {
                id: DocumentId::from_bytes([0; 16]),
                version: 1,
                corpus: "test".parse().unwrap(),
                kind: Kind::Guideline,
                title: "Gout in adults: treating flares".to_owned(),
                issuer: String::new(),
                published: None,
                grade: None,
                jurisdiction: String::new(),
                status: Status::Current,
                access: Access::FullText,
                doi: None,
                pmid: None,
                url: None,
                sha256: String::new(),
            },
            scores: Scores::default(),
        }
    }

    fn quoted(evidence: &Evidence) -> Vec<&str> {
        pieces(evidence).into_iter().filter_map(|span| char_slice(&evidence.text, span)).map(str::trim).collect()
    }

    #[test]
    fn headings_and_captions_are_no_statements_but_rows_and_items_are() {
        let text = "Gout in adults\nDosing\nDosing of drugs for gout in adults, ACR 2020\nDrug: Colchicine; Dose: 500 micrograms\n\
                    Dementia with Lewy bodies\nCeftriaxone 2 g IV every 12 hours\nRest the joint.\nTable 2 Drugs given";
        let evidence = evidence(text, &["Dosing"]);
        assert_eq!(
            quoted(&evidence),
            ["Drug: Colchicine; Dose: 500 micrograms", "Ceftriaxone 2 g IV every 12 hours", "Rest the joint."]
        );
    }

    #[test]
    fn the_first_line_of_a_document_is_its_title() {
        let beginning = Evidence { start: 0, ..evidence("Gout from 65 years on\nRest the joint.", &[]) };
        assert_eq!(quoted(&beginning), ["Rest the joint."]);
    }

    #[test]
    fn a_list_is_quoted_with_the_words_that_lead_to_it() {
        let list = "Replacement is indicated when any of these does not respond:\nhyperkalaemia;\nuraemic pericarditis;\n\
                    removal of a toxin.";
        let evidence = evidence(&format!("{list}\nEarly replacement did not reduce mortality."), &[]);
        assert_eq!(quoted(&evidence), [list, "Early replacement did not reduce mortality."]);
    }

    #[test]
    fn items_are_known_by_how_they_are_written() {
        let open =
            "Findings that suggest a severe course:\nHaematocrit above 44%\nCreatinine raised\nAge above 55 years";
        let evidence_open = evidence(&format!("{open}\nFluids are given early."), &[]);
        assert_eq!(quoted(&evidence_open), [open, "Fluids are given early."]);
        let stopped =
            "Measures to prevent delirium:\nOrientation with a visible clock.\nGlasses in place during the day.";
        let evidence_stopped = evidence(&format!("{stopped}\nThe measures should be reviewed daily."), &[]);
        assert_eq!(quoted(&evidence_stopped), [stopped, "The measures should be reviewed daily."]);
        let denied = "Do not:\nGive adrenaline intravenously\nWait for the rash";
        assert_eq!(
            quoted(&evidence(&format!("{denied}\n\nCall for help early."), &[])),
            [denied, "Call for help early."]
        );
    }

    #[test]
    fn items_without_their_lead_and_leads_without_items_are_not_quoted() {
        let evidence =
            evidence("uraemic pericarditis or encephalopathy;\nremoval of a toxin.\nCall the team at once:", &[]);
        assert_eq!(quoted(&evidence), [] as [&str; 0]);
    }

    #[test]
    fn a_long_list_is_cut_between_items() {
        let item = "one two three four five six seven eight nine ten;\n";
        let evidence = evidence(&format!("These count:\n{}", item.repeat(12)), &[]);
        let words = quoted(&evidence)[0].split_whitespace().count();
        assert!(words <= LIST_WORDS && words > LIST_WORDS - 10, "{words}");
        assert_eq!(quoted(&evidence).len(), 1);
    }
}
