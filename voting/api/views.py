"""The API: public data for everybody; for officials, what they may see in the administration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.api_tokens.authentication import is_in_scope
from accounts.api_tokens.tokens import Scope
from accounts.audit import Action, record
from accounts.signed_in import official
from biometrics.enrolment.photos import add_photo
from biometrics.enrolment.refusals import PhotoRefused
from biometrics.models import ReferencePhoto
from voting.api import serializers
from voting.board import reading
from voting.counting.results import result_data
from voting.elections.public_elections import public_elections
from voting.models import Election, State
from voting.roll.export_record import record_export
from voting.roll.file import RollFileRefused
from voting.roll.resources import RollResource, dataset_of

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.views import APIView


@dataclass(frozen=True, slots=True)
class Needed:
    """What a request needs: the official's permission, as in the admin, and a token's scope."""

    permission: str
    scope: Scope


def allowed(get: Needed, post: Needed | None = None) -> type[BasePermission]:
    """A permission class: officials need `get` to read and `post` to write."""

    class Allowed(BasePermission):
        def has_permission(self, request: Request, view: APIView) -> bool:
            needed = post if request.method == "POST" else get
            official = request.user
            return bool(
                needed
                and official
                and official.is_staff
                and official.has_perm(needed.permission)
                and is_in_scope(request, needed.scope)
            )

    return Allowed


ROLL = allowed(
    Needed("voting.view_voterrollentry", Scope.ROLLS_READ),
    Needed("voting.add_voterrollentry", Scope.ROLLS_WRITE),
)
VOTERS = allowed(Needed("accounts.view_user", Scope.VOTERS_READ))
PHOTOS = allowed(
    Needed("biometrics.view_referencephoto", Scope.PHOTOS_READ),
    Needed("biometrics.add_referencephoto", Scope.PHOTOS_WRITE),
)


class ElectionViewSet(ReadOnlyModelViewSet[Any]):
    serializer_class = serializers.ElectionSerializer
    permission_classes = [AllowAny]
    lookup_field = "slug"
    # Other signs lead nowhere, and PostgreSQL refuses to compare with some of them.
    lookup_value_regex = "[-a-zA-Z0-9_]+"

    def get_queryset(self) -> QuerySet[Election]:
        if self.action == "roll" and self.request.user.is_staff:
            return Election.objects.order_by("-pk")
        return public_elections()

    @extend_schema(responses=serializers.BoardEventSerializer(many=True))
    @action(detail=True)
    def board(self, request: Request, slug: str) -> Response:
        page = self.paginate_queryset(reading.public_events(self.get_object()))
        return self.get_paginated_response(serializers.BoardEventSerializer(page, many=True).data)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True)
    def result(self, request: Request, slug: str) -> Response:
        election = self.get_object()
        if election.state != State.RELEASED:
            raise Http404
        return Response(result_data(election))

    @extend_schema(methods=["GET"], responses=serializers.RollEntrySerializer(many=True))
    @extend_schema(
        methods=["POST"],
        request={"multipart/form-data": serializers.FileSerializer},
        responses={200: serializers.TotalsSerializer, 400: serializers.ErrorsSerializer},
    )
    @action(
        detail=True,
        methods=["get", "post"],
        permission_classes=[ROLL],
        parser_classes=[MultiPartParser],
    )
    def roll(self, request: Request, slug: str) -> Response:
        election = self.get_object()
        if request.method == "POST":
            return _import_roll(election, request)
        entries = election.roll.filter(removed_by__isnull=True).select_related("user")
        with transaction.atomic():
            page = serializers.RollEntrySerializer(self.paginate_queryset(entries), many=True).data
            record_export(official(request), [election.pk], rows=len(page))
        return self.get_paginated_response(page)


class VoterViewSet(ReadOnlyModelViewSet[Any]):
    serializer_class = serializers.VoterSerializer
    permission_classes = [VOTERS]
    lookup_value_regex = "[0-9]+"

    def get_queryset(self) -> QuerySet[Any]:
        return get_user_model().objects.order_by("pk")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with transaction.atomic():
            response = super().list(request, *args, **kwargs)
            _record_reading(request, rows=len(response.data["results"]))
        return response

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with transaction.atomic():
            response = super().retrieve(request, *args, **kwargs)
            _record_reading(request, rows=1)
        return response

    @extend_schema(methods=["GET"], responses=serializers.PhotoSerializer(many=True))
    @extend_schema(
        methods=["POST"],
        request={"multipart/form-data": serializers.FileSerializer},
        responses={
            201: serializers.PhotoSerializer,
            400: serializers.RefusalSerializer,
            507: serializers.RefusalSerializer,
        },
    )
    @action(
        detail=True,
        methods=["get", "post"],
        permission_classes=[PHOTOS],
        parser_classes=[MultiPartParser],
    )
    def photos(self, request: Request, pk: str) -> Response:
        voter = self.get_object()
        if request.method == "POST":
            return _add_photo(voter, request)
        photos = ReferencePhoto.objects.filter(user=voter).order_by("added_at")
        page = self.paginate_queryset(photos)
        return self.get_paginated_response(serializers.PhotoSerializer(page, many=True).data)


def _record_reading(request: Request, *, rows: int) -> None:
    record(Action.VOTERS_READ, actor=official(request), rows=rows)


def _import_roll(election: Election, request: Request) -> Response:
    """Import all rows or none. The answer names each error with its line and column."""
    form = serializers.FileSerializer(data=request.data)
    form.is_valid(raise_exception=True)
    try:
        dataset = dataset_of(form.validated_data["file"].read())
    except RollFileRefused as refusal:
        return Response(
            {"errors": [str(problem) for problem in refusal.problems]}, status.HTTP_400_BAD_REQUEST
        )
    result = RollResource(election).import_data(dataset, user=request.user)
    if result.has_errors() or result.has_validation_errors():
        return Response({"errors": _errors(result)}, status.HTTP_400_BAD_REQUEST)
    return Response({"rows": result.totals})


def _errors(result: Any) -> list[str]:
    messages = [str(error.error) for error in result.base_errors]
    messages += [str(error.error) for _line, errors in result.row_errors() for error in errors]
    messages += [text for row in result.invalid_rows for text in row.error.messages]
    return messages


def _add_photo(voter: Any, request: Request) -> Response:
    form = serializers.FileSerializer(data=request.data)
    form.is_valid(raise_exception=True)
    try:
        photo = add_photo(voter, form.validated_data["file"].read(), official(request))
    except PhotoRefused as refusal:
        return Response({"code": refusal.code, "words": refusal.words}, refusal.status)
    return Response(serializers.PhotoSerializer(photo).data, status.HTTP_201_CREATED)
