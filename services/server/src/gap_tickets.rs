//! Tickets of questions without evidence: kept up with what was asked, and filled by what is published. The words stay in the
//! audit records, where they can be erased; tickets know questions by tags.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use answer::{Question, Status};
use anyhow::Result;
use audit::Gap;
use curation::{Asked, TicketRow, TicketState};
use knowledge::Snapshot;

use crate::app::App;
use crate::corpus_record;

/// How often it is looked whether something else is published.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Questions without evidence that are looked at, the most asked first.
pub const MAX_GAPS: usize = 2_000;

/// What questions mean, by their tags, so that each is embedded once while the service runs with one embedder.
#[derive(Default)]
pub struct Meanings(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// The embedder that all of them are from.
    embedder: String,
    vectors: HashMap<String, Vec<f32>>,
}

impl Meanings {
    /// Acts on what is known by this embedder: what another one has left is forgotten.
    fn with<T>(&self, embedder: &str, act: impl FnOnce(&mut HashMap<String, Vec<f32>>) -> T) -> T {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.embedder != embedder {
            *known = Known { embedder: embedder.to_owned(), vectors: HashMap::new() };
        }
        act(&mut known.vectors)
    }
}

/// A ticket with what is known of its questions.
pub struct Ticket {
    /// The ticket.
    pub row: TicketRow,
    /// Its questions whose words are kept, the most asked first.
    pub questions: Vec<Gap>,
}

/// The tickets, after every question without evidence has one. Those whose questions were all erased are left out.
///
/// # Errors
/// When a store cannot be read or written, or the questions cannot be embedded.
pub async fn tickets(app: &Arc<App>, state: Option<TicketState>) -> Result<Vec<Ticket>> {
    let gaps = {
        let app = Arc::clone(app);
        tokio::task::spawn_blocking(move || app.audit.gaps(MAX_GAPS)).await??
    };
    let vectors = meanings(app, &gaps).await?;
    let app = Arc::clone(app);
    tokio::task::spawn_blocking(move || -> Result<Vec<Ticket>> {
        let at = app.asker.now().to_string();
        // In the order of first asking, so that a ticket is named by the question that was there first.
        let mut asked: Vec<(&Gap, &Vec<f32>)> =
            gaps.iter().filter_map(|gap| Some((gap, vectors.get(&gap.tag)?))).collect();
        asked.sort_by(|a, b| (&a.0.first_asked_at, &a.0.tag).cmp(&(&b.0.first_asked_at, &b.0.tag)));
        let asked: Vec<Asked<'_>> = asked
            .into_iter()
            .map(|(gap, vector)| Asked {
                tag: &gap.tag,
                vector,
                last_asked_at: &gap.last_asked_at,
                snapshot: gap.snapshot,
            })
            .collect();
        app.curation.cluster(&asked, &mut || app.asker.ticket().0.to_string(), &at)?;
        let mut known: HashMap<String, Gap> = gaps.into_iter().map(|gap| (gap.tag.clone(), gap)).collect();
        let tickets = app.curation.tickets(state)?.into_iter().map(|row| {
            let mut questions: Vec<Gap> = row.tags.iter().filter_map(|tag| known.remove(tag)).collect();
            questions.sort_by(|a, b| b.times.cmp(&a.times).then_with(|| a.tag.cmp(&b.tag)));
            Ticket { row, questions }
        });
        let mut tickets: Vec<Ticket> = tickets.filter(|ticket| !ticket.questions.is_empty()).collect();
        tickets.sort_by(|a, b| b.times().cmp(&a.times()).then_with(|| a.row.n.cmp(&b.row.n)));
        Ok(tickets)
    })
    .await?
}

impl Ticket {
    /// How often its questions were asked.
    pub fn times(&self) -> u64 {
        self.questions.iter().map(|gap| gap.times).sum()
    }
}

async fn meanings(app: &App, gaps: &[Gap]) -> Result<HashMap<String, Vec<f32>>> {
    // All of one embedder, while another takes over too.
    let embedder = Arc::clone(&app.asker.retriever().embedder);
    let mut vectors: HashMap<String, Vec<f32>> = app.meanings.with(embedder.id(), |known| {
        gaps.iter().filter_map(|gap| Some((gap.tag.clone(), known.get(&gap.tag)?.clone()))).collect()
    });
    let new: Vec<&Gap> = gaps.iter().filter(|gap| !vectors.contains_key(&gap.tag)).collect();
    if !new.is_empty() {
        let embedded = embedder.embed(new.iter().map(|gap| gap.question.clone()).collect()).await?;
        let named: Vec<_> = new.iter().map(|gap| gap.tag.clone()).zip(embedded).collect();
        app.meanings.with(embedder.id(), |known| known.extend(named.iter().cloned()));
        vectors.extend(named);
    }
    Ok(vectors)
}

/// The snapshot that the open tickets were last asked of, all of them and as a whole. Who asks them holds it, one at a time.
#[derive(Default)]
pub struct AskedOf(tokio::sync::Mutex<Option<Snapshot>>);

/// Asks every open ticket's first question again, and closes those that what is published answers now. Failures are logged: the
/// tickets stay open.
pub async fn fill(app: Arc<App>) {
    tell(ask_again(&app, true).await);
}

/// The same where something else is published than when they were last asked, whoever published it and however.
pub async fn fill_anew(app: Arc<App>) {
    tell(ask_again(&app, false).await);
}

/// Looks for ever whether something else is published.
pub async fn keep_filling(app: Arc<App>) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        fill_anew(Arc::clone(&app)).await;
    }
}

fn tell(outcome: Result<()>) {
    if let Err(error) = outcome {
        tracing::error!("tickets of questions without evidence could not be looked at: {error:#}");
    }
}

async fn ask_again(app: &Arc<App>, is_wanted: bool) -> Result<()> {
    let mut asked_of = app.tickets_asked_of.0.lock().await;
    let reader = Arc::clone(app);
    let published = tokio::task::spawn_blocking(move || reader.asker.ledger().snapshots()).await??.published;
    if !is_wanted && *asked_of == Some(published) {
        return Ok(());
    }
    let mut open = tickets(app, Some(TicketState::Open)).await?;
    // What this snapshot had filled and somebody has opened again waits for another one.
    open.retain(|ticket| ticket.row.snapshot != Some(published.0));
    if fill_these(app, open).await {
        *asked_of = Some(published);
    }
    Ok(())
}

/// Asks the first question of each of these tickets again, and closes those that what is published answers now. One that cannot be
/// asked or closed keeps no other from it. Says whether they were asked of all that is published: while a part of the search is
/// away, none is.
pub async fn fill_these(app: &Arc<App>, open: Vec<Ticket>) -> bool {
    let mut were_asked = true;
    for ticket in open {
        match fill_one(app, &ticket).await {
            Ok(true) => {}
            Ok(false) => return false,
            Err(error) => {
                were_asked = false;
                tracing::error!(ticket = ticket.row.id, "a question could not be asked again: {error:#}");
            }
        }
    }
    were_asked
}

async fn fill_one(app: &Arc<App>, ticket: &Ticket) -> Result<bool> {
    let Some(first) = ticket.questions.first() else { return Ok(true) };
    let question = Question { extractive: true, ..Question::new(&first.question) };
    let answer = app.asker.ask_alone(&question).await?;
    // While a part of the search is away, what answers may be another text than the one that was missed.
    if answer.missing.is_some() {
        return Ok(false);
    }
    if matches!(answer.status, Status::NoEvidence | Status::RefusedScope) {
        return Ok(true);
    }
    let (Snapshot(snapshot), id, app) = (answer.snapshot, ticket.row.id.clone(), Arc::clone(app));
    tokio::task::spawn_blocking(move || -> Result<bool> {
        // The snapshot is on record before what it has filled.
        corpus_record::follow(app.asker.ledger(), &app.audit)?;
        if let Err(error) = app.curation.fill(&id, snapshot, &app.asker.now().to_string()) {
            // Somebody has brought it elsewhere meanwhile.
            return if matches!(error, curation::Error::Ticket { .. }) { Ok(true) } else { Err(error.into()) };
        }
        let draft = audit::Draft::new("gap.filled", audit::Actor::service())
            .with("ticket", audit::token(&id))
            .with("snapshot", snapshot);
        app.audit.append(draft)?;
        Ok(true)
    })
    .await?
}
