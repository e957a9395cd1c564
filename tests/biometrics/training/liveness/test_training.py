"""The real network is fitted to a few drawn pictures: repeatable, and resumable after Ctrl-C."""

from __future__ import annotations

import json

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="TensorFlow comes with the group `train`.")

from biometrics.training.conversion.convolution_graph import Stored, export_tflite
from biometrics.training.liveness import features as liveness_features
from biometrics.training.liveness import network
from biometrics.training.liveness.dataset import Side
from biometrics.training.liveness.features import Plan
from biometrics.training.liveness.training import (
    TRAINED_SHARE,
    History,
    Labelled,
    ResumeRefused,
    Schedule,
    Trainer,
    reproducible,
)
from tests.biometrics.training.liveness.examples import example

EPOCHS = 3


@pytest.fixture(scope="module")
def front():
    reproducible(5)
    return export_tflite(network.halves(network.build())[0], Stored.FLOAT32)


@pytest.fixture(scope="module")
def labelled(front, tmp_path_factory):
    folder = tmp_path_factory.mktemp("features")

    def make(side, variants, seeds):
        some = [example(seed, bona_fide=seed % 2 == 0, side=side) for seed in seeds]
        features = liveness_features.compute(front, some, Plan(variants, 1), folder / f"{side}.npy")
        bona_fide = np.array([one.bona_fide for one in some])
        return Labelled(features, bona_fide, np.ones(len(some), np.float32))

    return make(Side.TRAIN, 2, range(12)), make(Side.CHOOSE, 0, range(20, 26))


def trainer(folder, *, plan="one", epochs=EPOCHS):
    folder.mkdir(exist_ok=True)
    reproducible(5)
    back = network.halves(network.build())[1]
    return Trainer(back, Schedule(epochs, patience=9, seed=5), folder, plan=plan)


def fitted(one, labelled, *, stop_after=EPOCHS):
    """The trainer after it was fitted, or broken off after so many epochs."""

    def tell(history):
        if len(history.loss) == stop_after < EPOCHS:
            raise KeyboardInterrupt

    one.fit(*labelled, tell)
    return one


@pytest.mark.slow
def test_features_do_not_depend_on_the_number_of_threads(front, tmp_path):
    some = [example(seed) for seed in range(5)]

    one, three = (
        np.array(
            liveness_features.compute(
                front, some, Plan(2, 1), tmp_path / f"{threads}.npy", threads=threads
            )
        )
        for threads in (1, 3)
    )

    assert one.shape[:2] == (5, 2)
    assert (one == three).all()


@pytest.mark.slow
def test_the_same_seed_gives_the_same_weights(labelled, tmp_path):
    one, same = (fitted(trainer(tmp_path / name), labelled) for name in "ab")

    assert one.history.loss[-1] < one.history.loss[0]
    assert one.history == same.history
    assert not one.stopped_early
    assert (one.scores(labelled[1].features) == same.scores(labelled[1].features)).all()


@pytest.mark.slow
def test_a_training_that_was_broken_off_ends_as_if_it_had_not_been(labelled, tmp_path):
    whole = fitted(trainer(tmp_path / "whole"), labelled)
    with pytest.raises(KeyboardInterrupt):
        fitted(trainer(tmp_path / "broken"), labelled, stop_after=2)

    again = trainer(tmp_path / "broken")
    again.resume()
    fitted(again, labelled)

    assert again.history == whole.history
    assert (again.scores(labelled[1].features) == whole.scores(labelled[1].features)).all()


@pytest.mark.slow
def test_the_state_of_another_training_is_not_gone_on_with(labelled, tmp_path):
    fitted(trainer(tmp_path), labelled)

    with pytest.raises(ResumeRefused, match="other data"):
        trainer(tmp_path, plan="another").resume()


@pytest.mark.slow
def test_there_must_be_something_to_resume(tmp_path):
    with pytest.raises(ResumeRefused, match="nothing to resume"):
        trainer(tmp_path).resume()


@pytest.mark.slow
def test_the_weights_go_back_a_part_of_the_way_to_where_they_started(labelled, tmp_path):
    one = trainer(tmp_path)
    start = one._back.get_weights()
    fitted(one, labelled)
    end = one._back.get_weights()

    one.mix(start)

    for before, trained, mixed in zip(start, end, one._back.get_weights(), strict=True):
        assert np.allclose(mixed, before + TRAINED_SHARE * (trained - before), atol=1e-6)
    assert any((before != trained).any() for before, trained in zip(start, end, strict=True))


@pytest.mark.slow
def test_it_stops_when_the_choosing_side_no_longer_gains(labelled, tmp_path):
    one = trainer(tmp_path, epochs=EPOCHS)
    one.history.loss, one.history.choose_loss = [1.0], [1e-9]
    one.history.choose_accuracy, one.history.choose_eer = [1.0], [0.0]
    one._schedule = Schedule(20, patience=2, seed=5)
    one._keep(best=True)
    best = one.scores(labelled[1].features)

    fitted(one, labelled)

    assert len(one.history.loss) == 3
    assert one.stopped_early
    assert (one.scores(labelled[1].features) == best).all()
    assert json.loads((tmp_path / "progress.json").read_text())["history"]["loss"]


@pytest.mark.parametrize(
    ("losses", "lost"),
    [([0.3], 0), ([0.3, 0.4, 0.44], 0), ([0.3, 0.5, 0.6], 2), ([0.3, 0.5, 0.2, 0.31], 1)],
)
def test_only_epochs_that_are_clearly_worse_are_lost(losses, lost):
    assert History(loss=losses, choose_loss=losses).epochs_clearly_worse() == lost
