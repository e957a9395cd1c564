"""The encryption of back-ups: files of age (https://age-encryption.org), written as they come."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

import pyrage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from pyrage.x25519 import Identity, Recipient

# Beside a back-up that a passphrase opens: its identity, encrypted with the passphrase.
IDENTITY_SUFFIX = ".identity.age"


class EnvelopeRefused(ValueError):
    """A recipient, an identity or a passphrase that cannot be used; the message says why."""


def recipients_of(texts: Sequence[str]) -> list[Recipient]:
    """The public keys "age1…". Raises EnvelopeRefused."""
    try:
        return [pyrage.x25519.Recipient.from_str(text.strip()) for text in texts]
    except pyrage.RecipientError:
        raise EnvelopeRefused("a recipient is no public key of age (age1…)") from None


def identities_of(file: Path) -> list[Identity]:
    """The secret keys in a file of `age-keygen`. Raises EnvelopeRefused."""
    return _identities(_text_of(file), str(file))


def passphrase_of(file: Path) -> str:
    """The first line of a file. Raises EnvelopeRefused if it is missing or short."""
    lines = _text_of(file).splitlines()
    if not lines or len(lines[0].strip()) < 16:
        raise EnvelopeRefused(f"{file}: the passphrase has fewer than 16 characters")
    return lines[0].strip()


def new_locked_identity(passphrase: str) -> tuple[Recipient, bytes]:
    """A new key pair: its public key, and a file of age that gives its secret for a passphrase."""
    identity = pyrage.x25519.Identity.generate()
    return identity.to_public(), encrypt_by_passphrase(str(identity).encode(), passphrase)


def unlock(file: Path, passphrase: str) -> list[Identity]:
    """The secret keys of a file of `new_locked_identity`. Raises EnvelopeRefused."""
    try:
        sealed = file.read_bytes()
    except OSError as error:
        raise EnvelopeRefused(f"{file}: {error.strerror}") from None
    text = decrypt_by_passphrase(sealed, passphrase, str(file)).decode(errors="replace")
    return _identities(text, str(file))


def encrypt_by_passphrase(plain: bytes, passphrase: str) -> bytes:
    """A whole small file."""
    return bytes(pyrage.passphrase.encrypt(plain, passphrase))


def decrypt_by_passphrase(sealed: bytes, passphrase: str, where: str) -> bytes:
    """`where` names the file in the message. Raises EnvelopeRefused."""
    try:
        return bytes(pyrage.passphrase.decrypt(sealed, passphrase))
    except pyrage.DecryptError:
        raise EnvelopeRefused(f"{where}: the passphrase is another one") from None


def encrypt(plain: bytes, recipients: Sequence[Recipient]) -> bytes:
    """A whole small file."""
    return bytes(pyrage.encrypt(plain, recipients))


def decrypt(sealed: bytes, identities: Sequence[Identity]) -> bytes:
    """Raises EnvelopeRefused if the file is for others, or was altered or cut off."""
    try:
        return bytes(pyrage.decrypt(sealed, identities))
    except pyrage.DecryptError as error:
        raise EnvelopeRefused(_why(error)) from None


@contextmanager
def encrypting(file: IO[bytes], recipients: Sequence[Recipient]) -> Iterator[IO[bytes]]:
    """What is written to the yielded stream goes to `file`, encrypted. Raises OSError."""
    with _piped(lambda source: pyrage.encrypt_io(source, file, recipients), writes=True) as stream:
        yield stream


@contextmanager
def decrypting(file: IO[bytes], identities: Sequence[Identity]) -> Iterator[IO[bytes]]:
    """The yielded stream reads what `file` holds. EnvelopeRefused for others' and broken files.

    Only at the end of the block is it certain that the file is whole.
    """
    with _piped(lambda target: pyrage.decrypt_io(file, target, identities), writes=False) as stream:
        yield stream


@contextmanager
def _piped(work: Callable[[IO[bytes]], object], *, writes: bool) -> Iterator[IO[bytes]]:
    """Run `work` in a thread with one end of a pipe, and yield the other end."""
    source, target = os.pipe()
    reading, writing = os.fdopen(source, "rb"), os.fdopen(target, "wb")
    inner, outer = (reading, writing) if writes else (writing, reading)
    failures: list[Exception] = []

    def run() -> None:
        try:
            work(inner)
        except Exception as error:  # noqa: BLE001 - raised again below, in the caller's thread
            failures.append(error)
        finally:
            inner.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        try:
            yield outer
            if not writes:
                outer.read()  # to the end, where a file that was cut off is found out
        finally:
            outer.close()
            thread.join()
    except Exception as error:
        # A pipe that broke or ended early is only what the other end's failure looks like here.
        raise _named(failures[0]) if failures else error from error
    if failures:
        raise _named(failures[0]) from failures[0]


def _named(error: Exception) -> Exception:
    # An error of the stream itself comes as an OSError without a number.
    if isinstance(error, pyrage.DecryptError) or (
        isinstance(error, OSError) and error.errno is None
    ):
        return EnvelopeRefused(_why(error))
    return error


def _why(error: Exception) -> str:
    if "No matching keys" in str(error):
        return "the file is encrypted to another key"
    return f"the file is broken or cut off ({error})"


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EnvelopeRefused(f"{file}: {getattr(error, 'strerror', None) or 'no text'}") from None


def _identities(text: str, where: str) -> list[Identity]:
    lines = [line.strip() for line in text.splitlines()]
    keys = [line for line in lines if line and not line.startswith("#")]
    try:
        found = [pyrage.x25519.Identity.from_str(key) for key in keys]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise EnvelopeRefused(f"{where}: no secret key of age (AGE-SECRET-KEY-…)")
    return found
