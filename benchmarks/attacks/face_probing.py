"""What the holder of a password learns about the voter's face without being let in.

    python -m benchmarks.attacks.face_probing [--probes 10000] [--json]

There are two parts. "answers": --probes frames go through the state machine, in face steps that are
left before leaving would count. Every frame is, by the toss of a coin, one that matches or one that
does not. The figure is how many of them are guessed right from the answers: 0.5 by chance, 1 if the
answers tell a match from a miss.

"server": a real server with the scripted engine. A stranger sends as many frames as it takes for a
verdict less one, closes the socket, and begins again, for as long as there are tickets. The figures
are the frames that were judged and the failures that were counted when the site first refused a
ticket.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from websockets.asyncio.client import connect

from benchmarks.harness import figures, throwaway
from benchmarks.harness.voter import PASSWORD, cookie_header, sign_in, ticket
from biometrics.engine import session as machine
from biometrics.engine.frame_message import VERSION, FrameMessage
from biometrics.engine.session.machine import MAX_FAILED_FRAMES
from biometrics.engine.types import Comparison
from tests.biometrics.engine.session.heads import frame_of
from tests.support.pictures import BOB, drawn, encoded

if TYPE_CHECKING:
    from collections.abc import Sequence

POLICY = machine.Policy(10, 110, pad_required=True, challenge=machine.Challenge.ALWAYS)
PACE = 0.1
NAME = "alice"


def answers(probes: int, seed: int = 0) -> dict[str, Any]:
    """How well the machine's answers tell a match from a miss, in probes that cost no failure."""
    chance = random.Random(seed)
    seen: list[tuple[str, bool]] = []
    counted = 0
    while len(seen) < probes:
        state = machine.begin(0.0, chance.randbytes(32))
        for number in range(POLICY.silent_frames):
            matches = chance.random() < 0.5
            state, progress = machine.step(
                state,
                frame_of(number, "good" if matches else "stranger"),
                now=number * PACE,
                policy=POLICY,
                fused=lambda _probes: Comparison(0.9, 0.5),
            )
            seen.append((f"{number} {progress}", matches))
        verdict = machine.time_out(state, POLICY).verdict
        counted += bool(verdict and verdict.counted)
    return {
        "probes": len(seen),
        "failures_counted": counted,
        "guessed_right": round(_guessed_right(seen), 3),
    }


def _guessed_right(seen: Sequence[tuple[str, bool]]) -> float:
    """The share of the second half that is guessed by what most often went with the same answer
    in the first half.
    """
    half = len(seen) // 2
    matches: Counter[str] = Counter()
    for answer, matched in seen[:half]:
        matches[answer] += 1 if matched else -1
    return sum((matches[answer] > 0) == matched for answer, matched in seen[half:]) / (
        len(seen) - half
    )


async def play(url: str) -> dict[str, Any]:
    """Probe and leave until a ticket is refused."""
    judged, steps = 0, 0
    frames = [encoded(drawn(BOB, mark=number % 20)) for number in range(MAX_FAILED_FRAMES - 1)]
    cookies = await asyncio.to_thread(sign_in, url, NAME)
    began = time.monotonic()
    while True:
        try:
            token = await asyncio.to_thread(ticket, url, cookies)
        except RuntimeError:
            break
        judged += await _probe(url, token, cookies, frames)
        steps += 1
    return {"face_steps": steps, "judged": judged, "seconds": round(time.monotonic() - began, 1)}


async def _probe(url: str, token: str, cookies: dict[str, str], frames: Sequence[bytes]) -> int:
    """Send all frames and close the socket; how many were answered."""
    async with connect(
        url.replace("http", "ws", 1) + "/ws/verify/",
        origin=url,  # type: ignore[arg-type]
        additional_headers={"Cookie": cookie_header(cookies)},
    ) as link:
        await link.send(json.dumps({"type": "hello", "version": VERSION, "ticket": token}))
        while json.loads(await link.recv())["type"] != "ready":
            pass
        for sequence, jpeg in enumerate(frames, start=1):
            sent = int(time.monotonic() * 1000)
            await link.send(FrameMessage(0, sequence, sent, jpeg).to_bytes())
            await link.recv()
            await asyncio.sleep(PACE)
    return len(frames)


def on_a_server() -> dict[str, Any]:
    """The figures of a real server, and the failures in its database."""
    engine = "tests.support.scripted_engine.ScriptedEngine"
    with throwaway.site(ENGINE=engine, CHALLENGE_LOGIN="passive") as folder:
        from accounts.models import User
        from biometrics.models import FaceLockout
        from tests.support.people import enrol

        enrol(User.objects.create_user(NAME, password=PASSWORD))
        with throwaway.server(folder) as server:
            played = asyncio.run(play(server.url))
        return {**played, "failures_counted": FaceLockout.objects.get().failures}


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--probes", type=int, default=10_000)
    options = parser.parse_args()
    measured = {"answers": answers(options.probes), "server": on_a_server()}
    figures.show(measured, as_json=options.json)


if __name__ == "__main__":
    main()
