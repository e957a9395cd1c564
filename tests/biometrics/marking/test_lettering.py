"""Names of every script can be read in a marked picture."""

from __future__ import annotations

import numpy as np
import pytest

from biometrics.engine.types import BgrImage
from biometrics.marking.lettering import text_width, write

NAMES = ["Anna", "Анна", "李雷", "さくら", "김철수", "Ελένη", "محمد", "דוד", "अमित", "ნინო"]


def written(text, size=32):
    image = BgrImage(np.full((80, 400, 3), 128, np.uint8))
    write(image, text, (10, 50), size=size, colour=(0, 255, 0))
    return image


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_drawn_in_letters_of_its_own(name):
    boxes = written("\uffff" * len(name))  # a character that no font has

    image = written(name)

    assert (image == (0, 255, 0)).all(axis=2).sum() > 50
    assert not np.array_equal(image, boxes)


def test_two_names_of_one_length_look_different():
    assert not np.array_equal(written("李雷"), written("王芳"))


def test_a_script_without_a_font_is_written_in_numbers():
    assert np.array_equal(written("ᏣᎳ"), written("[13E3][13B3]"))


def test_accents_stay_with_their_letters():
    assert text_width("e\u0301", 32) == text_width("é", 32)


@pytest.mark.parametrize("at", [(-500, 40), (390, 40), (10, -100), (10, 500)])
def test_what_lies_outside_the_picture_is_cut_off(at):
    image = BgrImage(np.full((80, 400, 3), 128, np.uint8))

    write(image, "Anna", at, size=32, colour=(0, 255, 0))

    assert image.shape == (80, 400, 3)
