"""The keys of the site in a file of their own, and back.

    python -m facevote.backup.site_keys FILE --identity IDENTITY

prints the lines for the environment. It needs no site: without these lines there is none.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from biometrics.engine.whole_files import write_durably
from facevote.backup import envelope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyrage.x25519 import Recipient


def lines() -> str:
    """The keys as lines of an environment file."""
    keys = ",".join(settings.TEMPLATE_KEYS)
    return f"SECRET_KEY={settings.SECRET_KEY}\nTEMPLATE_KEYS={keys}\n"


def write_for(file: Path, recipients: Sequence[Recipient]) -> None:
    """Write the keys, encrypted, so that only this user may read the file. Raises OSError."""
    write_durably(file, envelope.encrypt(lines().encode(), recipients))


def write_for_passphrase(file: Path, passphrase: str) -> None:
    """The same for whoever knows the passphrase; `age -d` opens it too. Raises OSError."""
    write_durably(file, envelope.encrypt_by_passphrase(lines().encode(), passphrase))


def read(file: Path, *, identity: Path | None, passphrase: Path | None) -> str:
    """The lines of a file of keys. Raises EnvelopeRefused, and OSError if there is no file."""
    sealed = file.read_bytes()
    if identity is not None:
        return envelope.decrypt(sealed, envelope.identities_of(identity)).decode()
    if passphrase is not None:
        words = envelope.passphrase_of(passphrase)
        return envelope.decrypt_by_passphrase(sealed, words, str(file)).decode()
    raise envelope.EnvelopeRefused("give --identity or --passphrase-file")


def main() -> None:
    parser = argparse.ArgumentParser(description="Prints the keys that a back-up of keys holds.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--identity", type=Path, help="the file of age-keygen")
    parser.add_argument("--passphrase-file", type=Path)
    options = parser.parse_args()
    try:
        text = read(options.file, identity=options.identity, passphrase=options.passphrase_file)
    except (envelope.EnvelopeRefused, OSError) as error:
        raise SystemExit(str(error)) from None
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
