"""Checks receipts and bundles of Osler's audit log; written from services/audit/FORMAT.md alone. Usage: see README.md.
Item 7 of a receipt (the rules behind the verdicts) is left out, as the text permits."""

import argparse, base64, datetime, decimal, hashlib, json, os, re, sys
from collections import namedtuple
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Key, Checkpoint = namedtuple("Key", "name id kind raw"), namedtuple("Checkpoint", "origin size root")
Trust = namedtuple("Trust", "keys witnesses quorum since")  # `since`: the bytes of an earlier checkpoint, or None
LOG, WITNESS, LARGEST = 1, 4, 2**53 - 1  # the kinds of keys; the largest number in an entry

# Shapes of JSON, for `check`: `(shape,)` is that or null, `...` stands for all members that are not named.
HEX, MORE = re.compile("[0-9a-f]{64}"), {...: object}
WORD = re.compile(r"[!#-\[\]-~]{1,128}")  # printable ASCII without white space, double quotes and backslashes
TIME = r"(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{9}Z"
ENTRY = dict.fromkeys("id at tenant actor role action release".split(), str)
ENTRY |= dict(v=int, seq=int, request=(str,), object=MORE, commitments={...: str}, checkpoint=int)
VERSION, OPENED = dict(document=str, version=int, sha256=HEX), dict(salt=HEX, words=str)
LOGGED = dict(entry=str, proof=str)
RECEIPT = dict(
    format=re.compile("osler-receipt/1"), published=(LOGGED,), documents=[VERSION | dict(text=(str,), withheld=(str,))],
    keys=[str], asked=LOGGED | dict(opened=dict(request=OPENED)), given=LOGGED | dict(opened=dict(answer=OPENED)),
    snapshot=dict(number=int, size=int, versions=[VERSION | dict(index=int, path=[HEX])]))
DOCUMENT = MORE | dict(id=str, version=int, corpus=str, status=str, sha256=HEX)
SCORES = MORE | dict.fromkeys(["lexical", "dense"], (MORE | dict(rank=int),)) | dict(fused=float)
SOURCE = MORE | dict(id=str, passage=str, text=str, start=int, end=int, document=DOCUMENT, scores=SCORES)
QUOTE = MORE | dict(evidence=str, quote=str, start=int, end=int)
ANSWER = MORE | dict(
    id=str, question=str, status=str, mode=str, snapshot=int, prompt_sha256=(str,), model=(MORE,),
    evidence=[SOURCE], closest=[SOURCE], conflicts=[MORE | dict(positions=[QUOTE])],
    statements=[MORE | dict(verdict=str, citations=[QUOTE | dict(verdict=str)])])

def need(holds, reason):
    if not holds:
        raise ValueError(reason)

def check(value, shape, what):
    """Refuses a value of another shape. Types are compared exactly: Python holds True, 1 and 1.0 for equal."""
    if type(shape) is tuple:
        return value is None or check(value, shape[0], what)
    if type(shape) is list:
        need(type(value) is list, f"{what} is not a list")
        for place, inner in enumerate(value):
            check(inner, shape[0], f"{what}[{place}]")
    elif type(shape) is dict:
        need(type(value) is dict and shape.keys() - {...} <= value.keys(), f"{what} is no object with all its members")
        need(... in shape or len(shape) == len(value), f"{what} has members that it must not have")
        for name, inner in value.items():
            check(inner, shape.get(name, shape.get(...)), f"{what}.{name}")
    elif type(shape) is re.Pattern:
        need(type(value) is str and shape.fullmatch(value), f"{what} is not spelled as it must be")
    elif shape is not object:
        kinds = (int, float) if shape is float else (shape,)
        need(type(value) in kinds and (shape is not int or value >= 0), f"{what} is not of its type, or less than 0")

def json_of(text):
    def members(pairs):
        need(len(dict(pairs)) == len(pairs), "JSON with a member twice")
        return dict(pairs)
    value = json.loads(text, object_pairs_hook=members, parse_constant=lambda name: need(False, f"{name} is not JSON"))
    json.dumps(value, ensure_ascii=False).encode()  # raises for half of a surrogate pair, which is no text
    return value

def canonical(value):
    """RFC 8785, which is no more than this for the values of entries: nothing in them needs an escape."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()

def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

def base64_of(text):
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text, "base64 that is not in its one spelling")
    return data

def key_of(text, *kinds):
    name, identity, encoded = text.split("+", 2)
    data = base64_of(encoded)
    need(re.fullmatch(r"\S+", name) and len(data) == 33 and data[0] in kinds, "not a public key of the kind wanted")
    need(sha256(name.encode(), b"\n", data)[:4].hex() == identity, "a public key with the ID of another")
    return Key(name, bytes.fromhex(identity), data[0], data[1:])

def signed_note(data, keys):
    """A note's text, names and IDs of its signatures, and the keys that signed. Those of other keys say nothing."""
    text, gap, tail = data.decode().rpartition("\n\n")
    lines, signed = [re.fullmatch(r"— ([^\s+]+) (\S{8,})", line) for line in tail[:-1].split("\n")], set()
    need(gap and tail.endswith("\n") and all(lines) and not re.search(b"[\x00-\x09\x0b-\x1f]", data), "no signed note")
    for name, blob in ((line[1], base64_of(line[2])) for line in lines):
        for key in (key for key in keys if (key.name, key.id) == (name, blob[:4])):
            time = b"cosignature/v1\ntime %d\n" % int.from_bytes(blob[4:12], "big") if key.kind == WITNESS else b""
            signature, message = blob[12 if time else 4 :], time + f"{text}\n".encode()
            Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, message)  # raises where it is wrong
            signed.add(key)
    return text, [(line[1], base64_of(line[2])[:4]) for line in lines], signed

def checkpoint_of(data, trust, quorum):
    text, _, signed = signed_note(data, trust.keys + trust.witnesses)
    origin, size, root = text.split("\n")
    need(re.fullmatch("0|[1-9][0-9]{0,15}", size), "a checkpoint without a number of entries")
    need((origin, LOG) in {(key.name, key.kind) for key in signed}, "a checkpoint not signed by a believed key")
    need(len({key.raw for key in signed if key.kind == WITNESS}) >= quorum, "a checkpoint with too few witnesses")
    return Checkpoint(origin, int(size), base64_of(root))

def tree_root(hashes):
    """Joins neighbours level by level, an odd one moves up as it is: that gives the tree of RFC 6962."""
    while len(hashes) > 1:
        joined = [sha256(b"\x01", hashes[i], hashes[i + 1]) for i in range(0, len(hashes) - 1, 2)]
        hashes = joined + hashes[len(joined) * 2 :]
    return hashes[0] if hashes else sha256()

def root_by_path(node, index, size, path):
    """The root that a path leads to, from the leaf's hash; the path must have exactly the length that it needs."""
    if size == 1 and index == 0 and not path:
        return node
    need(index < size and size > 1 and path, "a path of another length, or to a place beyond the tree")
    left = 1 << (size - 1).bit_length() - 1  # the largest power of two below the size
    if index < left:
        return sha256(b"\x01", root_by_path(node, index, left, path[:-1]), path[-1])
    return sha256(b"\x01", path[-1], root_by_path(node, index - left, size - left, path[:-1]))

def check_values(value):
    """What entries may hold, at any depth."""
    for inner in [*value, *value.values()] if type(value) is dict else value if type(value) is list else []:
        check_values(inner)
    right = WORD.fullmatch(value) if type(value) is str else type(value) is int and abs(value) <= LARGEST
    need(right or type(value) in (dict, list, bool, type(None)), "an entry with a string or number not allowed")

def entry_of(data):
    entry = json_of(data.decode("ascii"))
    check(entry, ENTRY, "an entry")
    check_values(entry)
    time = re.fullmatch(TIME, entry["at"], re.A)
    need(entry["v"] == 1 and canonical(entry) == data and len(data) <= 65535, "an entry too long, or otherwise spelled")
    need(time and datetime.date.fromisoformat(time[1]), "an entry with a time that is not RFC 3339")
    return entry

def logged(part, trust):
    """An entry with its proof: the entry, its checkpoint, the words that it opens (one name at most) as JSON."""
    data, words = part["entry"].encode(), None
    entry, leaf, (head, _, note) = entry_of(data), sha256(b"\x00", data), part["proof"].partition("\n\n")
    first, index, *path = head.split("\n")
    need((first, index) == ("c2sp.org/tlog-proof@v1", f"index {entry['seq']}"), "not a proof for the entry's place")
    checkpoint, path = checkpoint_of(note.encode(), trust, trust.quorum), [base64_of(step) for step in path]
    need(root_by_path(leaf, entry["seq"], checkpoint.size, path) == checkpoint.root, "a proof that leads elsewhere")
    for name, opened in part.get("opened", {}).items():
        commitment = sha256(bytes.fromhex(opened["salt"]), opened["words"].encode()).hex()
        need(entry["commitments"].get(name) == commitment, f"the {name} is not what was committed to")
        words = json_of(opened["words"])
    return entry, checkpoint, words

def repeated(answer, evidence):
    """Item 4: what `given.object` must say of the answer, besides `model`."""
    pick = lambda value, *names: {name: value[name] for name in names}
    said = pick(answer, "status", "mode", "snapshot", "prompt_sha256") | dict(evidence=[], statements=[])
    for source in answer["evidence"]:
        document, scores = source["document"], source["scores"]
        score = decimal.Decimal(float(scores["fused"]) * 1e6).to_integral_value(decimal.ROUND_HALF_UP)
        ranks = {name: scores[name] and scores[name]["rank"] for name in ("lexical", "dense")}
        version = pick(document, "version", "sha256") | dict(document=document["id"], passage=source["passage"])
        said["evidence"].append(version | ranks | dict(score=int(score)))
    for statement in answer["statements"]:
        cited = [pick(one, "start", "end", "verdict") | dict(passage=evidence[one["evidence"]]["passage"],
                 quote_sha256=sha256(one["quote"].encode()).hex()) for one in statement["citations"]]
        said["statements"].append(dict(verdict=statement["verdict"], citations=cited))
    return said

def check_sources(answer, documents, versions, bundled):
    """The rest of item 5, and item 6. Gives the evidence by its ids, of which the first counts."""
    sources, texts = answer["evidence"] + answer["closest"], {}
    named = {tuple(source["document"][name] for name in ("id", "version", "sha256")) for source in sources}
    need(named == versions, "the snapshot's versions are not those of the answer")
    statuses = {source["document"]["status"] for source in sources}
    need(not statuses & {"retracted", "withdrawn", "expired"}, "a version that was taken out or expired")
    for one in documents:
        name = one["document"], one["version"]
        need((*name, one["sha256"]) in versions and name not in texts, "a document twice or not of the snapshot")
        text = texts[name] = bundled.get(one["sha256"]) if one["text"] is None else one["text"]
        need((text is None) == (one["withheld"] is not None), "a document needs either a text or a reason")
        need(text is None or sha256(text.encode()).hex() == one["sha256"], "a text with another hash")
    evidence = {source["id"]: source for source in reversed(answer["evidence"])}
    quotes = [quote for statement in answer["statements"] for quote in statement["citations"]]
    quotes += [quote for conflict in answer["conflicts"] for quote in conflict["positions"]]
    places = [(quote, evidence[quote["evidence"]], quote["quote"]) for quote in quotes]
    for place, source, words in places + [(source, source, source["text"]) for source in sources]:
        text, start, end = texts[source["document"]["id"], source["document"]["version"]], place["start"], place["end"]
        right = text is None or (0 < end - start == len(words) and text[start:end] == words)
        need(right, "a quote that is not in the text at its place")
    return evidence

def check_receipt(data, trust, bundled):
    """Items 0 to 6, `bundled` being the bundle's texts by hash. Gives what a bundle has to know of its receipts."""
    receipt = json_of(data.decode())
    check(receipt, RECEIPT, "the receipt")
    need({key_of(key, LOG, WITNESS) for key in receipt["keys"]} & {*trust.keys}, "none of its keys is believed")
    asked, one, request = logged(receipt["asked"], trust)
    given, two, answer = logged(receipt["given"], trust)
    check(answer, ANSWER, "the answer")
    need((asked["action"], given["action"]) == ("answer.asked", "answer.given"), "asked or given is another action")
    both = [(entry["object"].get("answer"), entry["actor"], entry["tenant"]) for entry in (asked, given)]
    need(both[0] == both[1] and both[0][0] == answer["id"], "asked and given are of another answer, actor or tenant")
    need(asked["seq"] < given["seq"] and request["question"] == answer["question"], "given early or otherwise asked")
    number, size, versions = receipt["snapshot"]["number"], receipt["snapshot"]["size"], set()
    published, three, _ = logged(receipt["published"], trust) if receipt["published"] else (None, one, None)
    need(number == answer["snapshot"] and (published or number == size == 0), "another snapshot, or one not published")
    if published:
        corpus = published["object"]
        same = canonical([corpus.get("snapshot"), corpus.get("versions")]) == canonical([number, size])
        earlier = published["seq"] < asked["seq"] and published["tenant"] == asked["tenant"]
        need(same and earlier and published["action"].startswith("corpus."), "published is not what it must be")
    for version in receipt["snapshot"]["versions"]:
        name = version["document"], version["version"], version["sha256"]
        leaf, path = sha256(b"\x00", "{} {} {}".format(*name).encode()), map(bytes.fromhex, version["path"])
        root = root_by_path(leaf, version["index"], size, [*path])  # refuses every place where nothing was published
        need(root.hex() == corpus["root"], "a version that is not of the snapshot")
        versions.add(name)
    need(len({name[:2] for name in versions}) == len(receipt["snapshot"]["versions"]), "a version twice")
    said = repeated(answer, check_sources(answer, receipt["documents"], versions, bundled))
    need(canonical({name: given["object"][name] for name in said}) == canonical(said), "given.object: not the answer")
    need((given["object"]["model"] is None) == (answer["model"] is None), "given.object: not the answer's model")
    left_out = {one["sha256"] for one in receipt["documents"] if one["text"] is None and one["withheld"] is None}
    return answer["id"], asked["seq"], {one, two, three}, versions, left_out

def entries_in(contents):
    """All entries and the hashes of their leaves, from files that are full but for the last one."""
    entries, hashes = [], []
    for number in range(sum(name.startswith("entries/") for name in contents)):
        digits = str(number).zfill(-(-len(str(number)) // 3) * 3)
        block = contents["entries/" + re.sub(r"(\d{3})(?=\d)", r"x\1/", digits)]
        need(block and len(entries) == number * 256, "a file of entries that is empty, not full or too full")
        while block:
            length = int.from_bytes(block[:2], "big")
            data, block = block[2 : 2 + length], block[2 + length :]
            entries.append(entry_of(data))
            need(len(data) == length and entries[-1]["seq"] == len(hashes), "an entry cut short or out of place")
            hashes.append(sha256(b"\x00", data))
    return entries, hashes

def check_bundle(path, trust):
    found = [file for file in Path(path).rglob("*") if not file.is_dir()]
    need(all(file.is_file() for file in found), "a bundle with something that is no file")
    contents = {file.relative_to(path).as_posix(): file.read_bytes() for file in found}
    text, signatures, signed = signed_note(contents.pop("MANIFEST"), trust.keys)
    first, origin, *lines = text.split("\n")
    own = [one for one in signed_note(contents["checkpoint"], trust.keys)[1] if one[0] == origin]
    need(first == "osler-bundle/1" and signed and signatures == own, "a manifest of another format, or of other keys")
    right = sorted(f"{sha256(data).hex()} {len(data)} {name}" for name, data in contents.items())
    need(sorted(lines) == right, f"not the files of the manifest: {min({*lines} ^ {*right}, default='one twice')}")
    checkpoint, (entries, hashes) = checkpoint_of(contents["checkpoint"], trust, trust.quorum), entries_in(contents)
    need(checkpoint == (origin, len(entries), tree_root(hashes)), "the entries are not those of the checkpoint")
    if trust.since is not None:
        _, size, root = checkpoint_of(trust.since, trust, 0)
        need(size <= len(entries) and root == tree_root(hashes[:size]), "not the log of the earlier checkpoint")
    texts = {Path(name).stem: data.decode() for name, data in contents.items() if name.startswith("documents/")}
    others, standings = {"FORMAT.md", "checkpoint"}, [one for one in entries if one["action"] == "corpus.standing"]
    for name in (name for name in contents if name.startswith("receipts/")):
        answer, asked, checkpoints, versions, left_out = check_receipt(contents[name], trust, texts)
        need(name == f"receipts/{answer}.json" and checkpoints == {checkpoint}, f"{name}: another answer or checkpoint")
        before = [entry["object"] for entry in standings if entry["seq"] < asked]  # the last of a version counts
        last = {canonical([about.get("document"), about.get("version")]): about.get("standing") for about in before}
        stands = [last.get(canonical(version[:2]), "") for version in versions]
        need(not {None, "retracted", "withdrawn"} & {*stands}, f"{name}: a version that had been taken out")
        others |= {f"documents/{digest}.txt" for digest in left_out}
    rest = {name for name in contents if not name.startswith(("entries/", "receipts/"))}
    need(rest == others, f"files that are missing or too many: {', '.join(rest ^ others)}")

def main():
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--key", metavar="VKEY", action="append", required=True, help="a believed key of the log")
    parser.add_argument("--witness", metavar="VKEY", action="append", default=[], help="a key of a witness")
    parser.add_argument("--quorum", metavar="N", type=int, default=0, help="how many of the witnesses must have signed")
    parser.add_argument("--since", metavar="CHECKPOINT_FILE", type=Path, help="a checkpoint that was kept")
    parser.add_argument("--list", metavar="FILE", type=Path, help="paths, one a line")
    parser.add_argument("paths", metavar="PATH", nargs="*", help="a bundle's directory or a receipt (*.json)")
    given = parser.parse_args()
    try:
        keys, witnesses = [key_of(key, LOG) for key in given.key], [key_of(key, WITNESS) for key in given.witness]
        paths = given.paths + (os.fsdecode(given.list.read_bytes()).split("\n") if given.list else [])
        trust = Trust(keys, witnesses, given.quorum, given.since.read_bytes() if given.since else None)
        need(any(paths) and bool(witnesses) <= given.quorum <= len(witnesses), "no PATH, or no fitting --quorum")
    except Exception as error:
        parser.error(str(error))
    failed = False
    sys.stdout.reconfigure(errors="backslashreplace")
    for path in filter(None, paths):
        try:
            if os.path.isdir(path):
                check_bundle(path, trust)
            else:
                right = path.endswith(".json") and os.path.isfile(path) and trust.since is None
                need(right, "neither a bundle nor (without --since) a receipt")
                check_receipt(Path(path).read_bytes(), trust, {})
            line = f"ok {path}"
        except Exception as error:  # whatever a broken file makes Python raise is a reason as well
            line, failed = f"bad {path}: {error if type(error) is ValueError else repr(error)}", True
        print(line if line.isprintable() else ascii(line)[1:-1])  # one line, whatever names and reasons hold
    sys.exit(1 if failed else 0)

if __name__ == "__main__":
    main()
