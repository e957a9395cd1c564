#!/usr/bin/env python3
"""Verify a FaceVote election from its board file alone.

    python verify_election.py board.jsonl [--head head.json] [--in-progress] [--json]

Needs Python 3.11 and the package rbcl, nothing of the project. Written from docs/cryptography.md,
whose sections are named below. Exit code 0: all holds. 1: something does not, and each problem is
named with its line. 2: a file cannot be read.
"""

# fmt: off
import argparse
import hashlib
import json
import os
import re
import sys
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from functools import lru_cache, partial, reduce
from math import prod
from pathlib import Path

from rbcl import rbcl

ORDER = 2**252 + 27742317777372353535851937790883648493
IDENTITY = bytes(32)
ID, HEX = r"[a-z0-9][a-z0-9-]{0,63}", r"[0-9a-f]{64}"
POINT = r"[0-9a-f]{62}[0-7][0-9a-f]"  # libsodium 1.0.18 ignores the highest bit
HOUR = r"[0-9]{4}-(0[1-9]|1[0-2])-([0-2][0-9]|3[01])T([01][0-9]|2[0-3]):00Z"
NEXT = {"start": "open", "open": "roll ballot spoil head close", "close": "head tally",
        "tally": "head decryption result", "result": "head"}  # milestone: what may follow

class Problem(ValueError):
    """Something in the file does not hold."""

FAULTS = (LookupError, TypeError, ValueError, AttributeError, RuntimeError, ArithmeticError)

def require(condition, text):
    if not condition:
        raise Problem(text)

# Section 1: group, scalars, hashing
add = rbcl.crypto_core_ristretto255_add
sub = rbcl.crypto_core_ristretto255_sub

def base(scalar):
    data = (scalar % ORDER).to_bytes(32, "little")
    return rbcl.crypto_scalarmult_ristretto255_base(data) if any(data) else IDENTITY

def mul(scalar, point):
    data = (scalar % ORDER).to_bytes(32, "little")
    if point == IDENTITY or not any(data):
        return IDENTITY
    return rbcl.crypto_scalarmult_ristretto255(data, point)

small = lru_cache(maxsize=1024)(base)  # v G of the allowed values
total = partial(reduce, add)  # of at least one point

def text(value, pattern):
    require(isinstance(value, str) and re.fullmatch(pattern, value), f"not of the form {pattern}")
    return value

def point(value, identity=False):
    data = bytes.fromhex(text(value, POINT))
    require(rbcl.crypto_core_ristretto255_is_valid_point(data), "not a canonical point")
    require(identity or data != IDENTITY, "the identity where it must not be")
    return data

def scalar(value):
    number = int.from_bytes(bytes.fromhex(text(value, HEX)), "little")
    require(number < ORDER, "not a canonical scalar")
    return number

def whole(value, low, high):
    require(type(value) is int and low <= value <= high, "a number out of its range")
    return value

def digest(*parts):
    data = [p.encode() if isinstance(p, str) else p for p in parts]
    data = [p.to_bytes(8, "big") if isinstance(p, int) else p for p in data]
    return hashlib.sha512(b"".join(len(p).to_bytes(4, "big") + p for p in data)).digest()

def challenge(*parts):
    return int.from_bytes(digest(*parts), "little") % ORDER

def sha256(data):
    return hashlib.sha256(data).hexdigest()

# Section 2: canonical JSON
def dump(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

def load(data):
    value = json.loads(data, parse_float=Decimal, parse_constant=Decimal)  # dump takes no Decimal
    require(dump(value) == data, "not canonical JSON")
    return value

def keys(value, names):
    require(isinstance(value, dict) and sorted(value) == names.split(), f"needs keys {names}")
    return value

# Proofs
def check_schnorr(proof, public, name, *statement):
    c, z = map(scalar, proof)
    expected = challenge(f"facevote-1/{name}", *statement, public, sub(base(z), mul(c, public)))
    require(expected == c, f"the {name} proof (number {statement[1]}) does not hold")

def check_one_of(proof, values, cipher, key, name, *statement):
    numbers, commitments, (alpha, beta) = [scalar(item) for item in proof], [], cipher
    for v, c, z in zip(values, numbers[::2], numbers[1::2], strict=True):
        rest = sub(beta, small(v)) if v else beta
        commitments += sub(base(z), mul(c, alpha)), sub(mul(z, key), mul(c, rest))
    expected = challenge(f"facevote-1/{name}", *statement, *cipher, *commitments)
    place = f"contest {statement[1]}, position {statement[2]}"
    require(sum(numbers[::2]) % ORDER == expected, f"{place}: the {name} proof does not hold")

class Contest:
    def __init__(self, value):
        keys(value, "blank choices id max min title")
        self.id, self.blank, n = text(value["id"], ID), value["blank"], len(value["choices"])
        ids = [text(keys(choice, "id title")["id"], ID) for choice in value["choices"]]
        require(len(set(ids)) == n and type(self.blank) is bool, "a malformed contest")
        high, blank = whole(value["max"], 1, n), [n + 1] if self.blank else []
        low, self.weights = whole(value["min"], 0, high), [1] * n + blank
        self.allowed = [*range(low, high + 1), *blank]

class Manifest:
    """Section 3; the proofs of the key are checked too (section 5)."""
    def __init__(self, value):
        keys(value, "board_key contests format id key revote roll title voters")
        right = value["format"] == "facevote-election-1" and type(value["revote"]) is bool
        require(right and value["voters"] in ("alias", "hidden"), "a malformed manifest")
        self.fingerprint = sha256(dump(value))
        self.fingerprint_bytes = bytes.fromhex(self.fingerprint)
        self.id, self.title, self.revote = text(value["id"], ID), value["title"], value["revote"]
        self.hidden, self.roll = value["voters"] == "hidden", value["roll"]
        self.board_key = point(value["board_key"])
        self.contests = [Contest(item) for item in value["contests"]]
        require(len({c.id for c in self.contests}) == len(self.contests) > 0, "contest ids repeat")
        self.nothing = [[(IDENTITY, IDENTITY)] * len(c.weights) for c in self.contests]
        self.read_key(keys(value["key"], "mode public_key threshold trustees"))

    def read_key(self, key):
        n, self.key, self.mode = len(key["trustees"]), point(key["public_key"]), key["mode"]
        k = self.threshold = whole(key["threshold"], 1, n)
        right = self.mode == "trustees" or (self.mode == "server" and n == 1)
        lists = [[point(p) for p in item["commitments"]] for item in key["trustees"]]
        require(right and all(len(row) == k for row in lists), "a malformed key")
        require(self.key == total(row[0] for row in lists), "the key is not the trustees' key")
        self.trustees = []
        for j, (item, row) in enumerate(zip(key["trustees"], lists, strict=True), 1):
            keys(item, "commitments confirmation name proof")
            own = total(mul(j**t, p) for points in lists for t, p in enumerate(points))
            self.trustees.append(own)
            everyone, common = [p for points in lists for p in points], (self.id, j, k, n)
            check_schnorr(item["proof"], row[0], "possession", *common, *row)
            check_schnorr(item["confirmation"], own, "confirmation", *common, *everyone)

    def check_ballot(self, ballot):
        """Section 4: every proof of one ballot. Its ciphertexts, by contest."""
        rows, parts = [], [self.fingerprint_bytes, self.key, self.board_key, ballot["credential"]]
        for contest, answer in zip(self.contests, ballot["contests"], strict=True):
            keys(answer, "ciphertexts id proofs sum")
            row = [(point(alpha), point(beta)) for alpha, beta in answer["ciphertexts"]]
            right = answer["id"] == contest.id and len(row) == len(contest.weights)
            require(right, "the contests are not those of the election")
            parts += [contest.id, *(p for cipher in row for p in cipher)]
            rows.append(row)
        context = digest("facevote-1/ballot", *parts)
        for contest, answer, row in zip(self.contests, ballot["contests"], rows, strict=True):
            for j, (cipher, proof) in enumerate(zip(row, answer["proofs"], strict=True)):
                check_one_of(proof, (0, 1), cipher, self.key, "selection", context, contest.id, j)
            pairs = list(zip(contest.weights, row, strict=True))
            both = [total(c[i] if w == 1 else mul(w, c[i]) for w, c in pairs) for i in (0, 1)]
            statement = (context, contest.id, len(row))
            check_one_of(answer["sum"], contest.allowed, both, self.key, "sum", *statement)
        return rows

def add_rows(left, right):
    pairs = [zip(a, b, strict=True) for a, b in zip(left, right, strict=True)]
    return [[(add(a[0], b[0]), add(a[1], b[1])) for a, b in row] for row in pairs]

def check_chunk(manifest, chunk):  # in another process
    problems, sums = [], manifest.nothing
    for line, counts, data in chunk:
        try:
            rows = manifest.check_ballot(json.loads(data)["body"]["ballot"])
            sums = add_rows(sums, rows) if counts else sums
        except FAULTS as error:
            problems.append((line, "ballot", str(error)))
    return problems, sums

class Election:
    """Sections 6 and 7: the events in order. The proofs of the ballots come last, all together."""
    def __init__(self):
        self.problems, self.hashes, self.kind, self.phase, self.hour = [], [], "", "start", ""
        self.manifest = self.tally = self.result = None
        self.roll, self.cast, self.shares = {}, {}, {}
        self.used, self.alphas, self.ballots = set(), set(), []  # used: trackers cast or audited

    def read(self, data):
        seq, self.kind = len(self.hashes), "?"
        self.hashes.append(sha256(data))
        try:
            event = keys(load(data), "body hour kind prev seq")
            right = event["kind"] in NEXT[self.phase].split()
            require(right, f"a {event['kind']} may not come after {self.phase}")
            self.kind = event["kind"]
            self.phase = self.kind if self.kind in NEXT else self.phase
            require(whole(event["seq"], 0, 2**53) == seq, f"is number {event['seq']}, not {seq}")
            getattr(self, "on_" + self.kind)(event["body"], event, data)
            require(event["prev"] == (self.hashes[seq - 1] if seq else "0" * 64), "chain broken")
            require(text(event["hour"], HOUR) >= self.hour, "the hours go back")
            self.hour = event["hour"]
        except FAULTS as error:
            form = str(error) if isinstance(error, Problem) else f"malformed: {error!r}"
            self.problems.append((seq + 1, self.kind, form))

    def on_open(self, body, _event, _data):
        self.manifest = Manifest(keys(body, "manifest roll")["manifest"])
        self.change_roll(body["roll"], [], self.manifest.roll)

    def on_roll(self, body, _event, _data):
        first, second = keys(body, "add approved_by remove roll")["approved_by"]
        require(first and second and first != second, "needs two different officials")
        require(not self.cast.keys() & set(body["remove"]), "removes one who has cast a ballot")
        self.change_roll(body["add"], body["remove"], body["roll"])

    def change_roll(self, added, removed, expected):
        for credential in removed:
            del self.roll[credential]
        for credential, alias in added:
            require(text(credential, ID) not in self.roll, "somebody twice on the roll")
            require(text(alias, "(?s).*") == "" or not self.manifest.hidden, "shows an alias")
            self.roll[credential] = alias
        document = {"format": "facevote-roll-1", "voters": sorted(map(list, self.roll.items()))}
        require(sha256(dump(document)) == expected, "the roll has another hash")

    def on_ballot(self, body, _event, data):
        ballot = keys(body, "ballot supersedes tracker")["ballot"]
        keys(ballot, "contests credential election format")
        expected = ("facevote-ballot-1", self.manifest.fingerprint)
        require((ballot["format"], ballot["election"]) == expected, "made for another election")
        credential, tracker = ballot["credential"], body["tracker"]
        require(credential in self.roll, "the voter is not on the roll")
        require(tracker == sha256(dump(ballot)), "the tracker is not the ballot's")
        require(tracker not in self.used, "cast or audited before")
        require(credential not in self.cast or self.manifest.revote, "a second ballot of one voter")
        require(body["supersedes"] == self.cast.get(credential), "supersedes another ballot")
        for alpha, _beta in (c for contest in ballot["contests"] for c in contest["ciphertexts"]):
            require(alpha not in self.alphas, "a ciphertext that was used before")
            self.alphas.add(alpha)
        self.cast[credential] = tracker
        self.used.add(tracker)
        self.ballots.append((len(self.hashes), credential, tracker, data))

    def on_spoil(self, body, _event, _data):
        tracker = text(keys(body, "tracker")["tracker"], HEX)
        require(tracker not in self.used, "cast or audited before")
        self.used.add(tracker)

    def on_head(self, body, event, _data):
        count, last = len(self.hashes) - 1, self.hashes[-2]
        self.check_head(count, last, event["hour"], keys(body, "signature")["signature"])

    def check_head(self, count, last, hour, signature):
        parts = (self.manifest.fingerprint_bytes, count, bytes.fromhex(text(last, HEX)), hour)
        check_schnorr(signature, self.manifest.board_key, "head", *parts)

    def on_close(self, body, _event, _data):
        found = {"ballots": len(self.ballots), "counted": len(self.cast)}
        require(dump(body) == dump(found), f"the close says {body}, the file has {found}")

    def on_tally(self, body, _event, _data):
        rows, self.tally_line = self.contests(body, "contests counted", "sums"), len(self.hashes)
        self.tally = [[(point(a, True), point(b, True)) for a, b in row] for row in rows]
        require(whole(body["counted"], 0, 2**53) == len(self.cast), "a wrong number of ballots")

    def contests(self, body, names, name):
        answers = [keys(answer, f"id {name}") for answer in keys(body, names)["contests"]]
        found = [(answer["id"], len(answer[name])) for answer in answers]
        right = found == [(c.id, len(c.weights)) for c in self.manifest.contests]
        require(right, "the contests are not those of the election")
        return [answer[name] for answer in answers]

    def on_decryption(self, body, _event, _data):
        rows = self.contests(body, "contests trustee", "shares")
        j = whole(body["trustee"], 1, len(self.manifest.trustees))
        require(j not in self.shares, f"trustee {j} decrypts twice")
        for contest, row, sums in zip(self.manifest.contests, rows, self.tally, strict=True):
            for position, (part, cipher) in enumerate(zip(row, sums, strict=True)):
                self.check_share(j, contest.id, position, part, cipher)
        self.shares[j] = [[point(part[0], True) for part in row] for row in rows]

    def check_share(self, j, contest, position, part, cipher):
        d, (c, z), own = point(part[0], True), map(scalar, part[1:]), self.manifest.trustees[j - 1]
        place = (self.manifest.fingerprint_bytes, contest, position, j, self.manifest.key, own)
        first, second = sub(base(z), mul(c, own)), sub(mul(z, cipher[0]), mul(c, d))
        right = challenge("facevote-1/decryption", *place, *cipher, d, first, second) == c
        require(right, f"trustee {j}, contest {contest}, position {position}: wrong decryption")

    def on_result(self, body, _event, _data):
        chosen = keys(body, "contests counted trustees")["trustees"]
        require(len(set(chosen)) == len(chosen) == self.manifest.threshold, "not k trustees")
        require(all(whole(j, 1, 2**53) in self.shares for j in chosen), "not all have decrypted")
        require(whole(body["counted"], 0, 2**53) == len(self.cast), "a wrong number of ballots")
        answers = zip(self.manifest.contests, body["contests"], self.tally, strict=True)
        for i, (contest, answer, sums) in enumerate(answers):
            right = keys(answer, "blank counts id")["id"] == contest.id
            require(right and contest.blank == (answer["blank"] is not None), "a wrong contest")
            numbers = answer["counts"] + ([answer["blank"]] if contest.blank else [])
            for position, (n, cipher) in enumerate(zip(numbers, sums, strict=True)):
                mask = total(mul(lagrange(j, chosen), self.shares[j][i][position]) for j in chosen)
                right = base(whole(n, 0, len(self.cast))) == sub(cipher[1], mask)
                require(right, f"contest {contest.id}, position {position}: {n} is not the sum")
        self.result = body["contests"]

    def check_proofs(self, processes):
        items = [(line, self.cast[c] == t, data) for line, c, t, data in self.ballots]
        chunks = [items[start : start + 100] for start in range(0, len(items), 100)]
        check, sums = partial(check_chunk, self.manifest), self.manifest.nothing
        with ProcessPoolExecutor(processes) as pool:
            for problems, part in (pool.map if len(chunks) > 1 else map)(check, chunks):
                self.problems += problems
                sums = add_rows(sums, part)
        if self.tally and self.tally != sums:
            self.problems.append((self.tally_line, "tally", "not the sum of the counted ballots"))

    def check_published(self, head):
        try:
            keys(head, "count election format hash hour signature")
            count = whole(head["count"], 1, 2**53)
            self.check_head(count, head["hash"], head["hour"], head["signature"])
            require(count <= len(self.hashes), f"promises {count} events: the tail is missing")
            require(self.hashes[count - 1] == head["hash"], "promises another history")
        except FAULTS as error:
            self.problems.append((len(self.hashes), "published head", str(error)))

    def check_end(self, rest, in_progress):
        end, fault = len(self.hashes), ""
        if rest or not end:
            fault = "the file does not end with a whole line: truncated"
        elif not in_progress and self.phase != "result":
            fault = "no result: unfinished, or the tail is missing"
        elif not in_progress and self.kind != "head":
            fault = "no signed head at the end: the tail is missing"
        self.problems += [(end, self.kind, fault)] if fault else []

def lagrange(j, chosen):
    others = [m for m in chosen if m != j]
    return prod(others) * pow(prod(m - j for m in others), -1, ORDER)

def verify(data, heads=(), in_progress=False, processes=None):
    election = Election()
    *lines, rest = data.split(b"\n")
    for line in lines:
        election.read(line)
    election.check_end(rest, in_progress)
    if election.manifest is not None:
        for head in heads:
            election.check_published(head)
        election.check_proofs(processes or os.cpu_count())
    return election

def report(election):
    problems = [{"line": i, "event": k, "problem": t} for i, k, t in sorted(election.problems)]
    about = {n: getattr(election.manifest, n, None) for n in ("fingerprint", "id", "title", "mode")}
    head = {"count": len(election.hashes), "hash": (election.hashes or [None])[-1]}
    return {"ok": not problems, **about, "ballots": len(election.ballots), "head": head,
            "counted": len(election.cast), "result": election.result, "problems": problems}

def for_people(answer):
    yield from (f"line {p['line']} ({p['event']}): {p['problem']}" for p in answer["problems"])
    verdict = "VERIFIED" if answer["ok"] else f"NOT VERIFIED, {len(answer['problems'])} problems in"
    yield f"{verdict} {answer['title']}: {answer['ballots']} ballots, {answer['counted']} counted"
    yield f"fingerprint {answer['fingerprint']}\nlast event  {answer['head']['hash']}"
    yield from (f"{c['id']}: {c['counts']}, blank {c['blank']}" for c in answer["result"] or [])

def main():
    parser = argparse.ArgumentParser(description="Verify a FaceVote election from its board file.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--head", type=Path, action="append", default=[], help="published heads")
    parser.add_argument("--in-progress", action="store_true", help="no result is expected yet")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    try:
        data = options.file.read_bytes()
        heads = [json.loads(x) for path in options.head for x in path.read_bytes().splitlines()]
    except (OSError, ValueError) as error:
        sys.stderr.write(f"cannot be read: {error}\n")
        return 2
    answer = report(verify(data, heads, options.in_progress))
    text = json.dumps(answer, indent=2) if options.json else "\n".join(for_people(answer))
    sys.stdout.write(f"{text}\n")
    return 0 if answer["ok"] else 1

if __name__ == "__main__":
    sys.exit(main())
