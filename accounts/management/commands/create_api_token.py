from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.api_tokens.tokens import MAX_LIFE, Scope, make_token
from accounts.models import User

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Print a new API token of an official. It opens what both its scopes and the role allow."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--label", required=True, help="what it is for, as in 'letters'")
        parser.add_argument(
            "--scope",
            action="append",
            choices=[str(scope) for scope in Scope],
            required=True,
            dest="scopes",
            help="may be given several times",
        )
        parser.add_argument("--days", type=int, default=30, help="until it expires (default: 30)")

    def handle(self, *args: Any, **options: Any) -> None:
        official = User.named(options["username"])
        if official is None or not official.is_staff:
            raise CommandError(f"There is no official {options['username']}.")
        if not 1 <= options["days"] <= MAX_LIFE.days:
            raise CommandError(f"A token lives for 1 to {MAX_LIFE.days} days.")
        token = make_token(
            official,
            label=options["label"],
            scopes=[Scope(scope) for scope in options["scopes"]],
            life=timedelta(days=options["days"]),
            now=timezone.now(),
        )
        self.stdout.write(f"{token} (shown only now)")
