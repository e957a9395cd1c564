"""Watching a board from outside, and signing what it showed."""
