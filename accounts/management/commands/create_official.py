from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts import roles
from accounts.audit import Action, record, user_subject
from accounts.models import User
from accounts.sign_in import one_time_codes

if TYPE_CHECKING:
    from argparse import ArgumentParser

ROLES = (roles.REGISTRAR, roles.ELECTION_OFFICER, roles.AUDITOR)


class Command(BaseCommand):
    help = "Create an official with the named roles (all, if none is named) and a random password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", action="append", choices=ROLES, dest="roles")

    def handle(self, *args: Any, **options: Any) -> None:
        username = options["username"]
        if User.named(username) is not None:
            raise CommandError(f"There is a user {username} already.")
        password = secrets.token_urlsafe(12)
        with transaction.atomic():
            official = User.objects.create_user(username, password=password, is_staff=True)
            official.groups.set(Group.objects.filter(name__in=options["roles"] or ROLES))
            record(
                Action.USER_CREATED, actor=None, subject=user_subject(official.pk), official=True
            )
            code = one_time_codes.make_set_up_code(official, actor=None, now=timezone.now())
        self.stdout.write(f"Official {username}, password {password} (shown only now)")
        if settings.OFFICIAL_SECOND_FACTOR == "totp":
            self.stdout.write(f"Code to set up the authenticator within a day: {code}")
