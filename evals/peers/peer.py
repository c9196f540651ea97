"""Hybrid retrieval as one would otherwise assemble it in Python: fastembed, Qdrant in local mode, bm25s, reciprocal rank fusion.

Usage: peer.py --passages FILE.jsonl --questions FILE.jsonl --model DIR --out FILE.json [--seconds N] [--batch N]
               [--vectors FILE [--embed N]] [--no-rankings]
"""

import argparse
import ctypes
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
EMBED = 2_000
ALIKE = 0.95
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
    parser.add_argument("--vectors", type=Path, metavar="FILE", help="theirs, in their order: little-endian float32")
    parser.add_argument("--embed", type=int, metavar="N", help=f"passages to embed all the same ({EMBED})")
    parser.add_argument("--no-rankings", action="store_true", help="leave the rankings out")
    options = parser.parse_args()
    if options.embed is None:
        options.embed = EMBED
    elif not options.vectors:
        fail("--embed goes with --vectors")
    if options.embed < 1:
        fail("--embed must be at least 1")
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


def forget_peak():
    """Whether `peak_mib` begins anew with what is held now."""
    gc.collect()
    try:
        # What was freed goes back to the system, as if the program had been started again.
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):
        pass
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return False
    return True


class Given:
    """Vectors in a file, by the rows of the sorted passages; `order` says where each stands in the file."""

    def __init__(self, path, dimensions, order):
        self.dimensions = dimensions
        self.order = order
        try:
            # Read one by one: the file's pages are not the program's memory.
            self.file = open(path, "rb", buffering=0)
            size = os.fstat(self.file.fileno()).st_size
        except OSError as error:
            fail(f"{path}: {error.strerror}")
        if size != 4 * dimensions * len(order):
            fail(f"{path}: {size} bytes are not {len(order)} vectors of {dimensions}")

    def __getitem__(self, row):
        self.file.seek(4 * self.dimensions * self.order[row])
        return numpy.fromfile(self.file, dtype="<f4", count=self.dimensions)

    def close(self):
        self.file.close()


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

    def ingest(self, passages, given=None, sample=None):
        """Takes all in, with the vectors `given` if there are any; then only the rows of `sample` are embedded."""
        texts = [f"{passage['title']}\n{passage['text']}" for passage in passages]
        chosen = texts if given is None else [texts[row] for row in sample]
        started = time.perf_counter()
        vectors = self.embed(chosen)
        embed_s = time.perf_counter() - started
        alike = None
        if given is not None:
            cosines = [float(numpy.dot(vector, given[row])) for row, vector in zip(sample, vectors)]
            alike = min(cosines)
            if not numpy.median(cosines) >= ALIKE:
                fail("the vectors are of another model, or not in the order of the passages")
            vectors = given
        upsert_s = 0.0
        for start in range(0, len(passages), UPSERT):
            rows = range(start, min(start + UPSERT, len(passages)))
            # Reading those that are given is no part of the program.
            batch = [vectors[row] for row in rows]
            started = time.perf_counter()
            self.client.upsert(
                COLLECTION,
                points=[
                    models.PointStruct(id=row, vector=vector.tolist(), payload=passages[row])
                    for row, vector in zip(rows, batch)
                ],
            )
            upsert_s += time.perf_counter() - started
            if rows.stop * 10 // len(passages) > rows.start * 10 // len(passages):
                say(f"put in {rows.stop} of {len(passages)}")
        started = time.perf_counter()
        self.words.index(self.tokens(texts, ids=True), show_progress=False)
        words_s = time.perf_counter() - started
        self.documents = [passage["document"] for passage in passages]
        return {
            "ingest_s": embed_s * len(passages) / len(chosen) + upsert_s + words_s,
            "embedded": len(chosen),
            "embed_s": embed_s,
            "upsert_s": upsert_s,
            "words_s": words_s,
            "alike": alike,
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
    passages = read(options.passages, ["id", "document", "title", "text"])
    order = sorted(range(len(passages)), key=lambda row: passages[row]["id"])
    passages = [passages[row] for row in order]
    questions = read(options.questions, ["id", "text"])
    texts = [question["text"] for question in questions]
    dimensions = width(options.model)
    given = sample = None
    if options.vectors:
        given = Given(options.vectors, dimensions, order)
        # Evenly over the file, where what belongs together stands together.
        count = min(options.embed, len(order))
        places = {place * len(order) // count for place in range(count)}
        sample = [row for row, place in enumerate(order) if place in places]
    with tempfile.TemporaryDirectory(prefix="osler-peer-") as folder:
        peer = Peer(options.model, dimensions, options.batch, Path(folder) / "qdrant")
        peer.load(1)
        say(f"ingesting {len(passages)} passages on {CORES} cores")
        ingested = peer.ingest(passages, given, sample)
        say(", ".join(f"{name} {value:.6g}" for name, value in ingested.items() if value is not None))
        size = len(passages)
        if given is not None:
            given.close()
        del passages, order, given, sample
        ingest_mib = peak_mib()
        peak_is_new = forget_peak()

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

        asking_mib = peak_mib()
        rankings = {}
        if not options.no_rankings:
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
        "reckoned": ingested["embedded"] < size,
        **ingested,
        "questions": len(questions),
        "asked": len(times),
        "p50_ms": float(numpy.percentile(times, 50)),
        "p99_ms": float(numpy.percentile(times, 99)),
        "per_second": alone,
        "saturated_per_second": max(alone, together),
        "peak_mib": max(ingest_mib, asking_mib, peak_mib()),
        "asking_mib": asking_mib if peak_is_new else None,
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
