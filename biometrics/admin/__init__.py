"""Biometrics in the administration. Importing the modules registers their pages."""

from __future__ import annotations

from biometrics.admin import enrolment, verification

__all__ = ["enrolment", "verification"]
