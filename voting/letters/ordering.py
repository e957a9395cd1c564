"""Ordering letters on paper."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.at_rest.sealing import keyring
from accounts.audit import Action, record
from voting.letters.addresses import to_json
from voting.letters.making import owner, receivers
from voting.letters.tasks import make_letters
from voting.mailing.texts import sound_words_for
from voting.models import LetterBatch, MailKind, WorkState, election_subject
from voting.refusals import StepRefused

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User
    from voting.models import Election


@transaction.atomic
def order(
    election: Election,
    *,
    district: str,
    addresses: dict[str, list[str]],
    actor: User,
    site: str,
    now: dt.datetime,
) -> LetterBatch:
    """Order the letters of an election, or of one district. Raises StepRefused."""
    words = sound_words_for(election, MailKind.LETTER)
    total = receivers(election, district).count()
    if not total:
        raise StepRefused(_("There is no voter to write to."))
    batch = LetterBatch(
        election=election,
        district=district,
        subject=words.subject,
        body=words.body,
        site=site,
        state=WorkState.ORDERED,
        total=total,
        asked_by=actor,
        asked_at=now,
    )
    batch.addresses = keyring().seal(to_json(addresses), bound_to=owner(election.pk))
    batch.save()
    record(
        Action.LETTERS_PRINTED,
        actor=actor,
        subject=election_subject(election.pk),
        letters=total,
        batch=batch.pk,
    )
    transaction.on_commit(partial(make_letters.delay, batch.pk), robust=True)
    return batch
