"""The queue of tasks in a folder, for sites without a message broker.

Kombu's own transport writes a message to a file that already has the name by which a worker finds
it. A worker that looks at that moment takes an empty file, loses the message and stops. Here a file
gets its name only when all of it is written.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps

from biometrics.engine.whole_files import write_atomically


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: dict[str, Any], **_kwargs: Any) -> None:  # type: ignore[override]
        """Add a message. Raises ChannelError if the disk is full or cannot be written."""
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        try:
            write_atomically(Path(self.data_folder_out) / name, dumps(payload).encode())
        except OSError as error:
            raise ChannelError(f"{name} cannot be added to the queue: {error}") from error

    def _queue_bind(self, exchange: str, *args: Any) -> None:
        """Bind a queue. The file of the exchange is created first: nobody ever reads it empty."""
        file: Path = self._exchange_file(exchange)  # type: ignore[attr-defined]  # newer than the stubs
        if not file.exists():
            self._create_exchange(file)
        super()._queue_bind(exchange, *args)

    def _create_exchange(self, file: Path) -> None:
        """Create the file, unless another process does so first. Raises ChannelError."""
        try:
            with file.with_suffix(".lock").open("ab") as lock_file:
                filesystem.lock(lock_file, filesystem.LOCK_EX)  # type: ignore[attr-defined,arg-type]
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
