"""The pictures of a choice in its form. A form that is refused keeps those that were right."""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from voting.elections.pictures import PictureRefused, reencode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.safestring import SafeString

# How long an official may take to mend the rest of the form.
KEPT_SECONDS = 60 * 60


def _key(token: str) -> str:
    return f"choice-picture:{token}"


def keep(picture: bytes) -> str:
    """Keep a picture for the next try. Returns the token by which `kept` finds it."""
    token = secrets.token_urlsafe(16)
    cache.set(_key(token), base64.b64encode(picture).decode(), KEPT_SECONDS)
    return token


def kept(token: str) -> bytes | None:
    found = cache.get(_key(token))
    return base64.b64decode(found) if found else None


class PictureInput(forms.FileInput):
    """A file, or the token of a picture that an earlier try has brought."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        return files.get(name) or data.get(f"{name}_kept") or None

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in files and f"{name}_kept" not in data

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        picture = getattr(value, "picture", None)
        token = value if isinstance(value, str) else ""
        context = {
            "input": super().render(name, None, attrs, renderer),
            "name": name,
            "token": keep(picture) if picture else token,
        }
        return render_to_string("voting/admin/_picture_input.html", context)


class PictureField(forms.FileField):
    """A file field whose value is the picture, already reduced and stripped of its metadata."""

    widget = PictureInput

    def bound_data(self, data: Any, initial: Any) -> Any:
        return data

    def clean(self, data: Any, initial: Any = None) -> bytes | None:
        if isinstance(data, str):
            return self._kept(data)
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            file.picture = reencode(file.read())
        except PictureRefused as refusal:
            raise forms.ValidationError(
                _("This is not a JPEG, PNG or WebP picture of at most 8 MiB and 24 megapixels.")
            ) from refusal
        return bytes(file.picture)

    def _kept(self, token: str) -> bytes:
        picture = kept(token)
        if picture is None:
            raise forms.ValidationError(_("The picture is no longer kept. Choose it again."))
        return picture
