from __future__ import annotations

from tests.biometrics.enrolment_office import (
    alice,
    bob,
    enrolment_settings,
    now,
    official,
    registrar,
)

__all__ = ["alice", "bob", "enrolment_settings", "now", "official", "registrar"]
