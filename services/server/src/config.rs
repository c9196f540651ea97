//! Configuration: a TOML file, and the few environment variables that name places.

use std::path::PathBuf;
use std::time::Duration;

use ::ingest::connect::S3Key;
use anyhow::{Context, Result, bail};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod audit;
mod identity;
mod ingest;
mod reference;
mod replication;
mod search;

pub use audit::{Audit, WitnessAt};
pub use identity::{Identity, Provider};
pub use ingest::Ingest;
pub use reference::reference;
pub use replication::{Replication, Role as Part, Shared};
pub use search::{Embedder, Precision, Reranker, Search, Vectors};

/// The list of models that comes with the program.
const MODELS: &str = include_str!("../../../deploy/models.toml");

/// Everything that can be configured. Every key has a default.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The HTTP service.
    pub server: Server,
    /// Where models come from.
    pub models: Models,
    /// What turns texts into vectors.
    pub embedder: Embedder,
    /// What writes answers.
    pub generator: Generator,
    /// How answers are written.
    pub answer: Answer,
    /// What judges statements after the rules.
    pub judge: Judge,
    /// How documents are taken in.
    pub ingest: Ingest,
    /// How passages are found.
    pub search: Search,
    /// What orders them, beside the search.
    pub reranker: Reranker,
    /// Where vectors are kept.
    pub vectors: Vectors,
    /// One library on several machines.
    pub replication: Replication,
    /// Conversations of those who ask.
    pub history: History,
    /// How the record of everything is kept.
    pub audit: Audit,
    /// Who may come in.
    pub identity: Identity,
}

/// The HTTP service.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address to listen on.
    pub listen: String,
    /// Questions in work or waiting, at most, and whatever else a model is asked; one more is answered 503 with Retry-After.
    pub max_questions: usize,
    /// Other requests in work, at most, and as many again of those who have not signed in.
    pub max_requests: usize,
    /// Seconds after which a request is given up; what a model is asked, checks of texts, uploads and bundles have bounds of their
    /// own.
    pub timeout_s: u64,
    /// Largest request body, in bytes.
    pub max_body_bytes: usize,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            max_questions: 16,
            max_requests: 256,
            timeout_s: 15,
            max_body_bytes: 256 << 10,
        }
    }
}

/// Where models come from.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Models {
    /// A list of models beside the built-in one (`deploy/models.toml`); what has the name of one there replaces it.
    pub list: Option<PathBuf>,
    /// Address of the model hub, for models that come from one.
    pub hub: String,
}

impl Default for Models {
    fn default() -> Self {
        Self { list: None, hub: "https://huggingface.co".to_owned() }
    }
}

/// Who writes answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Backend {
    /// A model in this process, run by mistral.rs.
    #[default]
    Local,
    /// A model behind an OpenAI-shaped endpoint.
    Endpoint,
    /// Nobody: answers are extractive.
    None,
}

/// What writes answers. What is named here and missing is an error at start, never replaced by something else.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Generator {
    /// `local`, `endpoint` or `none`.
    pub backend: Backend,
    /// With `local`: a model in the list of models. With `endpoint`: the name of the model there.
    pub model: String,
    /// With `local`: a directory with a GGUF file, a UQFF file or safetensors, instead.
    pub directory: Option<PathBuf>,
    /// With `local` and safetensors: quantise to so many bits while loading (2 to 6, or 8). `osler models quantise` keeps the
    /// result.
    pub bits: Option<u8>,
    /// With `endpoint`: its address, up to and with `/v1`.
    pub endpoint: Option<String>,
    /// With `endpoint`: the environment variable that holds its key.
    pub api_key_env: Option<String>,
    /// With `local`: answers written at once.
    pub parallel: usize,
    /// Seconds a model may take; after that what it has sent stands, or the answer is extractive.
    pub deadline_s: u64,
}

impl Default for Generator {
    fn default() -> Self {
        Self {
            backend: Backend::Local,
            model: "smollm2-135m-instruct".to_owned(),
            directory: None,
            bits: None,
            endpoint: None,
            api_key_env: None,
            parallel: 1,
            deadline_s: 60,
        }
    }
}

/// Who chooses the words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Statements are sentences of the sources, chosen by a score; no model is loaded.
    #[default]
    Extractive,
    /// Statements are sentences of the sources, chosen by the model.
    Quoting,
    /// Statements are the model's words, kept where their quotes bear them out.
    Synthesis,
}

/// What becomes of a question with words that may identify a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Identifying {
    /// It is answered; how many of which class there were is on record.
    #[default]
    Note,
    /// It is refused, and that is on record.
    Refuse,
}

/// How answers are written.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Answer {
    /// `extractive`, `quoting` or `synthesis`. The first is the default because it answers more questions than the starter
    /// model does (`osler eval answers`); with a larger model choose one of the others.
    pub mode: Mode,
    /// The least that is enough to answer from: the cosine of the best passage with the question, plus up to 0.2 for what the
    /// question names, plus the cosine of the best sentence. Depends on the embedder.
    pub enough: f32,
    /// Passages an answer may rest on.
    pub passages: usize,
    /// Words of each passage that the model is shown.
    pub words_per_passage: usize,
    /// Statements, at most.
    pub statements: usize,
    /// Tokens the model may write.
    pub max_tokens: usize,
    /// What becomes of questions that name a person, a number or a date that may identify one: `note` or `refuse`. The record has
    /// how many of which class there were, never the words; a model behind an endpoint gets them blacked out either way.
    pub identifying: Identifying,
}

impl Default for Answer {
    fn default() -> Self {
        let answer::Settings { enough, passages, words_per_passage, statements, max_tokens, .. } =
            answer::Settings::default();
        let (mode, identifying) = (Mode::default(), Identifying::default());
        Self { mode, enough: enough.0, passages, words_per_passage, statements, max_tokens, identifying }
    }
}

/// A second model, asked whether quotes bear out statements that are in a model's own words, and for `judge` of `/v1/verify`. It
/// can take standing from a statement that the rules let pass, never give it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Judge {
    /// `local`, `endpoint` or `none`.
    pub backend: Backend,
    /// With `local`: a model in the list of models. With `endpoint`: the name of the model there.
    pub model: String,
    /// With `local`: a directory with a GGUF file, a UQFF file or safetensors, instead.
    pub directory: Option<PathBuf>,
    /// With `endpoint`: its address, up to and with `/v1`.
    pub endpoint: Option<String>,
    /// With `endpoint`: the environment variable that holds its key.
    pub api_key_env: Option<String>,
    /// Seconds it may take for a statement; after that the quote stands.
    pub deadline_s: u64,
    /// Take a judge of the same family as the model that writes: models agree with their kin.
    pub allow_same_family: bool,
}

impl Default for Judge {
    fn default() -> Self {
        Self {
            backend: Backend::None,
            model: String::new(),
            directory: None,
            endpoint: None,
            api_key_env: None,
            deadline_s: 20,
            allow_same_family: false,
        }
    }
}

impl Judge {
    /// As what it is: a model that writes, one statement at a time.
    pub fn as_generator(&self) -> Generator {
        let Self { backend, model, directory, endpoint, api_key_env, deadline_s, allow_same_family: _ } = self.clone();
        Generator { backend, model, directory, bits: None, endpoint, api_key_env, parallel: 1, deadline_s }
    }
}

/// Conversations of those who ask. The audit records of the same questions are not touched by any of this.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct History {
    /// Days after its last use that a conversation is kept; without it, until its owner deletes it.
    pub kept_days: Option<u64>,
    /// Whether its owner may delete a conversation.
    pub owner_may_delete: bool,
}

impl Default for History {
    fn default() -> Self {
        Self { kept_days: None, owner_may_delete: true }
    }
}

/// The places that commands share. Flags win over the environment.
#[derive(Debug, Clone, clap::Args)]
pub struct Places {
    /// Data directory: ledger, indexes, audit records
    #[arg(long, env = "OSLER_DATA", default_value = ".osler/data", global = true, value_name = "DIR")]
    pub data: PathBuf,
    /// Models directory [default: osler/models in the user's cache directory]
    #[arg(long, env = "OSLER_MODELS", global = true, value_name = "DIR")]
    pub models: Option<PathBuf>,
    /// Configuration file (TOML)
    #[arg(long, env = "OSLER_CONFIG", global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

impl Places {
    /// Reads the configuration; without a file, the defaults.
    ///
    /// # Errors
    /// When the file cannot be read, or a key in it is unknown or makes no sense.
    pub fn read(&self) -> Result<Config> {
        let Some(path) = &self.config else { return Ok(Config::default()) };
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the configuration {}", path.display()))?;
        Config::parse(&text).with_context(|| format!("the configuration {}", path.display()))
    }

    /// The models directory.
    ///
    /// # Errors
    /// When none is named and there is no home directory to put one in.
    pub fn models_dir(&self) -> Result<PathBuf> {
        if let Some(directory) = &self.models {
            return Ok(directory.clone());
        }
        let set = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let cache = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")));
        match cache {
            Some(cache) => Ok(cache.join("osler/models")),
            None => bail!("no place for models: name one with --models or OSLER_MODELS"),
        }
    }
}

/// Where what must outlive the data directory is kept, if this user has such a place.
fn state_dir() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = set("XDG_STATE_HOME").or_else(|| set("HOME").map(|home| home.join(".local/state")))?;
    Some(state.join("osler/guard"))
}

/// The Python whose pip fetches wheels.
pub fn python() -> String {
    std::env::var("OSLER_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

/// What the log shows where nothing else is said. Tantivy warns of each background merge that a publication has overtaken: it is
/// given up, and tried again later.
const LOG_FILTER: &str = "warn,mistralrs_core=error,qdrant_edge=error,tantivy::indexer::segment_manager=error";

/// What the log shows, as `tracing` understands it.
pub fn log_filter() -> String {
    std::env::var("OSLER_LOG").unwrap_or_else(|_| LOG_FILTER.to_owned())
}

impl Config {
    /// Reads and checks a configuration.
    ///
    /// # Errors
    /// With the key and what is wrong with it.
    pub fn parse(text: &str) -> Result<Self> {
        let config: Self = toml::from_str(text).map_err(|error| anyhow::anyhow!("{}", error.message()))?;
        let positive = [
            ("server.max_questions", config.server.max_questions),
            ("server.max_requests", config.server.max_requests),
            ("answer.passages", config.answer.passages),
            ("answer.words_per_passage", config.answer.words_per_passage),
            ("answer.statements", config.answer.statements),
            ("answer.max_tokens", config.answer.max_tokens),
            ("generator.parallel", config.generator.parallel),
            ("identity.min_password_chars", config.identity.min_password_chars),
            ("identity.lock_after", config.identity.lock_after as usize),
            ("identity.session_idle_min", config.identity.session_idle_min as usize),
            ("identity.session_max_h", config.identity.session_max_h as usize),
        ];
        if let Some((key, _)) = positive.into_iter().find(|(_, value)| *value == 0) {
            bail!("{key} must be at least 1");
        }
        if !(0.0..=1.52).contains(&config.answer.enough) {
            bail!("answer.enough must be between 0 and 1.52");
        }
        audit::check(&config.audit)?;
        config.replication.check()?;
        for (name, models) in [("generator", &config.generator), ("judge", &config.judge.as_generator())] {
            if models.backend == Backend::Endpoint && models.endpoint.is_none() {
                bail!("{name}.backend is \"endpoint\": {name}.endpoint must name it");
            }
        }
        Ok(config)
    }

    /// The list of models.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn model_list(&self) -> Result<inference::models::List> {
        let built_in = inference::models::List::parse(MODELS)?;
        let Some(path) = &self.models.list else { return Ok(built_in) };
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the list of models {}", path.display()))?;
        let own = inference::models::List::parse(&text).with_context(|| path.display().to_string())?;
        Ok(built_in.with(own))
    }

    /// The settings of the asker.
    pub fn settings(&self) -> answer::Settings {
        let mode = match self.answer.mode {
            Mode::Extractive => answer::Mode::Extractive,
            Mode::Quoting => answer::Mode::Quoting,
            Mode::Synthesis => answer::Mode::Synthesis,
        };
        answer::Settings {
            mode,
            enough: answer::Enough(self.answer.enough),
            passages: self.answer.passages,
            words_per_passage: self.answer.words_per_passage,
            statements: self.answer.statements,
            max_tokens: self.answer.max_tokens,
            deadline: Duration::from_secs(self.generator.deadline_s),
        }
    }
}

/// The value of the environment variable that a key names.
///
/// # Errors
/// When the key names one that is not set.
pub fn secret(name: Option<&str>) -> Result<Option<String>> {
    name.map(|name| std::env::var(name).with_context(|| format!("the environment variable {name} is not set")))
        .transpose()
}

/// The key to an object store, from the environment variables that hold its parts; without an id or a secret there is none.
///
/// # Errors
/// When a variable that is named is not set.
pub fn s3_key(id: Option<&str>, secret: Option<&str>, token: Option<&str>) -> Result<Option<S3Key>> {
    let (id, secret, session_token) = (self::secret(id)?, self::secret(secret)?, self::secret(token)?);
    let key = |(access_key_id, secret_access_key)| S3Key { access_key_id, secret_access_key, session_token };
    Ok(id.zip(secret).map(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_name_the_key() {
        for (text, said) in [
            ("[server]\nport = 1", "port"),
            ("[generator]\nbackend = \"cloud\"", "cloud"),
            ("[generator]\nbackend = \"endpoint\"", "generator.endpoint"),
            ("[judge]\nbackend = \"endpoint\"", "judge.endpoint"),
            ("[answer]\npassages = 0", "answer.passages"),
            ("[audit]\nkept_days = 183", "audit.kept_days"),
            ("[audit.alarms]\ndays = 0", "audit.alarms.days"),
            ("[audit.alarms]\nstale_above = 1.5", "audit.alarms.stale_above"),
            ("[audit.alarms]\nfailed_above = nan", "audit.alarms.failed_above"),
            ("[answer", "unclosed"),
        ] {
            let message = format!("{:#}", Config::parse(text).unwrap_err());
            assert!(message.contains(said), "{message}");
        }
        assert!(Config::parse("").is_ok());
        assert!(Config::parse("[audit]\nkept_days = 184").is_ok());
    }

    #[test]
    fn the_reference_is_the_one_that_is_checked_in() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/CONFIG.md");
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        assert!(kept == reference(), "deploy/CONFIG.md is out of date: run `osler config > deploy/CONFIG.md`");
    }
}
