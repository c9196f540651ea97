//! Tables of Word: its merged cells are cells that cover several columns and rows.

use std::collections::HashMap;

use knowledge::{DefectKind, TextBuilder};
use roxmltree::Node;

use super::body::{Content, Piece, Reader};
use super::styles::child_value;
use crate::formats::table::Table;
use crate::formats::xml::child;

/// Columns that one cell covers, at most, and rows.
const MAX_SPAN: usize = 1_000;

/// A cell where it begins.
struct Cell {
    text: String,
    start: usize,
    columns: usize,
    rows: usize,
    /// Whether it goes on with the cell above.
    goes_on: bool,
}

/// A row, and whether Word repeats it at the head of every page.
struct Row {
    is_head: bool,
    cells: Vec<Cell>,
}

impl Reader<'_> {
    pub(super) fn table(&mut self, node: Node<'_, '_>) {
        let mut lines = Vec::new();
        within(node, "tr", &mut lines);
        // A row that somebody has struck out is text that somebody has struck out.
        lines.retain(|line| child(*line, "trPr").is_none_or(|row| child(row, "del").is_none()));
        if lines.iter().all(|line| cells_of(*line).len() < 2) {
            // A frame around text, or a page laid out with it.
            lines.iter().flat_map(|line| cells_of(*line)).for_each(|cell| self.blocks(cell));
            return;
        }
        let page = self.page();
        let mut rows: Vec<Row> = lines.iter().map(|line| self.row(*line)).collect();
        join_downwards(&mut rows);
        let heads = heads(&rows);
        let mut table = Table::default();
        for (at, row) in rows.iter().enumerate() {
            for cell in row.cells.iter().filter(|cell| !cell.goes_on) {
                table.spanning(&cell.text, cell.columns, cell.rows);
            }
            if at < heads { table.end_header() } else { table.end_row() }
        }
        if table.is_broken() {
            self.losses.note(DefectKind::BrokenTable);
        }
        self.pieces.push(Piece { page, content: Content::Table(table) });
    }

    fn row(&mut self, line: Node<'_, '_>) -> Row {
        let properties = child(line, "trPr");
        let is_head = properties.and_then(|row| child(row, "tblHeader"));
        let is_head = is_head.is_some_and(|head| !matches!(head.attribute("val"), Some("0" | "false" | "off")));
        let mut row = Row { is_head, cells: Vec::new() };
        let before = properties.and_then(|row| number(row, "gridBefore")).unwrap_or(0);
        if before > 0 {
            row.cells.push(Cell { text: String::new(), start: 0, columns: before, rows: 1, goes_on: false });
        }
        let mut start = before;
        for node in cells_of(line) {
            let properties = child(node, "tcPr");
            let columns = properties.and_then(|cell| number(cell, "gridSpan")).unwrap_or(1).max(1);
            let merge = properties.and_then(|cell| child(cell, "vMerge"));
            let goes_on = merge.is_some_and(|merge| merge.attribute("val") != Some("restart"));
            let text = self.cell(node);
            row.cells.push(Cell { text, start, columns, rows: 1, goes_on });
            start += columns;
        }
        row
    }

    /// The text of a cell in one line.
    fn cell(&mut self, node: Node<'_, '_>) -> String {
        let before = self.pieces.len();
        self.blocks(node);
        let pieces = self.pieces.split_off(before).into_iter().map(|piece| match piece.content {
            Content::Heading { text, .. } | Content::Text { text, .. } => text,
            Content::Table(table) => {
                let mut builder = TextBuilder::new();
                table.write(&mut builder);
                builder.finish().as_str().replace('\n', "; ")
            }
        });
        pieces.collect::<Vec<_>>().join(" ")
    }
}

/// The elements of that name, also where marks of changes or fields stand around them.
fn within<'n, 'i>(node: Node<'n, 'i>, name: &str, found: &mut Vec<Node<'n, 'i>>) {
    for child in node.children().filter(Node::is_element) {
        if child.has_tag_name(name) {
            found.push(child);
        } else if matches!(child.tag_name().name(), "sdt" | "sdtContent" | "customXml" | "ins" | "moveTo") {
            within(child, name, found);
        }
    }
}

fn cells_of<'n, 'i>(line: Node<'n, 'i>) -> Vec<Node<'n, 'i>> {
    let mut cells = Vec::new();
    within(line, "tc", &mut cells);
    cells
}

fn number(properties: Node<'_, '_>, name: &str) -> Option<usize> {
    child_value(properties, name).and_then(|value| value.parse::<usize>().ok()).map(|number| number.min(MAX_SPAN))
}

/// Cells cover the rows of those that go on with them. One that goes on with nothing is a cell of its own.
fn join_downwards(rows: &mut [Row]) {
    // The cells that may go on in the row that is looked at: their row and place in it, by the column where they begin.
    let mut open: HashMap<usize, (usize, usize)> = HashMap::new();
    for at in 0..rows.len() {
        let mut below = HashMap::new();
        let mut covered = Vec::new();
        let Some(row) = rows.get_mut(at) else { continue };
        for (number, cell) in row.cells.iter_mut().enumerate() {
            let above = open.get(&cell.start).copied().filter(|_| cell.goes_on);
            covered.extend(above);
            cell.goes_on = above.is_some();
            below.insert(cell.start, above.unwrap_or((at, number)));
        }
        for (row, number) in covered {
            if let Some(cell) = rows.get_mut(row).and_then(|row| row.cells.get_mut(number)) {
                cell.rows += 1;
            }
        }
        open = below;
    }
}

/// How many rows are the head: those that Word repeats, else the first if it holds names and those below hold figures.
fn heads(rows: &[Row]) -> usize {
    let marked = rows.iter().take_while(|row| row.is_head).count();
    let has_figure = |row: &Row| row.cells.iter().any(|cell| is_figure(&cell.text));
    match rows {
        _ if marked > 0 => marked,
        [first, rest @ ..] => {
            let names = first.cells.iter().filter(|cell| !cell.text.is_empty()).count();
            let is_head =
                names > 2 && names + 1 >= first.cells.len() && !has_figure(first) && rest.iter().any(has_figure);
            usize::from(is_head)
        }
        [] => 0,
    }
}

fn is_figure(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '<' | '>' | '±' | '−'))
}

#[cfg(test)]
mod tests {
    use roxmltree::Document;

    use super::super::styles::Styles;
    use super::*;

    /// Cells of a row after each other, each after its properties.
    fn row(properties: &str, cells: &[(&str, &str)]) -> String {
        let cells = cells.iter().map(|(properties, text)| {
            format!("<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>")
        });
        format!("<w:tr><w:trPr>{properties}</w:trPr>{}</w:tr>", cells.collect::<String>())
    }

    fn read(rows: &[String]) -> (String, usize) {
        let body = format!("<w:body xmlns:w=\"w\"><w:tbl>{}</w:tbl></w:body>", rows.concat());
        let body = Document::parse(&body).unwrap();
        let styles = Styles::default();
        let mut reader = Reader::new(&styles);
        reader.blocks(body.root_element());
        let (pieces, defects) = reader.finish();
        let mut builder = TextBuilder::new();
        for piece in pieces {
            match piece.content {
                Content::Table(table) => table.write(&mut builder),
                Content::Text { kind, text } => builder.block(kind, &text),
                Content::Heading { level, text } => builder.heading(level, &text),
            }
        }
        (builder.finish().as_str().to_owned(), defects.len())
    }

    const HEAD: &str = "<w:tblHeader/>";
    const DOWN: &str = "<w:vMerge w:val=\"restart\"/>";
    const ON: &str = "<w:vMerge/>";

    #[test]
    fn merged_cells_are_repeated_and_heads_are_combined() {
        let rows = [
            row(HEAD, &[(DOWN, "Drug"), ("<w:gridSpan w:val=\"2\"/>", "Adults")]),
            row(HEAD, &[(ON, ""), ("", "Dose"), ("", "Interval")]),
            row("", &[(DOWN, "Examplin"), ("", "5 mg"), ("", "daily")]),
            row("", &[(ON, ""), ("", "10 mg"), ("", "weekly")]),
        ];
        assert_eq!(
            read(&rows),
            (
                "Drug: Examplin; Adults, Dose: 5 mg; Adults, Interval: daily\n\
                 Drug: Examplin; Adults, Dose: 10 mg; Adults, Interval: weekly"
                    .to_owned(),
                0
            )
        );
    }

    #[test]
    fn a_head_that_is_not_marked_is_known_by_its_names() {
        let figures = [
            row("", &[("", "Drug"), ("", "Dose"), ("", "Day")]),
            row("", &[("", "Examplin"), ("", "5 mg"), ("", "1")]),
        ];
        assert_eq!(read(&figures).0, "Drug: Examplin; Dose: 5 mg; Day: 1");
        let fields = [row("", &[("", "Drug"), ("", "Examplin")]), row("", &[("", "Dose"), ("", "5 mg")])];
        assert_eq!(read(&fields).0, "Drug; Examplin\nDose; 5 mg");
    }

    #[test]
    fn struck_out_rows_are_left_out_and_frames_are_no_tables() {
        let struck = [
            row("", &[("", "Drug"), ("", "Dose")]),
            row("<w:del/>", &[("", "Examplin"), ("", "50 mg")]),
            row("", &[("", "Examplin"), ("", "5 mg")]),
        ];
        assert_eq!(read(&struck).0, "Drug; Dose\nExamplin; 5 mg");
        assert_eq!(read(&[row("", &[("", "A frame.")])]).0, "A frame.");
        assert_eq!(read(&[]).0, "");
    }

    #[test]
    fn rows_that_do_not_fit_are_seen() {
        let rows = [
            row(HEAD, &[("", "A"), ("", "B"), ("", "C")]),
            row("", &[("", "1"), ("", "2")]),
            row("", &[(ON, "3"), ("", "4"), ("", "5")]),
        ];
        assert_eq!(read(&rows), ("A: 1; B: 2\nA: 1; B: 4; C: 5".to_owned(), 1));
    }
}
