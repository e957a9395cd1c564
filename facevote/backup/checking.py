"""What a restored site lacks: each fault as one sentence that says what to do about it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from accounts import audit_heads
from accounts.audit import verify_chain
from accounts.models import AuditEvent
from biometrics.models import ReferencePhoto
from biometrics.storage.photos import stored_names
from facevote.backup.contents import key_ids, model_hashes
from voting.board import reading
from voting.models import BoardEvent, Election, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from facevote.backup.contents import Contents
    from facevote.backup.restoring import Restored

VERIFIER = settings.BASE_DIR / "verifier" / "verify_election.py"


def faults(
    contents: Contents, restored: Restored, *, checked: Callable[[str], None]
) -> Iterator[str]:
    """Check everything, and yield what is wrong or missing. `checked` is told of each check."""
    checked("the audit log")
    yield from _audit_log(contents)
    for election in Election.objects.order_by("slug"):
        if BoardEvent.objects.filter(election=election).exists():
            checked(f"the board of {election.slug}")
            yield from _board(election, contents.boards.get(election.slug, ""))
    checked("the photos")
    yield from _photos()
    checked("the keys")
    yield from _keys(contents, restored)
    checked("the models")
    yield from _models(contents)


def _audit_log(contents: Contents) -> Iterator[str]:
    report = verify_chain()
    if not report.ok:
        yield f"the audit log is broken: {report.problem}"
    ends = AuditEvent.objects.filter(sequence=contents.audit_sequence, hash=contents.audit_head)
    if contents.audit_sequence and not ends.exists():
        yield f"the audit log lacks event {contents.audit_sequence}, which the back-up had"
    try:
        later = audit_heads.missing_head(settings.AUDIT_HEADS_FILE)
    except ValueError:
        yield f"{settings.AUDIT_HEADS_FILE} holds a line that is no head"
    else:
        if later is not None:
            yield (
                f"{settings.AUDIT_HEADS_FILE} notes event {later.sequence}, which is not in the "
                "log: what happened between the back-up and the loss is lost. Tell the voters "
                "of elections that were open; their receipts prove what is missing"
            )


def _board(election: Election, head: str) -> Iterator[str]:
    """Have the stand-alone verifier read the whole board, with the head that the back-up names."""
    with tempfile.TemporaryDirectory(prefix="facevote-board-") as folder:
        board = Path(folder) / "board.jsonl"
        with board.open("wb") as file:
            file.writelines(reading.board_file(election))
        command = [sys.executable, str(VERIFIER), str(board)]
        if head:
            (Path(folder) / "head.json").write_text(head, encoding="utf-8")
            command += ["--head", str(Path(folder) / "head.json")]
        if election.state != State.RELEASED:
            command += ["--in-progress"]
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, check=False
        )
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines()
        yield f"the board of {election.slug} does not verify: {said[-1] if said else 'no reason'}"


def _photos() -> Iterator[str]:
    known = set(ReferencePhoto.objects.exclude(file="").values_list("file", flat=True))
    lost = len(known - set(stored_names()))
    if lost:
        yield (
            f"{lost} photos of {len(known)} are missing: their voters can sign in, but their "
            "templates cannot be made anew"
        )


def _keys(contents: Contents, restored: Restored) -> Iterator[str]:
    for key_id in sorted({*contents.key_ids, *restored.key_ids} - set(key_ids())):
        yield (
            f"TEMPLATE_KEYS lacks the key {key_id}: what is sealed with it cannot be opened. Take "
            "it from the back-up of the keys"
        )


def _models(contents: Contents) -> Iterator[str]:
    here = model_hashes()
    for name, digest in sorted(contents.models.items()):
        if here.get(name) != digest:
            yield (
                f"{settings.MODELS_DIR / name} is {'another one' if name in here else 'missing'}: "
                "templates of another encoder are of no use; lay the file of before there"
            )
