"""Which version of FaceVote answers, for programs that report a fault or wait for an upgrade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from voting.api.parameters import require_known

if TYPE_CHECKING:
    from rest_framework.request import Request


class VersionSerializer(serializers.Serializer[dict[str, str]]):
    version = serializers.CharField()


class VersionView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(responses=VersionSerializer)
    def get(self, request: Request) -> Response:
        require_known(request, None)
        return Response({"version": settings.VERSION})
