"""How passwords are hashed."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes and one lane, as OWASP's password storage sheet advises.

    Django's default takes 100 MiB for each try: a flood of sign-ins could exhaust the memory.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
