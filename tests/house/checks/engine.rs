//! What the engine does at its edges, seen on a tiny model: grammars hold, requests end, neighbours are unharmed.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use inference::{Bits, Engine, EngineOptions, EngineSource, Error, Generator, Grammar, Prompt, Request, quantise};
use serde_json::{Value, json};
use support::write_tiny_llama;
use tokio::sync::mpsc::unbounded_channel;
use tokio_util::sync::CancellationToken;

const TWO: EngineOptions = EngineOptions { places: 2, bits: None };

async fn engine(directory: &Path) -> Engine {
    write_tiny_llama(directory);
    let source = EngineSource::in_directory(directory).unwrap();
    Engine::load(source, "tiny", None, None, TWO).await.unwrap()
}

fn grammar(lark: &str) -> Grammar {
    Grammar { lark: lark.to_owned(), schema: json!({}) }
}

fn quotes() -> Grammar {
    let chunks = json!({ "substring_chunks": ["First \\\"one\\\" µg. ", "Do not give it. ", "Third. "] });
    grammar(&format!(
        "start: \"{{\\\"statements\\\":[{{\\\"evidence\\\":\\\"E1\\\",\\\"quote\\\":\\\"\" Q0 \"\\\"}}]}}\"\nQ0: S0 & /(?s:.+)/\nS0: %regex {chunks}\n"
    ))
}

fn request(grammar: Grammar, max_tokens: usize) -> Request {
    let prompt = Prompt { system: "Quote.".to_owned(), user: "What is first?".to_owned() };
    Request { prompt, grammar, max_tokens, deadline: Duration::from_secs(30), pieces: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_whole_sentences_come_out_and_always_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let engine = engine(directory.path()).await;
    let (pieces, mut heard) = unbounded_channel();
    let streamed = Request { pieces: Some(pieces), ..request(quotes(), 200) };
    let first = engine.generate(streamed, CancellationToken::new()).await.unwrap();
    let written: Value = serde_json::from_str(&first.text).unwrap();
    let quote = written["statements"][0]["quote"].as_str().unwrap();
    assert!("First \"one\" µg. Do not give it. Third. ".contains(quote) && !quote.is_empty(), "{quote:?}");
    assert!(quote.trim_end().ends_with('.'));
    let mut together = String::new();
    while let Ok(piece) = heard.try_recv() {
        together.push_str(&piece);
    }
    assert_eq!(together, first.text, "what is heard piece by piece is what was written");
    assert!(first.completion_tokens > 0 && first.prompt_tokens > 0);
    let again = engine.generate(request(quotes(), 200), CancellationToken::new()).await.unwrap();
    assert_eq!(again.text, first.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_cut_off_is_no_completion() {
    let directory = tempfile::tempdir().unwrap();
    let engine = engine(directory.path()).await;
    let cut = engine.generate(request(quotes(), 10), CancellationToken::new()).await;
    assert!(matches!(cut, Err(Error::Unfinished(_))), "{cut:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grammar_that_is_none_and_a_prompt_that_is_too_long_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let engine = engine(directory.path()).await;
    let refused = engine.generate(request(grammar("start: ("), 10), CancellationToken::new()).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    let prompt = Prompt { system: String::new(), user: "x".repeat(6_000) };
    let long = Request { prompt, ..request(quotes(), 10) };
    let refused = engine.generate(long, CancellationToken::new()).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    assert!(engine.generate(request(quotes(), 200), CancellationToken::new()).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_leaves_or_is_late_does_no_harm_to_the_others() {
    let directory = tempfile::tempdir().unwrap();
    let engine = Arc::new(engine(directory.path()).await);
    let endless = || grammar("start: /[a-z ]{3900}/");
    let cancel = CancellationToken::new();
    let leaving = {
        let (engine, cancel) = (Arc::clone(&engine), cancel.clone());
        tokio::spawn(async move { engine.generate(request(endless(), 3_900), cancel).await })
    };
    tokio::time::sleep(Duration::from_millis(50)).await;
    let neighbour = engine.generate(request(quotes(), 200), CancellationToken::new()).await;
    assert!(neighbour.is_ok(), "{neighbour:?}");
    // One that is gone before the engine has read what it asks.
    let gone = engine.generate(request(quotes(), 200), CancellationToken::new()).now_or_never();
    assert!(gone.is_none(), "{gone:?}");
    let neighbour = engine.generate(request(quotes(), 200), CancellationToken::new()).await;
    assert!(neighbour.is_ok(), "{neighbour:?}");
    cancel.cancel();
    assert!(matches!(leaving.await.unwrap(), Err(Error::Cancelled)));

    for deadline in [1, 40].map(Duration::from_millis) {
        let (late, token) = (Request { deadline, ..request(endless(), 3_900) }, CancellationToken::new());
        assert!(matches!(engine.generate(late, token.clone()).await, Err(Error::Timeout(_))));
        assert!(!token.is_cancelled(), "whoever asked may have more to ask");
    }
    // A caller that is simply dropped.
    let dropped = {
        let engine = Arc::clone(&engine);
        tokio::spawn(async move { engine.generate(request(endless(), 3_900), CancellationToken::new()).await })
    };
    tokio::time::sleep(Duration::from_millis(30)).await;
    dropped.abort();
    for _ in 0..3 {
        assert!(engine.generate(request(quotes(), 200), CancellationToken::new()).await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn weights_are_quantised_while_loading_or_once_for_all() {
    let directory = tempfile::tempdir().unwrap();
    write_tiny_llama(directory.path());
    let eight = EngineOptions { bits: Some(Bits::new(8).unwrap()), ..TWO };
    let source = EngineSource::in_directory(directory.path()).unwrap();
    let on_the_way = Engine::load(source, "tiny", None, None, eight).await.unwrap();
    assert_eq!(on_the_way.model().parameters["quantised_bits"], 8);
    let written = on_the_way.generate(request(quotes(), 200), CancellationToken::new()).await.unwrap();

    let kept = directory.path().join("kept");
    quantise(directory.path(), Bits::new(8).unwrap(), &kept).await.unwrap();
    let source = EngineSource::in_directory(&kept).unwrap();
    assert!(matches!(source, EngineSource::Uqff(_)), "{source:?}");
    let once = Engine::load(source, "tiny", None, None, TWO).await.unwrap();
    let again = once.generate(request(quotes(), 200), CancellationToken::new()).await.unwrap();
    assert_eq!(again.text, written.text, "the same weights write the same");
    assert!(matches!(Bits::new(7), Err(Error::Config(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn models_that_cannot_be_loaded_are_errors_not_panics() {
    let directory = tempfile::tempdir().unwrap();
    let missing = EngineSource::in_directory(&directory.path().join("nowhere"));
    assert!(matches!(missing, Err(Error::Missing(_))), "{missing:?}");
    assert!(matches!(EngineSource::in_directory(directory.path()), Err(Error::Config(_))));

    write_tiny_llama(directory.path());
    let break_file = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).unwrap();
    for (name, text) in [("model.safetensors", "broken"), ("tokenizer.json", "{"), ("config.json", "{}")] {
        write_tiny_llama(directory.path());
        break_file(name, text);
        let source = EngineSource::in_directory(directory.path()).unwrap();
        let outcome = Engine::load(source, "tiny", None, None, TWO).await;
        assert!(matches!(outcome, Err(Error::Load { .. })), "{name}: {outcome:?}");
    }
    let gguf = tempfile::tempdir().unwrap();
    std::fs::write(gguf.path().join("model.gguf"), "GGUF but not really").unwrap();
    let outcome = Engine::load(EngineSource::in_directory(gguf.path()).unwrap(), "gguf", None, None, TWO).await;
    assert!(matches!(outcome, Err(Error::Load { .. })), "{outcome:?}");
}
