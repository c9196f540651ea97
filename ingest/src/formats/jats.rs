//! JATS XML: the format of PubMed Central and of journal publishers.

use knowledge::{Access, BlockKind, Identifiers, Kind, Source, Status, TextBuilder, normalise};
use roxmltree::{Document, Node, ParsingOptions};

use super::table::Table;
use super::{Fields, Parsed, date, depth};
use crate::error::Rejection;

/// Deeper than any article; real ones stay below 40.
const MAX_DEPTH: usize = 256;

/// Elements, attributes and texts in one article; the largest real ones stay below a tenth.
const MAX_NODES: u32 = 4_000_000;

pub(super) fn parse(text: &str) -> Result<Parsed, Rejection> {
    depth::check(text, MAX_DEPTH, &[])?;
    let malformed = |why: String| Rejection::Malformed { format: "XML", why };
    // The DOCTYPE may stand there, nothing is fetched, and entities that expand without end are refused by the parser.
    let options = ParsingOptions { allow_dtd: true, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| malformed(error.to_string()))?;
    let article = document.descendants().find(|node| node.has_tag_name("article"));
    let article = article.ok_or_else(|| malformed("no <article> in it".to_owned()))?;
    let mut builder = TextBuilder::new();
    let mut fields = front(article)?;
    if let Some(title) = &fields.title {
        builder.heading(1, title);
    }
    let abstracts = path(article, &["front", "article-meta"]).into_iter().flat_map(|meta| children(meta, "abstract"));
    for part in
        abstracts.filter(|part| !matches!(part.attribute("abstract-type"), Some("graphical" | "toc" | "teaser")))
    {
        builder.heading(2, &title_of(part).unwrap_or_else(|| "Abstract".to_owned()));
        blocks(part, 3, &mut builder);
    }
    match child(article, "body") {
        Some(body) => blocks(body, 2, &mut builder),
        None => fields.access = Access::AbstractOnly,
    }
    if let Some(back) = child(article, "back") {
        for appendix in
            children(back, "app-group").flat_map(|group| children(group, "app")).chain(children(back, "sec"))
        {
            section(appendix, 2, &mut builder);
        }
        for notes in children(back, "notes").filter(|notes| notes.attribute("notes-type") == Some("notice")) {
            fields.notice = Some(normalise(&inline(notes)));
        }
        let references = back.descendants().filter(|node| node.has_tag_name("ref"));
        for reference in references {
            let text = normalise(&inline(reference));
            fields.sources.extend(source_of(reference, &text));
            builder.block(BlockKind::Reference, &text);
        }
    }
    Ok(Parsed { fields, text: builder.finish() })
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.has_tag_name(name))
}

fn children<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.has_tag_name(name))
}

fn path<'a, 'i>(node: Node<'a, 'i>, names: &[&str]) -> Option<Node<'a, 'i>> {
    names.iter().try_fold(node, |node, name| child(node, name))
}

fn title_of(node: Node<'_, '_>) -> Option<String> {
    child(node, "title").map(|title| normalise(&inline(title))).filter(|title| !title.is_empty())
}

fn front(article: Node<'_, '_>) -> Result<Fields, Rejection> {
    let mut fields =
        Fields { kind: kind_of(article.attribute("article-type").unwrap_or_default()), ..Fields::default() };
    let no_meta = || Rejection::Malformed { format: "JATS", why: "no <article-meta> in it".to_owned() };
    let meta = path(article, &["front", "article-meta"]).ok_or_else(no_meta)?;
    fields.title = path(meta, &["title-group", "article-title"]).map(|title| normalise(&inline(title)));
    for id in children(meta, "article-id") {
        let value = Some(normalise(&inline(id))).filter(|value| !value.is_empty());
        match id.attribute("pub-id-type").unwrap_or_default() {
            "doi" => fields.identifiers.doi = value,
            "pmid" => fields.identifiers.pmid = value,
            "pmc" | "pmcid" => {
                fields.identifiers.pmcid = value.map(|id| format!("PMC{}", id.trim_start_matches("PMC")))
            }
            "publisher-id" => fields.id = value,
            _ => {}
        }
    }
    let Identifiers { doi, pmid, pmcid, .. } = fields.identifiers.clone();
    fields.id = pmcid.clone().or(doi.clone()).or(pmid).or(fields.id);
    fields.identifiers.url = doi.map(|doi| format!("https://doi.org/{doi}"));
    fields.version = child(meta, "article-version").and_then(|version| inline(version).trim().parse().ok());
    fields.published = published(meta);
    let journal = path(article, &["front", "journal-meta"]);
    fields.issuer = journal.and_then(|journal| {
        let title = journal.descendants().find(|node| node.has_tag_name("journal-title"));
        let publisher = path(journal, &["publisher", "publisher-name"]);
        title.or(publisher).map(|node| normalise(&inline(node)))
    });
    fields.authors = meta
        .descendants()
        .filter(|node| {
            node.has_tag_name("contrib") && node.attribute("contrib-type").is_none_or(|kind| kind == "author")
        })
        .filter_map(author)
        .collect();
    fields.licence = child(meta, "permissions").and_then(licence);
    let language = article.attribute(("http://www.w3.org/XML/1998/namespace", "lang"));
    fields.language = language.map(str::to_ascii_lowercase);
    fields.status = status(meta, fields.title.as_deref().unwrap_or_default());
    Ok(fields)
}

/// Types as JATS suggests them; for others the corpus decides.
fn kind_of(article_type: &str) -> Option<Kind> {
    match article_type {
        "case-report" => Some(Kind::CaseLiterature),
        "research-article" | "brief-report" | "rapid-communication" => Some(Kind::Trial),
        "review-article" | "systematic-review" => Some(Kind::Review),
        _ => None,
    }
}

/// The earliest date on which the article was out, in whichever way it was.
fn published(meta: Node<'_, '_>) -> Option<String> {
    let text = |date: Node<'_, '_>, name: &str| child(date, name).and_then(|node| node.text()).map(str::to_owned);
    let dates = children(meta, "pub-date")
        .filter_map(|node| date(&text(node, "year")?, text(node, "month").as_deref(), text(node, "day").as_deref()));
    dates.min_by_key(|date| (date[..4].to_owned(), std::cmp::Reverse(date.len()), date.clone()))
}

fn author(contrib: Node<'_, '_>) -> Option<String> {
    let name = contrib.descendants().find(|node| node.has_tag_name("name") || node.has_tag_name("collab"))?;
    if name.has_tag_name("collab") {
        return Some(normalise(&inline(name)));
    }
    let part = |tag| child(name, tag).map(|node| inline(node)).unwrap_or_default();
    Some(normalise(&format!("{} {}", part("given-names"), part("surname")))).filter(|name| !name.is_empty())
}

fn licence(permissions: Node<'_, '_>) -> Option<String> {
    let licence = child(permissions, "license")?;
    let link =
        licence.attributes().find(|attribute| attribute.name() == "href").map(|attribute| attribute.value().to_owned());
    link.or_else(|| Some(normalise(&inline(licence)))).filter(|licence| !licence.is_empty())
}

/// Marks of a retraction on the article itself, as JATS4R and PubMed Central set them.
fn status(meta: Node<'_, '_>, title: &str) -> Status {
    let kinds: Vec<&str> =
        children(meta, "related-article").filter_map(|related| related.attribute("related-article-type")).collect();
    let title = title.to_ascii_uppercase();
    if title.starts_with("RETRACTED") || kinds.contains(&"retraction-forward") {
        Status::Retracted
    } else if kinds.iter().any(|kind| matches!(*kind, "object-of-concern-forward" | "expression-of-concern")) {
        Status::ExpressionOfConcern
    } else if kinds.iter().any(|kind| matches!(*kind, "correction-forward" | "corrected-forward")) {
        Status::Corrected
    } else {
        Status::Current
    }
}

fn source_of(reference: Node<'_, '_>, text: &str) -> Option<Source> {
    let find = |name| reference.descendants().find(|node| node.has_tag_name(name)).map(|node| normalise(&inline(node)));
    let title = find("article-title").or_else(|| find("source")).unwrap_or_else(|| text.to_owned());
    let year = find("year").and_then(|year| year.get(..4)?.parse().ok());
    (!title.is_empty()).then_some(Source { title, issuer: find("publisher-name").or_else(|| find("source")), year })
}

fn section(node: Node<'_, '_>, level: usize, builder: &mut TextBuilder) {
    if let Some(title) = title_of(node) {
        builder.heading(level, &title);
    }
    blocks(node, level + 1, builder);
}

/// Writes what is below `node`, which is one of the elements that hold blocks.
fn blocks(node: Node<'_, '_>, level: usize, builder: &mut TextBuilder) {
    for child in node.children().filter(Node::is_element) {
        match child.tag_name().name() {
            "sec" => section(child, level, builder),
            "p" => paragraph(child, BlockKind::Paragraph, level, builder),
            "list" => list(child, level, builder),
            "def-list" => {
                for item in children(child, "def-item") {
                    builder.block(BlockKind::ListItem, &inline(item));
                }
            }
            "table-wrap" => table(child, builder),
            "fig" => caption(child, builder),
            "fig-group" | "table-wrap-group" | "boxed-text" | "disp-quote" | "statement" | "ack" => {
                blocks(child, level, builder);
            }
            "disp-formula" => builder.block(BlockKind::Paragraph, &inline(child)),
            _ => {}
        }
    }
}

/// A paragraph may hold lists and tables: they become blocks of their own, after what stands before them.
fn paragraph(node: Node<'_, '_>, kind: BlockKind, level: usize, builder: &mut TextBuilder) {
    let mut text = String::new();
    for child in node.children() {
        match child.tag_name().name() {
            "list" | "table-wrap" | "fig" | "boxed-text" | "def-list" if child.is_element() => {
                builder.block(kind, &std::mem::take(&mut text));
                match child.tag_name().name() {
                    "list" => list(child, level, builder),
                    "table-wrap" => table(child, builder),
                    "fig" => caption(child, builder),
                    _ => blocks(child, level, builder),
                }
            }
            _ => append_inline(child, &mut text),
        }
    }
    builder.block(kind, &text);
}

fn list(node: Node<'_, '_>, level: usize, builder: &mut TextBuilder) {
    for item in children(node, "list-item") {
        for part in item.children().filter(Node::is_element) {
            match part.tag_name().name() {
                "list" => list(part, level, builder),
                "p" => paragraph(part, BlockKind::ListItem, level, builder),
                _ => {}
            }
        }
    }
}

fn caption(node: Node<'_, '_>, builder: &mut TextBuilder) {
    let part = |name| child(node, name).map(|part| inline(part)).unwrap_or_default();
    builder.block(BlockKind::Caption, &format!("{} {}", part("label"), part("caption")));
}

fn table(node: Node<'_, '_>, builder: &mut TextBuilder) {
    caption(node, builder);
    for body in node.descendants().filter(|node| node.has_tag_name("table")) {
        let mut table = Table::default();
        for row in body.descendants().filter(|node| node.has_tag_name("tr")) {
            let mut heads = true;
            for cell in row.children().filter(|cell| cell.has_tag_name("td") || cell.has_tag_name("th")) {
                heads &= cell.has_tag_name("th");
                let text = inline(cell);
                // A cell that spans columns names all of them.
                let span =
                    cell.attribute("colspan").and_then(|span| span.parse::<usize>().ok()).unwrap_or(1).clamp(1, 50);
                for column in 0..span {
                    table.cell(if column == 0 || heads { &text } else { "" });
                }
            }
            let in_head = row.parent().is_some_and(|parent| parent.has_tag_name("thead"));
            if in_head { table.end_header() } else { table.end_row() }
        }
        table.write(builder);
    }
    if let Some(foot) = child(node, "table-wrap-foot") {
        builder.block(BlockKind::Caption, &inline(foot));
    }
}

fn inline(node: Node<'_, '_>) -> String {
    let mut text = String::new();
    for child in node.children() {
        append_inline(child, &mut text);
    }
    text
}

/// Text as a reader sees it: 10⁹ stays a power, and a reference mark does not become part of a number.
fn append_inline(node: Node<'_, '_>, out: &mut String) {
    if node.is_text() {
        out.push_str(node.text().unwrap_or_default());
        return;
    }
    if !node.is_element() {
        return;
    }
    match node.tag_name().name() {
        "tex-math" | "object-id" | "graphic" | "inline-graphic" | "media" | "supplementary-material" => {}
        "sup" if holds_reference(node) => {}
        "xref" if is_reference(node) && (is_superscript(node) || touches_word(out)) => {}
        "sup" => append_superscript(&inline(node), out),
        "break" => out.push(' '),
        "p" | "title" | "label" | "td" | "th" | "list-item" | "def" | "term" | "sec" | "fn" | "surname"
        | "given-names" | "source" | "year" | "volume" | "article-title" | "name" => {
            out.push(' ');
            out.push_str(&inline(node));
            out.push(' ');
        }
        _ => out.push_str(&inline(node)),
    }
}

fn is_reference(node: Node<'_, '_>) -> bool {
    matches!(node.attribute("ref-type"), Some("bibr" | "fn" | "table-fn"))
}

fn holds_reference(sup: Node<'_, '_>) -> bool {
    sup.descendants().any(|node| node.has_tag_name("xref"))
}

fn is_superscript(xref: Node<'_, '_>) -> bool {
    xref.children().any(|child| child.has_tag_name("sup"))
}

fn touches_word(out: &str) -> bool {
    out.chars().next_back().is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | ')'))
}

fn append_superscript(text: &str, out: &mut String) {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let text = text.trim();
    let raised = |c: char| match c {
        '+' => Some('⁺'),
        '-' | '−' | '–' => Some('⁻'),
        _ => c.to_digit(10).and_then(|digit| DIGITS.get(digit as usize).copied()),
    };
    if text.is_empty() || text.chars().all(|c| matches!(c, '*' | '†' | '‡' | '§' | '¶' | '#' | ',')) {
        return;
    }
    match text.chars().map(raised).collect::<Option<String>>() {
        Some(raised) => out.push_str(&raised),
        // A single letter is a mark of a note; a word ("th", "TM") belongs to the text.
        None if text.chars().count() == 1 => {}
        None => out.push_str(text),
    }
}

#[cfg(test)]
mod tests {
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
