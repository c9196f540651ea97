//! A cross-encoder of a few hundred bytes, in the form that model hubs publish them: for tests of what runs real ones.

use std::path::Path;

/// Words it knows, the later the better: its score grows with the last of these that the passage has.
const WORDS: [&str; 8] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "gout", "colchicine", "febuxostat"];

const INT64: u64 = 7;
const FLOAT: u64 = 1;

/// Writes `model.onnx` with its tokenizer and configuration. Its logit is the greatest token id in the passage.
///
/// # Panics
/// When the directory cannot be written.
pub fn write_tiny_cross_encoder(directory: &Path) {
    let write = |name: &str, bytes: &[u8]| std::fs::write(directory.join(name), bytes).unwrap();
    write("model.onnx", &model());
    let vocabulary: Vec<String> = WORDS.iter().enumerate().map(|(id, word)| format!("\"{word}\": {id}")).collect();
    let special = |id: usize| {
        let flags = r#""single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true"#;
        format!(r#"{{"id": {id}, "content": "{}", {flags}}}"#, WORDS[id])
    };
    let added = (0..4).map(special).collect::<Vec<_>>().join(", ");
    let piece = |id: &str, kind: u8| format!(r#"{{"SpecialToken": {{"id": "{id}", "type_id": {kind}}}}}"#);
    let text = |id: &str, kind: u8| format!(r#"{{"Sequence": {{"id": "{id}", "type_id": {kind}}}}}"#);
    let single = [piece("[CLS]", 0), text("A", 0), piece("[SEP]", 0)].join(", ");
    let pair = format!("{single}, {}, {}", text("B", 1), piece("[SEP]", 1));
    let token = |id: usize| format!(r#""{0}": {{"id": "{0}", "ids": [{id}], "tokens": ["{0}"]}}"#, WORDS[id]);
    let tokens = [token(2), token(3)].join(", ");
    let tokenizer = format!(
        r#"{{"version": "1.0", "truncation": null, "padding": null, "added_tokens": [{added}],
            "normalizer": {{"type": "Lowercase"}}, "pre_tokenizer": {{"type": "Whitespace"}},
            "post_processor": {{"type": "TemplateProcessing", "single": [{single}], "pair": [{pair}],
                                "special_tokens": {{{tokens}}}}},
            "decoder": null, "model": {{"type": "WordLevel", "vocab": {{{}}}, "unk_token": "[UNK]"}}}}"#,
        vocabulary.join(", ")
    );
    write("tokenizer.json", tokenizer.as_bytes());
    write("config.json", br#"{"pad_token_id": 0}"#);
    write("tokenizer_config.json", br#"{"model_max_length": 128, "pad_token": "[PAD]"}"#);
    write("special_tokens_map.json", br#"{"pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}"#);
}

/// Protobuf, as far as a graph of four nodes needs it. Field numbers are those of `onnx.proto`.
fn model() -> Vec<u8> {
    let node = |operator: &str, inputs: &[&str], output: &str, attribute: &[u8]| {
        let mut node: Vec<u8> = inputs.iter().flat_map(|input| text(1, input)).collect();
        node.extend(text(2, output));
        node.extend(text(4, operator));
        node.extend(attribute);
        bytes(1, &node)
    };
    // An attribute called `to`, of type INT, that names the type FLOAT.
    let to_float = bytes(5, &[text(1, "to"), number(3, FLOAT), number(20, 2)].concat());
    let axis = bytes(5, &[number(1, 1), number(2, INT64), text(8, "axis"), bytes(9, &1_i64.to_le_bytes())].concat());
    let value = |field: u32, name: &str, kind: u64, dimensions: &[&str]| {
        let shape: Vec<u8> = dimensions.iter().flat_map(|dimension| bytes(1, &text(2, dimension))).collect();
        let tensor = [number(1, kind), bytes(2, &shape)].concat();
        bytes(field, &[text(1, name), bytes(2, &bytes(1, &tensor))].concat())
    };
    let graph = [
        // Only the passage has type 1.
        node("Mul", &["input_ids", "token_type_ids"], "passage_ids", &[]),
        node("Mul", &["passage_ids", "attention_mask"], "held_ids", &[]),
        node("Cast", &["held_ids"], "held", &to_float),
        node("ReduceMax", &["held", "axis"], "logits", &[]),
        text(2, "tiny"),
        axis,
        value(11, "input_ids", INT64, &["batch", "sequence"]),
        value(11, "attention_mask", INT64, &["batch", "sequence"]),
        value(11, "token_type_ids", INT64, &["batch", "sequence"]),
        value(12, "logits", FLOAT, &["batch", "one"]),
    ]
    .concat();
    [number(1, 9), bytes(7, &graph), bytes(8, &number(2, 20))].concat()
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

fn number(field: u32, value: u64) -> Vec<u8> {
    [varint(u64::from(field) << 3), varint(value)].concat()
}

fn bytes(field: u32, value: &[u8]) -> Vec<u8> {
    [varint(u64::from(field) << 3 | 2), varint(value.len() as u64), value.to_vec()].concat()
}

fn text(field: u32, value: &str) -> Vec<u8> {
    bytes(field, value.as_bytes())
}
