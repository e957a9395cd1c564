#!/usr/bin/env python
"""Django's command line for FaceVote."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import DatabaseError

from facevote.version import VERSION


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facevote.settings")
    try:
        if sys.argv[1:] in (["--version"], ["version"]):
            print(f"FaceVote {VERSION}")  # noqa: T201
            return
        if sys.argv[1:2] == ["prepare"]:
            make_missing_keys()
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"{error}")
    except DatabaseError as error:
        # It imports the connection, which needs the settings.
        from facevote.missing_tables import explanation  # noqa: PLC0415

        words = explanation(error)
        if not words:
            raise
        print(words, file=sys.stderr)  # noqa: T201
        sys.exit(2)


def make_missing_keys() -> None:
    """Before the settings are read: they refuse to be read without keys."""
    from facevote.preparing import keys  # noqa: PLC0415

    keys.make_missing()


if __name__ == "__main__":
    main()
