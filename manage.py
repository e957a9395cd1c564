#!/usr/bin/env python
"""Django's command line for FaceVote."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import DatabaseError


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facevote.settings")
    try:
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


if __name__ == "__main__":
    main()
