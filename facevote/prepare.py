"""Checks, database and demonstration in one process: each start of Django takes its second."""

from __future__ import annotations

import io
import os


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facevote.settings")
    import django
    from django.core.management import call_command
    from django.core.management.base import CommandError, SystemCheckError

    django.setup()
    try:
        # What it finds goes to the error stream; that it found nothing needs no line.
        call_command("check", stdout=io.StringIO())
        call_command("migrate", verbosity=0)
        call_command("create_demonstration")
    except (CommandError, SystemCheckError) as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
