"""How the board names officials: by number, since a name is personal data."""

from __future__ import annotations


def pseudonyms(*user_ids: int | None) -> tuple[str, ...]:
    """The public pseudonyms of these officials."""
    return tuple(f"official:{user_id}" for user_id in user_ids)
