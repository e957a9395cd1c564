"""Encrypts everything again with the first of TEMPLATE_KEYS. Rows that have it are skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.dispatch import Signal

from accounts.at_rest.sealing import SealBroken, keyring
from accounts.oidc import signing_keys
from accounts.sign_in import second_device
from biometrics.models import EvidenceFrame, Reference, ReferencePhoto
from biometrics.storage.photos import PhotoGone, photo_file_binding, read_sealed, write_sealed
from biometrics.storage.templates import photo_binding, reference_binding
from biometrics.verification import evidence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID


# Other apps seal their own rows with these keys. A receiver encrypts them again, and returns an
# iterable of messages about rows that cannot be opened. The old keys must stay until every
# receiver is done.
keys_rotating = Signal()


def rows_to_look_at() -> int:
    """Return how many of this app's rows `rotate` looks at, for a progress bar."""
    kinds = (Reference, ReferencePhoto, EvidenceFrame)
    return sum(kind.objects.count() for kind in kinds)


def rotate() -> Iterator[str]:
    """Encrypt row by row, and yield a message for each row.

    The message is empty if all is well; otherwise it names a row that cannot be opened. It may be
    stopped at any time and started again.
    """
    for reference_id in list(Reference.objects.order_by("pk").values_list("pk", flat=True)):
        yield _reseal_reference(reference_id)
    for photo_id in list(ReferencePhoto.objects.order_by("pk").values_list("pk", flat=True)):
        yield _reseal_photo(photo_id)
    for frame_id in list(EvidenceFrame.objects.order_by("pk").values_list("pk", flat=True)):
        yield _reseal_evidence(frame_id)
    yield from second_device.reseal_all()
    yield from signing_keys.reseal_all()
    for _receiver, failures in keys_rotating.send(sender=None):
        yield from failures or ()


def _reseal_reference(reference_id: int) -> str:
    reference = Reference.objects.filter(pk=reference_id).first()
    if reference is None:
        return ""
    sealed = bytes(reference.template)
    binding = reference_binding(reference.user_id, reference.encoder_sha256)
    try:
        fresh = _resealed(sealed, binding)
    except SealBroken as broken:
        return f"reference {reference_id}: {broken}"
    # Write only over the bytes that were read: a reference that was made meanwhile has the new
    # key already.
    Reference.objects.filter(pk=reference_id, template=sealed).update(template=fresh)
    return ""


def _reseal_evidence(frame_id: UUID) -> str:
    frame = EvidenceFrame.objects.filter(pk=frame_id).first()
    if frame is None:
        return ""
    try:
        frame.sealed = _resealed(bytes(frame.sealed), evidence.binding(frame))
    except SealBroken as broken:
        return f"evidence frame {frame_id}: {broken}"
    EvidenceFrame.objects.filter(pk=frame_id).update(sealed=frame.sealed)
    return ""


def _reseal_photo(photo_id: UUID) -> str:
    photo = ReferencePhoto.objects.filter(pk=photo_id).first()
    if photo is None:
        return ""
    try:
        _reseal_template(photo)
        _reseal_file(photo)
    except SealBroken as broken:
        return f"photo {photo_id}: {broken}"
    except PhotoGone as gone:
        # The photo was removed meanwhile, or its file is lost. Only a lost file is reported.
        still_there = ReferencePhoto.objects.filter(pk=photo_id, file=photo.file).exists()
        return f"photo {photo_id}: {gone}" if still_there else ""
    return ""


def _reseal_template(photo: ReferencePhoto) -> None:
    sealed = bytes(photo.template)
    if not sealed:
        return
    binding = photo_binding(photo.user_id, photo.encoder_sha256, photo.pk)
    fresh = _resealed(sealed, binding)
    ReferencePhoto.objects.filter(pk=photo.pk, template=sealed).update(template=fresh)


def _reseal_file(photo: ReferencePhoto) -> None:
    if not photo.file:
        return
    sealed = read_sealed(photo.file)
    if not keyring().is_current(sealed):
        binding = photo_file_binding(photo.user_id, photo.pk)
        write_sealed(photo.file, _resealed(sealed, binding))


def _resealed(sealed: bytes, binding: str) -> bytes:
    keys = keyring()
    if keys.is_current(sealed):
        return sealed
    return keys.seal(keys.unseal(sealed, bound_to=binding), bound_to=binding)
