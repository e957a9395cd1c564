"""A server that starts in a fraction of the time: forked from a process with loaded libraries.

Nothing of the project, of Django's set-up or of the event loop is loaded before the fork. The
server is the same daphne with the same application.
"""

from __future__ import annotations

import multiprocessing
import os
from typing import TYPE_CHECKING

from benchmarks.harness import throwaway

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess
    from pathlib import Path

LIBRARIES = [
    *("numpy", "cv2", "PIL.Image", "ai_edge_litert.interpreter", "rbcl", "yaml"),
    *("celery.app", "celery.utils.threads", "kombu.transport.filesystem", "brotli"),
    *("cryptography.x509", "cryptography.hazmat.primitives.ciphers.aead", "service_identity"),
    *("django.http", "django.urls", "django.template", "django.db.models", "sqlparse"),
    *("autobahn.websocket", "zope.interface", "attr", "psycopg", "psycopg_pool"),
]
_fork = multiprocessing.get_context("forkserver")


class PreloadedServer(throwaway.Server):
    """A `Server` that is a fork of this module's fork server."""

    def __init__(self, data: Path) -> None:
        super().__init__(data, throwaway.free_port(), "facevote.asgi:application")
        _fork.set_forkserver_preload(LIBRARIES)
        self._child: BaseProcess | None = None

    @property
    def is_running(self) -> bool:
        return self._child is not None and self._child.is_alive()

    def start(self) -> None:
        self._child = _fork.Process(target=_serve, args=(self.port, str(self._log)), daemon=True)
        self._child.start()
        self._wait()

    def kill(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.join()

    stop = kill


def _serve(port: int, log: str) -> None:
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    from daphne.cli import CommandLineInterface

    options = ["-v", "0", "-b", "127.0.0.1", "-p", str(port), "facevote.asgi:application"]
    CommandLineInterface().run(options)
