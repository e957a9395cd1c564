"""manage.py rotate_template_keys: seals templates and photos under the first key."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from biometrics.housekeeping.key_rotation import rotate, rows_to_look_at


class Command(BaseCommand):
    help = (
        "Seals every template and photo anew under the first of TEMPLATE_KEYS. Put the new key in "
        "front of the old ones, restart, run this, and take the old keys out when it ends with "
        "exit code 0. It may be stopped and started again at any time."
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
