"""The references of one encoder, decrypted in memory, to search one face among all voters."""

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

# The first bytes of an encrypted template are a random nonce. Two versions of a row never begin
# with the same bytes, so these bytes say whether a row has changed.
VERSION_BYTES = 32

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One decrypted reference; `version` changes whenever the row is written."""

    version: bytes
    user_id: int
    template: Template


@dataclass(slots=True)
class Gallery:
    """All decrypted references of one encoder, by the row's key.

    A refresh decrypts only the rows that have changed. Not safe to share between threads.
    """

    encoder_sha256: str
    entries: dict[int, Entry] = field(default_factory=dict)

    def refresh(self) -> None:
        """Bring the entries up to date with the database."""
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

    def everybody(self) -> dict[int, Template]:
        """Return all templates by the users' ids."""
        return {entry.user_id: entry.template for entry in self.entries.values()}

    def others(self, user_id: int) -> dict[int, Template]:
        """Return the templates of all other users, by their ids.

        Users who look like this user, but whom an official accepted as other people, are left
        out.
        """
        left_out = accepted_as_different(user_id) | {user_id}
        everybody = self.everybody()
        return {key: everybody[key] for key in everybody if key not in left_out}

    def _add(self, reference: Reference) -> None:
        try:
            template = reference_template(reference)
        except SealBroken:
            # Its owner cannot log in with it either. The operator learns of it from the log, and
            # the enrolment of others goes on.
            log.error("The reference %s cannot be decrypted", reference.pk)
            return
        version = bytes(reference.template)[:VERSION_BYTES]
        self.entries[reference.pk] = Entry(version, reference.user_id, template)


def accepted_as_different(user_id: int) -> set[int]:
    """Return the users whom an official accepted as other people although they look alike.

    A decision about one of the two users holds for both.
    """
    decided = AcceptedResemblance.objects.all()
    of_user = decided.filter(user_id=user_id).values_list("other_id", flat=True)
    of_others = decided.filter(other_id=user_id).values_list("user_id", flat=True)
    return set(of_user) | set(of_others)
