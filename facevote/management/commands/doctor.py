from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.checks import ERROR, run_checks
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from facevote.health.checks import Serving
from facevote.health.readiness import Standing, examine
from facevote.preparing import keys, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 12
WORDS = {Standing.OK: "well", Standing.WARNING: "LOOK", Standing.FAILED: "FAILED"}


class Command(BaseCommand):
    help = (
        "Say in words what is wrong with this site, and what to do about it. It changes nothing. "
        "The exit code is 1 if voters are affected, or if the site is not fit for the public."
    )
    # They are among what is told.
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"FaceVote {settings.VERSION}")
        failed = self._health()
        failed |= self._keys()
        failed |= self._settings()
        if failed:
            raise CommandError("Something is wrong: see above.")
        self.stdout.write("The site is well.")

    def _health(self) -> bool:
        report = examine()
        # Whether a web server was asked to end cannot be seen from here.
        findings = [finding for finding in report.findings if finding.title != Serving.title]
        for finding in findings:
            self._tell(finding.title, finding.standing, finding.words, finding.remedy)
        return not report.is_ready

    def _keys(self) -> bool:
        try:
            fit = keys.fit(tables.sealed_samples())
        except DatabaseError:
            return False  # told above
        remedy = "Put the TEMPLATE_KEYS of this site back: nothing else opens its photos and keys."
        standing = Standing.OK if fit else Standing.FAILED
        self._tell("keys", standing, "they do not open what is sealed", remedy)
        return not fit

    def _settings(self) -> bool:
        messages = list(_messages())
        for words, is_error in messages:
            self._tell("settings", Standing.FAILED if is_error else Standing.WARNING, words, "")
        return any(is_error for _words, is_error in messages)

    def _tell(self, title: str, standing: Standing, words: str, remedy: str) -> None:
        if standing is Standing.OK:
            self.stdout.write(f"{title:{WIDTH}} {WORDS[standing]}")
            return
        self.stdout.write(f"{title:{WIDTH}} {WORDS[standing]}: {words}")
        if remedy:
            self.stdout.write(f"{'':{WIDTH}} {remedy}")


def _messages() -> Iterator[tuple[str, bool]]:
    """What the checks say, and whether it is an error. With DEBUG the site is not public."""
    for message in run_checks(include_deployment_checks=not settings.DEBUG):
        if not message.is_silenced():
            yield f"{message.msg} ({message.id})", message.level >= ERROR
