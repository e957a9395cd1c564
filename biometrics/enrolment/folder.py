"""Enrols people from a folder (DIR/<username>/*.jpg) at once, without a worker."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import Action, record, user_subject
from accounts.models import User
from biometrics.consent.agreement import record_paper_consent
from biometrics.engine.system_files import is_system_file
from biometrics.enrolment.encoding import encode
from biometrics.enrolment.photos import store_photo
from biometrics.enrolment.refusals import PhotoDuplicate, PhotoRefusalCode, PhotoRefused
from biometrics.models import PhotoReason, PhotoState, ReferencePhoto

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from uuid import UUID

    from biometrics.engine.pipeline import Engine

# Well above the 8 MiB of a photo, so that files that are a little too large get the same words
# as in an upload.
MAX_BYTES_READ = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file.

    `path` is relative to the folder that was given. `refusal` is empty if the photo is usable.
    """

    path: str
    refusal: str

    @property
    def usable(self) -> bool:
        return not self.refusal

    @property
    def person(self) -> str:
        """The name of the folder that the file lies in."""
        return self.path.partition("/")[0]


@dataclass(frozen=True, slots=True)
class PersonFolder:
    """The files of one person, whose user name is the name of the folder.

    `left_out` names what is not even read, and a folder without any file.
    """

    username: str
    files: tuple[Path, ...]
    left_out: tuple[FileReport, ...] = ()

    @property
    def name(self) -> str:
        """The folder's name, as it is printed."""
        return printable(self.username)


class FolderRefused(ValueError):
    """The folder does not hold one folder of pictures for each person."""


def person_folders(root: Path) -> list[PersonFolder]:
    """List the people of a folder with their files, both sorted by name.

    What a file holds is found out when it is read: its name says nothing. Raises FolderRefused if
    there is no file at all, and OSError if a folder cannot be read.
    """
    if not root.is_dir():
        raise FolderRefused(_("%(path)s is not a folder") % {"path": root})
    folders = [_person_folder(folder) for folder in _contents(root) if folder.is_dir()]
    if not any(folder.files for folder in folders):
        raise FolderRefused(_("%(path)s holds no <username>/*.jpg") % {"path": root})
    return folders


def loose_files(root: Path) -> list[FileReport]:
    """Name the files that lie beside the people's folders and so belong to nobody."""
    words = _("not read: it lies in no voter's folder")
    return [FileReport(printable(file.name), words) for file in _contents(root) if file.is_file()]


def printable(name: str) -> str:
    """Return a file's name as text; bytes that are not UTF-8 are written as numbers."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _contents(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not is_system_file(path.name))


def _person_folder(folder: Path) -> PersonFolder:
    contents, name = _contents(folder), printable(folder.name)
    inner = [path for path in contents if path.is_dir()]
    words = _("not read: it is a folder inside a voter's folder")
    left_out = [FileReport(f"{name}/{printable(path.name)}", words) for path in inner]
    if not contents:
        left_out.append(FileReport(name, _("there is no picture in this folder")))
    files = tuple(path for path in contents if path not in inner)
    return PersonFolder(folder.name, files, tuple(left_out))


def enrol_folder(
    folder: PersonFolder, engine: Engine, *, create: bool, paper_consent: bool = False
) -> Iterator[FileReport]:
    """Enrol one person, and yield one report for each file and for what was left out.

    With `create` a voter without a password is made if there is none of this name. With
    `paper_consent` it is recorded that the voter has signed the consent on paper. A file or a
    name that is refused raises nothing; its report says why.
    """
    yield from folder.left_out
    if not folder.files:
        return
    try:
        user = _voter(folder.username, create=create)
    except PersonRefused as refusal:
        for path in folder.files:
            yield FileReport(f"{folder.name}/{printable(path.name)}", str(refusal))
        return
    if paper_consent:
        record_paper_consent(user, actor=None, now=timezone.now())
    stored: list[tuple[str, UUID]] = []
    for path in folder.files:
        name = f"{folder.name}/{printable(path.name)}"
        kept = _keep(user, path)
        if isinstance(kept, str):
            yield FileReport(name, kept)
        else:
            stored.append((name, kept))
    for _name, photo_id in stored:
        encode(photo_id, engine, now=timezone.now())
    for name, photo_id in stored:
        yield FileReport(name, _refusal_of(photo_id))


def _keep(user: User, path: Path) -> UUID | str:
    """Store a file as a photo; return its id, or why it was refused."""
    try:
        return store_photo(user, _read(path), None).pk
    except PhotoDuplicate as duplicate:
        # Enrolling a folder a second time changes nothing and reports the same.
        return duplicate.photo_id
    except PhotoRefused as refusal:
        return refusal.words
    except OSError as error:
        return error.strerror or _("cannot be read")


class PersonRefused(LookupError):
    """There is no voter of this name, and none can be made."""


def _voter(username: str, *, create: bool) -> User:
    if printable(username) != username:
        raise PersonRefused(_("the name of this folder is not in UTF-8; give it a new name"))
    user = User.named(username)
    if user is not None:
        return user
    if not create:
        raise PersonRefused(_("there is no voter of this name (see --create-voters)"))
    return _new_voter(username)


@transaction.atomic
def _new_voter(username: str) -> User:
    user = User(username=User.normalize_username(username))
    user.set_unusable_password()
    try:
        user.full_clean(exclude=["password"])
    except ValidationError:
        raise PersonRefused(_("this folder's name cannot be a user name")) from None
    user.save()
    record(Action.USER_CREATED, actor=None, subject=user_subject(user.pk))
    return user


def _read(path: Path) -> bytes:
    """Read a file; one that is far too large to be a photo is refused before it is read.

    Raises PhotoRefused for such a file, and OSError if it cannot be read.
    """
    if path.stat().st_size > MAX_BYTES_READ:
        raise PhotoRefused(PhotoRefusalCode.TOO_LARGE)
    return path.read_bytes()


def _refusal_of(photo_id: UUID) -> str:
    photo = ReferencePhoto.objects.select_related("resembles").filter(pk=photo_id).first()
    if photo is None:
        return _("was removed meanwhile")
    if photo.state == PhotoState.USABLE:
        return ""
    if photo.state == PhotoState.WAITING:
        return _("is still waiting: another worker has it")
    words = str(PhotoReason(photo.reason).label)
    return f"{words} ({photo.resembles.get_username()})" if photo.resembles else words
