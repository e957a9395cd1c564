from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from biometrics.engine.artifacts import load_artifact
from biometrics.engine.errors import ArtifactRefused
from biometrics.engine.matching.centring import Centring, unit
from biometrics.engine.matching.encoding import DescriptorNetwork, Encoder
from biometrics.engine.pipeline import Engine

NETWORK = "encoder-sface"
LENGTH = 8
NUMBERS = st.floats(-1, 1, width=32)


def descriptors(rows):
    return arrays(np.float32, (rows, LENGTH), elements=NUMBERS).map(unit)


@given(descriptors(5), descriptors(3))
def test_what_is_left_has_no_part_along_the_groups(people, means):
    centring = Centring.from_means("", means)

    left = centring.apply(people)

    assert np.abs(left @ centring.directions).max(initial=0) < 1e-3
    lengths = np.linalg.norm(left, axis=1)
    assert np.all(np.isclose(lengths, 1, atol=1e-5) | (lengths == 0))


@given(descriptors(4), descriptors(3))
def test_one_by_one_is_the_same_as_all_at_once(people, means):
    centring = Centring.from_means("", means)

    one_by_one = np.stack([centring.apply(person) for person in people])

    assert one_by_one == pytest.approx(centring.apply(people), abs=1e-5)


def crowd(mean, people, random):
    return unit(mean + random.normal(size=(people, LENGTH)))


def test_strangers_of_one_group_are_no_longer_alike():
    random = np.random.default_rng(0)
    at_large, group = random.normal(size=(2, LENGTH)) * 2
    means = np.stack([crowd(it, 500, random).mean(axis=0) for it in (at_large, group)])
    strangers = crowd(group, 200, random)

    left = Centring.from_means("", means).apply(strangers)

    assert mean_likeness(strangers) > 0.5
    assert abs(mean_likeness(left)) < 0.02
    # Subtracting the mean of others alone leaves what the group has in common.
    assert mean_likeness(Centring.from_means("", means[:1]).apply(strangers)) > 0.3


def mean_likeness(vectors):
    return float((vectors @ vectors.T)[np.triu_indices(len(vectors), 1)].mean())


def test_two_groups_of_the_same_mean_count_once():
    means = np.eye(3, LENGTH)

    assert Centring.from_means("", means[[0, 1, 1]]).directions.shape == (LENGTH, 1)
    assert Centring.from_means("", means[[0, 1, 2]]).directions.shape == (LENGTH, 2)
    assert Centring.from_means("", means[[0, 0]]).directions.shape == (LENGTH, 0)


@pytest.fixture(scope="module")
def network(models_dir):
    return DescriptorNetwork(load_artifact(models_dir, NETWORK))


def change(models, changed):
    path = models / "centring-sface.json"
    card = json.loads(path.read_text())
    changed(card)
    path.write_text(json.dumps(card))


def test_means_of_another_network_are_refused(models, network):
    change(models, lambda card: card.update(network_sha256="0" * 64))

    with pytest.raises(ArtifactRefused, match=r"centring-sface\.json was made for another network"):
        network.load_centring(models)


@pytest.mark.parametrize(
    "changed",
    [
        lambda card: card.pop("groups"),
        lambda card: card.update(groups=[]),
        lambda card: card.update(groups=7),
        lambda card: card["groups"][0].pop("mean"),
        lambda card: card["groups"][0]["mean"].pop(),
        lambda card: [group["mean"].pop() for group in card["groups"]],
        lambda card: card["groups"][1].update(mean="near"),
        lambda card: card["groups"][1]["mean"].__setitem__(0, float("nan")),
    ],
)
def test_a_broken_card_is_refused(models, network, changed):
    change(models, changed)

    with pytest.raises(ArtifactRefused, match="centring-sface"):
        network.load_centring(models)


def test_a_moved_mean_is_another_encoder_without_thresholds(models):
    before = Encoder.load(models, "sface").sha256
    change(models, lambda card: card["groups"][0]["mean"].__setitem__(0, 0.5))

    assert Encoder.load(models, "sface").sha256 != before
    with pytest.raises(ArtifactRefused, match="matching-sface"):
        Engine.load(models, encoder="sface", pad=False)


def test_an_attempt_is_told_which_means_were_used(models_dir):
    hashes = Encoder.load(models_dir, "sface-arcface").hashes

    assert {"centring-sface", "centring-arcface-512", NETWORK} < set(hashes)
