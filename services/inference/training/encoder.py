"""all-MiniLM-L6-v2 with a change of low rank beside each matrix of its layers, in 16-bit numbers."""
import json
import math
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional as F

TOKENS = 256  # of a text, as the published model was trained
BATCH_TOKENS = 1536  # side by side, padding included
MATRICES = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "attended": "attention.output.dense",
    "wide": "intermediate.dense",
    "narrow": "output.dense",
}


class Linear(nn.Module):
    """x (W + BA)' + bias. B begins as zero, so nothing is changed at first."""

    def __init__(self, weight, bias, rank):
        super().__init__()
        self.register_buffer("weight", weight)
        self.register_buffer("bias", bias.bfloat16())
        self.a = nn.Parameter(torch.randn(rank, weight.shape[1]) / math.sqrt(weight.shape[1]))
        self.b = nn.Parameter(torch.zeros(weight.shape[0], rank))

    def forward(self, x):
        return F.linear(x, (self.weight + self.b @ self.a).to(x.dtype), self.bias)


class Norm(nn.Module):
    def __init__(self, tensors, name):
        super().__init__()
        self.register_buffer("weight", tensors[f"{name}.weight"].bfloat16())
        self.register_buffer("bias", tensors[f"{name}.bias"].bfloat16())

    def forward(self, x):
        return F.layer_norm(x, (x.shape[-1],), self.weight, self.bias, 1e-12)


class Layer(nn.Module):
    def __init__(self, tensors, name, heads, rank):
        super().__init__()
        self.heads = heads
        for own, published in MATRICES.items():
            matrix = Linear(tensors[f"{name}.{published}.weight"], tensors[f"{name}.{published}.bias"], rank)
            setattr(self, own, matrix)
        self.after_attention = Norm(tensors, f"{name}.attention.output.LayerNorm")
        self.after = Norm(tensors, f"{name}.output.LayerNorm")

    def forward(self, x, mask):
        texts, length, size = x.shape
        query, key, value = (
            matrix(x).view(texts, length, self.heads, size // self.heads).transpose(1, 2)
            for matrix in (self.query, self.key, self.value)
        )
        seen = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        x = self.after_attention(x + self.attended(seen.transpose(1, 2).reshape(x.shape)))
        return self.after(x + self.narrow(F.gelu(self.wide(x))))


class Encoder(nn.Module):
    def __init__(self, directory, rank):
        super().__init__()
        directory = Path(directory)
        tensors = load_file(directory / "model.safetensors")
        config = json.loads((directory / "config.json").read_text())
        self.words = tensors["embeddings.word_embeddings.weight"]
        self.positions = tensors["embeddings.position_embeddings.weight"]
        self.kind = tensors["embeddings.token_type_embeddings.weight"][0]
        self.first = Norm(tensors, "embeddings.LayerNorm")
        layers = range(config["num_hidden_layers"])
        heads = config["num_attention_heads"]
        self.layers = nn.ModuleList(Layer(tensors, f"encoder.layer.{at}", heads, rank) for at in layers)
        self.tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(TOKENS)

    def tokens(self, texts):
        return [encoding.ids for encoding in self.tokenizer.encode_batch(texts)]

    def vectors(self, texts):
        """Of unit length, one for each list of tokens, in order. Texts of about one length go together."""
        groups = []
        for at in sorted(range(len(texts)), key=lambda at: len(texts[at])):
            if not groups or (len(groups[-1]) + 1) * len(texts[at]) > BATCH_TOKENS:
                groups.append([])
            groups[-1].append(at)
        found = torch.cat([self.forward([texts[at] for at in group]) for group in groups])
        return found[torch.argsort(torch.tensor([at for group in groups for at in group]))]

    def forward(self, texts):
        length = max(map(len, texts))
        tokens = torch.tensor([text + [0] * (length - len(text)) for text in texts])
        held = torch.tensor([[True] * len(text) + [False] * (length - len(text)) for text in texts])
        x = self.first((self.words[tokens] + self.positions[:length] + self.kind).bfloat16())
        mask = None if held.all() else held[:, None, None, :]
        for layer in self.layers:
            x = layer(x, mask)
        x = x.float() * held[:, :, None]
        return F.normalize(x.sum(1) / held.sum(1, keepdim=True), dim=-1)

    def changes(self, share):
        """So much of what was learned, under the names of the published matrices."""
        found = {}
        for at, layer in enumerate(self.layers):
            for own, published in MATRICES.items():
                name, matrix = f"encoder.layer.{at}.{published}.weight", getattr(layer, own)
                found[f"{name}.a"], found[f"{name}.b"] = matrix.a.detach().clone(), share * matrix.b.detach()
        return found
