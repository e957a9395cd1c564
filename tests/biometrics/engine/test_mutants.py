from __future__ import annotations

import random
import resource
from pathlib import Path

import numpy as np
import pytest

from biometrics.engine.errors import ImageRefused
from biometrics.engine.pipeline import Engine
from tests.support.still_films import film, jpeg

from .drawings import claiming, noise_file, noise_jpeg

FRAMES = 1_400
PHOTOS = 600
MAX_GROWTH = 64 * 1024 * 1024


def mutant(data, chance):
    """A few bytes changed, inserted, removed or repeated; sometimes the header alone."""
    changed = bytearray(data)
    reach = len(changed) if chance.random() < 0.5 else min(len(changed), 700)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(min(reach, len(changed)))
        match chance.randrange(5):
            case 0:
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                changed[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF))
            case 2:
                changed[at:at] = chance.randbytes(chance.randint(1, 16))
            case 3:
                del changed[at : at + chance.randint(1, 16)]
            case _:
                changed[at:at] = changed[at : at + chance.randint(2, 64)]
        if not changed:
            break
    return bytes(changed)


def resident_memory():
    """Now, not at the peak: what ran before in this process may have had a higher one."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


@pytest.mark.slow
def test_two_thousand_mutants_leave_the_engine_up_and_its_memory_flat(engine):
    chance = random.Random(2026)
    frames = [noise_jpeg(640, 480, seed=seed) for seed in range(4)] + [claiming(1280, 1280)]
    photos = [noise_jpeg(1600, 1200, progressive=True), noise_file("PNG", width=800, height=600)]
    photos += [
        noise_file("WEBP", width=800, height=600),
        noise_file("WEBP", mode="RGBA", lossless=True),
    ]
    for sample in frames[:4]:
        engine.process(sample)
    for sample in photos:
        engine.enrol(sample)
    before = resident_memory()

    survived = sum(
        survives(engine.process, mutant(chance.choice(frames), chance)) for _ in range(FRAMES)
    )
    survived += sum(
        survives(engine.enrol, mutant(chance.choice(photos), chance)) for _ in range(PHOTOS)
    )

    assert survived > 0
    assert engine.process(frames[0]).face is None
    assert resident_memory() - before < MAX_GROWTH


@pytest.mark.slow
def test_two_thousand_mutants_of_a_face_leave_the_whole_engine_as_it_was(models_dir, portraits):
    chance = random.Random(2027)
    engine = Engine.load(models_dir)
    frames = [jpeg(image) for image in film(portraits["biden"][0], 20)]
    first = engine.process(frames[0])
    for frame in frames:
        engine.process(frame)
    before = resident_memory()

    judged = [judgement(engine, mutant(chance.choice(frames), chance)) for _ in range(2000)]

    again = engine.process(frames[0])
    assert judged.count("refused") > 100
    assert judged.count("compared") > 100
    assert again.template is not None
    assert first.template is not None
    assert np.array_equal(again.template.vector, first.template.vector)
    assert resident_memory() - before < MAX_GROWTH


def judgement(engine, data):
    try:
        result = engine.process(data)
    except ImageRefused:
        return "refused"
    return "compared" if result.template else "not fit"


def survives(judge, data):
    """Refused in order, or judged; any other exception is a failure."""
    try:
        judge(data)
    except ImageRefused:
        return False
    return True
