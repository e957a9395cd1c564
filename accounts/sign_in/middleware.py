"""What the sign-in does around every view: half a login is ended, a held-back try is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import auth

from accounts.sign_in import known_browser, lock, login

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class CompleteLoginOnly:
    """Logs out a session that did not go through every step that its user's login requires.

    No page of this site makes such a session. But a voter may become an official, an operator may
    switch on the officials' second factor, or some code may call Django's login() directly. The
    session then counts for nothing: not for pages, not for the administration, not for the API, and
    it gets no ticket for the face step's socket.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        has_login = auth.SESSION_KEY in request.session
        if has_login and request.user.is_authenticated and not login.is_complete(request):
            auth.logout(request)
        return self.get_response(request)


class HeldBackSignIn:
    """Answers a try whose password was not compared, and remembers browsers that signed in.

    django-axes has a middleware of its own for the first. Under ASGI it loses the page that the
    view has made, and so every locked sign-in would end in a 500.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = lock.answer(request, self.get_response(request))
        name = login.just_completed(request)
        if name:
            known_browser.remember(
                request, response, lock.mark_of_name(request, {"username": name})
            )
        return response
