"""A way to a TCP server that can be closed and opened again: the server seems to be away."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

from benchmarks.harness.throwaway import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 65536


class Passage:
    """Passes bytes between clients of `port` on loopback and the server.

    While it is closed, clients are refused and those of before are cut off. While it is `silent`,
    clients are accepted and never answered.
    """

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self.port = free_port()
        self._listener: socket.socket | None = None
        self._links: list[socket.socket] = []
        self.silent = False

    def open(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port), reuse_port=True)
        threading.Thread(target=self._accept, args=[self._listener], daemon=True).start()

    def close(self) -> None:
        listener, self._listener = self._listener, None
        links, self._links = self._links, []
        for link in [*links, *([listener] if listener else [])]:
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
            link.close()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _address = listener.accept()
                self._links.append(client)
                if not self.silent:
                    self._join(client)

    def _join(self, client: socket.socket) -> None:
        server = socket.create_connection(self._server, 5)
        server.settimeout(None)
        self._links.append(server)
        for source, target in ((client, server), (server, client)):
            threading.Thread(target=_pass_on, args=[source, target], daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(CHUNK):
            target.sendall(data)
    for link in (source, target):
        with contextlib.suppress(OSError):
            link.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def passage(host: str, port: int) -> Iterator[Passage]:
    way = Passage(host, port)
    way.open()
    try:
        yield way
    finally:
        way.close()
