"""Labelled samples without people: random directions in space, and noise around each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from biometrics.training.matching.samples import Samples

if TYPE_CHECKING:
    import numpy.typing as npt

LENGTH = 64


def random_samples(
    *,
    people: int = 40,
    each: int = 8,
    spread: float = 0.6,
    likeness: float = 0.0,
    group: str = "lfw",
    seed: int = 0,
    sessions: int = 0,
) -> Samples:
    """`each` samples of each person, `spread` wide.

    `likeness` makes all people of the group more alike. Each person's samples come from `sessions`
    sessions, or each from its own if that is 0.
    """
    random = np.random.default_rng(seed)
    shared = random.normal(size=LENGTH) * likeness
    own = random.normal(size=(people, LENGTH)) + shared
    directions = own[:, None] + random.normal(size=(people, each, LENGTH)) * spread
    directions = directions.reshape(-1, LENGTH)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    vectors = directions.astype(np.float32)
    count = len(vectors)
    names = [f"P{n:03d}_{k + 1:04d}.jpg" for n in range(people) for k in range(each)]
    session_names = [
        f"s{k % sessions}" if sessions else names[n * each + k]
        for n in range(people)
        for k in range(each)
    ]
    return Samples(
        names=np.array(names),
        people=np.repeat([f"{group}/P{n:03d}" for n in range(people)], each),
        sessions=np.array(session_names),
        groups=np.full(count, group),
        acquired=np.ones(count, dtype=bool),
        probes=vectors,
        references=vectors.copy(),
        quality=(quality := random.random(count).astype(np.float32)),
        fit=quality > 0.1,
        encoder="test",
        encoder_sha256="a" * 64,
    )


def joined(*parts: Samples) -> Samples:
    def join(column: str) -> npt.NDArray[Any]:
        return np.concatenate([getattr(part, column) for part in parts])

    columns = (
        "names",
        "people",
        "sessions",
        "groups",
        "acquired",
        "probes",
        "references",
        "quality",
        "fit",
    )
    return Samples(
        **{column: join(column) for column in columns}, encoder="test", encoder_sha256="a" * 64
    )
