//! Which models do we run, and how do we talk to them? Seams for embedding, ranking and writing, and the real engines behind them.
//!
//! Only this room knows fastembed, ONNX Runtime and mistral.rs. A model is loaded only if every byte of it has the hash that
//! the list of models names; a backend that is configured and missing is an error, never another backend.

mod bert;
mod checkpoint;
mod embedder;
mod engine;
mod error;
mod generator;
mod learned;
mod loading;
pub mod models;
mod onnx;
mod remote;
mod requantise;
mod reranker;

pub use bert::Precision;
pub use embedder::{Embedder, FastEmbed, export_onnx, init_onnx_runtime};
pub use engine::Engine;
pub use error::{Error, Result};
pub use generator::{Completion, Generator, Grammar, Load, ModelRef, Prompt, Request};
pub use loading::{Bits, EngineOptions, EngineSource, quantise};
pub use ort::environment::Environment;
pub use remote::Remote;
pub use requantise::requantise_q8_0;
pub use reranker::{FastRerank, Reranker};
