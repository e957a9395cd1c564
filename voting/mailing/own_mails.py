"""What is kept of the letters to one person, for that person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voting.models import Mail

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User


def own_mails(user: User) -> list[dict[str, Any]]:
    mails = Mail.objects.filter(entry__user=user).order_by("pk")
    columns = ("mailing__kind", "mailing__election__title", "state", "address", "begun_at")
    return list(mails.values(*columns, "answer"))


def forget_mails(sender: object, user: User, now: datetime, **_: object) -> None:
    """The account is deleted: where its letters went is forgotten."""
    Mail.objects.filter(entry__user=user).update(address="", answer="", message_id="")
