from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from biometrics.engine.faces.alignment import align
from biometrics.engine.images import decode_photo
from biometrics.engine.matching.encoding import Encoder
from biometrics.training.matching.centring import group_mean, pictured_once
from biometrics.training.matching.samples import Sampler, central
from tests.biometrics.training.samples import random_samples
from tests.support.still_films import jpeg


def test_those_with_one_picture_are_found():
    people = np.array(["ann", "bob", "ann", "cy"])

    assert list(pictured_once(people)) == [False, True, False, True]


def test_everybody_counts_alike_and_a_missing_face_not_at_all():
    samples = random_samples(people=2, each=3)
    kept = np.array([True, True, True, True, False, False])
    probes = np.eye(6, samples.probes.shape[1], dtype=np.float32) * kept[:, None]

    found = group_mean("some", replace(samples, probes=probes, acquired=kept))

    assert (found.people, found.pictures) == (2, 4)
    assert found.mean[:6] == pytest.approx([1 / 6, 1 / 6, 1 / 6, 1 / 2, 0, 0])


def test_a_group_without_a_face_has_no_mean():
    samples = random_samples(people=2, each=1)

    with pytest.raises(ValueError, match="no face was found in dark"):
        group_mean("dark", replace(samples, acquired=np.zeros(2, dtype=bool)))


@pytest.fixture
def models(settings, tmp_path):
    folder = tmp_path / "models"
    shutil.copytree(settings.MODELS_DIR, folder)
    settings.MODELS_DIR = folder
    return folder


@pytest.fixture
def folders(portraits, tmp_path):
    """Three people at large with one picture, one with two, and a group of two."""
    (first, *more), (biden,), (collins,) = portraits.values()
    large = {"ann": [first], "bob": [biden], "cy": [collins], "dee": more}
    group = {"ann": [first, more[0]], "bob": [biden]}
    for name, people in (("large", large), ("group", group)):
        for person, photos in people.items():
            folder = tmp_path / name / person
            folder.mkdir(parents=True)
            for photo in photos:
                (folder / Path(photo.name).with_suffix(".jpg")).write_bytes(jpeg(photo.image(), 95))
    return tmp_path / "large", tmp_path / "group"


def test_the_command_stores_means_of_descriptors_as_the_network_gives_them(models, folders):
    large, group = folders
    before = Encoder.load(models, "sface").sha256

    call_command("build_centring", "sface", "--lfw", str(large), "--folder", str(group))

    card = json.loads((models / "centring-sface.json").read_text())
    told = [(one["name"], one["people"]) for one in card["groups"]]
    assert told == [("lfw", 3), ("group", 2)]
    assert card["groups"][0]["pictures"] == 3
    assert card["groups"][0]["mean"] == pytest.approx(list(plain_mean(models, large)), abs=1e-5)
    assert Encoder.load(models, "sface").sha256 != before


def plain_mean(models, folder):
    """Of the networks' own descriptors, by way of the crops that the site makes."""
    sampler = Sampler(models, "sface", centred=False)
    network = sampler.encoder.networks[0]
    found = []
    for person in folder.iterdir():
        pictures = list(person.glob("*.jpg"))
        if len(pictures) == 1:
            image = decode_photo(pictures[0].read_bytes())
            face = central(sampler._finder.search(image), image)
            assert face is not None
            assert face.landmarks is not None
            found.append(network.describe(align(image, face.landmarks, network.alignment)))
    return np.mean(found, axis=0)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("sface-arcface", "--lfw", "large"), "joins several networks"),
        (("nobody", "--lfw", "large"), "there is no encoder nobody"),
        (("sface", "--lfw", "nowhere"), "no picture was found for lfw"),
        (("sface", "--lfw", "large", "--folder", "nowhere"), "no picture was found for nowhere"),
    ],
)
def test_what_gives_no_mean_is_refused_and_changes_nothing(
    models, folders, arguments, told, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    before = {path.name: path.read_bytes() for path in models.iterdir()}

    with pytest.raises(CommandError, match=told):
        call_command("build_centring", *arguments)

    assert {path.name: path.read_bytes() for path in models.iterdir()} == before
