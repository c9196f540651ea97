//! Tables written in Markdown, read row by row with what stands above each cell: "Age: 2 years; Dose: 5 mL".

/// Reads the lines of a text one after another and keeps what heads the columns.
#[derive(Debug, Default)]
pub(crate) struct Table {
    above: Vec<String>,
    labels: Vec<String>,
}

impl Table {
    /// A row below a header as a sentence; none for any other line.
    pub(crate) fn row(&mut self, line: &str) -> Option<String> {
        let cells = cells(line);
        let is_rule =
            !cells.is_empty() && cells.iter().all(|cell| !cell.is_empty() && cell.trim_matches([':', '-']).is_empty());
        if cells.is_empty() {
            *self = Self::default();
        } else if is_rule {
            self.labels = std::mem::take(&mut self.above);
        } else if self.labels.is_empty() {
            self.above = cells.into_iter().map(str::to_owned).collect();
        } else {
            let labelled = self.labels.iter().zip(&cells).filter(|(_, cell)| !cell.is_empty());
            let labelled = labelled
                .map(|(label, cell)| if label.is_empty() { (*cell).to_owned() } else { format!("{label}: {cell}") });
            return Some(labelled.collect::<Vec<_>>().join("; "));
        }
        None
    }
}

/// The cells of a line that is one of a table.
fn cells(line: &str) -> Vec<&str> {
    let inside = line.trim().strip_prefix('|').and_then(|line| line.strip_suffix('|'));
    inside.map(|inside| inside.split('|').map(str::trim).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use knowledge::Verdict;

    use crate::check::verdict_of as verdict;

    const TABLE: &str = "| Age | Dose by mouth | Dose rectally |\n|---|---|---|\n| Infants | 30 mg | 60 mg |\n| Adults | 500 mg | 650 mg |";

    #[test]
    fn a_cell_belongs_to_its_row_and_column() {
        for statement in [
            "The dose by mouth for adults is 500 mg.",
            "The rectal dose for infants is 60 mg.",
            "| Adults | 500 mg | 650 mg |",
        ] {
            assert_eq!(verdict(statement, TABLE), Verdict::Supported, "{statement}");
        }
        for statement in ["The dose by mouth for infants is 60 mg.", "The dose by mouth for infants is 500 mg."] {
            assert!(verdict(statement, TABLE) > Verdict::Supported, "{statement}");
        }
    }
}
