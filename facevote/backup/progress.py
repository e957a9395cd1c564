"""Bars in the terminal: how far a back-up or a restoration is."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tqdm import tqdm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def bars(photos: int | None = None) -> Iterator[Callable[[str, int], None]]:
    """Yield what is to be called with "database" and bytes, or with "photos" and their number.

    Nothing is shown where the error stream is no terminal.
    """
    with (
        tqdm(desc="Database", unit="B", unit_scale=True, file=sys.stderr, disable=None) as data,
        tqdm(desc="Photos", total=photos, file=sys.stderr, disable=None) as pictures,
    ):
        shown = {"database": data, "photos": pictures}

        def show(what: str, more: int) -> None:
            if what in shown:
                shown[what].update(more)

        yield show
