"""Fills in a form of the administration as an official does: open it, change fields, save."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.test import Client
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

Fields = dict[str, Any]


class _Form(HTMLParser):
    """The fields of the page's form with what stands in them."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: Fields = {}
        self._select = ""
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        had = {name: value or "" for name, value in attrs}
        name = had.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._area = name
            self.fields[name] = ""
        elif tag == "option" and "selected" in had:
            self._add(self._select, had.get("value", ""))
        elif tag == "input" and name:
            self._input(name, had)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            # The first line feed in a text area is no part of it.
            self.fields[self._area] += data.removeprefix("\n").removeprefix("\r\n")

    def _input(self, name: str, had: dict[str, str]) -> None:
        kind = had.get("type", "text")
        if kind in {"submit", "button", "file"}:
            return
        if kind in {"checkbox", "radio"} and "checked" not in had:
            return
        self._add(name, had.get("value", "on" if kind == "checkbox" else ""))

    def _add(self, name: str, value: str) -> None:
        if name in self.fields:
            before = self.fields[name]
            self.fields[name] = [*(before if isinstance(before, list) else [before]), value]
        else:
            self.fields[name] = value


def opened(client: Client, url: str) -> Fields:
    """The form of a page as it stands there."""
    page = client.get(url)
    assert page.status_code == 200, page.status_code
    form = _Form()
    form.feed(page.content.decode().partition('<form id="logout-form"')[2])
    return {name: value for name, value in form.fields.items() if name != "csrfmiddlewaretoken"}


def save(client: Client, url: str, **changes: Any) -> Response:
    """Open the page, put `changes` into its form and save."""
    return client.post(url, {**opened(client, url), **changes})
