"""A whole site of many hosts, with an open election, for the drills."""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.durability import polling
from benchmarks.durability.hosts.network import network
from benchmarks.durability.hosts.services import Database, Proxy, Redis, Web, Worker, as_root
from benchmarks.harness import throwaway
from benchmarks.harness.places import ROOT
from facevote.serving import vendor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from benchmarks.durability.hosts.network import Network
    from benchmarks.durability.hosts.services import Service
    from voting.models import Election


@dataclass
class ManyHosts:
    """The services; `people` are the numbers of the voters of the election."""

    network: Network
    folder: Path
    database: Database
    redis: Redis
    environment: dict[str, str]
    webs: list[Web] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)
    proxy: Proxy | None = None
    election: Election | None = None

    @property
    def url(self) -> str:
        if self.proxy is None:
            raise RuntimeError("the site has no proxy yet")
        return self.proxy.url

    def add_web(self, **environment: str) -> Web:
        web = Web(self.network.host(), self.folder / f"web{len(self.webs)}")
        web.environment = self._of_host(web.folder) | environment
        web.create()
        self.webs.append(web)
        return web

    def add_worker(self) -> Worker:
        worker = Worker(self.network.host(), self.folder / f"worker{len(self.workers)}")
        worker.environment = self._of_host(worker.folder)
        worker.create()
        self.workers.append(worker)
        return worker

    def _of_host(self, folder: Path) -> dict[str, str]:
        """A data folder of the host's own, with the static files of the release."""
        data = folder / "data"
        data.mkdir(parents=True)
        for name in ("static", "vendor"):
            (data / name).symlink_to(self.folder / "here" / name)
        return self.environment | {"DATA_DIR": str(data)}

    def services(self) -> list[Service]:
        return [*([self.proxy] if self.proxy else []), *self.webs, *self.workers]


@contextmanager
def many_hosts(
    *,
    voters: int,
    webs: int,
    workers: int,
    database_folder: Path | None = None,
    closes_in: timedelta | None = None,
    first_web: dict[str, str] | None = None,
    health: str = "/-/ready",
    **settings: str,
) -> Iterator[ManyHosts]:
    """A site that answers at `url`. This process has entered it, and stands at the bridge.

    `first_web` is environment of the first web host alone; the proxy asks `health`.
    """
    as_root()
    # Asked to end, a drill takes away what it made.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="facevote-hosts-")))
        folder.chmod(0o755)  # PostgreSQL's user has its folder in it
        net = stack.enter_context(network())
        database = Database(net.host(), database_folder or folder / "database")
        redis = Redis(net.host(), folder / "redis")
        proxy = Proxy(net.host(), folder / "proxy")
        for service in (database, redis):
            service.create()
            service.start()
            stack.callback(service.stop)
            service.wait()
        environment = _environment(database, redis, proxy, folder) | settings
        stack.enter_context(throwaway.site(**environment))
        site = ManyHosts(net, folder, database, redis, environment)
        _prepare(site, voters, closes_in)
        for number in range(webs):
            site.add_web(**(first_web or {} if number == 0 else {}))
        for _ in range(workers):
            site.add_worker()
        site.proxy = proxy
        proxy.create(site.webs, health=health)
        for process in site.services():
            process.start()
            stack.callback(process.stop)
        for process in site.services():
            process.wait()
        time.sleep(2)  # until the proxy has asked every host
        yield site


def _environment(database: Database, redis: Redis, proxy: Proxy, folder: Path) -> dict[str, str]:
    return throwaway.in_production() | {
        "DATABASE_URL": database.url,
        "REDIS_URL": redis.url(0),
        "CELERY_BROKER_URL": redis.url(1),
        "CELERY_TASK_ALWAYS_EAGER": "off",
        # The proxy's own address stands in Host, and the hosts' own where they are asked directly.
        "ALLOWED_HOSTS": "*",
        "TRUSTED_PROXIES": "1",
        "DATA_DIR": str(folder / "here"),
        "CHALLENGE_LOGIN": "passive",
        "CHALLENGE_CAST": "passive",
        # The frames are drawn. These drills are about hosts, and networks would only be slow.
        "ENGINE": "tests.support.scripted_engine.ScriptedEngine",
        "WARM_ENGINE": "on",
        # On a busy machine a frame may take seconds.
        "FRAMES_NEEDED": "3",
        "FACE_STEP_SECONDS": "70",
        # All voters come from one address.
        "ADDRESS_FAILURE_LIMIT": "100000",
        "OFFICIAL_SECOND_FACTOR": "none",
    }


def _prepare(site: ManyHosts, voters: int, closes_in: timedelta | None) -> None:
    from django.conf import settings
    from django.core.management import call_command

    from benchmarks.durability.hosts import people

    vendor.lay_out(ROOT / "node_modules", settings.VENDOR_DIR)
    call_command("collectstatic", "--no-input", verbosity=0)
    shutil.rmtree(settings.DATA_DIR / "queue", ignore_errors=True)
    site.election, _ready = polling.open_election(
        voters=voters, choices=2, closes_in=closes_in, ready=0
    )
    people.give_passwords_and_faces()
