"""Fields for the texts of an election in its other languages, beside those of its own language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from voting.crypto import text
from voting.elections.texts import columns_of
from voting.models.plain import validate_long, validate_plain

if TYPE_CHECKING:
    from voting.elections.texts import Part
    from voting.models import Election

SEPARATOR = "__"


def field_names(election: Election | None, part: type[Part]) -> list[str]:
    """The fields that `translated_form` adds to the form of this kind of part."""
    if election is None:
        return []
    return [
        f"{column}{SEPARATOR}{language}"
        for column in columns_of(part)
        for language in election.languages
        if language != election.language
    ]


def translated_form(
    form: type[forms.ModelForm[Any]], election: Election | None
) -> type[forms.ModelForm[Any]]:
    """The form with a field for each text in each other language of this election."""
    part = form._meta.model
    fields = {name: _field(part, name) for name in field_names(election, part)}
    return type(f"Translated{form.__name__}", (TranslatedForm, form), fields)


class TranslatedForm(forms.ModelForm):  # type: ignore[type-arg]
    """Reads and writes the column `translations`, which has texts by language and column."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self._names():
            column, language = name.split(SEPARATOR)
            stored = self.instance.translations.get(language, {})
            self.initial.setdefault(name, stored.get(column, ""))

    def save(self, commit: bool = True) -> Any:
        translations: dict[str, dict[str, str]] = {}
        for name in self._names():
            column, language = name.split(SEPARATOR)
            translations.setdefault(language, {})[column] = self.cleaned_data.get(name, "")
        self.instance.translations = translations
        return super().save(commit)

    def _names(self) -> list[str]:
        return [name for name in self.fields if SEPARATOR in name]


class _PlainFormField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return text.normalise(super().to_python(value) or "")


class _LongFormField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return text.normalise_lines(super().to_python(value) or "")


def _field(part: Any, name: str) -> forms.CharField:
    column, language = name.split(SEPARATOR)
    words = {"text": capfirst(part._meta.get_field(column).verbose_name), "language": language}
    label = _("%(text)s (%(language)s)") % words
    if columns_of(part)[column]:
        return _LongFormField(
            label=label,
            required=False,
            validators=[validate_long],
            widget=AdminTextareaWidget(attrs={"rows": 3, "lang": language}),
        )
    return _PlainFormField(
        label=label,
        required=False,
        max_length=text.MAX_TEXT,
        validators=[validate_plain],
        widget=AdminTextInputWidget(attrs={"lang": language}),
    )
