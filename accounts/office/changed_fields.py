"""Which fields an official has changed in a form, as the audit log may tell it.

Names of fields are told of every form. Old and new values are told only of switches, choices,
numbers and moments: whatever somebody typed may name a person.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

KEPT = "_changed_fields"
MOST_LETTERS = 1000
HARMLESS = (models.BooleanField, models.DateTimeField, models.IntegerField)


def remember(request: HttpRequest, form: Any, formsets: Any) -> None:
    """Call it when Django has saved the form; `remembered` gives it to the audit log."""
    setattr(request, KEPT, described(form, formsets))


def remembered(request: HttpRequest) -> str:
    return str(getattr(request, KEPT, ""))


def described(form: Any, formsets: Any) -> str:
    words = [*_fields(form), *(text for formset in formsets or () for text in _rows(formset))]
    text = ", ".join(words)
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"


def _fields(form: Any) -> Iterator[str]:
    for name in form.changed_data:
        if _is_harmless(form, name):
            before, after = form.initial.get(name), form.cleaned_data.get(name)
            yield f"{name} ({_plain(before)} → {_plain(after)})"
        else:
            yield name


def _rows(formset: Any) -> Iterator[str]:
    part = formset.model._meta.model_name
    for added in formset.new_objects:
        yield f"{part} {added.pk} added"
    for changed, names in formset.changed_objects:
        yield f"{part} {changed.pk}: {' '.join(names)}"
    for deleted in formset.deleted_objects:
        yield f"{part} {deleted.pk} deleted"


def _is_harmless(form: Any, name: str) -> bool:
    model = getattr(getattr(form, "_meta", None), "model", None)
    known = {field.name: field for field in model._meta.fields} if model else {}
    field = known.get(name)
    return field is not None and (isinstance(field, HARMLESS) or bool(field.choices))


def _plain(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%MZ")
    return "none" if value in (None, "") else str(value)
