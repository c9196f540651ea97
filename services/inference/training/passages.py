"""Makes the passages that the questions in questions.jsonl are about: python passages.py ARTICLES GUIDELINE OUT

ARTICLES is a directory of JATS articles (*.nxml) of the PMC Open Access subset, GUIDELINE one with the conditions of the Nigeria
Standard Treatment Guidelines 2022 as text (*.txt). OUT gets the passages as JSON: id, doc, title, path (headings), s (sentences).
The texts themselves are not part of this repository. The same texts give the same passages.
"""
import json
import random
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

ARTICLES, PASSAGE_WORDS = 1650, 170
LEFT_OUT = {"xref", "table-wrap", "fig", "disp-formula", "inline-formula", "fn"}
END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9(“\"])")
ABBREVIATED = re.compile(r"\b(vs|e\.g|i\.e|al|Fig|Figs|Dr|approx|no|No|ca|cf|resp|St)\.$")
HEADING = re.compile(r"[A-Z][\w /,()-]{2,48}:?")


def text_of(element):
    parts = [element.text or ""]
    for child in element:
        if child.tag not in LEFT_OUT:
            parts.append(text_of(child))
        parts.append(child.tail or "")
    return "".join(parts)


def clean(text):
    text = re.sub(r"\s*\[[\s,–-]*\]", "", re.sub(r"\s+", " ", text))
    return re.sub(r"\(\s*[,;–-]*\s*\)", "", text).strip()


def sentences(paragraph):
    found = []
    for sentence in END.split(paragraph):
        if found and ABBREVIATED.search(found[-1]):
            found[-1] += " " + sentence
        else:
            found.append(sentence)
    return found


def words(passage):
    return sum(len(sentence.split()) for sentence in passage)


def split(paragraphs):
    passage = []
    for paragraph in paragraphs:
        for sentence in sentences(paragraph):
            if passage and words(passage) + len(sentence.split()) > PASSAGE_WORDS:
                yield passage
                passage = []
            passage.append(sentence)
        if words(passage) > 110:
            yield passage
            passage = []
    if words(passage) > 25:
        yield passage


def sections(section, above):
    title = section.find("title")
    path = above + ([clean(text_of(title))] if title is not None else [])
    paragraphs = [clean(text_of(paragraph)) for paragraph in section.findall("p")]
    for passage in split([paragraph for paragraph in paragraphs if len(paragraph.split()) > 4]):
        yield path, passage
    for inner in section.findall("sec"):
        yield from sections(inner, path)


def of_article(file):
    """An abstract and a passage of the body, or two of the body."""
    root = ET.parse(file).getroot()
    title = root.find(".//article-title")
    if title is None:
        return
    abstract, body, chosen = root.find(".//abstract"), root.find(".//body"), []
    lead = [s for _, passage in list(sections(abstract, []))[:6] for s in passage] if abstract is not None else []
    rest = [found for part in body.findall("sec") for found in sections(part, [])] if body is not None else []
    rest = [(path, passage) for path, passage in rest if 40 <= words(passage) <= 230]
    if lead and random.random() < 0.75:
        chosen.append((["Abstract"], lead))
    if rest:
        chosen += random.sample(rest, min(len(rest), 1 if chosen else 2))
    for at, (path, passage) in enumerate(chosen):
        yield dict(id=f"{file.stem}.{at}", doc=file.stem, title=clean(text_of(title)), path=path, s=passage)


def blocks(lines):
    """Runs of lines under one heading, each item of a list on one line."""
    heading, items = [], []
    for line in map(str.strip, lines):
        ended = not items or items[-1][-1:] in ".:;)" or items[-1].startswith("・")
        if not line:
            continue
        if HEADING.fullmatch(line) and len(line.split()) <= 5 and ended:
            if items:
                yield heading, items
            heading, items = [line.rstrip(":")], []
        elif line.startswith("・"):
            items.append("- " + line[1:].strip())
        elif items:
            items[-1] += " " + line
        else:
            items = [line]
    if items:
        yield heading, items


def of_condition(file):
    lines = file.read_text("utf-8", errors="replace").splitlines()
    made, passage, first = [], [], None  # a passage: its sentences with their words; headings in it count as none

    def count():
        return sum(number for _, number in passage)

    def end():
        nonlocal passage, first
        if count() >= 30:
            made.append((first or [], [sentence for sentence, _ in passage]))
        passage, first = [], None

    for heading, items in blocks(lines[1:]):
        if count() > 60 and first != heading:
            end()
        if first is None:
            first = heading
        elif heading != first and heading:
            passage.append((heading[0] + ":", 0))
        for sentence in (sentence for item in items for sentence in sentences(item)):
            passage.append((sentence, len(sentence.split())))
            if count() > 150:
                end()
                first = heading
    end()
    name = "NS." + file.stem
    for at, (path, sentences_of) in enumerate(made):
        yield dict(id=f"{name}.{at}", doc=name, title=lines[0].strip().capitalize(), path=path, s=sentences_of)


def main(articles, guideline, out):
    random.seed(20261130)
    files = sorted(Path(articles).glob("*.nxml"))
    random.shuffle(files)
    passages = [passage for file in sorted(files[:ARTICLES]) for passage in of_article(file)]
    conditions = [passage for file in sorted(Path(guideline).glob("*.txt")) for passage in of_condition(file)]
    random.shuffle(conditions)
    passages += conditions
    random.shuffle(passages)
    Path(out).write_text(json.dumps(passages))
    print(f"{len(passages)} passages of {len({passage['doc'] for passage in passages})} documents")


if __name__ == "__main__":
    main(*sys.argv[1:])
