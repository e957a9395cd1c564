from __future__ import annotations

from django import template
from django.utils.translation import gettext_lazy as _

from voting.crypto.chain import Kind
from voting.crypto.tracker import human

register = template.Library()

WORDS = {
    Kind.OPEN: _("election opened"),
    Kind.ROLL: _("roll changed"),
    Kind.BALLOT: _("ballot cast"),
    Kind.SPOIL: _("ballot opened instead of cast"),
    Kind.HEAD: _("signed head"),
    Kind.CLOSE: _("election closed"),
    Kind.TALLY: _("encrypted sum"),
    Kind.DECRYPTION: _("part of the decryption"),
    Kind.RESULT: _("result"),
}


@register.filter
def event_words(kind: str) -> str:
    return str(WORDS[Kind(kind)])


@register.filter
def short_tracker(tracker: str) -> str:
    return human(tracker)


@register.filter
def alias_of(aliases: dict[str, str], tracker: str) -> str:
    return aliases.get(tracker, "")
