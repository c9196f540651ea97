//! Pages as `pdftotext` writes them: blocks of lines of words, each with its place. Each page is parsed alone, so that
//! a long document takes no more memory than a short one.

use std::borrow::Cow;
use std::collections::HashSet;

use roxmltree::{Document, Node};

use super::malformed;
use super::words::{Line, Rect, Word};
use crate::error::Rejection;

/// Lines of one page whose order and tables are looked into. Real pages have some hundred.
pub(super) const MAX_LINES: usize = 5_000;

/// Lines that `pdftotext` takes for one block.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block {
    pub(super) lines: Vec<Line>,
    pub(super) place: Rect,
}

impl Block {
    /// A block of these lines, if there are any.
    pub(super) fn of(lines: Vec<Line>) -> Option<Self> {
        let place = lines.iter().map(|line| line.place).reduce(Rect::with)?;
        Some(Self { lines, place })
    }
}

/// A page. Its blocks are in the order in which `pdftotext` would read them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Page {
    /// Counted from 1.
    pub(super) number: u32,
    pub(super) height: f32,
    pub(super) blocks: Vec<Block>,
}

impl Page {
    /// How many lines it has.
    pub(super) fn lines(&self) -> usize {
        self.blocks.iter().map(|block| block.lines.len()).sum()
    }

    /// Keeps the lines that `keep` wants, given the number of their block and their own in it.
    pub(super) fn retain(&mut self, keep: impl Fn(usize, usize) -> bool) {
        let blocks = std::mem::take(&mut self.blocks);
        for (at, block) in blocks.into_iter().enumerate() {
            let lines = block.lines.into_iter().enumerate();
            let kept = lines.filter(|(line, _)| keep(at, *line)).map(|(_, line)| line);
            self.blocks.extend(Block::of(kept.collect()));
        }
    }
}

/// The pages of a document.
pub(super) fn pages(xhtml: &str) -> Result<Vec<Page>, Rejection> {
    const END: &str = "</page>";
    let mut pages = Vec::new();
    let mut rest = xhtml;
    // What a page says is escaped: the tag can stand nowhere else.
    while let Some((_, tail)) = rest.split_once("<page ") {
        let (page, after) = tail.split_once(END).ok_or_else(|| malformed("its last page does not end"))?;
        let number = u32::try_from(pages.len() + 1).map_err(|_| malformed("more pages than can be counted"))?;
        pages.push(read(number, &cleaned(&format!("<page {page}{END}")))?);
        rest = after;
    }
    if pages.is_empty() { Err(malformed("no page in it")) } else { Ok(pages) }
}

/// The value of `<title>`, or of the `<meta>` of that name.
pub(super) fn head_value(xhtml: &str, name: &str) -> Option<String> {
    let (_, head) = xhtml.split_once("<head>")?;
    let (head, _) = head.split_once("</head>")?;
    let head = cleaned(&format!("<head>{head}</head>")).into_owned();
    let head = Document::parse(&head).ok()?;
    let found = head.descendants().find_map(|node| {
        if name == "title" && node.has_tag_name("title") {
            return node.text();
        }
        let is_named = node.attribute("name").is_some_and(|found| found.eq_ignore_ascii_case(name));
        if node.has_tag_name("meta") && is_named { node.attribute("content") } else { None }
    });
    found.map(knowledge::normalise).filter(|value| !value.is_empty())
}

/// Without the characters that XML does not allow: fonts that do not explain themselves put them among the letters.
fn cleaned(xhtml: &str) -> Cow<'_, str> {
    let is_control = |c: char| c < ' ' && !matches!(c, '\t' | '\n' | '\r');
    let is_xml = |c: char| !is_control(c) && !matches!(c, '\u{fffe}' | '\u{ffff}');
    if xhtml.chars().all(is_xml) {
        return Cow::Borrowed(xhtml);
    }
    Cow::Owned(xhtml.chars().map(|c| if is_xml(c) { c } else { char::REPLACEMENT_CHARACTER }).collect())
}

fn read(number: u32, xhtml: &str) -> Result<Page, Rejection> {
    let document = Document::parse(xhtml).map_err(|error| malformed(format!("page {number}: {error}")))?;
    let page = document.root_element();
    let named = |node: Node<'_, '_>, name: &str| node.has_tag_name(name);
    let blocks = page.descendants().filter(|node| named(*node, "block")).filter_map(|block| {
        let lines = block.children().filter(|node| named(*node, "line"));
        Block::of(lines.filter_map(|line| Line::of(line.children().filter_map(word).collect())).collect())
    });
    let blocks = blocks.collect();
    let mut page = Page { number, height: number_in(page, "height"), blocks };
    if page.lines() <= MAX_LINES {
        join_bullets(&mut page);
    }
    Ok(page)
}

fn word(node: Node<'_, '_>) -> Option<Word> {
    let text = node.has_tag_name("word").then(|| node.text())??.trim();
    if text.is_empty() {
        return None;
    }
    let side = |name| number_in(node, name);
    let place = Rect { left: side("xMin"), top: side("yMin"), right: side("xMax"), bottom: side("yMax") };
    Some(Word { text: without_ligatures(text), place })
}

fn number_in(node: Node<'_, '_>, name: &str) -> f32 {
    let number = node.attribute(name).and_then(|value| value.parse::<f32>().ok());
    number.filter(|number| number.is_finite()).unwrap_or(0.0).clamp(-1e6, 1e6)
}

/// Letters that fonts draw as one are two again, as people type them.
fn without_ligatures(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            'ﬀ' => plain.push_str("ff"),
            'ﬁ' => plain.push_str("fi"),
            'ﬂ' => plain.push_str("fl"),
            'ﬃ' => plain.push_str("ffi"),
            'ﬄ' => plain.push_str("ffl"),
            'ﬅ' | 'ﬆ' => plain.push_str("st"),
            _ => plain.push(c),
        }
    }
    plain
}

/// Whether it is nothing but the mark of a list's item.
pub(super) fn is_bullet(text: &str) -> bool {
    const BULLETS: [char; 21] = [
        '•', '·', '・', '●', '▪', '■', '◼', '➢', '❖', '◦', '○', '‣', '–', '—', '*', '»', '-', '¾', '\u{f0b7}',
        '\u{f0a7}', '\u{f0d8}',
    ];
    let mut chars = text.chars();
    chars.next().is_some_and(|c| BULLETS.contains(&c)) && chars.next().is_none()
}

/// Whether it can be nothing else: dashes and stars are also what tables put into empty cells.
pub(super) fn is_sure_bullet(text: &str) -> bool {
    is_bullet(text) && !matches!(text, "-" | "–" | "—" | "*" | "·")
}

/// A bullet that stands far from its item is a block of its own for `pdftotext`; here it goes back to its line.
fn join_bullets(page: &mut Page) {
    let places = |is_wanted: fn(&str) -> bool| {
        let lines =
            page.blocks.iter().enumerate().flat_map(|(block, lines)| {
                lines.lines.iter().enumerate().map(move |(line, found)| (found, block, line))
            });
        let wanted = lines.filter(|(found, ..)| is_wanted(&found.text));
        wanted.map(|(found, block, line)| (found.place, block, line)).collect::<Vec<_>>()
    };
    let bullets = places(is_sure_bullet);
    let mut others = places(|text| !is_sure_bullet(text));
    others.sort_by(|a, b| a.0.middle().total_cmp(&b.0.middle()));
    let mut joined = Vec::new();
    for (place, block, line) in bullets {
        let size = place.height().max(1.0);
        let from = others.partition_point(|(other, ..)| other.middle() < place.middle() - 0.5 * size);
        let beside = others.iter().skip(from).take_while(|(other, ..)| other.middle() <= place.middle() + 0.5 * size);
        let right_of = beside.filter(|(other, ..)| (-1.0..4.0 * size).contains(&(other.left - place.right)));
        if let Some((_, to_block, to_line)) = right_of.min_by(|a, b| a.0.left.total_cmp(&b.0.left)) {
            joined.push(((block, line), (*to_block, *to_line)));
        }
    }
    for ((block, line), (to_block, to_line)) in &joined {
        let Some(bullet) = page.blocks.get(*block).and_then(|block| block.lines.get(*line)).cloned() else { continue };
        let target = page.blocks.get_mut(*to_block).and_then(|block| block.lines.get_mut(*to_line));
        if let Some(target) = target {
            let words = bullet.words.into_iter().chain(target.words.iter().cloned()).collect();
            *target = Line::of(words).unwrap_or_else(|| target.clone());
        }
    }
    let gone: HashSet<(usize, usize)> = joined.into_iter().map(|(from, _)| from).collect();
    if !gone.is_empty() {
        page.retain(|block, line| !gone.contains(&(block, line)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<html><head><title>T &amp; U</title><meta name=\"Author\" content=\"J Doe\"/></head><body><doc>\
        <page width=\"595.0\" height=\"842.0\"><flow><block xMin=\"1\" yMin=\"1\" xMax=\"1\" yMax=\"1\"><line>\
        <word xMin=\"60\" yMin=\"90\" xMax=\"65\" yMax=\"100\">•</word></line></block></flow><flow><block><line>\
        <word xMin=\"85\" yMin=\"90\" xMax=\"110\" yMax=\"100\">con\u{fb01}rm</word>\
        <word xMin=\"113\" yMin=\"90\" xMax=\"120\" yMax=\"100\">\u{1}</word></line></block></flow></page>\
        <page width=\"595.0\" height=\"842.0\">\n  </page></doc></body></html>";

    #[test]
    fn pages_hold_lines_and_bullets_go_to_their_items() {
        let pages = pages(PAGE).unwrap();
        assert_eq!(pages.len(), 2);
        assert_eq!((pages[0].height, pages[0].lines(), pages[1].lines()), (842.0, 1, 0));
        assert_eq!(pages[0].blocks[0].lines[0].text, "• confirm \u{fffd}");
        assert_eq!(pages[0].blocks[0].place.left, 60.0);
    }

    #[test]
    fn the_head_is_read() {
        assert_eq!(head_value(PAGE, "title").as_deref(), Some("T & U"));
        assert_eq!(head_value(PAGE, "author").as_deref(), Some("J Doe"));
        assert_eq!(head_value(PAGE, "Keywords"), None);
        assert_eq!(head_value("<head>&</head>", "title"), None);
    }

    #[test]
    fn what_is_cut_is_refused() {
        for cut in [
            "",
            "<doc></doc>",
            "<page width=\"1\" height=\"2\"><flow>",
            "<page a=\"1\"><flow></page>",
            "<page &></page>",
        ] {
            assert!(matches!(pages(cut), Err(Rejection::Malformed { format: "PDF", .. })), "{cut}");
        }
    }

    #[test]
    fn places_that_are_none_do_no_harm() {
        let word = "<word xMin=\"inf\" yMin=\"1e300\" xMax=\"x\">a</word>";
        let odd = format!("<page height=\"nan\"><block><line>{word}</line></block></page>");
        assert_eq!(pages(&odd).unwrap()[0].blocks[0].lines[0].text, "a");
    }
}
