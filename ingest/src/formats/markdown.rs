//! Markdown, with front matter and pipe tables.

use knowledge::{BlockKind, TextBuilder};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::table::Table;
use super::{Parsed, front_matter};
use crate::error::Rejection;

pub(super) fn parse(text: &str) -> Result<Parsed, Rejection> {
    let (mut fields, body) = front_matter::split(text)?;
    let mut builder = TextBuilder::new();
    let mut open = Open::default();
    for event in Parser::new_ext(body, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES) {
        match event {
            Event::Start(tag) => match tag {
                Tag::Heading { .. } | Tag::Paragraph => open.flush(&mut builder),
                Tag::Item => {
                    open.flush(&mut builder);
                    open.items += 1;
                }
                Tag::Table(_) => {
                    open.flush(&mut builder);
                    open.table = Some(Table::default());
                }
                Tag::TableCell => open.text.clear(),
                Tag::HtmlBlock | Tag::CodeBlock(_) => open.flush(&mut builder),
                _ => {}
            },
            Event::End(tag) => match tag {
                TagEnd::Heading(level) => {
                    let heading = std::mem::take(&mut open.text);
                    if level == HeadingLevel::H1 && fields.title.is_none() {
                        fields.title = Some(knowledge::normalise(&heading)).filter(|title| !title.is_empty());
                    }
                    builder.heading(level as usize, &heading);
                }
                TagEnd::Paragraph | TagEnd::CodeBlock => open.flush(&mut builder),
                TagEnd::Item => {
                    open.flush(&mut builder);
                    open.items -= 1;
                }
                TagEnd::TableCell => {
                    let cell = std::mem::take(&mut open.text);
                    if let Some(table) = &mut open.table {
                        table.cell(&cell);
                    }
                }
                TagEnd::TableHead => {
                    if let Some(table) = &mut open.table {
                        table.end_header();
                    }
                }
                TagEnd::TableRow => {
                    if let Some(table) = &mut open.table {
                        table.end_row();
                    }
                }
                TagEnd::Table => {
                    if let Some(table) = open.table.take() {
                        table.write(&mut builder);
                    }
                }
                _ => {}
            },
            Event::Text(piece) | Event::Code(piece) => open.text.push_str(&piece),
            Event::SoftBreak | Event::HardBreak => open.text.push(' '),
            // Raw HTML in Markdown is markup, not text.
            _ => {}
        }
    }
    open.flush(&mut builder);
    Ok(Parsed { fields, text: builder.finish(), defects: Vec::new() })
}

/// What is being collected.
#[derive(Default)]
struct Open {
    text: String,
    items: usize,
    table: Option<Table>,
}

impl Open {
    fn flush(&mut self, builder: &mut TextBuilder) {
        let kind = if self.items > 0 { BlockKind::ListItem } else { BlockKind::Paragraph };
        builder.block(kind, &std::mem::take(&mut self.text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structure_survives() {
        let parsed = parse(
            "+++\nid = \"gout\"\n+++\n# Gout\n\nA *crystal* arthritis.\n\n## Dosing\n\n- Colchicine 500 micrograms\n  twice daily\n\
             - Naproxen <b>500 mg</b>\n\n| Drug | Dose |\n|---|---|\n| Allopurinol | 100 mg |\n",
        )
        .unwrap();
        assert_eq!(parsed.fields.title.as_deref(), Some("Gout"));
        assert_eq!(
            parsed.text.as_str(),
            "Gout\nA crystal arthritis.\nDosing\nColchicine 500 micrograms twice daily\nNaproxen 500 mg\nDrug: Allopurinol; Dose: 100 mg"
        );
        assert_eq!(parsed.text.blocks()[5].section, ["Dosing"]);
        assert_eq!(parsed.text.blocks()[3].kind, BlockKind::ListItem);
    }
}
