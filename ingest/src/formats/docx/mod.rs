//! DOCX: the text that Word shows, with the structure that its styles give it. What was struck out or hidden is not
//! read.

mod archive;
mod body;
mod math;
mod styles;
mod table;

use knowledge::{Defect, TextBuilder, normalise};
use roxmltree::{Document, Node};

use self::archive::Archive;
use self::body::{Content, Piece, Reader};
use self::styles::Styles;
use super::references::References;
use super::xml::{child, parse_xml};
use super::{Fields, Parsed, iso_date};
use crate::error::Rejection;

pub(super) fn parse(bytes: &[u8]) -> Result<Parsed, Rejection> {
    let mut archive = Archive::open(bytes)?;
    let types = archive.part("[Content_Types].xml")?.unwrap_or_default();
    if types.contains("macroEnabled") {
        return Err(malformed("a file with macros: save it as .docx"));
    }
    let name = main_part(&mut archive)?;
    let text = archive.part(&name)?.ok_or_else(|| malformed(format!("no {name} in it")))?;
    let beside = |part: &str| name.rsplit_once('/').map_or(part.to_owned(), |(folder, _)| format!("{folder}/{part}"));
    let styles = archive.part(&beside("styles.xml"))?;
    let styles = styles.as_deref().map(|text| xml("styles.xml", text)).transpose()?;
    let styles = styles.as_ref().map(Styles::of).unwrap_or_default();
    let document = xml(&name, &text)?;
    let body = child(document.root_element(), "body").ok_or_else(|| malformed("no <w:body> in it"))?;
    let mut reader = Reader::new(&styles);
    reader.blocks(body);
    for (part, element) in [("footnotes.xml", "footnote"), ("endnotes.xml", "endnote")] {
        if let Some(text) = archive.part(&beside(part))? {
            let notes = xml(part, &text)?;
            let is_note = |node: &Node<'_, '_>| {
                node.has_tag_name(element) && matches!(node.attribute("type"), None | Some("normal"))
            };
            notes.root_element().children().filter(is_note).for_each(|note| reader.note(note));
        }
    }
    let fields = archive.part("docProps/core.xml")?.map(|text| core(&text)).unwrap_or_default();
    let (pieces, defects) = reader.finish();
    Ok(written(pieces, fields, defects))
}

fn malformed(why: impl Into<String>) -> Rejection {
    Rejection::Malformed { format: "DOCX", why: why.into() }
}

fn xml<'t>(name: &str, text: &'t str) -> Result<Document<'t>, Rejection> {
    parse_xml(text).map_err(|error| match error {
        Rejection::Malformed { why, .. } => malformed(format!("{name}: {why}")),
        other => other,
    })
}

/// The part with the text: the one that the archive names, by custom `word/document.xml`.
fn main_part(archive: &mut Archive<'_>) -> Result<String, Rejection> {
    let usual = "word/document.xml".to_owned();
    let Some(relations) = archive.part("_rels/.rels")? else { return Ok(usual) };
    let relations = xml("_rels/.rels", &relations)?;
    let main = relations.descendants().find(|node| {
        node.has_tag_name("Relationship")
            && node.attribute("Type").is_some_and(|kind| kind.ends_with("/officeDocument"))
    });
    let target = main.and_then(|node| node.attribute("Target")).map(|target| target.trim_start_matches('/').to_owned());
    Ok(target.filter(|target| !target.is_empty()).unwrap_or(usual))
}

/// What the file says about itself. When it was made or changed says nothing about when it was published.
fn core(text: &str) -> Fields {
    let Ok(document) = xml("docProps/core.xml", text) else { return Fields::default() };
    let value = |name: &str| {
        let node = document.descendants().find(|node| node.has_tag_name(name))?;
        node.text().map(normalise).filter(|value| !value.is_empty())
    };
    let authors = value("creator").unwrap_or_default();
    Fields {
        title: value("title"),
        authors: authors.split(';').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        published: value("issued").and_then(|date| iso_date(date.get(..10).unwrap_or(&date)).ok()),
        language: value("language").map(|language| language.to_ascii_lowercase()),
        ..Fields::default()
    }
}

fn written(mut pieces: Vec<Piece>, mut fields: Fields, defects: Vec<Defect>) -> Parsed {
    let levels =
        || pieces.iter().map(|piece| if let Content::Heading { level, .. } = piece.content { level } else { 0 });
    // Without a title of its own, a text that has one heading of the first level begins with its title.
    let begins_with_title = levels().next() == Some(2) && levels().filter(|level| matches!(level, 1 | 2)).count() == 1;
    if begins_with_title {
        for piece in &mut pieces {
            if let Content::Heading { level, .. } = &mut piece.content {
                *level -= 1;
            }
        }
    }
    let mut builder = TextBuilder::new();
    let mut references = References::default();
    let mut titled = false;
    for Piece { page, content } in pieces {
        match content {
            Content::Heading { level, text } => {
                if level == 1 && !titled {
                    titled = true;
                    fields.title = Some(normalise(&text));
                }
                references.heading(level, &text);
                builder.heading_on_page(level, &text, page);
            }
            Content::Text { kind, text } => builder.block_on_page(references.kind(kind), &text, page),
            Content::Table(table) => table.write_on_page(&mut builder, page),
        }
    }
    Parsed { fields, text: builder.finish(), defects }
}

#[cfg(test)]
mod tests {
    use knowledge::{BlockKind, DefectKind};

    use super::*;

    const W: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";

    fn docx(body: &str, more: &[(&str, String)]) -> Vec<u8> {
        let document = format!("<w:document {W}><w:body>{body}</w:body></w:document>");
        let styles = format!(
            "<w:styles {W}><w:style w:styleId=\"T\"><w:name w:val=\"Title\"/></w:style>\
             <w:style w:styleId=\"H1\"><w:name w:val=\"heading 1\"/></w:style>\
             <w:style w:styleId=\"H2\"><w:name w:val=\"heading 2\"/></w:style></w:styles>"
        );
        let mut parts = vec![("word/document.xml", document.as_str()), ("word/styles.xml", styles.as_str())];
        parts.extend(more.iter().map(|(name, text)| (*name, text.as_str())));
        archive::zipped(&parts)
    }

    fn styled(style: &str, text: &str) -> String {
        format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
    }

    fn plain(text: &str) -> String {
        format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
    }

    #[test]
    fn titles_headings_notes_and_references_are_told_apart() {
        let notes = format!(
            "<w:footnotes {W}><w:footnote w:type=\"separator\"><w:p><w:r><w:t>-</w:t></w:r></w:p></w:footnote>\
             <w:footnote w:id=\"2\"><w:p><w:r><w:t>By mouth.</w:t></w:r></w:p></w:footnote></w:footnotes>"
        );
        let core = "<c:coreProperties xmlns:c=\"c\" xmlns:dc=\"dc\" xmlns:t=\"t\"><dc:title>Old template</dc:title>\
                    <dc:creator>Jo Doe; Al Roe</dc:creator><t:created>2020-01-01T00:00:00Z</t:created>\
                    <dc:language>en-GB</dc:language></c:coreProperties>";
        let body = [
            styled("T", "Examplin"),
            styled("H1", "Dose"),
            plain("Give 5 mg."),
            styled("H1", "References"),
            plain("A book. 2020."),
        ];
        let bytes = docx(&body.concat(), &[("word/footnotes.xml", notes), ("docProps/core.xml", core.to_owned())]);
        let parsed = parse(&bytes).unwrap();
        assert_eq!(parsed.text.as_str(), "Examplin\nDose\nGive 5 mg.\nReferences\nA book. 2020.\nNotes\nBy mouth.");
        assert_eq!(parsed.fields.title.as_deref(), Some("Examplin"));
        assert_eq!(parsed.fields.authors, ["Jo Doe", "Al Roe"]);
        assert_eq!((parsed.fields.published, parsed.fields.language.as_deref()), (None, Some("en-gb")));
        let kinds: Vec<BlockKind> = parsed.text.blocks().iter().map(|block| block.kind).collect();
        assert_eq!((kinds[4], kinds[6]), (BlockKind::Reference, BlockKind::Paragraph));
        assert_eq!(parsed.text.blocks()[2].section, ["Dose"]);
        assert_eq!(parsed.text.blocks()[2].page, None);
    }

    #[test]
    fn one_first_heading_alone_is_a_title() {
        let parsed =
            parse(&docx(&[styled("H1", "Examplin"), styled("H2", "Dose"), plain("Give 5 mg.")].concat(), &[])).unwrap();
        assert_eq!(parsed.fields.title.as_deref(), Some("Examplin"));
        assert_eq!(parsed.text.blocks()[2].section, ["Dose"]);
        let two = [styled("H1", "Examplin"), plain("Give 5 mg."), styled("H1", "Testolol"), plain("Give 6 mg.")];
        let parsed = parse(&docx(&two.concat(), &[])).unwrap();
        assert_eq!(parsed.fields.title, None);
        assert_eq!(parsed.text.blocks()[3].section, ["Testolol"]);
    }

    #[test]
    fn pages_are_counted_where_word_has_laid_them_out() {
        let broken = "<w:p><w:r><w:t>One.</w:t><w:br w:type=\"page\"/></w:r></w:p>\
                      <w:p><w:r><w:lastRenderedPageBreak/><w:t>Two</w:t>\
                      <w:lastRenderedPageBreak/><w:t> and on.</w:t></w:r></w:p>\
                      <w:p><w:r><w:t>Three.</w:t></w:r></w:p>";
        let pages = |body: &str| -> Vec<Option<u32>> {
            parse(&docx(body, &[])).unwrap().text.blocks().iter().map(|block| block.page).collect()
        };
        assert_eq!(pages(broken), [Some(1), Some(2), Some(3)]);
        assert_eq!(pages(&broken.replace("<w:lastRenderedPageBreak/>", "")), [None, None, None]);
    }

    #[test]
    fn what_is_no_document_is_refused_with_the_reason() {
        let reason = |bytes: &[u8]| parse(bytes).unwrap_err().to_string();
        assert!(reason(&archive::zipped(&[("a.xml", "<a/>")])).contains("word/document.xml"));
        assert!(reason(&archive::zipped(&[("word/document.xml", "<w:document")])).contains("DOCX"));
        assert!(reason(&archive::zipped(&[("word/document.xml", "<document/>")])).contains("w:body"));
        let macros = [("[Content_Types].xml", "<Types a=\"application/vnd.ms-word.document.macroEnabled.main+xml\"/>")];
        assert!(reason(&archive::zipped(&macros)).contains("save it as .docx"));
        let deep = format!("<document><body>{}", "<p>".repeat(5_000));
        let deep = archive::zipped(&[("word/document.xml", deep.as_str())]);
        assert!(matches!(parse(&deep), Err(Rejection::Malformed { .. } | Rejection::TooDeep(_))));
        assert!(matches!(parse(b"not read at all"), Err(Rejection::Malformed { format: "DOCX", .. })));
    }

    #[test]
    fn pictures_are_lost_and_said_to_be() {
        let body = format!("{}<w:p><w:r><w:drawing/></w:r><w:r><w:pict/></w:r></w:p>", plain("Seen."));
        let parsed = parse(&docx(&body, &[])).unwrap();
        assert_eq!(parsed.defects, [Defect { kind: DefectKind::LostObject, times: 2 }]);
    }
}
