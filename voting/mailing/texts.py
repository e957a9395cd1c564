"""The words of a kind of letter for one election: the site's own, or the built-in ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from voting.mailing.default_texts import DEFAULT_TEXTS
from voting.mailing.variables import problems
from voting.models import MailTemplate
from voting.refusals import StepRefused

if TYPE_CHECKING:
    from voting.models import Election

FALLBACK: Final = "en"
BETWEEN_LANGUAGES: Final = "\n\n* * *\n\n"


@dataclass(frozen=True, slots=True)
class Words:
    """A text with its variables, before they are filled in."""

    subject: str
    body: str


def words_for(election: Election, kind: str) -> Words:
    """The text in the election's language; below it, in each other language that has one."""
    rows = {
        row.language: Words(row.subject, row.body)
        for row in MailTemplate.objects.filter(
            kind=kind, language__in=[FALLBACK, *election.languages]
        )
    }
    order = [election.language, *(one for one in election.languages if one != election.language)]
    found = [rows[language] for language in order if language in rows]
    if not found or (FALLBACK in order and FALLBACK not in rows):
        found.append(rows.get(FALLBACK) or default_words(kind))
    return Words(found[0].subject, BETWEEN_LANGUAGES.join(one.body.strip() for one in found))


def sound_words_for(election: Election, kind: str) -> Words:
    """The text, once nothing is wrong with its variables. Raises StepRefused."""
    words = words_for(election, kind)
    if wrong := problems(kind, words.subject, words.body):
        raise StepRefused(*wrong)
    return words


def default_words(kind: str) -> Words:
    return Words(*DEFAULT_TEXTS[kind])
