//! The nouns: reviews, their items, and what was said of them.

use knowledge::Verdict;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::sample::Seed;
use crate::words::Place;

/// Characters of a comment, a reason, a title, a name or a meaning.
pub const MAX_TEXT_CHARS: usize = 2_000;

/// What a person holds of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    /// The sources bear it out. Of an abstention: it was right.
    Supported,
    /// They bear part of it out.
    Partial,
    /// They do not bear it out. Of an abstention: there was an answer to be had.
    Unsupported,
    /// They say otherwise.
    Contradicted,
    /// It cannot be told from what there is.
    CannotTell,
}

impl Rating {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Supported, Self::Partial, Self::Unsupported, Self::Contradicted, Self::CannotTell];

    /// The name that files and tables use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::Partial => "partial",
            Self::Unsupported => "unsupported",
            Self::Contradicted => "contradicted",
            Self::CannotTell => "cannot_tell",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rating| rating.name() == name)
    }
}

impl From<Verdict> for Rating {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Supported => Self::Supported,
            Verdict::Partial => Self::Partial,
            Verdict::Unverifiable => Self::CannotTell,
            Verdict::Unsupported => Self::Unsupported,
            Verdict::Contradicted => Self::Contradicted,
        }
    }
}

/// Where a review stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReviewState)]
pub enum State {
    /// Items wait for a reviewer.
    Open,
    /// Both have rated everything; differences wait for the third person.
    Adjudication,
    /// Everything is settled; it waits to be signed.
    Ready,
    /// Signed: nothing changes any more.
    Signed,
}

impl State {
    /// The name that messages use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Adjudication => "in adjudication",
            Self::Ready => "ready",
            Self::Signed => "signed",
        }
    }
}

/// A kind of answers that the sample is drawn from by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReviewStratum)]
pub struct Stratum {
    /// Name.
    pub name: String,
    /// Answers in it.
    pub population: u64,
    /// Answers that were drawn.
    pub sampled: u64,
    /// Items that all its answers would give.
    pub population_items: u64,
    /// Items that the drawn answers give.
    pub items: u64,
}

/// Who signed what, and as what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReviewSignature)]
pub struct Signature {
    /// Account.
    pub by: String,
    /// Printed name.
    pub full_name: String,
    /// What the signature means.
    pub meaning: String,
    /// When, RFC 3339.
    pub at: String,
    /// SHA-256 of the canonical record that was signed, hexadecimal.
    pub record_hash: String,
    /// SHA-256 of the canonical JSON of the fields above and the review's id, hexadecimal: binds them to the record.
    pub signature: String,
}

/// A sample of answers that two people rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Review {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// When it was drawn, RFC 3339.
    pub created_at: String,
    /// Account that drew it.
    pub created_by: String,
    /// Seed of the draw, 64 hexadecimal digits.
    pub seed: String,
    /// Answers were drawn from this time on, RFC 3339.
    pub from: String,
    /// Answers were drawn up to this time, RFC 3339.
    pub to: String,
    /// Answers that were asked for; fewer are in it when there were fewer.
    pub size: u32,
    /// What it was drawn from, by name.
    pub strata: Vec<Stratum>,
    /// Accounts of the reviewers: two, different.
    pub reviewers: Vec<String>,
    /// Account of who settles the differences: named at the beginning, or the first who settles one.
    pub adjudicator: Option<String>,
    /// Where it stands.
    pub state: State,
    /// Items.
    pub items: u32,
    /// Items that each reviewer has rated, in the order of `reviewers`.
    pub rated: Vec<u32>,
    /// Items that wait to be settled, as the two differ or one of them changed a rating; counted when both have rated
    /// everything.
    pub differences: u32,
    /// The signature, once there is one.
    pub signature: Option<Signature>,
}

impl Review {
    /// Where the account stands among the reviewers.
    pub(crate) fn place(&self, account: &str) -> Option<usize> {
        self.reviewers.iter().position(|reviewer| reviewer == account)
    }
}

/// What a review is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReview {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// When, RFC 3339.
    pub created_at: String,
    /// Account that draws it.
    pub created_by: String,
    /// Seed of the draw.
    pub seed: Seed,
    /// Answers are drawn from this time on, RFC 3339.
    pub from: String,
    /// Answers are drawn up to this time, RFC 3339.
    pub to: String,
    /// Answers to draw.
    pub size: u32,
    /// Accounts of the two reviewers.
    pub reviewers: [String; 2],
    /// Account of who is to settle the differences.
    pub adjudicator: Option<String>,
}

/// A rating as it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = GivenRating)]
pub struct Given {
    /// Account.
    pub by: String,
    /// The rating: the first one, from before our verdict was shown. It is the one that counts.
    pub rating: Rating,
    /// What was said with it; `null` where there is nothing, or it was erased.
    pub comment: Option<String>,
    /// When, RFC 3339.
    pub at: String,
    /// 1, and one more for every change of mind; all are kept.
    pub round: u32,
    /// What the reviewer holds since, if that was changed.
    pub later: Option<Remark>,
    /// Where the log has the comment.
    #[serde(skip)]
    pub(crate) sealed: Option<Place>,
}

/// What a reviewer holds of an item after our verdict was shown: a remark. It has no part in any number, unless a third
/// person settles the item by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RatingRemark)]
pub struct Remark {
    /// The rating.
    pub rating: Rating,
    /// What was said with it; `null` where there is nothing, or it was erased.
    pub comment: Option<String>,
    /// When, RFC 3339.
    pub at: String,
    /// Where the log has the comment.
    #[serde(skip)]
    pub(crate) sealed: Option<Place>,
}

/// How a difference was settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Adjudication {
    /// Account.
    pub by: String,
    /// The rating that holds.
    pub rating: Rating,
    /// Why; `null` when it was erased.
    pub reason: Option<String>,
    /// When, RFC 3339.
    pub at: String,
    /// Where the log has the reason.
    #[serde(skip)]
    pub(crate) sealed: Option<Place>,
}

/// One statement of one answer, as a reader may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReviewItem)]
pub struct Item {
    /// Number in the review, from 1.
    pub n: u32,
    /// Id of the answer: shown with our verdict, as whoever has it may find that.
    pub answer: Option<String>,
    /// Which statement of it, from 1; 0 asks whether it was right not to answer.
    pub statement: u32,
    /// Stratum of the answer: shown with our verdict, as it tells how the answer ended.
    pub stratum: Option<String>,
    /// Our verdict. A reviewer sees it after rating the item, others when the item is settled.
    pub ours: Option<String>,
    /// The reader's own rating.
    pub own: Option<Given>,
    /// What others said: to a reviewer when both have rated the item, to anybody else when both have rated all items.
    pub others: Vec<Given>,
    /// How it was settled, where the two differ or one of them changed a rating.
    pub adjudication: Option<Adjudication>,
    /// The rating that holds, once there is one that the reader may see.
    #[serde(rename = "final")]
    pub final_rating: Option<Rating>,
}

/// A stretch of the list of reviews, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReviewPage)]
pub struct Page {
    /// Reviews.
    pub reviews: Vec<Review>,
    /// Where the next stretch begins, if there is one.
    pub next: Option<i64>,
}

/// A stretch of a review's items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReviewItemPage)]
pub struct ItemPage {
    /// Items.
    pub items: Vec<Item>,
    /// What the next stretch comes after, if there is one.
    pub next: Option<u32>,
}
