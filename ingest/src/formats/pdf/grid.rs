//! Which lines of a page are a table? Those whose parts stand under each other in at least three columns and rows.
//! `pdftotext` gives a table column by column; read like that, no number would stand beside what it is the number of.

use std::collections::{BTreeMap, HashMap};

use super::page::{Block, MAX_LINES, Page};
use super::words::{Line, Rect};
use crate::formats::table::Table;

/// Columns of a table and full rows of it, at least.
const MIN_COLUMNS: usize = 3;

/// Letters in a cell, on the average at most: longer ones are lines of text in columns.
const CELL_CHARS: usize = 22;

/// Letters in a line of text, on the average at least.
const PROSE_CHARS: usize = 25;

/// A part of a page: what is read as one.
#[derive(Debug)]
pub(super) enum Part {
    /// Lines of text.
    Text(Block),
    /// A table, with its place.
    Table(Table, Rect),
    /// What looks like a table, but for the columns of its cells: row by row.
    Rows(Vec<String>, Rect),
}

impl Part {
    pub(super) fn place(&self) -> Rect {
        match self {
            Self::Text(block) => block.place,
            Self::Table(_, place) | Self::Rows(_, place) => *place,
        }
    }
}

/// What may be a cell: a part of a line, and where that line is.
#[derive(Debug, Clone)]
struct Cell {
    part: Line,
    at: (usize, usize),
}

type Row = Vec<Cell>;

/// The parts of a page in poppler's order. A table stands where its first line stood.
pub(super) fn parts(page: Page) -> Vec<Part> {
    let regions = if page.lines() > MAX_LINES { Vec::new() } else { regions(&page) };
    let mut in_region: HashMap<(usize, usize), usize> = HashMap::new();
    for (region, rows) in regions.iter().enumerate() {
        in_region.extend(rows.iter().flatten().map(|cell| (cell.at, region)));
    }
    let near = touching(&regions);
    let mut regions: Vec<Option<Vec<Row>>> = regions.into_iter().map(Some).collect();
    let mut parts = Vec::new();
    for (at, block) in page.blocks.into_iter().enumerate() {
        let mut open = Vec::new();
        for (line, content) in block.lines.into_iter().enumerate() {
            let Some(region) = in_region.get(&(at, line)) else {
                open.push(content);
                continue;
            };
            parts.extend(Block::of(std::mem::take(&mut open)).map(Part::Text));
            if let Some(rows) = regions.get_mut(*region).and_then(Option::take) {
                parts.extend(written(&rows, near.contains(region)));
            }
        }
        parts.extend(Block::of(open).map(Part::Text));
    }
    parts
}

/// Tables right below each other were one, and the second has lost its head.
fn touching(regions: &[Vec<Row>]) -> Vec<usize> {
    let mut places: Vec<(Rect, usize)> =
        regions.iter().enumerate().filter_map(|(at, rows)| Some((place_of(rows)?, at))).collect();
    places.sort_by(|a, b| a.0.top.total_cmp(&b.0.top));
    let mut near = Vec::new();
    for (at, (above, first)) in places.iter().enumerate() {
        for (below, second) in places.iter().skip(at + 1) {
            let gap = below.top - above.bottom;
            if (-1.0..25.0).contains(&gap) && above.shared_width(*below) > 0.0 {
                near.extend([*first, *second]);
            }
        }
    }
    near
}

fn place_of(rows: &[Row]) -> Option<Rect> {
    rows.iter().flatten().map(|cell| cell.part.place).reduce(Rect::with)
}

/// Rows that look like those of tables, each table's apart.
fn regions(page: &Page) -> Vec<Vec<Row>> {
    let lines = || {
        page.blocks.iter().enumerate().flat_map(|(block, content)| {
            content.lines.iter().enumerate().map(move |(line, content)| ((block, line), content))
        })
    };
    let mut is_prose: Vec<bool> = page.blocks.iter().map(looks_like_prose).collect();
    let middles = |is_prose: &[bool]| {
        let others = lines().filter(|(at, _)| !is_prose.get(at.0).copied().unwrap_or(false));
        let mut middles: Vec<f32> = others.flat_map(|(_, line)| line.parts()).map(|part| part.place.middle()).collect();
        middles.sort_by(f32::total_cmp);
        middles
    };
    // A column of long labels is no text of its own: its lines stand beside the cells of their rows.
    let short = middles(&is_prose);
    for (block, prose) in page.blocks.iter().zip(&mut is_prose) {
        *prose &= !labels_rows(block, &short);
    }
    let prose =
        columns_of_prose(page.blocks.iter().zip(&is_prose).filter(|(_, prose)| **prose).map(|(block, _)| block));
    let mut cells: Vec<Cell> = lines()
        .filter(|(at, _)| !is_prose.get(at.0).copied().unwrap_or(false))
        .flat_map(|(at, line)| line.parts().into_iter().map(move |part| Cell { part, at }))
        .collect();
    cells.sort_by(|a, b| a.part.place.middle().total_cmp(&b.part.place.middle()));
    // What text in columns parts is no row: cells are sought between the same columns of text.
    let mut zones: BTreeMap<(i32, i32), Vec<Cell>> = BTreeMap::new();
    for cell in cells {
        zones.entry(zone(cell.part.place, &prose)).or_default().push(cell);
    }
    let regions = zones.into_values().flat_map(|cells| tables_in(rows_of(cells)));
    regions.filter(|rows| looks_like_table(rows)).collect()
}

fn mean_chars<'a>(lines: impl Iterator<Item = &'a Line>) -> usize {
    let (count, chars) =
        lines.fold((0_usize, 0_usize), |(count, chars), line| (count + 1, chars + line.text.chars().count()));
    chars.checked_div(count).unwrap_or(0)
}

fn looks_like_prose(block: &Block) -> bool {
    let needed = if block.lines.len() > 1 { PROSE_CHARS } else { 2 * PROSE_CHARS };
    // Lines that fall into parts are rows.
    let whole = block.lines.iter().filter(|line| line.parts().len() < 2).count();
    whole * 2 > block.lines.len() && mean_chars(block.lines.iter()) >= needed
}

/// Whether the lines of a block stand beside two cells each, and do not fill their column as text does.
fn labels_rows(block: &Block, middles: &[f32]) -> bool {
    let beside = |line: &&Line| {
        let middle = line.place.middle();
        let from = middles.partition_point(|other| *other < middle - 0.4 * line.size);
        middles.iter().skip(from).take_while(|other| **other <= middle + 0.4 * line.size).take(2).count() == 2
    };
    let fills = |line: &&Line| line.place.right > block.place.right - 1.5 * line.size;
    let lines = block.lines.len();
    let full = block.lines.iter().filter(fills).count();
    lines > 1 && block.lines.iter().filter(beside).count() * 5 >= lines * 4 && full * 10 < lines * 7
}

/// Blocks of text below each other, taken together: a gap between two paragraphs is part of their column.
fn columns_of_prose<'a>(blocks: impl Iterator<Item = &'a Block>) -> Vec<Rect> {
    let mut blocks: Vec<&Block> = blocks.collect();
    blocks.sort_by(|a, b| a.place.top.total_cmp(&b.place.top));
    let mut columns: Vec<Rect> = Vec::new();
    for block in blocks {
        let place = block.place;
        let size = block.lines.first().map_or(10.0, |line| line.size);
        let above = columns.iter_mut().find(|column| {
            let shared = column.shared_width(place);
            shared > 0.7 * column.width() && shared > 0.7 * place.width() && place.top - column.bottom < 2.5 * size
        });
        match above {
            Some(column) => *column = column.with(place),
            None => columns.push(place),
        }
    }
    columns
}

/// Between which columns of text it stands.
fn zone(place: Rect, prose: &[Rect]) -> (i32, i32) {
    let beside = || prose.iter().filter(move |text| text.top < place.middle() && place.middle() < text.bottom);
    let left = beside().filter(|text| text.right <= place.left + 1.0).map(|text| text.right as i32).max();
    let right = beside().filter(|text| text.left >= place.right - 1.0).map(|text| text.left as i32).min();
    (left.unwrap_or(i32::MIN), right.unwrap_or(i32::MAX))
}

/// Cells, from top to bottom, by the line they stand on, from left to right.
fn rows_of(cells: Vec<Cell>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for cell in cells {
        let middle = cell.part.place.middle();
        let same = rows
            .last_mut()
            .filter(|row| row.first().is_some_and(|first| middle - first.part.place.middle() < 0.45 * first.part.size));
        match same {
            Some(row) => row.push(cell),
            None => rows.push(vec![cell]),
        }
    }
    for row in &mut rows {
        row.sort_by(|a, b| a.part.place.left.total_cmp(&b.part.place.left));
    }
    rows
}

/// Rows of several cells that follow each other. A row of one cell may stand between them, but neither begins nor ends
/// a table.
fn tables_in(rows: Vec<Row>) -> Vec<Vec<Row>> {
    let mut tables: Vec<Vec<Row>> = Vec::new();
    let mut open: Vec<Row> = Vec::new();
    let mut bottom = f32::NEG_INFINITY;
    for row in rows {
        let Some(place) = place_of(std::slice::from_ref(&row)) else { continue };
        let size = row.first().map_or(10.0, |cell| cell.part.size);
        let is_caption = row.len() == 1 && row.first().is_some_and(|cell| super::marks::is_caption(&cell.part.text));
        if place.top - bottom > 2.5 * size || is_caption {
            tables.push(std::mem::take(&mut open));
        }
        bottom = place.bottom;
        if row.len() > 1 || !open.is_empty() {
            open.push(row);
        }
    }
    tables.push(open);
    for table in &mut tables {
        while table.last().is_some_and(|row| row.len() < 2) {
            table.pop();
        }
    }
    tables
}

fn looks_like_table(rows: &[Row]) -> bool {
    let wide = rows.iter().filter(|row| row.len() >= MIN_COLUMNS).count();
    wide >= 3 && mean_chars(rows.iter().flatten().map(|cell| &cell.part)) <= CELL_CHARS
}

/// A table where every cell has a column, else its rows as they stand.
fn written(rows: &[Row], is_doubtful: bool) -> Option<Part> {
    let place = place_of(rows)?;
    let said = |row: &Row| row.iter().map(|cell| cell.part.text.as_str()).collect::<Vec<_>>().join(" ");
    match columns(rows).filter(|_| !is_doubtful).and_then(|columns| table(rows, &columns)) {
        Some(table) => Some(Part::Table(table, place)),
        None => Some(Part::Rows(rows.iter().map(said).collect(), place)),
    }
}

/// The columns that the full rows have in common, if they stand apart.
fn columns(rows: &[Row]) -> Option<Vec<(f32, f32)>> {
    let count = rows.iter().map(Vec::len).max()?;
    let full: Vec<&Row> = rows.iter().filter(|row| row.len() == count).collect();
    if count < MIN_COLUMNS || full.len() < 3 || full.len() * 5 < rows.len() * 3 {
        return None;
    }
    let mut columns: Vec<(f32, f32)> = vec![(f32::INFINITY, f32::NEG_INFINITY); count];
    for row in &full {
        for (column, cell) in columns.iter_mut().zip(row.iter()) {
            *column = (column.0.min(cell.part.place.left), column.1.max(cell.part.place.right));
        }
    }
    let apart = columns.windows(2).all(|pair| matches!(pair, [a, b] if a.1 + 2.0 < b.0));
    apart.then_some(columns)
}

/// Puts every cell into its column. The first row names the columns unless it holds numbers itself.
fn table(rows: &[Row], columns: &[(f32, f32)]) -> Option<Table> {
    let mut table = Table::default();
    for (at, row) in rows.iter().enumerate() {
        let mut texts = vec![""; columns.len()];
        for cell in row {
            let place = cell.part.place;
            let mut under =
                columns.iter().enumerate().filter(|(_, column)| place.left < column.1 && column.0 < place.right);
            let (column, _) = under.next()?;
            let text = texts.get_mut(column)?;
            if under.next().is_some() || !text.is_empty() {
                return None;
            }
            *text = &cell.part.text;
        }
        let filled = texts.iter().filter(|text| !text.is_empty()).count();
        let is_head = at == 0 && !texts.iter().any(|text| is_figure(text));
        // A row of one cell goes on with the row above it or heads those below: nothing here says which.
        if filled < 2 || is_head && filled + 1 < columns.len() {
            return None;
        }
        texts.iter().for_each(|text| table.cell(text));
        if is_head { table.end_header() } else { table.end_row() }
    }
    Some(table)
}

/// Whether it is a number with its unit and not a name with a number in it.
fn is_figure(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '<' | '>' | '±' | '−')) && digits > 0
}

#[cfg(test)]
mod tests {
    use knowledge::TextBuilder;

    use super::super::words::line;
    use super::*;

    fn page(blocks: &[&[(&str, f32, f32)]]) -> Page {
        let block = |lines: &&[(&str, f32, f32)]| {
            Block::of(lines.iter().map(|(text, left, bottom)| line(text, *left, *bottom, 10.0)).collect()).unwrap()
        };
        Page { number: 1, height: 800.0, blocks: blocks.iter().map(block).collect() }
    }

    /// What each part says: lines of text, or rows after a bar.
    fn said(parts: Vec<Part>) -> Vec<String> {
        let texts = parts.into_iter().flat_map(|part| match part {
            Part::Text(block) => block.lines.into_iter().map(|line| line.text).collect(),
            Part::Rows(rows, _) => rows.into_iter().map(|row| format!("- {row}")).collect(),
            Part::Table(table, _) => {
                let mut builder = TextBuilder::new();
                table.write(&mut builder);
                builder.finish().as_str().lines().map(|row| format!("| {row}")).collect::<Vec<_>>()
            }
        });
        texts.collect()
    }

    #[test]
    fn columns_that_come_as_blocks_become_rows() {
        let page = page(&[
            &[
                ("Table 1. Doses", 60.0, 90.0),
                ("Drug", 60.0, 110.0),
                ("Examplin", 60.0, 124.0),
                ("Testolol", 60.0, 138.0),
            ],
            &[("Dose", 190.0, 110.0), ("5 mg", 190.0, 124.0), ("10 mg", 190.0, 138.0)],
            &[("Patients", 320.0, 110.0), ("40", 340.0, 124.0), ("38", 340.0, 138.0)],
            &[("What follows is said in one longer line of text.", 60.0, 180.0)],
        ]);
        assert_eq!(
            said(parts(page)),
            [
                "Table 1. Doses",
                "| Drug: Examplin; Dose: 5 mg; Patients: 40",
                "| Drug: Testolol; Dose: 10 mg; Patients: 38",
                "What follows is said in one longer line of text.",
            ]
        );
    }

    #[test]
    fn empty_cells_stay_empty_and_doubtful_ones_keep_their_rows() {
        let head: &[(&str, f32, f32)] = &[("Drug", 60.0, 110.0), ("Dose", 190.0, 110.0), ("Patients", 320.0, 110.0)];
        let rows: &[(&str, f32, f32)] = &[
            ("Aa", 60.0, 124.0),
            ("5 mg", 190.0, 124.0),
            ("40", 320.0, 124.0),
            ("Bb", 60.0, 138.0),
            ("6 mg", 190.0, 138.0),
            ("41", 320.0, 138.0),
        ];
        let gap: &[(&str, f32, f32)] = &[("Cc", 60.0, 152.0), ("42", 320.0, 152.0)];
        assert_eq!(
            said(parts(page(&[head, rows, gap]))),
            [
                "| Drug: Aa; Dose: 5 mg; Patients: 40",
                "| Drug: Bb; Dose: 6 mg; Patients: 41",
                "| Drug: Cc; Patients: 42"
            ]
        );
        let across: &[(&str, f32, f32)] = &[("Cc", 60.0, 152.0), ("six to seven milligrams of it", 190.0, 152.0)];
        assert_eq!(
            said(parts(page(&[head, rows, across]))),
            ["- Drug Dose Patients", "- Aa 5 mg 40", "- Bb 6 mg 41", "- Cc six to seven milligrams of it"]
        );
    }

    #[test]
    fn a_table_beside_text_is_found_and_the_text_is_left() {
        let texts: Vec<(String, f32)> =
            (0..8).map(|at| ("words and words and more words".to_owned(), 100.0 + 12.0 * at as f32)).collect();
        let prose: Vec<(&str, f32, f32)> = texts.iter().map(|(text, bottom)| (text.as_str(), 60.0, *bottom)).collect();
        let table: Vec<(&str, f32, f32)> = ["Drug", "Dose", "Out", "Aa", "5 mg", "40", "Bb", "6 mg", "41"]
            .into_iter()
            .enumerate()
            .map(|(at, text)| (text, 320.0 + 70.0 * (at % 3) as f32, 112.0 + 12.0 * (at / 3) as f32))
            .collect();
        let said = said(parts(page(&[&prose, &table])));
        assert_eq!(said.len(), 10);
        assert_eq!(said[8..], ["| Drug: Aa; Dose: 5 mg; Out: 40", "| Drug: Bb; Dose: 6 mg; Out: 41"]);
    }

    #[test]
    fn three_columns_of_text_are_no_table() {
        let columns: Vec<Vec<(&str, f32, f32)>> = (0..3)
            .map(|column| {
                (0..6)
                    .map(|row| {
                        ("some words of a column of text", 40.0 + 175.0 * column as f32, 100.0 + 12.0 * row as f32)
                    })
                    .collect()
            })
            .collect();
        let blocks: Vec<&[(&str, f32, f32)]> = columns.iter().map(Vec::as_slice).collect();
        assert!(parts(page(&blocks)).iter().all(|part| matches!(part, Part::Text(_))));
    }

    #[test]
    fn a_first_row_of_figures_names_no_columns() {
        let rows: Vec<(&str, f32, f32)> = ["Aa", "5 mg", "40", "Bb", "6 mg", "41", "Cc", "7 mg", "42"]
            .into_iter()
            .enumerate()
            .map(|(at, text)| (text, 60.0 + 100.0 * (at % 3) as f32, 112.0 + 12.0 * (at / 3) as f32))
            .collect();
        assert_eq!(said(parts(page(&[&rows]))), ["| Aa; 5 mg; 40", "| Bb; 6 mg; 41", "| Cc; 7 mg; 42"]);
    }
}
