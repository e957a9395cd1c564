"""Starts an evaluation, and serves the part of its page that changes while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.officials_only import officials_only
from accounts.signed_in import official
from biometrics.evaluation.comparing import request_evaluation
from biometrics.evaluation.report import evaluation_report

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

FOLDER = "admin/biometrics/enrolment"


@require_http_methods(["GET", "HEAD", "POST"])
def evaluation(request: HttpRequest) -> HttpResponse:
    return start(request) if request.method == "POST" else state(request)


@officials_only("biometrics.view_referencephoto")
def state(request: HttpRequest) -> HttpResponse:
    report = evaluation_report()
    context = {"report": report}
    return JsonResponse(
        {
            "busy": report.busy,
            "status": render_to_string(f"{FOLDER}/_evaluation_status.html", context).strip(),
            "figures": render_to_string(f"{FOLDER}/_evaluation.html", context),
        }
    )


@officials_only("biometrics.change_referencephoto")
def start(request: HttpRequest) -> HttpResponse:
    request_evaluation(official(request), now=timezone.now())
    return state(request)
