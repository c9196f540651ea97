//! Is this statement borne out by this passage? Pure and deterministic: no model, no clock, no IO.
//!
//! Two checks: a quote must stand in its passage letter for letter ([`locate`]), and every number of a statement must stand
//! in its quote with an equal unit ([`check`]). The worst finding decides.

mod check;
mod quantity;
mod quote;

pub use check::{Finding, check};
pub use quantity::{Quantity, quantities};
pub use quote::locate;
