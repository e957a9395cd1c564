"""How passwords are hashed."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """19 MiB and one lane, as OWASP advises: Django's 100 MiB a try invite floods."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
