//! The row of a table as running text, "Drug: Amoxicillin; Dose: 500 mg", taken apart again into its cells.

use std::ops::Range;

/// The longest label, in bytes: what is longer is a sentence with a colon.
const MAX_LABEL: usize = 100;

/// A cell of a row, with the name of its column. Places are counted in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell<'t> {
    pub(crate) label: &'t str,
    /// Where label and value stand.
    pub(crate) at: Range<usize>,
    /// Where the value begins.
    pub(crate) value: usize,
}

/// The cells of a text that is the row of a table with two columns or more; none of any other text.
pub(crate) fn cells(text: &str) -> Vec<Cell<'_>> {
    let mut cells: Vec<Cell<'_>> = Vec::new();
    let mut start = 0;
    for part in text.split("; ") {
        let end = start + part.len();
        match (part.split_once(": ").filter(|(label, _)| label.len() <= MAX_LABEL), cells.last_mut()) {
            (Some((label, _)), _) => cells.push(Cell { label, at: start..end, value: start + label.len() + 2 }),
            // A semicolon inside a cell.
            (None, Some(cell)) => cell.at.end = end,
            (None, None) => return Vec::new(),
        }
        start = end + 2;
    }
    if cells.len() < 2 { Vec::new() } else { cells }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_told_from_sentences_and_taken_apart() {
        let row = "Drug: Salbutamol; When: Mild; repeat by response; Dose: 5 mg";
        let read: Vec<(&str, &str)> =
            cells(row).iter().map(|cell| (cell.label, &row[cell.value..cell.at.end])).collect();
        assert_eq!(read, [("Drug", "Salbutamol"), ("When", "Mild; repeat by response"), ("Dose", "5 mg")]);
        for sentence in ["Dose: 5 mg", "Give 5 mg; repeat once.", "Renal impairment: halve the dose."] {
            assert_eq!(cells(sentence), [], "{sentence}");
        }
    }
}
