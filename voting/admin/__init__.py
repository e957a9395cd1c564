"""Voting in the administration. Importing the modules registers their pages."""

from __future__ import annotations

from voting.admin import board, elections, roll

__all__ = ["board", "elections", "roll"]
