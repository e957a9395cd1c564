"""The public board and the ballot box."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from voting.models.elections import Election


class Board(models.Model):
    """The end of an election's chain of events. Appending moves it by a conditional update."""

    election = models.OneToOneField(Election, on_delete=models.PROTECT, related_name="board")
    count = models.PositiveIntegerField(default=0)
    hash = models.CharField(max_length=64)
    hour = models.CharField(max_length=20, blank=True)


class BoardEvent(models.Model):
    """One event on the board. `line` holds the bytes as published; the rest is copied from it."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    tracker = models.CharField(max_length=64, blank=True)
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    line = models.BinaryField()

    class Meta:
        verbose_name = _("board event")
        verbose_name_plural = _("board events")
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(fields=["election", "seq"], name="board_seq_once"),
        ]
        indexes = [models.Index(fields=["election", "tracker"])]


class CastBallot(models.Model):
    """An encrypted ballot. It has no time: the board tells the hour and nothing finer."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="ballots")
    credential = models.CharField(max_length=64)
    tracker = models.CharField(max_length=64)
    ballot = models.BinaryField()
    live = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("encrypted ballot")
        verbose_name_plural = _("encrypted ballots")
        constraints = [
            models.UniqueConstraint(fields=["election", "tracker"], name="tracker_once"),
            models.UniqueConstraint(
                fields=["election", "credential"],
                condition=Q(live=True),
                name="one_live_ballot_a_voter",
            ),
        ]


class UsedCiphertext(models.Model):
    """The alpha of each ciphertext in the box. The constraint refuses a ballot that copies one."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="+")
    alpha = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["election", "alpha"], name="ciphertext_once"),
        ]


class SpoiledBallot(models.Model):
    """A ballot that its voter opened to check it. It can never be cast."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="spoiled")
    credential = models.CharField(max_length=64)
    tracker = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("opened ballot")
        verbose_name_plural = _("opened ballots")
        constraints = [
            models.UniqueConstraint(fields=["election", "tracker"], name="spoiled_once"),
        ]
