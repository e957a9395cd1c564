"""What a back-up says about itself: its last member, without which it is not whole."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from accounts.at_rest.sealing import keyring
from accounts.models import AuditEvent
from facevote.backup import database
from voting.board.heads import public_head
from voting.models import Election

if TYPE_CHECKING:
    from datetime import datetime

FORMAT = "facevote-backup-1"


class ContentsRefused(ValueError):
    """These are no contents that this version reads."""


@dataclass(frozen=True, slots=True)
class Contents:
    """Facts of the site when the back-up was begun, and what was written since.

    `boards` are signed heads as JSON by the elections' slugs, `models` SHA-256 by file name,
    `key_ids` what identifies the keys that the site had, without telling anything about them.
    """

    made_at: str
    database: str
    audit_sequence: int
    audit_head: str
    boards: dict[str, str]
    models: dict[str, str]
    key_ids: list[str]
    photos: int = 0
    photos_gone: int = 0
    format: str = FORMAT

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode()


def contents_of_site(*, now: datetime) -> Contents:
    """The facts, to be taken before the database is: it then holds at least what they name."""
    last = AuditEvent.objects.order_by("-sequence").first()
    heads = {election.slug: public_head(election) for election in Election.objects.all()}
    return Contents(
        made_at=now.isoformat(),
        database=database.kind(),
        audit_sequence=last.sequence if last else 0,
        audit_head=last.hash if last else "",
        boards={slug: head.decode() for slug, head in heads.items() if head},
        models=model_hashes(),
        key_ids=key_ids(),
    )


def read_contents(data: bytes) -> Contents:
    """Raises ContentsRefused."""
    try:
        contents = Contents(**json.loads(data))
    except (TypeError, ValueError):
        raise ContentsRefused("the back-up's contents cannot be read") from None
    if contents.format != FORMAT:
        raise ContentsRefused(f"a back-up of another format: {contents.format}")
    return contents


def model_hashes() -> dict[str, str]:
    """SHA-256 of each file in MODELS_DIR, by its name."""
    files = sorted(path for path in settings.MODELS_DIR.glob("*") if path.is_file())
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def key_ids() -> list[str]:
    """The ids of TEMPLATE_KEYS, as they stand before everything that is sealed with them."""
    return [key.id.hex() for key in keyring().keys]
