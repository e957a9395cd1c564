"""What is told of a board: as a value for programs, and as lines for people.

docs/cryptography.md, section 8. Text from the board stands escaped, on lines of its own.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from verifier.rules.manifest import short
from verifier.rules.printing import escaped, escaped_whole, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from verifier.rules.board import Election, Parts
    from verifier.rules.contest import Contest

PRINTED = 100  # problems that people read


def report(election: Election) -> dict[str, Any]:
    """What `--json` prints."""
    last = election.hashes[-1] if election.hashes else None
    found = {
        "ok": not election.problems,
        "unreadable": election.unreadable,
        "head": {"count": len(election.hashes), "hash": last},
        "finished": election.milestone == "result",
        "result": election.result,
        "problems": [problem._asdict() for problem in sorted(election.problems)],
        "forks": [],
    }
    names = ("id", "title", "format", "fingerprint", "purpose", "mode")
    empty = dict.fromkeys(names) | {"ballots": 0, "counted": 0}
    return found | (_about(election, election.parts) if election.parts else empty)


def _about(election: Election, parts: Parts) -> dict[str, Any]:
    manifest, box, statements = parts.manifest, parts.box, parts.statements
    key, endorsements = manifest.key, parts.endorsements
    return {
        "id": manifest.id,
        "title": manifest.title,
        "format": manifest.number,
        "fingerprint": manifest.fingerprint,
        "purpose": manifest.purpose or "not told",
        "mode": key.mode,
        "threshold": key.threshold,
        "trustees": [trustee.name for trustee in key.trustees],
        "endorsed": sorted(endorsements.endorsed),
        "waived": sorted(endorsements.waived),
        "registrars": [registrar.name for registrar in manifest.registrars],
        "registrar_keys": [registrar.key.hex() for registrar in manifest.registrars],
        "roll": {"voters": len(parts.roll.entries), "changes": parts.roll.changes},
        "ballots": box.ballots,
        "counted": len(box.last),
        "opened": box.spoils,
        "overrides": election.overrides,
        "extensions": election.extensions,
        "forgotten": election.forgotten,
        "close": parts.count.close if parts.count else None,
        "least": manifest.least,
        "heads": statements.heads,
        "witnesses": [witness.name for witness in manifest.witnesses],
        "witness_keys": [witness.key.hex() for witness in manifest.witnesses],
        "quorum": manifest.quorum,
        "witnessed": statements.witnessed,
        "contests": [_asked(contest) for contest in manifest.contests],
        "published": statements.published,
        "forks": [statements.fork_proof(*pair) for pair in statements.forks],
    }


def for_people(answer: dict[str, Any]) -> Iterator[str]:
    """The lines that are printed without `--json`."""
    for problem in answer["problems"][:PRINTED]:
        words = escaped(problem["problem"])
        yield f"problem: line {problem['line']} ({escaped(problem['event'])}): {words}"
    if len(answer["problems"]) > PRINTED:
        yield f"and {len(answer['problems']) - PRINTED} problems more; --json prints them all"
    for first, second in answer["forks"]:
        yield "PROOF OF A FORK: two signed statements of one count end in different events:"
        yield f"    {escaped_whole(first)}"
        yield f"    {escaped_whole(second)}"
    if answer["fingerprint"]:
        yield from _description(answer)
    yield from _results(answer)
    wrong = len(answer["problems"])
    if wrong or answer["forks"]:
        yield f"NOT VERIFIED: {wrong} problem{'s' * (wrong != 1)}"
    elif answer["finished"]:
        yield "VERIFIED"
    else:
        yield "VERIFIED so far: the election is not finished"


def _description(answer: dict[str, Any]) -> Iterator[str]:
    """What the manifest and the board say; whatever others have written stands in quotes."""
    yield f"fingerprint: {answer['fingerprint']}"
    yield f"    short: {short(answer['fingerprint'])}"
    yield f"election: {answer['id']}"
    yield from _texts("title", answer["title"])
    yield f"format: {answer['format']}, purpose: {answer['purpose']}"
    trustees = len(answer["trustees"])
    whose = "of trustees" if answer["mode"] == "trustees" else "of the server alone"
    yield f"key: {whose}, {answer['threshold']} of {trustees} decrypt"
    yield from _names("trustee", answer["trustees"])
    if answer["mode"] == "trustees" and answer["format"] == 2:
        yield f"endorsements: {len(answer['endorsed'])} of {trustees}, waived: {answer['waived']}"
    yield f"registrars: {len(answer['registrars'])}"
    yield from _names("registrar", answer["registrars"], answer["registrar_keys"])
    if not answer["registrars"]:
        yield "    without registrars, the server could vote for people who stay away"
    roll = answer["roll"]
    yield f"roll: {roll['voters']} voters, {roll['changes']} changes"
    yield f"ballots: {answer['ballots']}, counted: {answer['counted']}, opened: {answer['opened']}"
    yield f"face steps replaced by officials: {answer['overrides']}"
    yield f"closing time extended: {answer['extensions']} times"
    if answer["forgotten"]:
        yield "the link between persons and credentials has been removed"
    yield from _signed(answer)


def _signed(answer: dict[str, Any]) -> Iterator[str]:
    yield f"heads on the board: {answer['heads']}"
    witnesses = len(answer["witnesses"])
    yield f"witnesses: {witnesses}, {answer['quorum']} must sign the close"
    yield from _names("witness", answer["witnesses"], answer["witness_keys"])
    yield f"witnesses' statements on the board: {answer['witnessed']}"
    published = answer["published"]
    for kind in ("published head", "receipt", "witness's statement"):
        yield f"checked from elsewhere, {kind}: {published.get(kind, 0)}"
    if not published:
        yield "    nothing from elsewhere was checked, so another copy of the board may differ"
    yield f"last event: number {answer['head']['count']}, {answer['head']['hash']}"
    if answer["close"]:
        yield f"close event: {answer['close']}"


def _asked(contest: Contest) -> dict[str, Any]:
    """A contest and its choices, by id and texts."""
    choices = [
        {"id": choice.id, "title": choice.title, "party": choice.party}
        for choice in contest.choices
    ]
    return {"id": contest.id, "title": contest.title, "choices": choices}


def _results(answer: dict[str, Any]) -> Iterator[str]:
    for contest, numbers in zip(answer.get("contests", []), answer["result"] or [], strict=False):
        yield f"result of contest {contest['id']}:"
        yield from _texts("title", contest["title"])
        if numbers["counts"] is None:
            yield f"    withheld, because it has fewer than {answer['least']} ballots"
            continue
        for choice, count in zip(contest["choices"], numbers["counts"], strict=True):
            yield f"    choice {choice['id']}: {count}"
            yield from _texts("    title", choice["title"])
            yield from _texts("    party", choice["party"])
        if numbers["blank"] is not None:
            yield f"    blank: {numbers['blank']}"


def _texts(name: str, texts: dict[str, str]) -> Iterator[str]:
    for language, text in texts.items():
        yield f"    {name}{language and f' ({language})'}: {quoted(text)}"


def _names(name: str, names: list[str], keys: Sequence[str] = ()) -> Iterator[str]:
    """A server could name people that it has made up, so these show their keys to be compared."""
    for number, (text, key) in enumerate(zip_longest(names, keys), start=1):
        yield f"    {name} {number}: {quoted(text)}"
        if key:
            yield f"        key: {short(key)}"
