//! `osler ask` and `osler search`: without a server, on the data directory itself.

use std::process::ExitCode;
use std::sync::Arc;

use answer::{Filters, Question};
use anyhow::Result;
use knowledge::{CorpusId, Kind, Snapshot};
use serde_json::json;
use tokio::sync::mpsc::unbounded_channel;
use tokio_util::sync::CancellationToken;

use super::{print, render};
use crate::app::App;
use crate::config::{Backend, Places};
use crate::recorded;

#[derive(Debug, clap::Args)]
pub(super) struct What {
    /// The question, in your own words
    question: String,
    /// Only this corpus; may be given more than once
    #[arg(long, value_name = "ID")]
    corpus: Vec<CorpusId>,
    /// Only this kind of literature, such as guideline or trial; may be given more than once
    #[arg(long, value_name = "KIND")]
    kind: Vec<Kind>,
    /// An older snapshot than the published one
    #[arg(long, value_name = "SNAPSHOT")]
    as_of: Option<u64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl What {
    fn question(&self) -> Question {
        Question {
            question: self.question.clone(),
            history: Vec::new(),
            patient: None,
            filters: Filters { corpora: self.corpus.clone(), kinds: self.kind.clone() },
            as_of: self.as_of.map(Snapshot),
        }
    }
}

#[derive(Debug, clap::Args)]
pub(super) struct AskArgs {
    #[command(flatten)]
    what: What,
}

#[derive(Debug, clap::Args)]
pub(super) struct SearchArgs {
    #[command(flatten)]
    what: What,
    /// Passages wanted
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u8).range(1..=50))]
    limit: u8,
}

pub(super) async fn ask(places: &Places, args: AskArgs) -> Result<ExitCode> {
    let question = args.what.question();
    question.check()?;
    let app = Arc::new(App::open(places).await?);
    let (progress, _) = unbounded_channel();
    let recorded = recorded::ask(app, question, "command-line", "", CancellationToken::new(), progress).await?;
    if args.what.json { print(&(recorded.json + "\n")) } else { print(&render::answer(&recorded.answer)) }
}

pub(super) async fn search(places: &Places, args: SearchArgs) -> Result<ExitCode> {
    let question = args.what.question();
    question.check()?;
    let app = App::open_with(places, |config| config.generator.backend = Backend::None).await?;
    let found = app.asker.retriever().search(&question, args.limit.into()).await?;
    if args.what.json {
        print(&format!("{}\n", json!({ "hits": found.hits, "snapshot": found.snapshot })))
    } else {
        print(&render::hits(&found.hits))
    }
}
