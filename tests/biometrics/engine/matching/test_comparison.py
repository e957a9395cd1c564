from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometrics.engine.errors import TemplateRefused
from biometrics.engine.matching.comparison import GalleryMatrix, fuse, mean_template, similarity
from biometrics.engine.types import Template

SIDE = 32
seeds = st.integers(0, 2**32 - 1)


def template(vector, encoder_sha256="a" * 64):
    vector = np.asarray(vector, dtype=np.float32)
    return Template(vector / np.linalg.norm(vector), "test", encoder_sha256)


def person(seed, *, count=1, spread=0.5):
    """Templates of one person: a direction of their own, and something of the day."""
    random = np.random.default_rng(seed)
    own = random.normal(size=SIDE)
    return [template(own + random.normal(size=SIDE) * spread) for _ in range(count)]


@given(one=seeds, other=seeds)
def test_similarity_is_symmetric_and_bounded(one, other):
    first, second = person(one)[0], person(other)[0]

    score = similarity(first, second)

    assert score == similarity(second, first)
    assert -1 <= score <= 1


@given(seed=seeds)
def test_a_template_is_most_similar_to_itself(seed):
    own = person(seed)[0]

    score = similarity(own, own)

    assert score == pytest.approx(1, abs=1e-5)


def test_templates_of_different_encoders_are_never_compared():
    one, other = template(np.ones(SIDE)), template(np.ones(SIDE), "b" * 64)

    with pytest.raises(TemplateRefused):
        similarity(one, other)
    with pytest.raises(TemplateRefused):
        fuse([one, other], min_similarity=0.5)
    with pytest.raises(TemplateRefused):
        GalleryMatrix.from_templates([one]).search(other, most=1)


def test_nothing_cannot_be_fused():
    with pytest.raises(TemplateRefused):
        fuse([], min_similarity=0.5)


def test_templates_that_cancel_out_have_no_mean():
    vector = np.ones(SIDE)

    with pytest.raises(TemplateRefused):
        mean_template([template(vector), template(-vector)])


@given(seed=seeds, count=st.integers(1, 8))
def test_every_photo_is_either_kept_or_rejected(seed, count):
    photos = person(seed, count=count, spread=2)

    fused = fuse(photos, min_similarity=0.5)

    assert sorted(fused.kept + fused.rejected) == list(range(count))
    assert fused.kept
    assert np.linalg.norm(fused.template.vector) == pytest.approx(1, abs=1e-5)


@given(seed=seeds, place=st.integers(0, 4))
def test_a_photo_of_another_person_is_rejected_wherever_it_stands(seed, place):
    photos = person(seed, count=4, spread=0.3)
    photos.insert(place, template(-photos[0].vector))

    fused = fuse(photos, min_similarity=0.4)

    assert fused.rejected == (place,)


@given(seed=seeds, order=st.permutations(range(6)))
def test_the_order_of_photos_changes_nothing(seed, order):
    photos = person(seed, count=6, spread=0.3)

    fused = fuse(photos, min_similarity=-1)
    shuffled = fuse([photos[place] for place in order], min_similarity=-1)

    assert similarity(fused.template, shuffled.template) == pytest.approx(1, abs=1e-5)


def test_a_single_photo_is_its_own_reference():
    photo = person(1)[0]

    fused = fuse([photo], min_similarity=0.9)

    assert fused.kept == (0,)
    assert similarity(fused.template, photo) == pytest.approx(1, abs=1e-6)


def test_a_fused_reference_is_nearer_to_a_new_sample_than_most_single_ones():
    *photos, new = person(7, count=6, spread=1)

    fused = fuse(photos, min_similarity=-1)

    singles = [similarity(photo, new) for photo in photos]
    assert similarity(fused.template, new) > np.median(singles)


def test_a_search_ranks_the_most_similar_first():
    people = [person(seed)[0] for seed in range(500)]
    probe = template(people[123].vector + 0.1)

    found = GalleryMatrix.from_templates(people).search(probe, most=5)

    scores = [hit.score for hit in found]
    assert found[0].row == 123
    assert scores == sorted(scores, reverse=True)
    assert len(found) == 5


def test_a_search_for_more_than_there_is_returns_all():
    people = [person(seed)[0] for seed in range(3)]

    found = GalleryMatrix.from_templates(people).search(people[0], most=10)

    assert {hit.row for hit in found} == {0, 1, 2}
