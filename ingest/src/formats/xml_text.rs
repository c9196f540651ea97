//! What does a reader of XML see? Inline text and tables, as JATS, MEDLINE and drug labels share them.

use knowledge::{Defect, DefectKind, TextBuilder, normalise};
use roxmltree::Node;

use super::raised::figures;
use super::table::Table;
use super::xml::{child, children};

/// What was lost on the way, by kind.
#[derive(Debug, Default)]
pub(super) struct Losses {
    kinds: Vec<DefectKind>,
}

impl Losses {
    pub(super) fn note(&mut self, kind: DefectKind) {
        self.kinds.push(kind);
    }

    /// Each kind once, with how often it was met.
    pub(super) fn defects(mut self) -> Vec<Defect> {
        self.kinds.sort_unstable();
        let times = |kinds: &[DefectKind]| u32::try_from(kinds.len()).unwrap_or(u32::MAX);
        let runs = self.kinds.chunk_by(|one, other| one == other);
        runs.filter_map(|run| Some(Defect { kind: *run.first()?, times: times(run) })).collect()
    }
}

/// Writes a table whose rows are `tr` and whose cells are `td` and `th`, as in XHTML.
pub(super) fn write_table(node: Node<'_, '_>, builder: &mut TextBuilder, losses: &mut Losses) {
    let mut rows: Vec<(bool, Node<'_, '_>)> = Vec::new();
    let mut foot = Vec::new();
    for part in node.children() {
        match part.tag_name().name() {
            "thead" => rows.extend(children(part, "tr").map(|row| (true, row))),
            "tbody" => rows.extend(children(part, "tr").map(|row| (false, row))),
            "tfoot" => foot.extend(children(part, "tr").map(|row| (false, row))),
            "tr" => rows.push((false, part)),
            _ => {}
        }
    }
    rows.append(&mut foot);
    // Without a head, the first rows are one as long as they hold nothing but heads of columns.
    let mut leads = !rows.iter().any(|(head, _)| *head);
    let mut table = Table::default();
    for (head, row) in rows {
        let cells: Vec<_> = row.children().filter(|cell| cell.has_tag_name("td") || cell.has_tag_name("th")).collect();
        leads &= cells.len() > 1 && cells.iter().all(|cell| cell.has_tag_name("th"));
        for cell in cells {
            let span =
                |name: &str| cell.attribute(name).and_then(|span| span.trim().parse::<usize>().ok()).unwrap_or(1);
            table.spanning(&inline(cell), span("colspan"), span("rowspan"));
        }
        if head || leads { table.end_header() } else { table.end_row() }
    }
    if table.is_broken() {
        losses.note(DefectKind::BrokenTable);
    }
    table.write(builder);
}

/// The text of an element's child, tidied, if it says anything.
pub(super) fn text_of(node: Node<'_, '_>, name: &str) -> Option<String> {
    child(node, name).and_then(tidy)
}

/// The text of an element, tidied, if it says anything.
pub(super) fn tidy(node: Node<'_, '_>) -> Option<String> {
    Some(normalise(&inline(node))).filter(|text| !text.is_empty())
}

/// The text of an element as a reader sees it, not yet tidied.
pub(super) fn inline(node: Node<'_, '_>) -> String {
    let mut text = String::new();
    for child in node.children() {
        append_inline(child, &mut text);
    }
    text
}

/// Text as a reader sees it: 10⁹ stays a power, and a reference mark does not become part of a number.
pub(super) fn append_inline(node: Node<'_, '_>, out: &mut String) {
    if node.is_text() {
        out.push_str(node.text().unwrap_or_default());
        return;
    }
    if !node.is_element() {
        return;
    }
    match node.tag_name().name() {
        "tex-math" | "object-id" | "graphic" | "inline-graphic" | "media" | "supplementary-material" => {}
        // Footnotes of drug labels are written after the text they stand in.
        "footnote" | "footnoteRef" | "renderMultiMedia" => {}
        "sup" if holds_reference(node) => {}
        "xref" if is_reference(node) && (is_superscript(node) || touches_word(out)) => {}
        "sup" => append_superscript(&inline(node), out),
        "math" => append_math(node, out),
        "break" | "br" => out.push(' '),
        "p" | "title" | "label" | "td" | "th" | "list-item" | "def" | "term" | "sec" | "fn" | "surname"
        | "given-names" | "source" | "year" | "volume" | "article-title" | "name" | "verse-line" | "attrib"
        | "paragraph" | "item" | "caption" => {
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
    let text = text.trim();
    if text.is_empty() || text.chars().all(|c| matches!(c, '*' | '†' | '‡' | '§' | '¶' | '#' | ',')) {
        return;
    }
    match figures(text) {
        Some(raised) => out.push_str(&raised),
        // A single letter is a mark of a note; a word ("th", "TM") belongs to the text.
        None if text.chars().count() == 1 => {}
        None => out.push_str(text),
    }
}

/// A formula in one line. What stands above or below something must not run into it: 10⁹ is not 109, and 1/2 is not 12.
fn append_math(node: Node<'_, '_>, out: &mut String) {
    if node.is_text() {
        out.push_str(node.text().unwrap_or_default().trim());
        return;
    }
    if !node.is_element() {
        return;
    }
    let part = |at: usize| node.children().filter(Node::is_element).nth(at).map(math).unwrap_or_default();
    match node.tag_name().name() {
        "annotation" | "annotation-xml" | "maligngroup" | "malignmark" => {}
        "mspace" => out.push(' '),
        "mtext" => out.push_str(&inline(node)),
        "mo" => append_operator(&inline(node), out),
        "mfrac" => out.push_str(&format!("{}/{}", grouped(&part(0)), grouped(&part(1)))),
        "msup" => out.push_str(&format!("{}{}", part(0), power(&part(1)))),
        "msubsup" => out.push_str(&format!("{}{}{}", part(0), part(1), power(&part(2)))),
        "msqrt" => out.push_str(&format!("√{}", grouped(&all(node)))),
        "mroot" => out.push_str(&format!("{}√{}", power(&part(1)), grouped(&part(0)))),
        "mfenced" => {
            let parts: Vec<String> = node.children().filter(Node::is_element).map(math).collect();
            let fence = |name: &'static str, usual: &'static str| node.attribute(name).unwrap_or(usual);
            let separator = node.attribute("separators").and_then(|all| all.trim().chars().next());
            let separator = separator.map_or_else(|| ", ".to_owned(), |c| format!("{c} "));
            out.push_str(&format!("{}{}{}", fence("open", "("), parts.join(&separator), fence("close", ")")));
        }
        "mtr" | "mtd" => {
            out.push_str(&all(node));
            out.push(' ');
        }
        _ => out.push_str(&all(node)),
    }
}

fn math(node: Node<'_, '_>) -> String {
    let mut text = String::new();
    append_math(node, &mut text);
    text.trim().to_owned()
}

fn all(node: Node<'_, '_>) -> String {
    let mut text = String::new();
    for child in node.children() {
        append_math(child, &mut text);
    }
    text
}

/// Signs that compare or add stand between spaces, as they are printed.
fn append_operator(operator: &str, out: &mut String) {
    let operator = operator.trim();
    if matches!(operator, "=" | "≠" | "<" | ">" | "≤" | "≥" | "≈" | "∼" | "±" | "×" | "+" | "÷" | "→") {
        out.push_str(&format!(" {operator} "));
    } else {
        out.push_str(operator);
    }
}

fn power(text: &str) -> String {
    match figures(text) {
        Some(raised) => raised,
        None if text.is_empty() => String::new(),
        None => format!("^{}", grouped(text)),
    }
}

/// In brackets, unless it is one number or one name.
fn grouped(text: &str) -> String {
    let one = text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '%'));
    if one { text.to_owned() } else { format!("({text})") }
}

#[cfg(test)]
mod tests {
    use roxmltree::Document;

    use super::*;

    fn read(xml: &str) -> String {
        let text = format!("<p xmlns:m=\"http://www.w3.org/1998/Math/MathML\">{xml}</p>");
        let document = Document::parse(&text).unwrap();
        normalise(&inline(document.root_element()))
    }

    #[test]
    fn raised_digits_stay_and_marks_go() {
        for (xml, text) in [
            ("12 &#xD7; 10<sup>9</sup>/L", "12 × 10⁹/L"),
            ("10<sup>&#x2212;3</sup> m<sup>2</sup>", "10⁻³ m²"),
            ("5 mg<sup>a</sup> daily<sup>*</sup>", "5 mg daily"),
            ("the 5<sup>th</sup> day", "the 5th day"),
            (
                "fell.<xref ref-type=\"bibr\" rid=\"b1\"><sup>3</sup></xref> Then [<xref ref-type=\"bibr\">4</xref>]",
                "fell. Then [4]",
            ),
            ("H<sub>2</sub>O<break/>and<br/>salt", "H2O and salt"),
            ("see <xref ref-type=\"fig\">Figure 1</xref>", "see Figure 1"),
        ] {
            assert_eq!(read(xml), text, "{xml}");
        }
    }

    #[test]
    fn formulas_keep_what_they_say_in_one_line() {
        for (xml, text) in [
            ("<m:msup><m:mn>10</m:mn><m:mn>9</m:mn></m:msup>", "10⁹"),
            ("<m:mfrac><m:mn>1</m:mn><m:mn>2</m:mn></m:mfrac>", "1/2"),
            (
                "<m:mrow><m:mi>C</m:mi><m:mo>=</m:mo><m:mfrac><m:mrow><m:mi>a</m:mi><m:mo>+</m:mo><m:mi>b</m:mi></m:mrow>\
                 <m:mi>c</m:mi></m:mfrac></m:mrow>",
                "C = (a + b)/c",
            ),
            ("<m:msup><m:mi>x</m:mi><m:mi>n</m:mi></m:msup>", "x^n"),
            ("<m:msqrt><m:mi>x</m:mi><m:mo>−</m:mo><m:mn>1</m:mn></m:msqrt>", "√(x−1)"),
            ("<m:mfenced><m:mi>x</m:mi><m:mi>y</m:mi></m:mfenced>", "(x, y)"),
            ("<m:msubsup><m:mi>x</m:mi><m:mn>1</m:mn><m:mn>2</m:mn></m:msubsup>", "x1²"),
        ] {
            assert_eq!(read(&format!("<m:math>{xml}</m:math>")), text, "{xml}");
        }
        assert_eq!(read("<inline-formula><alternatives><tex-math>\\x</tex-math></alternatives></inline-formula>"), "");
    }

    #[test]
    fn losses_are_counted_by_kind() {
        let mut losses = Losses::default();
        for kind in [DefectKind::LostObject, DefectKind::ImageTable, DefectKind::LostObject] {
            losses.note(kind);
        }
        let defects: Vec<_> = losses.defects().into_iter().map(|defect| (defect.kind, defect.times)).collect();
        assert_eq!(defects, [(DefectKind::ImageTable, 1), (DefectKind::LostObject, 2)]);
    }

    #[test]
    fn tables_without_a_head_take_it_from_their_first_row() {
        let xml = "<table><tfoot><tr><td colspan=\"2\">Note.</td></tr></tfoot><tr><th>Drug</th><th>Dose</th></tr>\
                   <tr><th>Examplin</th><td>5 mg<table><tr><td>inner</td></tr></table></td></tr></table>";
        let document = Document::parse(xml).unwrap();
        let (mut builder, mut losses) = (TextBuilder::new(), Losses::default());
        write_table(document.root_element(), &mut builder, &mut losses);
        assert_eq!(builder.finish().as_str(), "Drug: Examplin; Dose: 5 mg inner\nNote.");
        assert_eq!(losses.defects(), []);
    }
}
