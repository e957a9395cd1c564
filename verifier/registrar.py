#!/usr/bin/env python3
"""A registrar's program, for a computer that is not on the network.

    python registrar.py draw ROLL.csv --election ID --index 1 --codes codes.json --out points.json
    python registrar.py letters --codes codes.json --board board.jsonl --site ADDRESS --folder DIR
    python registrar.py change --codes codes.json --board board.jsonl --out change.json
                               [--renew NUMBER …] [--remove NUMBER …] [--add MORE.csv]
    python registrar.py point --election ID --index 1 [--board board.jsonl]

`draw` draws a code for every voter of the file that the site exports; the officials get
points.json. `letters` writes the letters once the election is frozen. `change` draws new codes, for
those who have lost theirs or come late; two officials confirm it on the site. `point` asks
for a voter's code and shows the public sign, and whether a ballot with it is on a board.

Needs its folder, which must be called verifier, Python 3.11 and the package rbcl; letters as PDF
files need typst and segno too. Nothing is ever written over. Exit code 0: done. 1: refused, and
why.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if not __package__:
    # Run as a file. Python then knows the files beside it, but not the folder that they are in.
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from verifier.registering.codes import point_of, read_code
from verifier.registering.codes_file import (
    draw_codes,
    new_holder,
    places_on_roll,
    read_codes,
    renewed,
    save_codes,
    save_new_codes,
)
from verifier.registering.letters import PAGE_END, WORDS, as_text, language_of, make_letter
from verifier.registering.messages import change_message, points_message
from verifier.registering.roll_file import read_people
from verifier.rules.file import read_election
from verifier.rules.manifest import short
from verifier.rules.printing import complain, say, speak_utf8
from verifier.rules.strict import FAULTS, in_words, require
from verifier.secret.files import write_json, write_new

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.registering.codes_file import CodesFile, Holder
    from verifier.registering.letters import Letter
    from verifier.rules.board import Election
    from verifier.rules.manifest import Manifest

    OnRoll = dict[str, str]  # the roll's credential, by this registrar's point

LETTERS_A_FILE = 200


def draw(options: argparse.Namespace) -> None:
    """Draw a code for everybody. Raises OSError, Problem or another of FAULTS."""
    require(not options.out.exists(), f"{options.out} is there already")
    codes = draw_codes(options.election, options.index, read_people(options.roll))
    save_new_codes(options.codes, codes)
    write_json(options.out, points_message(codes))
    say(
        [
            f"{len(codes.voters)} codes drawn. Your key: {codes.key}",
            f"    short: {short(codes.key)}",
            f"{options.codes}: keep it, and a copy of it, away from the network.",
            f"{options.out}: give it to the officials.",
        ]
    )


def letters(options: argparse.Namespace) -> None:
    """Write the letters of all voters, or of some. Raises OSError, Problem or another of FAULTS."""
    codes, manifest, on_roll = _with_board(options)
    language = language_of(manifest, options.language)
    wanted = set(options.number)
    chosen = [voter for voter in codes.voters if not wanted or voter.number in wanted]
    made = [
        make_letter(codes, voter, code, manifest, options.site, language)
        for voter in chosen
        if (code := _code_on_roll(codes, voter, on_roll))
    ]
    require(made, "none of these voters is on the roll with a code of this file")
    options.folder.mkdir(mode=0o700)
    _write_letters(options.folder, made)
    missing = len(chosen) - len(made)
    say([f"{len(made)} letters written, {missing} voters of the file are not on the roll."])


def change(options: argparse.Namespace) -> None:
    """Draw new codes and sign the roll change. Raises OSError, Problem or another of FAULTS."""
    require(not options.out.exists(), f"{options.out} is there already")
    codes, manifest, on_roll = _with_board(options)
    voters = {voter.number: voter for voter in codes.voters}
    removed = []
    for number in options.renew + options.remove:
        require(number in voters, f"no voter has the number {number}")
        code = _code_on_roll(codes, voters[number], on_roll)
        require(code, f"the voter {number} is not on the roll")
        removed.append(on_roll[codes.point(code or "")])
    require(len(set(removed)) == len(removed), "a voter is named twice")
    added = [renewed(voters[number]) for number in options.renew]
    people = read_people(options.add) if options.add else []
    for person in people:
        require(person.number not in voters, f"the number {person.number} is in the file already")
    added += map(new_holder, people)
    require(added or removed, "a change of nothing")
    voters |= {voter.number: voter for voter in added}
    after = replace(codes, voters=list(voters.values()))
    save_codes(options.codes, after)
    write_json(options.out, change_message(after, manifest.fingerprint, added, removed))
    say([f"{len(added)} new codes, {len(removed)} credentials removed."])
    say([f"{options.out}: give it to the officials, then write the letters with a new board."])


def point(options: argparse.Namespace) -> None:
    """Show what follows from a code. Raises OSError, Problem or another of FAULTS."""
    say(["Type the code of the letter:"])
    found = point_of(read_code(sys.stdin.readline()), options.election, options.index)
    say([f"public sign: {short(found)}", f"    whole: {found}"])
    if not options.board:
        return
    election = _read_board(options.board)
    require(election.parts and not election.problems, "the board does not hold: verify it first")
    if election.parts is None:
        return
    entries = election.parts.roll.entries.items()
    owner = [name for name, entry in entries if found in entry.points]
    require(owner, "nobody with this sign is on the roll of this board")
    cast = owner[0] in election.parts.box.last
    say(["A ballot was cast under this sign." if cast else "No ballot was cast under this sign."])


def _with_board(
    options: argparse.Namespace,
) -> tuple[CodesFile, Manifest, OnRoll]:
    codes = read_codes(options.codes)
    election = _read_board(options.board)
    on_roll = places_on_roll(codes, election)
    if election.manifest is None:
        raise AssertionError
    return codes, election.manifest, on_roll


def _read_board(path: Path) -> Election:
    with path.open("rb") as file:
        election = read_election(file, in_progress=True)
    require(not election.unreadable, election.unreadable)
    return election


def _code_on_roll(codes: CodesFile, voter: Holder, on_roll: OnRoll) -> str | None:
    """The voter's code that counts on this board."""
    return next((code for code in voter.codes if codes.point(code) in on_roll), None)


def _write_letters(folder: Path, made: list[Letter]) -> None:
    text = PAGE_END.join(map(as_text, made))
    write_new(folder / "letters.txt", text.encode())
    if not all(map(importlib.util.find_spec, ("segno", "typst"))):
        say(["Install segno and typst for letters as PDF files; letters.txt is written."])
        return
    from verifier.registering.pdf import as_pdf  # noqa: PLC0415 - these two may be missing

    for start in range(0, len(made), LETTERS_A_FILE):
        name = f"letters-{start // LETTERS_A_FILE + 1:03}.pdf"
        write_new(folder / name, as_pdf(made[start : start + LETTERS_A_FILE]))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="A registrar's program.")
    acts = parser.add_subparsers(required=True)
    act = _act(acts, "draw", draw, "draw a code for every voter")
    act.add_argument("roll", type=Path)
    act.add_argument("--election", required=True, help="its identifier")
    act.add_argument("--index", type=int, default=1, help="1, or 2 for the second registrar")
    act.add_argument("--codes", type=Path, required=True, help="the file that you keep")
    act.add_argument("--out", type=Path, required=True, help="the file for the officials")
    act = _act(acts, "letters", letters, "write the letters")
    act.add_argument("--codes", type=Path, required=True)
    act.add_argument("--board", type=Path, required=True)
    act.add_argument("--site", required=True, help="the address of the voting page")
    act.add_argument("--folder", type=Path, required=True, help="a new folder for the letters")
    act.add_argument("--language", choices=list(WORDS))
    act.add_argument("--number", action="append", default=[], help="this voter alone")
    act = _act(acts, "change", change, "new codes, and who goes")
    act.add_argument("--codes", type=Path, required=True)
    act.add_argument("--board", type=Path, required=True)
    act.add_argument("--out", type=Path, required=True)
    act.add_argument("--renew", action="append", default=[], metavar="NUMBER")
    act.add_argument("--remove", action="append", default=[], metavar="NUMBER")
    act.add_argument("--add", type=Path, metavar="ROLL")
    act = _act(acts, "point", point, "the public sign of a code")
    act.add_argument("--election", required=True)
    act.add_argument("--index", type=int, default=1)
    act.add_argument("--board", type=Path)
    return parser


def _act(
    acts: Any, name: str, act: Callable[[argparse.Namespace], None], about: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = acts.add_parser(name, help=about)
    parser.set_defaults(act=act)
    return parser


def main() -> int:
    """Do what the command line says; returns the exit code."""
    speak_utf8()
    options = _parser().parse_args()
    try:
        options.act(options)
    except (OSError, *FAULTS) as error:
        complain(f"REFUSED: {in_words(error)}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
