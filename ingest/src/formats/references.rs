//! Where does the list of references begin and end? What stands in it is readable, but never evidence.

use knowledge::BlockKind;

/// Follows the headings of a text whose format does not mark its references.
#[derive(Debug, Default)]
pub(super) struct References {
    /// The level of the heading that the list stands under.
    under: Option<usize>,
}

impl References {
    /// Takes notice of a heading.
    pub(super) fn heading(&mut self, level: usize, text: &str) {
        let name = text.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
        if matches!(name.as_str(), "references" | "reference list" | "bibliography" | "literature" | "literature cited")
        {
            self.under = Some(level);
        } else if self.under.is_some_and(|above| level <= above) {
            self.under = None;
        }
    }

    /// What a block of this kind is here.
    pub(super) fn kind(&self, kind: BlockKind) -> BlockKind {
        match kind {
            BlockKind::Paragraph | BlockKind::ListItem if self.under.is_some() => BlockKind::Reference,
            kind => kind,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_ends_with_the_next_heading_of_its_level() {
        let mut references = References::default();
        let mut kind_under = |level, heading: &str| {
            references.heading(level, heading);
            references.kind(BlockKind::ListItem)
        };
        assert_eq!(kind_under(2, "Methods"), BlockKind::ListItem);
        assert_eq!(kind_under(2, "5. References"), BlockKind::Reference);
        assert_eq!(kind_under(3, "Books"), BlockKind::Reference);
        assert_eq!(kind_under(2, "Appendix"), BlockKind::ListItem);
        references.heading(2, "REFERENCES");
        assert_eq!(references.kind(BlockKind::Caption), BlockKind::Caption);
    }
}
