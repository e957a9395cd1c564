"""A folder of faces, encoded for those benchmarks that count errors among its people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from biometrics.training.matching.samples import collect, pictures_in

if TYPE_CHECKING:
    from biometrics.training.matching.samples import Samples

MODELS_DIR = Path(__file__).resolve().parents[1] / "models"


def encoded(folder: Path, group: str, encoder: str | None, *, centred: bool = True) -> Samples:
    """PERSON/[SESSION/]picture below `folder`; its people are of `group`."""
    pictures = pictures_in(folder, {}, group)
    if not pictures:
        raise SystemExit(f"{folder} holds no PERSON/picture.")
    return collect(
        pictures,
        MODELS_DIR,
        encoder=encoder,
        centred=centred,
        progress=lambda rows, total: tqdm(rows, desc=group, total=total, disable=None),
    )
