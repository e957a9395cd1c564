"""HTTP through Django, websockets through Channels."""

from __future__ import annotations

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import CookieMiddleware, SessionMiddleware
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facevote.settings")
try:
    http = get_asgi_application()
except ImproperlyConfigured as error:
    raise SystemExit(str(error)) from None

from biometrics.verification import runner
from biometrics.verification.routing import websocket_urlpatterns
from facevote.metrics.exposing import measured
from facevote.serving.body_limits import limit_bodies
from facevote.serving.memory import give_large_blocks_back
from facevote.serving.stopping import finish_before_stopping, finishing

application = finishing(
    ProtocolTypeRouter(
        {
            "http": http,
            "websocket": CookieMiddleware(SessionMiddleware(URLRouter(websocket_urlpatterns))),
        }
    )
)

give_large_blocks_back()
if settings.METRICS_ADDRESS:
    application = measured(application)
limit_bodies()
finish_before_stopping()
# The server process, not a test or a command that looks at this module for its routes.
if settings.WARM_ENGINE:
    runner.warm()
