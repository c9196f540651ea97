//! A Llama of some seventy kilobytes with weights of no meaning: what the engine does can be seen on it in milliseconds.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

const HIDDEN: usize = 32;
const INTER: usize = 64;
/// 256 bytes, end of text, start and end of a turn.
const VOCAB: usize = 259;

/// Writes the model into `directory`. Its vocabulary is bytes, so it can write anything a grammar allows.
pub fn write_tiny_llama(directory: &Path) {
    let write = |name: &str, value: &Value| fs::write(directory.join(name), value.to_string()).unwrap();
    write(
        "config.json",
        &json!({
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu", "hidden_size": HIDDEN,
            "intermediate_size": INTER, "vocab_size": VOCAB, "num_hidden_layers": 1, "num_attention_heads": 2,
            "num_key_value_heads": 1, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "max_position_embeddings": 4096,
            "tie_word_embeddings": true, "torch_dtype": "float32"
        }),
    );
    write("generation_config.json", &json!({ "eos_token_id": [258, 256] }));
    let template = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}\
                    {% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
    write(
        "tokenizer_config.json",
        &json!({
            "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<|im_start|>", "eos_token": "<|im_end|>",
            "chat_template": template, "model_max_length": 4096
        }),
    );
    write("tokenizer.json", &tokenizer());
    fs::write(directory.join("model.safetensors"), safetensors()).unwrap();
}

/// Byte-level BPE without merges: the 256 bytes by the characters that byte-level tokenizers write for them.
fn tokenizer() -> Value {
    let printable =
        |byte: u32| (33..=126).contains(&byte) || (161..=172).contains(&byte) || (174..=255).contains(&byte);
    let mut vocab = Map::new();
    let mut next = 256;
    for byte in 0..256_u32 {
        let code = if printable(byte) {
            byte
        } else {
            next += 1;
            next - 1
        };
        vocab.insert(char::from_u32(code).unwrap().to_string(), json!(byte));
    }
    let special = |id: u32, content: &str| {
        json!({ "id": id, "content": content, "single_word": false, "lstrip": false, "rstrip": false,
                "normalized": false, "special": true })
    };
    json!({
        "version": "1.0", "truncation": null, "padding": null,
        "added_tokens": [special(256, "<|endoftext|>"), special(257, "<|im_start|>"), special(258, "<|im_end|>")],
        "normalizer": null,
        "pre_tokenizer": { "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true },
        "post_processor": null,
        "decoder": { "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true },
        "model": { "type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
                   "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "vocab": vocab, "merges": [] }
    })
}

fn safetensors() -> Vec<u8> {
    let tensors: [(&str, &[usize]); 11] = [
        ("model.embed_tokens.weight", &[VOCAB, HIDDEN]),
        ("model.layers.0.input_layernorm.weight", &[HIDDEN]),
        ("model.layers.0.mlp.down_proj.weight", &[HIDDEN, INTER]),
        ("model.layers.0.mlp.gate_proj.weight", &[INTER, HIDDEN]),
        ("model.layers.0.mlp.up_proj.weight", &[INTER, HIDDEN]),
        ("model.layers.0.post_attention_layernorm.weight", &[HIDDEN]),
        ("model.layers.0.self_attn.k_proj.weight", &[HIDDEN / 2, HIDDEN]),
        ("model.layers.0.self_attn.o_proj.weight", &[HIDDEN, HIDDEN]),
        ("model.layers.0.self_attn.q_proj.weight", &[HIDDEN, HIDDEN]),
        ("model.layers.0.self_attn.v_proj.weight", &[HIDDEN / 2, HIDDEN]),
        ("model.norm.weight", &[HIDDEN]),
    ];
    let (mut header, mut data) = (String::from("{"), Vec::new());
    // A linear congruential generator (Knuth, MMIX), so that the model is the same everywhere.
    let mut state = 42_u64;
    for (name, shape) in tensors {
        let count: usize = shape.iter().product();
        let start = data.len();
        for _ in 0..count {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let uniform = (state >> 40) as f32 / (1_u64 << 24) as f32 - 0.5;
            let value = if name.ends_with("norm.weight") { 1.0 } else { uniform * 0.4 };
            data.extend(value.to_le_bytes());
        }
        let comma = if header.len() > 1 { "," } else { "" };
        let _ = write!(
            header,
            "{comma}\"{name}\":{{\"dtype\":\"F32\",\"shape\":{shape:?},\"data_offsets\":[{start},{}]}}",
            data.len()
        );
    }
    header.push('}');
    while !header.len().is_multiple_of(8) {
        header.push(' ');
    }
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.bytes());
    file.extend(data);
    file
}
