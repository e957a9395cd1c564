"""The state of the encoding queue, as the officials' page shows it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.moments import in_words
from biometrics.enrolment.reencoding import lost_voters, outdated_photos
from biometrics.models import PhotoReason, PhotoState, ReferencePhoto

if TYPE_CHECKING:
    from datetime import datetime

ERRORS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """One refused photo with a link to the voter's page. The voter's name is left out."""

    url: str
    words: str
    when: str


@dataclass(frozen=True, slots=True)
class QueueReport:
    """What the page shows; for the counts see QueueState. `percent` is how much is done."""

    waiting: int
    outdated: int
    refused: int
    settled: int
    lost: int
    percent: int
    summary: str
    problems: tuple[Problem, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def queue_report(encoder_sha256: str) -> QueueReport:
    """Report on the queue of the encoder that is in use."""
    state = queue_state(encoder_sha256)
    behind = state.waiting + state.outdated
    return QueueReport(
        waiting=state.waiting,
        outdated=state.outdated,
        refused=state.refused,
        settled=state.settled,
        lost=state.lost,
        percent=int(100 * state.done_share),
        summary=_("Working.") if behind else _("Everything is encoded."),
        problems=_problems(),
    )


def _problems() -> tuple[Problem, ...]:
    refused = ReferencePhoto.objects.filter(state=PhotoState.REFUSED, encoded_at__isnull=False)
    latest = refused.order_by("-encoded_at").values_list("user_id", "reason", "encoded_at")
    return tuple(
        Problem(
            reverse("admin:biometrics_enrolment_change", args=[user_id]),
            str(PhotoReason(reason).label),
            _when(at),
        )
        for user_id, reason, at in latest[:ERRORS_SHOWN]
    )


def _when(at: datetime | None) -> str:
    return in_words(at) if at else ""


@dataclass(frozen=True, slots=True)
class QueueState:
    """Counts of photos by their state.

    `settled` photos are usable or `refused`. `outdated` photos have a template of another encoder
    and will be encoded again. `lost` counts voters who need new photos for this encoder, because
    the files of theirs were not kept.
    """

    waiting: int
    settled: int
    refused: int
    outdated: int
    lost: int

    @property
    def total(self) -> int:
        return self.waiting + self.settled

    @property
    def done_share(self) -> float:
        behind = self.waiting + self.outdated
        return 1 - behind / self.total if self.total else 1.0


def queue_state(encoder_sha256: str) -> QueueState:
    """Count the photos for the encoder that is in use."""
    counts = ReferencePhoto.objects.aggregate(
        waiting=Count("pk", filter=Q(state=PhotoState.WAITING)),
        settled=Count("pk", filter=Q(state__in=[PhotoState.USABLE, PhotoState.REFUSED])),
        refused=Count("pk", filter=Q(state=PhotoState.REFUSED)),
    )
    return QueueState(
        **counts,
        outdated=outdated_photos(encoder_sha256).count(),
        lost=lost_voters(encoder_sha256),
    )
