//! PDF files small enough to be written by hand: Helvetica on A4, each text where it is put.

use std::fmt::Write as _;

/// A PDF in the making.
#[derive(Debug, Clone, Default)]
pub struct TinyPdf {
    title: Option<String>,
    pages: Vec<TinyPage>,
}

/// A page of 595 by 842 points; places are counted from its lower left corner.
#[derive(Debug, Clone, Default)]
pub struct TinyPage {
    content: String,
}

impl TinyPage {
    /// Puts a line of text in letters of `size` points at a place.
    pub fn text(&mut self, x: u32, y: u32, size: u32, text: &str) {
        let escaped = escaped(text);
        self.content.push_str(&format!("BT /F1 {size} Tf {x} {y} Td ({escaped}) Tj ET\n"));
    }

    /// Puts lines below each other, 1.2 times their size apart.
    pub fn lines(&mut self, x: u32, y: u32, size: u32, lines: &[&str]) {
        for (at, line) in (0..).zip(lines) {
            self.text(x, y - at * size * 6 / 5, size, line);
        }
    }
}

impl TinyPdf {
    /// A PDF without pages.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the title in the file's own properties.
    pub fn title(mut self, title: &str) -> Self {
        self.title = Some(title.to_owned());
        self
    }

    /// Adds a page that `write` writes.
    pub fn page(mut self, write: impl FnOnce(&mut TinyPage)) -> Self {
        let mut page = TinyPage::default();
        write(&mut page);
        self.pages.push(page);
        self
    }

    /// An article of three pages and an empty one: a title and an abstract over two columns, a word that is broken at
    /// the end of a line, a paragraph that goes on in the next column and one that goes on over the page, a table, a
    /// running header and page numbers.
    pub fn article() -> Self {
        let frame = |page: &mut TinyPage, number: u32| {
            page.text(60, 806, 8, &format!("Journal of Examples 2024; {number}"));
            page.text(295, 30, 8, &number.to_string());
        };
        Self::new()
            .title("Microsoft Word - draft7.doc")
            .page(|page| {
                frame(page, 11);
                page.text(60, 740, 18, "Examplin in adults: a trial");
                page.lines(
                    60,
                    705,
                    10,
                    &[
                        "This abstract runs over the whole width of the page, as abstracts do, and says what was done",
                        "in this trial and what came of it.",
                    ],
                );
                page.text(60, 660, 13, "1 Methods");
                page.lines(
                    60,
                    640,
                    10,
                    &[
                        "Examplin was given to forty adults for four",
                        "weeks. The dose was 5 mg once daily. The treat-",
                        "ment was stopped in two of them because of a",
                        "rash on both arms that was seen in the first week",
                    ],
                );
                page.lines(
                    310,
                    660,
                    10,
                    &[
                        "and went away without any other treatment.",
                        "Forty more adults were given a beta-",
                        "blocker at a low dose for the same four weeks.",
                        "They were seen again after another eight weeks by",
                        "the same people, none of whom knew which of the",
                    ],
                );
            })
            .page(|page| {
                frame(page, 12);
                page.lines(60, 740, 10, &["two drugs had been given to whom."]);
                page.text(60, 700, 10, "Table 1. Doses and adults");
                let rows = [
                    ["Drug", "Dose", "Adults"],
                    ["Examplin", "5 mg", "40"],
                    ["Testolol", "10 mg", "38"],
                    ["Placebo", "none", "41"],
                ];
                for (row, cells) in (0..).zip(rows) {
                    for (column, cell) in (0..).zip(cells) {
                        page.text(60 + 130 * column, 680 - 14 * row, 10, cell);
                    }
                }
                page.text(60, 600, 13, "2 Results");
                let rare = "Fever was rare: 3 of 40 adults had it with examplin, and none of them was ill for long.";
                page.text(60, 582, 10, rare);
            })
            .page(|page| {
                frame(page, 13);
                page.text(60, 740, 13, "References");
                page.text(60, 720, 10, "1. Doe J. A book about examplin. 2020.");
            })
            .page(|_| {})
    }

    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        let kids: Vec<String> = (0..self.pages.len()).map(|at| format!("{} 0 R", 5 + 2 * at)).collect();
        let title = self.title.as_ref().map(|title| format!("/Title ({}) ", escaped(title))).unwrap_or_default();
        let mut objects = vec![
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), kids.len()),
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
            format!("<< {title}>>"),
        ];
        for (at, page) in self.pages.iter().enumerate() {
            let resources = "/Resources << /Font << /F1 3 0 R >> >>";
            let content = 6 + 2 * at;
            objects.push(format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {resources} /Contents {content} 0 R >>"
            ));
            let length = page.content.len();
            objects.push(format!("<< /Length {length} >>\nstream\n{}endstream", page.content));
        }
        // Every byte so far is ASCII: places in the text are places in the file.
        let mut file = "%PDF-1.4\n".to_owned();
        let mut places = Vec::new();
        for (number, object) in (1..).zip(&objects) {
            places.push(file.len());
            file.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
        }
        let table = file.len();
        let count = objects.len() + 1;
        file.push_str(&format!("xref\n0 {count}\n0000000000 65535 f \n"));
        for place in places {
            file.push_str(&format!("{place:010} 00000 n \n"));
        }
        file.push_str(&format!("trailer\n<< /Size {count} /Root 1 0 R /Info 4 0 R >>\nstartxref\n{table}\n%%EOF\n"));
        file.into_bytes()
    }
}

/// A text as it stands between brackets in a file that is all ASCII.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.chars().map(win_ansi) {
        match byte {
            b'(' | b')' | b'\\' => escaped.extend(['\\', char::from(byte)]),
            b' '..=b'~' => escaped.push(char::from(byte)),
            // Writing to a string cannot fail.
            _ => drop(write!(escaped, "\\{byte:03o}")),
        }
    }
    escaped
}

/// The byte of a character in the encoding of Windows; a question mark for what it does not have.
fn win_ansi(c: char) -> u8 {
    match c {
        ' '..='~' | '\u{a0}'..='\u{ff}' => u8::try_from(u32::from(c)).unwrap_or(b'?'),
        '€' => 0x80,
        '‘' => 0x91,
        '’' => 0x92,
        '“' => 0x93,
        '”' => 0x94,
        '•' => 0x95,
        '–' => 0x96,
        '—' => 0x97,
        _ => b'?',
    }
}
