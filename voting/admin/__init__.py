"""Voting in the administration. Importing the modules registers their pages."""

from __future__ import annotations

from voting.admin import board, contests, elections, joint_steps, mail_templates, roll, sendings

__all__ = ["board", "contests", "elections", "joint_steps", "mail_templates", "roll", "sendings"]
