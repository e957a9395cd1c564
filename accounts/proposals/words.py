"""Sentences about changes that take two officials, for every page that makes such a change."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

PROPOSED = _(
    "This person is on the roll of an election that is frozen or open, so one official alone "
    "cannot change this. It is proposed: another official must approve it, under “Changes by two "
    "officials”."
)
SET_BY_LINK_ONLY = _(
    "This person is on the roll of an election that is frozen or open, so no official sets the "
    "password. A one-time link can be proposed, which another official approves."
)
