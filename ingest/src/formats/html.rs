//! HTML pages: what a reader reads, without what a browser shows around it.

use ego_tree::NodeRef;
use ego_tree::iter::Edge;
use knowledge::{BlockKind, Source, TextBuilder};
use scraper::node::Element;
use scraper::{ElementRef, Html, Node, Selector};

use super::table::Table;
use super::{Fields, Parsed, depth, iso_date, version_of};
use crate::error::Rejection;

/// Deeper than any page people write.
const MAX_DEPTH: usize = 512;

/// Tables that are read as tables within one another, at most. Deeper ones are text: each one more would repeat the names of its
/// columns in what is repeated itself.
const MAX_TABLES: usize = 2;

/// Elements that need no end tag, so that counting them would count siblings as nesting.
const UNCLOSED: [&str; 26] = [
    "area", "base", "body", "br", "col", "colgroup", "dd", "dt", "embed", "head", "hr", "html", "img", "input", "li",
    "link", "meta", "option", "p", "source", "tbody", "td", "tfoot", "th", "thead", "tr",
];

/// Elements that are not the text of the page.
const SKIPPED: [&str; 12] =
    ["script", "style", "nav", "footer", "header", "aside", "form", "noscript", "template", "svg", "button", "iframe"];

pub(super) fn parse(text: &str) -> Result<Parsed, Rejection> {
    depth::check(text, MAX_DEPTH, &UNCLOSED)?;
    let page = Html::parse_document(text);
    let mut fields = meta(&page)?;
    let root = ["main", "article", "body"].into_iter().find_map(|name| first(&page, name));
    let root = root.unwrap_or_else(|| page.root_element());
    let mut builder = TextBuilder::new();
    let mut open = Open::default();
    let (mut depth, mut skipped_at) = (0_usize, None);
    for edge in root.traverse() {
        match edge {
            Edge::Open(node) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(Rejection::TooDeep(MAX_DEPTH));
                }
                match node.value() {
                    Node::Element(element) if skipped_at.is_none() => {
                        if is_skipped(element) {
                            skipped_at = Some(depth);
                        } else {
                            open.enter(node, element, &mut builder);
                        }
                    }
                    Node::Text(piece) if skipped_at.is_none() => open.text.push_str(&piece.text),
                    _ => {}
                }
            }
            Edge::Close(node) => {
                if skipped_at == Some(depth) {
                    skipped_at = None;
                } else if let (Node::Element(element), None) = (node.value(), skipped_at) {
                    open.leave(element.name(), &mut builder, &mut fields.title);
                }
                depth -= 1;
            }
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
    captions: usize,
    /// Tables that are open, the innermost last.
    tables: Vec<OpenTable>,
    /// Tables within the innermost of these that are read as text.
    deeper: usize,
}

/// A table that is being read.
#[derive(Default)]
struct OpenTable {
    table: Table,
    /// What stands before it in the cell of another that holds it.
    before: String,
    in_head: bool,
    /// Which cells of the open row are heads.
    cells: Vec<bool>,
    /// Columns and rows that the open cell covers.
    spans: (usize, usize),
}

impl Open {
    fn enter(&mut self, node: NodeRef<'_, Node>, element: &Element, builder: &mut TextBuilder) {
        let name = element.name();
        let held = self.tables.len();
        match (name, self.tables.last_mut()) {
            ("br", _) => self.text.push(' '),
            ("table", Some(_)) if held == MAX_TABLES => self.deeper += 1,
            _ if self.deeper > 0 => {}
            ("table", Some(_)) => {
                let before = std::mem::take(&mut self.text);
                self.tables.push(OpenTable { before, ..OpenTable::default() });
            }
            ("td" | "th", Some(open)) => {
                let span = |name| element.attr(name).and_then(|span| span.trim().parse().ok()).unwrap_or(1);
                open.spans = (span("colspan"), span("rowspan"));
                self.text.clear();
            }
            ("thead", Some(open)) => open.in_head = true,
            ("tr", Some(open)) => open.cells.clear(),
            ("caption", Some(_)) if held == 1 => self.begin_caption(builder),
            (_, Some(_)) => {}
            ("table", None) => {
                self.flush(builder);
                if !is_frame(node) {
                    self.tables.push(OpenTable::default());
                }
            }
            ("li" | "dd" | "dt", None) => {
                self.flush(builder);
                self.items += 1;
            }
            ("caption" | "figcaption", None) => self.begin_caption(builder),
            (name, None) if is_block(name) => self.flush(builder),
            _ => {}
        }
    }

    fn leave(&mut self, name: &str, builder: &mut TextBuilder, title: &mut Option<String>) {
        let held = self.tables.len();
        match (name, self.tables.last_mut()) {
            _ if self.deeper > 0 => {
                self.deeper -= usize::from(name == "table");
                self.text.push(' ');
            }
            ("td" | "th", Some(open)) => {
                open.table.spanning(&std::mem::take(&mut self.text), open.spans.0, open.spans.1);
                open.cells.push(name == "th");
            }
            ("tr", Some(open)) => {
                let head = open.in_head || (open.cells.len() > 1 && open.cells.iter().all(|th| *th));
                if head { open.table.end_header() } else { open.table.end_row() }
            }
            ("thead", Some(open)) => open.in_head = false,
            ("table", Some(_)) => self.end_table(builder),
            ("caption", Some(_)) if held == 1 => self.end_caption(builder),
            ("caption", Some(open)) => {
                open.before.push(' ');
                open.before.push_str(&std::mem::take(&mut self.text));
            }
            (_, Some(_)) => self.text.push(' '),
            ("caption" | "figcaption", None) => self.end_caption(builder),
            ("h1" | "h2" | "h3" | "h4" | "h5" | "h6", None) => {
                let heading = std::mem::take(&mut self.text);
                if name == "h1" && title.is_none() {
                    *title = Some(knowledge::normalise(&heading)).filter(|title| !title.is_empty());
                }
                builder.heading(usize::from(name.as_bytes()[1] - b'0'), &heading);
            }
            ("li" | "dd" | "dt", None) => {
                self.flush(builder);
                self.items = self.items.saturating_sub(1);
            }
            (name, None) if is_block(name) => self.flush(builder),
            _ => {}
        }
    }

    fn begin_caption(&mut self, builder: &mut TextBuilder) {
        self.flush(builder);
        self.captions += 1;
    }

    fn end_caption(&mut self, builder: &mut TextBuilder) {
        self.flush(builder);
        self.captions = self.captions.saturating_sub(1);
    }

    /// Writes a table, or makes it text of the cell that holds it.
    fn end_table(&mut self, builder: &mut TextBuilder) {
        let Some(OpenTable { table, before, .. }) = self.tables.pop() else { return };
        if self.tables.is_empty() {
            table.write(builder);
            self.text.clear();
        } else {
            let mut rows = TextBuilder::new();
            table.write(&mut rows);
            self.text = format!("{before} {} ", rows.finish().as_str().replace('\n', "; "));
        }
    }

    fn flush(&mut self, builder: &mut TextBuilder) {
        let kind = match (self.captions, self.items) {
            (1.., _) => BlockKind::Caption,
            (_, 1..) => BlockKind::ListItem,
            _ => BlockKind::Paragraph,
        };
        builder.block(kind, &std::mem::take(&mut self.text));
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "section"
            | "article"
            | "main"
            | "body"
            | "ul"
            | "ol"
            | "dl"
            | "blockquote"
            | "pre"
            | "figure"
            | "details"
            | "summary"
            | "address"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "hr"
            | "table"
            | "td"
            | "th"
            | "tr"
    )
}

/// Whether a table only lays out what it holds, other tables among it: it has one column, or headings in its cells.
fn is_frame(table: NodeRef<'_, Node>) -> bool {
    let is_cell = |node: &NodeRef<'_, Node>| {
        node.value().as_element().is_some_and(|element| matches!(element.name(), "td" | "th"))
    };
    let mut waiting: Vec<NodeRef<'_, Node>> = table.children().collect();
    let (mut holds_table, mut holds_heading, mut columns) = (false, false, 0);
    while let Some(node) = waiting.pop() {
        let Some(element) = node.value().as_element().filter(|element| !is_skipped(element)) else { continue };
        match element.name() {
            // What it holds is its own.
            "table" => {
                holds_table = true;
                continue;
            }
            "tr" => columns = columns.max(node.children().filter(is_cell).count()),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => holds_heading = true,
            _ => {}
        }
        waiting.extend(node.children());
    }
    holds_table && (columns < 2 || holds_heading)
}

fn first<'a>(page: &'a Html, name: &str) -> Option<ElementRef<'a>> {
    page.select(&Selector::parse(name).ok()?).next()
}

/// Dublin Core and our own names in `<meta>`.
fn meta(page: &Html) -> Result<Fields, Rejection> {
    let mut fields = Fields::default();
    let Ok(selector) = Selector::parse("meta[name][content]") else { return Ok(fields) };
    let unknown = |error: knowledge::UnknownName| Rejection::Field(error.to_string());
    for element in page.select(&selector) {
        let (Some(name), Some(content)) = (element.attr("name"), element.attr("content")) else { continue };
        let value = || Some(knowledge::normalise(content)).filter(|value| !value.is_empty());
        match name.to_ascii_lowercase().as_str() {
            "dc.identifier" => fields.id = value(),
            "osler.version" => fields.version = version_of(content)?,
            "dc.title" => fields.title = value(),
            "dc.publisher" => fields.issuer = value(),
            "dc.type" => fields.kind = value().map(|kind| kind.parse()).transpose().map_err(unknown)?,
            "dcterms.issued" => fields.published = value().map(|date| iso_date(&date)).transpose()?,
            "osler.status" => {
                fields.status = value().map(|status| status.parse()).transpose().map_err(unknown)?.unwrap_or_default()
            }
            "dcterms.spatial" => fields.jurisdiction = value(),
            "dc.language" => fields.language = value(),
            "dc.rights" => fields.licence = value(),
            "dc.creator" => fields.authors.extend(value()),
            "osler.grade" => fields.grade = value(),
            "osler.notice" => fields.notice = value(),
            "dcterms.source" => fields.sources.extend(value().map(|source| source_of(&source))),
            "citation_doi" => fields.identifiers.doi = value(),
            _ => {}
        }
    }
    if fields.title.is_none() {
        let title = first(page, "title").map(|title| knowledge::normalise(&title.text().collect::<String>()));
        fields.title = title.filter(|title| !title.is_empty());
    }
    Ok(fields)
}

/// `Title | Issuer | Year`.
fn source_of(text: &str) -> Source {
    let mut parts = text.split('|').map(|part| part.trim().to_owned());
    let title = parts.next().unwrap_or_default();
    let issuer = parts.next().filter(|issuer| !issuer.is_empty());
    Source { title, issuer, year: parts.next().and_then(|year| year.parse().ok()) }
}

fn is_skipped(element: &Element) -> bool {
    SKIPPED.contains(&element.name()) || is_hidden(element)
}

/// What its page hides from people is hidden from us: text that nobody sees is not what the document says.
fn is_hidden(element: &Element) -> bool {
    let style: String = element.attr("style").unwrap_or_default().to_lowercase().split_whitespace().collect();
    let hides =
        ["display:none", "visibility:hidden", "opacity:0;", "font-size:0", "font-size:1px", "text-indent:-", "left:-9"];
    element.attr("hidden").is_some() || hides.iter().any(|hide| style.contains(hide)) || style.ends_with("opacity:0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_reads_is_kept() {
        let parsed = parse(
            "<html><head><title>Croup</title><meta name=\"DC.identifier\" content=\"croup\">\
             <meta name=\"DCTERMS.source\" content=\"Croup | WHO | 2020\"></head><body><nav>Home</nav><main><h1>Croup</h1>\
             <p>Barking <b>cough</b>.</p><h2>Dose</h2><ul><li>Dexamethasone<ul><li>0.15 mg/kg</li></ul></li></ul>\
             <table><caption>Doses</caption><thead><tr><th>Drug</th><th>Dose</th></tr></thead><tbody><tr><td>Adrenaline</td>\
             <td><p>0.5</p> <p>mL/kg</p></td></tr></tbody></table><script>x()</script></main><footer>F</footer></body></html>",
        )
        .unwrap();
        assert_eq!(
            parsed.text.as_str(),
            "Croup\nBarking cough.\nDose\nDexamethasone\n0.15 mg/kg\nDoses\nDrug: Adrenaline; Dose: 0.5 mL/kg"
        );
        assert_eq!(parsed.fields.id.as_deref(), Some("croup"));
        assert_eq!(parsed.fields.sources[0].year, Some(2020));
    }

    #[test]
    fn cells_that_span_rows_and_columns_are_in_each() {
        let parsed = parse(
            "<table><tr><th rowspan=2>Drug</th><th colspan=2>Dose</th></tr><tr><th>adult</th><th>child</th></tr>\
             <tr><td>Examplin</td><td>5 mg</td><td>1 mg</td></tr></table>",
        );
        assert_eq!(parsed.unwrap().text.as_str(), "Drug: Examplin; Dose, adult: 5 mg; Dose, child: 1 mg");
    }

    #[test]
    fn a_table_in_a_cell_is_text_of_that_cell() {
        let parsed = parse(
            "<table><tr><th>Drug</th><th>Dose</th></tr><tr><td>Aspirin</td><td>Do not give <table><caption>Unless</caption>\
             <tr><td>Kawasaki</td><td>5 mg</td></tr><tr><td>Other</td><td>none</td></tr></table> at all.</td></tr>\
             <tr><td>Examplin</td><td>10 mg</td></tr></table><p>After.</p>",
        );
        assert_eq!(
            parsed.unwrap().text.as_str(),
            "Drug: Aspirin; Dose: Do not give Unless Kawasaki; 5 mg; Other; none at all.\n\
             Drug: Examplin; Dose: 10 mg\nAfter."
        );
        let deep = "<table><tr><td>1</td><td>a ".repeat(4) + "x" + &" z</td></tr></table>".repeat(4);
        assert_eq!(parse(&deep).unwrap().text.as_str(), "1; a 1; a 1 a 1 a x z z z z");
    }

    #[test]
    fn a_table_around_text_and_tables_loses_neither() {
        let parsed = parse(
            "<table><tr><td>Do not give aspirin. <table><tr><td>Child</td><td>5 mg</td></tr></table></td></tr></table>",
        );
        assert_eq!(parsed.unwrap().text.as_str(), "Do not give aspirin.\nChild; 5 mg");
        let parsed = parse(
            "<table><tr><td>Contents</td><td><h1>Croup</h1><p>A cough.</p><table><tr><th>Drug</th><th>Dose</th></tr>\
             <tr><td>Examplin</td><td>5 mg</td></tr></table><h2>Course</h2><p>Short.</p></td></tr></table>",
        );
        let text = parsed.unwrap().text;
        assert_eq!(text.as_str(), "Contents\nCroup\nA cough.\nDrug: Examplin; Dose: 5 mg\nCourse\nShort.");
        assert_eq!(text.blocks()[5].section, ["Course"]);
    }

    #[test]
    fn what_a_page_hides_is_not_read() {
        let text = "<html><body><p>Seen.</p><p hidden>One</p><p style='Display: none'>Two</p><span style=\"font-size:0\">Three</span></body></html>";
        assert_eq!(parse(text).unwrap().text.as_str().trim(), "Seen.");
    }

    #[test]
    fn versions_are_small_numbers() {
        let version = |said: &str| {
            let page = format!("<meta name=\"osler.version\" content=\"{said}\"><p>Seen.</p>");
            parse(&page).map(|parsed| parsed.fields.version)
        };
        assert_eq!((version(" 7 "), version("draft")), (Ok(Some(7)), Ok(None)));
        assert_eq!(version("1000000"), Ok(Some(1_000_000)));
        for high in ["1000001", "4294967295", "99999999999999999999"] {
            assert!(matches!(version(high), Err(Rejection::Field(_))), "{high}");
        }
    }

    #[test]
    fn depth_is_limited() {
        let deep = format!("<main>{}x", "<div>".repeat(100_000));
        assert_eq!(parse(&deep).unwrap_err(), Rejection::TooDeep(MAX_DEPTH));
    }
}
