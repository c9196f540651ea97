"""Hybrid retrieval as one would otherwise assemble it in Python: fastembed, Qdrant in local mode, bm25s, reciprocal rank fusion.

Usage: peer.py --passages FILE.jsonl --questions FILE.jsonl --model DIR --out FILE.json [--seconds N] [--batch N]
"""

import argparse
import gc
import itertools
import json
import os
import platform
import resource
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

MODEL = "osler/all-MiniLM-L6-v2"
MODEL_FILES = ["model.onnx", "model.safetensors", "tokenizer.json", "config.json", "special_tokens_map.json", "tokenizer_config.json"]
COLLECTION = "passages"
TOKENS = 256
HITS = 50
TEXTS = 10
RANKING = 100
RRF = 60
UPSERT = 256
WORKERS = 2
WARM_UP = 5
TRIAL = 20
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def fail(message):
    print(f"peer.py: {message}", file=sys.stderr)
    sys.exit(2)


def say(message):
    print(message, file=sys.stderr, flush=True)


class Parser(argparse.ArgumentParser):
    def error(self, message):
        fail(message)


def arguments():
    parser = Parser(prog="peer.py", description=__doc__.split("\n")[0], allow_abbrev=False)
    parser.add_argument("--passages", type=Path, required=True, metavar="FILE.jsonl")
    parser.add_argument("--questions", type=Path, required=True, metavar="FILE.jsonl")
    parser.add_argument("--model", type=Path, required=True, metavar="DIR")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.json")
    parser.add_argument("--seconds", type=float, default=30.0, metavar="N", help="for each timed pass (30)")
    parser.add_argument("--batch", type=int, default=1, metavar="N", help="passages in one call of the encoder (1)")
    options = parser.parse_args()
    if not 0 < options.seconds < float("inf"):
        fail("--seconds must be above 0")
    if options.batch < 1:
        fail("--batch must be at least 1")
    if not options.model.is_dir():
        fail(f"{options.model}: no such directory")
    for name in MODEL_FILES:
        if not (options.model / name).is_file():
            fail(f"{options.model / name}: no such file")
    if options.out.is_dir() or not options.out.absolute().parent.is_dir():
        fail(f"{options.out}: cannot be written")
    return options


def read(path, members):
    rows = []
    seen = set()
    try:
        with open(path, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                row = json.loads(line)
                if not isinstance(row, dict) or not all(isinstance(row.get(member), str) for member in members):
                    fail(f"{path}:{number}: needs the strings {', '.join(members)}")
                if row["id"] in seen:
                    fail(f"{path}:{number}: the id {row['id']!r} stands there twice")
                seen.add(row["id"])
                rows.append({member: row[member] for member in members})
    except OSError as error:
        fail(f"{path}: {error.strerror}")
    except UnicodeDecodeError:
        fail(f"{path}: not UTF-8")
    except json.JSONDecodeError as error:
        fail(f"{path}:{number}: {error.msg}")
    if not rows:
        fail(f"{path}: empty")
    return rows


def width(model):
    try:
        return int(json.loads((model / "config.json").read_text(encoding="utf-8"))["hidden_size"])
    except (OSError, ValueError, KeyError, TypeError):
        fail(f"{model / 'config.json'}: no hidden_size")


def peak_mib():
    # ru_maxrss of a program started by another begins with what the starter held, VmHWM with nothing.
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024
    except OSError:
        pass
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


class Peer:
    def __init__(self, model, dimensions, batch, folder):
        TextEmbedding.add_custom_model(
            model=MODEL,
            pooling=PoolingType.MEAN,
            normalization=True,
            sources=ModelSource(hf="sentence-transformers/all-MiniLM-L6-v2"),
            dim=dimensions,
            model_file="model.onnx",
            additional_files=["model.safetensors"],
        )
        self.model = model
        self.batch = batch
        self.encoder = None
        self.local = threading.local()
        self.client = QdrantClient(path=str(folder))
        # The vectors have length 1 already, and for cosine local mode would norm them all anew at every question.
        self.client.create_collection(
            COLLECTION, vectors_config=models.VectorParams(size=dimensions, distance=models.Distance.DOT)
        )
        self.words = bm25s.BM25()
        self.documents = []

    def load(self, threads):
        # One copy of the weights at a time, or the peak would count two.
        self.encoder = None
        gc.collect()
        self.encoder = TextEmbedding(MODEL, threads=threads, specific_model_path=str(self.model))
        # tokenizer_config.json says 512; the model was made for 256, and Osler cuts there.
        self.encoder.model.tokenizer.enable_truncation(max_length=TOKENS)

    def stemmer(self):
        # A stemmer may be used by one thread only.
        if not hasattr(self.local, "stemmer"):
            self.local.stemmer = Stemmer.Stemmer("english")
        return self.local.stemmer

    def tokens(self, texts, ids):
        return bm25s.tokenize(texts, stopwords="en", stemmer=self.stemmer(), return_ids=ids, show_progress=False)

    def embed(self, texts):
        # Batches of like length have the least padding; the longest first, so that no core waits for them at the end.
        order = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
        batches = [order[start : start + self.batch] for start in range(0, len(order), self.batch)]

        def one(rows):
            return list(self.encoder.embed([texts[row] for row in rows], batch_size=len(rows)))

        vectors = [None] * len(texts)
        done = 0
        with ThreadPoolExecutor(CORES) as pool:
            for rows, batch in zip(batches, pool.map(one, batches)):
                for row, vector in zip(rows, batch):
                    vectors[row] = vector
                if (done + len(rows)) * 10 // len(texts) > done * 10 // len(texts):
                    say(f"embedded {done + len(rows)} of {len(texts)}")
                done += len(rows)
        return vectors

    def ingest(self, passages):
        started = time.perf_counter()
        texts = [f"{passage['title']}\n{passage['text']}" for passage in passages]
        vectors = self.embed(texts)
        embedded = time.perf_counter()
        for start in range(0, len(passages), UPSERT):
            self.client.upsert(
                COLLECTION,
                points=[
                    models.PointStruct(id=row, vector=vectors[row].tolist(), payload=passages[row])
                    for row in range(start, min(start + UPSERT, len(passages)))
                ],
            )
        upserted = time.perf_counter()
        self.words.index(self.tokens(texts, ids=True), show_progress=False)
        ended = time.perf_counter()
        self.documents = [passage["document"] for passage in passages]
        return {
            "ingest_s": ended - started,
            "embed_s": embedded - started,
            "upsert_s": upserted - embedded,
            "words_s": ended - upserted,
        }

    def fused(self, question, depth):
        """Rows, best first. They were sorted by id, so the smaller row has the smaller id."""
        depth = min(depth, len(self.documents))
        vector = next(iter(self.encoder.query_embed(question)))
        near = self.client.query_points(COLLECTION, query=vector, limit=depth, with_payload=False).points
        rows, scores = self.words.retrieve(self.tokens([question], ids=False), k=depth, show_progress=False)
        dense = [(hit.score, hit.id) for hit in near]
        lexical = [(score, row) for score, row in zip(scores[0].tolist(), rows[0].tolist()) if score > 0]
        fused = {}
        for hits in (dense, lexical):
            for rank, (_, row) in enumerate(sorted(hits, key=lambda hit: (-hit[0], hit[1])), 1):
                fused[row] = fused.get(row, 0.0) + 1 / (RRF + rank)
        return sorted(fused, key=lambda row: (-fused[row], row))

    def ask(self, question):
        return self.client.retrieve(COLLECTION, ids=self.fused(question, HITS)[:TEXTS], with_payload=True)

    def ranking(self, question):
        documents = dict.fromkeys(self.documents[row] for row in self.fused(question, RANKING))
        return list(documents)[:RANKING]

    def close(self):
        self.client.close()


def asked_in_turn(peer, texts, seconds):
    """Milliseconds of each question, and questions per second."""
    times = []
    started = time.perf_counter()
    before = started
    for text in itertools.cycle(texts):
        peer.ask(text)
        now = time.perf_counter()
        times.append((now - before) * 1000)
        before = now
        if now - started >= seconds:
            return times, len(times) / (now - started)


def asked_at_once(peer, texts, seconds):
    """Questions per second of WORKERS threads."""

    def work(first):
        asked = 0
        for text in itertools.islice(itertools.cycle(texts), first, None):
            peer.ask(text)
            asked += 1
            if time.perf_counter() - started >= seconds:
                return asked

    with ThreadPoolExecutor(WORKERS) as pool:
        # The threads and their stemmers, outside the time.
        barrier = threading.Barrier(WORKERS)
        list(pool.map(lambda text: (barrier.wait(), peer.ask(text)), itertools.islice(itertools.cycle(texts), WORKERS)))
        started = time.perf_counter()
        asked = sum(pool.map(work, [worker * len(texts) // WORKERS for worker in range(WORKERS)]))
        return asked / (time.perf_counter() - started)


def question_threads(peer, texts):
    """Whether a lone question is answered sooner with the encoder on one core or on all: it depends on what else runs."""
    medians = {}
    for threads in sorted({1, CORES}):
        peer.load(threads)
        for text in texts[:WARM_UP]:
            peer.ask(text)
        times = []
        for text in itertools.islice(itertools.cycle(texts), TRIAL):
            before = time.perf_counter()
            peer.ask(text)
            times.append(time.perf_counter() - before)
        medians[threads] = numpy.median(times)
    return min(medians, key=medians.get)


def main(options):
    passages = sorted(read(options.passages, ["id", "document", "title", "text"]), key=lambda passage: passage["id"])
    questions = read(options.questions, ["id", "text"])
    texts = [question["text"] for question in questions]
    dimensions = width(options.model)
    with tempfile.TemporaryDirectory(prefix="osler-peer-") as folder:
        peer = Peer(options.model, dimensions, options.batch, Path(folder) / "qdrant")
        peer.load(1)
        say(f"ingesting {len(passages)} passages on {CORES} cores")
        ingested = peer.ingest(passages)
        say(", ".join(f"{name} {value:.1f}" for name, value in ingested.items()))
        size = len(passages)
        del passages

        threads = question_threads(peer, texts)
        peer.load(threads)
        for text in texts[:WARM_UP]:
            peer.ask(text)
        times, alone = asked_in_turn(peer, texts, options.seconds)
        say(f"in turn: {len(times)} asked, {alone:.1f}/s")

        # With a question on every core, each is best encoded on its own.
        peer.load(1)
        for text in texts[:WARM_UP]:
            peer.ask(text)
        together = asked_at_once(peer, texts, options.seconds)
        say(f"{WORKERS} at once: {together:.1f}/s")

        say(f"ranking for {len(questions)} questions")
        rankings = {question["id"]: peer.ranking(question["text"]) for question in questions}
        peer.close()
    report = {
        "peer": {
            "python": platform.python_version(),
            "fastembed": version("fastembed"),
            "qdrant_client": version("qdrant-client"),
            "bm25s": version("bm25s"),
            "onnxruntime": version("onnxruntime"),
        },
        "passages": size,
        **ingested,
        "questions": len(questions),
        "asked": len(times),
        "p50_ms": float(numpy.percentile(times, 50)),
        "p99_ms": float(numpy.percentile(times, 99)),
        "per_second": alone,
        "saturated_per_second": max(alone, together),
        "peak_mib": peak_mib(),
        "threads": {"embed": CORES, "question": threads, "saturated": WORKERS if together > alone else 1},
        "rankings": rankings,
    }
    try:
        options.out.write_text(json.dumps(report) + "\n", encoding="utf-8")
    except OSError as error:
        fail(f"{options.out}: {error.strerror}")


if __name__ == "__main__":
    chosen = arguments()
    # After the arguments, so that a wrong one is told at once.
    try:
        import bm25s
        import numpy
        import Stemmer
        from fastembed import TextEmbedding
        from fastembed.common.model_description import ModelSource, PoolingType
        from qdrant_client import QdrantClient, models
    except ImportError as error:
        fail(f"{error.name} is not installed: pip install -r {Path(__file__).with_name('requirements.txt')}")
    main(chosen)
