//! ONNX graphs in the making: the few messages of `onnx.proto` that a model takes (IR version 9, opset 20, and what ONNX Runtime adds
//! to it), by their fields and numbers.

pub(crate) const FLOAT: u64 = 1;
pub(crate) const UINT8: u64 = 2;
pub(crate) const INT8: u64 = 3;
pub(crate) const INT64: u64 = 7;

/// Operators that ONNX Runtime has beyond the standard.
pub(crate) const RUNTIME: &str = "com.microsoft";

/// A `GraphProto` in the making.
#[derive(Default)]
pub(crate) struct Graph {
    nodes: Message,
    initializers: Message,
    inputs: Message,
    outputs: Message,
}

impl Graph {
    /// A tensor that lies at `offset` in the file `location`, which is not read for it here.
    pub(crate) fn external(&mut self, name: &str, dims: &[u64], (location, offset, length): (&str, u64, u64)) {
        let mut tensor = Self::tensor(name, FLOAT, dims);
        let entries =
            [("location", location.to_owned()), ("offset", offset.to_string()), ("length", length.to_string())];
        for (key, value) in entries {
            let mut entry = Message::default();
            entry.text(1, key);
            entry.text(2, &value);
            tensor.message(13, &entry);
        }
        tensor.varint(14, 1);
        self.initializers.message(5, &tensor);
    }

    /// A tensor of these bytes, little-endian.
    pub(crate) fn constant(&mut self, name: &str, kind: u64, dims: &[u64], raw: &[u8]) {
        let mut tensor = Self::tensor(name, kind, dims);
        tensor.bytes(9, raw);
        self.initializers.message(5, &tensor);
    }

    pub(crate) fn int64s(&mut self, name: &str, dims: &[u64], values: &[i64]) {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(name, INT64, dims, &bytes);
    }

    pub(crate) fn floats(&mut self, name: &str, dims: &[u64], values: &[f32]) {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(name, FLOAT, dims, &bytes);
    }

    fn tensor(name: &str, kind: u64, dims: &[u64]) -> Message {
        let mut tensor = Message::default();
        for dim in dims {
            tensor.varint(1, *dim);
        }
        tensor.varint(2, kind);
        tensor.text(8, name);
        tensor
    }

    /// An operator of the standard.
    pub(crate) fn node(&mut self, op: &str, inputs: &[&str], output: &str, attrs: &[Attr]) {
        self.nodes.message(1, &node(op, inputs, output, attrs));
    }

    /// An operator of [`RUNTIME`].
    pub(crate) fn runtime_node(&mut self, op: &str, inputs: &[&str], output: &str) {
        let mut node = node(op, inputs, output, &[]);
        node.text(7, RUNTIME);
        self.nodes.message(1, &node);
    }

    /// An input of int64, `[batch, sequence]`.
    pub(crate) fn input(&mut self, name: &str) {
        let info = value_info(name, INT64, None);
        self.inputs.message(11, &info);
    }

    /// An output of float, `[batch, sequence, hidden]`.
    pub(crate) fn output(&mut self, name: &str, hidden: u64) {
        let info = value_info(name, FLOAT, Some(hidden));
        self.outputs.message(12, &info);
    }

    /// The serialised `ModelProto`.
    pub(crate) fn finish(self) -> Vec<u8> {
        let mut graph = self.nodes;
        graph.text(2, "bert");
        graph.0.extend(self.initializers.0);
        graph.0.extend(self.inputs.0);
        graph.0.extend(self.outputs.0);
        let mut model = Message::default();
        model.varint(1, 9);
        model.text(2, "osler");
        model.message(7, &graph);
        for (domain, version) in [("", 20), (RUNTIME, 1)] {
            let mut opset = Message::default();
            opset.text(1, domain);
            opset.varint(2, version);
            model.message(8, &opset);
        }
        model.0
    }
}

fn node(op: &str, inputs: &[&str], output: &str, attrs: &[Attr]) -> Message {
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
    node
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
pub(crate) struct Attr(Message);

impl Attr {
    fn begin(name: &str, kind: u64) -> Message {
        let mut attr = Message::default();
        attr.text(1, name);
        attr.varint(20, kind);
        attr
    }

    pub(crate) fn float(name: &str, value: f32) -> Self {
        let mut attr = Self::begin(name, 1);
        attr.fixed32(2, value);
        Self(attr)
    }

    /// Negative numbers go in as their two's complement, as protobuf wants.
    pub(crate) fn int(name: &str, value: u64) -> Self {
        let mut attr = Self::begin(name, 2);
        attr.varint(3, value);
        Self(attr)
    }

    pub(crate) fn text(name: &str, value: &str) -> Self {
        let mut attr = Self::begin(name, 3);
        attr.text(4, value);
        Self(attr)
    }

    pub(crate) fn ints(name: &str, values: &[u64]) -> Self {
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
