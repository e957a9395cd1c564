"""Two officials with one form open: the later one overwrites nothing without knowing it.

Each form carries a mark of every field as it was stored when the page was made. If a field is
stored differently when the form comes back, nothing is saved. The official is told what changed,
keeps what they typed, and decides.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import Model
    from django.forms import BaseModelForm
    from django.http import HttpRequest, HttpResponse

FIELD = "_seen"
SHOWN_LETTERS = 200
# Where the request keeps what is wrong, between the check and the form that says it.
WORDS = "_edited_meanwhile"


class EditedMeanwhile(admin.ModelAdmin):  # type: ignore[type-arg]
    """Put before a ModelAdmin in the bases; OfficeSite does it for every one."""

    def rows_to_lock(self, obj: Any) -> list[Model]:
        """The rows whose lock keeps others from saving the same form at the same moment."""
        inherited = getattr(super(), "rows_to_lock", None)
        return inherited(obj) if inherited else [obj]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        if request.method != "POST":
            seen = {"seen": _marks(self._stored(request, object_id))}
            return super().changeform_view(
                request, object_id, form_url, {**(extra_context or {}), **seen}
            )
        with transaction.atomic():
            self._lock(request, object_id)
            stored = self._stored(request, object_id)
            setattr(request, WORDS, _words(stored, request.POST.get(FIELD, "")))
            seen = {"seen": _marks(stored)}
            return super().changeform_view(
                request, object_id, form_url, {**(extra_context or {}), **seen}
            )

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        words = getattr(request, WORDS, [])
        return _refusing(form, words) if words else form

    def _lock(self, request: HttpRequest, object_id: str) -> None:
        obj = self.get_object(request, unquote(object_id))
        for row in self.rows_to_lock(obj) if obj else ():
            type(row)._default_manager.select_for_update().filter(pk=row.pk).first()

    def _stored(self, request: HttpRequest, object_id: str) -> dict[str, tuple[str, str]]:
        """By the field's name: its label, and its value as the form would show it now."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None or not self.has_change_permission(request, obj):
            return {}
        form = super().get_form(request, obj, change=True)(instance=obj)
        stored = {
            name: (str(form[name].label), _text(form[name].value()))
            for name, field in form.fields.items()
            # What nobody can enter, such as the hash of a password, is shown to nobody.
            if not field.disabled
        }
        for formset_class, inline in self.get_formsets_with_inlines(request, obj):
            formset = formset_class(instance=obj, queryset=inline.get_queryset(request))
            rows = [
                {name: _text(row[name].value()) for name in row.fields}
                for row in formset.initial_forms
            ]
            label = capfirst(str(inline.verbose_name_plural))
            stored[formset.prefix] = (label, json.dumps(rows) if rows else "")
        return stored


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple, set)):
        return ", ".join(sorted(str(one) for one in value))
    return "" if value is None else str(value)


def _mark(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:16]


def _marks(stored: Mapping[str, tuple[str, str]]) -> str:
    return json.dumps({name: _mark(value) for name, (_label, value) in stored.items()})


def _words(stored: Mapping[str, tuple[str, str]], seen: str) -> list[str]:
    """What the official must know before they save; empty if nothing has changed meanwhile."""
    try:
        marks = json.loads(seen)
        known = marks if isinstance(marks, dict) else {}
    except ValueError:
        known = {}
    changed = [
        (label, value) for name, (label, value) in stored.items() if known.get(name) != _mark(value)
    ]
    if not changed:
        return []
    return [
        _(
            "Somebody else has changed this since you opened the page. Nothing of yours is saved "
            "yet. If you save again, what stands in this form takes the place of what they saved. "
            "To see theirs, load the page anew."
        ),
        *(_now_stored(label, value) for label, value in changed),
    ]


def _now_stored(label: str, value: str) -> str:
    if value.startswith("[{"):
        return _("Changed: %(field)s") % {"field": label}
    shown = Truncator(value).chars(SHOWN_LETTERS) or _("nothing")
    return _("Changed: %(field)s, now “%(value)s”") % {"field": label, "value": shown}


def _refusing(form: Any, words: list[str]) -> type[BaseModelForm[Any]]:
    """The same form, which finds these faults in whatever is entered."""

    class Refusing(form):  # type: ignore[misc]
        def clean(self) -> Any:
            cleaned = super().clean()
            for sentence in words:
                self.add_error(None, sentence)
            return cleaned

    return Refusing
