//! Tables as text: every row carries the names of its columns, so that a row quoted alone still says what its numbers are.

use knowledge::{BlockKind, TextBuilder, normalise};

/// Collects the cells of one table.
#[derive(Debug, Default)]
pub(super) struct Table {
    header: Vec<String>,
    row: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn cell(&mut self, text: &str) {
        self.row.push(normalise(text));
    }

    /// Ends a row of the table's head. A later head row refines the earlier one, column by column.
    pub(super) fn end_header(&mut self) {
        for (column, name) in std::mem::take(&mut self.row).into_iter().enumerate() {
            match self.header.get_mut(column) {
                Some(above) if above.is_empty() || name == *above => *above = name,
                Some(above) if !name.is_empty() => *above = format!("{above}, {name}"),
                Some(_) => {}
                None => self.header.push(name),
            }
        }
    }

    /// Ends a row of the table's body.
    pub(super) fn end_row(&mut self) {
        self.rows.push(std::mem::take(&mut self.row));
    }

    /// Writes the rows. Cells that are empty are left out.
    pub(super) fn write(self, builder: &mut TextBuilder) {
        for row in self.rows {
            let mut parts = Vec::with_capacity(row.len());
            for (column, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                match self.header.get(column).filter(|name| !name.is_empty()) {
                    Some(name) => parts.push(format!("{name}: {cell}")),
                    None => parts.push(cell.clone()),
                }
            }
            builder.block(BlockKind::TableRow, &parts.join("; "));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
