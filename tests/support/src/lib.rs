//! What do tests of several rooms share? Fakes at the seams, a service made of the real parts around them, a tiny model.
#![allow(clippy::unwrap_used)]

mod bucket;
mod fakes;
mod feeds;
mod outage;
mod provider;
mod service;
mod tiny_cross_encoder;
mod tiny_docx;
mod tiny_llama;
mod tiny_pdf;

pub use bucket::Bucket;
pub use fakes::{CountingEntropy, HashEmbedder, OtherHashEmbedder, Script, ScriptedGenerator};
pub use feeds::{Canned, Feeds, Seen, bucket_page, crossref_work, esearch, pmc_set, pubmed_set, retraction_table};
pub use outage::Outage;
pub use provider::{Fault, OpenIdProvider};
pub use service::{Reply, TestService, fixed_seams, models_dir, test_settings};
pub use tiny_cross_encoder::write_tiny_cross_encoder;
pub use tiny_docx::{docx, docx_of};
pub use tiny_llama::write_tiny_llama;
pub use tiny_pdf::{TinyPage, TinyPdf};
