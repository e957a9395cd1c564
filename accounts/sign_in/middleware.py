"""Nothing on this site is shown or done on the strength of half a login."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import auth

from accounts.sign_in import login

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class CompleteLoginOnly:
    """Ends a session that is logged in without the steps that its person's login needs.

    No page makes one. But a voter may become an official, the officials' second key may be
    switched on, or code may call Django's login(): then the session is worth nothing, in pages,
    administration and API, and gets no ticket for a socket.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        claimed = auth.SESSION_KEY in request.session
        if claimed and request.user.is_authenticated and not login.is_complete(request):
            auth.logout(request)
        return self.get_response(request)
