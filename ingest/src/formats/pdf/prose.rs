//! Lines become paragraphs: which line goes on with the one before it, and which begins something new?

use std::collections::HashSet;

use knowledge::BlockKind;

use super::joint::append;
use super::marks::{is_capitals, is_caption, item, number_depth};
use super::page::{Block, Page};
use super::words::{Line, weighted_median};
use crate::formats::table::Table;

/// Letters higher than the text's by this much are a heading's.
const HEADING_SIZE: f32 = 1.12;

/// Letters lower than the text's by this much are a note's.
const NOTE_SIZE: f32 = 0.92;

/// Lines of one heading, at most: more in large letters are a text in large letters.
const HEADING_LINES: usize = 4;

/// A piece of the text, with the page it begins on.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) page: u32,
    pub(super) content: Content,
}

/// What it is.
#[derive(Debug)]
pub(super) enum Content {
    /// A heading, with the height of its letters and how deep its number is, if it has one.
    Heading { text: String, size: f32, depth: Option<usize> },
    /// Text of a kind.
    Text { kind: BlockKind, text: String },
    /// A table.
    Table(Table),
}

/// The height of most letters.
pub(super) fn body_size(pages: &[Page]) -> f32 {
    let lines = pages.iter().flat_map(|page| &page.blocks).flat_map(|block| &block.lines);
    weighted_median(lines.map(|line| (line.size, line.text.chars().count())).collect())
}

/// The words of the document, in small letters: they say which hyphens at the ends of lines are the words' own.
pub(super) fn vocabulary(pages: &[Page]) -> HashSet<String> {
    let lines = pages.iter().flat_map(|page| &page.blocks).flat_map(|block| &block.lines);
    let words = lines.flat_map(|line| line.text.split_whitespace());
    words.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()).collect()
}

/// Collects pieces in reading order.
pub(super) struct Flow<'a> {
    body: f32,
    vocabulary: &'a HashSet<String>,
    pieces: Vec<Piece>,
    open: Option<Open>,
    heading_ends: f32,
}

/// The paragraph that may go on.
#[derive(Debug, Clone)]
struct Open {
    piece: usize,
    kind: BlockKind,
    size: f32,
    first_left: f32,
    rest_left: Option<f32>,
    right: f32,
    bottom: f32,
}

impl<'a> Flow<'a> {
    pub(super) fn new(body: f32, vocabulary: &'a HashSet<String>) -> Self {
        Self { body, vocabulary, pieces: Vec::new(), open: None, heading_ends: f32::NEG_INFINITY }
    }

    /// The pieces. Numbered lines that follow each other with nothing between them were a list.
    pub(super) fn finish(mut self) -> Vec<Piece> {
        let numbered =
            |piece: &Piece| matches!(piece.content, Content::Heading { depth: Some(1), size, .. } if size <= 0.0);
        let numbered: Vec<bool> = self.pieces.iter().map(numbered).collect();
        let is_numbered = |at: Option<usize>| at.and_then(|at| numbered.get(at)).copied().unwrap_or(false);
        for (at, piece) in self.pieces.iter_mut().enumerate() {
            let in_list = is_numbered(Some(at)) && (is_numbered(at.checked_sub(1)) || is_numbered(Some(at + 1)));
            if let (Content::Heading { text, .. }, true) = (&mut piece.content, in_list) {
                let text = std::mem::take(text);
                piece.content = Content::Text { kind: BlockKind::ListItem, text };
            }
        }
        self.pieces
    }

    pub(super) fn table(&mut self, table: Table, page: u32) {
        self.pieces.push(Piece { page, content: Content::Table(table) });
    }

    /// Rows that are read one by one: what stands in them must not run together.
    pub(super) fn rows(&mut self, rows: Vec<String>, page: u32) {
        for text in rows {
            self.pieces.push(Piece { page, content: Content::Text { kind: BlockKind::Paragraph, text } });
        }
    }

    pub(super) fn block(&mut self, block: &Block, page: u32) {
        // Captions and notes interrupt a paragraph; it goes on after them.
        let interrupted = self.open.clone();
        let first = block.lines.first();
        let interrupts = first.is_some_and(|line| is_caption(&line.text) || line.size < NOTE_SIZE * self.body)
            && interrupted.is_some();
        let apart = is_row_like(block);
        let usual_gap = usual_gap(block);
        let mut at = 0;
        while let Some(line) = block.lines.get(at) {
            if let Some((lines, depth, size)) = self.heading(block, at) {
                let texts = block.lines.iter().skip(at).take(lines);
                self.push_heading(texts, depth, size, page);
                at += lines;
                continue;
            }
            let goes_on = match (&self.open, at) {
                (Some(open), 0) => self.goes_on_elsewhere(open, line),
                (Some(open), _) => !apart && !self.begins_new(open, line, block, usual_gap),
                (None, _) => false,
            };
            if goes_on {
                self.go_on(line, at > 0)
            } else {
                self.start(line, page)
            }
            at += 1;
        }
        if interrupts {
            self.open = interrupted;
        } else if apart {
            self.open = None;
        }
    }

    fn text_of(&self, open: &Open) -> &str {
        match self.pieces.get(open.piece).map(|piece| &piece.content) {
            Some(Content::Text { text, .. }) => text.as_str(),
            _ => "",
        }
    }

    /// Whether a paragraph goes on in the next column, on the next page or below what interrupted it.
    fn goes_on_elsewhere(&self, open: &Open, line: &Line) -> bool {
        let text = self.text_of(open);
        let alike = (line.size - open.size).abs() <= 0.08 * open.size;
        let small = line.text.chars().next().is_some_and(char::is_lowercase);
        alike
            && open.kind != BlockKind::Caption
            && small
            && !text.ends_with(['.', ':', ';', '?', '!'])
            && item(&line.text).is_none()
    }

    fn begins_new(&self, open: &Open, line: &Line, block: &Block, usual_gap: f32) -> bool {
        let text = self.text_of(open);
        let em = line.size;
        let ended = text.trim_end_matches([')', '”', '"', '’', ']']).ends_with(['.', ':', ';', '?', '!']);
        let capital = line.text.chars().next().is_some_and(|c| c.is_uppercase() || c.is_ascii_digit());
        let is_item = |mark_is_sure: bool| mark_is_sure || ended || open.kind == BlockKind::ListItem;
        if item(&line.text).is_some_and(|item| is_item(item.is_sure)) {
            return true;
        }
        let changes_size = (em - open.size).abs() > 0.1 * open.size;
        let is_apart = line.place.top - open.bottom > usual_gap + 0.4 * em;
        if changes_size || is_apart || is_caption(&line.text) && ended {
            return true;
        }
        let left = line.place.left;
        let indented = match open.rest_left {
            Some(rest) if rest > open.first_left + 0.8 * em => left < rest - 0.8 * em,
            Some(rest) => left > rest + 0.8 * em,
            None => left > open.first_left + 0.8 * em && open.kind != BlockKind::ListItem && ended,
        };
        // The first word would have had room on the line before: that line was a last one.
        let room = block.place.right - open.right;
        let had_room = room > line.first_width() + 0.5 * em;
        indented || capital && had_room && (ended || room > 0.5 * block.place.width() && !text.ends_with([',', '-']))
    }

    fn start(&mut self, line: &Line, page: u32) {
        let (kind, text) = match item(&line.text) {
            Some(item) => (BlockKind::ListItem, item.text),
            None if is_caption(&line.text) => (BlockKind::Caption, line.text.as_str()),
            None => (BlockKind::Paragraph, line.text.as_str()),
        };
        self.open = Some(Open {
            piece: self.pieces.len(),
            kind,
            size: line.size,
            first_left: line.place.left,
            rest_left: None,
            right: line.place.right,
            bottom: line.place.bottom,
        });
        self.pieces.push(Piece { page, content: Content::Text { kind, text: text.to_owned() } });
    }

    fn go_on(&mut self, line: &Line, same_block: bool) {
        let Some(open) = &mut self.open else { return };
        if let Some(Content::Text { text, .. }) = self.pieces.get_mut(open.piece).map(|piece| &mut piece.content) {
            append(text, &line.text, self.vocabulary);
        }
        // In another column, margins are others.
        if !same_block {
            open.first_left = line.place.left;
        }
        open.rest_left = Some(line.place.left);
        (open.right, open.bottom) = (line.place.right, line.place.bottom);
    }

    /// How many lines from `at` on are a heading, how deep its number is, and how high its letters are if they make it
    /// one.
    fn heading(&self, block: &Block, at: usize) -> Option<(usize, Option<usize>, f32)> {
        let line = block.lines.get(at)?;
        let text = line.text.as_str();
        let before = at.checked_sub(1).and_then(|at| block.lines.get(at));
        if line.text.chars().filter(|c| c.is_alphabetic()).count() < 3 || is_caption(text) {
            return None;
        }
        let depth = number_depth(text);
        if line.size >= HEADING_SIZE * self.body {
            let alike = |other: &&Line| (other.size - line.size).abs() <= 0.04 * line.size;
            let after = block.lines.iter().skip(at).take(HEADING_LINES + 1).take_while(alike).count();
            let earlier = block.lines.iter().take(at).rev().take(HEADING_LINES + 1).take_while(alike).count();
            return (after + earlier <= HEADING_LINES).then_some((after, depth, line.size));
        }
        if is_capitals(text) {
            let lines = block.lines.iter().skip(at).take_while(|line| is_capitals(&line.text)).count();
            let first = before.is_none_or(|before| !is_capitals(&before.text));
            return (first && lines <= 2).then_some((lines, depth, 0.0));
        }
        let depth = depth?;
        let next = block.lines.get(at + 1);
        let ended = before.is_none_or(|before| before.text.ends_with(['.', ':', '?', '!']));
        let wraps = next.is_some_and(|next| next.text.starts_with(char::is_lowercase));
        let in_list = depth == 1
            && (next.is_some_and(|next| item(&next.text).is_some() || number_depth(&next.text).is_some())
                || before.is_some_and(|before| item(&before.text).is_some())
                || text.contains(", ")
                || text.split_once(". ").is_some_and(|(number, _)| number.len() > 2));
        (ended && !wraps && !in_list).then_some((1, Some(depth), 0.0))
    }

    fn push_heading<'l>(&mut self, lines: impl Iterator<Item = &'l Line>, depth: Option<usize>, size: f32, page: u32) {
        let mut heading = String::new();
        let (mut top, mut bottom) = (f32::INFINITY, f32::NEG_INFINITY);
        for line in lines {
            append(&mut heading, &line.text, self.vocabulary);
            (top, bottom) = (top.min(line.place.top), bottom.max(line.place.bottom));
        }
        self.open = None;
        let ends = std::mem::replace(&mut self.heading_ends, bottom);
        // A title whose lines are far apart comes as several blocks.
        if let Some(Piece { page: on, content: Content::Heading { text, size: above, .. } }) = self.pieces.last_mut() {
            let near = (-1.0..0.6 * size).contains(&(top - ends));
            if *on == page && size > 0.0 && (*above - size).abs() <= 0.02 * size && near && depth.is_none() {
                append(text, &heading, self.vocabulary);
                return;
            }
        }
        self.pieces.push(Piece { page, content: Content::Heading { text: heading, size, depth } });
    }
}

/// Short lines that each begin something, and lines full of figures: a list or a table that nothing marks as one.
fn is_row_like(block: &Block) -> bool {
    let lines = &block.lines;
    let words = || lines.iter().flat_map(|line| line.text.split_whitespace());
    let count = words().count();
    let figures = words().filter(|word| word.starts_with(|c: char| c.is_ascii_digit())).count();
    let chars: usize = lines.iter().map(|line| line.text.chars().count()).sum();
    let begins = |line: &Line| {
        !line.text.starts_with(char::is_lowercase) && !line.text.ends_with([',', '-']) && item(&line.text).is_none()
    };
    let mean = chars / lines.len().max(1);
    lines.len() >= 3 && (figures * 5 >= count * 2 && mean < 60 || mean < 25 && lines.iter().all(begins))
}

/// The white space between most lines of a block.
fn usual_gap(block: &Block) -> f32 {
    let pairs = block.lines.windows(2);
    let gaps = pairs.filter_map(|pair| match pair {
        [above, below] => Some((below.place.top - above.place.bottom, 1)),
        _ => None,
    });
    weighted_median(gaps.collect())
}

#[cfg(test)]
mod tests {
    use super::super::words::line;
    use super::*;

    /// A block on a page: lines of a text, its left and its bottom.
    type Lines<'a> = (u32, &'a [(&'a str, f32, f32)]);

    /// What becomes of blocks of lines ten points high.
    fn read(blocks: &[Lines<'_>]) -> Vec<String> {
        let vocabulary = HashSet::new();
        let mut flow = Flow::new(10.0, &vocabulary);
        for (page, lines) in blocks {
            let lines = lines.iter().map(|(text, left, bottom)| line(text, *left, *bottom, 10.0));
            flow.block(&Block::of(lines.collect()).unwrap(), *page);
        }
        let said = flow.finish().into_iter().map(|piece| match piece.content {
            Content::Heading { text, .. } => format!("{}# {text}", piece.page),
            Content::Text { kind: BlockKind::ListItem, text } => format!("{}* {text}", piece.page),
            Content::Text { kind: BlockKind::Caption, text } => format!("{}^ {text}", piece.page),
            Content::Text { text, .. } => format!("{} {text}", piece.page),
            Content::Table(_) => format!("{}|", piece.page),
        });
        said.collect()
    }

    #[test]
    fn paragraphs_end_at_indents_gaps_and_last_lines() {
        let indented: &[(&str, f32, f32)] = &[
            ("Examplin was given to all of the forty", 72.0, 100.0),
            ("adults who had been ill for a long time", 60.0, 112.0),
            ("and who wished it to be given to them.", 60.0, 124.0),
            ("The others had none of it for the whole", 72.0, 136.0),
            ("of the time.", 60.0, 148.0),
            ("A last line is short and what comes next", 60.0, 160.0),
            ("begins something new after some space.", 60.0, 172.0),
            ("It stands further down than other lines.", 60.0, 200.0),
        ];
        assert_eq!(
            read(&[(1, indented)]),
            [
                "1 Examplin was given to all of the forty adults who had been ill for a long time and who wished it to \
                 be given to them.",
                "1 The others had none of it for the whole of the time.",
                "1 A last line is short and what comes next begins something new after some space.",
                "1 It stands further down than other lines.",
            ]
        );
    }

    #[test]
    fn paragraphs_go_on_over_columns_pages_and_captions() {
        let blocks: [Lines<'_>; 5] = [
            (1, &[("Examplin was given to the adults who", 60.0, 700.0)]),
            (2, &[("Figure 1. The flow of the trial", 60.0, 100.0)]),
            (2, &[("wished it to be given.", 60.0, 200.0)]),
            (2, &[("The others had none", 60.0, 300.0)]),
            (2, &[("Nobody asked them why.", 60.0, 400.0)]),
        ];
        assert_eq!(
            read(&blocks),
            [
                "1 Examplin was given to the adults who wished it to be given.",
                "2^ Figure 1. The flow of the trial",
                "2 The others had none",
                "2 Nobody asked them why.",
            ]
        );
    }

    #[test]
    fn items_begin_at_bullets_and_numbers() {
        let block: &[(&str, f32, f32)] = &[
            ("Give these to adults who ask for them:", 60.0, 100.0),
            ("• examplin at a low dose with a", 60.0, 112.0),
            ("glass of water", 68.0, 124.0),
            ("• testolol", 60.0, 136.0),
            ("1. Ask for the weight of the adult", 60.0, 148.0),
            ("2. Ask for the age of the adult", 60.0, 160.0),
        ];
        assert_eq!(
            read(&[(3, block)]),
            [
                "3 Give these to adults who ask for them:",
                "3* examplin at a low dose with a glass of water",
                "3* testolol",
                "3* 1. Ask for the weight of the adult",
                "3* 2. Ask for the age of the adult",
            ]
        );
    }

    #[test]
    fn headings_are_numbered_or_in_capitals() {
        let blocks: [Lines<'_>; 4] = [
            (1, &[("METHODS", 60.0, 100.0), ("Forty adults had examplin for four weeks.", 60.0, 112.0)]),
            (1, &[("2.1 Treatment", 60.0, 140.0), ("It was given once daily by mouth to all.", 60.0, 152.0)]),
            (1, &[("1 Fever", 60.0, 200.0)]),
            (1, &[("2 Cough", 60.0, 230.0)]),
        ];
        assert_eq!(
            read(&blocks),
            [
                "1# METHODS",
                "1 Forty adults had examplin for four weeks.",
                "1# 2.1 Treatment",
                "1 It was given once daily by mouth to all.",
                "1* 1 Fever",
                "1* 2 Cough",
            ]
        );
    }

    #[test]
    fn short_lines_and_lines_of_figures_stay_apart() {
        let short: &[(&str, f32, f32)] = &[("Fever", 60.0, 100.0), ("Dry cough", 60.0, 112.0), ("Rash", 60.0, 124.0)];
        assert_eq!(read(&[(1, short)]), ["1 Fever", "1 Dry cough", "1 Rash"]);
        let figures: &[(&str, f32, f32)] =
            &[("examplin 5 10 40", 60.0, 100.0), ("testolol 6 12 38", 60.0, 112.0), ("none 0 0 41", 60.0, 124.0)];
        assert_eq!(read(&[(1, figures)]), ["1 examplin 5 10 40", "1 testolol 6 12 38", "1 none 0 0 41"]);
    }
}
