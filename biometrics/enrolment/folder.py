"""A folder of people (DIR/<username>/*.jpg) -> photos and references, without a worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import Action, record, user_subject
from accounts.models import User
from biometrics.enrolment.encoding import encode
from biometrics.enrolment.photos import store_photo
from biometrics.enrolment.refusals import PhotoCode, PhotoDuplicate, PhotoRefused
from biometrics.models import PhotoReason, PhotoState, ReferencePhoto

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from uuid import UUID

    from biometrics.engine.pipeline import Engine

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file; `path` is relative to the folder that was given."""

    path: str
    refusal: str

    @property
    def usable(self) -> bool:
        return not self.refusal


@dataclass(frozen=True, slots=True)
class PersonFolder:
    username: str
    files: tuple[Path, ...]


class FolderRefused(ValueError):
    """The folder does not hold people's folders with pictures."""


def person_folders(root: Path) -> list[PersonFolder]:
    """Raises FolderRefused if there is nothing to do, OSError if a folder cannot be read."""
    if not root.is_dir():
        raise FolderRefused(_("%(path)s is not a folder") % {"path": root})
    folders = [
        PersonFolder(folder.name, tuple(sorted(_pictures(folder))))
        for folder in sorted(root.iterdir())
        if folder.is_dir() and not folder.name.startswith(".")
    ]
    if not any(folder.files for folder in folders):
        raise FolderRefused(_("%(path)s holds no <username>/*.jpg") % {"path": root})
    return folders


def _pictures(folder: Path) -> Iterator[Path]:
    return (
        path
        for path in folder.iterdir()
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
    )


def enrol_folder(folder: PersonFolder, engine: Engine, *, create: bool) -> Iterator[FileReport]:
    """One report a file; nothing is raised for a file or a name that is refused."""
    try:
        user = _voter(folder.username, create=create)
    except PersonRefused as refusal:
        for path in folder.files:
            yield FileReport(f"{folder.username}/{path.name}", str(refusal))
        return
    stored: list[tuple[str, UUID]] = []
    for path in folder.files:
        name = f"{folder.username}/{path.name}"
        try:
            stored.append((name, store_photo(user, _read(path), None).pk))
        except PhotoDuplicate as duplicate:
            # The same folder given twice changes nothing and says the same.
            stored.append((name, duplicate.photo_id))
        except PhotoRefused as refusal:
            yield FileReport(name, refusal.words)
        except OSError as error:
            yield FileReport(name, error.strerror or _("cannot be read"))
    for _name, photo_id in stored:
        encode(photo_id, engine, now=timezone.now())
    for name, photo_id in stored:
        yield FileReport(name, _refusal_of(photo_id))


class PersonRefused(LookupError):
    """There is no such voter, and none may be made."""


def _voter(username: str, *, create: bool) -> User:
    user = User.objects.filter(username=username).first()
    if user is not None:
        return user
    if not create:
        raise PersonRefused(_("there is no voter of this name (see --create-voters)"))
    return _new_voter(username)


@transaction.atomic
def _new_voter(username: str) -> User:
    user = User(username=username)
    user.set_unusable_password()
    try:
        user.full_clean(exclude=["password"])
    except ValidationError:
        raise PersonRefused(_("this folder's name cannot be a user name")) from None
    user.save()
    record(Action.USER_CREATED, actor=None, subject=user_subject(user.pk))
    return user


def _read(path: Path) -> bytes:
    """A file too large to be a photo is refused before it is read."""
    if path.stat().st_size > 64 * 1024 * 1024:
        raise PhotoRefused(PhotoCode.TOO_LARGE)
    return path.read_bytes()


def _refusal_of(photo_id: UUID) -> str:
    now = ReferencePhoto.objects.select_related("resembles").filter(pk=photo_id).first()
    if now is None:
        return _("was removed meanwhile")
    if now.state == PhotoState.USABLE:
        return ""
    if now.state == PhotoState.WAITING:
        return _("is still waiting: another worker has it")
    words = str(PhotoReason(now.reason).label)
    return f"{words} ({now.resembles.get_username()})" if now.resembles else words
