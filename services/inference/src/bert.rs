//! An ONNX graph for a BERT-class sentence encoder whose weights are published as safetensors alone.
//!
//! The graph refers to the weights by their offsets in `model.safetensors`, so nothing is copied; the layers are those of the BERT
//! paper (Devlin et al., 2019) with the tensor names of the `BertModel` checkpoints. With [`Precision::Int8`] the matrices of the
//! layers are rounded to whole numbers, and what they are multiplied with is too, token by token, while it runs.

use serde::Deserialize;

use crate::checkpoint::Checkpoint;
use crate::error::{Error, Result};
use crate::onnx::{Attr, FLOAT, Graph, INT8, UINT8};

/// The name under which the graph refers to the weights.
pub(crate) const WEIGHTS: &str = "model.safetensors";

/// How exactly an encoder calculates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// As it was published.
    Float32,
    /// In whole numbers of eight bits where matrices are multiplied: about twice as fast on a CPU, vectors almost the same.
    Int8,
}

/// Whole numbers that a weight is rounded to lie between this and its negative. Seven bits and not eight: where a CPU has no
/// instruction for just this, ONNX Runtime adds two products in sixteen bits, which eight would overflow. So every machine gets
/// the same sums.
const WEIGHT_STEPS: f32 = 63.0;

/// The same for what is multiplied with them, and the number that stands for zero there.
const TOKEN_STEPS: f32 = 127.0;
const MIDDLE: u8 = 128;

/// What one step stands for, at least: nothing is divided by zero.
const LEAST_STEP: f32 = 1e-12;

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

/// The serialised `ModelProto`: inputs `input_ids`, `attention_mask`, `token_type_ids` as int64 `[batch, sequence]`; output
/// `last_hidden_state` as float `[batch, sequence, hidden]`.
///
/// # Errors
/// [`Error::Config`] when the configuration or a tensor is missing or of another class of model.
pub(crate) fn onnx_graph(config_json: &[u8], safetensors: &[u8], precision: Precision) -> Result<Vec<u8>> {
    let config: Config = serde_json::from_slice(config_json)
        .map_err(|error| Error::Config(format!("config.json of the embedder: {error}")))?;
    if config.position_embedding_type != "absolute" {
        let kind = &config.position_embedding_type;
        return Err(Error::Config(format!("the embedder has {kind} positions; only absolute ones are supported")));
    }
    if config.num_attention_heads == 0 || !config.hidden_size.is_multiple_of(config.num_attention_heads) {
        return Err(Error::Config("the embedder's hidden_size is no multiple of its attention heads".to_owned()));
    }
    let mut encoder = Encoder { graph: Graph::default(), weights: Checkpoint::read(safetensors)?, precision };
    encoder.build(&config)?;
    Ok(encoder.graph.finish())
}

/// An encoder in the making.
struct Encoder<'a> {
    graph: Graph,
    weights: Checkpoint<'a>,
    precision: Precision,
}

/// What is multiplied with weights.
enum Input {
    /// As it is.
    Float(String),
    /// In whole numbers, with what a step stands for in each token.
    Int8 { numbers: String, step: String },
}

impl Encoder<'_> {
    fn build(&mut self, config: &Config) -> Result<()> {
        let (hidden, heads) = (config.hidden_size, config.num_attention_heads);
        let head = hidden / heads;
        let epsilon = config.layer_norm_eps;
        for (name, value) in [("zero", 0), ("one", 1)] {
            self.graph.int64s(name, &[], &[value]);
        }
        self.graph.int64s("axes12", &[2], &[1, 2]);
        self.graph.int64s("split_heads", &[4], &[0, 0, signed(heads), signed(head)]);
        self.graph.int64s("join_heads", &[3], &[0, 0, signed(hidden)]);
        self.graph.floats("scale", &[], &[1.0 / (head as f32).sqrt()]);
        self.graph.floats("one_f", &[], &[1.0]);
        self.graph.floats("masked", &[], &[-1e9]);
        if self.precision == Precision::Int8 {
            self.graph.int64s("last", &[1], &[-1]);
            self.graph.floats("to_step", &[], &[1.0 / TOKEN_STEPS]);
            self.graph.floats("least_step", &[], &[LEAST_STEP]);
            self.graph.constant("middle", UINT8, &[], &[MIDDLE]);
        }

        // Embeddings: word + position + type, normalised.
        let words = self.tensor("embeddings.word_embeddings.weight")?;
        let positions = self.tensor("embeddings.position_embeddings.weight")?;
        let types = self.tensor("embeddings.token_type_embeddings.weight")?;
        self.graph.node("Shape", &["input_ids"], "shape", &[]);
        self.graph.node("Gather", &["shape", "one"], "length", &[Attr::int("axis", 0)]);
        self.graph.node("Range", &["zero", "length", "one"], "positions", &[]);
        self.graph.node("Gather", &[&words, "input_ids"], "word", &[]);
        self.graph.node("Gather", &[&positions, "positions"], "position", &[]);
        self.graph.node("Gather", &[&types, "token_type_ids"], "type", &[]);
        self.graph.node("Add", &["word", "position"], "word_position", &[]);
        self.graph.node("Add", &["word_position", "type"], "embedded", &[]);
        self.layer_norm("embedded", "embeddings.LayerNorm", "hidden_0", epsilon)?;

        // Additive mask: 0 where a token stands, -1e9 where there is padding, as [batch, 1, 1, sequence].
        self.graph.node("Cast", &["attention_mask"], "mask_f", &[Attr::int("to", FLOAT)]);
        self.graph.node("Sub", &["one_f", "mask_f"], "padding", &[]);
        self.graph.node("Mul", &["padding", "masked"], "mask_2d", &[]);
        self.graph.node("Unsqueeze", &["mask_2d", "axes12"], "mask", &[]);

        for layer in 0..config.num_hidden_layers {
            let at = |part: &str| format!("encoder.layer.{layer}.{part}");
            let name = |part: &str| format!("{part}_{layer}");
            let input = name("hidden");
            let read = self.read(&input);
            for part in ["query", "key", "value"] {
                self.linear(&read, &at(&format!("attention.self.{part}")), &name(part))?;
                self.graph.node("Reshape", &[&name(part), "split_heads"], &name(&format!("{part}_split")), &[]);
                // Keys come out transposed, ready to be multiplied.
                let order: &[u64] = if part == "key" { &[0, 2, 3, 1] } else { &[0, 2, 1, 3] };
                self.graph.node(
                    "Transpose",
                    &[&name(&format!("{part}_split"))],
                    &name(&format!("{part}_heads")),
                    &[Attr::ints("perm", order)],
                );
            }
            self.graph.node("MatMul", &[&name("query_heads"), &name("key_heads")], &name("product"), &[]);
            self.graph.node("Mul", &[&name("product"), "scale"], &name("scaled"), &[]);
            self.graph.node("Add", &[&name("scaled"), "mask"], &name("scores"), &[]);
            self.graph.node("Softmax", &[&name("scores")], &name("weights"), &[Attr::int("axis", 3)]);
            self.graph.node("MatMul", &[&name("weights"), &name("value_heads")], &name("context"), &[]);
            self.graph.node("Transpose", &[&name("context")], &name("context_t"), &[Attr::ints("perm", &[0, 2, 1, 3])]);
            self.graph.node("Reshape", &[&name("context_t"), "join_heads"], &name("joined"), &[]);
            let read = self.read(&name("joined"));
            self.linear(&read, &at("attention.output.dense"), &name("attended"))?;
            self.graph.node("Add", &[&name("attended"), &input], &name("attention_sum"), &[]);
            self.layer_norm(&name("attention_sum"), &at("attention.output.LayerNorm"), &name("attention"), epsilon)?;
            let read = self.read(&name("attention"));
            self.linear(&read, &at("intermediate.dense"), &name("wide"))?;
            self.activation(&config.hidden_act, &name("wide"), &name("active"))?;
            let read = self.read(&name("active"));
            self.linear(&read, &at("output.dense"), &name("narrow"))?;
            self.graph.node("Add", &[&name("narrow"), &name("attention")], &name("output_sum"), &[]);
            let last = layer + 1 == config.num_hidden_layers;
            let output = if last { "last_hidden_state".to_owned() } else { format!("hidden_{}", layer + 1) };
            self.layer_norm(&name("output_sum"), &at("output.LayerNorm"), &output, epsilon)?;
        }
        for input in ["input_ids", "attention_mask", "token_type_ids"] {
            self.graph.input(input);
        }
        self.graph.output("last_hidden_state", hidden);
        Ok(())
    }

    /// Makes an input ready to be multiplied with weights. Each token is rounded by itself, to steps of its own: whatever else is in the
    /// batch, its numbers are the same.
    fn read(&mut self, input: &str) -> Input {
        if self.precision == Precision::Float32 {
            return Input::Float(input.to_owned());
        }
        let name = |part: &str| format!("{input}_{part}");
        self.graph.node("Abs", &[input], &name("size"), &[]);
        self.graph.node("ReduceMax", &[&name("size"), "last"], &name("greatest"), &[Attr::int("keepdims", 1)]);
        self.graph.node("Mul", &[&name("greatest"), "to_step"], &name("any_step"), &[]);
        self.graph.node("Max", &[&name("any_step"), "least_step"], &name("step"), &[]);
        self.graph.node("Div", &[input, &name("step")], &name("in_steps"), &[]);
        self.graph.node("QuantizeLinear", &[&name("in_steps"), "one_f", "middle"], &name("numbers"), &[]);
        Input::Int8 { numbers: name("numbers"), step: name("step") }
    }

    /// x · Wᵀ + b; checkpoints store W as `[out, in]`.
    fn linear(&mut self, input: &Input, weights: &str, output: &str) -> Result<()> {
        let bias = self.tensor(&format!("{weights}.bias"))?;
        let (weights, product) = (format!("{weights}.weight"), format!("{output}_p"));
        match input {
            Input::Float(input) => {
                let (weights, turned) = (self.tensor(&weights)?, format!("{output}_w"));
                self.graph.node("Transpose", &[&weights], &turned, &[Attr::ints("perm", &[1, 0])]);
                self.graph.node("MatMul", &[input, &turned], &product, &[]);
            }
            Input::Int8 { numbers, step } => {
                let (matrix, steps, sums) = (format!("{output}_w"), format!("{output}_step"), format!("{output}_sums"));
                self.rounded(&weights, &matrix, &steps)?;
                let inputs = [numbers.as_str(), &matrix, "one_f", &steps, "middle"];
                self.graph.runtime_node("MatMulIntegerToFloat", &inputs, &sums);
                self.graph.node("Mul", &[&sums, step], &product, &[]);
            }
        }
        self.graph.node("Add", &[&product, &bias], output, &[]);
        Ok(())
    }

    /// Adds a matrix in whole numbers, `[in, out]`, and what a step stands for in each of its columns.
    fn rounded(&mut self, weights: &str, matrix: &str, steps: &str) -> Result<()> {
        let (_, info) = self.weights.find(weights)?;
        let [out, into] = info.shape[..] else {
            return Err(Error::Config(format!("tensor {weights} of the embedder is no matrix")));
        };
        let values = self.weights.floats(weights)?;
        let (rows, columns) = (values.len() / out.max(1) as usize, out as usize);
        let mut numbers = vec![0_u8; values.len()];
        let mut step_of = Vec::with_capacity(columns);
        for (column, row) in values.chunks_exact(rows.max(1)).enumerate() {
            let step = row.iter().fold(0.0, |most: f32, value| most.max(value.abs())) / WEIGHT_STEPS;
            let step = step.max(LEAST_STEP);
            for (at, value) in row.iter().enumerate() {
                // Bounded by the division above.
                numbers[at * columns + column] = ((value / step).round() as i8).cast_unsigned();
            }
            step_of.push(step);
        }
        self.graph.constant(matrix, INT8, &[into, out], &numbers);
        self.graph.floats(steps, &[out], &step_of);
        Ok(())
    }

    /// Refers to a weight, and returns its name.
    fn tensor(&mut self, name: &str) -> Result<String> {
        let (name, info, place) = self.weights.place(name)?;
        self.graph.external(name, &info.shape, (WEIGHTS, place.start as u64, place.len() as u64));
        Ok(name.to_owned())
    }

    fn layer_norm(&mut self, input: &str, weights: &str, output: &str, epsilon: f32) -> Result<()> {
        // Early checkpoints say gamma and beta.
        let scale = self.tensor(&format!("{weights}.weight")).or_else(|_| self.tensor(&format!("{weights}.gamma")))?;
        let shift = self.tensor(&format!("{weights}.bias")).or_else(|_| self.tensor(&format!("{weights}.beta")))?;
        let attrs = [Attr::int("axis", u64::MAX), Attr::float("epsilon", epsilon)];
        self.graph.node("LayerNormalization", &[input, &scale, &shift], output, &attrs);
        Ok(())
    }

    fn activation(&mut self, name: &str, input: &str, output: &str) -> Result<()> {
        match name {
            "gelu" => self.graph.node("Gelu", &[input], output, &[]),
            "gelu_new" | "gelu_pytorch_tanh" => {
                self.graph.node("Gelu", &[input], output, &[Attr::text("approximate", "tanh")])
            }
            "relu" => self.graph.node("Relu", &[input], output, &[]),
            other => return Err(Error::Config(format!("the embedder's activation {other} is not supported"))),
        }
        Ok(())
    }
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
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
        let message = onnx_graph(config, &file, Precision::Int8).unwrap_err().to_string();
        assert!(message.contains("no BERT"), "{message}");
        assert!(onnx_graph(config, b"short", Precision::Int8).is_err());
        assert!(onnx_graph(b"{", &file, Precision::Int8).is_err());
        let header = br#"{"a":{"dtype":"F32","shape":[9223372036854775807,9],"data_offsets":[0,4]}}"#;
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend(header);
        file.extend([0; 4]);
        let message = Checkpoint::read(&file).unwrap().floats("a").unwrap_err().to_string();
        assert!(message.contains("not as large"), "{message}");
        let huge = u64::MAX.to_le_bytes();
        assert!(onnx_graph(config, &huge, Precision::Int8).is_err());
    }

    #[test]
    fn offsets_beyond_the_file_are_an_error() {
        let config = br#"{"hidden_size":8,"num_hidden_layers":1,"num_attention_heads":2}"#;
        for offsets in ["[18446744073709551615,18446744073709551615]", "[0,18446744073709551615]", "[4,0]", "[0,8]"] {
            let name = "embeddings.word_embeddings.weight";
            let header = format!("{{\"{name}\":{{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":{offsets}}}}}");
            let mut file = (header.len() as u64).to_le_bytes().to_vec();
            file.extend(header.bytes());
            file.extend([0; 4]);
            for precision in [Precision::Float32, Precision::Int8] {
                let message = onnx_graph(config, &file, precision).unwrap_err().to_string();
                assert!(message.contains("not as large"), "{offsets}: {message}");
            }
        }
    }
}
