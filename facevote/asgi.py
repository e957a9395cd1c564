"""HTTP through Django, websockets through Channels."""

from __future__ import annotations

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import CookieMiddleware, SessionMiddleware
from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facevote.settings")
http = get_asgi_application()

from biometrics import runner  # noqa: E402  (needs the apps loaded)
from biometrics.routing import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": CookieMiddleware(SessionMiddleware(URLRouter(websocket_urlpatterns))),
    }
)

# The server process, not a test or a command that looks at this module for its routes.
if settings.WARM_ENGINE:
    runner.warm()
