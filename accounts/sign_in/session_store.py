"""Sessions in the database, found by the hash of their key.

Whoever reads the table, or a backup of it, cannot take over a session: the browser's cookie holds
the key, and the key is not stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.contrib.sessions.backends import db
from django.utils import timezone

from accounts.at_rest.hashed_secrets import hash_of_secret

if TYPE_CHECKING:
    from django.contrib.sessions.base_session import AbstractBaseSession


# The column holds 40 characters. 160 bits of SHA-256 are as hard to invert as the key to guess.
STORED_CHARACTERS = 40


def stored_key(session_key: str) -> str:
    return hash_of_secret(session_key)[:STORED_CHARACTERS]


class SessionStore(db.SessionStore):
    """Django's sessions in the database, except for the key that stands in the table."""

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        """Forgets a key that no row fits: a new session gets a key of the server's choice."""
        key = stored_key(self.session_key or "")
        row = self.model.objects.filter(session_key=key, expire_date__gt=timezone.now()).first()
        if row is None:
            self._session_key = None
        return row

    async def _aget_session_from_db(self) -> AbstractBaseSession | None:
        return await sync_to_async(self._get_session_from_db)()

    def exists(self, session_key: str) -> bool:
        return super().exists(stored_key(session_key))

    async def aexists(self, session_key: str) -> bool:
        return await super().aexists(stored_key(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        row = super().create_model_instance(data)
        row.session_key = stored_key(row.session_key)
        return row

    async def acreate_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        row = await super().acreate_model_instance(data)
        row.session_key = stored_key(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            super().delete(stored_key(key))

    async def adelete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            await super().adelete(stored_key(key))
