//! Passages: the spans of canonical text that are found, shown to the model, and cited.

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

use crate::ids::{PassageId, Snapshot};
use crate::sentence::sentences;
use crate::text::{BlockKind, CanonicalText, Span, char_slice};

/// The longest passage, in words. Long enough for a recommendation with its conditions, short enough to embed whole.
pub const PASSAGE_WORDS: usize = 180;

/// A span of one version's canonical text, under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// hash(version, span).
    pub id: PassageId,
    /// Where it stands in the version's canonical text.
    pub span: Span,
    /// The headings above it, outermost first.
    pub section: Vec<String>,
    /// Page of the source, where it has pages.
    pub page: Option<u32>,
    /// Exactly `text[span]`.
    pub text: String,
}

/// A passage's text under the title of its document and its headings, which often alone say what it is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeadedText {
    /// The title, then the headings above the passage, outermost first.
    pub headings: Vec<String>,
    /// Its text.
    pub text: String,
}

/// The snapshots `[added, removed)` in which a passage is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// First snapshot that has it.
    pub added: Snapshot,
    /// First snapshot after that without it; `None` while it stands.
    pub removed: Option<Snapshot>,
}

impl Interval {
    /// Whether a question to `snapshot` may see the passage.
    pub fn contains(&self, snapshot: Snapshot) -> bool {
        self.added <= snapshot && self.removed.is_none_or(|removed| snapshot < removed)
    }
}

/// One piece that is never cut unless it alone is too long: a sentence, a list item, a table row, a heading.
struct Unit {
    span: Span,
    words: usize,
    heading: bool,
}

/// Splits a text into passage spans with the section and page of each. Every character of an evidence block lies in exactly
/// one of them, but for white space between two, and none crosses a section. None is longer than `max_words`, but for the
/// headings before its text, which may be as long again; a longer run of headings is cut.
pub fn split(text: &CanonicalText, max_words: usize) -> Vec<(Span, Vec<String>, Option<u32>)> {
    let mut passages: Vec<(Span, Vec<String>, Option<u32>)> = Vec::new();
    let mut open: Option<(Span, usize, bool)> = None;
    let mut context: (&[String], Option<u32>) = (&[], None);
    let mut cursor = CharCursor::new(text.as_str());

    for block in text.blocks() {
        if !block.kind.is_evidence() {
            close(&mut passages, open.take(), context);
            continue;
        }
        let body = cursor.slice(block.span);
        let moved = (block.section.as_slice(), block.page) != context;
        for unit in units(body, block.span.start, block.kind, max_words) {
            let fits = match open {
                // Headings stay with what they head, even across the change of section they cause.
                Some((_, words, only_headings)) => {
                    let within = words + unit.words <= max_words;
                    if only_headings { within || !unit.heading } else { within && !moved && !unit.heading }
                }
                None => false,
            };
            match &mut open {
                Some((span, words, only_headings)) if fits => {
                    span.end = unit.span.end;
                    *words += unit.words;
                    *only_headings &= unit.heading;
                }
                _ => {
                    close(&mut passages, open, context);
                    open = Some((unit.span, unit.words, unit.heading));
                }
            }
            context = (&block.section, block.page);
        }
    }
    close(&mut passages, open, context);
    passages
}

fn close(
    passages: &mut Vec<(Span, Vec<String>, Option<u32>)>,
    open: Option<(Span, usize, bool)>,
    (section, page): (&[String], Option<u32>),
) {
    if let Some((span, ..)) = open {
        passages.push((span, section.to_vec(), page));
    }
}

fn units(body: &str, origin: usize, kind: BlockKind, max_words: usize) -> Vec<Unit> {
    let heading = kind == BlockKind::Heading;
    let whole = || vec![(Span { start: 0, end: body.chars().count() }, body)];
    let pieces = match kind {
        BlockKind::Paragraph | BlockKind::ListItem | BlockKind::Caption => sentences(body),
        BlockKind::Heading | BlockKind::TableRow | BlockKind::Reference => whole(),
    };
    let mut units = Vec::with_capacity(pieces.len());
    for (span, piece) in pieces {
        let trimmed = Span { start: span.start, end: span.end - trailing_spaces(piece) };
        let words = piece.unicode_words().count();
        if words <= max_words {
            units.push(Unit { span: trimmed.offset_by(origin), words, heading });
        } else {
            units.extend(cut(piece, span.start + origin, max_words));
        }
    }
    units
}

/// Cuts an over-long sentence between words, as there is no better place.
fn cut(piece: &str, origin: usize, max_words: usize) -> Vec<Unit> {
    let mut units = Vec::new();
    let (mut start, mut position, mut words) = (0, 0, 0);
    for segment in piece.split_word_bounds() {
        let is_word = segment.chars().any(char::is_alphanumeric);
        if is_word && words == max_words {
            units.push(Unit { span: Span { start, end: position }.offset_by(origin), words, heading: false });
            (start, words) = (position, 0);
        }
        words += usize::from(is_word);
        position += segment.chars().count();
    }
    let end = position - trailing_spaces(piece);
    if start < end {
        units.push(Unit { span: Span { start, end }.offset_by(origin), words, heading: false });
    }
    units
}

fn trailing_spaces(piece: &str) -> usize {
    piece.chars().rev().take_while(|c| c.is_whitespace()).count()
}

/// Slices at rising offsets without counting from the start each time.
struct CharCursor<'t> {
    rest: &'t str,
    position: usize,
}

impl<'t> CharCursor<'t> {
    fn new(text: &'t str) -> Self {
        Self { rest: text, position: 0 }
    }

    fn slice(&mut self, span: Span) -> &'t str {
        self.advance(span.start.saturating_sub(self.position));
        let rest = self.rest;
        let wanted = Span { start: 0, end: span.len() };
        let piece = char_slice(rest, wanted).unwrap_or(rest);
        self.rest = &rest[piece.len()..];
        self.position = span.end;
        piece
    }

    fn advance(&mut self, chars: usize) {
        let byte = self.rest.char_indices().nth(chars).map_or(self.rest.len(), |(byte, _)| byte);
        self.rest = &self.rest[byte..];
        self.position += chars;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::{Block, TextBuilder};

    fn passages(text: &CanonicalText, max_words: usize) -> Vec<(&str, Vec<String>)> {
        let slice = |span| char_slice(text.as_str(), span).unwrap();
        split(text, max_words).into_iter().map(|(span, section, _)| (slice(span), section)).collect()
    }

    #[test]
    fn a_heading_stays_with_its_section() {
        let mut builder = TextBuilder::new();
        builder.heading(1, "Gout");
        builder.heading(2, "Acute attack");
        builder.block(BlockKind::Paragraph, "Give colchicine. Rest the joint.");
        builder.heading(2, "Prevention");
        builder.block(BlockKind::ListItem, "Allopurinol 100 mg once daily.");
        builder.block(BlockKind::Reference, "ACR guideline 2020.");
        let text = builder.finish();
        let found = passages(&text, 100);
        assert_eq!(found[0], ("Gout\nAcute attack\nGive colchicine. Rest the joint.", vec!["Acute attack".to_owned()]));
        assert_eq!(found[1].0, "Prevention\nAllopurinol 100 mg once daily.");
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn long_paragraphs_are_cut_between_sentences() {
        let mut builder = TextBuilder::new();
        builder.block(BlockKind::Paragraph, "One two three. Four five six. Seven eight nine.");
        let text = builder.finish();
        let found: Vec<_> = passages(&text, 6).into_iter().map(|(text, _)| text).collect();
        assert_eq!(found, ["One two three. Four five six.", "Seven eight nine."]);
    }

    #[test]
    fn a_text_of_headings_alone_is_cut() {
        let mut builder = TextBuilder::new();
        for number in 0..5_000 {
            builder.heading(2, &format!("Heading {number}"));
        }
        builder.block(BlockKind::Paragraph, "Its text.");
        let text = builder.finish();
        let found = passages(&text, PASSAGE_WORDS);
        assert_eq!(found.len(), 5_000 * 2 / PASSAGE_WORDS + 1);
        assert!(found.iter().all(|(text, _)| text.unicode_words().count() <= PASSAGE_WORDS));
        assert_eq!(found.last().unwrap().1, ["Heading 4999"]);
    }

    #[test]
    fn a_heading_stays_with_the_longest_text() {
        let mut builder = TextBuilder::new();
        builder.heading(2, "Acute attack");
        builder.block(BlockKind::TableRow, &"dose ".repeat(12));
        let text = builder.finish();
        assert_eq!(passages(&text, 12).len(), 1);
    }

    fn texts() -> impl Strategy<Value = CanonicalText> {
        let kind = prop_oneof![
            Just(BlockKind::Paragraph),
            Just(BlockKind::ListItem),
            Just(BlockKind::TableRow),
            Just(BlockKind::Caption),
            Just(BlockKind::Reference)
        ];
        let raw = prop_oneof![any::<String>(), "([A-Za-zµé]{1,9}[ .,]{1,2}){0,60}"];
        let piece = prop_oneof![
            3 => (kind, raw.clone()).prop_map(|(kind, raw)| (Some(kind), 0, raw)),
            1 => (1..5usize, raw).prop_map(|(level, raw)| (None, level, raw)),
        ];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| {
            let mut builder = TextBuilder::new();
            for (kind, level, raw) in pieces {
                match kind {
                    Some(kind) => builder.block(kind, &raw),
                    None => builder.heading(level, &raw),
                }
            }
            builder.finish()
        })
    }

    proptest! {
        #[test]
        fn passages_cover_the_text_in_order_and_stay_in_size(text in texts(), max_words in 3..40usize) {
            let spans: Vec<Span> = split(&text, max_words).into_iter().map(|(span, ..)| span).collect();
            prop_assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start));
            prop_assert!(spans.iter().all(|span| !span.is_empty()));
            for span in &spans {
                let words = char_slice(text.as_str(), *span).unwrap().unicode_words().count();
                let heads = |block: &Block| {
                    block.kind == BlockKind::Heading && (span.start..span.end).contains(&block.span.start)
                };
                let most = if text.blocks().iter().any(heads) { 2 * max_words } else { max_words };
                prop_assert!(words <= most, "{words} words");
            }
            let inside = |at: usize| spans.iter().any(|span| (span.start..span.end).contains(&at));
            for block in text.blocks() {
                for (at, c) in text.as_str().chars().enumerate().skip(block.span.start).take(block.span.len()) {
                    prop_assert!(!block.kind.is_evidence() || c.is_whitespace() || inside(at), "{c:?} at {at} is lost");
                    prop_assert!(block.kind.is_evidence() || !inside(at), "a reference became evidence");
                }
            }
        }

        #[test]
        fn intervals_hold_their_ends(added in 0..9u64, length in 0..9u64, at in 0..20u64) {
            let interval = Interval { added: Snapshot(added), removed: Some(Snapshot(added + length)) };
            prop_assert_eq!(interval.contains(Snapshot(at)), (added..added + length).contains(&at));
        }
    }
}
