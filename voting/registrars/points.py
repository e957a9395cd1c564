"""A registrar's file of points: who has a code, before the election is frozen.

docs/cryptography.md, section 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.at_rest.batches import write_in_batches
from accounts.audit import Action, record
from voting.crypto.registrars.points import RegistrarPoints, RegistrarRefusedError
from voting.elections.credentials import require_draft
from voting.models import Registrar, VoterRollEntry, election_subject, number_key
from voting.refusals import StepRefused
from voting.roll.reading.cells import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.models import User

MOST_NAMED: Final = 50  # voters in a refusal


def take_points(registrar: Registrar, data: bytes, *, actor: User) -> int:
    """Give each voter of the roll the registrar's point; returns how many there are.

    Raises StepRefused, which names the voters who do not fit, and then nothing is changed.
    """
    file = _read(registrar, data)
    election = registrar.election
    by_key = {number_key(plain(number)): point.hex() for number, point in file.points}
    entries = list(election.roll.filter(removed_by__isnull=True).values_list("pk", "number_key"))
    _require_same_voters(file, entries)
    _require_new_points(registrar, set(by_key.values()))

    def write(batch: Sequence[tuple[int, str]]) -> None:
        require_draft(election.pk)
        for pk, key in batch:
            entry = VoterRollEntry.objects.get(pk=pk)
            points = [*entry.points[: registrar.index - 1], by_key[key]]
            points += entry.points[registrar.index :]
            # The credential is the first registrar's point, so it is given anew.
            VoterRollEntry.objects.filter(pk=pk).update(points=points, credential="")

    # Until all voters have their points, the registrar counts as one without a file.
    Registrar.objects.filter(pk=registrar.pk).update(key="", signature=None)
    write_in_batches(entries, write)
    with transaction.atomic():
        require_draft(election.pk)
        Registrar.objects.filter(pk=registrar.pk).update(
            key=file.key.hex(), signature=file.signature.to_list()
        )
        record(
            Action.REGISTRAR_FILE,
            actor=actor,
            subject=election_subject(election.pk),
            registrar=registrar.index,
            voters=len(entries),
        )
    return len(entries)


def _read(registrar: Registrar, data: bytes) -> RegistrarPoints:
    try:
        file = RegistrarPoints.from_json(data.removesuffix(b"\n"))
    except RegistrarRefusedError as error:
        raise StepRefused(
            _("This is not a registrar's file, or it was changed after the registrar signed it.")
        ) from error
    if file.election != registrar.election.slug:
        raise StepRefused(_("This file is for the election “%(slug)s”.") % {"slug": file.election})
    if file.index != registrar.index:
        raise StepRefused(
            _("This file is of registrar number %(number)d.") % {"number": file.index}
        )
    first = registrar.election.registrars.filter(index=1).exclude(key="")
    if registrar.index > 1 and not first.exists():
        raise StepRefused(_("The file of the first registrar comes first."))
    others = registrar.election.registrars.exclude(pk=registrar.pk)
    if others.filter(key=file.key.hex()).exists():
        raise StepRefused(_("Both registrars have the same key: each makes one of their own."))
    return file


def _require_same_voters(file: RegistrarPoints, entries: Sequence[tuple[int, str]]) -> None:
    """Raises StepRefused, which names each voter who is in the file or on the roll alone."""
    on_roll = {key for _pk, key in entries}
    in_file = {number_key(plain(number)): number for number, _point in file.points}
    problems = [
        _("Entry %(place)d: nobody on the roll has the number “%(number)s”.")
        % {"place": place, "number": number}
        for place, (number, _point) in enumerate(file.points, start=1)
        if number_key(plain(number)) not in on_roll
    ]
    problems += [
        _("The voter with the number “%(number)s” is missing in the file.") % {"number": key}
        for key in sorted(on_roll - in_file.keys())
    ]
    if len(in_file) != len(file.points):
        problems.append(_("Two entries of the file are for the same voter."))
    if problems:
        raise StepRefused(*problems[:MOST_NAMED])


def _require_new_points(registrar: Registrar, points: set[str]) -> None:
    roll = registrar.election.roll.filter(removed_by__isnull=True)
    for entry in roll.values_list("points", flat=True).iterator():
        others = {point for place, point in enumerate(entry, start=1) if place != registrar.index}
        if others & points:
            raise StepRefused(_("A point of this file is a point of the other registrar."))
