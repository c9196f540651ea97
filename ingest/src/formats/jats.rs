//! JATS XML: the format of PubMed Central and of journal publishers.

use std::collections::HashMap;
use std::ops::Range;

use knowledge::{Access, BlockKind, DefectKind, TextBuilder, normalise};
use roxmltree::Node;

use super::Parsed;
use super::jats_front::{front, language, source_of};
use super::xml::{child, children, elements, first_text, malformed, parse_xml, path};
use super::xml_text::{Losses, append_inline, inline, text_of, tidy, write_table};
use crate::error::Rejection;

/// The articles of a set, each with a name and its bytes.
pub(super) fn articles(text: &str) -> Vec<(String, Range<usize>)> {
    let mut names = HashMap::new();
    let found = elements(text, &["article"]).into_iter().enumerate();
    found
        .map(|(at, range)| {
            let meta = text.get(range.clone()).and_then(|article| article.split("</article-meta>").next());
            let meta = meta.unwrap_or_default();
            let id = |kind: &str| first_text(meta, "article-id", Some(format!("pub-id-type=\"{kind}\"").as_str()));
            let name = match (id("pmc").or_else(|| id("pmcid")), id("pmid"), id("doi")) {
                (Some(id), ..) => format!("PMC{}", id.trim_start_matches("PMC")),
                (_, Some(id), _) => format!("pmid-{id}"),
                (.., Some(id)) => id.to_owned(),
                _ => format!("article-{}", at + 1),
            };
            (unique(name, &mut names), range)
        })
        .collect()
}

/// A name that was met before gets a number.
pub(super) fn unique(name: String, names: &mut HashMap<String, usize>) -> String {
    let times = names.entry(name.clone()).or_default();
    *times += 1;
    if *times == 1 { name } else { format!("{name}-{times}") }
}

pub(super) fn parse(text: &str) -> Result<Parsed, Rejection> {
    let document = parse_xml(text)?;
    let article = document.descendants().find(|node| node.has_tag_name("article"));
    let article = article.ok_or_else(|| malformed("no <article> in it"))?;
    let mut fields = front(article)?;
    let mut writer = Writer::default();
    if let Some(title) = &fields.title {
        writer.builder.heading(1, title);
    }
    let spoken = language(article);
    for part in path(article, &["front", "article-meta"]).into_iter().flat_map(|meta| children(meta, "abstract")) {
        let kind = part.attribute("abstract-type");
        if !matches!(kind, Some("graphical" | "toc" | "teaser")) && is_same(spoken.as_deref(), language(part)) {
            writer.section(part, "Abstract", 2);
        }
    }
    match child(article, "body") {
        Some(body) => writer.blocks(body, 2),
        None => fields.access = Access::AbstractOnly,
    }
    // Publishers put figures and tables there that are named, but not placed, in the text.
    for floats in article.children().filter(|node| is_floats(*node)) {
        writer.section(floats, "Figures and tables", 2);
    }
    if let Some(back) = child(article, "back") {
        for appendix in
            children(back, "app-group").flat_map(|group| children(group, "app")).chain(children(back, "sec"))
        {
            writer.section(appendix, "", 2);
        }
        for glossary in children(back, "glossary") {
            writer.section(glossary, "Abbreviations", 2);
        }
        for notes in children(back, "fn-group") {
            writer.section(notes, "Notes", 2);
        }
        for notes in children(back, "notes").filter(|notes| notes.attribute("notes-type") == Some("notice")) {
            fields.notice = tidy(notes);
        }
        for reference in back.descendants().filter(|node| node.has_tag_name("ref")) {
            let text = normalise(&inline(reference));
            fields.sources.extend(source_of(reference, &text));
            writer.builder.block(BlockKind::Reference, &text);
        }
    }
    let read =
        article.children().filter(|node| node.has_tag_name("front") || node.has_tag_name("body") || is_floats(*node));
    read.for_each(|part| lost_objects(part, &mut writer.losses));
    Ok(Parsed { fields, text: writer.builder.finish(), defects: writer.losses.defects() })
}

fn is_floats(node: Node<'_, '_>) -> bool {
    node.has_tag_name("floats-group") || node.has_tag_name("floats-wrap")
}

/// Whether a part is in the language of the whole. Parts that do not say are.
fn is_same(whole: Option<&str>, part: Option<String>) -> bool {
    let main = |tag: &str| tag.split('-').next().unwrap_or_default().to_owned();
    match (whole, part) {
        (Some(whole), Some(part)) => main(whole) == main(&part),
        _ => true,
    }
}

/// Formulas that are only pictures, and signs that are pictures in the middle of text.
fn lost_objects(part: Node<'_, '_>, losses: &mut Losses) {
    let is_formula = |node: Node<'_, '_>| {
        matches!(node.tag_name().name(), "disp-formula" | "inline-formula" | "chem-struct" | "chem-struct-wrap")
    };
    for node in part.descendants() {
        let lost = if is_formula(node) {
            // Its number is no text of its own.
            let label = text_of(node, "label").unwrap_or_default();
            let text = tidy(node).unwrap_or_default();
            text.strip_prefix(label.as_str()).unwrap_or(&text).trim().is_empty()
                && !node.ancestors().skip(1).any(is_formula)
        } else {
            node.has_tag_name("inline-graphic") && !node.ancestors().any(is_formula)
        };
        if lost {
            losses.note(DefectKind::LostObject);
        }
    }
}

/// Writes an article's text block by block.
#[derive(Default)]
struct Writer {
    builder: TextBuilder,
    losses: Losses,
}

impl Writer {
    /// A part under its title, or under `usual` if it has none.
    fn section(&mut self, node: Node<'_, '_>, usual: &str, level: usize) {
        let title = text_of(node, "title").or_else(|| text_of(node, "label").filter(|_| node.has_tag_name("app")));
        if title.is_some() || node.children().any(|child| child.is_element() && tidy(child).is_some()) {
            self.builder.heading(level, title.as_deref().unwrap_or(usual));
        }
        self.blocks(node, level + 1);
    }

    /// Writes what is below `node`, which is one of the elements that hold blocks.
    fn blocks(&mut self, node: Node<'_, '_>, level: usize) {
        for child in node.children().filter(Node::is_element) {
            self.block(child, level);
        }
    }

    fn block(&mut self, node: Node<'_, '_>, level: usize) {
        match node.tag_name().name() {
            "sec" | "app" => self.section(node, "", level),
            "p" => self.paragraph(node, BlockKind::Paragraph, level),
            "list" => self.list(node, level),
            "def-list" => self.definitions(node),
            "table-wrap" => self.table(node, level),
            "fig" => self.caption(node),
            "boxed-text" => self.boxed(node, level),
            "supplementary-material" => self.supplement(node),
            "fig-group" | "table-wrap-group" | "disp-quote" | "statement" | "ack" | "fn-group" | "fn" | "glossary"
            | "speech" | "disp-formula-group" => self.blocks(node, level),
            "disp-formula" | "verse-group" | "attrib" | "preformat" | "code" | "chem-struct-wrap" | "array" => {
                self.builder.block(BlockKind::Paragraph, &inline(node));
            }
            _ => {}
        }
    }

    /// A paragraph may hold lists and tables: they become blocks of their own, after what stands before them.
    fn paragraph(&mut self, node: Node<'_, '_>, kind: BlockKind, level: usize) {
        let mut text = String::new();
        for child in node.children() {
            match child.tag_name().name() {
                "list"
                | "table-wrap"
                | "table-wrap-group"
                | "fig"
                | "fig-group"
                | "boxed-text"
                | "def-list"
                | "verse-group"
                | "supplementary-material" => {
                    self.builder.block(kind, &std::mem::take(&mut text));
                    self.block(child, level);
                }
                _ => append_inline(child, &mut text),
            }
        }
        self.builder.block(kind, &text);
    }

    fn list(&mut self, node: Node<'_, '_>, level: usize) {
        if let Some(title) = text_of(node, "title") {
            self.builder.block(BlockKind::Paragraph, &title);
        }
        for part in children(node, "list-item").flat_map(|item| item.children()) {
            match part.tag_name().name() {
                "list" => self.list(part, level),
                "def-list" => self.definitions(part),
                "p" => self.paragraph(part, BlockKind::ListItem, level),
                _ => {}
            }
        }
    }

    fn definitions(&mut self, node: Node<'_, '_>) {
        if let Some(title) = text_of(node, "title") {
            self.builder.block(BlockKind::Paragraph, &title);
        }
        for part in node.children() {
            match part.tag_name().name() {
                "def-item" => {
                    let terms: Vec<String> = children(part, "term").filter_map(tidy).collect();
                    let meanings: Vec<String> = children(part, "def").filter_map(tidy).collect();
                    let (terms, meanings) = (terms.join(", "), meanings.join("; "));
                    let colon = if terms.is_empty() || meanings.is_empty() || terms.ends_with(':') { "" } else { ":" };
                    self.builder.block(BlockKind::ListItem, &format!("{terms}{colon} {meanings}"));
                }
                "def-list" => self.definitions(part),
                _ => {}
            }
        }
    }

    /// A box that ends its section gets a heading. In the middle of one, what follows the box would come to stand under it, so
    /// its title is a caption there.
    fn boxed(&mut self, node: Node<'_, '_>, level: usize) {
        let parts = [text_of(node, "label"), text_of(node, "caption"), text_of(node, "title")];
        let title = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let in_text = node.parent().is_some_and(|parent| parent.has_tag_name("p"));
        let ends = node.next_sibling_element().is_none_or(|next| next.has_tag_name("sec"));
        if ends && !in_text {
            self.builder.heading(level, &title);
        } else {
            self.builder.block(BlockKind::Caption, &title);
        }
        self.blocks(node, level + 1);
    }

    fn caption(&mut self, node: Node<'_, '_>) {
        let part = |name| child(node, name).map(|part| inline(part)).unwrap_or_default();
        self.builder.block(BlockKind::Caption, &format!("{} {}", part("label"), part("caption")));
    }

    /// What a supplement is called; the words of a link to it are not about it.
    fn supplement(&mut self, node: Node<'_, '_>) {
        let label = text_of(node, "label").unwrap_or_default();
        let caption = child(node, "caption").into_iter().flat_map(|caption| caption.children());
        let parts = caption.filter_map(tidy).filter(|part| !part.starts_with("Click here"));
        let parts: Vec<String> = std::iter::once(label).chain(parts).collect();
        self.builder.block(BlockKind::Caption, &parts.join(" "));
    }

    fn table(&mut self, node: Node<'_, '_>, level: usize) {
        self.caption(node);
        let mut found = false;
        for table in node.descendants().filter(|inner| inner.has_tag_name("table") && !is_nested(*inner)) {
            found = true;
            write_table(table, &mut self.builder, &mut self.losses);
        }
        if !found && node.descendants().any(|inner| inner.has_tag_name("graphic") || inner.has_tag_name("media")) {
            self.losses.note(DefectKind::ImageTable);
        } else if !found {
            // Some tables are lists.
            self.blocks(node, level);
        }
        if let Some(foot) = child(node, "table-wrap-foot") {
            self.builder.block(BlockKind::Caption, &inline(foot));
        }
    }
}

/// Whether a table stands in a cell of another.
fn is_nested(table: Node<'_, '_>) -> bool {
    table.ancestors().skip(1).take_while(|node| !node.has_tag_name("table-wrap")).any(|node| node.has_tag_name("table"))
}

#[cfg(test)]
mod tests {
    use knowledge::{Defect, Kind, Status};

    use super::super::xml::MAX_DEPTH;
    use super::*;

    const ARTICLE: &str = r#"<!DOCTYPE article PUBLIC "-//NLM//DTD JATS" "x.dtd">
<article article-type="case-report" xml:lang="EN" xmlns:xlink="http://www.w3.org/1999/xlink"><front><journal-meta>
<journal-title-group><journal-title>J Cases</journal-title></journal-title-group></journal-meta><article-meta>
<article-id pub-id-type="pmc">12</article-id><article-id pub-id-type="doi">10.1/x</article-id>
<title-group><article-title>A <italic>case</italic> &amp; more</article-title></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Doe</surname><given-names>Jo</given-names></name></contrib></contrib-group>
<pub-date pub-type="ppub"><month>5</month><year>2021</year></pub-date><pub-date pub-type="epub"><day>2</day><month>3</month><year>2021</year></pub-date>
<permissions><license xlink:href="https://creativecommons.org/licenses/by/4.0/"><license-p>CC BY</license-p></license></permissions>
<abstract><p>Short.</p></abstract></article-meta></front>
<body><sec><title>Results</title><p>Platelets were 12 &#xD7; 10<sup>9</sup>/L.<xref ref-type="bibr" rid="b1"><sup>3</sup></xref> It fell
[<xref ref-type="bibr" rid="b1">3</xref>].</p><list><list-item><p>One</p></list-item></list>
<table-wrap><label>Table 1</label><caption><p>Drugs</p></caption><table><thead><tr><th>Drug</th><th>Dose<sup>a</sup></th></tr></thead>
<tbody><tr><td>X</td><td>5&#xA0;mg</td></tr></tbody></table></table-wrap></sec></body>
<back><ref-list><ref id="b1"><mixed-citation>WHO. <source>Guide</source>. <year>2020</year></mixed-citation></ref></ref-list></back></article>"#;

    #[test]
    fn an_article_is_read_as_a_reader_reads_it() {
        let parsed = parse(ARTICLE).unwrap();
        assert_eq!(
            parsed.text.as_str(),
            "A case & more\nAbstract\nShort.\nResults\nPlatelets were 12 × 10⁹/L. It fell [3].\nOne\nTable 1 Drugs\n\
             Drug: X; Dose: 5 mg\nWHO. Guide . 2020"
        );
        let fields = parsed.fields;
        assert_eq!(fields.id.as_deref(), Some("PMC12"));
        assert_eq!(fields.published.as_deref(), Some("2021-03-02"));
        assert_eq!(fields.authors, ["Jo Doe"]);
        assert_eq!(fields.kind, Some(Kind::CaseLiterature));
        assert_eq!(fields.access, Access::FullText);
        assert_eq!(fields.licence.as_deref(), Some("https://creativecommons.org/licenses/by/4.0/"));
    }

    #[test]
    fn retraction_and_missing_bodies_are_seen() {
        let retracted =
            ARTICLE.replace("<abstract>", "<related-article related-article-type=\"retraction-forward\"/><abstract>");
        assert_eq!(parse(&retracted).unwrap().fields.status, Status::Retracted);
        let (head, rest) = ARTICLE.split_once("<body>").unwrap();
        let (_, tail) = rest.split_once("</body>").unwrap();
        assert_eq!(parse(&format!("{head}{tail}")).unwrap().fields.access, Access::AbstractOnly);
    }

    /// The canonical text of an article with this body and what follows it, and what was lost.
    fn read(body: &str) -> (String, Vec<Defect>) {
        let text = format!(
            "<article xml:lang=\"en\" xmlns:mml=\"http://www.w3.org/1998/Math/MathML\"><front><article-meta><title-group>\
             <article-title>T</article-title></title-group></article-meta></front>{body}</article>"
        );
        let parsed = parse(&text).unwrap();
        (parsed.text.as_str().to_owned(), parsed.defects)
    }

    #[test]
    fn tables_at_the_end_are_kept_with_their_groups_and_notes() {
        let (text, defects) = read(
            "<body><sec><title>Results</title><p>See <xref ref-type=\"table\">Table 1</xref>.</p></sec></body><back/>\
             <floats-group><table-wrap><label>Table 1</label><caption><p>Doses</p></caption><table><thead><tr><th rowspan=\"2\">Drug</th>\
             <th colspan=\"2\">Dose</th></tr><tr><th>Adult</th><th>Child</th></tr></thead><tbody><tr><td colspan=\"3\"><bold>Oral</bold></td></tr>\
             <tr><td>Examplin<sup>a</sup></td><td>5 mg</td><td>1 mg</td></tr></tbody></table><table-wrap-foot><fn><label>a</label><p>With food.</p></fn>\
             </table-wrap-foot></table-wrap><fig><label>Figure 1</label><caption><p>Flow.</p></caption><graphic/></fig></floats-group>\
             <sub-article><body><p>A review.</p></body></sub-article>",
        );
        assert_eq!(
            text,
            "T\nResults\nSee Table 1.\nFigures and tables\nTable 1 Doses\n\
             Oral; Drug: Examplin; Dose, Adult: 5 mg; Dose, Child: 1 mg\na With food.\nFigure 1 Flow."
        );
        assert_eq!(defects, []);
    }

    #[test]
    fn what_is_only_a_picture_is_counted() {
        let (text, defects) = read(
            "<body><p>Here <inline-formula><inline-graphic/></inline-formula> and <inline-graphic/>.</p>\
             <disp-formula><label>(1)</label><graphic/></disp-formula>\
             <disp-formula><alternatives><mml:math><mml:msup><mml:mi>x</mml:mi><mml:mn>2</mml:mn></mml:msup></mml:math><graphic/></alternatives></disp-formula>\
             <table-wrap><label>Table 2</label><graphic/></table-wrap>\
             <table-wrap><table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td><td>e</td></tr></table></table-wrap></body>",
        );
        assert_eq!(text, "T\nHere and .\n(1)\nx²\nTable 2\na; b\nc; d; e");
        let defect = |kind, times| Defect { kind, times };
        assert_eq!(
            defects,
            [defect(DefectKind::BrokenTable, 1), defect(DefectKind::ImageTable, 1), defect(DefectKind::LostObject, 3)]
        );
    }

    #[test]
    fn boxes_definitions_verses_and_supplements_are_read() {
        let (text, defects) = read(
            "<body><sec><title>Methods</title><boxed-text><label>Box 1</label><caption><title>Criteria</title></caption><p>One.</p></boxed-text>\
             <p>After:<def-list><def-item><term>ESR</term><def><p>sedimentation rate</p></def></def-item></def-list></p>\
             <disp-quote><p>Quoted.</p><attrib>A nurse</attrib></disp-quote>\
             <verse-group><verse-line>One</verse-line><verse-line>two</verse-line></verse-group>\
             <list><title>Steps</title><list-item><p>First</p></list-item></list></sec>\
             <sec><title>Supplement</title><supplementary-material><label>File 1</label><caption><p>Protocol.</p><p>Click here for file</p></caption>\
             </supplementary-material></sec><boxed-text><caption><title>Key points</title></caption><p>Two.</p></boxed-text></body>",
        );
        assert_eq!(
            text,
            "T\nMethods\nBox 1 Criteria\nOne.\nAfter:\nESR: sedimentation rate\nQuoted.\nA nurse\nOne two\nSteps\nFirst\n\
             Supplement\nFile 1 Protocol.\nKey points\nTwo."
        );
        assert_eq!(defects, []);
    }

    #[test]
    fn the_back_keeps_its_sections_notes_and_abbreviations() {
        let (text, _) = read(
            "<body><p>Text.</p></body><back><ack><p>Thanks.</p></ack><app-group><app><label>Appendix 1</label><p>Scale.</p></app></app-group>\
             <sec><title>Funding</title><p>None.</p></sec><glossary><title>Abbreviations</title><def-list><def-item><term>BP</term>\
             <def><p>blood pressure</p></def></def-item></def-list></glossary><fn-group><fn><p>No conflict.</p></fn><fn/></fn-group><fn-group><fn/></fn-group></back>",
        );
        assert_eq!(
            text,
            "T\nText.\nAppendix 1\nScale.\nFunding\nNone.\nAbbreviations\nBP: blood pressure\nNotes\nNo conflict."
        );
    }

    #[test]
    fn abstracts_in_other_languages_are_left_out() {
        let text = "<article xml:lang=\"en-GB\"><front><article-meta><abstract xml:lang=\"en\"><p>Short.</p></abstract>\
                    <abstract xml:lang=\"es\"><p>Breve.</p></abstract><trans-abstract xml:lang=\"fr\"><p>Bref.</p></trans-abstract>\
                    </article-meta></front></article>";
        assert_eq!(parse(text).unwrap().text.as_str(), "Abstract\nShort.");
    }

    #[test]
    fn a_set_is_taken_apart() {
        let article = |ids: &str| {
            format!(
                "<article><front><article-meta>{ids}<abstract><p>A.</p></abstract></article-meta></front></article>"
            )
        };
        let pmc = "<article-id pub-id-type=\"pmid\">9</article-id><article-id pub-id-type=\"pmcid\">PMC8</article-id>";
        let set = format!("<pmc-articleset>{}{}{}</pmc-articleset>", article(pmc), article(pmc), article(""));
        let found = articles(&set);
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["PMC8", "PMC8-2", "article-3"]);
        for (_, range) in found {
            assert_eq!(parse(&set[range]).unwrap().text.as_str(), "Abstract\nA.");
        }
    }

    #[test]
    fn hostile_files_are_refused() {
        let deep = format!("<article>{}", "<sec>".repeat(100_000));
        assert_eq!(parse(&deep).unwrap_err(), Rejection::TooDeep(MAX_DEPTH));
        let bomb = "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">\
                    <!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\"><!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;\"><!ENTITY f \"&e;&e;&e;&e;&e;&e;\">]>\
                    <article>&f;&f;&f;&f;</article>";
        for hostile in [bomb, "", "<article", "<article></article>", "<html/>", "<article><front></article>"] {
            assert!(matches!(parse(hostile), Err(Rejection::Malformed { .. })), "{hostile:.40}");
        }
    }
}
