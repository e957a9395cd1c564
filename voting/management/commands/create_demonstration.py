"""The demonstration election, its voters and an official, made once."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from voting.elections import demonstration

OFFICIAL = "official"
WHAT_NEXT = """Write the passwords down: they are shown only now.
Sign in as the official to enrol the voters' faces; then they can sign in."""
ALREADY_THERE = f"""The demonstration election is there already.
Its passwords were shown when it was made.
A new password for the official: .venv/bin/python manage.py changepassword {OFFICIAL}"""


class Command(BaseCommand):
    help = "Creates the demonstration election; a second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        accounts = get_user_model().objects
        if not accounts.filter(username=OFFICIAL).exists():
            call_command("create_official", OFFICIAL, stdout=self.stdout)
        official = accounts.get(username=OFFICIAL)
        voters = demonstration.create(official, timezone.now())
        if not voters:
            self.stdout.write(ALREADY_THERE)
            return
        for voter in voters:
            self.stdout.write(
                f"Voter {voter.username}, password {voter.password}, voter number "
                f"{voter.voter_number}, born {demonstration.BORN.isoformat()}"
            )
        self.stdout.write(WHAT_NEXT)
