"""Encryption at rest: AES-256-GCM with keys that are never stored in the database."""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

# Sealed bytes: version (1), key id (4), nonce (12), ciphertext and tag.
VERSION = 1
KEY_ID_BYTES = 4
NONCE_BYTES = 12
_PREFIX = 1 + KEY_ID_BYTES


class SealBroken(ValueError):
    """The bytes were altered, are bound to another owner, or their key is gone."""


@dataclass(frozen=True, slots=True)
class Key:
    id: bytes
    cipher: AESGCM


@dataclass(frozen=True, slots=True)
class Keyring:
    """The first key encrypts. Every key can decrypt."""

    keys: tuple[Key, ...]

    def seal(self, plain: bytes, *, bound_to: str) -> bytes:
        """Encrypt. `bound_to` names the owner. It is not stored: unseal() needs the same again."""
        key = self.keys[0]
        nonce = os.urandom(NONCE_BYTES)
        sealed = key.cipher.encrypt(nonce, plain, bound_to.encode())
        return bytes([VERSION]) + key.id + nonce + sealed

    def unseal(self, sealed: bytes, *, bound_to: str) -> bytes:
        """Decrypt. Raises SealBroken."""
        key = self._key_of(sealed)
        nonce = sealed[_PREFIX : _PREFIX + NONCE_BYTES]
        try:
            return key.cipher.decrypt(nonce, sealed[_PREFIX + NONCE_BYTES :], bound_to.encode())
        except (InvalidTag, ValueError):
            raise SealBroken("altered, or bound to something else") from None

    def is_current(self, sealed: bytes) -> bool:
        """Whether the bytes are sealed with the first key."""
        return sealed[:_PREFIX] == bytes([VERSION]) + self.keys[0].id

    def can_open(self, sealed: bytes) -> bool:
        """Whether the key that sealed the bytes is here."""
        try:
            self._key_of(sealed)
        except SealBroken:
            return False
        return True

    def _key_of(self, sealed: bytes) -> Key:
        if not sealed or sealed[0] != VERSION:
            raise SealBroken("not sealed bytes of this version")
        for key in self.keys:
            if sealed[1:_PREFIX] == key.id:
                return key
        raise SealBroken("sealed with a key that is not among TEMPLATE_KEYS")


def keyring() -> Keyring:
    """The keys of the setting TEMPLATE_KEYS."""
    return _keyring(tuple(settings.TEMPLATE_KEYS))


@lru_cache(maxsize=4)
def _keyring(encoded: tuple[str, ...]) -> Keyring:
    raw = [base64.urlsafe_b64decode(key) for key in encoded]
    return Keyring(
        tuple(Key(hashlib.sha256(key).digest()[:KEY_ID_BYTES], AESGCM(key)) for key in raw)
    )
