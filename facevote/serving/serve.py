"""The web server of `make run`: prepares the site and then serves it.

One process does both, since each start of Django takes seconds. Where nothing is left to prepare it
is quick.
"""

from __future__ import annotations

import io
import logging
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from facevote.serving import vendor
from facevote.serving.reports import ReportKind, report, report_ready
from facevote.serving.steps import BASE

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST, PORT = "127.0.0.1", os.environ.get("PORT", "8000")


class NotPrepared(Exception):
    """The site cannot start; the message says why, and what to do."""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facevote.settings")
    try:
        prepare()
    except NotPrepared as error:
        report(ReportKind.FAILED, str(error))
        raise SystemExit(1) from None
    report_ready()
    serve()


@contextmanager
def step(name: str) -> Iterator[None]:
    report(ReportKind.BEGIN, name)
    yield
    report(ReportKind.DONE)


def prepare() -> None:
    """Settings, libraries, database, demonstration. NotPrepared where one cannot be had."""
    # Django is imported late: it is slow, and the person sees the first step before it.
    with step("Settings and checks"):
        read_settings()
    with step("Browser libraries"):
        lay_out_libraries()
    with step("Database"):
        bring_database_up_to_date()
    with step("Demonstration election"):
        create_demonstration()


def read_settings() -> None:
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import call_command
    from django.core.management.base import SystemCheckError

    try:
        django.setup()
        # Problems go to the error stream. The line that there are none is left out.
        call_command("check", stdout=io.StringIO())
    except (ImproperlyConfigured, SystemCheckError) as error:
        raise NotPrepared(str(error)) from None


def lay_out_libraries() -> None:
    from django.conf import settings

    try:
        vendor.lay_out(BASE / "node_modules", settings.DATA_DIR / "vendor")
    except (vendor.VendorError, OSError) as error:
        raise NotPrepared(
            f"The browser's libraries cannot be laid out: {error}. `make run` installs them."
        ) from None


def bring_database_up_to_date() -> None:
    from django.core.management import call_command
    from django.core.management.base import CommandError
    from django.db import DatabaseError

    try:
        # Run even if no migration waits: the signal after it brings the roles up to date.
        call_command("migrate", verbosity=0)
    except (CommandError, DatabaseError) as error:
        raise NotPrepared(
            f"The database cannot be brought up to date: {error} "
            "Check DATABASE_URL and that the database can be written, then start again."
        ) from error


def create_demonstration() -> None:
    from django.core.management import call_command
    from django.core.management.base import CommandError
    from django.db import connections

    said = io.StringIO()
    try:
        call_command("create_demonstration", stdout=said)
    except CommandError as error:
        raise NotPrepared(str(error)) from None
    for line in said.getvalue().splitlines():
        report(ReportKind.SHOW, line)
    connections.close_all()


def serve() -> None:
    from daphne.cli import CommandLineInterface

    # Its lines about the start say nothing that the person has not been told.
    logging.getLogger("daphne").setLevel(logging.WARNING)
    # Verbosity 0: an access log would keep addresses and who looked at which receipt.
    where = ["-v", "0", "-b", HOST, "-p", PORT]
    CommandLineInterface().run([*where, "facevote.asgi:application"])


if __name__ == "__main__":
    main()
