"""Asks a health address, for containers without curl. The exit code is 0 if the answer is 200.

python -m facevote.health.ask http://127.0.0.1:8000/-/ready
"""

from __future__ import annotations

import sys
import urllib.error
import urllib.request

PATIENCE_SECONDS = 5.0


def main(arguments: list[str]) -> int:
    (address,) = arguments
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            sys.stdout.write(answer.read().decode())
    except urllib.error.HTTPError as refused:
        sys.stdout.write(refused.read().decode())
        return 1
    except OSError as error:
        sys.stdout.write(f"{address}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
