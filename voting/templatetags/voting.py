from __future__ import annotations

from django import template
from django.utils.translation import gettext_lazy as _

from voting.crypto.board.chain import BoardEventKind
from voting.crypto.tracker import human

register = template.Library()

WORDS = {
    BoardEventKind.OPEN: _("election opened"),
    BoardEventKind.ENDORSE: _("key checked by a trustee"),
    BoardEventKind.WAIVE: _("opened without a trustee"),
    BoardEventKind.ROLL: _("roll changed"),
    BoardEventKind.OVERRIDE: _("face step replaced by two officials"),
    BoardEventKind.EXTEND: _("closing time extended"),
    BoardEventKind.BALLOT: _("ballot cast"),
    BoardEventKind.SPOIL: _("ballot opened instead of cast"),
    BoardEventKind.HEAD: _("signed head"),
    BoardEventKind.CLOSE: _("election closed"),
    BoardEventKind.TALLY: _("encrypted sum"),
    BoardEventKind.DECRYPTION: _("part of the decryption"),
    BoardEventKind.RESULT: _("result"),
    BoardEventKind.FORGET: _("credentials forgotten"),
    BoardEventKind.WITNESS: _("signed by a witness"),
}


@register.filter
def event_words(kind: str) -> str:
    return str(WORDS[BoardEventKind(kind)])


@register.filter
def short_tracker(tracker: str) -> str:
    return human(tracker)


@register.filter
def alias_of(aliases: dict[str, str], tracker: str) -> str:
    return aliases.get(tracker, "")


@register.filter
def at(words: dict[str, str], key: str) -> str:
    """The words for a key that a template has in a variable."""
    return words[key]
