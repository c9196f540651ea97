"""Teaches the encoder which passage and which sentence answer a question: python train.py PASSAGES MODEL OUT [PASSES]

PASSAGES is what passages.py made, MODEL the directory of the published model, OUT the safetensors file that gets the changes.
"""
import json
import math
import random
import sys
import time
from pathlib import Path

import torch
from encoder import Encoder
from safetensors.torch import save_file
from torch.nn import functional as F

SEED, RANK, RATE, PASSES = 1, 16, 5e-4, 4
BATCH, ALIKE = 24, 3  # passages side by side, and how many of a passage's nearest are among them
BANK = 960  # passages of the batches before, which must not answer either
SCALE = 20.0  # of cosines, as the published model was trained
# A passage may well answer another one's question: of the same document if it comes this near by the published model, of others if it
# comes nearer than the right one by so much.
SAME, OTHER = 0.05, 0.08
SENTENCES = 0.5  # what choosing the sentence counts
WARM, LEAST = 40, 0.05  # steps until the full rate, and the share of it that is left at the end
KEPT = 0.5  # of what was learned: weights between the published and the learned ones forget less (Wortsman et al., CVPR 2022)
HELD = 25  # every so many documents one is not learned from, but measured on


class Set:
    """Passages with their questions as tokens, and as vectors of the model before it learns."""

    def __init__(self, passages, questions, encoder):
        passages = {passage["id"]: passage for passage in passages}
        questions = [one for one in questions if one["questions"]]
        of = [passages[one["id"]] for one in questions]
        heading = [(passage["path"] or [passage["title"]])[-1] for passage in of]
        self.document = [passage["doc"] for passage in of]
        self.passage = encoder.tokens(
            [f"{one['title']}\n{' > '.join(one['path'])}\n{' '.join(one['s'])}" for one in of]
        )
        self.question = [encoder.tokens([text for text, _ in one["questions"]]) for one in questions]
        self.answer = [[set(answer) for _, answer in one["questions"]] for one in questions]
        self.near = [encoder.tokens(one["near"]) if one["near"] else [] for one in questions]
        self.sentence = [encoder.tokens([f"{h}: {s}" for s in one["s"]]) for h, one in zip(heading, of)]
        with torch.no_grad():
            self.passage_before = in_parts(encoder, self.passage)
            self.question_before = [in_parts(encoder, texts) for texts in self.question]
        likeness = self.passage_before @ self.passage_before.T
        self.nearest = likeness.fill_diagonal_(-1).topk(min(12, len(of) - 1)).indices.tolist()
        names = sorted(set(self.document))
        held = set(names[::HELD])
        self.learned = [at for at, name in enumerate(self.document) if name not in held]
        self.held = [at for at, name in enumerate(self.document) if name in held]


def in_parts(encoder, texts, size=128):
    return torch.cat([encoder.vectors(texts[at : at + size]) for at in range(0, len(texts), size)])


def batches(data):
    """Passages beside such as look like them, each once."""
    left, order = set(data.learned), data.learned[:]
    random.shuffle(order)
    batch = []
    for first in order:
        like = [at for at in data.nearest[first] if at in left][:ALIKE] if first in left else []
        for at in [first, *like]:
            if at in left:
                left.discard(at)
                batch.append(at)
                if len(batch) == BATCH:
                    yield batch
                    batch = []


class Bank:
    """Vectors of passages that were seen of late."""

    def __init__(self):
        self.vectors, self.passages = torch.zeros(0, 384), []

    def add(self, passages, vectors):
        self.vectors = torch.cat([self.vectors, vectors.detach()])[-BANK:]
        self.passages = (self.passages + passages)[-BANK:]


def may_answer(data, batch, before, right, others):
    """For each question, whether each of the other passages may answer it too."""
    far = before @ data.passage_before[others].T
    same = torch.tensor([[data.document[at] == data.document[other] for other in others] for at in batch])
    return torch.where(same, far >= right - SAME, far >= right + OTHER)


def losses(encoder, data, batch, bank=None):
    """Passages for a question, questions for a passage, sentences for a question; and how often the right passage comes first."""
    asked = [(at, which) for at in range(len(batch)) for which in range(len(data.question[batch[at]]))]
    sentences = [(at, which) for at in range(len(batch)) for which in range(len(data.sentence[batch[at]]))]
    near = [text for at in batch for text in data.near[at]]
    parts = [
        [data.passage[at] for at in batch],
        [data.question[batch[at]][which] for at, which in asked],
        near,
        [data.sentence[batch[at]][which] for at, which in sentences],
    ]
    vectors = encoder.vectors([text for part in parts for text in part]).split([len(part) for part in parts])
    passage, question, near, sentence = vectors
    owner = torch.tensor([at for at, _ in asked])
    owners, before = [batch[at] for at, _ in asked], torch.cat([data.question_before[at] for at in batch])
    right = (before * data.passage_before[owners]).sum(1, keepdim=True)
    own = F.one_hot(owner, len(batch)).bool()
    doubtful = may_answer(data, owners, before, right, batch) & ~own
    scores = (SCALE * question @ passage.T).masked_fill(doubtful, -1e4)

    against = scores
    if bank is not None and bank.passages:
        others = may_answer(data, owners, before, right, bank.passages)
        same = torch.tensor([[data.document[at] == data.document[other] for other in bank.passages] for at in owners])
        against = torch.cat([scores, (SCALE * question @ bank.vectors.T).masked_fill(others | same, -1e4)], 1)
    if bank is not None:
        bank.add(batch, passage)
    for_question = F.cross_entropy(against, owner)

    # Of a passage's own questions only one counts at a time.
    wrong = torch.cat([scores.masked_fill(own, -1e4), SCALE * near @ passage.T]).logsumexp(0)
    own_score = scores[own]
    for_passage = (torch.logaddexp(wrong[owner], own_score) - own_score).mean()

    answers = torch.tensor([[at == of and s in data.answer[batch[at]][q] for of, s in sentences] for at, q in asked])
    skipped = doubtful[:, [of for of, _ in sentences]]
    chosen = (SCALE * question @ sentence.T).masked_fill(skipped, -1e4)
    for_sentence = (chosen.logsumexp(1) - chosen.masked_fill(~answers, -1e4).logsumexp(1)).mean()
    return for_question, for_passage, for_sentence, (scores.argmax(1) == owner).float().mean()


def measured(encoder, data):
    with torch.no_grad():
        parts = [data.held[at : at + BATCH] for at in range(0, len(data.held), BATCH)]
        found = torch.tensor([[x.item() for x in losses(encoder, data, part)] for part in parts]).mean(0)
    return " ".join(f"{x:.4f}" for x in found.tolist())


def main(passages, model, out, passes=PASSES):
    torch.manual_seed(SEED)
    random.seed(SEED)
    encoder = Encoder(model, RANK)
    here = Path(__file__).parent
    questions = [json.loads(line) for line in (here / "questions.jsonl").read_text().splitlines()]
    data = Set(json.loads(Path(passages).read_text()), questions, encoder)
    steps, step, began = int(float(passes) * len(data.learned)) // BATCH, 0, time.time()
    print(f"{len(data.learned)} passages to learn from, {len(data.held)} to measure on, {steps} steps", flush=True)
    print(f"held out, before: {measured(encoder, data)}", flush=True)
    optimiser = torch.optim.AdamW(encoder.parameters(), lr=RATE, weight_decay=0.0, betas=(0.9, 0.99))
    bank, seen = Bank(), []
    while step < steps:
        for batch in batches(data):
            fall = LEAST + (1 - LEAST) * (1 + math.cos(math.pi * step / steps)) / 2
            optimiser.param_groups[0]["lr"] = RATE * min(1.0, (step + 1) / WARM) * fall
            *parts, first = losses(encoder, data, batch, bank)
            optimiser.zero_grad()
            (parts[0] + parts[1] + SENTENCES * parts[2]).backward()
            torch.nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
            optimiser.step()
            seen, step = [*seen, [x.item() for x in (*parts, first)]][-25:], step + 1
            if step % 25 == 0:
                mean = " ".join(f"{x:.3f}" for x in torch.tensor(seen).mean(0).tolist())
                print(f"{step} of {steps}, {time.time() - began:.0f} s: {mean}", flush=True)
            if step % 200 == 0 or step == steps:
                print(f"held out: {measured(encoder, data)}", flush=True)
                save_file(encoder.changes(KEPT), out)
            if step == steps:
                break


if __name__ == "__main__":
    main(*sys.argv[1:])
