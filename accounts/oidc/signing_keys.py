"""The keys that sign ID tokens: made here, sealed at rest, changed without a failed sign-in.

The next key is published long before it signs, so that a program which keeps the list of keys knows
it by then. A retired key stays on the list until nothing that it has signed is valid any more.
"""

from __future__ import annotations

import json
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from django.db import IntegrityError, transaction
from django.utils import timezone
from jwcrypto.jwk import JWK

from accounts.at_rest.sealing import SealBroken, keyring
from accounts.audit import Action, record
from accounts.oidc.models import KeyState, SigningKey

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from accounts.models import User

BITS = 2048
# How long a program may keep the list of keys before it asks again.
LIST_LIFE = timedelta(hours=1)
# Longer than any ID token is valid, with room for clocks that differ.
RETIRED_STAYS = timedelta(days=1)


class TooEarly(Exception):
    """The next key has not been published for as long as programs may keep the list."""


def current() -> JWK:
    """The key that signs now. The first call ever makes it, and the next one."""
    row = SigningKey.objects.filter(state=KeyState.CURRENT).first() or _first_keys()
    return _unsealed(row.kid, bytes(row.sealed))


def with_id(kid: str) -> JWK | None:
    """The published key of this number, to check a signature."""
    row = SigningKey.objects.filter(kid=kid).first()
    return JWK(**row.public) if row else None


def published() -> list[dict[str, Any]]:
    """The public halves, in the form of a JWK set's `keys` (RFC 7517)."""
    current()
    return list(SigningKey.objects.order_by("made_at", "pk").values_list("public", flat=True))


@transaction.atomic
def rotate(*, actor: User | None, now: datetime) -> None:
    """Sign with the next key from now on, and publish another next one.

    Raises TooEarly if the next key is not known everywhere yet: a program would refuse what it
    signs.
    """
    current()
    rows = {row.state: row for row in SigningKey.objects.select_for_update()}
    if rows[KeyState.NEXT].made_at > now - LIST_LIFE:
        raise TooEarly
    _retire(now)
    SigningKey.objects.filter(pk=rows[KeyState.NEXT].pk).update(state=KeyState.CURRENT)
    _make(KeyState.NEXT, now)
    SigningKey.objects.filter(retired_at__lte=now - RETIRED_STAYS).delete()
    record(Action.OIDC_KEYS_ROTATED, actor=actor)


@transaction.atomic
def replace_all(*, actor: User | None, now: datetime) -> None:
    """After a theft: nothing that the old keys have signed is valid from now on."""
    SigningKey.objects.all().delete()
    _make(KeyState.CURRENT, now)
    _make(KeyState.NEXT, now)
    record(Action.OIDC_KEYS_ROTATED, actor=actor, stolen=True)


def reseal_all() -> Iterator[str]:
    """Seal every key with the first of TEMPLATE_KEYS; yield a message for each that is lost."""
    for row in SigningKey.objects.all():
        sealed = bytes(row.sealed)
        if keyring().is_current(sealed):
            continue
        try:
            plain = keyring().unseal(sealed, bound_to=_binding(row.kid))
        except SealBroken as broken:
            yield f"signing key {row.kid}: {broken}"
            continue
        fresh = keyring().seal(plain, bound_to=_binding(row.kid))
        SigningKey.objects.filter(pk=row.pk).update(sealed=fresh)


def _first_keys() -> SigningKey:
    try:
        with transaction.atomic():
            row = _make(KeyState.CURRENT, timezone.now())
            _make(KeyState.NEXT, timezone.now())
    except IntegrityError:
        # Another process was first.
        return SigningKey.objects.get(state=KeyState.CURRENT)
    return row


def _retire(now: datetime) -> None:
    SigningKey.objects.filter(state=KeyState.CURRENT).update(state=KeyState.RETIRED, retired_at=now)


def _make(state: KeyState, now: datetime) -> SigningKey:
    private = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    key = JWK.from_pem(pem)
    kid = key.thumbprint()
    public = {**json.loads(key.export_public()), "kid": kid, "alg": "RS256", "use": "sig"}
    return SigningKey.objects.create(
        kid=kid,
        state=state,
        sealed=keyring().seal(pem, bound_to=_binding(kid)),
        public=public,
        made_at=now,
    )


@lru_cache(maxsize=4)
def _unsealed(kid: str, sealed: bytes) -> JWK:
    return JWK.from_pem(keyring().unseal(sealed, bound_to=_binding(kid)))


def _binding(kid: str) -> str:
    return f"oidc-key|{kid}"
