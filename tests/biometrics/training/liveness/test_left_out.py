from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from biometrics.training.liveness.dataset import DatasetRefused, Side, leave_out
from biometrics.training.liveness.operating_threshold import (
    NothingLeft,
    report_left_out,
    sources_learnt,
)
from biometrics.training.liveness.people_bounds import bounds_over_people
from biometrics.training.liveness.report import report
from biometrics.training.liveness.samples import Presentation, Scored, read_manifest


def frames(source, scores, *, species="", subject="ann", support="", light=""):
    shown = Presentation(
        Path(f"{source}{subject}{species}.mp4"),
        not species,
        species,
        subject,
        source,
        support=support,
        light=light,
    )
    return [Scored(shown, number, score) for number, score in enumerate(scores)]


def test_what_is_left_out_has_no_say_in_its_threshold():
    home = [*frames("home", [0.6, 0.7]), *frames("home", [0.1, 0.2], species="print")]
    away = [*frames("away", [0.3, 0.9]), *frames("away", [0.5, 0.05], species="print")]

    found = report_left_out([*home, *away], ["away"], learnt={"home"})

    assert 0.2 < found["threshold"] < 0.6
    assert found["threshold_chosen_by"] == ["home"]
    assert found["bpcer"]["trials"] == 2
    assert found["bpcer"]["rate"] == 0.5
    assert found["learnt_from"] == []


def test_a_report_on_what_the_network_learnt_from_says_so():
    home = [*frames("home", [0.6, 0.7]), *frames("home", [0.1, 0.2], species="print")]
    away = [*frames("away", [0.3]), *frames("away", [0.5], species="print")]

    found = report_left_out([*home, *away], ["away"], learnt={"away", "home"})

    assert found["learnt_from"] == ["away"]


def test_a_source_that_is_not_there_is_refused():
    with pytest.raises(NothingLeft, match="there is no source moon; there is home"):
        report_left_out(frames("home", [0.5]), ["moon"], learnt=())


def test_without_both_classes_elsewhere_no_threshold_is_chosen():
    scored = [*frames("home", [0.6]), *frames("away", [0.3]), *frames("away", [0.5], species="x")]

    with pytest.raises(NothingLeft, match="no real faces or no attacks"):
        report_left_out(scored, ["away"], learnt=())


def test_the_card_names_the_sources_that_were_learnt():
    counts = {"lab, bona fide": 4, "lab, print": 2, "made of street, simulated": 3}

    assert sources_learnt({"training": {"examples": {"train": counts}}}) == {"lab", "street"}
    assert sources_learnt({}) == set()


def test_the_bounds_are_wider_when_the_errors_are_of_one_person():
    people = [name for name in "abcdefghijklmnopqrst" for _ in range(50)]
    spread = [number % 50 == 0 for number in range(1000)]
    together = [20 <= number < 40 for number in range(1000)]

    apart, crowded = bounds_over_people(spread, people), bounds_over_people(together, people)

    assert apart is not None
    assert crowded is not None
    assert apart.high < crowded.high
    assert crowded.people == 20


def test_no_error_among_few_people_promises_little():
    people = [name for name in "abcdefghij" for _ in range(1000)]

    found = bounds_over_people([False] * 10_000, people)

    assert found is not None
    assert found.low == 0.0
    # As the exact bound of 0 among 10.
    assert found.high == pytest.approx(0.3085, abs=1e-3)


def test_the_bounds_cover_the_true_rate():
    rng = np.random.default_rng(3)
    covered = 0
    for seed in range(60):
        own = rng.beta(1, 9, size=30).repeat(20)
        wrong = (rng.random(600) < own).tolist()
        found = bounds_over_people(wrong, [str(n // 20) for n in range(600)], seed=seed)
        covered += found is not None and found.low <= 0.1 <= found.high

    assert covered >= 51


def test_people_without_names_give_no_bounds_over_people():
    assert bounds_over_people([True, False, False], ["a", "b", ""]) is None
    assert bounds_over_people([True, False, False], ["a", "b", "b"]) is None


def test_rates_say_over_what_their_bounds_are():
    named = [frame for name in "abcd" for frame in frames("s", [0.9, 0.4], subject=name)]
    unnamed = frames("s", [0.2], species="print", subject="")

    found = report([*named, *unnamed], 0.5)

    assert found["bpcer"]["over"] == "people"
    assert found["bpcer"]["people"] == 4
    assert found["apcer_by_species"]["print"]["over"] == "frames"


def test_figures_are_broken_down_by_support_light_camera_and_skin():
    scored = [
        *frames("s", [0.9], light="adverse"),
        *frames("s", [0.9], species="print", support="hand"),
        *frames("s", [0.1], species="print", support="fixed"),
    ]

    found = report(scored, 0.5, ["support", "light", "camera", "skin"])["by"]

    assert found["support"]["hand"]["apcer_by_species"]["print"]["rate"] == 1.0
    assert found["support"]["fixed"]["apcer_by_species"]["print"]["rate"] == 0.0
    assert found["light"]["adverse"]["bpcer"]["rate"] == 0.0
    assert set(found["camera"]) == set(found["skin"]) == {"unknown"}


def test_refusals_of_dark_and_light_skins_are_compared_in_the_same_light():
    def honest(angle, *, refused, light):
        shown = Presentation(Path("a.jpg"), True, "", "", "s", light=light)
        hint = "too_dark" if refused else "none"
        return Scored(shown, 0, 0.9, fit=not refused, hint=hint, skin_angle=angle)

    # In the dim room everybody is dark; there the same share of both thirds is refused.
    bright = [honest(angle, refused=angle < 15, light="bright") for angle in range(10, 40)]
    bright.append(honest(60.0, refused=True, light="bright"))
    dim = [honest(float(angle), refused=angle % 2 == 0, light="dim") for angle in range(-60, -30)]

    found = report([*bright, *dim], 0.5)["refusals"]

    assert found["by_hint"] == {"too_dark": 21}
    assert found["by_skin"]["darkest"]["errors"] == 5 + 5
    assert found["by_skin"]["lightest"]["errors"] == 1 + 5
    assert found["by_skin"]["ratio"] == pytest.approx(10 / 6)


def test_a_list_names_support_and_light(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"")
    manifest = tmp_path / "labels.csv"
    manifest.write_text("file,label,support,light\na.jpg,attack,hand,adverse\n")

    (found,) = read_manifest(manifest)

    assert (found.support, found.light) == ("hand", "adverse")


def test_a_source_that_is_left_out_is_only_reported_on():
    def shown(source, *, bona_fide, name):
        return Presentation(Path(name), bona_fide, "" if bona_fide else "print", "", source)

    sides = {
        shown("home", bona_fide=label, name=f"{side}{label}"): side
        for side in (Side.TRAIN, Side.CHOOSE, Side.REPORT)
        for label in (True, False)
    }
    sides |= {
        shown("away", bona_fide=label, name=f"{label}"): Side.TRAIN for label in (True, False)
    }

    found = leave_out(sides, {"away"})

    assert {side for item, side in found.items() if item.source == "away"} == {Side.REPORT}
    assert {side for item, side in found.items() if item.source == "home"} == {
        Side.TRAIN,
        Side.CHOOSE,
    }
    with pytest.raises(DatasetRefused, match="there is no source moon"):
        leave_out(sides, {"moon"})
