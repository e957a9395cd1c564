from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.oidc import signing_keys

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Sign the ID tokens for other programs with the next key, and publish another next one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--stolen",
            action="store_true",
            help="replace all keys at once: what the old ones have signed is refused from now on",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["stolen"]:
            signing_keys.replace_all(actor=None, now=timezone.now())
            self.stdout.write("All keys are replaced. Programs fetch the new ones by themselves.")
            return
        try:
            signing_keys.rotate(actor=None, now=timezone.now())
        except signing_keys.TooEarly:
            raise CommandError(
                "The next key was published less than an hour ago, and programs may not know it "
                "yet. Try again later. If a key was stolen, use --stolen."
            ) from None
        self.stdout.write("The next key signs from now on.")
