//! Names that tell one kind of a thing from another: types, stages, groups.

use crate::lexicon::takes_letter;

/// Whether two phrases give other names to the same: "type 1" and "type 2" diabetes. Stage 3 has a stage 3b.
pub(crate) fn are_labelled_otherwise(a: &str, b: &str) -> bool {
    let (Some(a), Some(b)) = (label(a), label(b)) else { return false };
    (a.0, a.2) == (b.0, b.2) && !a.1.starts_with(b.1) && !b.1.starts_with(a.1)
}

/// The noun, its name, and what both name, if anything: "type", "2" and "diabetes".
fn label(phrase: &str) -> Option<(&str, &str, &str)> {
    let (noun, rest) = phrase.split_once(' ').filter(|(noun, _)| takes_letter(noun))?;
    let (name, named) = rest.split_once(' ').unwrap_or((rest, ""));
    (named.is_empty() || name.len() <= 2).then_some((noun, name, named))
}
