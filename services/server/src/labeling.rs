//! The labelling: what this installation is for, what it runs on, how well that did, and where it ends. Made of what runs, and on
//! record whenever it is another than before.

use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use audit::{Actor, AuditLog, Draft};
use knowledge::Snapshot;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::app::App;
use crate::config::Identifying;
use crate::facts::{self, CorpusScope, Facts, LabelledSetting, PROGRAM, settings, sha256_of};
use crate::model_card::{MeasuredFigure, day, grouped, of_review, shipped, version};
use crate::models::ModelInUse;

/// What it is for.
pub const INTENDED_USE: &str = "Finds what the corpora of this house say on a clinical question and quotes it, each \
     statement with its source, for a professional to read and judge. It recommends nothing of its own.";

/// Whom it is for.
pub const INTENDED_USERS: &str = "Health professionals, librarians and auditors of the house that runs it.";

/// What it is not for.
pub const NOT_FOR: [&str; 5] = [
    "emergencies and other time-critical decisions",
    "patients on their own",
    "reading images, signals, or genomic data",
    "decisions without a professional who has opened the sources",
    "questions outside the corpora that are listed here",
];

/// Its part in a decision.
pub const DECISION_ROLE: &str = "It informs: a professional opens the sources, judges them and decides. It replaces no \
     decision and starts none.";

/// The corpus that comes with the program.
const TEACHING: &str = "starter";

/// The action of the entries that a changed labelling leaves.
const CHANGED: &str = "label.changed";

/// The labelling, with its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Labeling {
    /// SHA-256 of all other members in their one spelling (RFC 8785), hexadecimal. The audit log has it, from when it is true.
    pub sha256: String,
    /// What it says.
    #[serde(flatten)]
    pub content: LabelingContent,
}

/// What the labelling says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LabelingContent {
    /// The program.
    #[schema(example = "Osler 0.1.0")]
    pub program: &'static str,
    /// Version of the model card that goes with it.
    pub model_card: String,
    /// What it is for.
    pub intended_use: &'static str,
    /// Whom it is for.
    pub intended_users: &'static str,
    /// Which patients it is about.
    pub intended_patients: String,
    /// Its part in a decision.
    pub decision_role: &'static str,
    /// What it is not for.
    pub not_for: [&'static str; 5],
    /// Who chooses the words of answers.
    pub mode: answer::Mode,
    /// The models that run.
    pub models: Vec<ModelInUse>,
    /// SHA-256 of what models are told beside question and evidence, in every mode and as a judge.
    pub prompt_sha256: String,
    /// The settings that bear on what is answered.
    pub settings: Vec<LabelledSetting>,
    /// The published snapshot.
    pub snapshot: Snapshot,
    /// When it was published, RFC 3339; `null` when nothing was.
    pub published_at: Option<String>,
    /// The corpora that are searched, by id.
    pub corpora: Vec<CorpusScope>,
    /// What was measured: by runs that come with the program, and by people here.
    pub validation: Vec<MeasuredFigure>,
    /// Where it ends.
    pub limits: Vec<String>,
}

impl Labeling {
    /// The labelling of what runs.
    pub fn of(facts: &Facts) -> Self {
        let reviewed = facts.review.iter().filter(|review| review.is_sound).flat_map(of_review);
        let content = LabelingContent {
            program: PROGRAM,
            model_card: version(facts),
            intended_use: INTENDED_USE,
            intended_users: INTENDED_USERS,
            intended_patients: population(facts),
            decision_role: DECISION_ROLE,
            not_for: NOT_FOR,
            mode: facts.mode(),
            models: facts.models.clone(),
            prompt_sha256: facts.prompt_sha256.clone(),
            settings: settings(&facts.config),
            snapshot: facts.snapshot,
            published_at: facts.published_at.clone(),
            corpora: facts.corpora.clone(),
            validation: shipped(facts).into_iter().chain(reviewed).collect(),
            limits: limits(facts),
        };
        Self { sha256: sha256_of(&json!(content)), content }
    }

    /// Puts the labelling on record, unless it is what is there last. Says whether it did.
    ///
    /// # Errors
    /// When the log cannot be read or written.
    pub fn record(&self, log: &AuditLog) -> audit::Result<bool> {
        let last = log.entries(CHANGED, None, None, 1)?;
        let is_known = last.first().and_then(|entry| entry.text("sha256")) == Some(self.sha256.as_str());
        if !is_known {
            let draft = Draft::new(CHANGED, Actor::service())
                .with("sha256", self.sha256.as_str())
                .with("model_card", self.content.model_card.as_str())
                .with("snapshot", self.content.snapshot.0);
            log.append(draft)?;
        }
        Ok(!is_known)
    }
}

/// What moves when the labelling may have changed: the published snapshot, decisions, runs of ingest, signed reviews.
type Moved = (Snapshot, u64, i64, Option<u64>);

/// Puts a changed labelling on record while the service runs.
#[derive(Debug, Default)]
pub struct Follower {
    seen: Mutex<Option<Moved>>,
}

impl Follower {
    /// Makes the labelling anew if anything has moved since it was asked last, and puts it on record if it has changed.
    ///
    /// # Errors
    /// When a store cannot be read, or the log cannot be written.
    pub fn follow(&self, app: &App) -> Result<()> {
        let ledger = app.asker.ledger();
        let signed = app.audit.entries("review.signed", None, None, 1)?.first().map(|entry| entry.seq);
        let moved = (ledger.snapshots()?.published, ledger.last_decision()?, ledger.last_run()?, signed);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen != Some(moved) {
            Labeling::of(&facts::gather(app)?).record(&app.audit)?;
            *seen = Some(moved);
        }
        Ok(())
    }
}

/// A corpus in a few words: "Osler starter corpus (Osler Teaching Library): 75 documents, published 2015-06 to 2025-06-12".
pub(crate) fn describe(scope: &CorpusScope) -> String {
    let CorpusScope { corpus, totals, oldest, newest } = scope;
    let documents = if totals.documents == 1 { "document" } else { "documents" };
    let held = format!("{} ({}): {} {documents}", corpus.title, corpus.issuer, grouped(totals.documents));
    match (oldest, newest) {
        (Some(oldest), Some(newest)) if oldest == newest => format!("{held}, published {oldest}"),
        (Some(oldest), Some(newest)) => format!("{held}, published {oldest} to {newest}"),
        _ => format!("{held}, without dates of publication"),
    }
}

/// Since when the knowledge is what it is.
pub(crate) fn published(facts: &Facts) -> String {
    match &facts.published_at {
        Some(at) => format!("Questions are answered from snapshot {}, published on {}.", facts.snapshot, day(at)),
        None => "Nothing has been published yet, so that nothing can be answered.".to_owned(),
    }
}

/// Which patients it is about.
pub(crate) fn population(facts: &Facts) -> String {
    if facts.corpora.is_empty() {
        return "Nobody so far: no corpus is loaded.".to_owned();
    }
    let titles: Vec<&str> = facts.corpora.iter().map(|scope| scope.corpus.title.as_str()).collect();
    format!(
        "Patients of any age and sex, as far as the documents of the corpora in use speak of them ({}). No patient is \
         needed: a question may come with a patient's context or without.",
        titles.join("; ")
    )
}

/// What becomes of words in a question that may identify a person, and how far that goes.
fn identifying(facts: &Facts) -> &'static str {
    match facts.config.answer.identifying {
        Identifying::Note => {
            "Words in a question that may identify a person are found by rules, which miss some, unusual names above \
             all. They are counted on record and sealed with the question, which is answered all the same."
        }
        Identifying::Refuse => {
            "A question with words that seem to identify a person is refused. They are found by rules, which miss \
             some, unusual names above all."
        }
    }
}

/// Where it ends: what it cannot do, and how often it did not when it was measured.
pub(crate) fn limits(facts: &Facts) -> Vec<String> {
    let mut limits = vec![
        "It knows only what stands in the corpora that are listed here, and says nothing of how good they are."
            .to_owned(),
        "Quotes are short: what stands before and after them in the document may change what they mean.".to_owned(),
        "Scanned pages are not read.".to_owned(),
        identifying(facts).to_owned(),
    ];
    if facts.corpora.iter().any(|scope| scope.corpus.id.as_str() == TEACHING) {
        limits.push(format!(
            "The corpus {TEACHING} is teaching material: nothing it says is advice for the care of a patient."
        ));
    }
    if facts.mode() == answer::Mode::Synthesis {
        limits.push("A model writes: what the check of statements misses can stand in its words.".to_owned());
    }
    let measured = |suite: &str, metric: &str, said: &dyn Fn(String, String) -> String| {
        let is_meant = |figure: &&evals::Figure| figure.suite == suite && figure.metric == metric;
        let figure = facts.figures.iter().find(is_meant)?;
        Some(said(format!("{} %", figure.value), grouped(figure.of?)))
    };
    limits.extend(measured("abstention", "held out: abstained where the corpus has no answer", &|share, of| {
        format!(
            "Of {of} questions that a corpus did not answer, {share} were left unanswered: the others got \
             sentences beside the point."
        )
    }));
    limits.extend(measured("abstention", "held out: wrongly refused", &|share, of| {
        format!("Of {of} questions that a corpus did answer, {share} were left unanswered.")
    }));
    limits.extend(measured("answers", "held out: some statement is the answering sentence", &|share, of| {
        format!(
            "In {share} of {of} answers the sentence that answers the question was among the statements, in the \
             others it was not."
        )
    }));
    limits.extend(measured("grounding", "all mutants: caught", &|share, of| {
        format!("Of {of} sentences that were changed to say something else, the check of statements caught {share}.")
    }));
    limits.extend(measured("decisions", "time-critical: seen", &|share, of| {
        format!("Of {of} time-critical questions, {share} were seen as such and got the banner.")
    }));
    limits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::system_seams;

    #[test]
    fn the_hash_is_that_of_everything_else() {
        let labeling = Labeling::of(&Facts::sample());
        let mut value = json!(labeling);
        value.as_object_mut().unwrap().remove("sha256");
        assert_eq!(sha256_of(&value), labeling.sha256);
        assert!(audit::canonical(&value).is_some(), "it has one spelling");
        let mut others = vec![Facts::sample(); 3];
        others[0].corpora[0].totals.documents += 1;
        others[1].config.answer.statements += 1;
        others[2].figures[0].value += 1.0;
        assert!(others.iter().all(|facts| Labeling::of(facts).sha256 != labeling.sha256));
    }

    #[test]
    fn limits_are_those_of_what_runs_and_was_measured() {
        let sample = Facts::sample();
        let said = limits(&sample).join("\n");
        assert!(said.contains("Of 10 questions that a corpus did not answer, 70 % were left unanswered"), "{said}");
        assert!(said.contains("teaching material"));
        let other = limits(&Facts { corpora: Vec::new(), figures: Vec::new(), ..sample }).join("\n");
        assert!(!other.contains("teaching material") && !other.contains('%'), "{other}");
    }

    #[test]
    fn what_becomes_of_words_that_identify_a_person_is_what_is_configured() {
        let mut facts = Facts::sample();
        let noted = limits(&facts).join("\n");
        assert!(noted.contains("counted on record") && !noted.contains("is refused"), "{noted}");
        facts.config.answer.identifying = Identifying::Refuse;
        let refused = limits(&facts).join("\n");
        assert!(refused.contains("is refused") && !refused.contains("counted on record"), "{refused}");
    }

    #[test]
    fn a_labelling_is_on_record_once_until_it_changes() {
        let directory = tempfile::tempdir().unwrap();
        let log = AuditLog::open(
            directory.path(),
            audit::Options {
                tenant: "default".to_owned(),
                keys: directory.path().join("keys"),
                guard: None,
                kept_days: 1,
                early_erasure: false,
                seams: system_seams(),
            },
        )
        .unwrap();
        let mut facts = Facts::sample();
        assert!(Labeling::of(&facts).record(&log).unwrap());
        assert!(!Labeling::of(&facts).record(&log).unwrap());
        facts.snapshot.0 += 1;
        assert!(Labeling::of(&facts).record(&log).unwrap());
        let entries = log.entries(CHANGED, None, None, 10).unwrap();
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0].text("sha256"), Some(Labeling::of(&facts).sha256.as_str()));
    }
}
