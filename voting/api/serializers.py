from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from biometrics.models import ReferencePhoto
from voting.ballots.page import ballot_contests
from voting.elections.turnout import turnout_of
from voting.models import BoardEvent, Election, VoterRollEntry
from voting.roll.reading.text import MAX_BYTES

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


class ElectionSerializer(serializers.ModelSerializer[Election]):
    contests = serializers.SerializerMethodField()
    turnout = serializers.SerializerMethodField()
    single_server_key = serializers.BooleanField(source="is_server_key")

    class Meta:
        model = Election
        fields = (
            "slug",
            "title",
            "description",
            "state",
            "opens_at",
            "closes_at",
            "released_at",
            "called_off_at",
            "called_off_reason",
            "allow_revote",
            "single_server_key",
            "fingerprint",
            "contests",
            "turnout",
        )

    def get_contests(self, election: Election) -> list[dict[str, Any]]:
        return [
            {
                "key": contest.key,
                "title": contest.title,
                "min": contest.min,
                "max": contest.max,
                "blank": contest.blank,
                "choices": [
                    {
                        "key": choice.key,
                        "name": choice.name,
                        "party": choice.party,
                        "colour": choice.colour,
                    }
                    for choice in contest.choices
                ],
            }
            for contest in ballot_contests(election)
        ]

    def get_turnout(self, election: Election) -> dict[str, int]:
        turnout = turnout_of(election)
        return {"eligible": turnout.eligible, "voted": turnout.voted}


class BoardEventSerializer(serializers.ModelSerializer[BoardEvent]):
    line = serializers.SerializerMethodField()

    class Meta:
        model = BoardEvent
        fields = ("seq", "kind", "tracker", "hash", "line")

    def get_line(self, event: BoardEvent) -> str:
        return bytes(event.line).decode()


class RollEntrySerializer(serializers.ModelSerializer[VoterRollEntry]):
    username = serializers.CharField(source="user.username", default="")

    class Meta:
        model = VoterRollEntry
        fields = ("voter_number", "name", "date_of_birth", "district", "username", "has_voted")


class VoterSerializer(serializers.ModelSerializer[Any]):
    class Meta:
        model = get_user_model()
        fields = ("id", "username", "first_name", "last_name", "email", "is_active")


class PhotoSerializer(serializers.ModelSerializer[ReferencePhoto]):
    words = serializers.CharField(source="get_reason_display", read_only=True)

    class Meta:
        model = ReferencePhoto
        fields = ("id", "state", "reason", "words", "added_at")


class FileSerializer(serializers.Serializer[Any]):
    file = serializers.FileField()

    def validate_file(self, file: UploadedFile[Any]) -> UploadedFile[Any]:
        """Refuse a file that is too large before it is read. Each use also has a smaller limit."""
        if (file.size or 0) > MAX_BYTES:
            raise serializers.ValidationError(_("The file is too large."))
        return file


class RollFileSerializer(FileSerializer):
    doubts_accepted = serializers.BooleanField(
        default=False,
        help_text=_("Import the file although something in it is unusual."),
    )


class TotalsSerializer(serializers.Serializer[Any]):
    rows = serializers.DictField(child=serializers.IntegerField())


class ErrorsSerializer(serializers.Serializer[Any]):
    errors = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]


class RefusalSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    words = serializers.CharField()
