//! From words and their places to canonical text: running lines off, parts in reading order, lines made paragraphs,
//! headings given their levels. Nothing here runs a program.

use knowledge::{CanonicalText, Defect, DefectKind, TextBuilder};

use super::grid::{self, Part};
use super::prose::{self, Content, Flow, Piece};
use super::words::Rect;
use super::{order, page, running};
use crate::error::Rejection;
use crate::formats::references::References;
use crate::formats::{Fields, Parsed};

/// The canonical text of what `pdftotext -bbox-layout` wrote.
pub(super) fn canonical(xhtml: &str) -> Result<Parsed, Rejection> {
    let mut pages = page::pages(xhtml)?;
    let running = running::take_off(&mut pages);
    let vocabulary = prose::vocabulary(&pages);
    let mut flow = Flow::new(prose::body_size(&pages), &vocabulary);
    let (mut empty, mut guessed, mut broken) = (0, 0, 0);
    for page in pages {
        let number = page.number;
        let parts = grid::parts(page);
        let places: Vec<Rect> = parts.iter().map(Part::place).collect();
        let (order, is_guess) = order::reading_order(&places);
        empty += u32::from(parts.is_empty());
        guessed += u32::from(is_guess);
        let mut parts: Vec<Option<Part>> = parts.into_iter().map(Some).collect();
        for at in order {
            match parts.get_mut(at).and_then(Option::take) {
                Some(Part::Text(block)) => flow.block(&block, number),
                Some(Part::Table(table, _)) => flow.table(table, number),
                Some(Part::Rows(rows, _)) => {
                    broken += 1;
                    flow.rows(rows, number);
                }
                None => {}
            }
        }
    }
    let (fields, text) = written(flow.finish(), head(xhtml));
    let defects = [
        (DefectKind::EmptyPage, empty),
        (DefectKind::ReadingOrder, guessed),
        (DefectKind::BrokenTable, broken),
        (DefectKind::RunningLine, running),
    ];
    let defects = defects.into_iter().filter(|(_, times)| *times > 0).map(|(kind, times)| Defect { kind, times });
    Ok(Parsed { fields, text, defects: defects.collect() })
}

/// What the file says about itself, as far as people wrote it.
fn head(xhtml: &str) -> Fields {
    let title = page::head_value(xhtml, "title").filter(|title| is_plausible_title(title));
    let is_name = |name: &&str| name.contains(' ') && !name.contains(|c: char| c.is_ascii_digit());
    let authors = page::head_value(xhtml, "author").unwrap_or_default();
    let authors = authors.split(';').map(str::trim).filter(is_name).map(str::to_owned).collect();
    Fields { title, authors, ..Fields::default() }
}

/// Programs put the names of files where a title should be.
fn is_plausible_title(title: &str) -> bool {
    const FILES: [&str; 11] = [".doc", ".docx", ".dvi", ".fm", ".indd", ".odt", ".pdf", ".qxd", ".rtf", ".tex", ".xml"];
    let small = title.to_lowercase();
    let letters = small.chars().filter(|c| c.is_alphabetic()).count();
    small.split_whitespace().count() > 1
        && letters >= 8
        && letters * 2 > small.chars().count()
        && !["microsoft ", "powerpoint ", "untitled"].iter().any(|start| small.starts_with(start))
        && !FILES.iter().any(|end| small.ends_with(end))
}

/// Which piece is the title: the one that the file names itself after, else the largest letters of the first page.
fn title_of(pieces: &[Piece], named: Option<&str>) -> Option<usize> {
    let first = pieces.first()?.page;
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let headings = || {
        pieces.iter().enumerate().take_while(move |(_, piece)| piece.page == first).filter_map(|(at, piece)| {
            match &piece.content {
                Content::Heading { text, size, .. } if *size > 0.0 => Some((at, text, *size)),
                _ => None,
            }
        })
    };
    let named = named.map(letters);
    let same = headings().find(|(_, text, _)| named.as_deref() == Some(letters(text).as_str()));
    // Of several as large, the first.
    let largest = || headings().reduce(|best, other| if other.2 > best.2 * 1.01 { other } else { best });
    same.or_else(largest).map(|(at, ..)| at)
}

fn written(pieces: Vec<Piece>, mut fields: Fields) -> (Fields, CanonicalText) {
    let title = title_of(&pieces, fields.title.as_deref());
    let sizes = heading_sizes(&pieces, title);
    let mut builder = TextBuilder::new();
    let mut references = References::default();
    for (at, piece) in pieces.into_iter().enumerate() {
        let page = Some(piece.page);
        match piece.content {
            Content::Heading { text, .. } if title == Some(at) => {
                builder.heading_on_page(1, &text, page);
                fields.title.get_or_insert_with(|| knowledge::normalise(&text));
            }
            Content::Heading { text, size, depth } => {
                let level = match depth {
                    Some(depth) => depth + 1,
                    None => 2 + sizes.iter().filter(|larger| **larger > size * 1.04).count(),
                };
                let level = level.min(6);
                references.heading(level, &text);
                builder.heading_on_page(level, &text, page);
            }
            Content::Text { kind, text } => {
                builder.block_on_page(references.kind(kind), &text, page);
            }
            Content::Table(table) => table.write_on_page(&mut builder, page),
        }
    }
    (fields, builder.finish())
}

/// The sizes of headings below the title, the largest first, each once.
fn heading_sizes(pieces: &[Piece], title: Option<usize>) -> Vec<f32> {
    let sizes =
        pieces.iter().enumerate().filter(|(at, _)| title != Some(*at)).filter_map(|(_, piece)| match piece.content {
            Content::Heading { size, depth: None, .. } if size > 0.0 => Some(size),
            _ => None,
        });
    let mut sizes: Vec<f32> = sizes.collect();
    sizes.sort_by(|a, b| b.total_cmp(a));
    sizes.dedup_by(|smaller, larger| *smaller > *larger * 0.96);
    sizes
}

#[cfg(test)]
mod tests {
    use knowledge::BlockKind;

    use super::*;

    /// A page of lines (text, left, top, size), each a block of its own, letters half as wide as high.
    fn page(lines: &[(&str, f32, f32, f32)]) -> String {
        let block = |(text, left, top, size): &(&str, f32, f32, f32)| {
            let mut at = *left;
            let words = text.split(' ').map(|word| {
                let right = at + 0.5 * size * word.chars().count() as f32;
                let place = format!("xMin=\"{at}\" yMin=\"{top}\" xMax=\"{right}\" yMax=\"{}\"", top + size);
                at = right + 0.25 * size;
                format!("<word {place}>{word}</word>")
            });
            format!("<flow><block><line>{}</line></block></flow>", words.collect::<String>())
        };
        format!("<page width=\"600\" height=\"800\">{}</page>", lines.iter().map(block).collect::<String>())
    }

    fn document(title: &str, pages: &[String]) -> String {
        format!("<html><head><title>{title}</title></head><body><doc>{}</doc></body></html>", pages.concat())
    }

    fn times(parsed: &Parsed, kind: DefectKind) -> u32 {
        parsed.defects.iter().filter(|defect| defect.kind == kind).map(|defect| defect.times).sum()
    }

    #[test]
    fn headings_have_levels_and_references_are_no_evidence() {
        let first = page(&[
            ("Examplin in adults", 60.0, 90.0, 20.0),
            ("Methods", 60.0, 130.0, 14.0),
            ("Forty adults had examplin once a day for four weeks.", 60.0, 150.0, 10.0),
            ("Doses", 60.0, 180.0, 12.0),
            ("All of them had the same low dose for all of the time.", 60.0, 200.0, 10.0),
        ]);
        let second = page(&[
            ("References", 60.0, 90.0, 14.0),
            ("1. Doe J. A book about examplin in adults. 2020.", 60.0, 110.0, 10.0),
            ("Appendix", 60.0, 150.0, 14.0),
            ("What was left over is told here in a few more words.", 60.0, 170.0, 10.0),
        ]);
        let parsed = canonical(&document("Microsoft Word - x.doc", &[first, second])).unwrap();
        assert_eq!(parsed.fields.title.as_deref(), Some("Examplin in adults"));
        let blocks = parsed.text.blocks();
        assert_eq!(blocks[4].section, ["Methods", "Doses"]);
        assert_eq!((blocks[4].page, blocks[6].page), (Some(1), Some(2)));
        assert_eq!(blocks[6].kind, BlockKind::Reference);
        assert_eq!((blocks[8].kind, &blocks[8].section[..]), (BlockKind::Paragraph, &["Appendix".to_owned()][..]));
        assert!(parsed.defects.is_empty(), "{:?}", parsed.defects);
    }

    #[test]
    fn empty_pages_are_counted_and_lost_characters_are_kept() {
        let words = page(&[("Forty adults had \u{fffd}\u{e001} once a day for four weeks.", 60.0, 150.0, 10.0)]);
        let parsed = canonical(&document("", &[page(&[]), words, page(&[])])).unwrap();
        assert_eq!(times(&parsed, DefectKind::EmptyPage), 2);
        assert_eq!(parsed.text.as_str(), "Forty adults had \u{fffd}\u{e001} once a day for four weeks.");
        assert_eq!(parsed.text.blocks()[0].page, Some(2));
        assert_eq!(parsed.fields.title, None);
        let empty = canonical(&document("", &[page(&[])])).unwrap();
        assert_eq!((empty.text.as_str(), times(&empty, DefectKind::EmptyPage)), ("", 1));
    }

    #[test]
    fn parts_that_lie_on_one_another_are_a_guess() {
        let over = page(&[
            ("Forty adults had examplin once a day for four weeks.", 60.0, 150.0, 10.0),
            ("Some of them had more of it for a longer time than that.", 62.0, 153.0, 10.0),
        ]);
        assert_eq!(times(&canonical(&document("", &[over])).unwrap(), DefectKind::ReadingOrder), 1);
    }

    #[test]
    fn titles_that_programs_made_up_are_not_taken() {
        assert!(is_plausible_title("Examplin in adults: a trial"));
        for title in ["Microsoft Word - x.doc", "untitled document", "report final.pdf", "12 34 5678", "Examplin", ""] {
            assert!(!is_plausible_title(title), "{title}");
        }
        let named = page(&[
            ("JOURNAL OF EXAMPLES", 60.0, 90.0, 24.0),
            ("Examplin in adults", 60.0, 130.0, 18.0),
            ("and a line of text below them, which is small.", 60.0, 170.0, 10.0),
        ]);
        let parsed = canonical(&document("Examplin in Adults", &[named])).unwrap();
        assert_eq!(parsed.text.blocks()[1].section, Vec::<String>::new(), "a title starts no section");
        assert_eq!(parsed.text.blocks()[2].section, Vec::<String>::new());
    }

    #[test]
    fn two_thousand_pages_take_no_longer_than_their_words() {
        let pages: Vec<String> = (0..2_000)
            .map(|at| {
                page(&[
                    ("Journal of Examples", 60.0, 30.0, 8.0),
                    (&format!("Text {at} of many pages, said in a few words."), 60.0, 300.0, 10.0),
                ])
            })
            .collect();
        let parsed = canonical(&document("", &pages)).unwrap();
        assert_eq!(parsed.text.blocks().len(), 2_000);
        assert_eq!(parsed.text.blocks()[1_999].page, Some(2_000));
        assert_eq!(times(&parsed, DefectKind::RunningLine), 1);
    }
}
