//! Loading a model into mistral.rs: GGUF, safetensors (quantised on the way if wanted) and UQFF, on a CPU or a GPU.

use std::path::{Path, PathBuf};

use mistralrs::core::{AddModelConfig, EngineConfig, GGUFLoaderBuilder, GGUFSpecificConfig};
use mistralrs::model_builder_trait::build_model_from_pipeline;
use mistralrs::{
    AutoDeviceMapParams, DefaultSchedulerMethod, DeviceMapSetting, GgufModelBuilder, IsqBits, Model, ModelDType,
    PagedAttentionMetaBuilder, SchedulerConfig, TextModelBuilder, TokenSource, UqffTextModelBuilder,
};

use crate::error::{Error, Result};

/// Where the weights of a model are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EngineSource {
    /// One GGUF file, with its tokenizer inside.
    Gguf(PathBuf),
    /// A directory of safetensors with configuration, tokenizer and chat template.
    Safetensors(PathBuf),
    /// The first file of a model that mistral.rs has quantised and kept, with `residual.safetensors`, configuration, tokenizer
    /// and chat template beside it.
    Uqff(PathBuf),
}

/// Bits of a weight after quantisation while loading; the engine chooses the encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bits(u8);

impl Bits {
    /// Two to six, or eight.
    ///
    /// # Errors
    /// [`Error::Config`] for anything else.
    pub fn new(bits: u8) -> Result<Self> {
        if matches!(bits, 2..=6 | 8) {
            return Ok(Self(bits));
        }
        Err(Error::Config(format!("{bits} bits: weights can have 2, 3, 4, 5, 6 or 8")))
    }

    /// How many.
    pub fn get(self) -> u8 {
        self.0
    }

    fn isq(self) -> IsqBits {
        match self.0 {
            2 => IsqBits::Two,
            3 => IsqBits::Three,
            4 => IsqBits::Four,
            5 => IsqBits::Five,
            6 => IsqBits::Six,
            _ => IsqBits::Eight,
        }
    }
}

/// How a model is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineOptions {
    /// Requests worked on at once.
    pub places: usize,
    /// Quantise safetensors to so many bits while loading; GGUF and UQFF are what they are.
    pub bits: Option<Bits>,
}

impl EngineSource {
    /// What a directory holds.
    ///
    /// # Errors
    /// [`Error::Missing`] when it is not there, [`Error::Config`] when it holds neither kind of weights.
    pub fn in_directory(directory: &Path) -> Result<Self> {
        let files = std::fs::read_dir(directory).map_err(Error::io(directory))?.flatten().map(|entry| entry.path());
        let mut files: Vec<PathBuf> = files.collect();
        files.sort();
        let first = |kind: &str| files.iter().find(|path| path.extension().is_some_and(|ext| ext == kind)).cloned();
        match (first("gguf"), first("uqff")) {
            (Some(file), _) => Ok(Self::Gguf(file)),
            (None, Some(file)) => Ok(Self::Uqff(file)),
            (None, None) if directory.join("config.json").is_file() => Ok(Self::Safetensors(directory.to_owned())),
            (None, None) => Err(Error::Config(format!(
                "{} holds neither a .gguf file, nor a .uqff file, nor a config.json with safetensors",
                directory.display()
            ))),
        }
    }
}

/// The engine unwraps what it finds in a model directory, so loading has a task of its own to panic in.
pub(crate) async fn build_apart(source: EngineSource, options: EngineOptions) -> std::result::Result<Model, String> {
    match tokio::spawn(build(source, options)).await {
        Ok(built) => built.map_err(|error| format!("{error:#}")),
        Err(panic) => Err(format!("the engine panicked: {panic}")),
    }
}

async fn build(source: EngineSource, options: EngineOptions) -> anyhow::Result<Model> {
    match source {
        EngineSource::Gguf(file) if ON_CPU => gguf_on_cpu(&file, options.places).await,
        EngineSource::Gguf(file) => {
            let (directory, name, tokenizer) = gguf_parts(&file);
            let builder = GgufModelBuilder::new(directory, vec![name])
                .with_token_source(TokenSource::None)
                .with_max_num_seqs(options.places)
                .with_paged_attn(PagedAttentionMetaBuilder::default().build()?);
            match tokenizer {
                Some(directory) => builder.with_tok_model_id(directory).build().await,
                None => builder.build().await,
            }
        }
        EngineSource::Safetensors(directory) => {
            let builder = TextModelBuilder::new(directory.to_string_lossy());
            let builder = match options.bits {
                Some(bits) => builder.with_auto_isq(bits.isq()),
                None => builder,
            };
            text_model(builder, options.places)?.build().await
        }
        EngineSource::Uqff(file) => {
            let directory = file.parent().unwrap_or(Path::new(".")).to_string_lossy().into_owned();
            let name = PathBuf::from(file.file_name().unwrap_or_default());
            text_model(UqffTextModelBuilder::new(directory, vec![name]).into_inner(), options.places)?.build().await
        }
    }
}

/// Compiled without a GPU.
const ON_CPU: bool = !cfg!(feature = "cuda");

/// On a CPU the engine's prefix cache is never emptied, and half precision is slower than single. On a GPU both caches are what
/// makes it fast.
fn text_model(builder: TextModelBuilder, places: usize) -> anyhow::Result<TextModelBuilder> {
    let builder = builder.with_token_source(TokenSource::None).with_max_num_seqs(places);
    if ON_CPU {
        return Ok(builder.with_force_cpu().with_prefix_cache_n(None).with_dtype(ModelDType::F32));
    }
    Ok(builder.with_paged_attn(PagedAttentionMetaBuilder::default().build()?))
}

/// Quantises the safetensors in `from` and keeps the result, with all that belongs to it, in `to` as `model.uqff`: it loads
/// faster than quantising at every start.
///
/// # Errors
/// [`Error::Load`] when the model cannot be loaded or written; [`Error::Missing`] and [`Error::Io`] for the files beside it.
pub async fn quantise(from: &Path, bits: Bits, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to).map_err(Error::io(to))?;
    let (directory, file) = (from.to_string_lossy().into_owned(), to.join("model.uqff"));
    let work = async move {
        let builder = TextModelBuilder::new(directory).with_auto_isq(bits.isq()).write_uqff(file);
        text_model(builder, 1)?.build().await
    };
    let failed = |why: String| Error::Load { model: from.display().to_string(), why };
    let built = tokio::spawn(work).await.map_err(|panic| failed(format!("the engine panicked: {panic}")))?;
    built.map_err(|error| failed(format!("{error:#}")))?;
    for name in BESIDE {
        let source = from.join(name);
        if source.is_file() && !to.join(name).exists() {
            std::fs::copy(&source, to.join(name)).map_err(Error::io(&source))?;
        }
    }
    Ok(())
}

/// What belongs to the weights of a model.
const BESIDE: [&str; 5] =
    ["config.json", "tokenizer.json", "tokenizer_config.json", "generation_config.json", "chat_template.jinja"];

/// The engine's own builder of GGUF models always chooses half precision for what is not quantised, which a CPU must convert
/// number by number: attention then takes as long as all the rest.
async fn gguf_on_cpu(file: &Path, places: usize) -> anyhow::Result<Model> {
    let (directory, name, tokenizer) = gguf_parts(file);
    let specific = GGUFSpecificConfig { topology: None };
    let loader = GGUFLoaderBuilder::new(None, tokenizer, directory, vec![name], specific, false, None).build();
    let pipeline = loader.load_model_from_hf(
        None,
        TokenSource::None,
        &ModelDType::F32,
        &mistralrs::best_device(true)?,
        true,
        DeviceMapSetting::Auto(AutoDeviceMapParams::default_text()),
        None,
        None,
    )?;
    let scheduler =
        SchedulerConfig::DefaultScheduler { method: DefaultSchedulerMethod::Fixed(places.max(1).try_into()?) };
    let engine_config =
        EngineConfig { no_prefix_cache: true, throughput_logging_enabled: false, ..EngineConfig::default() };
    let config = AddModelConfig { engine_config, mcp_client_config: None, loader_config: None };
    Ok(build_model_from_pipeline(pipeline, scheduler, config).await)
}

/// Directory and name of a GGUF file, and the directory again if it has a tokenizer of its own.
fn gguf_parts(file: &Path) -> (String, String, Option<String>) {
    let directory = file.parent().unwrap_or(Path::new(".")).to_string_lossy().into_owned();
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let tokenizer = Path::new(&directory).join("tokenizer.json").is_file().then(|| directory.clone());
    (directory, name, tokenizer)
}
