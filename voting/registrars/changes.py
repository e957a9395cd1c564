"""A registrar's file for a change of a frozen roll. docs/cryptography.md, section 4."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import Action, record
from accounts.proposals.second_official import ProposalRefusalCode
from accounts.proposals.words import REFUSED
from voting.crypto import canonical
from voting.crypto.group import point_from_hex
from voting.crypto.proofs import Proof
from voting.crypto.registrars.points import holds_change
from voting.models import Registrar, RollChange, VoterRollEntry, election_subject, number_key
from voting.refusals import StepRefused
from voting.roll.changes import credentials_to_remove
from voting.roll.reading.cells import plain

if TYPE_CHECKING:
    from accounts.models import User

FORMAT = "facevote-registrar-change-2"
KEYS = ("add", "election", "fingerprint", "format", "index", "key", "remove", "signature")


def take_change(change: RollChange, data: bytes, *, actor: User) -> Registrar:
    """Keep the registrar's points and signature for a proposed change. Raises StepRefused."""
    value = _read(data)
    registrar = _registrar_of(change, value)
    try:
        points = {number_key(plain(number)): point for number, point in value["add"]}
        holds = holds_change(
            Proof.from_list(value["signature"]),
            change.election.fingerprint,
            registrar.index,
            point_from_hex(registrar.key),
            add=[point_from_hex(point) for point in points.values()],
            remove=value["remove"],
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise StepRefused(_("This is not a registrar's file for a change.")) from error
    if not holds:
        raise StepRefused(_("The registrar has not signed this file, or it was changed since."))
    _require_same_change(change, set(points), value["remove"])
    _require_unused(change, set(points.values()))
    with transaction.atomic():
        _keep(change, registrar, {"points": points, "signature": value["signature"]}, actor)
    return registrar


def _read(data: bytes) -> dict[str, Any]:
    try:
        value = canonical.decode(data.removesuffix(b"\n"))
    except canonical.NotCanonicalError as error:
        raise StepRefused(_("This is not a registrar's file for a change.")) from error
    if not canonical.has_keys(value, *KEYS) or value["format"] != FORMAT:
        raise StepRefused(_("This is not a registrar's file for a change."))
    return dict(value)


def _registrar_of(change: RollChange, value: dict[str, Any]) -> Registrar:
    election = change.election
    if (value["election"], value["fingerprint"]) != (election.slug, election.fingerprint):
        raise StepRefused(_("This file is for another election."))
    for registrar in election.registrars.all():
        if (value["index"], value["key"]) == (registrar.index, registrar.key):
            return registrar
    raise StepRefused(_("This file is of nobody who is a registrar of this election."))


def _require_same_change(change: RollChange, keys: set[str], remove: list[str]) -> None:
    """Raises StepRefused unless the file adds and removes the voters of this change."""
    wanted = {number_key(row["voter_number"]) for row in change.add}
    problems = [
        _("The voter with the number “%(number)s” is missing in the file.") % {"number": key}
        for key in sorted(wanted - keys)
    ]
    problems += [
        _("The file has a voter “%(number)s” whom this change does not add.") % {"number": key}
        for key in sorted(keys - wanted)
    ]
    if credentials_to_remove(change) != remove:
        problems.append(_("The file removes other voters than this change."))
    if problems:
        raise StepRefused(*problems)


def _require_unused(change: RollChange, points: set[str]) -> None:
    """No point is ever used twice, not even one of a voter who was removed."""
    roll = VoterRollEntry.objects.filter(election_id=change.election_id)
    for used in roll.values_list("points", flat=True).iterator():
        if points & set(used):
            raise StepRefused(_("A point of this file was used before: draw new codes."))


def _keep(change: RollChange, registrar: Registrar, file: dict[str, Any], actor: User) -> None:
    locked = RollChange.objects.select_for_update().get(pk=change.pk)
    if locked.approved_by_id is not None or locked.declined_by_id is not None:
        raise StepRefused(REFUSED[ProposalRefusalCode.NOT_WAITING])
    files = {**locked.registrar_files, str(registrar.index): file}
    undecided = RollChange.objects.filter(pk=change.pk, approved_by=None, declined_by=None)
    undecided.update(registrar_files=files)
    record(
        Action.REGISTRAR_FILE,
        actor=actor,
        subject=election_subject(change.election_id),
        registrar=registrar.index,
        change=change.pk,
    )
