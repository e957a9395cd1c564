"""The keys that the server holds for an election, sealed in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts.at_rest.sealing import SealBroken, keyring
from voting.crypto import group
from voting.crypto.board import heads
from voting.models import ElectionSecret

if TYPE_CHECKING:
    from voting.crypto.board.heads import BoardKey
    from voting.models import Election

BOARD, SEED = "board-key", "decryption-seed"


def keep(election: Election, board_key: BoardKey, seed: bytes) -> None:
    """Store the keys. `seed` is empty if trustees hold the decryption key."""
    board = group.scalar_to_bytes(board_key.secret)
    ElectionSecret.objects.create(
        election=election,
        board_key=keyring().seal(board, bound_to=_owner(election, BOARD)),
        decryption_seed=keyring().seal(seed, bound_to=_owner(election, SEED)) if seed else b"",
    )


def board_key(election: Election) -> BoardKey:
    """The key that signs the board. Raises SealBroken."""
    sealed = bytes(election.secret.board_key)
    secret = keyring().unseal(sealed, bound_to=_owner(election, BOARD))
    return heads.BoardKey.from_secret(int.from_bytes(secret, "little"))


def decryption_seed(election: Election) -> bytes:
    """The seed of the decryption key, if the server holds it. Raises SealBroken."""
    sealed = bytes(election.secret.decryption_seed)
    return keyring().unseal(sealed, bound_to=_owner(election, SEED))


def reseal_all() -> list[str]:
    """Seal every key with the first of TEMPLATE_KEYS. Returns a line for each that can not be."""
    failures = []
    for secret in ElectionSecret.objects.select_related("election"):
        try:
            _reseal(secret)
        except SealBroken as broken:
            failures.append(f"keys of election {secret.election.slug}: {broken}")
    return failures


def reseal_on_rotation(**_: Any) -> list[str]:
    """Receives biometrics' signal `keys_rotating`, so that one command reseals everything."""
    return reseal_all()


def _reseal(secret: ElectionSecret) -> None:
    keys = keyring()
    sealed = [bytes(secret.board_key), bytes(secret.decryption_seed)]
    if all(keys.is_current(item) for item in sealed if item):
        return
    owners = [_owner(secret.election, name) for name in (BOARD, SEED)]
    plain = [
        keys.unseal(item, bound_to=owner) if item else b""
        for item, owner in zip(sealed, owners, strict=True)
    ]
    secret.board_key, secret.decryption_seed = (
        keys.seal(item, bound_to=owner) if item else b""
        for item, owner in zip(plain, owners, strict=True)
    )
    secret.save(update_fields=["board_key", "decryption_seed"])


def _owner(election: Election, name: str) -> str:
    return f"election:{election.pk}:{name}"
