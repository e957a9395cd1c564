"""Makes tests/vectors/boards: finished elections of every shape, and what their people keep.

python -m tests.vectors.make_boards

NAME.jsonl is the board file. NAME.json beside it has the signed head of all events before the last,
the voters' receipts, the witnesses' statements, the trustees' key files as they are after the key
check, and the code of each voter of the opening roll for each registrar.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voting.crypto import canonical
from voting.crypto.registrars.codes import written
from voting.trials.simulation import Shape, simulate

if TYPE_CHECKING:
    from voting.trials.simulation import SimulatedElection

TARGET = Path(__file__).with_name("boards")
SHAPES = {
    "server": Shape(voters=4, server=True, blank=True),
    "trustees": Shape(voters=5, revotes=2, spoils=1, blank=True, max=2, overrides=1, extensions=2),
    "one-of-one": Shape(voters=2, threshold=1, trustees=1),
    "one-registrar": Shape(voters=4, registrars=1, newcomers=1, waived=1),
    "two-registrars": Shape(voters=4, registrars=2, newcomers=1, revotes=1),
    "groups": Shape(voters=6, groups=True, newcomers=2, languages=("de", "en"), hidden=True),
    "witnesses": Shape(voters=3, witnesses=3, quorum=2, spoils=1, rehearsal=True),
    "withheld": Shape(voters=4, groups=True, least=3, forgets=True),
    "nobody-voted": Shape(voters=0, threshold=1, trustees=2),
}


def main() -> None:
    TARGET.mkdir(exist_ok=True)
    for name, shape in SHAPES.items():
        election = simulate(shape)
        (TARGET / f"{name}.jsonl").write_bytes(election.file)
        kept = json.dumps(_kept(election), indent=1, ensure_ascii=False)
        (TARGET / f"{name}.json").write_text(kept + "\n", encoding="utf-8")


def _kept(election: SimulatedElection) -> dict[str, Any]:
    return {
        "fingerprint": election.manifest.fingerprint,
        "head": election.head.to_dict(),
        "receipts": [receipt.to_dict() for receipt in election.receipts],
        "statements": [canonical.decode(item.to_json()) for item in election.statements],
        "key_files": [canonical.decode(file.to_json()) for file in election.key_files],
        "codes": [
            {number: written(code) for number, code in registrar.codes.items()}
            for registrar in election.registrars
        ],
    }


if __name__ == "__main__":
    main()
