//! The models that run here: which they are, and how they come into memory.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use answer::{Asker, Judge, family};
use anyhow::{Context, Result, bail};
use inference::models::{Entry, Loaded, Role, Store};
use inference::{
    Bits, Embedder, Engine, EngineOptions, EngineSource, FastEmbed, FastRerank, Generator, ModelRef, Remote, Reranker,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::config::{self, Backend, Config};

/// What a model does here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModelRole {
    /// Turns texts into vectors.
    Embedder,
    /// Writes answers.
    Generator,
    /// Judges statements.
    Judge,
    /// Orders passages.
    Reranker,
}

/// A model in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ModelInUse {
    /// What it does.
    pub role: ModelRole,
    /// Name.
    pub id: String,
    /// Revision as its publisher counts, where it is known.
    pub revision: Option<String>,
    /// SHA-256 of its main file, hexadecimal, where the file is here.
    pub sha256: Option<String>,
    /// SPDX expression, where it is known.
    pub licence: Option<String>,
}

/// What is said of all that run.
pub(crate) fn models_in_use(config: &Config, store: &Store, asker: &Asker) -> Vec<ModelInUse> {
    let listed = |name: &str| store.list().get(name).ok();
    let writing = |role, model: &ModelRef| ModelInUse {
        role,
        id: model.id.clone(),
        revision: model.revision.clone(),
        sha256: model.sha256.clone(),
        licence: listed(&model.id).map(|entry| entry.licence.clone()),
    };
    let generator = asker.generator().map(|generator| writing(ModelRole::Generator, generator.model()));
    let judge = asker.judge().map(|judge| writing(ModelRole::Judge, judge.model()));
    let reranker = asker.retriever().reranker.as_ref().map(|reranker| {
        let entry = match (&config.reranker.directory, &config.reranker.model) {
            (None, Some(name)) => listed(name),
            _ => None,
        };
        onnx(ModelRole::Reranker, reranker.id().to_owned(), entry)
    });
    [embedder_in_use(config, store)].into_iter().chain(reranker).chain(generator).chain(judge).collect()
}

/// What is said of the embedder that is configured.
pub(crate) fn embedder_in_use(config: &Config, store: &Store) -> ModelInUse {
    let entry = match &config.embedder.directory {
        Some(_) => None,
        None => store.list().get(&config.embedder.model).ok(),
    };
    let id = config.embedder.directory.as_deref().map_or_else(|| config.embedder.model.clone(), name_of);
    onnx(ModelRole::Embedder, id, entry)
}

/// What is said of a model that ONNX Runtime runs: as the list has it, if it is from the list.
fn onnx(role: ModelRole, id: String, entry: Option<&Entry>) -> ModelInUse {
    ModelInUse {
        role,
        id,
        revision: entry.map(|entry| entry.revision.clone()),
        sha256: entry.and_then(Entry::main_sha256).map(str::to_owned),
        licence: entry.map(|entry| entry.licence.clone()),
    }
}

/// Loads ONNX Runtime and the embedder that is configured.
///
/// # Errors
/// With what is missing and what to do.
pub async fn load_embedder(config: &Config, store: &Store) -> Result<Arc<dyn Embedder>> {
    let (config, store) = (config.clone(), store.clone());
    let load = move || -> Result<FastEmbed> {
        let environment = onnx_runtime(&store)?;
        Ok(FastEmbed::load(&embedder_files(&config, &store)?, config.embedder.precision.into(), environment)?)
    };
    Ok(Arc::new(tokio::task::spawn_blocking(load).await??))
}

/// The files of the embedder that is configured.
///
/// # Errors
/// When one is missing or not what the list of models says.
pub fn embedder_files(config: &Config, store: &Store) -> Result<Loaded> {
    Ok(match &config.embedder.directory {
        Some(directory) => Loaded::from_directory(directory)?,
        None => store.load(of_role(store, &config.embedder.model, Role::Embedder)?.name.as_str())?,
    })
}

fn onnx_runtime(store: &Store) -> Result<inference::Environment> {
    let runtime = store.list().entries.iter().find(|entry| entry.role == Role::OnnxRuntime);
    let runtime = runtime.context("the list of models has no entry with role onnx_runtime")?;
    Ok(inference::init_onnx_runtime(&store.verify(&runtime.name)?.main)?)
}

/// The cross-encoder that is configured, if one is.
///
/// # Errors
/// With what is missing and what to do.
pub async fn load_reranker(config: &Config, store: &Store) -> Result<Option<Arc<dyn Reranker>>> {
    let (settings, store) = (config.reranker.clone(), store.clone());
    let load = move || -> Result<Option<FastRerank>> {
        let directory = match (settings.directory, settings.model) {
            (Some(directory), _) => directory,
            (None, Some(name)) => store.verify(&of_role(&store, &name, Role::Reranker)?.name)?.directory,
            (None, None) => return Ok(None),
        };
        Ok(Some(FastRerank::load(&directory, onnx_runtime(&store)?)?))
    };
    let loaded = tokio::task::spawn_blocking(load).await?.context("the cross-encoder that is configured")?;
    Ok(loaded.map(|loaded| Arc::new(loaded) as Arc<dyn Reranker>))
}

/// The judge that is configured, if it is of another family than what writes.
pub(crate) async fn load_judge(
    config: &Config,
    store: &Store,
    writer: Option<&dyn Generator>,
) -> Result<Option<Judge>> {
    let Some(generator) = load_generator(&config.judge.as_generator(), true, store).await.context("judge")? else {
        return Ok(None);
    };
    let (judge, writer) = (&generator.model().id, writer.map(|writer| &writer.model().id));
    if let Some(writer) = writer.filter(|writer| family(writer) == family(judge) && !config.judge.allow_same_family) {
        bail!(
            "the judge {judge} is of the same family as {writer}, which writes: name another, or set judge.allow_same_family"
        );
    }
    Ok(Some(Judge::new(generator, Duration::from_secs(config.judge.deadline_s))))
}

/// Checks that a model is there, and loads it if it is to write.
pub(crate) async fn load_generator(
    settings: &config::Generator,
    writes: bool,
    store: &Store,
) -> Result<Option<Arc<dyn Generator>>> {
    match settings.backend {
        Backend::None => Ok(None),
        Backend::Endpoint => {
            let endpoint = settings.endpoint.as_deref().context("the endpoint must be named")?;
            let key = config::secret(settings.api_key_env.as_deref())?;
            let remote = Remote::new(endpoint, &settings.model, key)?;
            Ok(writes.then(|| Arc::new(remote) as Arc<dyn Generator>))
        }
        Backend::Local => {
            let (source, id, revision, sha256) = match &settings.directory {
                Some(directory) => (EngineSource::in_directory(directory)?, name_of(directory), None, None),
                None => {
                    let entry = of_role(store, &settings.model, Role::Generator)?;
                    let (blocking, name) = (store.clone(), entry.name.clone());
                    let verified = tokio::task::spawn_blocking(move || blocking.verify(&name)).await??;
                    let gguf = verified.main.extension().is_some_and(|extension| extension == "gguf");
                    let source = if gguf {
                        EngineSource::Gguf(verified.main)
                    } else {
                        EngineSource::Safetensors(verified.directory)
                    };
                    (source, entry.name.clone(), Some(entry.revision.clone()), Some(verified.sha256))
                }
            };
            let bits = settings.bits.map(Bits::new).transpose()?;
            let options = EngineOptions { places: settings.parallel, bits };
            // What is configured must be there and whole, even while nothing is to be written with it.
            if !writes {
                return Ok(None);
            }
            Ok(Some(Arc::new(Engine::load(source, &id, revision, sha256, options).await?)))
        }
    }
}

/// The name of a model in a directory of its own.
pub(crate) fn name_of(directory: &Path) -> String {
    directory.file_name().map_or_else(|| "local".into(), |name| name.to_string_lossy().into_owned())
}

fn of_role<'a>(store: &'a Store, name: &str, role: Role) -> Result<&'a Entry> {
    let entry = store.list().get(name)?;
    if entry.role != role {
        bail!("the model {name} is not for this: its role is {:?}", entry.role);
    }
    Ok(entry)
}
