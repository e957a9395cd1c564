"""HTTP through Django, websockets through Channels."""

from __future__ import annotations

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import CookieMiddleware, SessionMiddleware
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facevote.settings")
http = get_asgi_application()

from biometrics.routing import websocket_urlpatterns  # noqa: E402  (needs the apps loaded)

application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": CookieMiddleware(SessionMiddleware(URLRouter(websocket_urlpatterns))),
    }
)
