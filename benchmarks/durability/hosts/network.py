"""Hosts as network namespaces, joined by a bridge that leads nowhere else."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from benchmarks.harness.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# The network is in this machine only. The last byte of an address is the host's number.
PREFIX = "10.77.0"
# This process, which is every voter, stands at the bridge.
HERE = f"{PREFIX}.1"


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@dataclass
class Host:
    """One namespace with one address."""

    name: str
    number: int

    @property
    def address(self) -> str:
        return f"{PREFIX}.{self.number}"

    def start(
        self,
        command: Sequence[str],
        log: IO[bytes],
        *,
        environment: Mapping[str, str] | None = None,
        user: str = "",
    ) -> subprocess.Popen[bytes]:
        """Start a program on this host; its output goes to `log`."""
        become = ["setpriv", "--reuid", user, "--regid", user, "--init-groups"] if user else []
        return subprocess.Popen(
            ["ip", "netns", "exec", self.name, *become, *command],
            cwd=ROOT if not user else "/",
            env={**os.environ, **(environment or {})},
            stdout=log,
            stderr=log,
        )

    def cut(self) -> None:
        """Pull the cable: nothing arrives, and nobody is told so."""
        _ip("link", "set", self._cable, "down")

    def mend(self) -> None:
        _ip("link", "set", self._cable, "up")

    @property
    def _cable(self) -> str:
        return f"{self.name}v"


class Network:
    """Makes hosts."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.hosts: list[Host] = []

    def host(self) -> Host:
        host = Host(f"{self._name}{len(self.hosts) + 2}", len(self.hosts) + 2)
        self.hosts.append(host)
        cable, plug = f"{host.name}v", f"{host.name}p"
        _ip("netns", "add", host.name)
        _ip("link", "add", cable, "type", "veth", "peer", "name", plug)
        _ip("link", "set", cable, "master", self._name)
        _ip("link", "set", cable, "up")
        _ip("link", "set", plug, "netns", host.name)
        inside = ("-n", host.name)
        _ip(*inside, "link", "set", plug, "name", "eth0")
        _ip(*inside, "addr", "add", f"{host.address}/24", "dev", "eth0")
        _ip(*inside, "link", "set", "eth0", "up")
        _ip(*inside, "link", "set", "lo", "up")
        return host


@contextmanager
def network() -> Iterator[Network]:
    """A network of its own. Its hosts' programs must have ended before the block ends."""
    name = f"fv{os.getpid() % 100000}"
    _ip("link", "add", name, "type", "bridge")
    made = Network(name)
    try:
        _ip("addr", "add", f"{HERE}/24", "dev", name)
        _ip("link", "set", name, "up")
        yield made
    finally:
        for host in made.hosts:
            subprocess.run(["ip", "netns", "del", host.name], check=False, capture_output=True)
        _ip("link", "del", name)
