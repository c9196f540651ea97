//! From a question to an answer.

mod find;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use inference::{Generator, Request};
use jiff::Timestamp;
use knowledge::{CorpusId, Evidence, Snapshot};
use ledger::Ledger;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::find::Found;
use crate::answer::{Answer, Conflict, Mode, Statement, Status, Timings};
use crate::conflicts::conflicts;
use crate::draft::{DraftReader, Grounder};
use crate::enough::Enough;
use crate::error::{Error, Result};
use crate::judge::Judge;
use crate::means::Means;
use crate::question::Question;
use crate::retrieve::{Retrieved, Retriever, elapsed_ms, whole_ms};
use crate::scope::{BANNER, Scope, scope};
use crate::seams::{Clock, Ids};
use crate::select::{Selected, narrow};
use crate::unknowns::{Unknown, unknowns};
use crate::written::{Written, extracted};
use crate::{grammar, prompt};

/// Passages shown as nearest when there is too little evidence.
const CLOSEST: usize = 3;

/// How answers are written.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Who chooses the words, when a model writes.
    pub mode: Mode,
    /// How much evidence an answer needs.
    pub enough: Enough,
    /// Passages an answer may rest on.
    pub passages: usize,
    /// Words of each that the model is shown.
    pub words_per_passage: usize,
    /// Statements, at most.
    pub statements: usize,
    /// Tokens the model may write.
    pub max_tokens: usize,
    /// The longest the model may take; after that what it has sent stands, or the answer is extractive.
    pub deadline: Duration,
}

impl Default for Settings {
    /// For the starter model on two cores: a prompt of some 250 tokens.
    fn default() -> Self {
        Self {
            mode: Mode::Quoting,
            enough: Enough::default(),
            passages: 3,
            words_per_passage: 40,
            statements: 3,
            max_tokens: 320,
            deadline: Duration::from_secs(60),
        }
    }
}

/// What the asker needs.
pub struct Parts {
    /// The search half.
    pub retriever: Retriever,
    /// What writes, if anything does.
    pub generator: Option<Arc<dyn Generator>>,
    /// What judges statements in a model's own words, if anything does.
    pub judge: Option<Judge>,
    /// How.
    pub settings: Settings,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of ids.
    pub ids: Arc<dyn Ids>,
}

/// Answers questions.
pub struct Asker {
    ledger: Arc<Ledger>,
    /// A question takes it once, and searches with it from beginning to end.
    retriever: RwLock<Arc<Retriever>>,
    generator: Option<Arc<dyn Generator>>,
    judge: Option<Judge>,
    settings: Settings,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

/// What can be told while an answer is being made. Statements are final when they come.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// A stage has begun: `retrieve`, `generate`, `extract`.
    Stage(&'static str),
    /// What the answer will rest on.
    Evidence(Vec<Evidence>),
    /// A grounded statement.
    Statement(Statement),
}

/// An answer in the making.
#[derive(Default)]
struct Draft {
    written: Written,
    evidence: Vec<Evidence>,
    closest: Vec<Evidence>,
    conflicts: Vec<Conflict>,
    unknowns: Vec<Unknown>,
    searched: Vec<CorpusId>,
    means: Option<Means>,
    banner: Option<String>,
    /// What part of the search was away.
    missing: Option<&'static str>,
    embed_ms: u64,
    retrieve_ms: u64,
}

impl Asker {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        let Parts { retriever, generator, judge, settings, clock, ids } = parts;
        let (ledger, retriever) = (Arc::clone(&retriever.ledger), RwLock::new(Arc::new(retriever)));
        Self { ledger, retriever, generator, judge, settings, clock, ids }
    }

    /// The source of truth. It stays the same as long as the asker is there.
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// The search half as it is now. Another one may take its place; whoever searches more than once for one purpose keeps
    /// this one.
    pub fn retriever(&self) -> Arc<Retriever> {
        Arc::clone(&self.retriever.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Has questions searched with another embedder and another index from now on, on the same ledger. Those under way are
    /// answered with what they began with.
    pub fn replace_retriever(&self, retriever: Retriever) {
        *self.retriever.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(retriever);
    }

    /// What writes, if anything does.
    pub fn generator(&self) -> Option<&Arc<dyn Generator>> {
        self.generator.as_ref()
    }

    /// An id and the time, for a question that has just come in: what is recorded before anything is done.
    pub fn ticket(&self) -> (Uuid, Timestamp) {
        (self.ids.next(), self.clock.now())
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What judges statements, if anything does.
    pub fn judge(&self) -> Option<&Judge> {
        self.judge.as_ref()
    }

    /// An id that nobody can guess.
    pub fn secret(&self) -> Uuid {
        self.ids.secret()
    }

    /// Whether the corpus has enough to answer from; nothing is written or recorded.
    ///
    /// # Errors
    /// As [`Asker::ask`].
    pub async fn has_enough(&self, question: &Question) -> Result<bool> {
        Ok(self.find(&self.retriever(), question).await?.is_enough())
    }

    /// Answers a program that waits: nothing is told meanwhile, and nothing cancels it.
    ///
    /// # Errors
    /// As [`Asker::ask`].
    pub async fn ask_alone(&self, question: &Question) -> Result<Answer> {
        let (progress, _) = unbounded_channel();
        self.ask(self.ticket(), question, &CancellationToken::new(), &progress).await
    }

    /// Answers. Too little evidence and a model that fails are answers too, and say so; errors are for questions that cannot
    /// be asked and for stores that fail.
    ///
    /// # Errors
    /// [`Error::Question`], [`Error::Ledger`], [`Error::Index`], [`Error::Inference`]; [`Error::Cancelled`] when `cancel` is
    /// called.
    pub async fn ask(
        &self,
        (id, asked_at): (Uuid, Timestamp),
        question: &Question,
        cancel: &CancellationToken,
        progress: &UnboundedSender<Progress>,
    ) -> Result<Answer> {
        let began = Instant::now();
        // Nobody listening is no reason to stop.
        let tell = |event| drop(progress.send(event));
        let urgent = match scope(&question.question) {
            Scope::Refused(reason) => {
                let snapshot = self.retriever().snapshot(question)?;
                let written = Written::without_statements(Status::RefusedScope, reason.to_owned());
                let draft = Draft { written, ..Draft::default() };
                return Ok(self.answer(id, asked_at, question, snapshot, draft, began));
            }
            Scope::TimeCritical => true,
            Scope::Literature => false,
        };
        tell(Progress::Stage("retrieve"));
        let retriever = self.retriever();
        let finding = Instant::now();
        let Found { question, retrieved, selected: whole, fit } = self.find(&retriever, question).await?;
        let Retrieved { snapshot, missing, hits, limits, took, .. } = retrieved;
        let (embed_ms, retrieve_ms) = (whole_ms(took.embed), whole_ms(finding.elapsed().saturating_sub(took.embed)));
        let text = question.search_text();
        let searched = retriever.searched(&question)?;
        let means = Some(retriever.means(&searched)?);
        let banner = urgent.then(|| BANNER.to_owned());
        let mut draft = Draft { searched, means, banner, missing, embed_ms, retrieve_ms, ..Draft::default() };
        let closest: Vec<Evidence> = hits.into_iter().filter_map(|hit| limits.cut(hit)).take(CLOSEST).collect();
        // What was found may say nothing of what was asked about that can be quoted.
        if whole.is_empty() {
            let reason = if snapshot == Snapshot(0) {
                "nothing has been published yet: ingest a corpus first"
            } else if missing.is_some() {
                "what was found is too little to answer from; ask again later; the closest passages are listed"
            } else {
                "the corpus has too little on this question; the closest passages are listed"
            };
            draft.closest = closest;
            draft.written = Written::without_statements(Status::NoEvidence, reason.to_owned());
            return Ok(self.answer(id, asked_at, &question, snapshot, draft, began));
        }
        let found = limits.narrow(whole);
        if found.is_empty() {
            let reason = "what the corpus has on this question may not be shown, by its licence";
            draft.written = Written::without_statements(Status::NoEvidence, reason.to_owned());
            return Ok(self.answer(id, asked_at, &question, snapshot, draft, began));
        }
        let selected: Vec<Selected> = found.iter().take(self.settings.passages).cloned().collect();
        draft.evidence = selected.iter().map(|one| one.evidence.clone()).collect();
        tell(Progress::Evidence(draft.evidence.clone()));
        draft.written = if urgent {
            extracted(
                &selected,
                "a time-critical question is answered with passages of the sources alone".to_owned(),
                progress,
            )
        } else {
            self.write(&question, selected, cancel, progress).await?
        };
        let checking = Instant::now();
        if draft.written.statements.is_empty() {
            draft.closest = draft.evidence.iter().take(CLOSEST).cloned().collect();
        }
        if let Some(warning) = fit.allergies.warning(&draft.written.statements) {
            draft.banner = Some(draft.banner.map_or_else(|| warning.clone(), |banner| format!("{banner} {warning}")));
        }
        draft.conflicts = conflicts(&draft.written.statements, &mut draft.evidence, &found);
        // What a follow-up leaves out may stand in what it follows.
        draft.unknowns = unknowns(&text, question.patient.as_ref(), &draft.written.statements, &draft.evidence);
        draft.written.ground_ms += elapsed_ms(checking);
        Ok(self.answer(id, asked_at, &question, snapshot, draft, began))
    }

    fn answer(
        &self,
        id: Uuid,
        asked_at: Timestamp,
        question: &Question,
        snapshot: Snapshot,
        draft: Draft,
        began: Instant,
    ) -> Answer {
        let (searched, means) = (draft.searched, draft.means);
        let Draft { mut written, evidence, closest, conflicts, unknowns, banner, missing, .. } = draft;
        let (embed_ms, retrieve_ms) = (draft.embed_ms, draft.retrieve_ms);
        if let Some(missing) = missing {
            written.degrade(missing);
        }
        let wrote = written.prompt_sha256.is_some() && matches!(written.mode, Mode::Quoting | Mode::Synthesis);
        let model = self.generator.as_ref().filter(|_| wrote).map(|generator| generator.model().clone());
        let judge = self.judge.as_ref().filter(|_| written.is_judged).map(|judge| judge.model().clone());
        Answer {
            id: id.to_string(),
            status: written.status,
            mode: written.mode,
            reason: written.reason,
            missing: missing.map(str::to_owned),
            question: question.question.clone(),
            asked_at: asked_at.to_string(),
            filters: question.filters.clone(),
            as_of: question.as_of,
            statements: written.statements,
            rules: grounding::RULES,
            evidence,
            banner,
            conflicts,
            unknowns,
            searched,
            closest,
            snapshot,
            model,
            judge,
            prompt_sha256: written.prompt_sha256.filter(|_| wrote),
            timings_ms: self.clock.told(Timings {
                embed: embed_ms,
                retrieve: retrieve_ms,
                generate: written.generate_ms,
                ground: written.ground_ms,
                total: elapsed_ms(began),
            }),
            means,
        }
    }

    /// Lets the model write, and falls back on the sentences themselves when it cannot.
    async fn write(
        &self,
        question: &Question,
        selected: Vec<Selected>,
        cancel: &CancellationToken,
        progress: &UnboundedSender<Progress>,
    ) -> Result<Written> {
        if question.extractive || self.settings.mode == Mode::Extractive {
            let reason = "the sentences of the sources that come nearest to the question, chosen without a model";
            return Ok(extracted(&selected, reason.to_owned(), progress));
        }
        let Some(generator) = &self.generator else {
            return Ok(extracted(&selected, "no model is configured to write".to_owned(), progress));
        };
        // A grammar or prompt that the engine will not take becomes one of fewer passages, never an unconstrained answer.
        let mut offered = selected.as_slice();
        let outcome = loop {
            match self.generate(generator.as_ref(), question, offered, cancel, progress).await {
                Err(inference::Error::Refused(reason)) if offered.len() > 1 => {
                    tracing::warn!(reason, passages = offered.len(), "the engine refused; asking with fewer passages");
                    offered = &offered[..offered.len() / 2];
                }
                outcome => break outcome,
            }
        };
        match outcome {
            Ok(written) if written.statements.is_empty() => {
                Ok(extracted(&selected, "nothing the model wrote could be kept".to_owned(), progress))
            }
            Ok(written) => Ok(written),
            Err(inference::Error::Cancelled) => Err(Error::Cancelled),
            Err(error) => {
                tracing::warn!(%error, "the model failed; answering with sentences of the evidence");
                Ok(extracted(&selected, error.to_string(), progress))
            }
        }
    }

    async fn generate(
        &self,
        generator: &dyn Generator,
        question: &Question,
        selected: &[Selected],
        cancel: &CancellationToken,
        progress: &UnboundedSender<Progress>,
    ) -> inference::Result<Written> {
        let settings = &self.settings;
        let offered = narrow(selected, settings.words_per_passage);
        drop(progress.send(Progress::Stage("generate")));
        let mut asked = question.search_text();
        if generator.is_elsewhere() {
            // Whom it is about stays in the house.
            asked = privacy::black_out(&asked, &privacy::find(&asked));
        }
        let prompt = prompt::build(&asked, &offered, settings.mode);
        let prompt_sha256 = prompt::sha256(&prompt);
        let (pieces, mut written) = unbounded_channel();
        let request = Request {
            prompt,
            grammar: grammar::build(&offered, settings.mode, settings.statements),
            max_tokens: settings.max_tokens,
            deadline: settings.deadline,
            pieces: Some(pieces),
        };
        let began = Instant::now();
        // A statement in a model's own words is final when it has been judged.
        let judge = self.judge.as_ref().filter(|_| settings.mode == Mode::Synthesis);
        let (mut reader, mut grounder) = (DraftReader::default(), Grounder::new(&offered, settings.mode));
        let mut ground_time = Duration::ZERO;
        let mut take = |piece: &str| {
            let began = Instant::now();
            for raw in reader.push(piece) {
                let statement = grounder.ground(&raw);
                if let Some(statement) = statement.filter(|_| judge.is_none()) {
                    drop(progress.send(Progress::Statement(statement)));
                }
            }
            ground_time += began.elapsed();
        };
        let mut generation = generator.generate(request, cancel.clone());
        let outcome = loop {
            tokio::select! {
                outcome = &mut generation => break outcome,
                Some(piece) = written.recv() => take(&piece),
            }
        };
        // The last pieces may still wait in the channel when the engine is done.
        while let Ok(piece) = written.try_recv() {
            take(&piece);
        }
        let generate_ms = elapsed_ms(began);
        // What was sent is final: it stands when the model fails after it.
        let is_final = judge.is_none() && !grounder.statements().is_empty();
        let cut_off = match outcome {
            Ok(_) => None,
            Err(error) if is_final && !matches!(error, inference::Error::Cancelled) => {
                tracing::warn!(%error, "the model failed; what it had written before stands");
                Some(format!("{error}: what it had written before stands"))
            }
            Err(error) => return Err(error),
        };
        if let Some(judge) = judge {
            let judging = Instant::now();
            grounder.judge(judge, cancel).await?;
            for statement in grounder.statements() {
                drop(progress.send(Progress::Statement(statement.clone())));
            }
            ground_time += judging.elapsed();
        }
        let (statements, less) = grounder.finish();
        let reason = match (cut_off, less) {
            (Some(cut_off), Some(less)) => Some(format!("{cut_off}; {less}")),
            (cut_off, less) => cut_off.or(less),
        };
        let is_judged = judge.is_some();
        let status = if reason.is_some() { Status::Partial } else { Status::Answered };
        let ground_ms = u64::try_from(ground_time.as_millis()).unwrap_or(u64::MAX);
        let prompt_sha256 = Some(prompt_sha256);
        Ok(Written {
            statements,
            status,
            mode: settings.mode,
            reason,
            is_judged,
            prompt_sha256,
            generate_ms,
            ground_ms,
        })
    }
}
