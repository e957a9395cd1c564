"""Coloured light: only what takes on the colours drawn fits, and nothing fits but by chance."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chisquare

from biometrics.engine.faces.tint import tint
from biometrics.engine.images import decode_frame
from biometrics.engine.pad import coloured_light
from biometrics.engine.pad.coloured_light import (
    COLOURS,
    EMITTED,
    FRAMES_PER_COLOUR,
    SETTLING_FRAMES,
    Colour,
)
from biometrics.engine.types import RgbImage
from tests.support.places import BASE
from tests.support.still_films import frame, jpeg

SEED = b"a seed of the test"
STYLES = BASE / "static" / "css" / "capture.css"


def looked(tint_of, *, seed=SEED):
    """All frames of all colours; `tint_of(shown, number)` is what the face is seen in."""
    light = coloured_light.begin(seed, shown=0, now=0.0)
    for number in range(COLOURS * FRAMES_PER_COLOUR):
        light = coloured_light.answer(light, tint_of(light.shown(0.0), number), step=light.number)
    return light


def reflecting(share):
    return lambda shown, _frame: np.log1p(share * EMITTED[shown.colour])


@pytest.mark.parametrize("share", [0.01, 0.1, 1.0])
def test_a_face_in_the_light_fits(share):
    light = looked(reflecting(share))

    assert light.done
    assert coloured_light.fits(light)


def test_a_camera_may_be_late_and_drift_and_change_its_exposure():
    rng = np.random.default_rng(1)

    def seen(shown, frame):
        late = frame % FRAMES_PER_COLOUR < SETTLING_FRAMES
        lit = np.zeros(3) if late else np.log1p(0.1 * EMITTED[shown.colour])
        return lit + frame * np.array([0.004, -0.002, 0.001]) + rng.normal(0, 0.3)

    assert coloured_light.fits(looked(seen))


def test_the_first_two_frames_of_a_colour_do_not_count():
    def seen(shown, frame):
        light = np.log1p(0.1 * EMITTED[shown.colour])
        return -3 * light if frame % FRAMES_PER_COLOUR < 2 else light

    assert coloured_light.fits(looked(seen))


@pytest.mark.parametrize(
    "seen",
    [
        lambda _shown, _frame: np.zeros(3),
        lambda _shown, frame: frame * np.array([0.01, 0.0, -0.01]),
        lambda shown, _frame: -np.log1p(0.1 * EMITTED[shown.colour]),
        lambda shown, _frame: np.log1p(0.1 * EMITTED[(shown.colour + 1) % 3]),
    ],
    ids=["nothing", "drift", "opposite", "other colours"],
)
def test_what_is_not_lit_by_the_page_does_not_fit(seen):
    assert not coloured_light.fits(looked(seen))


def test_a_film_fits_as_often_as_chance_has_it():
    rng = np.random.default_rng(2)
    film = np.cumsum(rng.normal(0, 0.05, (COLOURS * FRAMES_PER_COLOUR, 3)), axis=0)

    let_in = sum(
        coloured_light.fits(looked(lambda _shown, frame: film[frame], seed=rng.bytes(32)))
        for _ in range(4000)
    )

    assert binomtest(let_in, 4000, 2 ** -coloured_light.bits()).pvalue > 0.01


def test_the_last_colour_must_be_in():
    light = coloured_light.begin(SEED, shown=0, now=0.0)
    for _ in range(COLOURS * FRAMES_PER_COLOUR - 1):
        light = coloured_light.answer(
            light, reflecting(0.1)(light.shown(0.0), 0), step=light.number
        )

    assert not light.done
    assert not coloured_light.fits(light)


@pytest.mark.parametrize("step", [0, 2, 9])
def test_a_frame_of_another_colour_or_without_a_tint_counts_for_nothing(step):
    light = coloured_light.begin(SEED, shown=0, now=0.0)

    assert coloured_light.answer(light, np.zeros(3, np.float32), step=step) is light
    assert coloured_light.answer(light, None, step=1) is light


@given(st.binary(min_size=32, max_size=32), st.integers(1, 200))
def test_no_colour_follows_itself(seed, first):
    assert all(one is not other for one, other in pairwise(coloured_light.drawn(seed, first)))


def test_every_sequence_is_as_likely_as_any_other():
    drawn = [coloured_light.drawn.__wrapped__(b"%d" % number, 1) for number in range(40_000)]

    counts = np.unique([str(one) for one in drawn], return_counts=True)[1]

    assert coloured_light.bits() == pytest.approx(np.log2(len(counts)))
    assert chisquare(counts).pvalue > 0.01


def test_the_page_shines_in_the_colours_that_the_face_is_judged_by():
    styles = STYLES.read_text(encoding="utf-8")
    for colour in Colour:
        rule = rf'data-light="{colour.name.lower()}"\] {{\s*background: #(\w{{6}})'
        (found,) = re.findall(rule, styles)
        values = np.array([int(found[at : at + 2], 16) for at in (0, 2, 4)]) / 255

        assert np.allclose(values**2.2, EMITTED[colour], atol=0.01)


@pytest.fixture
def picture(portraits):
    return jpeg(frame(portraits["collins"][0]))


def test_light_on_a_real_face_changes_its_tint_and_exposure_only_its_brightness(engine, picture):
    seen = engine.process(picture, lit=True)
    assert engine.process(picture).tint is None
    image = decode_frame(picture).astype(float)

    bluer, darker = (
        tint(RgbImage((image * factors).clip(0, 255).astype(np.uint8)), seen.face.landmarks)
        - seen.tint
        for factors in ((1.0, 1.0, 1.1), (0.7, 0.7, 0.7))
    )

    assert bluer == pytest.approx([0, 0, 2.2 * np.log(1.1)], abs=0.03)
    assert np.ptp(darker) < 0.03
    assert darker.mean() == pytest.approx(2.2 * np.log(0.7), abs=0.05)


@pytest.mark.parametrize("value", [0, 255])
def test_a_face_that_is_black_or_at_the_limit_has_no_tint(engine, picture, value):
    face = engine.process(picture).face

    assert tint(np.full_like(decode_frame(picture), value), face.landmarks) is None
