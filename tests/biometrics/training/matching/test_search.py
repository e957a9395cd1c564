from __future__ import annotations

import json

import numpy as np
import pytest

from biometrics.engine.matching.operating_point import load_operating_point
from biometrics.training.matching.report import halves
from biometrics.training.matching.search import SEARCH_FPIR, search_report, strangers
from tests.biometrics.training.samples import joined, random_samples


@pytest.fixture(scope="module")
def voters():
    return random_samples(people=400, each=6)


def test_nobody_is_found_in_a_search_for_themselves(voters):
    found = strangers(voters)

    assert found.gallery == 399
    assert len(found.best) == 400
    assert found.best.max() < 0.9


def test_a_picture_without_a_face_is_in_no_gallery(voters):
    samples = joined(voters)
    samples.acquired[:6] = False

    assert strangers(samples).gallery == 398


def test_one_person_cannot_be_searched():
    with pytest.raises(ValueError, match="two people"):
        strangers(random_samples(people=1))


def report_of(voters, fused):
    report = search_report(voters, fused)
    assert report is not None
    return report


def test_the_threshold_keeps_the_rate_on_the_half_it_was_chosen_by(voters):
    found = report_of(voters, 0.5)

    one, _other = halves(voters)
    assert (strangers(one).best >= found["threshold"]).mean() <= SEARCH_FPIR


def test_errors_are_those_of_the_other_half(voters):
    found = report_of(voters, 0.5)

    _one, other = halves(voters)
    assert found["gallery"] == len(np.unique(other.people)) - 1
    assert found["fpir"]["trials"] == len(np.unique(other.people))
    assert (
        found["fnir"]["3 photos against 3"]["value"] <= found["fnir"]["1 photo against 1"]["value"]
    )


@pytest.mark.parametrize("fused", [0.1, 0.9])
def test_the_site_searches_at_the_higher_threshold(voters, fused):
    found = report_of(voters, fused)
    site = found["site"]

    assert site["threshold"] == max(found["threshold"], fused)
    assert site["fpir"]["value"] <= found["fpir"]["value"]
    for name, missed in site["fnir"].items():
        assert missed["value"] >= found["fnir"][name]["value"]


@pytest.mark.parametrize(("search", "wanted"), [(0.8, 0.8), (0.5, 0.6), (None, 0.6)])
def test_a_search_is_never_laxer_than_one_comparison(tmp_path, search, wanted):
    card = {"encoder_sha256": "a" * 64} | {
        name: {"threshold": cut}
        for name, cut in (("frame", 0.4), ("fused", 0.6), ("same_person", 0.3), ("search", search))
        if cut is not None
    }
    (tmp_path / "matching-test.json").write_text(json.dumps(card))

    assert load_operating_point(tmp_path, "test", "a" * 64).search == wanted
