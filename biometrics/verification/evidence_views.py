"""Shows the kept frames of a refused attempt to officials who may see them, and records it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.at_rest.sealing import SealBroken
from accounts.audit import Action, record, user_subject
from accounts.officials_only import officials_only
from accounts.signed_in import official
from biometrics.models import EvidenceFrame
from biometrics.verification import evidence

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest


@require_safe
@officials_only("biometrics.view_evidenceframe")
def picture(request: HttpRequest, frame_id: UUID) -> HttpResponse:
    frame = get_object_or_404(EvidenceFrame, pk=frame_id)
    try:
        jpeg = evidence.read(frame)
    except SealBroken:
        return HttpResponse(status=404)
    with transaction.atomic():
        record(Action.EVIDENCE_SEEN, actor=official(request), subject=user_subject(frame.user_id))
    response = HttpResponse(jpeg, content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    return response
