"""What the hosts of one site agree on, and what each tells of itself."""

from __future__ import annotations

from django.db import models


class Lease(models.Model):
    """A piece of work that one process of all hosts does at a time; see facevote/leases.py."""

    name = models.CharField(max_length=40, primary_key=True)
    holder = models.CharField(max_length=100, blank=True)
    until = models.DateTimeField()


class WorkerSign(models.Model):
    """When a worker on one host last carried out a task of the clock."""

    host = models.CharField(max_length=255, unique=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
