//! What the model may write: built for each question, so that it can name only evidence that is there and quote only
//! sentences that stand in it.

use std::fmt::Write;

use inference::Grammar;
use serde_json::json;

use crate::answer::Mode;
use crate::select::Selected;

/// The longest statement in the model's own words, in characters.
const STATEMENT_CHARS: usize = 240;

/// A grammar of one to `statements` statements.
///
/// Each quote is a run of whole sentences of the one passage it names: in Lark by `substring_chunks`, whose chunks are the
/// sentences, JSON-escaped. It also accepts the empty run, hence the intersection. A JSON schema cannot say as much; there the
/// check of the draft stands alone.
pub(crate) fn build(selected: &[Selected], mode: Mode, statements: usize) -> Grammar {
    let synthesis = mode == Mode::Synthesis;
    let mut lark = String::from("start: \"{\\\"statements\\\":[\" statement (\",\" statement)");
    let _ = writeln!(lark, "{{0,{}}} \"]}}\"", statements.saturating_sub(1));
    let alternatives: Vec<String> = selected
        .iter()
        .enumerate()
        .map(|(at, one)| {
            let id = &one.evidence.id;
            let text = if synthesis { "\",\\\"text\\\":\" text \"}\"" } else { "\"}\"" };
            format!("\"{{\\\"evidence\\\":\\\"{id}\\\",\\\"quote\\\":\\\"\" Q{at} \"\\\"\" {text}")
        })
        .collect();
    let _ = writeln!(lark, "statement: {}", alternatives.join("\n  | "));
    if synthesis {
        let _ = writeln!(lark, "text: %json {{\"type\":\"string\",\"minLength\":1,\"maxLength\":{STATEMENT_CHARS}}}");
    }
    for (at, one) in selected.iter().enumerate() {
        let chunks: Vec<String> =
            one.sentences.iter().map(|sentence| escaped(&format!("{} ", sentence.text))).collect();
        let _ = writeln!(lark, "Q{at}: S{at} & /(?s:.+)/");
        let _ = writeln!(lark, "S{at}: %regex {}", json!({ "substring_chunks": chunks }));
    }

    let ids: Vec<&str> = selected.iter().map(|one| one.evidence.id.as_str()).collect();
    let mut properties = json!({ "evidence": { "enum": ids }, "quote": { "type": "string", "minLength": 1 } });
    let mut required = vec!["evidence", "quote"];
    if synthesis {
        properties["text"] = json!({ "type": "string", "minLength": 1, "maxLength": STATEMENT_CHARS });
        required.push("text");
    }
    let statement =
        json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false });
    let schema = json!({
        "type": "object",
        "properties": { "statements": { "type": "array", "minItems": 1, "maxItems": statements, "items": statement } },
        "required": ["statements"],
        "additionalProperties": false,
    });
    Grammar { lark, schema }
}

/// The inside of a JSON string.
fn escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}
