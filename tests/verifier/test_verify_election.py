"""verifier/verify_election.py and verifier/audit_ballot.py, run as the files that they are."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.voting.crypto.elections import vectors
from verifier import verify_election
from verifier.strict import sha256
from voting.crypto import canonical, chain
from voting.crypto.board.chain import BoardEventKind, Event, Tip
from voting.crypto.roll import RollEntry
from voting.trials.mutation import COVERED_BY_PROOFS, Change, Forger, Mutation, mutate
from voting.trials.simulation import Shape, simulate

if TYPE_CHECKING:
    from voting.trials.simulation import SimulatedElection

ROOT = Path(verify_election.__file__).resolve().parent


def run(program: str, *arguments: Path | str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, program, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """A copy of the verifier's folder, and nothing of the project."""
    folder = tmp_path / "verifier"
    folder.mkdir()
    for path in ROOT.glob("*.py"):
        shutil.copy(path, folder)
    return folder


def problems(file: bytes, **options: Any) -> list[str]:
    found = verify_election.verify(file, **options).problems
    return [f"{line} {kind}: {text}" for line, kind, text in found]


def imported(source: str) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    return names


def lines_of_code(source: str) -> int:
    """Without blank lines, comments and docstrings, and each statement on as few as possible."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:]
    return sum(bool(line.strip()) for line in ast.unparse(tree).splitlines())


def test_the_verifier_is_short_and_imports_nothing_of_the_project() -> None:
    sources = {path.stem: path.read_text(encoding="utf-8") for path in ROOT.glob("*.py")}

    names = {name for source in sources.values() for name in imported(source)}

    assert all(len(source.splitlines()) < 400 for source in sources.values())
    assert sum(map(lines_of_code, sources.values())) < 600
    assert names - set(sys.stdlib_module_names) - {"verifier"} == {"rbcl"}


def test_a_finished_election_verifies_without_the_project(
    alone: Path, election: SimulatedElection
) -> None:
    board, head = alone / "board.jsonl", alone / "head.json"
    board.write_bytes(election.file)
    head.write_bytes(election.head.to_json())

    done = run(str(alone / "verify_election.py"), board, "--head", head, "--json")

    assert done.returncode == 0, done.stdout + done.stderr
    answer = json.loads(done.stdout)
    assert answer["ok"] is True
    assert answer["fingerprint"] == election.manifest.fingerprint
    assert answer["counted"] == 5
    assert answer["ballots"] == 7
    assert answer["result"] == election.result.to_dict(election.manifest)["contests"]


def test_a_problem_is_named_with_its_line_and_the_exit_code_is_1(
    alone: Path, election: SimulatedElection
) -> None:
    board = alone / "board.jsonl"
    board.write_bytes(election.file.replace(b"Choice 1", b"Choice 9"))

    done = run(str(alone / "verify_election.py"), board)

    assert done.returncode == 1
    assert "line 2 (ballot): made for another election" in done.stdout
    assert "NOT VERIFIED" in done.stdout


def test_a_file_that_cannot_be_read_is_exit_code_2(alone: Path) -> None:
    done = run(str(alone / "verify_election.py"), alone / "missing.jsonl")

    assert done.returncode == 2


def test_ballots_are_checked_in_several_processes() -> None:
    made = simulate(Shape(voters=120, choices=1, threshold=1, trustees=1))
    lines = made.file.split(b"\n")
    broken = json.loads(lines[110])
    broken["body"]["ballot"]["contests"][0]["proofs"][0][1] = "00" * 32
    broken["body"]["tracker"] = sha256(canonical.encode(broken["body"]["ballot"]))
    lines[110] = canonical.encode(broken)

    found = problems(b"\n".join(lines), processes=2)

    assert problems(made.file, processes=2) == []
    assert "111 ballot: contest contest, position 0: the selection proof does not hold" in found


def test_an_election_in_progress_verifies_when_that_is_expected(
    election: SimulatedElection,
) -> None:
    lines = election.file.split(b"\n")
    part = b"\n".join(lines[:5]) + b"\n"

    assert problems(part, in_progress=True) == []
    assert problems(part) == ["5 ballot: no result: unfinished, or the tail is missing"]


@pytest.mark.parametrize("cut", [1, 2, 3, 6])
def test_a_missing_tail_is_named(election: SimulatedElection, cut: int) -> None:
    lines = election.file.split(b"\n")
    short = b"\n".join(lines[: -1 - cut]) + b"\n"

    assert any("the tail is missing" in text for text in problems(short))


def test_a_head_published_elsewhere_shows_another_history(election: SimulatedElection) -> None:
    """Even to a server that forges all it can: reorders, mends the chain, signs again."""
    events = list(election.events)
    events[1], events[2] = events[2], events[1]
    tip, lines = Tip(), []
    for event in events:
        kind, body, hour = event.kind, event.body, event.hour
        again = Event(tip.count, tip.hash, kind, hour, body)
        if kind is BoardEventKind.HEAD:
            fingerprint = election.manifest.fingerprint
            again = chain.head_event(election.board_key, fingerprint, tip, hour)
        lines.append(again.line + b"\n")
        tip = Tip.after(again)
    forged, head = b"".join(lines), json.loads(election.head.to_json())

    assert problems(forged) == []
    assert any("promises another history" in text for text in problems(forged, heads=[head]))


def test_roll_changes_are_followed(election: SimulatedElection) -> None:
    added = [RollEntry("voter-new", "New")]
    roll = [RollEntry(f"voter-{n:06d}", f"Voter {n}") for n in range(5)]
    _roll, new_hash = chain.changed_roll(roll, added, ["voter-000004"])
    officials = ("official-1", "official-2")
    body = chain.roll_body(
        add=added, remove=["voter-000004"], officials=officials, new_hash=new_hash
    )
    one_official = body | {"approved_by": ["official-1", "official-1"]}
    opened = election.events[0]

    def after_opening(change: dict[str, Any]) -> list[str]:
        event = Tip.after(opened).then(BoardEventKind.ROLL, change, opened.hour)
        return problems(opened.line + b"\n" + event.line + b"\n", in_progress=True)

    assert after_opening(body) == []
    assert after_opening(one_official) == ["2 roll: needs two different officials"]
    assert after_opening(body | {"roll": "0" * 64}) == ["2 roll: the roll has another hash"]


@pytest.mark.parametrize("shape", [Shape(voters=0), Shape(voters=1, threshold=1, trustees=1)])
def test_the_smallest_elections_verify(shape: Shape) -> None:
    assert problems(simulate(shape).file) == []


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"hello", b"{}\n", b"[[[[\n", b"\xff\xfe\n", b"[" * 99_999]
)
def test_what_is_no_board_file_is_refused_and_not_a_crash(data: bytes) -> None:
    assert problems(data)


def test_events_after_an_unreadable_manifest_are_named(election: SimulatedElection) -> None:
    file = election.file.replace(b"facevote-election-1", b"facevote-election-2")

    found = problems(file)

    assert found[:2] == ["1 open: a malformed manifest", "2 ballot: the manifest could not be read"]


@pytest.fixture(scope="module")
def mutations(election: SimulatedElection) -> dict[tuple[Change, Forger], list[Mutation]]:
    found: dict[tuple[Change, Forger], list[Mutation]] = {}
    for seed in range(300):
        mutation = mutate(election, seed)
        found.setdefault((mutation.change, mutation.forger), []).append(mutation)
    return found


@pytest.mark.parametrize("change", list(Change))
@pytest.mark.parametrize("forger", list(Forger))
def test_single_changes_are_named(
    mutations: dict[tuple[Change, Forger], list[Mutation]], change: Change, forger: Forger
) -> None:
    tried = forger is not Forger.HOLDS_BOARD_KEY or change in COVERED_BY_PROOFS

    chosen = mutations.get((change, forger), [])[:3]

    assert bool(chosen) is tried
    for mutation in chosen:
        assert problems(mutation.file), mutation


def test_two_voters_cannot_trade_ballots() -> None:
    """The server renames each ballot's voter, mends the chain and signs again."""
    once = simulate(Shape(voters=4))
    wanted = (Change.SWAP_BALLOTS, Forger.HOLDS_BOARD_KEY)
    made = (mutate(once, seed) for seed in range(1000))
    mutation = next(item for item in made if (item.change, item.forger) == wanted)

    found = problems(mutation.file)

    assert sum("the selection proof does not hold" in text for text in found) == 2


def test_clean_elections_raise_no_alarm() -> None:
    for seed in range(10):
        made = simulate(Shape(voters=seed, seed=seed, revotes=seed // 2, blank=True))
        assert problems(made.file, heads=[json.loads(made.head.to_json())]) == []


def test_an_opened_ballot_is_checked_by_a_second_program(alone: Path) -> None:
    known = vectors("python.json")
    value = {name: known[name] for name in ("ballot", "manifest", "opening")}
    value["format"] = "facevote-audit-1"
    good, bad = alone / "good.json", alone / "bad.json"
    good.write_bytes(canonical.encode(value))
    value["opening"]["contests"][0]["selections"] = [0, 1, 1]
    bad.write_bytes(canonical.encode(value))

    right, wrong = (run(str(alone / "audit_ballot.py"), path) for path in (good, bad))

    assert right.returncode == 0, right.stderr
    assert json.loads(right.stdout)["selected"] == {
        "Board": ["Ann", 'Cem "C."'],
        "Budget": ["(blank)"],
    }
    assert wrong.returncode == 1
    assert "does not open" in wrong.stderr


def test_an_event_that_is_not_in_its_order_is_named(election: SimulatedElection) -> None:
    closed = next(e for e in election.events if e.kind is BoardEventKind.CLOSE)
    late = replace(election.events[1], seq=closed.seq + 1, prev=closed.hash, hour=closed.hour)
    lines = [e.line for e in election.events[: closed.seq + 1]] + [late.line]

    found = problems(b"\n".join(lines) + b"\n", in_progress=True)

    assert any("a ballot may not come after close" in text for text in found)
