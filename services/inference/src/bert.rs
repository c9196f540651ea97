//! An ONNX graph for a BERT-class sentence encoder whose weights are published as safetensors alone.
//!
//! The graph refers to the weights by their offsets in `model.safetensors`, so nothing is copied. Fields and numbers are
//! those of `onnx.proto` (ONNX IR version 9, opset 20); the layers are those of the BERT paper (Devlin et al., 2019) with
//! the tensor names of the `BertModel` checkpoints.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::{Error, Result};

/// The name under which the graph refers to the weights.
pub(crate) const WEIGHTS: &str = "model.safetensors";

const FLOAT: u64 = 1;
const INT64: u64 = 7;

/// The keys of `config.json` that shape the graph.
#[derive(Debug, Deserialize)]
struct Config {
    hidden_size: u64,
    num_hidden_layers: u64,
    num_attention_heads: u64,
    #[serde(default = "default_epsilon")]
    layer_norm_eps: f32,
    #[serde(default = "default_activation")]
    hidden_act: String,
    #[serde(default = "default_positions")]
    position_embedding_type: String,
}

fn default_epsilon() -> f32 {
    1e-12
}

fn default_activation() -> String {
    "gelu".to_owned()
}

fn default_positions() -> String {
    "absolute".to_owned()
}

#[derive(Debug, Deserialize)]
struct TensorInfo {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: (u64, u64),
}

/// The serialised `ModelProto`: inputs `input_ids`, `attention_mask`, `token_type_ids` as int64 `[batch, sequence]`; output
/// `last_hidden_state` as float `[batch, sequence, hidden]`.
///
/// # Errors
/// [`Error::Config`] when the configuration or a tensor is missing or of another class of model.
pub(crate) fn onnx_graph(config_json: &[u8], safetensors: &[u8]) -> Result<Vec<u8>> {
    let config: Config = serde_json::from_slice(config_json)
        .map_err(|error| Error::Config(format!("config.json of the embedder: {error}")))?;
    if config.position_embedding_type != "absolute" {
        let kind = &config.position_embedding_type;
        return Err(Error::Config(format!("the embedder has {kind} positions; only absolute ones are supported")));
    }
    if config.num_attention_heads == 0 || !config.hidden_size.is_multiple_of(config.num_attention_heads) {
        return Err(Error::Config("the embedder's hidden_size is no multiple of its attention heads".to_owned()));
    }
    let mut graph = Graph::new(safetensors)?;
    build(&mut graph, &config)?;
    Ok(graph.finish())
}

fn build(graph: &mut Graph, config: &Config) -> Result<()> {
    let (hidden, heads) = (config.hidden_size, config.num_attention_heads);
    let head = hidden / heads;
    let epsilon = config.layer_norm_eps;
    for (name, value) in [("zero", 0), ("one", 1)] {
        graph.int64s(name, &[], &[value]);
    }
    graph.int64s("axes12", &[2], &[1, 2]);
    graph.int64s("split_heads", &[4], &[0, 0, signed(heads), signed(head)]);
    graph.int64s("join_heads", &[3], &[0, 0, signed(hidden)]);
    graph.float("scale", 1.0 / (head as f32).sqrt());
    graph.float("one_f", 1.0);
    graph.float("masked", -1e9);

    // Embeddings: word + position + type, normalised.
    let words = graph.weight("embeddings.word_embeddings.weight")?;
    let positions = graph.weight("embeddings.position_embeddings.weight")?;
    let types = graph.weight("embeddings.token_type_embeddings.weight")?;
    graph.node("Shape", &["input_ids"], "shape", &[]);
    graph.node("Gather", &["shape", "one"], "length", &[Attr::int("axis", 0)]);
    graph.node("Range", &["zero", "length", "one"], "positions", &[]);
    graph.node("Gather", &[&words, "input_ids"], "word", &[]);
    graph.node("Gather", &[&positions, "positions"], "position", &[]);
    graph.node("Gather", &[&types, "token_type_ids"], "type", &[]);
    graph.node("Add", &["word", "position"], "word_position", &[]);
    graph.node("Add", &["word_position", "type"], "embedded", &[]);
    graph.layer_norm("embedded", "embeddings.LayerNorm", "hidden_0", epsilon)?;

    // Additive mask: 0 where a token stands, -1e9 where there is padding, as [batch, 1, 1, sequence].
    graph.node("Cast", &["attention_mask"], "mask_f", &[Attr::int("to", FLOAT)]);
    graph.node("Sub", &["one_f", "mask_f"], "padding", &[]);
    graph.node("Mul", &["padding", "masked"], "mask_2d", &[]);
    graph.node("Unsqueeze", &["mask_2d", "axes12"], "mask", &[]);

    for layer in 0..config.num_hidden_layers {
        let at = |part: &str| format!("encoder.layer.{layer}.{part}");
        let name = |part: &str| format!("{part}_{layer}");
        let input = name("hidden");
        for part in ["query", "key", "value"] {
            graph.linear(&input, &at(&format!("attention.self.{part}")), &name(part))?;
            graph.node("Reshape", &[&name(part), "split_heads"], &name(&format!("{part}_split")), &[]);
            // Keys come out transposed, ready to be multiplied.
            let order: &[u64] = if part == "key" { &[0, 2, 3, 1] } else { &[0, 2, 1, 3] };
            graph.node(
                "Transpose",
                &[&name(&format!("{part}_split"))],
                &name(&format!("{part}_heads")),
                &[Attr::ints("perm", order)],
            );
        }
        graph.node("MatMul", &[&name("query_heads"), &name("key_heads")], &name("product"), &[]);
        graph.node("Mul", &[&name("product"), "scale"], &name("scaled"), &[]);
        graph.node("Add", &[&name("scaled"), "mask"], &name("scores"), &[]);
        graph.node("Softmax", &[&name("scores")], &name("weights"), &[Attr::int("axis", 3)]);
        graph.node("MatMul", &[&name("weights"), &name("value_heads")], &name("context"), &[]);
        graph.node("Transpose", &[&name("context")], &name("context_t"), &[Attr::ints("perm", &[0, 2, 1, 3])]);
        graph.node("Reshape", &[&name("context_t"), "join_heads"], &name("joined"), &[]);
        graph.linear(&name("joined"), &at("attention.output.dense"), &name("attended"))?;
        graph.node("Add", &[&name("attended"), &input], &name("attention_sum"), &[]);
        graph.layer_norm(&name("attention_sum"), &at("attention.output.LayerNorm"), &name("attention"), epsilon)?;
        graph.linear(&name("attention"), &at("intermediate.dense"), &name("wide"))?;
        graph.activation(&config.hidden_act, &name("wide"), &name("active"))?;
        graph.linear(&name("active"), &at("output.dense"), &name("narrow"))?;
        graph.node("Add", &[&name("narrow"), &name("attention")], &name("output_sum"), &[]);
        let last = layer + 1 == config.num_hidden_layers;
        let output = if last { "last_hidden_state".to_owned() } else { format!("hidden_{}", layer + 1) };
        graph.layer_norm(&name("output_sum"), &at("output.LayerNorm"), &output, epsilon)?;
    }
    for input in ["input_ids", "attention_mask", "token_type_ids"] {
        graph.input(input);
    }
    graph.output("last_hidden_state", hidden);
    Ok(())
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A `GraphProto` in the making.
struct Graph {
    nodes: Message,
    initializers: Message,
    inputs: Message,
    outputs: Message,
    tensors: BTreeMap<String, TensorInfo>,
    data_start: u64,
}

impl Graph {
    /// Reads the header of a safetensors file: 8 bytes of length, then JSON.
    fn new(safetensors: &[u8]) -> Result<Self> {
        let broken = || Error::Config("model.safetensors of the embedder has no readable header".to_owned());
        let length = safetensors.first_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes)).ok_or_else(broken)?;
        let end = usize::try_from(length).ok().and_then(|length| length.checked_add(8)).ok_or_else(broken)?;
        let header: BTreeMap<String, serde_json::Value> =
            serde_json::from_slice(safetensors.get(8..end).ok_or_else(broken)?).map_err(|_| broken())?;
        let tensors = header
            .into_iter()
            .filter(|(name, _)| name != "__metadata__")
            .map(|(name, value)| serde_json::from_value(value).map(|info| (name, info)))
            .collect::<std::result::Result<BTreeMap<_, TensorInfo>, _>>()
            .map_err(|_| broken())?;
        Ok(Self {
            nodes: Message::default(),
            initializers: Message::default(),
            inputs: Message::default(),
            outputs: Message::default(),
            tensors,
            data_start: end as u64,
        })
    }

    /// Adds a weight as external data and returns its name. Checkpoints of task models prefix theirs with `bert.`.
    fn weight(&mut self, name: &str) -> Result<String> {
        let prefixed = format!("bert.{name}");
        let found = [name.to_owned(), prefixed].into_iter().find(|name| self.tensors.contains_key(name));
        let name = found.ok_or_else(|| Error::Config(format!("the embedder is no BERT: it has no tensor {name}")))?;
        let info = &self.tensors[&name];
        if info.dtype != "F32" {
            return Err(Error::Config(format!(
                "tensor {name} of the embedder is {}; only F32 is supported",
                info.dtype
            )));
        }
        let (start, end) = info.data_offsets;
        let mut tensor = Message::default();
        for dim in &info.shape {
            tensor.varint(1, *dim);
        }
        tensor.varint(2, FLOAT);
        tensor.text(8, &name);
        let location = [
            ("location", WEIGHTS.to_owned()),
            ("offset", (self.data_start + start).to_string()),
            ("length", end.saturating_sub(start).to_string()),
        ];
        for (key, value) in location {
            let mut entry = Message::default();
            entry.text(1, key);
            entry.text(2, &value);
            tensor.message(13, &entry);
        }
        tensor.varint(14, 1);
        self.initializers.message(5, &tensor);
        Ok(name)
    }

    fn int64s(&mut self, name: &str, dims: &[u64], values: &[i64]) {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(name, INT64, dims, &bytes);
    }

    fn float(&mut self, name: &str, value: f32) {
        self.constant(name, FLOAT, &[], &value.to_le_bytes());
    }

    fn constant(&mut self, name: &str, kind: u64, dims: &[u64], raw: &[u8]) {
        let mut tensor = Message::default();
        for dim in dims {
            tensor.varint(1, *dim);
        }
        tensor.varint(2, kind);
        tensor.text(8, name);
        tensor.bytes(9, raw);
        self.initializers.message(5, &tensor);
    }

    fn node(&mut self, op: &str, inputs: &[&str], output: &str, attrs: &[Attr]) {
        let mut node = Message::default();
        for input in inputs {
            node.text(1, input);
        }
        node.text(2, output);
        node.text(3, output);
        node.text(4, op);
        for attr in attrs {
            node.message(5, &attr.0);
        }
        self.nodes.message(1, &node);
    }

    /// x · Wᵀ + b; checkpoints store W as `[out, in]`.
    fn linear(&mut self, input: &str, weights: &str, output: &str) -> Result<()> {
        let weight = self.weight(&format!("{weights}.weight"))?;
        let bias = self.weight(&format!("{weights}.bias"))?;
        let (turned, product) = (format!("{output}_w"), format!("{output}_p"));
        self.node("Transpose", &[&weight], &turned, &[Attr::ints("perm", &[1, 0])]);
        self.node("MatMul", &[input, &turned], &product, &[]);
        self.node("Add", &[&product, &bias], output, &[]);
        Ok(())
    }

    fn layer_norm(&mut self, input: &str, weights: &str, output: &str, epsilon: f32) -> Result<()> {
        // Early checkpoints say gamma and beta.
        let scale = self.weight(&format!("{weights}.weight")).or_else(|_| self.weight(&format!("{weights}.gamma")))?;
        let shift = self.weight(&format!("{weights}.bias")).or_else(|_| self.weight(&format!("{weights}.beta")))?;
        let attrs = [Attr::int("axis", u64::MAX), Attr::float("epsilon", epsilon)];
        self.node("LayerNormalization", &[input, &scale, &shift], output, &attrs);
        Ok(())
    }

    fn activation(&mut self, name: &str, input: &str, output: &str) -> Result<()> {
        match name {
            "gelu" => self.node("Gelu", &[input], output, &[]),
            "gelu_new" | "gelu_pytorch_tanh" => {
                self.node("Gelu", &[input], output, &[Attr::text("approximate", "tanh")])
            }
            "relu" => self.node("Relu", &[input], output, &[]),
            other => return Err(Error::Config(format!("the embedder's activation {other} is not supported"))),
        }
        Ok(())
    }

    fn input(&mut self, name: &str) {
        let info = value_info(name, INT64, None);
        self.inputs.message(11, &info);
    }

    fn output(&mut self, name: &str, hidden: u64) {
        let info = value_info(name, FLOAT, Some(hidden));
        self.outputs.message(12, &info);
    }

    fn finish(self) -> Vec<u8> {
        let mut graph = self.nodes;
        graph.text(2, "bert");
        graph.0.extend(self.initializers.0);
        graph.0.extend(self.inputs.0);
        graph.0.extend(self.outputs.0);
        let mut opset = Message::default();
        opset.varint(2, 20);
        let mut model = Message::default();
        model.varint(1, 9);
        model.text(2, "osler");
        model.message(7, &graph);
        model.message(8, &opset);
        model.0
    }
}

/// `ValueInfoProto` of a tensor `[batch, sequence]`, or `[batch, sequence, hidden]`.
fn value_info(name: &str, kind: u64, hidden: Option<u64>) -> Message {
    let mut shape = Message::default();
    for dim in ["batch", "sequence"] {
        let mut symbolic = Message::default();
        symbolic.text(2, dim);
        shape.message(1, &symbolic);
    }
    if let Some(hidden) = hidden {
        let mut fixed = Message::default();
        fixed.varint(1, hidden);
        shape.message(1, &fixed);
    }
    let mut tensor = Message::default();
    tensor.varint(1, kind);
    tensor.message(2, &shape);
    let mut kind = Message::default();
    kind.message(1, &tensor);
    let mut info = Message::default();
    info.text(1, name);
    info.message(2, &kind);
    info
}

/// An `AttributeProto`.
struct Attr(Message);

impl Attr {
    fn begin(name: &str, kind: u64) -> Message {
        let mut attr = Message::default();
        attr.text(1, name);
        attr.varint(20, kind);
        attr
    }

    fn float(name: &str, value: f32) -> Self {
        let mut attr = Self::begin(name, 1);
        attr.fixed32(2, value);
        Self(attr)
    }

    /// Negative numbers go in as their two's complement, as protobuf wants.
    fn int(name: &str, value: u64) -> Self {
        let mut attr = Self::begin(name, 2);
        attr.varint(3, value);
        Self(attr)
    }

    fn text(name: &str, value: &str) -> Self {
        let mut attr = Self::begin(name, 3);
        attr.text(4, value);
        Self(attr)
    }

    fn ints(name: &str, values: &[u64]) -> Self {
        let mut attr = Self::begin(name, 7);
        for value in values {
            attr.varint(8, *value);
        }
        Self(attr)
    }
}

/// A protobuf message in the making.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn raw_varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn varint(&mut self, field: u64, value: u64) {
        self.raw_varint(field << 3);
        self.raw_varint(value);
    }

    fn fixed32(&mut self, field: u64, value: f32) {
        self.raw_varint(field << 3 | 5);
        self.0.extend(value.to_le_bytes());
    }

    fn bytes(&mut self, field: u64, bytes: &[u8]) {
        self.raw_varint(field << 3 | 2);
        self.raw_varint(bytes.len() as u64);
        self.0.extend(bytes);
    }

    fn text(&mut self, field: u64, text: &str) {
        self.bytes(field, text.as_bytes());
    }

    fn message(&mut self, field: u64, message: &Self) {
        self.bytes(field, &message.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_bert_is_said_to_be_none() {
        let header = br#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend(header);
        let config = br#"{"hidden_size":8,"num_hidden_layers":1,"num_attention_heads":2}"#;
        let message = onnx_graph(config, &file).unwrap_err().to_string();
        assert!(message.contains("no BERT"), "{message}");
        assert!(onnx_graph(config, b"short").is_err());
        assert!(onnx_graph(b"{", &file).is_err());
        let huge = u64::MAX.to_le_bytes();
        assert!(onnx_graph(config, &huge).is_err());
    }
}
