"""The disks of the database's and of a web host are full while people vote.

    python -m benchmarks.durability.hosts.full_disk [--voters 60] [--full 15] [--json]

Both disks are small ones in memory (tmpfs). One web host's is full from the beginning; an official
adds a photo there. The database's is filled while people vote, and emptied again --full seconds
later; PostgreSQL is started again if it has ended meanwhile, as an operator would. The command
fails if a receipt is not counted.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from benchmarks.durability.hosts import box, people
from benchmarks.durability.hosts.site import many_hosts
from benchmarks.harness import figures, voter
from tests.support.pictures import BOB, jpeg

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from benchmarks.durability.hosts.services import Web
    from benchmarks.durability.hosts.site import ManyHosts

BEFORE_SECONDS = 12.0
BALLAST = "ballast"
CHUNK = 64 * 1024
BOUNDARY = "----a-photo"


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="facevote-disk-") as folder:
        options = ["-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", folder]
        subprocess.run(["mount", *options], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=False)


def fill(folder: Path) -> Path:
    """Fill the disk to the last byte. Returns the file to delete afterwards."""
    file = folder / BALLAST
    with file.open("ab", buffering=0) as ballast:
        for size in (CHUNK, 1):
            _write_until_full(ballast, size)
    return file


def _write_until_full(file: IO[bytes], size: int) -> None:
    with suppress(OSError):
        while file.write(b"x" * size):
            pass


def photo_answer(web: Web) -> dict[str, Any]:
    """What an official is told who adds a photo at this host."""
    from accounts.models import User

    person = User.objects.get(username="voter-0")
    url = f"http://{web.host.address}:{web.port}"
    cookies = voter.sign_in(url, "chief")
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    body = head.encode() + jpeg(BOB) + f"\r\n--{BOUNDARY}--\r\n".encode()
    link = http.client.HTTPConnection(web.host.address, web.port, timeout=60)
    status, _given, answer = voter.request(
        link,
        "POST",
        f"/enrolment/{person.pk}/photos",
        cookies,
        body=body,
        content_type=f"multipart/form-data; boundary={BOUNDARY}",
    )
    link.close()
    told = json.loads(answer) if answer.startswith((b"{", b"[")) else answer[:80].decode()
    return {"status": status, "answer": told}


def measure(options: argparse.Namespace) -> dict[str, Any]:
    with (
        small_disk(400) as database_disk,
        small_disk(2) as web_disk,
        many_hosts(
            voters=options.voters,
            webs=2,
            workers=1,
            database_folder=database_disk / "database",
        ) as site,
    ):
        from accounts.models import User

        User.objects.create_superuser("chief", password=voter.PASSWORD)
        photo = photo_answer(_full_web(site, web_disk))
        log, at = people.Log(), list[float]()
        crowd = people.crowd(site.url, site.election, log)
        ended: list[bool] = []

        def fill_and_empty() -> None:
            time.sleep(BEFORE_SECONDS)
            at.append(time.monotonic())
            ballast = fill(database_disk)
            time.sleep(options.full)
            ballast.unlink()
            ended.append(not site.database.is_running)
            if not site.database.is_running:
                site.database.start()
                site.database.wait()
            at.append(time.monotonic())

        seconds = people.run(crowd, arrive_within=options.seconds, beside=fill_and_empty)
        meanwhile = [(status, named) for when, status, named in log.bad if at[0] <= when <= at[1]]
        counted = box.counted(site.election, log, site.folder) if site.election else {}
        return {
            "voters": options.voters,
            "full_s": options.full,
            "seconds": round(seconds, 1),
            "photo_on_a_full_web_host": photo,
            "postgresql_ended": ended[0],
            "answers_meanwhile": {
                f"{status} {'named' if named else 'unnamed'}": meanwhile.count((status, named))
                for status, named in sorted(set(meanwhile))
            },
            **counted,
            **box.troubles(log, at),
        }


def _full_web(site: ManyHosts, disk: Path) -> Web:
    """The first web host, whose photos lie on the full disk."""
    web = site.webs[0]
    (web.folder / "data" / "photos").symlink_to(disk)
    fill(disk)
    return web


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--voters", type=int, default=60)
    parser.add_argument("--full", type=float, default=15.0, help="seconds")
    parser.add_argument("--seconds", type=float, default=30.0, help="in which voters arrive")
    options = parser.parse_args()
    figures.show(measure(options), as_json=options.json)


if __name__ == "__main__":
    main()
