//! Is this statement borne out by this passage? Pure and deterministic: no model, no clock, no IO.
//!
//! Three tiers, the worst verdict wins:
//! - structure: every statement has a citation, every citation a source ([`verify`]);
//! - verbatim: a quote stands in its passage letter for letter, as whole sentences ([`locate`]);
//! - meaning: amounts with units, rhythms, routes, medicines, populations, negation, exceptions, conditions, strength, direction
//!   and order in time agree, and belong to the same things ([`check`]).
//!
//! The third tier reads English clinical prose with tables of words and a few rules; `evals` measures what it catches and what
//! it cries wolf about. What it cannot tell it calls partial or unsupported, never supported.

mod amounts;
mod attribution;
mod check;
mod clauses;
mod comparator;
mod compare;
mod conflict;
mod coordination;
mod denials;
mod doses;
mod effects;
mod facts;
mod index;
mod items;
mod joint;
mod kinship;
mod labels;
mod lexicon;
mod limits;
mod markers;
mod negations;
mod number;
mod omission;
mod parallel;
mod polarity;
mod purpose;
mod qualifiers;
mod quantity;
mod quote;
mod relate;
mod roles;
mod schedule;
mod senses;
mod source;
mod stance;
mod table;
mod terms;
mod times;
mod unit;
mod verify;
mod words;

/// The number of the rules. Another one as soon as any statement may get another verdict than before: an answer on record says by
/// which rules its verdicts were given, and only the same ones can say whether they are right.
pub const RULES: u32 = 4;

pub use check::{Check, Facet, Finding, check, check_all};
pub use conflict::{disagreement, disagreement_within};
pub use quote::locate;
pub use source::{Source, denied_from_above};
pub use verify::{Cited, Foreign, Statement, Verified, verify};
