"""Decodes a HEIC in a process of its own: `python -m biometrics.engine.heic_process SIDE`.

Inside the file another file says how large the picture is, and only a decoder can read that. So
the decoder gets a limit of memory and of time that ends with the process: a forged file harms
nobody. The picture comes as PPM, or the exit code says why there is none.
"""

from __future__ import annotations

import io
import resource
import struct
import subprocess
import sys
from pathlib import Path

import pillow_heif
from PIL import Image

from biometrics.engine.flattening import NothingVisible, flattened

PROJECT = Path(__file__).resolve().parents[2]
MEMORY_BYTES = 2 << 30
SECONDS = 20
BROKEN, TRANSPARENT = 3, 4


class HeicRefused(ValueError):
    """There is no picture; `transparent` says that nothing of it is visible."""

    def __init__(self, *, transparent: bool) -> None:
        super().__init__("transparent" if transparent else "broken")
        self.transparent = transparent


def decoded(data: bytes, *, side: int) -> Image.Image:
    """Return the main picture, upright and on white, in RGB. Raises HeicRefused."""
    try:
        done = subprocess.run(  # noqa: S603  (a command of our own, and a number)
            [sys.executable, "-m", "biometrics.engine.heic_process", str(side)],
            input=data,
            capture_output=True,
            cwd=PROJECT,
            timeout=2 * SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise HeicRefused(transparent=False) from None
    if done.returncode != 0:
        raise HeicRefused(transparent=done.returncode == TRANSPARENT)
    return Image.open(io.BytesIO(done.stdout), formats=("PPM",))


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    pillow_heif.register_heif_opener(thumbnails=False)
    try:
        image = Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=("HEIF",))
        flattened(image, side=int(sys.argv[1])).save(sys.stdout.buffer, "PPM")
    except NothingVisible:
        return TRANSPARENT
    except (OSError, ValueError, SyntaxError, EOFError, RuntimeError, MemoryError, struct.error):
        return BROKEN
    return 0


if __name__ == "__main__":
    sys.exit(main())
