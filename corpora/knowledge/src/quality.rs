//! How well a source was read: what its parser had to guess, repair or leave out, and one figure for all of it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something about a source that its reader should know before trusting the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DefectKind {
    /// The source names no title.
    NoTitle,
    /// The source names no date of publication.
    NoDate,
    /// A long text without any heading.
    NoHeadings,
    /// A page without text: most often a scanned image.
    EmptyPage,
    /// Characters that the source's encoding or its fonts did not explain.
    LostCharacters,
    /// Words broken by optical character recognition.
    OcrNoise,
    /// Reading order was guessed: columns, frames or boxes that overlap.
    ReadingOrder,
    /// A table whose rows do not fit its columns; its rows were kept as text.
    BrokenTable,
    /// A table that is an image.
    ImageTable,
    /// A formula or another object that has no text.
    LostObject,
    /// A line that repeats on most pages was taken for a running header or footer, and left out.
    RunningLine,
    /// Markup that breaks its format's rules, read as far as it went.
    BrokenMarkup,
}

impl DefectKind {
    /// All kinds, in the order the documentation lists them.
    pub const ALL: [Self; 12] = [
        Self::NoTitle,
        Self::NoDate,
        Self::NoHeadings,
        Self::EmptyPage,
        Self::LostCharacters,
        Self::OcrNoise,
        Self::ReadingOrder,
        Self::BrokenTable,
        Self::ImageTable,
        Self::LostObject,
        Self::RunningLine,
        Self::BrokenMarkup,
    ];

    /// What one of them takes from the score, and what all of them take together at most. A running line that was left out
    /// is a repair, not a loss.
    fn weight(self) -> (f32, f32) {
        match self {
            Self::RunningLine => (0.0, 0.0),
            Self::NoDate | Self::LostObject => (0.02, 0.10),
            Self::NoTitle | Self::NoHeadings => (0.10, 0.10),
            Self::ImageTable | Self::BrokenTable | Self::ReadingOrder | Self::BrokenMarkup => (0.05, 0.30),
            Self::LostCharacters | Self::OcrNoise => (0.01, 0.60),
            Self::EmptyPage => (0.10, 0.80),
        }
    }
}

/// One kind of defect and how often it was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Defect {
    /// What it is.
    pub kind: DefectKind,
    /// How often, at least once.
    pub times: u32,
}

/// What reading a source came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Quality {
    /// 1 is a source that was read as it is, 0 one that was not read at all.
    pub score: f32,
    /// What takes from it, by kind.
    pub defects: Vec<Defect>,
}

impl Quality {
    /// Below this score a person should look at the text before anyone relies on it.
    pub const REVIEW_BELOW: f32 = 0.8;

    /// The score that these defects leave. Defects of one kind are added up.
    pub fn of(defects: impl IntoIterator<Item = Defect>) -> Self {
        let mut times = [0_u32; DefectKind::ALL.len()];
        for defect in defects {
            let sum = &mut times[defect.kind as usize];
            *sum = sum.saturating_add(defect.times);
        }
        let defects = DefectKind::ALL.into_iter().map(|kind| Defect { kind, times: times[kind as usize] });
        let defects: Vec<Defect> = defects.filter(|defect| defect.times > 0).collect();
        let lost: f32 = defects.iter().map(Defect::lost).sum();
        Self { score: (1.0 - lost).max(0.0), defects }
    }

    /// Whether a person should look at the text.
    pub fn wants_review(&self) -> bool {
        self.score < Self::REVIEW_BELOW
    }
}

impl Defect {
    fn lost(&self) -> f32 {
        let (each, most) = self.kind.weight();
        // No count that matters is beyond what an f32 holds exactly.
        (each * self.times as f32).min(most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defects_take_from_the_score_up_to_a_limit_of_their_kind() {
        assert_eq!(Quality::of([]).score, 1.0);
        let pages = |times| Defect { kind: DefectKind::EmptyPage, times };
        assert!((Quality::of([pages(1)]).score - 0.9).abs() < 1e-6);
        let worst = Quality::of([pages(40), pages(2)]);
        assert!((worst.score - 0.2).abs() < 1e-6);
        assert_eq!(worst.defects, [pages(42)]);
        assert!(worst.wants_review());
        let all = DefectKind::ALL.map(|kind| Defect { kind, times: u32::MAX });
        assert_eq!(Quality::of(all).score, 0.0);
    }

    #[test]
    fn kinds_are_listed_in_their_order() {
        for (at, kind) in DefectKind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, at);
        }
    }
}
