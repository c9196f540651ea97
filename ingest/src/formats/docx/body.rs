//! The body of a DOCX as a reader sees it: insertions are read, deletions and hidden text are not.

use knowledge::{BlockKind, Defect, DefectKind};
use roxmltree::Node;

use super::math;
use super::styles::{Look, Styles};
use crate::formats::raised;
use crate::formats::table::Table;
use crate::formats::xml::{child, children};
use crate::formats::xml_text::Losses;

/// A piece of the text, with the page it begins on.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) page: Option<u32>,
    pub(super) content: Content,
}

/// What it is.
#[derive(Debug)]
pub(super) enum Content {
    /// A heading; level 1 is a title.
    Heading { level: usize, text: String },
    /// Text of a kind.
    Text { kind: BlockKind, text: String },
    /// A table.
    Table(Table),
}

/// Collects pieces in the order of the document.
pub(super) struct Reader<'s> {
    styles: &'s Styles,
    pub(super) pieces: Vec<Piece>,
    pub(super) losses: Losses,
    page: u32,
    /// Whether Word has laid the document out: only then are its pages known.
    has_pages: bool,
    /// Whether nothing was read since a break that somebody set.
    after_break: bool,
    has_notes: bool,
}

/// The text of a paragraph as far as it is read.
#[derive(Default)]
struct Line<'n, 'i> {
    text: String,
    page: Option<u32>,
    boxes: Vec<Node<'n, 'i>>,
}

impl<'s> Reader<'s> {
    pub(super) fn new(styles: &'s Styles) -> Self {
        let (pieces, losses) = (Vec::new(), Losses::default());
        Self { styles, pieces, losses, page: 1, has_pages: false, after_break: false, has_notes: false }
    }

    /// What was read and what was lost on the way.
    pub(super) fn finish(mut self) -> (Vec<Piece>, Vec<Defect>) {
        if !self.has_pages {
            self.pieces.iter_mut().for_each(|piece| piece.page = None);
        }
        (self.pieces, self.losses.defects())
    }

    /// Reads what is below `node`, which is one of the elements that hold paragraphs and tables.
    pub(super) fn blocks(&mut self, node: Node<'_, '_>) {
        for child in node.children().filter(Node::is_element) {
            match child.tag_name().name() {
                "p" => self.paragraph(child),
                "tbl" => self.table(child),
                "sdt" | "sdtContent" | "customXml" | "ins" | "moveTo" => self.blocks(child),
                "AlternateContent" => {
                    if let Some(branch) = branch(child) {
                        self.blocks(branch);
                    }
                }
                _ => {}
            }
        }
    }

    /// Reads a footnote or an endnote. Notes stand at the end, on no page.
    pub(super) fn note(&mut self, note: Node<'_, '_>) {
        let before = self.pieces.len();
        self.blocks(note);
        let mut notes = self.pieces.split_off(before);
        notes.iter_mut().for_each(|piece| piece.page = None);
        if !notes.is_empty() && !self.has_notes {
            self.has_notes = true;
            let text = "Notes".to_owned();
            self.pieces.push(Piece { page: None, content: Content::Heading { level: 2, text } });
        }
        self.pieces.append(&mut notes);
    }

    /// The page that is being read.
    pub(super) fn page(&self) -> Option<u32> {
        Some(self.page)
    }

    fn paragraph(&mut self, node: Node<'_, '_>) {
        let look = self.styles.paragraph(node);
        let mut line = Line::default();
        self.inline(node, look, &mut line);
        let page = Some(line.page.unwrap_or(self.page));
        if look.is_contents != Some(true) && !line.text.trim().is_empty() {
            let text = line.text;
            let content = match look.level {
                Some(level) if level > 0 => Content::Heading { level, text },
                _ => Content::Text { kind: kind_of(look), text },
            };
            self.pieces.push(Piece { page, content });
        }
        // A box stands somewhere on the page; it is read after the paragraph that it hangs on.
        for text_box in line.boxes {
            self.losses.note(DefectKind::ReadingOrder);
            self.blocks(text_box);
        }
    }

    fn inline<'n, 'i>(&mut self, node: Node<'n, 'i>, around: Look, line: &mut Line<'n, 'i>) {
        for child in node.children().filter(Node::is_element) {
            match child.tag_name().name() {
                "r" => self.run(child, around, line),
                "oMath" | "oMathPara" => line.text.push_str(&math::text_of(child)),
                "ins" | "moveTo" | "hyperlink" | "smartTag" | "fldSimple" | "customXml" | "dir" | "bdo" | "sdt"
                | "sdtContent" => self.inline(child, around, line),
                "AlternateContent" => {
                    if let Some(branch) = branch(child) {
                        self.inline(branch, around, line);
                    }
                }
                // Properties, deletions (w:del, w:moveFrom), marks of comments and bookmarks.
                _ => {}
            }
        }
    }

    fn run<'n, 'i>(&mut self, run: Node<'n, 'i>, around: Look, line: &mut Line<'n, 'i>) {
        let look = self.styles.run(run, around);
        if look.is_hidden == Some(true) {
            return;
        }
        let mut text = String::new();
        self.run_parts(run, &mut text, line);
        if look.is_raised != Some(true) {
            line.text.push_str(&text);
            return;
        }
        line.text.push_str(&raised::part(&text, &line.text).unwrap_or_default());
        if text.ends_with(char::is_whitespace) {
            line.text.push(' ');
        }
    }

    fn run_parts<'n, 'i>(&mut self, node: Node<'n, 'i>, text: &mut String, line: &mut Line<'n, 'i>) {
        for part in node.children().filter(Node::is_element) {
            match part.tag_name().name() {
                "t" => {
                    let said = part.text().unwrap_or_default();
                    if !said.trim().is_empty() {
                        line.page.get_or_insert(self.page);
                        self.after_break = false;
                    }
                    text.push_str(said);
                }
                "br" if part.attribute("type") == Some("page") => {
                    self.page += 1;
                    self.after_break = true;
                    text.push(' ');
                }
                "br" | "cr" | "tab" | "ptab" => text.push(' '),
                // Word notes this too where somebody has set a break.
                "lastRenderedPageBreak" => {
                    self.has_pages = true;
                    self.page += u32::from(!std::mem::take(&mut self.after_break));
                }
                "noBreakHyphen" => text.push('-'),
                "sym" => text.push(symbol(part)),
                "drawing" | "pict" | "object" => self.drawing(part, line),
                "AlternateContent" => {
                    if let Some(branch) = branch(part) {
                        self.run_parts(branch, text, line);
                    }
                }
                "ruby" => {
                    for run in child(part, "rubyBase").into_iter().flat_map(|base| children(base, "r")) {
                        self.run_parts(run, text, line);
                    }
                }
                // Instructions of fields, marks of notes and comments, deleted text.
                _ => {}
            }
        }
    }

    fn drawing<'n, 'i>(&mut self, node: Node<'n, 'i>, line: &mut Line<'n, 'i>) {
        let before = line.boxes.len();
        boxes(node, &mut line.boxes);
        if line.boxes.len() == before {
            self.losses.note(DefectKind::LostObject);
        }
    }
}

fn kind_of(look: Look) -> BlockKind {
    if look.is_caption == Some(true) {
        BlockKind::Caption
    } else if look.is_item == Some(true) {
        BlockKind::ListItem
    } else {
        BlockKind::Paragraph
    }
}

/// The outermost text boxes in a drawing.
fn boxes<'n, 'i>(node: Node<'n, 'i>, found: &mut Vec<Node<'n, 'i>>) {
    for child in node.children().filter(Node::is_element) {
        match child.tag_name().name() {
            "txbxContent" => found.push(child),
            "AlternateContent" => {
                if let Some(branch) = branch(child) {
                    boxes(branch, found);
                }
            }
            _ => boxes(child, found),
        }
    }
}

/// Of the ways to say one thing, the first that says something; the others would say it again.
fn branch<'n, 'i>(alternatives: Node<'n, 'i>) -> Option<Node<'n, 'i>> {
    let choice = children(alternatives, "Choice").find(|choice| choice.children().any(|node| node.is_element()));
    choice.or_else(|| child(alternatives, "Fallback"))
}

/// A sign by its number in a font of signs. Only what medicine writes with the font Symbol is known.
fn symbol(node: Node<'_, '_>) -> char {
    let code = node.attribute("char").and_then(|code| u32::from_str_radix(code, 16).ok());
    match code.map(|code| if code >= 0xf000 { code - 0xf000 } else { code }) {
        Some(0x61) => 'α',
        Some(0x62) => 'β',
        Some(0x67) => 'γ',
        Some(0x64) => 'δ',
        Some(0x44) => 'Δ',
        Some(0x6d) => 'µ',
        Some(0xa3) => '≤',
        Some(0xb3) => '≥',
        Some(0xb0) => '°',
        Some(0xb1) => '±',
        Some(0xb4) => '×',
        Some(0xb7) => '•',
        Some(0xac) => '←',
        Some(0xad) => '↑',
        Some(0xae) => '→',
        Some(0xaf) => '↓',
        _ => char::REPLACEMENT_CHARACTER,
    }
}

#[cfg(test)]
mod tests {
    use roxmltree::Document;

    use super::*;

    /// What is read of this body, a piece a line, and the kinds of what was lost.
    fn read(body: &str) -> (Vec<String>, Vec<DefectKind>) {
        let body = format!("<w:body xmlns:w=\"w\" xmlns:mc=\"mc\" xmlns:m=\"m\">{body}</w:body>");
        let body = Document::parse(&body).unwrap();
        let styles = Styles::default();
        let mut reader = Reader::new(&styles);
        reader.blocks(body.root_element());
        let (pieces, defects) = reader.finish();
        let said = pieces.into_iter().map(|piece| match piece.content {
            Content::Heading { level, text } => format!("{level} {text}"),
            Content::Text { kind: BlockKind::ListItem, text } => format!("* {text}"),
            Content::Text { text, .. } => text,
            Content::Table(_) => "table".to_owned(),
        });
        (said.collect(), defects.into_iter().map(|defect| defect.kind).collect())
    }

    fn text(body: &str) -> String {
        read(&format!("<w:p>{body}</w:p>")).0.join("\n")
    }

    #[test]
    fn insertions_are_read_and_deletions_are_not() {
        let body = "<w:r><w:t xml:space=\"preserve\">Give </w:t></w:r><w:ins><w:r><w:t>5</w:t></w:r></w:ins>\
                    <w:del><w:r><w:delText>50</w:delText></w:r></w:del>\
                    <w:moveFrom><w:r><w:t>gone</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t> mg</w:t></w:r></w:moveTo>\
                    <w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>\
                    <w:hyperlink><w:r><w:t> daily</w:t></w:r></w:hyperlink>";
        assert_eq!(text(body), "Give 5 mg daily");
    }

    #[test]
    fn signs_breaks_and_fields_are_read_as_they_look() {
        let body = "<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>COVID</w:t><w:noBreakHyphen/><w:t>19 </w:t>\
                    <w:sym w:font=\"Symbol\" w:char=\"F0B3\"/><w:sym w:char=\"F0FF\"/></w:r>\
                    <w:r><w:fldChar w:fldCharType=\"begin\"/><w:instrText>REF x</w:instrText></w:r>\
                    <w:sdt><w:sdtPr><w:alias/></w:sdtPr><w:sdtContent><w:r><w:t> 7</w:t></w:r></w:sdtContent></w:sdt>";
        assert_eq!(text(body), "a b COVID-19 ≥\u{fffd} 7");
    }

    #[test]
    fn raised_figures_are_powers_and_marks_go() {
        let raised =
            |text: &str| format!("<w:r><w:rPr><w:vertAlign w:val=\"superscript\"/></w:rPr><w:t>{text}</w:t></w:r>");
        let run = |text: &str| format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>");
        let body =
            [run("10"), raised("9"), run("/L fell."), raised("3"), run(" It rose in Ca"), raised("2+ "), run("ions")]
                .concat();
        assert_eq!(text(&body), "10⁹/L fell. It rose in Ca²⁺ ions");
        let formula = "<m:oMath><m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e>\
                       <m:sup><m:r><m:t>9</m:t></m:r></m:sup></m:sSup></m:oMath>";
        assert_eq!(text(formula), "10⁹");
    }

    #[test]
    fn boxes_are_read_once_and_after_their_paragraph() {
        let inner = "<w:txbxContent><w:p><w:r><w:t>Warning.</w:t></w:r></w:p></w:txbxContent>";
        let body = format!(
            "<w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing>{inner}</w:drawing></mc:Choice>\
             <mc:Fallback><w:pict>{inner}</w:pict></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>Text.</w:t></w:r></w:p>"
        );
        assert_eq!(read(&body), (vec!["Text.".to_owned(), "Warning.".to_owned()], vec![DefectKind::ReadingOrder]));
    }

    #[test]
    fn list_items_and_empty_paragraphs_are_known() {
        let body = "<w:p><w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr><w:r><w:t>Fever</w:t></w:r></w:p>\
                    <w:p/><w:p><w:r><w:t xml:space=\"preserve\"> </w:t></w:r></w:p><w:sectPr/>";
        assert_eq!(read(body).0, ["* Fever"]);
    }
}
