"""Guessing passwords from here and there, at a clock that stands."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import time_machine

from tests.support.people import pass_password

if TYPE_CHECKING:
    from datetime import datetime

    from django.test import Client
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

ATTACKER = "192.0.2.66"
HOME = "198.51.100.7"
# How many failures an address has free in these tests.
FEW = 8


def later(start: datetime, **by: float) -> time_machine.travel:
    return time_machine.travel(start + timedelta(**by), tick=False)


def guess(client: Client, name: str, address: str = ATTACKER, **extra: Any) -> Response:
    return pass_password(client, name, "wrong", REMOTE_ADDR=address, **extra)


def guess_many_names(client: Client, address: str = ATTACKER, **extra: Any) -> Response:
    """As many as an address has free; the answer to one more."""
    answers = [guess(client, f"name-{number}", address, **extra) for number in range(FEW + 1)]
    return answers[-1]


def guess_from_everywhere(client: Client, name: str, tries: int) -> list[Response]:
    """Each time from another address."""
    return [guess(client, name, f"203.0.{n // 250}.{n % 250 + 1}") for n in range(tries)]
