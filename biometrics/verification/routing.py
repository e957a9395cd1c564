from __future__ import annotations

from django.urls import path

from biometrics.verification.consumers import VerificationConsumer

SOCKET_PATH = "/ws/verify/"

websocket_urlpatterns = [path(SOCKET_PATH.lstrip("/"), VerificationConsumer.as_asgi())]
