"""Templates in the database: float32 bytes, encrypted and bound to a person, encoder and row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from accounts.at_rest.sealing import SealBroken, keyring
from biometrics.engine.types import Template

if TYPE_CHECKING:
    from biometrics.models import Reference, ReferencePhoto


def reference_binding(user_id: int, encoder_sha256: str) -> str:
    """Return what a reference is sealed to: it can be opened for this user and encoder only."""
    return f"reference|user:{user_id}|encoder:{encoder_sha256}"


def photo_binding(user_id: int, encoder_sha256: str, photo_id: object) -> str:
    """Return what the template of one photo is sealed to."""
    return f"photo-template|user:{user_id}|encoder:{encoder_sha256}|photo:{photo_id}"


def seal_template(template: Template, *, bound_to: str) -> bytes:
    """Encrypt a template's vector; `bound_to` is one of the bindings above."""
    vector = np.ascontiguousarray(template.vector, dtype="<f4")
    return keyring().seal(vector.tobytes(), bound_to=bound_to)


def reference_template(reference: Reference) -> Template:
    """Decrypt a voter's reference.

    Raises SealBroken if the row was altered or moved to another person or encoder.
    """
    binding = reference_binding(reference.user_id, reference.encoder_sha256)
    vector = _unseal_vector(bytes(reference.template), binding)
    return Template(vector, reference.encoder, reference.encoder_sha256)


def photo_template(photo: ReferencePhoto, encoder: str) -> Template:
    """Decrypt the template of one photo; `encoder` is the name of the encoder that made it.

    Raises SealBroken if the row was altered or moved to another person, encoder or photo.
    """
    binding = photo_binding(photo.user_id, photo.encoder_sha256, photo.pk)
    vector = _unseal_vector(bytes(photo.template), binding)
    return Template(vector, encoder, photo.encoder_sha256)


def _unseal_vector(sealed: bytes, binding: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    plain = keyring().unseal(sealed, bound_to=binding)
    if not plain or len(plain) % 4:
        raise SealBroken("not a template")
    vector = np.frombuffer(plain, dtype="<f4").astype(np.float32)
    if not np.isfinite(vector).all():
        raise SealBroken("not a template")
    return vector
