//! What styles make of paragraphs and runs: headings in whatever language Word speaks, titles, list items, hidden text.

use std::collections::HashMap;

use roxmltree::{Document, Node};

use crate::formats::xml::child;

/// Styles build on styles; longer chains are circles.
const MAX_CHAIN: usize = 32;

/// What a style, or all that it builds on, says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// 1 for a title, 2 for a heading of the first level, and so on; 0 for text that is said to be none.
    pub(super) level: Option<usize>,
    /// Whether it is an item of a list.
    pub(super) is_item: Option<bool>,
    /// Whether it is a caption.
    pub(super) is_caption: Option<bool>,
    /// Whether it is a line of a table of contents.
    pub(super) is_contents: Option<bool>,
    /// Whether it is hidden.
    pub(super) is_hidden: Option<bool>,
    /// Whether it is raised above the line.
    pub(super) is_raised: Option<bool>,
}

impl Look {
    /// This look where it says something, else the other.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            level: self.level.or(other.level),
            is_item: self.is_item.or(other.is_item),
            is_caption: self.is_caption.or(other.is_caption),
            is_contents: self.is_contents.or(other.is_contents),
            is_hidden: self.is_hidden.or(other.is_hidden),
            is_raised: self.is_raised.or(other.is_raised),
        }
    }
}

/// The styles of a document, by their ids.
#[derive(Debug, Default)]
pub(super) struct Styles {
    looks: HashMap<String, (Look, Option<String>)>,
    paragraph: Look,
}

impl Styles {
    pub(super) fn of(document: &Document<'_>) -> Self {
        let mut styles = Self::default();
        for style in document.descendants().filter(|node| node.has_tag_name("style")) {
            let Some(id) = style.attribute("styleId") else { continue };
            let name = child_value(style, "name").unwrap_or_default().to_lowercase();
            let look = named(&name).or(properties(style));
            let is_default =
                style.attribute("default").is_some_and(is_on) && style.attribute("type") == Some("paragraph");
            if is_default {
                styles.paragraph = look;
            }
            styles.looks.insert(id.to_owned(), (look, child_value(style, "basedOn").map(str::to_owned)));
        }
        styles
    }

    /// The look of a paragraph: its own properties, then its style's.
    pub(super) fn paragraph(&self, paragraph: Node<'_, '_>) -> Look {
        let style = child(paragraph, "pPr").and_then(|properties| child_value(properties, "pStyle"));
        properties(paragraph).or(style.map_or(self.paragraph, |id| self.look(id)))
    }

    /// The look of a run in a paragraph that looks like `around`.
    pub(super) fn run(&self, run: Node<'_, '_>, around: Look) -> Look {
        let style = child(run, "rPr").and_then(|properties| child_value(properties, "rStyle"));
        properties(run).or(style.map_or(Look::default(), |id| self.look(id))).or(around)
    }

    fn look(&self, id: &str) -> Look {
        let mut look = Look::default();
        let mut next = Some(id);
        for _ in 0..MAX_CHAIN {
            let Some((found, based_on)) = next.and_then(|id| self.looks.get(id)) else { break };
            look = look.or(*found);
            next = based_on.as_deref();
        }
        look
    }
}

/// What the name of a style says. Word keeps these names in English and shows them in its own language.
fn named(name: &str) -> Look {
    let heading = name.strip_prefix("heading ").and_then(|level| level.trim().parse::<usize>().ok());
    let level =
        if name == "title" { Some(1) } else { heading.filter(|level| (1..=9).contains(level)).map(|level| level + 1) };
    Look {
        level,
        is_caption: (name == "caption").then_some(true),
        is_contents: (name.starts_with("toc ") || name == "table of figures").then_some(true),
        is_item: (name.starts_with("list bullet") || name.starts_with("list number")).then_some(true),
        ..Look::default()
    }
}

/// What the properties of a paragraph, a run or a style say.
fn properties(node: Node<'_, '_>) -> Look {
    let mut look = Look::default();
    if let Some(paragraph) = child(node, "pPr") {
        let outline = child_value(paragraph, "outlineLvl").and_then(|level| level.parse::<usize>().ok());
        look.level = outline.map(|level| if level < 9 { level + 2 } else { 0 });
        let number = child(paragraph, "numPr").map(|number| child_value(number, "numId").unwrap_or("1"));
        look.is_item = number.map(|number| number != "0");
    }
    if let Some(run) = child(node, "rPr") {
        look.is_hidden = child(run, "vanish").map(|hidden| hidden.attribute("val").is_none_or(is_on));
        look.is_raised = child_value(run, "vertAlign").map(|align| align == "superscript");
    }
    look
}

fn is_on(value: &str) -> bool {
    !matches!(value, "0" | "false" | "off" | "none")
}

/// The `val` of that child.
pub(super) fn child_value<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    child(node, name).and_then(|child| child.attribute("val"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLES: &str = "<w:styles xmlns:w=\"w\">\
        <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Standard\"><w:name w:val=\"Normal\"/></w:style>\
        <w:style w:styleId=\"berschrift1\"><w:name w:val=\"heading 1\"/><w:basedOn w:val=\"Standard\"/></w:style>\
        <w:style w:styleId=\"Eigene\"><w:name w:val=\"Eigene\"/><w:basedOn w:val=\"berschrift1\"/></w:style>\
        <w:style w:styleId=\"Tief\"><w:name w:val=\"Tief\"/><w:pPr><w:outlineLvl w:val=\"2\"/></w:pPr></w:style>\
        <w:style w:styleId=\"Kreis\"><w:name w:val=\"Kreis\"/><w:basedOn w:val=\"Kreis\"/></w:style>\
        <w:style w:styleId=\"Verborgen\"><w:name w:val=\"x\"/><w:rPr><w:vanish/></w:rPr></w:style>\
        <w:style w:styleId=\"Titel\"><w:name w:val=\"Title\"/></w:style></w:styles>";

    fn look(paragraph: &str) -> Look {
        let styles = Document::parse(STYLES).unwrap();
        let paragraph = format!("<w:p xmlns:w=\"w\">{paragraph}</w:p>");
        let paragraph = Document::parse(&paragraph).unwrap();
        Styles::of(&styles).paragraph(paragraph.root_element())
    }

    #[test]
    fn headings_are_known_by_name_by_outline_and_by_what_they_build_on() {
        let styled = |id: &str| look(&format!("<w:pPr><w:pStyle w:val=\"{id}\"/></w:pPr>")).level;
        assert_eq!(
            [styled("Titel"), styled("berschrift1"), styled("Eigene"), styled("Tief")],
            [Some(1), Some(2), Some(2), Some(4)]
        );
        assert_eq!([styled("Kreis"), styled("Standard"), styled("Unbekannt")], [None, None, None]);
        assert_eq!(look("<w:pPr><w:outlineLvl w:val=\"0\"/></w:pPr>").level, Some(2));
        let body = "<w:pPr><w:pStyle w:val=\"berschrift1\"/><w:outlineLvl w:val=\"9\"/></w:pPr>";
        assert_eq!(look(body).level, Some(0));
    }

    #[test]
    fn lists_and_hidden_text_are_known() {
        assert_eq!(look("<w:pPr><w:numPr><w:numId w:val=\"3\"/></w:numPr></w:pPr>").is_item, Some(true));
        assert_eq!(look("<w:pPr><w:numPr><w:numId w:val=\"0\"/></w:numPr></w:pPr>").is_item, Some(false));
        assert_eq!(look("<w:pPr><w:pStyle w:val=\"Verborgen\"/></w:pPr>").is_hidden, Some(true));
        let run = "<w:r xmlns:w=\"w\"><w:rPr><w:vanish w:val=\"0\"/><w:vertAlign w:val=\"superscript\"/></w:rPr></w:r>";
        let run = Document::parse(run).unwrap();
        let around = Look { is_hidden: Some(true), ..Look::default() };
        let look = Styles::default().run(run.root_element(), around);
        assert_eq!((look.is_hidden, look.is_raised), (Some(false), Some(true)));
    }
}
