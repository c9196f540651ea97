//! What reached whoever asked, whole or cut off, held against what is on record.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use audit::{AuditLog, commitment, hex};
use serde_json::{Value, json};
use server::config::Config;
use server::data::open_log;

use crate::chain::Server;

/// Stands in what is answered, and in no question.
const TOLD: &str = "eGFR";

/// A way to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Whole,
    Events,
    Chat,
    ChatEvents,
}

impl Way {
    pub(crate) const ALL: [Self; 4] = [Self::Whole, Self::Events, Self::Chat, Self::ChatEvents];

    fn is_stream(self) -> bool {
        matches!(self, Self::Events | Self::ChatEvents)
    }
}

/// A question that was asked once, with what came.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) way: Way,
    question: String,
    status: u16,
    reply: String,
}

impl Asked {
    /// Asks when metformin should not be started, of a corpus that says so. The mark makes the question another than all others:
    /// so it is found on record, although a stream that was cut off names no answer.
    pub(crate) fn ask(server: &Server, way: Way, mark: &str) -> io::Result<Self> {
        let question = format!("When should metformin not be started in adults? ({mark})");
        let (path, body) = match way {
            Way::Whole | Way::Events => ("/v1/answers", json!({ "question": question, "stream": way.is_stream() })),
            Way::Chat | Way::ChatEvents => {
                let messages = json!([{ "role": "user", "content": question }]);
                ("/v1/chat/completions", json!({ "model": "osler", "messages": messages, "stream": way.is_stream() }))
            }
        };
        let (status, reply) = server.try_request("POST", path, &body.to_string())?;
        Ok(Self { way, question, status, reply })
    }

    /// Whether anything of an answer came.
    pub(crate) fn tells(&self) -> bool {
        self.reply.contains(TOLD)
    }

    /// Whether it was said that nothing can be put on record, be it in the middle of a stream.
    pub(crate) fn is_refused(&self) -> bool {
        let status = if self.way.is_stream() { 200 } else { 503 };
        self.status == status && self.reply.contains("audit_unavailable")
    }

    /// The answer, if it came to its end.
    pub(crate) fn answer(&self) -> Option<Value> {
        let whole = |text: &str| serde_json::from_str::<Value>(text).ok();
        let answer = match self.way {
            Way::Whole => whole(&self.reply)?,
            Way::Events => events(&self.reply).find_map(|(name, data, _)| whole(data).filter(|_| name == "done"))?,
            Way::Chat => whole(&self.reply)?.get("osler")?.clone(),
            Way::ChatEvents => chunks(&self.reply).find_map(|chunk| chunk.get("osler").cloned())?,
        };
        answer["id"].is_string().then_some(answer)
    }
}

/// The events of a stream: name, data, and whether the data came to its end.
fn events(reply: &str) -> impl Iterator<Item = (&str, &str, bool)> {
    reply.split("event: ").skip(1).filter_map(|event| {
        let (name, data) = event.split_once("\ndata: ")?;
        Some(match data.split_once('\n') {
            Some((data, _)) => (name, data, true),
            None => (name, data, false),
        })
    })
}

/// The chunks of a chat that came to their end.
fn chunks(reply: &str) -> impl Iterator<Item = Value> {
    reply.lines().filter_map(|line| serde_json::from_str(line.strip_prefix("data: ")?).ok())
}

/// What is on record of one question.
struct Kept {
    /// Kind and words of what left before the whole, in its order.
    parts: Vec<(String, String)>,
    answer: Option<String>,
}

impl Kept {
    /// Whether this is the answer: the same one, saying the same.
    fn is(&self, answer: &Value) -> bool {
        let kept = self.answer.as_deref().and_then(|kept| serde_json::from_str::<Value>(kept).ok()).unwrap_or_default();
        kept["id"] == answer["id"] && kept["statements"] == answer["statements"] && kept["status"] == answer["status"]
    }
}

/// The log of a data directory whose server has ended.
pub(crate) struct Log {
    log: AuditLog,
    /// Ids of answers, by their questions.
    ids: HashMap<String, String>,
}

impl Log {
    pub(crate) fn open(data: &Path) -> Self {
        let mut config = Config::default();
        // Where the program keeps it.
        config.audit.guard = Some(data.with_extension("state").join("osler/guard"));
        let log = open_log(data, &config).unwrap();
        let mut ids = HashMap::new();
        for entry in log.entries("answer.asked", None, None, u32::MAX).unwrap() {
            let id = entry.text("answer").unwrap().to_owned();
            let request: Value = serde_json::from_str(&log.request(&id).unwrap().unwrap()).unwrap();
            ids.insert(request["question"].as_str().unwrap().to_owned(), id);
        }
        Self { log, ids }
    }

    fn kept(&self, question: &str) -> Option<Kept> {
        let id = self.ids.get(question)?;
        let mut parts = Vec::new();
        for entry in self.log.record(id).unwrap().unwrap().entries {
            if entry.action == "answer.part" {
                let (salt, words) = self.log.words(entry.seq, "part").unwrap().unwrap();
                assert_eq!(entry.commitment("part"), Some(hex(&commitment(&salt, &words)).as_str()));
                parts.push((entry.text("kind").unwrap().to_owned(), String::from_utf8(words).unwrap()));
            }
        }
        let answer = self.log.answer(id).unwrap().map(|(json, _)| json);
        Some(Kept { parts, answer })
    }

    /// What came is on record as it came: of a stream each part by itself, whether or not its end came too.
    pub(crate) fn assert_has(&self, asked: &Asked) {
        let Some(kept) = self.kept(&asked.question) else {
            assert!(!asked.tells(), "nothing of it is on record: {asked:?}");
            return;
        };
        let mut parts = kept.parts.iter();
        let answer = kept.answer.as_deref().unwrap_or_default();
        let is_kept = match asked.way {
            Way::Whole => asked.status != 200 || answer.starts_with(&asked.reply),
            Way::Events => events(&asked.reply).all(|(name, data, is_whole)| {
                let is_it = |words: &str| if is_whole { words == data } else { words.starts_with(data) };
                match name {
                    "evidence" | "statement" => parts.next().is_some_and(|(kind, words)| kind == name && is_it(words)),
                    "done" => is_it(answer),
                    _ => true,
                }
            }),
            Way::Chat => asked.answer().map_or(!asked.tells() || kept.answer.is_some(), |answer| kept.is(&answer)),
            Way::ChatEvents => chunks(&asked.reply).all(|chunk| {
                let said = chunk["choices"][0]["delta"]["content"].as_str().unwrap_or_default();
                let is_said = match said.chars().next() {
                    None => true,
                    // What must be known besides comes at the end.
                    Some('\n') => kept.answer.is_some(),
                    Some(_) => parts.any(|(kind, words)| kind == "statement" && said.starts_with(&line(words))),
                };
                is_said && chunk.get("osler").is_none_or(|answer| kept.is(answer))
            }),
        };
        assert!(is_kept, "it is on record otherwise than it came: {asked:?}, kept as {:?} and {answer}", kept.parts);
    }
}

/// A statement as chats show it, but for the numbers of what it cites.
fn line(words: &str) -> String {
    let statement: Value = serde_json::from_str(words).unwrap();
    format!("{}: {}", statement["said_by"].as_str().unwrap(), statement["text"].as_str().unwrap().replace('\n', "; "))
}
