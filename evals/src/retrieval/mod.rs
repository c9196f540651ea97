//! Are the best passages found first? Collections of judged questions in BEIR's layout, each arm of the search measured alone
//! and with the others.

mod collection;
mod measure;
mod metrics;
mod page;
mod plot;
pub mod report;

pub use collection::{Collection, Unreadable};
pub use measure::{Measurement, measure, ndcg_of};
pub use page::page;
pub use report::{CollectionReport, Report};
