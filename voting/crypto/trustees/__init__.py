"""Trustees: their messages, the ceremony that makes the key, and the key itself."""
