"""People, overrides and the audit log in the administration.

Importing the modules registers their pages.
"""

from __future__ import annotations

from accounts.admin import (
    api_tokens,
    audit_log,
    authenticators,
    overrides,
    programs,
    proposals,
    users,
)

__all__ = [
    "api_tokens",
    "audit_log",
    "authenticators",
    "overrides",
    "programs",
    "proposals",
    "users",
]
