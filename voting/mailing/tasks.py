"""Background tasks of mail. Each takes an id, may run twice and may die at any point."""

from __future__ import annotations

from celery import shared_task
from django.db import OperationalError

from accounts.models import User
from voting.mailing import sending
from voting.mailing.preview import send_test
from voting.mailing.texts import words_for
from voting.mailing.variables import problems
from voting.models import Election


@shared_task(
    name="voting.tasks.send_mailing",
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    max_retries=5,
)
def send_mailing(mailing_id: int) -> None:
    if sending.send_slice(mailing_id):
        send_mailing.delay(mailing_id)


def sweep_mail() -> None:
    """Go on with sendings that nobody is at: a lost message, a dead worker, a server away."""
    for mailing_id in sending.abandoned():
        send_mailing.delay(mailing_id)


@shared_task(
    name="voting.tasks.send_test_letter",
    autoretry_for=(OSError, OperationalError),
    retry_backoff=True,
    max_retries=3,
)
def send_test_letter(
    election_id: int, kind: str, audience: str, official_id: int, site: str
) -> None:
    """To the official who wants to see the letter in a mailbox."""
    election = Election.objects.get(pk=election_id)
    address = User.objects.get(pk=official_id).email
    words = words_for(election, kind)
    if address and not problems(kind, words.subject, words.body):
        send_test(election, kind, audience, words, site=site, address=address)
