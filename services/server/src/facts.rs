//! What runs here, gathered once for the model card and the labelling: configuration, models, corpora, measured figures, and
//! what people found when they looked at answers.

use answer::Mode;
use evals::{Figure, Run};
use jiff::Timestamp;
use knowledge::{Corpus, Snapshot, sha256_hex};
use ledger::{Ledger, Totals};
use review::{Estimate, Proportion, Review, Reviews};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::app::App;
use crate::config::Config;
use crate::models::{ModelInUse, ModelRole, name_of};

/// The program, with its version.
pub const PROGRAM: &str = concat!("Osler ", env!("CARGO_PKG_VERSION"));

/// Its licence.
pub const LICENCE: &str = env!("CARGO_PKG_LICENSE");

/// Reviews that are read at a time.
const PAGE: u32 = 100;

/// Why the facts could not be gathered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The ledger could not be read.
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
    /// The reviews could not be read.
    #[error(transparent)]
    Review(#[from] review::Error),
}

/// What runs here.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The configuration.
    pub config: Config,
    /// The models that run.
    pub models: Vec<ModelInUse>,
    /// SHA-256 of what models are told beside question and evidence.
    pub prompt_sha256: String,
    /// The corpora, by id.
    pub corpora: Vec<CorpusScope>,
    /// The published snapshot.
    pub snapshot: Snapshot,
    /// When it was published, RFC 3339; `None` when nothing was.
    pub published_at: Option<String>,
    /// The figures that are kept and held against new ones.
    pub figures: Vec<Figure>,
    /// The runs that documents tell of.
    pub runs: Vec<Run>,
    /// The signed review that was signed last.
    pub review: Option<LocalReview>,
}

/// A corpus with what it holds, and from when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CorpusScope {
    /// Its policy.
    #[serde(flatten)]
    pub corpus: Corpus,
    /// What it holds.
    #[serde(flatten)]
    pub totals: Totals,
    /// The earliest date of publication among the texts in force, as its source gives it; `null` when none has one.
    #[schema(example = "2016-02-10")]
    pub oldest: Option<String>,
    /// The latest.
    #[schema(example = "2025-06-12")]
    pub newest: Option<String>,
}

/// A setting that bears on what is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LabelledSetting {
    /// Its key in the configuration.
    #[schema(example = "answer.enough")]
    pub key: &'static str,
    /// What it is set to.
    #[schema(example = "1.01")]
    pub value: String,
}

/// What people found in a review of answers that were given here. Without titles and names: everybody may read it.
#[derive(Debug, Clone, PartialEq)]
pub struct LocalReview {
    /// Id of the review.
    pub id: String,
    /// When it was signed, RFC 3339.
    pub signed_at: String,
    /// Answers were drawn from this time on, RFC 3339.
    pub from: String,
    /// Up to this time.
    pub to: String,
    /// Answers that were drawn.
    pub answers: u64,
    /// Statements that the sources bear out in the eyes of the reviewers.
    pub support: Proportion,
    /// The same, each kind of answer counting as much as it does among all.
    pub stratified: Option<Estimate>,
    /// Agreement of the two reviewers: Cohen's kappa.
    pub kappa: Option<Estimate>,
    /// Statements on which our verdict is theirs.
    pub ours: Option<Proportion>,
    /// Whether it still is what was signed.
    pub is_sound: bool,
    /// Reviews that are signed, this one among them.
    pub signed: usize,
}

impl Facts {
    /// What a model does here, by its role.
    pub fn model(&self, role: ModelRole) -> Option<&ModelInUse> {
        self.models.iter().find(|model| model.role == role)
    }

    /// Who chooses the words.
    pub fn mode(&self) -> Mode {
        self.config.settings().mode
    }
}

/// Gathers what runs.
///
/// # Errors
/// When a store cannot be read.
pub fn gather(app: &App) -> Result<Facts, Error> {
    let ledger = app.asker.ledger();
    let snapshot = ledger.snapshots()?.published;
    Ok(Facts {
        config: app.config.clone(),
        models: app.models(),
        prompt_sha256: answer::instructions_sha256(),
        corpora: scopes(ledger)?,
        snapshot,
        published_at: ledger.published_at(snapshot)?,
        figures: evals::figures(),
        runs: evals::runs(),
        review: last_signed(&app.reviews)?,
    })
}

fn scopes(ledger: &Ledger) -> ledger::Result<Vec<CorpusScope>> {
    let scope = |corpus: Corpus| -> ledger::Result<CorpusScope> {
        let published = ledger.published(&corpus.id)?;
        let totals = ledger.totals(Some(&corpus.id))?;
        Ok(CorpusScope { corpus, totals, oldest: published.oldest, newest: published.newest })
    };
    ledger.corpora()?.into_iter().map(scope).collect()
}

/// The settings that bear on what is answered. No addresses and no paths: everybody may read them.
pub fn settings(config: &Config) -> Vec<LabelledSetting> {
    let (answer, search, reranker) = (&config.answer, &config.search, &config.reranker);
    let setting = |key, value: String| LabelledSetting { key, value };
    let reranker = match (&reranker.directory, &reranker.model) {
        (Some(directory), _) => name_of(directory),
        (None, model) => model.clone().unwrap_or_else(|| "none".to_owned()),
    };
    vec![
        setting("answer.mode", mode_name(config.settings().mode).to_owned()),
        setting("answer.enough", answer.enough.to_string()),
        setting("answer.passages", answer.passages.to_string()),
        setting("answer.words_per_passage", answer.words_per_passage.to_string()),
        setting("answer.statements", answer.statements.to_string()),
        setting("answer.max_tokens", answer.max_tokens.to_string()),
        setting("generator.deadline_s", config.generator.deadline_s.to_string()),
        setting("judge.allow_same_family", config.judge.allow_same_family.to_string()),
        setting("embedder.precision", config.embedder.precision.name().to_owned()),
        setting("search.expansion", search.expansion.to_string()),
        setting("search.priors", search.priors.to_string()),
        setting("reranker.model", reranker),
        setting("reranker.deadline_s", config.reranker.deadline_s.to_string()),
    ]
}

/// The name of a mode, as the configuration writes it.
pub fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Extractive => "extractive",
        Mode::Quoting => "quoting",
        Mode::Synthesis => "synthesis",
    }
}

/// SHA-256 of the one spelling of a value (RFC 8785).
pub(crate) fn sha256_of(value: &Value) -> String {
    sha256_hex(audit::canonical(value).unwrap_or_else(|| value.to_string()).as_bytes())
}

/// The review that was signed last, with what it came to.
fn last_signed(reviews: &Reviews) -> review::Result<Option<LocalReview>> {
    let mut signed: Vec<(Option<Timestamp>, Review)> = Vec::new();
    let mut before = None;
    loop {
        let page = reviews.list(PAGE, before)?;
        for review in page.reviews {
            if let Some(signature) = &review.signature {
                signed.push((signature.at.parse().ok(), review));
            }
        }
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    let count = signed.len();
    signed.sort_by(|(one_at, one), (other_at, other)| (one_at, &one.id).cmp(&(other_at, &other.id)));
    let Some((_, review)) = signed.pop() else { return Ok(None) };
    let statistics = reviews.statistics(&review.id)?;
    Ok(Some(LocalReview {
        is_sound: reviews.verify_signature(&review.id)?,
        signed_at: review.signature.map(|signature| signature.at).unwrap_or_default(),
        answers: review.strata.iter().map(|stratum| stratum.sampled).sum(),
        support: statistics.support,
        stratified: statistics.stratified_support,
        kappa: statistics.agreement.kappa,
        ours: statistics.ours.map(|ours| ours.observed),
        from: review.from,
        to: review.to,
        id: review.id,
        signed: count,
    }))
}

#[cfg(test)]
impl Facts {
    /// The defaults on a small corpus, with a figure of each sort.
    pub(crate) fn sample() -> Self {
        let corpus = Corpus {
            id: "starter".parse().expect("a name"),
            title: "Osler starter corpus".to_owned(),
            issuer: "Osler Teaching Library".to_owned(),
            kind: knowledge::Kind::Guideline,
            licence: "Apache-2.0".to_owned(),
            rights: knowledge::Rights { index: true, quote_words: None, display: true, export: true, expires: None },
            jurisdiction: "international".to_owned(),
            language: "en".to_owned(),
            evidence_level: None,
        };
        let figure = |suite, metric| Figure { measured_on: "2026-11-28".into(), ..Figure::share(suite, metric, 7, 10) };
        let answers = figure("answers", "held out: some statement is the answering sentence");
        Self {
            config: Config::default(),
            models: vec![ModelInUse {
                role: ModelRole::Embedder,
                id: "clinical-minilm-l6-v1".to_owned(),
                revision: Some("1".to_owned()),
                sha256: Some("ab".repeat(32)),
                licence: Some("Apache-2.0".to_owned()),
            }],
            prompt_sha256: "cd".repeat(32),
            corpora: vec![CorpusScope {
                corpus,
                totals: Totals { documents: 75, versions: 78, passages: 1_234 },
                oldest: Some("2015-06".to_owned()),
                newest: Some("2025-06-12".to_owned()),
            }],
            snapshot: Snapshot(3),
            published_at: Some("2026-11-20T10:00:00Z".to_owned()),
            figures: vec![
                figure("grounding", "drug: caught"),
                figure("retrieval", "ranked: nDCG@10"),
                figure("abstention", "held out: abstained where the corpus has no answer"),
                figure("abstention", "held out: wrongly refused").less_is_better(),
                answers.in_mode(Mode::Extractive, None),
            ],
            runs: evals::runs(),
            review: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use review::{Candidate, Error, Judgement, NewReview, Rating, Recorded, Seed, SignOff, Words};

    use super::*;

    /// A log that has no words.
    struct Silent;

    impl Words for Silent {
        fn words(&self, _: &review::Place, _: &str) -> review::Result<Option<String>> {
            Ok(None)
        }
    }

    fn signed(reviews: &Reviews, id: &str, rating: Rating, at: &str) {
        let candidates = [Candidate { answer: "a1".to_owned(), stratum: "answered".to_owned(), statements: 2 }];
        let ours = [("a1".to_owned(), vec!["supported".to_owned(); 2])].into();
        let new = NewReview {
            id: id.to_owned(),
            title: "The ward that must not be named".to_owned(),
            created_at: "2026-11-01T08:00:00Z".to_owned(),
            created_by: "cora".to_owned(),
            seed: Seed::new([7; 32]),
            from: "2026-10-01T00:00:00Z".to_owned(),
            to: "2026-11-01T00:00:00Z".to_owned(),
            size: 1,
            reviewers: ["ada".to_owned(), "bob".to_owned()],
            adjudicator: None,
        };
        reviews.create(&new, &candidates, &ours, |_| Ok::<_, Error>(())).unwrap();
        for n in 1..=2 {
            for who in ["ada", "bob"] {
                let (at, salt) = ("2026-11-02T08:00:00Z", [7; 32]);
                let judgement = Judgement { review: id, n, who, rating, words: None, at, salt };
                let log = |_: &review::ToRecord<'_>| Ok::<_, Error>(Recorded { entry: 0, words: None });
                reviews.rate(&judgement, &Silent, log).unwrap();
            }
        }
        let record = sha256_hex(reviews.record(id).unwrap().as_bytes());
        let (who, full_name, meaning) = ("dora", "Dora Dahl", "reviewed");
        let signing = SignOff { review: id, who, full_name, meaning, at, record_hash: &record };
        reviews.sign_off(&signing, |_| Ok::<_, Error>(())).unwrap();
    }

    #[test]
    fn the_review_that_was_signed_last_counts() {
        let directory = tempfile::tempdir().unwrap();
        let reviews = Reviews::open(&directory.path().join("reviews.db")).unwrap();
        assert_eq!(last_signed(&reviews).unwrap(), None);
        signed(&reviews, "r1", Rating::Supported, "2026-11-03T08:00:00.5Z");
        signed(&reviews, "r2", Rating::Partial, "2026-11-03T08:00:00Z");
        let last = last_signed(&reviews).unwrap().unwrap();
        assert_eq!((last.id.as_str(), last.signed, last.answers, last.is_sound), ("r1", 2, 1, true));
        assert_eq!((last.support.count, last.support.of), (2, 2));
    }

    #[test]
    fn settings_tell_no_paths() {
        let mut config = Config::default();
        config.reranker.directory = Some("/secret/place/cross-encoder".into());
        let settings = settings(&config);
        assert!(settings.iter().any(|setting| setting.value == "cross-encoder"), "{settings:?}");
        assert!(settings.iter().all(|setting| !setting.value.contains('/')), "{settings:?}");
    }
}
