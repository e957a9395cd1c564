"""What an official's browser receives about a voter's photos."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from biometrics.enrolment.advice import advice
from biometrics.models import PhotoReason, PhotoState, Reference, ReferencePhoto

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class Tile:
    """One photo. A URL is empty if the official may not do that, or if it makes no sense."""

    id: str
    state: str
    state_words: str
    reason: str
    reason_words: str
    advice: str
    resembles: str
    thumbnail_url: str
    remove_url: str
    encode_url: str
    accept_url: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Panel:
    """All photos of one voter, and a sentence that says whether the voter is enrolled."""

    tiles: tuple[Tile, ...]
    waiting: int
    enrolled: bool
    summary: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def panel_of(user: User, official: User) -> Panel:
    """Describe a voter's photos, with the links that this official may use."""
    photos = list(
        ReferencePhoto.objects.filter(user=user)
        .select_related("resembles")
        .defer("template")
        .order_by("added_at", "pk")
    )
    reference = Reference.objects.filter(user=user).order_by("-made_at").first()
    waiting = sum(photo.state == PhotoState.WAITING for photo in photos)
    return Panel(
        tiles=tuple(tile_of(photo, official) for photo in photos),
        waiting=waiting,
        enrolled=reference is not None,
        summary=_summary(reference, photos=len(photos), waiting=waiting),
    )


def tile_of(photo: ReferencePhoto, official: User) -> Tile:
    """Describe one photo, with the links that this official may use."""
    may_see = official.has_perm("biometrics.view_referencephoto")
    may_change = official.has_perm("biometrics.change_referencephoto")
    looks_like_another = photo.reason == PhotoReason.ALREADY_ENROLLED
    return Tile(
        id=str(photo.pk),
        state=photo.state,
        state_words=str(PhotoState(photo.state).label),
        reason=photo.reason,
        reason_words=str(PhotoReason(photo.reason).label) if photo.reason else "",
        advice=advice(photo.reason),
        resembles=photo.resembles.get_username() if photo.resembles else "",
        thumbnail_url=_url("picture", photo, allowed=may_see and bool(photo.file)),
        remove_url=_url(
            "remove", photo, allowed=official.has_perm("biometrics.delete_referencephoto")
        ),
        encode_url=_url("encode", photo, allowed=may_change and _can_be_encoded(photo)),
        accept_url=_url("accept", photo, allowed=may_change and looks_like_another),
    )


def _can_be_encoded(photo: ReferencePhoto) -> bool:
    return bool(photo.file) and photo.state not in {PhotoState.HELD, PhotoState.CARD}


def _url(what: str, photo: ReferencePhoto, *, allowed: bool) -> str:
    return reverse(f"biometrics:photo-{what}", args=[photo.pk]) if allowed else ""


def _summary(reference: Reference | None, *, photos: int, waiting: int) -> str:
    if waiting:
        words = ngettext(
            "%(count)d photo is waiting to be checked.",
            "%(count)d photos are waiting to be checked.",
            waiting,
        )
        return words % {"count": waiting}
    if reference is not None:
        words = ngettext(
            "Enrolled: this voter can be verified by face, from %(count)d photo.",
            "Enrolled: this voter can be verified by face, from %(count)d photos.",
            reference.photos_used,
        )
        return words % {"count": reference.photos_used}
    if photos:
        return _("Not enrolled: none of the photos can be used.")
    return _("Not enrolled: there is no photo yet.")
