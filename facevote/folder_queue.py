"""The queue of tasks in a folder, for sites without a message broker.

Kombu's own writes a message under the name by which the worker finds it. A worker that looks in
that moment takes an empty file, loses the message and ends. Here a file has its name when it is
whole.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps

from biometrics.training.written_file import write_atomically


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: dict[str, Any], **_kwargs: Any) -> None:  # type: ignore[override]
        """Raises ChannelError for a disk that is full or cannot be written."""
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        try:
            write_atomically(Path(self.data_folder_out) / name, dumps(payload).encode())
        except OSError as error:
            raise ChannelError(f"{name} cannot be added to the queue: {error}") from error

    def _queue_bind(self, exchange: str, *args: Any) -> None:
        """Who is sent what stands in a file that is never seen empty."""
        file: Path = self._exchange_file(exchange)  # type: ignore[attr-defined]  # newer than the stubs
        if not file.exists():
            self._begin(file)
        super()._queue_bind(exchange, *args)

    def _begin(self, file: Path) -> None:
        """Where another process is first, its file is the one that counts."""
        try:
            with file.with_suffix(".lock").open("ab") as turn:
                filesystem.lock(turn, filesystem.LOCK_EX)  # type: ignore[attr-defined,arg-type]
                if not file.exists():
                    write_atomically(file, b"[]")
        except OSError as error:
            raise ChannelError(f"{file.name} cannot be written: {error}") from error


class Transport(filesystem.Transport):
    Channel = Channel

    @property
    def default_connection_params(self) -> dict[str, Any]:
        """A folder has no host; Kombu would warn that none is set."""
        return {}
