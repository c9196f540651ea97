//! `osler ask` and `osler search`: without a server, on the data directory itself.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use answer::{Filters, Patient, Question};
use anyhow::{Context, Result};
use knowledge::{CorpusId, Kind, Population, Snapshot, Status};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{Usage, print, render};
use crate::app::App;
use crate::config::{Backend, Places};
use crate::recorded::{self, By};

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
    /// Only this issuer, by its whole name; may be given more than once
    #[arg(long, value_name = "NAME")]
    issuer: Vec<String>,
    /// Only what applies in this place; may be given more than once
    #[arg(long, value_name = "PLACE")]
    jurisdiction: Vec<String>,
    /// Only what stands so: current, corrected or expression_of_concern; may be given more than once
    #[arg(long, value_name = "STATUS")]
    status: Vec<Status>,
    /// Only passages that name this population, such as children or pregnant; may be given more than once
    #[arg(long, value_name = "POPULATION")]
    population: Vec<Population>,
    /// Only what was published in this year or later
    #[arg(long, value_name = "YEAR")]
    from_year: Option<u16>,
    /// Only what was published in this year or before
    #[arg(long, value_name = "YEAR")]
    to_year: Option<u16>,
    /// Nothing of which only the abstract is held
    #[arg(long)]
    full_text: bool,
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
            filters: Filters {
                corpora: self.corpus.clone(),
                kinds: self.kind.clone(),
                issuers: self.issuer.clone(),
                jurisdictions: self.jurisdiction.clone(),
                statuses: self.status.clone(),
                populations: self.population.clone(),
                from_year: self.from_year,
                to_year: self.to_year,
                full_text_only: self.full_text,
            },
            as_of: self.as_of.map(Snapshot),
            ..Question::default()
        }
    }
}

#[derive(Debug, clap::Args)]
pub(super) struct AskArgs {
    #[command(flatten)]
    what: What,
    /// What is known of the patient: a JSON file with age_years, sex, pregnant, egfr, weight_kg, conditions, medicines,
    /// allergies, or a FHIR R4 Bundle; it is in no record
    #[arg(long, value_name = "FILE")]
    patient: Option<PathBuf>,
}

fn patient(path: &Path) -> Result<Patient> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let value: Value = serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))?;
    if value.get("resourceType").is_some() {
        return Ok(Patient::from_fhir(&value, &jiff::Timestamp::now().to_string())?);
    }
    // The message of the reader would repeat what is in the file.
    serde_json::from_value(value).map_err(|_| Usage(format!("{}: unknown or wrong fields", path.display())).into())
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
    let patient = args.patient.as_deref().map(patient).transpose()?;
    let question = Question { patient, ..args.what.question() };
    question.check()?;
    let app = Arc::new(App::open(places).await?);
    let by = By { actor: audit::Actor::command_line(), request_id: String::new() };
    let recorded = recorded::ask(app, question, by, CancellationToken::new(), None).await?;
    if args.what.json { print(&(recorded.json + "\n")) } else { print(&render::answer(&recorded.answer)) }
}

pub(super) async fn search(places: &Places, args: SearchArgs) -> Result<ExitCode> {
    let question = args.what.question();
    question.check()?;
    let app = App::open_with(places, |config| config.generator.backend = Backend::None).await?;
    let found = app.asker.retriever().search(&question, args.limit.into()).await?;
    let (snapshot, expansions, missing) = (found.snapshot, found.expansions.clone(), found.missing);
    let hits = found.shown();
    if !args.what.json {
        return print(&render::hits(&hits, missing));
    }
    let mut reply = json!({ "hits": hits, "snapshot": snapshot, "expansions": expansions });
    if let Some(missing) = missing {
        reply["missing"] = json!(missing);
    }
    print(&format!("{reply}\n"))
}
