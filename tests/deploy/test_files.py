"""The files of deploy/: each checked by its own tool, and held against the code that they start."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from facevote.health import probes
from tests.docs.test_documents import read_from_the_environment
from tests.support.places import BASE

DEPLOY = BASE / "deploy"
BINARIES = Path(sys.executable).parent
COMPOSE = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
UNITS = sorted((DEPLOY / "systemd").iterdir())
PROXIES = ("Caddyfile", "compose.Caddyfile", "nginx.conf")
# What PATH may have beside the project's own packages.
CADDY, SYSTEMD = shutil.which("caddy"), shutil.which("systemd-analyze")


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def test_hadolint_finds_nothing_in_the_dockerfile():
    done = run(BINARIES / "hadolint", str(DEPLOY / "Dockerfile"))

    assert done.returncode == 0, done.stdout


def test_the_compose_file_is_one():
    schema = ["--builtin-schema", "vendor.compose-spec"]
    done = run(BINARIES / "check-jsonschema", *schema, str(DEPLOY / "compose.yaml"))

    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(CADDY is None, reason="needs caddy")
@pytest.mark.parametrize("name", ["Caddyfile", "compose.Caddyfile"])
def test_caddy_takes_its_file(tmp_path, name):
    environment = {"HOME": str(tmp_path), "SITE_NAME": "vote.example.org"}
    options = ["--config", str(DEPLOY / name), "--adapter", "caddyfile"]

    done = run(str(CADDY), "validate", *options, env=environment)

    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(SYSTEMD is None, reason="needs systemd-analyze")
def test_systemd_takes_the_units(tmp_path):
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        # The program is not installed there.
        (tmp_path / unit.name).write_text(text.replace("/srv/facevote/.venv/bin/python", "/bin/sh"))
    started = [tmp_path / unit.name.replace("@.", "@8001.") for unit in UNITS]
    (tmp_path / "facevote-web@8001.service").symlink_to(tmp_path / "facevote-web@.service")

    done = run(str(SYSTEMD), "verify", "--man=no", *map(str, started))

    assert done.returncode == 0, done.stderr
    assert not re.search(r"facevote[^:]*:\d+:", done.stderr), done.stderr


def test_every_setting_that_compose_sets_is_one():
    block = COMPOSE[COMPOSE.index("environment: &environment") : COMPOSE.index("services:")]
    named = set(re.findall(r"^    ([A-Z_]+):", block, re.MULTILINE))

    assert named <= read_from_the_environment()
    assert {"DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "TRUSTED_PROXIES"} <= named


def test_every_variable_of_compose_is_in_its_example():
    example = (DEPLOY / "compose.env.example").read_text(encoding="utf-8")
    asked = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", COMPOSE))

    assert asked == set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))


def test_no_file_holds_a_password():
    for text in (COMPOSE, (DEPLOY / "compose.env.example").read_text(encoding="utf-8")):
        assert not re.search(r"^\s*\w*(PASSWORD|KEYS?)\w*[:=] *[^\s$#{]", text, re.MULTILINE)


def test_the_image_has_every_package_that_runs():
    packages = {path.parent.name for path in BASE.glob("*/__init__.py")} - {"tests"}
    packages |= {path.parent.parent.name for path in BASE.glob("*/*/__init__.py")} - {"tests"}
    copied = set(re.findall(r"^COPY (\w+) \1$", DOCKERFILE, re.MULTILINE))
    let_in = set(re.findall(r"^!(\S+)$", (BASE / ".dockerignore").read_text(), re.MULTILINE))

    assert packages <= copied
    assert {"templates", "static", "models"} <= copied
    assert copied <= let_in


def test_nothing_runs_as_root_and_nothing_can_be_written_but_the_data():
    assert re.search(r"^USER (?!0|root)\d+$", DOCKERFILE, re.MULTILINE)
    site = COMPOSE[COMPOSE.index("x-site:") : COMPOSE.index("services:")]
    for line in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true"):
        assert line in site
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        if unit.suffix == ".service":
            assert "User=facevote" in text
            assert "ProtectSystem=strict" in text


def test_whatever_stops_a_web_server_waits_longer_than_the_server_does():
    unit = (DEPLOY / "systemd" / "facevote-web@.service").read_text(encoding="utf-8")
    page = (BASE / "docs" / "settings.md").read_text(encoding="utf-8")
    seconds = int(re.findall(r"`STOP_SECONDS` \| (\d+)", page)[0])

    (of_unit,) = re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)
    of_compose = re.findall(r"stop_grace_period: (\d+)s", COMPOSE)[0]
    assert int(of_unit) > seconds + 5
    assert int(of_compose) > seconds + 5


def test_what_asks_for_health_asks_for_addresses_that_there_are():
    for text in (COMPOSE, DOCKERFILE, *((DEPLOY / name).read_text() for name in PROXIES[:1])):
        asked = set(re.findall(r"/-/[a-z]+", text))
        assert asked
        assert asked <= {probes.LIVE, probes.READY}


@pytest.mark.parametrize("name", PROXIES)
def test_no_proxy_lets_the_public_ask_for_health_or_keeps_an_access_log(name):
    text = (DEPLOY / name).read_text(encoding="utf-8")

    assert re.search(r"path /-/\*\n\s*respond @probes 404|location /-/ \{\s*return 404;", text)
    assert not re.search(r"^\s*log\b", text, re.MULTILINE)
    if name == "nginx.conf":
        assert text.count("access_log off;") == text.count("server {")


def test_no_server_keeps_an_access_log():
    units = "".join(unit.read_text(encoding="utf-8") for unit in UNITS)
    page = (BASE / "docs" / "operations.md").read_text(encoding="utf-8")

    for text in (units, page):
        for line in re.findall(r"daphne -.*", text):
            assert "-v 0" in line
    assert json.loads(re.findall(r"^CMD (.*)$", DOCKERFILE, re.MULTILINE)[-1])[3:5] == ["-v", "0"]
