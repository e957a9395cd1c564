"""The references of one encoder, decrypted in memory, for the search of one face among all."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import BinaryField
from django.db.models.functions import Substr

from accounts.at_rest.sealing import SealBroken
from biometrics.models import AcceptedResemblance, Reference
from biometrics.storage.templates import reference_template

if TYPE_CHECKING:
    from biometrics.engine.types import Template

VERSION_BYTES = 32

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    # Sealed bytes begin with a random nonce: two versions of a row never begin alike.
    version: bytes
    user_id: int
    template: Template


@dataclass(slots=True)
class Gallery:
    """Decrypts only what has changed since it was last read; not safe to share between threads."""

    encoder_sha256: str
    entries: dict[int, Entry] = field(default_factory=dict)

    def refresh(self) -> None:
        rows = Reference.objects.filter(encoder_sha256=self.encoder_sha256)
        start_of_row = Substr("template", 1, VERSION_BYTES, output_field=BinaryField())
        stored = {pk: bytes(start) for pk, start in rows.values_list("pk", start_of_row)}
        changed = [
            pk
            for pk, version in stored.items()
            if pk not in self.entries or self.entries[pk].version != version
        ]
        for pk in self.entries.keys() - stored.keys() | set(changed):
            self.entries.pop(pk, None)
        for start in range(0, len(changed), 500):
            for reference in rows.filter(pk__in=changed[start : start + 500]):
                self._add(reference)

    def others(self, user_id: int) -> dict[int, Template]:
        """Everybody but this person and those an official has told apart from them."""
        apart = told_apart(user_id) | {user_id}
        return {
            entry.user_id: entry.template
            for entry in self.entries.values()
            if entry.user_id not in apart
        }

    def _add(self, reference: Reference) -> None:
        try:
            template = reference_template(reference)
        except SealBroken:
            # Its owner cannot log in with it either; the operator hears of it, enrolment goes on.
            log.error("The reference %s cannot be decrypted", reference.pk)
            return
        version = bytes(reference.template)[:VERSION_BYTES]
        self.entries[reference.pk] = Entry(version, reference.user_id, template)


def told_apart(user_id: int) -> set[int]:
    """The decision holds both ways."""
    decided = AcceptedResemblance.objects.all()
    mine = decided.filter(user_id=user_id).values_list("other_id", flat=True)
    theirs = decided.filter(other_id=user_id).values_list("user_id", flat=True)
    return set(mine) | set(theirs)
