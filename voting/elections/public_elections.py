"""Which elections everybody may see: all that are no longer drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404

from voting.models import Election, State

if TYPE_CHECKING:
    from django.db.models import QuerySet


def public_elections() -> QuerySet[Election]:
    return Election.objects.exclude(state=State.DRAFT)


def public_election_or_404(slug: str) -> Election:
    return get_object_or_404(public_elections(), slug=slug)
