//! What a document is worth before its words are read: its kind, its date, its standing. It decides between passages that are
//! about as good, and no more: bounded, shown with every hit, and switchable.

use knowledge::{Access, Kind, Status};
use ledger::Standing;

/// The most that a prior moves a passage, up or down, on a scale where a perfect match has 1.
const BOUND: f32 = 0.015;

/// Years after which a document counts as old.
const OLD_YEARS: f32 = 20.0;

/// The prior of a document in `year`, the year in which the question is asked.
pub(crate) fn prior(document: &Standing, year: i16) -> f32 {
    // What says what to do comes before what reports on it, and a single case last.
    let kind = match document.kind {
        Kind::Guideline | Kind::LocalPolicy => 0.006,
        Kind::DrugLabel => 0.004,
        Kind::Review => 0.002,
        Kind::Trial => 0.0,
        Kind::CaseLiterature => -0.002,
    };
    let published = document.published.as_deref().and_then(|date| date.get(..4)?.parse::<i16>().ok());
    let age =
        published.map_or(OLD_YEARS / 2.0, |published| f32::from(year.saturating_sub(published)).clamp(0.0, OLD_YEARS));
    let recency = 0.002 - 0.004 * age / OLD_YEARS;
    let standing = if document.status == Status::ExpressionOfConcern { -0.008 } else { 0.0 };
    let extent = if document.access == Access::AbstractOnly { -0.002 } else { 0.0 };
    (kind + recency + standing + extent).clamp(-BOUND, BOUND)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(kind: Kind, published: Option<&str>, status: Status) -> Standing {
        let (document, published) = (knowledge::DocumentId::from_bytes([0; 16]), published.map(str::to_owned));
        Standing { document, title: String::new(), kind, published, status, access: Access::FullText }
    }

    #[test]
    fn priors_are_ordered_and_bounded() {
        let of = |kind, published, status| prior(&document(kind, published, status), 2026);
        let guideline = of(Kind::Guideline, Some("2024-03"), Status::Current);
        assert!(guideline > of(Kind::Guideline, Some("2004"), Status::Current));
        assert!(guideline > of(Kind::CaseLiterature, Some("2024"), Status::Current));
        assert!(guideline > of(Kind::Guideline, Some("2024"), Status::ExpressionOfConcern));
        for kind in Kind::ALL {
            for status in Status::ALL {
                for published in [None, Some("1850"), Some("2999"), Some("odd")] {
                    assert!(of(kind, published, status).abs() <= BOUND);
                }
            }
        }
    }
}
