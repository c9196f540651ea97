//! Tables as text: every row carries the names of its columns, so that a row quoted alone still says what its numbers are.

use knowledge::{TextBuilder, normalise};

use super::grid::{Cell, Grid, Group, Line, MAX_COLUMNS, MAX_ROWS, Row};

/// Names and cells are repeated only as long as the text of a table stays within this many times what its cells hold, and
/// what an ordinary table may take in any case: a file could otherwise make gigabytes of one long name.
const MAX_GROWTH: usize = 16;
const FREE_GROWTH: usize = 256 << 10;

/// Names of columns above one cell that are all written out; of more only the first and the last.
const MAX_NAMES: usize = 3;

/// A name this long, in bytes, is not refined by further rows of the head.
const MAX_NAME: usize = 1_000;

/// Collects the cells of one table.
#[derive(Debug, Default)]
pub(super) struct Table {
    row: Vec<Cell>,
    rows: Vec<Row>,
}

impl Table {
    pub(super) fn cell(&mut self, text: &str) {
        self.spanning(text, 1, 1);
    }

    /// A cell that covers more than one column or row.
    pub(super) fn spanning(&mut self, text: &str, columns: usize, rows: usize) {
        let indent = text.trim_start_matches([' ', '\t', '\r', '\n']);
        let indent = indent.chars().take_while(|c| c.is_whitespace()).count();
        let text = normalise(text);
        let indent = if text.is_empty() { 0 } else { indent };
        self.row.push(Cell { text, columns: columns.clamp(1, MAX_COLUMNS), rows: rows.clamp(1, MAX_ROWS), indent });
    }

    /// Ends a row of the table's head. A later head row refines the earlier one, column by column; one that comes after rows
    /// of the body names their columns anew.
    pub(super) fn end_header(&mut self) {
        self.end(true);
    }

    /// Ends a row of the table's body.
    pub(super) fn end_row(&mut self) {
        self.end(false);
    }

    fn end(&mut self, head: bool) {
        let cells = std::mem::take(&mut self.row);
        if !cells.is_empty() {
            self.rows.push(Row { head, cells });
        }
    }

    /// Whether its rows do not fit its columns.
    pub(super) fn is_broken(&self) -> bool {
        let grid = Grid::of(&self.rows);
        grid.overlaps || grid.lines.iter().any(|line| line.own.len() > 1 && line.cells.len() != grid.width)
    }

    /// Writes the rows. Cells that are empty are left out.
    pub(super) fn write(self, builder: &mut TextBuilder) {
        self.write_on_page(builder, None);
    }

    /// The same, for sources that have pages.
    pub(super) fn write_on_page(mut self, builder: &mut TextBuilder, page: Option<u32>) {
        if self.rows.iter().all(|row| row.head) {
            // A head with nothing below it is what the table says.
            self.rows.iter_mut().for_each(|row| row.head = false);
        }
        let grid = Grid::of(&self.rows);
        let held: usize = self.rows.iter().flat_map(|row| &row.cells).map(|cell| cell.text.len()).sum();
        let grouped = (0..grid.lines.len()).any(|at| grid.group(at).is_some());
        let allowance = held.saturating_mul(MAX_GROWTH).saturating_add(FREE_GROWTH);
        let mut writer = Writer { builder, page, grouped, names: Vec::new(), allowance };
        let (mut title, mut groups) = ("", Vec::<Group<'_>>::new());
        // Whether the row above is one of the head, and whether one of that head has named columns.
        let (mut in_head, mut refines) = (false, false);
        for (at, line) in grid.lines.iter().enumerate() {
            let group = grid.group(at);
            if line.head {
                if !in_head {
                    writer.close(&mut groups, 0, true);
                    (title, refines) = ("", false);
                }
                match group.filter(|_| !in_head) {
                    Some(group) => title = group.text,
                    None => {
                        writer.rename(line, refines);
                        refines = true;
                    }
                }
            } else if let Some(group) = group {
                writer.close(&mut groups, group.indent, group.across);
                groups.push(group);
            } else if line.filled > 0 {
                if let Some(first) = line.first() {
                    writer.close(&mut groups, first.indent, false);
                }
                groups.iter_mut().for_each(|group| group.used = true);
                let above = std::iter::once(title).chain(groups.iter().map(|group| group.text));
                let above: Vec<&str> = above.filter(|text| !text.is_empty()).collect();
                writer.line(&above.join(", "), line);
            }
            in_head = line.head;
        }
        writer.close(&mut groups, 0, true);
    }
}

/// Writes rows as long as they stay within what they may take.
struct Writer<'b> {
    builder: &'b mut TextBuilder,
    page: Option<u32>,
    grouped: bool,
    /// Names of the columns so far.
    names: Vec<String>,
    allowance: usize,
}

impl Writer<'_> {
    /// Takes the names of columns from a row of the head; `refines` says whether a row of the same head stands above it.
    fn rename(&mut self, line: &Line<'_>, refines: bool) {
        for (column, place) in line.cells.iter().enumerate() {
            if self.names.len() <= column {
                self.names.resize(column + 1, String::new());
            }
            let text = place.map(|(_, cell)| cell.text.as_str()).unwrap_or_default();
            let reaches = place.is_some_and(|(_, cell)| !line.own.iter().any(|own| std::ptr::eq(own, cell)));
            let Some(name) = self.names.get_mut(column).filter(|_| !text.is_empty()) else { continue };
            // A cell that reaches down from the row above has named its column there.
            if !refines || name.is_empty() {
                *name = text.to_owned();
            } else if !reaches && name.as_str() != text && name.len() < MAX_NAME {
                name.push_str(", ");
                name.push_str(text);
            }
        }
    }

    /// Ends groups that a row moved in this far is outside of. One that named no row is written by itself.
    fn close(&mut self, groups: &mut Vec<Group<'_>>, indent: usize, all: bool) {
        let ends = |group: &Group<'_>| group.indent >= indent && (all || !group.stays);
        let keep = groups.iter().rposition(|group| !ends(group)).map_or(0, |at| at + 1);
        for group in groups.drain(keep..).filter(|group| !group.used) {
            self.builder.row(&[(None, group.text)], self.page);
        }
    }

    fn line(&mut self, above: &str, line: &Line<'_>) {
        // Each cell where it begins, with how many columns it covers.
        let mut placed: Vec<(usize, usize, &Cell)> = Vec::new();
        for (column, place) in line.cells.iter().enumerate() {
            let Some((start, cell)) = *place else { continue };
            match placed.last_mut() {
                Some(last) if last.0 == start => last.1 += 1,
                _ if start == column => placed.push((column, 1, cell)),
                _ => {}
            }
        }
        let covered = |start: usize, columns: usize| self.names.iter().skip(start).take(columns);
        let names = placed.iter().flat_map(|(start, columns, _)| covered(*start, *columns)).map(String::len);
        let takes = names.chain(placed.iter().map(|(.., cell)| cell.text.len())).sum::<usize>() + above.len();
        let within = takes <= self.allowance;
        self.allowance = self.allowance.saturating_sub(takes);
        if !within {
            let cells: Vec<(Option<&str>, &str)> = line.own.iter().map(|cell| (None, cell.text.as_str())).collect();
            self.builder.row(&cells, self.page);
            return;
        }
        let mut cells: Vec<(String, &str)> = Vec::new();
        cells.extend(self.grouped.then(|| (String::new(), above)));
        let shift = cells.len();
        for (start, columns, cell) in placed {
            cells.resize(start + shift, (String::new(), ""));
            cells.push((joined(covered(start, columns)), cell.text.as_str()));
        }
        cells.extend(line.rest.iter().map(|cell| (String::new(), cell.text.as_str())));
        let cells: Vec<(Option<&str>, &str)> = cells.iter().map(|(name, text)| (Some(name.as_str()), *text)).collect();
        self.builder.row(&cells, self.page);
    }
}

/// The name of the columns that one cell covers.
fn joined<'n>(names: impl Iterator<Item = &'n String>) -> String {
    let mut names: Vec<&str> = names.map(String::as_str).filter(|name| !name.is_empty()).collect();
    names.dedup();
    match names.as_slice() {
        [first, .., last] if names.len() > MAX_NAMES => format!("{first} … {last}"),
        names => names.join(" / "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows as text: cells between `|`, `3x` and `v2` before a text for columns and rows that it covers, `#` before a head.
    fn read(rows: &[&str]) -> (String, bool) {
        let mut table = Table::default();
        for row in rows {
            let (head, row) = row.strip_prefix('#').map_or((false, *row), |row| (true, row));
            for cell in row.split('|') {
                let (columns, cell) =
                    cell.split_once('x').and_then(|(n, rest)| Some((n.parse().ok()?, rest))).unwrap_or((1, cell));
                let rows = cell.strip_prefix('v').and_then(|rest| rest.get(..1)?.parse().ok()).unwrap_or(1);
                let cell = if rows > 1 { cell.get(2..).unwrap() } else { cell };
                table.spanning(cell, columns, rows);
            }
            if head { table.end_header() } else { table.end_row() }
        }
        let broken = table.is_broken();
        let mut builder = TextBuilder::new();
        table.write(&mut builder);
        (builder.finish().as_str().to_owned(), broken)
    }

    #[test]
    fn rows_say_what_their_cells_are() {
        let mut table = Table::default();
        for cell in ["Drug", "Dose"] {
            table.cell(cell);
        }
        table.end_header();
        for cell in ["Amoxicillin", "500 mg", "note"] {
            table.cell(cell);
        }
        table.end_row();
        let mut builder = TextBuilder::new();
        table.write(&mut builder);
        assert_eq!(builder.finish().as_str(), "Drug: Amoxicillin; Dose: 500 mg; note");
    }

    #[test]
    fn cells_that_cover_rows_are_repeated_and_heads_are_combined() {
        let (text, broken) = read(&[
            "#v2Drug|2xAdults|Children",
            "#Dose|Interval|Dose",
            "v2Examplin|5 mg|daily|1 mg",
            "10 mg|weekly|2 mg",
            "Placebin|2xnot given|-",
        ]);
        assert_eq!(
            text,
            "Drug: Examplin; Adults, Dose: 5 mg; Adults, Interval: daily; Children, Dose: 1 mg\n\
             Drug: Examplin; Adults, Dose: 10 mg; Adults, Interval: weekly; Children, Dose: 2 mg\n\
             Drug: Placebin; Adults, Dose / Adults, Interval: not given; Children, Dose: -"
        );
        assert!(!broken);
    }

    #[test]
    fn a_row_across_the_table_names_the_rows_below_it() {
        let (text, broken) =
            read(&["#Drug|Dose", "2xOral", "Examplin|5 mg", "Placebin|1 mg", "2xRectal", "Examplin|10 mg", "2xNote."]);
        assert_eq!(
            text,
            "Oral; Drug: Examplin; Dose: 5 mg\nOral; Drug: Placebin; Dose: 1 mg\nRectal; Drug: Examplin; Dose: 10 mg\nNote."
        );
        assert!(!broken);
    }

    #[test]
    fn rows_that_are_moved_in_belong_to_the_row_above_them() {
        let (text, _) = read(&[
            "#Characteristic|N",
            "Sex|",
            "\u{a0}\u{a0}Female|20",
            "\u{2003}\u{2003}Male|10",
            "Age over 60|5",
            "2xDisease",
            "\u{a0}Mild|3",
            "Unknown|1",
            "Left out|",
        ]);
        assert_eq!(
            text,
            "Sex; Characteristic: Female; N: 20\nSex; Characteristic: Male; N: 10\nCharacteristic: Age over 60; N: 5\n\
             Disease; Characteristic: Mild; N: 3\nCharacteristic: Unknown; N: 1\nCharacteristic: Left out"
        );
    }

    #[test]
    fn names_without_rows_of_their_own_are_kept() {
        let (text, _) = read(&["#2xDoses", "#Drug|Dose", "2xOral", "2xTablets", "Examplin|5 mg", "2xRectal", "|"]);
        assert_eq!(text, "Oral\nDoses, Tablets; Drug: Examplin; Dose: 5 mg\nRectal");
    }

    #[test]
    fn a_head_without_rows_is_not_lost() {
        assert_eq!(read(&["#Drug|Dose", "#Examplin|5 mg"]).0, "Drug; Dose\nExamplin; 5 mg");
    }

    #[test]
    fn a_head_among_the_rows_names_them_anew() {
        let (text, _) = read(&["#Drug|Dose", "Examplin|5 mg", "#Device|Size", "Tube|3 mm"]);
        assert_eq!(text, "Drug: Examplin; Dose: 5 mg\nDevice: Tube; Size: 3 mm");
    }

    #[test]
    fn rows_that_do_not_fit_are_seen() {
        assert_eq!(read(&["#A|B|C", "1|2|3", "4|5"]), ("A: 1; B: 2; C: 3\nA: 4; B: 5".to_owned(), true));
        assert!(read(&["a|v2b|c", "2xd|e"]).1);
        assert_eq!(read(&[]), (String::new(), false));
        assert_eq!(read(&["5xalone"]), ("alone".to_owned(), false));
    }

    #[test]
    fn what_a_cell_covers_cannot_fill_the_memory() {
        let mut table = Table::default();
        table.spanning(&"long ".repeat(40_000), usize::MAX, usize::MAX);
        for row in 0..5_000 {
            table.end_row();
            table.cell(&row.to_string());
            table.spanning("b", usize::MAX, usize::MAX);
        }
        table.end_row();
        assert!(table.is_broken());
        let mut builder = TextBuilder::new();
        table.write(&mut builder);
        let text = builder.finish();
        assert!(text.as_str().len() < 20 * 200_000, "{}", text.as_str().len());
        assert!(text.as_str().ends_with("4999; b"));
    }
}
