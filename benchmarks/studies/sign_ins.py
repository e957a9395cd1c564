"""Plays labelled clips through the engine and the session machine: who gets in, who is asked.

    python -m benchmarks.studies.sign_ins FOLDER [--policies passive unsure always] [--people N]
        [--json]

FOLDER has `clips.csv` (file, label, attack_type, subject, presentation, support, light), with as
many frames a second as the file says, and `labels.csv` with stills of the same people: each person
is enrolled with the stills of their first bona fide presentation. The clock is the clip's own.

A clip cannot follow a movement, so whoever is asked for movements gets no further here: what
attacks do then is for `manage.py attack_report`. The figures are for each policy: attacks let in,
asked to move or refused; honest clips let in without being asked, asked, or refused; and the
seconds until then. Bounds are over people.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from benchmarks.harness import figures
from benchmarks.harness.clips import pictures_of
from benchmarks.harness.labelled_clips import read_clips, stills_of
from benchmarks.harness.places import MODELS_DIR
from biometrics.engine import session
from biometrics.engine.images import encode_jpeg
from biometrics.engine.pipeline import Engine
from biometrics.engine.session import Challenge, JudgedFrame, Policy
from biometrics.training.liveness.people_bounds import bounds_over_people

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from benchmarks.harness.labelled_clips import Clip
    from biometrics.engine.types import FrameResult, Template

FRAMES_NEEDED, SECONDS = 10, 30.0
FRAME_QUALITY = 85
IN, ASKED, OVER = "let in", "asked to move", "time over"
SEED = bytes(32)
GROUPS = ("support", "light", "attack_type")


@dataclass(frozen=True, slots=True)
class SeenFrame:
    """One frame as the engine judged it, `at` seconds from the clip's beginning."""

    result: FrameResult
    at: float
    digest: bytes


@dataclass(frozen=True, slots=True)
class SignIn:
    """How one clip fared under one policy, and after how many seconds."""

    clip: Clip
    outcome: str
    seconds: float


def seen(engine: Engine, clip: Clip) -> Iterator[SeenFrame]:
    """Each frame of a clip as the engine judges it when it comes as a JPEG."""
    previous, pace = None, clip.frames_per_second()
    for number, picture in enumerate(pictures_of(clip.path)):
        jpeg = encode_jpeg(picture, quality=FRAME_QUALITY)
        result = engine.process(jpeg, previous=previous)
        previous = result.face.box if result.face else None
        yield SeenFrame(result, number / pace, hashlib.sha256(jpeg).digest())


def outcome(
    clip: Clip,
    frames: Sequence[SeenFrame],
    reference: Template,
    engine: Engine,
    challenge: Challenge,
) -> SignIn:
    """What the session machine makes of a clip's frames."""
    policy = Policy(FRAMES_NEEDED, SECONDS, pad_required=True, challenge=challenge)
    state = session.begin(0.0, SEED)
    for frame in frames:
        template = frame.result.template
        comparison = engine.compare(reference, template) if template else None
        judged = JudgedFrame(frame.result, comparison, frame.digest, sent=frame.at)
        state, progress = session.step(
            state,
            judged,
            now=frame.at,
            policy=policy,
            fused=lambda probes: engine.compare_fused(reference, probes),
        )
        if progress.asked is not None:
            return SignIn(clip, ASKED, frame.at)
        if state.verdict is not None:
            reason = IN if state.verdict.verified else str(state.verdict.reason)
            return SignIn(clip, reason, frame.at)
    return SignIn(clip, OVER, frames[-1].at if frames else 0.0)


def table(sign_ins: Sequence[SignIn]) -> dict[str, Any]:
    """The shares of the outcomes among attacks and among honest clips, and by group."""
    attacks = [one for one in sign_ins if not one.clip.bona_fide]
    honest = [one for one in sign_ins if one.clip.bona_fide]
    return {
        "attacks": _shares(attacks),
        "honest": _shares(honest)
        | {"seconds until let in": _median_seconds([one for one in honest if one.outcome == IN])},
        "by": {name: _let_in_by(sign_ins, name) for name in GROUPS},
    }


def _shares(sign_ins: Sequence[SignIn]) -> dict[str, Any]:
    counts = Counter(one.outcome for one in sign_ins)
    let_in = [one.outcome == IN for one in sign_ins]
    bounds = bounds_over_people(let_in, [one.clip.row["subject"] for one in sign_ins])
    shown: dict[str, Any] = {"clips": len(sign_ins), **dict(sorted(counts.items()))}
    if bounds is not None:
        shown["share let in"] = counts[IN] / len(sign_ins)
        shown["95 % bounds over people"] = [bounds.low, bounds.high]
    return shown


def _let_in_by(sign_ins: Sequence[SignIn], name: str) -> dict[str, str]:
    groups: dict[str, list[bool]] = {}
    for one in sign_ins:
        label = "honest" if one.clip.bona_fide else "attack"
        group = f"{label} {one.clip.row.get(name) or '-'}"
        groups.setdefault(group, []).append(one.outcome == IN)
    return {group: f"{sum(let_in)} of {len(let_in)}" for group, let_in in sorted(groups.items())}


def _median_seconds(sign_ins: Sequence[SignIn]) -> float | None:
    return median(one.seconds for one in sign_ins) if sign_ins else None


def measure(options: argparse.Namespace) -> dict[str, Any]:
    engine = Engine.load(MODELS_DIR)
    stills = stills_of(options.folder)
    people = sorted(stills)[: options.people]
    references = {}
    for subject in people:
        samples = [engine.enrol(path.read_bytes()) for path in stills[subject]]
        templates = [sample.template for sample in samples if sample.template is not None]
        if templates:
            references[subject] = engine.fuse(templates).template
    clips = [clip for clip in read_clips(options.folder) if clip.row["subject"] in references]
    sign_ins: dict[str, list[SignIn]] = {policy: [] for policy in options.policies}
    for clip in tqdm(clips, disable=None):
        frames = list(seen(engine, clip))
        reference = references[clip.row["subject"]]
        for policy, own in sign_ins.items():
            own.append(outcome(clip, frames, reference, engine, Challenge(policy)))
    enrolled = {"people": len(people), "enrolled": len(references)}
    return enrolled | {policy: table(own) for policy, own in sign_ins.items()}


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=None, help="only so many of them")
    parser.add_argument("--policies", nargs="+", choices=list(Challenge), default=list(Challenge))
    options = parser.parse_args()
    figures.show(measure(options), as_json=options.json)


if __name__ == "__main__":
    main()
