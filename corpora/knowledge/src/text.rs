//! Canonical text: the one immutable form of a version that offsets, quotes and hashes refer to.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

/// A half-open range `[start, end)` of Unicode code points in a canonical text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub struct Span {
    /// First code point.
    pub start: usize,
    /// One past the last.
    pub end: usize,
}

impl Span {
    /// How many code points it covers.
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether it covers nothing.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The same range, counted from `origin` on.
    pub fn offset_by(self, origin: usize) -> Self {
        Self { start: self.start + origin, end: self.end + origin }
    }
}

/// The text that `span` covers, or `None` where it reaches past the end.
pub fn char_slice(text: &str, span: Span) -> Option<&str> {
    if span.start > span.end {
        return None;
    }
    let mut bounds = text.char_indices().map(|(byte, _)| byte).chain(std::iter::once(text.len()));
    let start = bounds.nth(span.start)?;
    let end = if span.is_empty() { start } else { bounds.nth(span.len() - 1)? };
    text.get(start..end)
}

/// What a block of canonical text was in its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// A heading: names the section that follows.
    Heading,
    /// A paragraph.
    Paragraph,
    /// One item of a list.
    ListItem,
    /// One row of a table, each cell after the name of its column.
    TableRow,
    /// The caption of a table or figure.
    Caption,
    /// An entry of the reference list: readable, never evidence.
    Reference,
}

impl BlockKind {
    /// Whether passages are made of it.
    pub fn is_evidence(self) -> bool {
        self != Self::Reference
    }
}

/// A stretch of canonical text that was one element of the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Block {
    /// What it was.
    pub kind: BlockKind,
    /// Where it stands.
    #[serde(flatten)]
    pub span: Span,
    /// The headings above it, outermost first.
    pub section: Vec<String>,
    /// Page of the source, where it has pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// The cells of a table's row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<Cell>,
}

/// One cell of a table's row. Cells that are empty are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Cell {
    /// Its column, from 0.
    pub column: u32,
    /// Where the name of the column stands, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Span>,
    /// Where its content stands.
    #[serde(flatten)]
    pub span: Span,
}

/// A version's text with its structure. Built only by [`TextBuilder`], or read back from where it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanonicalText {
    text: String,
    blocks: Vec<Block>,
}

impl CanonicalText {
    /// Puts a stored text back together. Blocks must lie in order inside the text.
    pub fn from_parts(text: String, blocks: Vec<Block>) -> Option<Self> {
        let length = text.chars().count();
        let mut reached = 0;
        for block in &blocks {
            if block.span.start < reached || block.span.end < block.span.start || block.span.end > length {
                return None;
            }
            reached = block.span.end;
        }
        Some(Self { text, blocks })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its blocks, in order.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Hexadecimal SHA-256 of the UTF-8 text.
    pub fn sha256(&self) -> String {
        sha256_hex(self.text.as_bytes())
    }
}

/// Hexadecimal SHA-256.
pub fn sha256_hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Canonical form of one block: NFC, every run of white space one space, nothing that cannot be seen. Soft hyphens go too; OCR
/// and typesetting leave them inside words. A canonical text is its own canonical form.
pub fn normalise(raw: &str) -> String {
    // Composed last: a mark joins its letter only once nothing stands between the two.
    let cleaned: String = raw.chars().filter(|c| !is_invisible(*c)).nfc().collect();
    let mut text = String::with_capacity(cleaned.len());
    for word in cleaned.split_whitespace() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}

/// Control, zero-width, joining and direction characters, variation selectors and tags: they change what a text is compared
/// with, or carry another one, and nobody sees them.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}'
            | '\u{e0100}'..='\u{e01ef}'
    ) || (c.is_control() && !c.is_whitespace())
}

/// Collects blocks in reading order into a [`CanonicalText`].
#[derive(Debug, Default)]
pub struct TextBuilder {
    text: String,
    length: usize,
    blocks: Vec<Block>,
    section: Vec<String>,
}

impl TextBuilder {
    /// An empty text.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a heading of `level` 1 and deeper. Level 1 is the title's own, so it starts no section path.
    pub fn heading(&mut self, level: usize, raw: &str) {
        self.heading_on_page(level, raw, None);
    }

    /// The same, for sources that have pages.
    pub fn heading_on_page(&mut self, level: usize, raw: &str, page: Option<u32>) {
        let heading = normalise(raw);
        if heading.is_empty() {
            return;
        }
        self.section.truncate(level.saturating_sub(2));
        if level > 1 {
            self.section.push(heading.clone());
        }
        self.append(BlockKind::Heading, &heading, page);
    }

    /// Adds a block under the headings so far. Empty ones are dropped.
    pub fn block(&mut self, kind: BlockKind, raw: &str) {
        self.block_on_page(kind, raw, None);
    }

    /// The same, for sources that have pages.
    pub fn block_on_page(&mut self, kind: BlockKind, raw: &str, page: Option<u32>) {
        let text = normalise(raw);
        if !text.is_empty() {
            self.append(kind, &text, page);
        }
    }

    /// Adds a row of a table: its cells by column, each with the name of that column. A row quoted alone still says what its
    /// numbers are.
    pub fn row(&mut self, cells: &[(Option<&str>, &str)], page: Option<u32>) {
        let mut text = String::new();
        let mut length = 0;
        let mut push = |text: &mut String, piece: &str| {
            let start = length;
            text.push_str(piece);
            length += piece.chars().count();
            Span { start, end: length }
        };
        let mut placed = Vec::with_capacity(cells.len());
        for (column, (header, cell)) in (0..).zip(cells) {
            let cell = normalise(cell);
            if cell.is_empty() {
                continue;
            }
            if !text.is_empty() {
                push(&mut text, "; ");
            }
            let header = header.map(normalise).filter(|header| !header.is_empty()).map(|header| {
                let span = push(&mut text, &header);
                push(&mut text, ": ");
                span
            });
            let span = push(&mut text, &cell);
            placed.push(Cell { column, header, span });
        }
        if !text.is_empty() {
            self.append(BlockKind::TableRow, &text, page);
            if let Some(block) = self.blocks.last_mut() {
                let origin = block.span.start;
                block.cells = placed;
                for cell in &mut block.cells {
                    cell.span = cell.span.offset_by(origin);
                    cell.header = cell.header.map(|header| header.offset_by(origin));
                }
            }
        }
    }

    /// Whether nothing but headings has been added.
    pub fn is_empty(&self) -> bool {
        self.blocks.iter().all(|block| block.kind == BlockKind::Heading)
    }

    /// The finished text.
    pub fn finish(self) -> CanonicalText {
        CanonicalText { text: self.text, blocks: self.blocks }
    }

    fn append(&mut self, kind: BlockKind, text: &str, page: Option<u32>) {
        if !self.text.is_empty() {
            self.text.push('\n');
            self.length += 1;
        }
        let start = self.length;
        self.text.push_str(text);
        self.length += text.chars().count();
        self.blocks.push(Block {
            kind,
            span: Span { start, end: self.length },
            section: self.section.clone(),
            page,
            cells: Vec::new(),
        });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn slices_count_code_points_not_bytes() {
        let text = "µg 0.5 é";
        assert_eq!(char_slice(text, Span { start: 0, end: 2 }), Some("µg"));
        assert_eq!(char_slice(text, Span { start: 7, end: 8 }), Some("é"));
        assert_eq!(char_slice(text, Span { start: 8, end: 8 }), Some(""));
        assert_eq!(char_slice(text, Span { start: 7, end: 9 }), None);
        assert_eq!(char_slice(text, Span { start: 5, end: 3 }), None);
    }

    #[test]
    fn canonical_form_is_nfc_with_single_spaces_and_nothing_invisible() {
        assert_eq!(normalise("  e\u{301}pi\u{ad}ne\u{200b}phrine\t\n 0.5\u{a0}mg \u{202e}"), "épinephrine 0.5 mg");
        assert_eq!(normalise("a\u{0}b\u{7}"), "ab");
        assert_eq!(normalise("e\u{200b}\u{301}"), "é");
        let hidden = ['\u{34f}', '\u{61c}', '\u{180e}', '\u{206a}', '\u{fe0f}', '\u{e0041}', '\u{e007f}', '\u{e0100}'];
        for hidden in hidden {
            assert_eq!(normalise(&format!("5{hidden} mg{hidden}")), "5 mg", "{hidden:?}");
        }
    }

    fn raw_texts() -> impl Strategy<Value = String> {
        // Letters, marks, and what stood between them.
        let marks = "[ae \u{301}\u{327}\u{34f}\u{200b}\u{fe0f}\t\u{2000}\u{1100}\u{1161}]{0,20}";
        prop_oneof![any::<String>(), marks]
    }

    proptest! {
        #[test]
        fn a_canonical_text_is_its_own_canonical_form(raw in raw_texts()) {
            let once = normalise(&raw);
            prop_assert!(once.chars().all(|c| !is_invisible(c) && (c == ' ' || !c.is_whitespace())), "{once:?}");
            let composed: String = once.as_str().nfc().collect();
            prop_assert_eq!(&composed, &once);
            prop_assert_eq!(normalise(&once), once);
        }
    }

    #[test]
    fn headings_nest_by_level() {
        let mut builder = TextBuilder::new();
        builder.heading(1, "Gout");
        builder.heading(2, "Treatment");
        builder.heading(3, "Acute attack");
        builder.block(BlockKind::Paragraph, "Colchicine.");
        builder.heading(2, "Prevention");
        builder.block(BlockKind::Paragraph, "Allopurinol.");
        let text = builder.finish();
        assert_eq!(text.blocks()[3].section, ["Treatment", "Acute attack"]);
        assert_eq!(text.blocks()[5].section, ["Prevention"]);
        for block in text.blocks() {
            assert!(!char_slice(text.as_str(), block.span).unwrap().contains('\n'));
        }
        let again = CanonicalText::from_parts(text.as_str().to_owned(), text.blocks().to_vec());
        assert_eq!(again, Some(text));
    }

    #[test]
    fn cells_of_a_row_can_be_found_in_its_text() {
        let mut builder = TextBuilder::new();
        builder.block(BlockKind::Paragraph, "Before é.");
        builder.row(&[(Some("Drug"), "Amoxicillin"), (Some("Note"), " "), (None, "5\u{a0}mg")], Some(2));
        let text = builder.finish();
        let block = &text.blocks()[1];
        assert_eq!(char_slice(text.as_str(), block.span), Some("Drug: Amoxicillin; 5 mg"));
        let read = |span| char_slice(text.as_str(), span).unwrap();
        let cells: Vec<_> =
            block.cells.iter().map(|cell| (cell.column, cell.header.map(read), read(cell.span))).collect();
        assert_eq!(cells, [(0, Some("Drug"), "Amoxicillin"), (2, None, "5 mg")]);
        assert_eq!(block.page, Some(2));
    }

    #[test]
    fn blocks_outside_the_text_are_refused() {
        let block = Block {
            kind: BlockKind::Paragraph,
            span: Span { start: 0, end: 9 },
            section: vec![],
            page: None,
            cells: vec![],
        };
        assert_eq!(CanonicalText::from_parts("short".into(), vec![block]), None);
    }
}
