"""Collects liveness data from the browser: a page of the administration, and each picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import JsonResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.at_rest.disk_full import is_out_of_room
from accounts.audit import Action, record
from accounts.officials_only import officials_only
from accounts.signed_in import official
from biometrics.collection import pictures
from biometrics.collection.forms import CollectionForm
from biometrics.collection.labelled_pictures import CollectionRefused
from biometrics.collection.pictures import Taken
from biometrics.enrolment.refusals import WORDS as REFUSALS
from biometrics.enrolment.refusals import PhotoRefusalCode
from biometrics.enrolment.views import MAX_PHOTO_BYTES
from biometrics.models import Enrolment

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PERMISSION = "biometrics.collect_livenessframe"
WORDS = {
    Taken.KEPT: gettext_lazy("Kept."),
    Taken.KNOWN: gettext_lazy("This very picture is there already."),
    Taken.NO_FACE: gettext_lazy("Not kept: there must be exactly one face in the picture."),
    Taken.UNREADABLE: gettext_lazy("Not kept: the picture cannot be read."),
}


@require_safe
@permission_required(PERMISSION, raise_exception=True)
def page(request: HttpRequest) -> HttpResponse:
    """The page of the administration; `admin_view` has checked that the user is an official."""
    context = {
        **admin.site.each_context(request),
        "title": _("Collect liveness data"),
        "opts": Enrolment._meta,
        "form": CollectionForm(),
        "kept": pictures.count(),
    }
    return TemplateResponse(request, "admin/biometrics/enrolment/collect.html", context)


@require_POST
@officials_only(PERMISSION)
def picture(request: HttpRequest) -> HttpResponse:
    """Take one picture with its labels; answer with words for the operator and the new count."""
    form, file = CollectionForm(request.POST), request.FILES.get("photo")
    if not form.is_valid() or file is None or (file.size or 0) > MAX_PHOTO_BYTES:
        return JsonResponse({"error": _first_error(form)}, status=400)
    try:
        taken = pictures.take(file.read(), form.as_label(form.cleaned_data))
    except CollectionRefused as refusal:
        return JsonResponse({"error": str(refusal)}, status=400)
    except OSError as error:
        if not is_out_of_room(error):
            raise
        return JsonResponse({"error": str(REFUSALS[PhotoRefusalCode.NO_ROOM])}, status=507)
    if taken is Taken.KEPT:
        with transaction.atomic():
            record(Action.LIVENESS_PICTURE_KEPT, actor=official(request), subject="liveness-data")
    body = {"taken": taken, "words": str(WORDS[taken]), "kept": pictures.count()}
    return JsonResponse(body)


def _first_error(form: CollectionForm) -> str:
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields and name != "agreed" else ""
        return f"{label}: {errors[0]}" if label else str(errors[0])
    return _("There is no picture, or it is too large.")
