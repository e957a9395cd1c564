"""manage.py rotate_template_keys: encrypts templates and photos again with the first key."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from biometrics.housekeeping.key_rotation import rotate, rows_to_look_at


class Command(BaseCommand):
    help = (
        "Encrypts every template and photo again with the first of TEMPLATE_KEYS. Put the new key "
        "before the old ones, restart the site and run this command. When it ends with exit code "
        "0, remove the old keys. It may be stopped and started again at any time."
    )

    def handle(self, **options: Any) -> None:
        failures = []
        progress = tqdm(rotate(), total=rows_to_look_at(), file=sys.stderr, disable=None)
        for failure in progress:
            if failure:
                failures.append(failure)
        for failure in failures:
            self.stderr.write(failure)
        if failures:
            self.stderr.write(f"{len(failures)} could not be opened: keep the old keys")
            sys.exit(1)
        self.stdout.write("Everything is sealed with the first key.")
