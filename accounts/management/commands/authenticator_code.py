from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import SealedDevice, User
from accounts.sign_in import one_time_codes, second_device

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Print a code with which an official sets up an authenticator within a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument(
            "--reset",
            action="store_true",
            help="remove the authenticator that was lost, with its recovery codes",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.named(options["username"])
        if user is None or not (user.is_staff or user.is_superuser):
            raise CommandError(f"There is no official {options['username']}.")
        with transaction.atomic():
            devices = SealedDevice.objects.filter(user=user)
            if devices.filter(confirmed=True).exists() and not options["reset"]:
                raise CommandError(f"{user} has an authenticator. Remove it with --reset.")
            for device in devices:
                second_device.remove(device, actor=None)
            code = one_time_codes.make_set_up_code(user, actor=None, now=timezone.now())
        self.stdout.write(f"Code to set up the authenticator of {user}: {code} (shown only now)")
