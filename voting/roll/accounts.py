"""Finds the accounts that a roll names: by user name, or else by e-mail address."""

from __future__ import annotations

import unicodedata

from django.contrib.auth import get_user_model


def account_key(username: str) -> str:
    """The same key for user names that people take for the same: "Dora" and "dora"."""
    return unicodedata.normalize("NFKC", username).casefold()


class Accounts:
    """All accounts as they are now, read with one query."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._exact: dict[str, int] = {}
        self._by_key: dict[str, list[int]] = {}
        self._by_email: dict[str, list[int]] = {}
        rows = get_user_model().objects.values_list("pk", "username", "email")
        for pk, username, email in rows.iterator():
            self._names[pk] = username
            self._exact[username] = pk
            self._by_key.setdefault(account_key(username), []).append(pk)
            if email:
                self._by_email.setdefault(email.casefold(), []).append(pk)

    def find(self, username: str, email: str = "") -> int | None:
        """The one account that is meant. An e-mail address counts only without a user name."""
        if username:
            exact = self._exact.get(username)
            return exact if exact is not None else self._only(self._by_key, account_key(username))
        return self._only(self._by_email, email.casefold()) if email else None

    def is_taken(self, username: str) -> bool:
        return account_key(username) in self._by_key

    def name_of(self, pk: int) -> str:
        return self._names[pk]

    @staticmethod
    def _only(found: dict[str, list[int]], key: str) -> int | None:
        keys = found.get(key, [])
        return keys[0] if len(keys) == 1 else None
