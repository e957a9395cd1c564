"""The photos of one voter, for the officials' pages, as JSON and pictures that are not cached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.at_rest.sealing import SealBroken
from accounts.models import User
from accounts.officials_only import officials_only
from accounts.own_path import own_path
from accounts.proposals.words import PROPOSED
from accounts.signed_in import official, signed_in
from biometrics.engine_loader import engine
from biometrics.enrolment import notices
from biometrics.enrolment.by_two_officials import accept_or_propose, remove_or_propose
from biometrics.enrolment.photos import NothingToAccept, add_photo, encode_again
from biometrics.enrolment.queue import queue_report
from biometrics.enrolment.refusals import MAX_PHOTOS, WORDS, PhotoRefusalCode, PhotoRefused
from biometrics.enrolment.tiles import panel_of, tile_of
from biometrics.models import ReferencePhoto
from biometrics.storage.photos import PhotoGone, read_photo

if TYPE_CHECKING:
    from uuid import UUID

    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest

MAX_PHOTO_BYTES = 8 * 1024 * 1024


@require_http_methods(["GET", "HEAD", "POST"])
def photos(request: HttpRequest, user_id: int) -> HttpResponse:
    return upload(request, user_id) if request.method == "POST" else panel(request, user_id)


@officials_only("biometrics.view_referencephoto")
def panel(request: HttpRequest, user_id: int) -> HttpResponse:
    user = get_object_or_404(User, pk=user_id)
    return JsonResponse(panel_of(user, official(request)).as_json())


@officials_only("biometrics.add_referencephoto")
def upload(request: HttpRequest, user_id: int) -> HttpResponse:
    """Take the files of an upload, with one answer for each; a refused one stops no other."""
    user = get_object_or_404(User, pk=user_id)
    files = request.FILES.getlist("photo")[:MAX_PHOTOS]
    if not files:
        return _refusal(_("There is no file in this upload."))
    actor = official(request)
    answers = [_take(file, user, actor) for file in files]
    return JsonResponse({"files": answers}, status=_status(answers))


def _take(file: UploadedFile[Any], user: User, actor: User) -> dict[str, Any]:
    if (file.size or 0) > MAX_PHOTO_BYTES:
        return _file_refusal(PhotoRefusalCode.TOO_LARGE)
    try:
        photo = add_photo(user, file.read(), actor)
    except PhotoRefused as refusal:
        return _file_refusal(refusal.code)
    return {"photo": tile_of(photo, actor).as_json()}


def _status(answers: list[dict[str, Any]]) -> int:
    if any("photo" in answer for answer in answers):
        return 201
    return max(PhotoRefused(answer["code"]).status for answer in answers)


def _file_refusal(code: PhotoRefusalCode) -> dict[str, Any]:
    return {"code": code, "error": str(WORDS[code])}


@require_POST
@officials_only("biometrics.delete_referencephoto")
def remove(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    photo = ReferencePhoto.objects.filter(pk=photo_id).first()
    is_done = photo is None or remove_or_propose(photo, actor=official(request))
    return JsonResponse({} if is_done else {"proposed": str(PROPOSED)})


@require_POST
@officials_only("biometrics.change_referencephoto")
def encode(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    photo = get_object_or_404(ReferencePhoto, pk=photo_id)
    if not encode_again([photo]):
        return _refusal(_("The picture was not kept, so it cannot be encoded again."))
    return JsonResponse({})


@require_POST
@officials_only("biometrics.change_referencephoto")
def accept(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    photo = get_object_or_404(ReferencePhoto, pk=photo_id)
    try:
        is_done = accept_or_propose(photo, actor=official(request))
    except NothingToAccept:
        return _refusal(_("This photo is not refused for looking like another voter."))
    return JsonResponse({} if is_done else {"proposed": str(PROPOSED)})


@require_safe
@officials_only("biometrics.view_referencephoto")
def picture(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    photo = get_object_or_404(ReferencePhoto, pk=photo_id)
    try:
        jpeg = read_photo(photo)
    except (PhotoGone, SealBroken):
        return HttpResponse(status=404)
    response = HttpResponse(jpeg, content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    return response


@require_safe
@officials_only("biometrics.view_referencephoto")
def queue(request: HttpRequest) -> HttpResponse:
    return JsonResponse(queue_report(engine().encoder_sha256).as_json())


def _refusal(words: str) -> JsonResponse:
    return JsonResponse({"error": words}, status=400)


@login_required
@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """The voter confirms the notices about photos that were enrolled for the account."""
    user = signed_in(request)
    if user is not None:
        notices.mark_read(user, now=timezone.now())
    return redirect(own_path(request, request.POST.get("next", "")) or "accounts:profile")
