//! Where does each cell of a table stand, once cells that cover several columns or rows are laid out?

/// More columns than people read. Cells beyond are kept by the row, not by a column.
pub(super) const MAX_COLUMNS: usize = 256;

/// More rows than one cell covers.
pub(super) const MAX_ROWS: usize = 1_000;

/// Places in the grid of one table that cells may cover.
const MAX_PLACES: usize = 1_000_000;

#[derive(Debug)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) columns: usize,
    pub(super) rows: usize,
    /// How far it is moved in, by the spaces that typesetters use for it.
    pub(super) indent: usize,
}

#[derive(Debug)]
pub(super) struct Row {
    pub(super) head: bool,
    pub(super) cells: Vec<Cell>,
}

/// A row that names the rows below it.
#[derive(Debug)]
pub(super) struct Group<'t> {
    pub(super) text: &'t str,
    pub(super) indent: usize,
    /// Whether it is one cell across all columns.
    pub(super) across: bool,
    /// Whether it holds until the next such row, not only for rows that are moved in further than itself.
    pub(super) stays: bool,
    pub(super) used: bool,
}

/// A row with each of its columns, and in each the cell that covers it with the column where that cell begins.
#[derive(Debug)]
pub(super) struct Line<'t> {
    pub(super) head: bool,
    /// Its own cells, without those of rows above that reach into it.
    pub(super) own: &'t [Cell],
    /// How many of them hold text.
    pub(super) filled: usize,
    pub(super) cells: Vec<Option<(usize, &'t Cell)>>,
    /// Cells that found no column.
    pub(super) rest: Vec<&'t Cell>,
    /// Whether the cell in the first column is its own.
    pub(super) starts: bool,
}

impl<'t> Line<'t> {
    /// Its own cell in the first column, if that says something.
    pub(super) fn first(&self) -> Option<&'t Cell> {
        let cell = self.cells.first().copied().flatten().map(|(_, cell)| cell);
        cell.filter(|cell| self.starts && !cell.text.is_empty())
    }
}

#[derive(Debug)]
pub(super) struct Grid<'t> {
    pub(super) lines: Vec<Line<'t>>,
    /// Columns, counted in the rows that have more than one cell.
    pub(super) width: usize,
    pub(super) overlaps: bool,
}

impl<'t> Grid<'t> {
    pub(super) fn of(rows: &'t [Row]) -> Self {
        let mut lines: Vec<Line<'t>> = Vec::with_capacity(rows.len());
        let (mut overlaps, mut places) = (false, 0);
        // For each column the cell that reaches into the next rows, with where it begins and how many rows are left.
        let mut open: Vec<Option<(usize, &'t Cell, usize)>> = Vec::new();
        for row in rows {
            if lines.last().is_some_and(|line| line.head != row.head) {
                open.clear();
            }
            // Past the limit, cells cover one place each.
            let room = places < MAX_PLACES;
            if !room {
                overlaps = true;
                open.clear();
            }
            let mut cells: Vec<Option<(usize, &'t Cell)>> = Vec::new();
            for place in &mut open {
                cells.push(place.map(|(start, cell, _)| (start, cell)));
                *place = place.and_then(|(start, cell, left)| (left > 1).then_some((start, cell, left - 1)));
            }
            while cells.last().is_some_and(Option::is_none) {
                cells.pop();
            }
            let (mut rest, mut column) = (Vec::new(), 0);
            let starts = cells.first().is_none_or(Option::is_none);
            for cell in &row.cells {
                while cells.get(column).is_some_and(Option::is_some) {
                    column += 1;
                }
                if column >= MAX_COLUMNS {
                    overlaps = true;
                    rest.push(cell);
                    continue;
                }
                let start = column;
                let columns = if room { cell.columns } else { 1 };
                while column < start + columns && column < MAX_COLUMNS {
                    if cells.len() <= column {
                        cells.resize(column + 1, None);
                    }
                    let Some(place) = cells.get_mut(column).filter(|place| place.is_none()) else {
                        overlaps = true;
                        break;
                    };
                    *place = Some((start, cell));
                    if cell.rows > 1 {
                        if open.len() <= column {
                            open.resize(column + 1, None);
                        }
                        if let Some(place) = open.get_mut(column) {
                            *place = Some((start, cell, cell.rows - 1));
                        }
                    }
                    column += 1;
                }
            }
            let filled = row.cells.iter().filter(|cell| !cell.text.is_empty()).count();
            places += cells.len();
            lines.push(Line { head: row.head, own: &row.cells, filled, cells, rest, starts });
        }
        let widest =
            |least: usize| lines.iter().filter(|line| line.own.len() >= least).map(|line| line.cells.len()).max();
        let width = widest(2).or(widest(1)).unwrap_or(0);
        Self { lines, width, overlaps }
    }

    /// The row as the name of rows below it: one cell across all columns, or a text in the first column alone above rows that
    /// are moved in further. `None` if it is a row like others.
    pub(super) fn group(&self, at: usize) -> Option<Group<'t>> {
        let line = self.lines.get(at)?;
        let first = line.first().filter(|first| line.filled == 1 && first.rows == 1 && self.width > 1)?;
        let below = self.lines.get(at + 1).filter(|below| !below.head).and_then(Line::first);
        let moved_in = below.is_some_and(|below| below.indent > first.indent);
        let across = line.own.len() == 1 && first.columns >= self.width;
        let stays = across && !moved_in;
        let group = Group { text: &first.text, indent: first.indent, across, stays, used: false };
        (across || (moved_in && !line.head)).then_some(group)
    }
}
