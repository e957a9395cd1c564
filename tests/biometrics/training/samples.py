"""Labelled samples without people: directions in space, with something of the day added."""

from __future__ import annotations

import numpy as np

from biometrics.training.matching.samples import Samples

LENGTH = 64


def drawn(*, people=40, each=8, spread=0.6, likeness=0.0, group="lfw", seed=0, sessions=0):
    """`likeness` moves all people of the group together; `sessions` groups their samples."""
    random = np.random.default_rng(seed)
    shared = random.normal(size=LENGTH) * likeness
    own = random.normal(size=(people, LENGTH)) + shared
    vectors = own[:, None] + random.normal(size=(people, each, LENGTH)) * spread
    vectors = vectors.reshape(-1, LENGTH)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = vectors.astype(np.float32)
    count = len(vectors)
    names = [f"P{n:03d}_{k + 1:04d}.jpg" for n in range(people) for k in range(each)]
    held = [
        f"s{k % sessions}" if sessions else names[n * each + k]
        for n in range(people)
        for k in range(each)
    ]
    return Samples(
        names=np.array(names),
        people=np.repeat([f"{group}/P{n:03d}" for n in range(people)], each),
        sessions=np.array(held),
        groups=np.full(count, group),
        acquired=np.ones(count, dtype=bool),
        probes=vectors,
        references=vectors.copy(),
        quality=(quality := random.random(count).astype(np.float32)),
        fit=quality > 0.1,
        encoder="test",
        encoder_sha256="a" * 64,
    )


def joined(*parts):
    def together(name):
        return np.concatenate([getattr(part, name) for part in parts])

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
        **{name: together(name) for name in columns}, encoder="test", encoder_sha256="a" * 64
    )
