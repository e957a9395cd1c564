from __future__ import annotations

import random
import resource

import pytest

from biometrics.engine.errors import ImageRefused

from .drawings import claiming, encoded, jpeg

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


def peak_memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.slow
def test_two_thousand_mutants_leave_the_engine_up_and_its_memory_flat(engine):
    chance = random.Random(2026)
    frames = [jpeg(640, 480, seed=seed) for seed in range(4)] + [claiming(1280, 1280)]
    photos = [jpeg(1600, 1200, progressive=True), encoded("PNG", width=800, height=600)]
    photos += [encoded("WEBP", width=800, height=600), encoded("WEBP", mode="RGBA", lossless=True)]
    for sample in frames[:4]:
        engine.process(sample)
    for sample in photos:
        engine.enrol(sample)
    before = peak_memory()

    survived = sum(
        survives(engine.process, mutant(chance.choice(frames), chance)) for _ in range(FRAMES)
    )
    survived += sum(
        survives(engine.enrol, mutant(chance.choice(photos), chance)) for _ in range(PHOTOS)
    )

    assert survived > 0
    assert engine.process(frames[0]).face is None
    assert peak_memory() - before < MAX_GROWTH


def survives(judge, data):
    """Refused in order, or judged; any other exception is a failure."""
    try:
        judge(data)
    except ImageRefused:
        return False
    return True
