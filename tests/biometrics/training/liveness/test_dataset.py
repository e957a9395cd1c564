"""People stay on one side of a split, and simulated attacks are made of training faces alone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from biometrics.attacks.presented import presented
from biometrics.engine.pad.texture import SIDE, context_crop
from biometrics.training.liveness import dataset
from biometrics.training.liveness.augmentation import varied
from biometrics.training.liveness.dataset import DatasetRefused, Side, box_that_fills
from biometrics.training.liveness.samples import Presentation
from tests.biometrics.engine.drawings import noise
from tests.biometrics.training.liveness.examples import FACE, example


def presentation(name, *, species="", subject="", source="room", split=""):
    return Presentation(Path(name), not species, species, subject, source, split)


def both(subject, **more):
    return [
        presentation(f"{subject}-real", subject=subject, **more),
        presentation(f"{subject}-print", subject=subject, species="print", **more),
    ]


def test_lines_of_the_split_train_train_and_the_others_are_halved_by_person():
    found = [*both("ann", split="train")]
    for name in "bcde":
        found += both(name, split="dev")

    sides = dataset.divide(found, seed=1)

    assert {sides[one] for one in found[:2]} == {Side.TRAIN}
    held_back = Counter(sides[one] for one in found[2:])
    assert held_back == {Side.CHOOSE: 4, Side.REPORT: 4}
    for real, printed in zip(found[::2], found[1::2], strict=True):
        assert sides[real] is sides[printed]


def test_swapped_halves_report_on_those_who_chose():
    found = [*both("ann", split="train")]
    for name in "bcde":
        found += both(name, split="dev")

    sides, swapped = (dataset.divide(found, seed=1, swapped=swap) for swap in (False, True))

    changed = {(sides[one], swapped[one]) for one in found}
    assert changed == {
        (Side.TRAIN, Side.TRAIN),
        (Side.CHOOSE, Side.REPORT),
        (Side.REPORT, Side.CHOOSE),
    }


def test_without_a_split_half_of_the_people_train():
    found = [one for name in "abcdefgh" for one in both(name)]

    sides = Counter(dataset.divide(found, seed=3).values())

    assert sides == {Side.TRAIN: 8, Side.CHOOSE: 4, Side.REPORT: 4}


def test_a_person_on_two_sides_is_refused_by_name():
    found = [*both("ann", split="train"), *both("ann", split="dev"), *both("b", split="dev")]

    with pytest.raises(DatasetRefused, match="ann of room"):
        dataset.divide(found, seed=1)


def test_a_side_with_one_class_only_is_refused():
    found = [*both("ann", split="train"), presentation("b-real", subject="b", split="dev")]

    with pytest.raises(DatasetRefused, match="both real faces and attacks"):
        dataset.divide(found, seed=1)


def test_each_class_weighs_the_same_whatever_its_number():
    learnt = [example(), *[example(bona_fide=False, group=name) for name in ("a", "a", "a", "b")]]

    found = dataset.example_weights(learnt, home=set())

    assert found[0] == pytest.approx(sum(found[1:]))
    assert sum(found) == pytest.approx(len(learnt))
    assert found[1] < found[4]


def test_what_is_measured_on_weighs_more_than_what_is_only_learnt_from():
    found = [
        *[example(bona_fide=bona_fide, group=name) for bona_fide in (True, False) for name in "ab"],
        example(group="a", side=Side.REPORT),
        example(group="c", side=Side.STRANGERS),
    ]
    learnt = dataset.samples_for_side(found, Side.TRAIN)

    weighed = dataset.example_weights(learnt, dataset.groups_measured_on(found))

    assert weighed[0] == weighed[2] == pytest.approx(dataset.HOME_WEIGHT * weighed[1])
    assert sum(weighed[:2]) == pytest.approx(sum(weighed[2:]))


def test_simulated_attacks_follow_their_seed_and_keep_side_and_face():
    real = [example(seed) for seed in range(3)]

    one, same, other = (list(dataset.simulated(real, seed=seed)) for seed in (1, 1, 2))

    assert [made.jpeg for made in one] == [made.jpeg for made in same]
    assert [made.jpeg for made in one] != [made.jpeg for made in other]
    assert all(not made.bona_fide and made.side is Side.TRAIN for made in one)
    assert all(made.species == dataset.SIMULATED for made in one)


@pytest.mark.parametrize("seed", range(12))
def test_a_shown_face_stands_within_its_scene(seed):
    scene = presented(noise(), FACE, noise(seed=9), np.random.default_rng(seed))

    height, width = scene.image.shape[:2]
    across, down = scene.box.centre
    assert scene.image.dtype == np.uint8
    assert 0.2 * width < across < 0.8 * width
    assert 0.2 * height < down < 0.8 * height
    assert 0.15 * width < scene.box.width < 0.6 * width


def test_a_varied_picture_has_the_networks_size_and_follows_its_seed():
    one, same, other = (varied(noise(), FACE, np.random.default_rng(seed)) for seed in (1, 1, 2))

    assert one.shape == (SIDE, SIDE, 3)
    assert (one == same).all()
    assert (one != other).any()


def test_strangers_come_as_other_cameras_have_them_with_attacks_of_their_own():
    found = [
        example(0),
        example(1, side=Side.CHOOSE),
        example(2, group="faces"),
        example(3, group="faces", side=Side.STRANGERS),
    ]

    everything = dataset.with_simulated_attacks(found, seed=1)

    assert everything[:3] == found[:3]
    made = [one for one in everything if one.species == dataset.SIMULATED]
    assert Counter((one.group, one.side) for one in made) == {
        ("simulated room", Side.TRAIN): 1,
        ("simulated faces", Side.TRAIN): 1,
        ("simulated faces", Side.STRANGERS): 1,
    }
    strange = [one for one in everything if one.side is Side.STRANGERS]
    assert [one.bona_fide for one in strange] == [True, False]
    assert all(one.image().shape == (SIDE, SIDE, 3) for one in strange)
    assert {dataset.source_of(one.group) for one in strange} == {"faces"}


def test_a_varied_picture_is_seen_whole():
    crop = varied(noise(), FACE, np.random.default_rng(1))

    seen = context_crop(crop, box_that_fills(crop))

    assert np.abs(seen.astype(int) - crop.astype(int))[2:-2, 2:-2].mean() < 12
