"""The API: public data for everybody; for officials, what they may see in the administration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ParseError
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
from voting.api.parameters import require_known
from voting.board import reading
from voting.counting.results import result_data
from voting.elections.public_elections import public_elections
from voting.models import Election, State
from voting.refusals import StepRefused
from voting.roll.direct_import import import_now
from voting.roll.export_record import record_export
from voting.roll.reading.problems import RollFileRefused

if TYPE_CHECKING:
    from collections.abc import Iterable

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


PUBLIC_STATES = tuple(state.value for state in State if state != State.DRAFT)
ROLL = allowed(
    Needed("voting.view_voterrollentry", Scope.ROLLS_READ),
    Needed("voting.add_voterrollentry", Scope.ROLLS_WRITE),
)
VOTERS = allowed(Needed("accounts.view_user", Scope.VOTERS_READ))
PHOTOS = allowed(
    Needed("biometrics.view_referencephoto", Scope.PHOTOS_READ),
    Needed("biometrics.add_referencephoto", Scope.PHOTOS_WRITE),
)


class KnownParameters(ReadOnlyModelViewSet[Any]):
    """`filters` are the parameters that the list takes besides those of its pages."""

    filters: tuple[str, ...] = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raises ParseError for a parameter that would have no effect."""
        super().initial(request, *args, **kwargs)
        also = self.filters if self.action == "list" else ()
        require_known(request, self.action, also=also)


@extend_schema_view(
    list=extend_schema(parameters=[OpenApiParameter("state", enum=list(PUBLIC_STATES))])
)
class ElectionViewSet(KnownParameters):
    filters = ("state",)
    serializer_class = serializers.ElectionSerializer
    permission_classes = [AllowAny]
    lookup_field = "slug"
    # Other signs lead nowhere, and PostgreSQL refuses to compare with some of them.
    lookup_value_regex = "[-a-zA-Z0-9_]+"

    def get_queryset(self) -> QuerySet[Election]:
        if self.action == "roll" and self.request.user.is_staff:
            return Election.objects.order_by("-pk")
        state = self.request.query_params.get("state") if self.action == "list" else None
        if state is None:
            return public_elections()
        if state not in PUBLIC_STATES:
            raise ParseError(_("“state” is one of: %s.") % ", ".join(PUBLIC_STATES))
        return public_elections().filter(state=state)

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
        request={"multipart/form-data": serializers.RollFileSerializer},
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
        # The page is made before the transaction, so that nobody waits for the database meanwhile.
        page = serializers.RollEntrySerializer(self.paginate_queryset(entries), many=True).data
        with transaction.atomic():
            record_export(official(request), [election.pk], rows=len(page))
        return self.get_paginated_response(page)


class VoterViewSet(KnownParameters):
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
    form = serializers.RollFileSerializer(data=request.data)
    if not form.is_valid():
        return _errors(text for texts in form.errors.values() for text in texts)
    entered = form.validated_data
    try:
        report = import_now(
            election,
            entered["file"].read(),
            actor=official(request),
            doubts_accepted=entered["doubts_accepted"],
            now=timezone.now(),
        )
    except RollFileRefused as refusal:
        return _errors(refusal.problems)
    except StepRefused as refusal:
        return _errors(refusal.reasons)
    rows = {"new": report.new, "update": report.changed, "skip": report.same}
    return Response({"rows": rows})


def _errors(sentences: Iterable[object]) -> Response:
    body = {"errors": [str(sentence) for sentence in sentences]}
    return Response(body, status.HTTP_400_BAD_REQUEST)


def _add_photo(voter: Any, request: Request) -> Response:
    form = serializers.FileSerializer(data=request.data)
    if not form.is_valid():
        words = " ".join(text for texts in form.errors.values() for text in texts)
        return Response({"code": "no_file", "words": words}, status.HTTP_400_BAD_REQUEST)
    try:
        photo = add_photo(voter, form.validated_data["file"].read(), official(request))
    except PhotoRefused as refusal:
        return Response({"code": refusal.code, "words": refusal.words}, refusal.status)
    return Response(serializers.PhotoSerializer(photo).data, status.HTTP_201_CREATED)
