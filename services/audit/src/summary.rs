//! What an entry says of an answer, taken from the answer itself: ids, spans, hashes and verdicts, none of its words. Whoever
//! holds the answer makes it again and compares.

use serde_json::{Map, Value, json};

use crate::answers::Cited;
use crate::note::hex;
use crate::tree::sha256;

/// What stands in the log of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Its status.
    pub status: String,
    /// Its mode.
    pub mode: String,
    /// The snapshot that was searched.
    pub snapshot: u64,
    /// Whether less than the whole of the library in force was searched, or a part of the search was away: what it lacks says
    /// nothing about the library.
    pub is_narrowed: bool,
    /// What part of the search was away, if one was.
    pub missing: Option<String>,
    /// What the model was told, as SHA-256.
    pub prompt_sha256: Option<String>,
    /// The evidence in its order: passage, document, version, hash of the version's text, ranks in both arms, score in
    /// millionths.
    pub evidence: Value,
    /// Statements: hash of the words, verdict, and citations with passage, span, hash of the quote, verdict.
    pub statements: Value,
    /// Each citation.
    pub cited: Vec<Cited>,
    /// The weakest verdict of a statement.
    pub worst: Option<String>,
    /// Statements that are supported.
    pub supported: u64,
    /// Statements.
    pub statement_count: u64,
    /// Milliseconds that it took.
    pub total_ms: u64,
}

/// From the strongest to the weakest.
const VERDICTS: [&str; 5] = ["supported", "partial", "unverifiable", "unsupported", "contradicted"];

impl Summary {
    /// Of an answer as JSON; `None` when it is no answer.
    pub fn of(answer: &Value) -> Option<Self> {
        let evidence = answer["evidence"].as_array()?;
        let find = |id: &Value| evidence.iter().find(|evidence| evidence["id"] == *id);
        let mut cited = Vec::new();
        let mut statements = Vec::new();
        let mut worst = None;
        let mut supported = 0;
        for statement in answer["statements"].as_array()? {
            let verdict = statement["verdict"].as_str()?;
            let rank = VERDICTS.iter().position(|name| *name == verdict)?;
            worst = worst.max(Some(rank));
            supported += u64::from(verdict == "supported");
            let mut citations = Vec::new();
            for citation in statement["citations"].as_array()? {
                let evidence = find(&citation["evidence"])?;
                citations.push(json!({
                    "passage": evidence["passage"].as_str()?,
                    "start": citation["start"].as_u64()?,
                    "end": citation["end"].as_u64()?,
                    "quote_sha256": hash(citation["quote"].as_str()?),
                    "verdict": citation["verdict"].as_str()?,
                }));
                let document = &evidence["document"];
                cited.push(Cited {
                    document: document["id"].as_str()?.to_owned(),
                    version: u32::try_from(document["version"].as_u64()?).ok()?,
                    corpus: document["corpus"].as_str()?.to_owned(),
                    standing: document["status"].as_str()?.to_owned(),
                    verdict: citation["verdict"].as_str()?.to_owned(),
                });
            }
            // The words of a statement may be those of a model: their hash is inside the sealed answer's commitment.
            statements.push(json!({ "verdict": verdict, "citations": citations }));
        }
        let listed = evidence.iter().map(found).collect::<Option<Vec<_>>>()?;
        Some(Self {
            status: answer["status"].as_str()?.to_owned(),
            mode: answer["mode"].as_str()?.to_owned(),
            snapshot: answer["snapshot"].as_u64()?,
            is_narrowed: ["filters", "as_of", "missing"].iter().any(|name| !answer[name].is_null()),
            missing: answer["missing"].as_str().map(str::to_owned),
            prompt_sha256: answer["prompt_sha256"].as_str().map(str::to_owned),
            evidence: listed.into(),
            statement_count: statements.len() as u64,
            statements: statements.into(),
            cited,
            worst: worst.map(|rank| VERDICTS[rank].to_owned()),
            supported,
            total_ms: answer["timings_ms"]["total"].as_u64().unwrap_or(0),
        })
    }

    /// The members of the entry.
    pub fn object(&self, model: Option<&str>) -> Map<String, Value> {
        let mut object = Map::new();
        for (name, value) in [
            ("status", json!(self.status)),
            ("mode", json!(self.mode)),
            ("snapshot", json!(self.snapshot)),
            ("model", json!(model)),
            ("prompt_sha256", json!(self.prompt_sha256)),
            ("evidence", self.evidence.clone()),
            ("statements", self.statements.clone()),
        ] {
            object.insert(name.to_owned(), value);
        }
        object
    }
}

fn found(evidence: &Value) -> Option<Value> {
    let (document, scores) = (&evidence["document"], &evidence["scores"]);
    let millionths = scores["fused"].as_f64().map(|score| (score * 1e6).round() as i64);
    Some(json!({
        "passage": evidence["passage"].as_str()?,
        "document": document["id"].as_str()?,
        "version": document["version"].as_u64()?,
        "sha256": document["sha256"].as_str()?,
        "lexical": scores["lexical"]["rank"].as_u64(),
        "dense": scores["dense"]["rank"].as_u64(),
        "score": millionths,
    }))
}

fn hash(text: &str) -> String {
    hex(&sha256(text.as_bytes()))
}
