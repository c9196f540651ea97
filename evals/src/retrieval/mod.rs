//! Are the best passages found first? Collections of judged questions in BEIR's layout, each arm of the search measured alone
//! and with the others.

mod collection;
mod compare;
mod legend;
mod measure;
mod memory;
mod metrics;
mod page;
mod plot;
mod read;
pub mod report;
mod summary;

pub use collection::{Collection, JudgedQuestion};
pub use compare::{Allowed, Held, Pair, against_kept, below_its_parts, pairs};
pub use measure::{Measurement, measure, ndcg_of};
pub use page::page;
pub use read::Unreadable;
pub use report::{CollectionReport, Report};
