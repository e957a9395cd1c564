"""What people may ask of the site about themselves: a copy of everything, and the deletion."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.contrib import auth, messages
from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.audit import Action, record, user_subject
from accounts.proposals.protected import is_on_a_fixed_roll
from accounts.rights import deleting, own_data
from accounts.signed_in import voter

if TYPE_CHECKING:
    from django.http import HttpRequest


@login_required
@never_cache
@require_POST
def download(request: HttpRequest) -> HttpResponse:
    """A file of everything about the person who asks."""
    user = voter(request)
    with transaction.atomic():
        record(Action.OWN_DATA_EXPORTED, actor=user, subject=user_subject(user.pk))
        data = own_data.own_data(user)
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="facevote-my-data.json"'
    return response


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """Ask first, then delete: one wrong click must not end anybody's account."""
    user = voter(request)
    if request.method != "POST":
        context = {"must_stay": is_on_a_fixed_roll(user), "is_official": user.is_staff}
        return render(request, "accounts/delete_account.html", context)
    if user.is_staff:
        return redirect("accounts:delete")
    try:
        deleting.delete_account(user, actor=user, now=timezone.now())
    except deleting.DeletionRefused:
        return redirect("accounts:delete")
    auth.logout(request)
    messages.success(request, _("Your account is deleted."))
    return redirect("home")
