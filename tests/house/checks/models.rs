//! Models: fetched over HTTP, hashed before use, refused when they are not what the list says.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::routing::post;
use futures::{StreamExt, stream};
use inference::models::{Fetcher, List, Loaded, Progress, Store};
use inference::{
    Embedder, Error, FastEmbed, Generator, Grammar, Precision, Prompt, Remote, Request, init_onnx_runtime,
};
use knowledge::sha256_hex;
use serde_json::{Value, json};
use support::models_dir;
use tokio_util::sync::CancellationToken;

const BODY: &[u8] = b"weights of no meaning";

fn list(sha256: &str, bytes: usize) -> List {
    List::parse(&format!(
        "[[model]]\nname = \"m\"\nrole = \"generator\"\nrevision = \"r1\"\nlicence = \"MIT\"\n\
         origin = {{ hub = {{ repository = \"owner/name\", revision = \"r1\" }} }}\n\
         [[model.file]]\npath = \"sub/model.gguf\"\nfrom = \"model.gguf\"\nbytes = {bytes}\nsha256 = \"{sha256}\"\n"
    ))
    .unwrap()
}

/// A hub on the loopback that knows one file.
async fn hub() -> String {
    let router = axum::Router::new().route("/owner/name/resolve/r1/model.gguf", axum::routing::get(|| async { BODY }));
    serve(router).await
}

pub(crate) async fn serve(router: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

async fn fetch(directory: &Path, list: List, hub: &str) -> (Store, inference::Result<()>, Vec<String>) {
    let store = Store::new(directory.to_owned(), list);
    let mut said = Vec::new();
    let outcome =
        Fetcher::new(&store, hub, "no-such-python").fetch("m", |progress| said.push(format!("{progress:?}"))).await;
    (store, outcome, said)
}

#[tokio::test]
async fn what_arrives_is_hashed_before_it_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let hub = hub().await;
    let (store, outcome, said) = fetch(directory.path(), list(&sha256_hex(BODY), BODY.len()), &hub).await;
    outcome.unwrap();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(store.verify("m").unwrap().main.ends_with("m/sub/model.gguf"));
    let (_, outcome, said) = fetch(directory.path(), list(&sha256_hex(BODY), BODY.len()), "http://127.0.0.1:9").await;
    outcome.unwrap();
    assert_eq!(said, [format!("{:?}", Progress::Present("m"))], "what is here is not fetched again");

    std::fs::write(directory.path().join("m/sub/model.gguf"), b"weights of no meaninG").unwrap();
    assert!(matches!(store.verify("m"), Err(Error::Corrupt { .. })), "one bit is enough");
    let message = store.verify("m").unwrap_err().to_string();
    assert!(message.contains("model.gguf") && message.contains("osler models fetch"), "{message}");
}

#[tokio::test]
async fn what_is_wrong_is_not_kept() {
    let hub = hub().await;
    for (hash, bytes) in [("00".repeat(32), BODY.len()), (sha256_hex(BODY), 5)] {
        let directory = tempfile::tempdir().unwrap();
        let (store, outcome, _) = fetch(directory.path(), list(&hash, bytes), &hub).await;
        assert!(matches!(outcome, Err(Error::Corrupt { .. } | Error::Fetch { .. })), "{outcome:?}");
        assert!(matches!(store.verify("m"), Err(Error::Missing(_))));
        let left: Vec<PathBuf> =
            std::fs::read_dir(directory.path().join("m")).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(left.iter().all(|path| path.is_dir() && path.read_dir().unwrap().next().is_none()), "{left:?}");
    }
    let directory = tempfile::tempdir().unwrap();
    let (_, outcome, _) = fetch(directory.path(), list("00", 1), "http://127.0.0.1:9").await;
    assert!(outcome.unwrap_err().to_string().contains("reachable"));
}

#[tokio::test]
async fn a_missing_python_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let wheel = List::parse(
        "[[model]]\nname = \"m\"\nrole = \"embedder\"\nrevision = \"1\"\nlicence = \"MIT\"\n\
         origin = { wheel = { requirement = \"nothing==1\" } }\n[[model.file]]\npath = \"x\"\nbytes = 1\nsha256 = \"00\"\n",
    );
    let (_, outcome, _) = fetch(directory.path(), wheel.unwrap(), "").await;
    let message = outcome.unwrap_err().to_string();
    assert!(message.contains("no-such-python") && message.contains("install Python"), "{message}");
}

fn starter() -> Store {
    let list = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/models.toml")).unwrap();
    Store::new(models_dir(), List::parse(&list).unwrap())
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Whatever else is embedded, and however many do it.
async fn a_vector_is_of_its_text_alone(embedder: &FastEmbed, sentence: &str) {
    let alone = embedder.embed(vec![sentence.to_owned()]).await.unwrap().remove(0);
    let long = "Community-acquired pneumonia in adults is treated with amoxicillin. ".repeat(12);
    let mut texts = vec![long, sentence.to_owned(), "µg".to_owned()];
    texts.extend((0..40).map(|n| format!("Sentence number {n} about potassium.")));
    texts.push(sentence.to_owned());
    let together = embedder.embed(texts).await.unwrap();
    assert!(cosine(&alone, &together[1]) > 0.9999, "padding changes nothing");
    assert!(cosine(&alone, together.last().unwrap()) > 0.9999, "nor does the batch");
    assert!(embedder.embed(Vec::new()).await.unwrap().is_empty());
    // One question on all cores, many on a core each: the same vectors to the last bit.
    let questions: Vec<String> = (1..24).map(|n| "what is the dose of potassium ".repeat(n)).collect();
    let mut one_by_one = Vec::new();
    for question in &questions {
        one_by_one.push(embedder.embed(vec![question.clone()]).await.unwrap());
    }
    let at_once = questions.iter().map(|question| embedder.embed(vec![question.clone()]));
    let at_once: Vec<_> = futures::future::join_all(at_once).await.into_iter().map(Result::unwrap).collect();
    assert!(one_by_one == at_once, "a question's vector depends on what else is asked");
}

/// One test, because ONNX Runtime is one for the process.
#[tokio::test(flavor = "multi_thread")]
async fn the_embedder_gives_the_published_vectors() {
    let store = starter();
    let missing = init_onnx_runtime(Path::new("/nowhere/libonnxruntime.so"));
    assert!(matches!(missing, Err(Error::Missing(_))));
    let directory = tempfile::tempdir().unwrap();
    let corrupt = directory.path().join("libonnxruntime.so");
    std::fs::write(&corrupt, b"\x7fELF not a library").unwrap();
    let message = init_onnx_runtime(&corrupt).err().unwrap().to_string();
    assert!(message.contains("osler models fetch"), "{message}");

    let environment = init_onnx_runtime(&store.verify("onnxruntime").unwrap().main).unwrap();
    let learned = store.load("clinical-minilm-l6-v1").unwrap();
    let learned = FastEmbed::load(&learned, Precision::Float32, environment.clone()).unwrap();
    // The published weights lie beside what was made of them.
    let base = store.directory_of(store.list().get("clinical-minilm-l6-v1").unwrap());
    let files = Loaded::from_directory(&base).unwrap();
    let embedder = FastEmbed::load(&files, Precision::Float32, environment.clone()).unwrap();
    assert_eq!(embedder.dimension(), 384);
    let sentence = "This is an example sentence".to_owned();
    let alone = embedder.embed(vec![sentence.clone()]).await.unwrap().remove(0);
    // The values on the model's card at its publisher.
    for (found, published) in alone.iter().zip([0.0677, 0.0635, 0.0487, 0.0793]) {
        assert!((found - published).abs() < 1e-4, "{:?}", &alone[..4]);
    }
    let rounded = FastEmbed::load(&files, Precision::Int8, environment.clone()).unwrap();
    assert_eq!(rounded.id(), format!("{}.int8", embedder.id()));
    let near = rounded.embed(vec![sentence.clone()]).await.unwrap().remove(0);
    assert!((0.99..0.9999).contains(&cosine(&alone, &near)), "{}", cosine(&alone, &near));
    for embedder in [&embedder, &rounded] {
        a_vector_is_of_its_text_alone(embedder, &sentence).await;
    }

    // What was learned makes other vectors, and another model.
    let other = learned.embed(vec![sentence.clone()]).await.unwrap().remove(0);
    assert!(cosine(&alone, &other) < 0.99, "{}", cosine(&alone, &other));
    assert_ne!(learned.id(), embedder.id());

    // A directory of its own, and one that is damaged.
    let own = directory.path().join("clinical-minilm-l6-v1");
    std::fs::create_dir(&own).unwrap();
    for name in ["config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"] {
        std::os::unix::fs::symlink(base.join(name), own.join(name)).unwrap();
    }
    std::os::unix::fs::symlink(base.join("learned/model.safetensors"), own.join("model.safetensors")).unwrap();
    let same =
        FastEmbed::load(&Loaded::from_directory(&own).unwrap(), Precision::Float32, environment.clone()).unwrap();
    assert_eq!(same.id(), learned.id());
    assert!(Loaded::from_directory(directory.path()).is_err());
}

fn request(max_tokens: usize) -> Request {
    Request {
        prompt: Prompt { system: "s".into(), user: "u".into() },
        grammar: Grammar { lark: String::new(), schema: json!({ "type": "object" }) },
        max_tokens,
        deadline: Duration::from_secs(5),
        pieces: None,
    }
}

#[tokio::test]
async fn a_remote_model_is_asked_under_a_schema_and_believed_only_when_it_is_done() {
    let router = axum::Router::new().route(
        "/v1/chat/completions",
        post(|Json(body): Json<Value>| async move {
            assert_eq!(body["response_format"]["json_schema"]["schema"]["type"], "object");
            assert_eq!(body["temperature"], 0);
            let reason = if body["max_tokens"] == 1 { "length" } else { "stop" };
            Json(json!({
                "choices": [{ "message": { "content": "{\"a\":1}" }, "finish_reason": reason }],
                "usage": { "prompt_tokens": 3, "completion_tokens": 4 }
            }))
        }),
    );
    let base = format!("{}/v1", serve(router).await);
    let remote = Arc::new(Remote::new(&base, "big", Some("key".to_owned())).unwrap());
    let done = remote.generate(request(9), CancellationToken::new()).await.unwrap();
    assert_eq!((done.text.as_str(), done.completion_tokens), ("{\"a\":1}", 4));
    assert!(matches!(remote.generate(request(1), CancellationToken::new()).await, Err(Error::Unfinished(_))));
    let away = Remote::new("http://127.0.0.1:9/v1", "big", None).unwrap();
    assert!(matches!(away.generate(request(9), CancellationToken::new()).await, Err(Error::Failed(_))));
    assert!(matches!(Remote::new("not an address", "big", None), Err(Error::Config(_))));
}

#[tokio::test]
async fn what_a_remote_model_refuses_says_who_can_do_something_about_it() {
    let refuse = |Json(body): Json<Value>| async move {
        let status = u16::try_from(body["max_tokens"].as_u64().unwrap()).unwrap();
        let status = StatusCode::from_u16(status).unwrap();
        (status, [(header::RETRY_AFTER, "7")], "the question is repeated here")
    };
    let router = axum::Router::new().route("/v1/chat/completions", post(refuse));
    let remote = Remote::new(&format!("{}/v1", serve(router).await), "big", Some("key".to_owned())).unwrap();
    for (status, said) in [(401, "api_key_env"), (403, "api_key_env"), (404, "no model big")] {
        let refused = remote.generate(request(status), CancellationToken::new()).await.unwrap_err();
        assert!(matches!(refused, Error::Config(_)), "another request will not pass: {refused:?}");
        let told = refused.to_string();
        assert!(told.contains(said) && told.contains(&status.to_string()) && !told.contains("repeated"), "{told}");
    }
    let busy = remote.generate(request(429), CancellationToken::new()).await.unwrap_err();
    assert!(matches!(busy, Error::Busy(_)) && busy.to_string().contains("in 7 s"), "{busy:?}");
    for status in [400, 413, 422] {
        let refused = remote.generate(request(status), CancellationToken::new()).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "another request may pass: {refused:?}");
    }
}

#[tokio::test]
async fn a_remote_model_can_be_left_in_the_middle_of_its_reply() {
    let begun = || async {
        let begin = stream::once(async { Ok::<_, std::io::Error>("{") });
        Body::from_stream(begin.chain(stream::pending()))
    };
    let router = axum::Router::new().route("/v1/chat/completions", post(begun));
    let remote = Remote::new(&format!("{}/v1", serve(router).await), "big", None).unwrap();
    let cancel = CancellationToken::new();
    let leave = async {
        // By then the reply has begun.
        tokio::time::sleep(Duration::from_millis(100)).await;
        cancel.cancel();
    };
    let (outcome, ()) = tokio::join!(remote.generate(request(9), cancel.clone()), leave);
    assert!(matches!(outcome, Err(Error::Cancelled)), "{outcome:?}");
}
