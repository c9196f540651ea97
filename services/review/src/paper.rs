//! Text on pages of A4: wrapped lines, page numbers, and the same bytes for the same text.
//!
//! The fonts are two of those that every reader of PDF brings along, so nothing is embedded; they know the characters
//! of Windows-1252.

use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

/// A4 in points.
const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 56.0;
/// Height of a line by its letters.
const LEADING: f32 = 1.35;
const FOOTER: f32 = 8.0;
const PLAIN: Name<'static> = Name(b"F1");
const BOLD: Name<'static> = Name(b"F2");

/// Widths of the characters 32 to 126 of Helvetica in thousandths of its size (Adobe, Core 14 AFM files).
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
];

/// A line as it is set.
struct Set {
    text: Vec<u8>,
    is_bold: bool,
    size: f32,
    /// Distance from the line above.
    drop: f32,
}

/// What is to be printed.
pub(crate) struct Paper {
    lines: Vec<Set>,
}

impl Paper {
    pub(crate) fn new() -> Self {
        Self { lines: Vec::new() }
    }

    pub(crate) fn title(&mut self, text: &str) {
        self.set(text, true, 16.0, 0.0);
    }

    pub(crate) fn heading(&mut self, text: &str) {
        self.set(text, true, 11.5, 12.0);
    }

    pub(crate) fn line(&mut self, text: &str) {
        self.set(text, false, 9.5, 2.0);
    }

    fn set(&mut self, text: &str, is_bold: bool, size: f32, above: f32) {
        for (n, text) in wrap(&encode(text), is_bold, size).into_iter().enumerate() {
            let above = if n == 0 { above } else { 0.0 };
            self.lines.push(Set { text, is_bold, size, drop: above + size * LEADING });
        }
    }

    /// The file. Nothing in it depends on when or where it was made.
    pub(crate) fn print(&self, title: &str) -> Vec<u8> {
        let pages = self.pages();
        let mut next = Ref::new(1);
        let (catalog, tree, plain, bold, info) = (next.bump(), next.bump(), next.bump(), next.bump(), next.bump());
        let places: Vec<(Ref, Ref)> = pages.iter().map(|_| (next.bump(), next.bump())).collect();
        let mut pdf = Pdf::new();
        pdf.catalog(catalog).pages(tree).lang(TextStr("en"));
        pdf.document_info(info).title(TextStr(title)).producer(TextStr("Osler"));
        let count = i32::try_from(places.len()).unwrap_or(i32::MAX);
        pdf.pages(tree).kids(places.iter().map(|(page, _)| *page)).count(count);
        for (font, name) in [(plain, Name(b"Helvetica")), (bold, Name(b"Helvetica-Bold"))] {
            pdf.type1_font(font).base_font(name).encoding_predefined(Name(b"WinAnsiEncoding"));
        }
        for (n, (lines, (page_ref, content_ref))) in pages.iter().zip(&places).enumerate() {
            let mut page = pdf.page(*page_ref);
            page.parent(tree).media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).contents(*content_ref);
            page.resources().fonts().pair(PLAIN, plain).pair(BOLD, bold);
            page.finish();
            let mut content = Content::new();
            for (y, line) in lines {
                show(&mut content, &line.text, line.is_bold, line.size, *y);
            }
            let footer = format!("Page {} of {}", n + 1, pages.len());
            show(&mut content, footer.as_bytes(), false, FOOTER, MARGIN / 2.0);
            pdf.stream(*content_ref, &content.finish());
        }
        pdf.finish()
    }

    /// The lines of each page, with their heights on it. There is one page at least.
    fn pages(&self) -> Vec<Vec<(f32, &Set)>> {
        let mut pages = vec![Vec::new()];
        let mut y = HEIGHT - MARGIN;
        for line in &self.lines {
            y -= line.drop;
            if y < MARGIN {
                pages.push(Vec::new());
                y = HEIGHT - MARGIN - line.size * LEADING;
            }
            if let Some(page) = pages.last_mut() {
                page.push((y, line));
            }
        }
        pages
    }
}

fn show(content: &mut Content, text: &[u8], is_bold: bool, size: f32, y: f32) {
    content.begin_text();
    content.set_font(if is_bold { BOLD } else { PLAIN }, size);
    content.next_line(MARGIN, y);
    content.show(Str(text));
    content.end_text();
}

/// Lines that fit between the margins. A word that does not, such as a hash, is broken where the line ends.
fn wrap(text: &[u8], is_bold: bool, size: f32) -> Vec<Vec<u8>> {
    let room = (WIDTH - 2.0 * MARGIN) / size * 1000.0;
    let mut lines: Vec<Vec<u8>> = vec![Vec::new()];
    let mut used = 0.0;
    for word in text.split(|byte| *byte == b' ').filter(|word| !word.is_empty()) {
        let width: f32 = word.iter().map(|byte| advance(*byte, is_bold)).sum();
        let space = if used > 0.0 { advance(b' ', is_bold) } else { 0.0 };
        if used > 0.0 && used + space + width > room {
            lines.push(Vec::new());
            used = 0.0;
        } else if used > 0.0 {
            push(&mut lines, b' ');
            used += space;
        }
        for byte in word {
            let wide = advance(*byte, is_bold);
            if used + wide > room {
                lines.push(Vec::new());
                used = 0.0;
            }
            push(&mut lines, *byte);
            used += wide;
        }
    }
    lines
}

fn push(lines: &mut [Vec<u8>], byte: u8) {
    if let Some(line) = lines.last_mut() {
        line.push(byte);
    }
}

/// Width of a character in thousandths of the size; of those beyond ASCII, and of bold ones, at least that: a line may
/// be broken early, and never runs out of the page.
fn advance(byte: u8, is_bold: bool) -> f32 {
    let known = byte.checked_sub(32).and_then(|place| WIDTHS.get(usize::from(place)));
    let plain = known.map_or(1000.0, |width| f32::from(*width));
    if is_bold { plain * 1.2 } else { plain }
}

/// The text in Windows-1252. What that does not know is written with signs that it does know, or as a question mark.
fn encode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '≥' => bytes.extend_from_slice(b">="),
            '≤' => bytes.extend_from_slice(b"<="),
            '→' => bytes.extend_from_slice(b"->"),
            '\u{2212}' | '\u{2010}' | '\u{2011}' => bytes.push(b'-'),
            '\u{3bc}' => bytes.push(0xb5),
            '€' => bytes.push(0x80),
            '…' => bytes.push(0x85),
            '\u{2018}' => bytes.push(0x91),
            '\u{2019}' => bytes.push(0x92),
            '\u{201c}' => bytes.push(0x93),
            '\u{201d}' => bytes.push(0x94),
            '•' => bytes.push(0x95),
            '–' => bytes.push(0x96),
            '—' => bytes.push(0x97),
            other if other.is_whitespace() || other.is_control() => bytes.push(b' '),
            other => match u8::try_from(u32::from(other)) {
                Ok(byte) => bytes.push(byte),
                Err(_) => bytes.push(b'?'),
            },
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_those_of_the_font() {
        assert_eq!(encode("a–b — “c” ≥ 5 µg μg\n→ 漢"), b"a\x96b \x97 \x93c\x94 >= 5 \xb5g \xb5g -> ?");
    }

    #[test]
    fn lines_fit_and_keep_their_words() {
        let text = "Agreement of the two reviewers ".repeat(20) + &"f".repeat(900);
        let lines = wrap(text.as_bytes(), false, 9.5);
        assert!(lines.len() > 8, "{}", lines.len());
        for line in &lines {
            let width: f32 = line.iter().map(|byte| advance(*byte, false)).sum();
            assert!(width * 9.5 / 1000.0 <= WIDTH - 2.0 * MARGIN + 0.1, "{width}");
        }
        let letters = |bytes: &[u8]| bytes.iter().filter(|byte| **byte != b' ').count();
        assert_eq!(letters(&lines.concat()), letters(text.as_bytes()));
        assert_eq!(wrap(b"", false, 9.5), [Vec::<u8>::new()]);
    }

    #[test]
    fn pages_are_counted_and_found() {
        let mut paper = Paper::new();
        paper.title("Ward (3)");
        (0..120).for_each(|n| paper.line(&format!("Line {n}")));
        let bytes = paper.print("Ward 3");
        assert_eq!(bytes, paper.print("Ward 3"));
        assert!(bytes.starts_with(b"%PDF-1.7"));
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("(Ward (3))") && text.contains("(Line 119)"));
        let pages = text.matches("/Type /Page\n").count();
        assert!(pages >= 2, "{pages}");
        assert!(text.contains(&format!("/Count {pages}")) && text.contains(&format!("(Page {pages} of {pages})")));
        // Where the file says that its table of objects begins, it does.
        let start = text.rsplit("startxref\n").next().unwrap().lines().next().unwrap();
        assert!(bytes[start.parse::<usize>().unwrap()..].starts_with(b"xref"));
    }
}
