"""The web server of `make run`: what must be there before the first page, then the pages.

One process for both, since each start of Django takes seconds; fast where nothing is left to do.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

from facevote.serving import vendor
from facevote.serving.supervision import say_ready

BASE = Path(__file__).resolve().parents[2]
HOST, PORT = "127.0.0.1", os.environ.get("PORT", "8000")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facevote.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from None
    prepare()
    say_ready()
    serve()


def prepare() -> None:
    """Libraries, checks, database, demonstration. SystemExit where one of them is not to be had."""
    from django.conf import settings
    from django.core.management import call_command
    from django.core.management.base import CommandError, SystemCheckError
    from django.db import connections

    if vendor.main([str(BASE / "node_modules"), str(settings.DATA_DIR / "vendor")]):
        raise SystemExit("the browser's libraries are missing: run `make run`")
    try:
        # What it finds goes to the error stream; that it found nothing needs no line.
        call_command("check", stdout=io.StringIO())
        # Also where no migration waits: what follows one brings the roles up to date.
        call_command("migrate", verbosity=0)
        call_command("create_demonstration")
    except (CommandError, SystemCheckError) as error:
        raise SystemExit(str(error)) from None
    connections.close_all()


def serve() -> None:
    from daphne.cli import CommandLineInterface

    # Verbosity 0: an access log would keep addresses and who looked at which receipt.
    where = ["-v", "0", "-b", HOST, "-p", PORT]
    CommandLineInterface().run([*where, "facevote.asgi:application"])


if __name__ == "__main__":
    main()
