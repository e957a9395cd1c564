"""The examples of deploy/ before two real web servers: TLS, sockets, limits, addresses, an end.

Caddy and nginx are looked for in PATH; without them these tests are left out.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import ssl
import subprocess
import threading
import time
from contextlib import contextmanager

import httpx
import pytest
from websockets.sync.client import connect

from biometrics.engine.frame_message import VERSION
from tests.support.people import PASSWORD
from tests.support.places import BASE
from tests.support.ports import free_port
from tests.support.real_site import Site, running_site

DEPLOY = BASE / "deploy"
MIB = 1024 * 1024
PATIENCE = 60
SET_UP = "from tests.support.people import enrol, person\nenrol(person('alice'))"
WHO_FAILED = """
from axes.models import AccessAttempt
print(*AccessAttempt.objects.values_list("ip_address", flat=True))"""


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """Two web servers of one site, as the units of systemd start them."""
    data = tmp_path_factory.mktemp("site")
    with running_site(
        data,
        ENGINE="tests.support.scripted_engine.ScriptedEngine",
        HTTPS="on",
        TRUSTED_PROXIES="1",
        STOP_SECONDS="30",
    ) as first:
        first.shell(SET_UP)
        port = free_port()
        second = Site(f"http://localhost:{port}", first.environment, port)
        second.start(data / "second.log")
        try:
            yield first, second
        finally:
            second.stop()


def program(name):
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"needs {name}")
    return found


@contextmanager
def running(command, port, **environment):
    process = subprocess.Popen(command, env={"PATH": "/usr/bin", **environment})
    try:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                httpx.get(f"https://localhost:{port}/", verify=False)  # noqa: S501 (loopback)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture(scope="module", params=["caddy", "nginx"])
def site(request, servers, tmp_path_factory):
    """The address of the site, through the proxy of our example."""
    folder = tmp_path_factory.mktemp("proxy")
    port = free_port()
    start = {"caddy": caddy, "nginx": nginx}[request.param]
    with start(program(request.param), folder, port, [server.port for server in servers]):
        yield f"https://localhost:{port}"


def with_ports(text, ports):
    for example, port in zip((8001, 8002), ports, strict=True):
        text = text.replace(f"127.0.0.1:{example}", f"127.0.0.1:{port}")
    return text


@contextmanager
def caddy(binary, folder, port, ports):
    text = with_ports((DEPLOY / "Caddyfile").read_text(), ports)
    text = text.replace("vote.example.org {", f"localhost:{port} {{\n\ttls internal")
    options = f"{{\n\tadmin off\n\tskip_install_trust\n\thttp_port {free_port()}\n}}\n"
    (folder / "Caddyfile").write_text(options + text)
    command = [binary, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    with running(command, port, HOME=str(folder), XDG_DATA_HOME=str(folder)):
        yield


@contextmanager
def nginx(binary, folder, port, ports):
    pem, key = folder / "site.pem", folder / "site.key"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    subprocess.run([*make, "-keyout", str(key), "-out", str(pem)], check=True, capture_output=True)
    text = with_ports((DEPLOY / "nginx.conf").read_text(), ports)
    text = text.replace("/etc/ssl/certs/vote.example.org.pem", str(pem))
    text = text.replace("/etc/ssl/private/vote.example.org.key", str(key))
    text = re.sub(r"listen \[::\].*\n", "", text).replace("vote.example.org", "localhost")
    text = text.replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
    text = text.replace("listen 443", f"listen 127.0.0.1:{port}")
    # The port is no usual one here, so the site must be told it.
    text = text.replace("Host $host;", "Host $http_host;")
    paths = " ".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "site.conf").write_text(text)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\nevents {{}}\n"
        f"http {{ {paths} include {folder}/site.conf; }}\n"
    )
    with running([binary, "-p", str(folder), "-c", str(folder / "nginx.conf")], port):
        yield


@pytest.fixture
def browser(site):
    with httpx.Client(base_url=site, verify=False, timeout=PATIENCE) as browser:  # noqa: S501
        browser.get("/sign-in/")
        yield browser


def sign_in(browser, password, **headers):
    form = {
        "username": "alice",
        "password": password,
        "csrfmiddlewaretoken": browser.cookies["csrftoken"],
    }
    referer = {"Referer": str(browser.base_url), **headers}
    return browser.post("/sign-in/", data=form, headers=referer)


def test_pages_come_over_tls_with_secure_cookies(browser):
    answer = browser.get("/sign-in/")

    assert answer.status_code == 200
    assert "max-age=31536000" in answer.headers["strict-transport-security"]
    assert all(cookie.secure for cookie in browser.cookies.jar)


def test_the_probes_are_not_for_the_public(browser):
    assert browser.get("/-/ready").status_code == 404
    assert browser.get("/-/live").status_code == 404


def test_a_browser_cannot_say_where_it_is(browser, servers):
    answer = sign_in(browser, "not the password", **{"X-Forwarded-For": "203.0.113.9"})

    assert answer.status_code == 200
    counted = servers[0].shell(WHO_FAILED).split()
    assert "127.0.0.1" in counted
    assert "203.0.113.9" not in counted


def test_a_body_that_is_too_large_is_refused_by_the_site_and_by_the_proxy(browser):
    by_site = browser.post("/sign-in/", content=b"x" * (3 * MIB))
    by_proxy = browser.post("/admin/", content=b"x" * (66 * MIB))

    assert (by_site.status_code, by_proxy.status_code) == (413, 413)


def test_a_socket_of_the_face_step_goes_through(browser, site):
    assert sign_in(browser, PASSWORD).status_code == 302
    headers = {"X-CSRFToken": browser.cookies["csrftoken"], "Referer": site}
    asked = browser.post("/verify/ticket/", json={"purpose": "login"}, headers=headers)
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    with connect(
        site.replace("https", "wss") + "/ws/verify/",
        origin=site,
        ssl=trusting,
        additional_headers={"Cookie": cookies},
        open_timeout=PATIENCE,
    ) as link:
        hello = {"type": "hello", "version": VERSION, "ticket": asked.json()["ticket"]}
        link.send(json.dumps(hello))
        answer = json.loads(link.recv(PATIENCE))

    assert answer["type"] in {"ready", "place"}


def test_while_one_web_server_is_restarted_nobody_notices(browser, servers, tmp_path):
    statuses, ended = [], threading.Event()

    def ask():
        while not ended.is_set():
            statuses.append(browser.post("/verify/ticket/", content=b"{}").status_code)
            statuses.append(browser.get("/sign-in/").status_code)

    asking = threading.Thread(target=ask)
    asking.start()
    for server in servers:
        server._server[-1].send_signal(signal.SIGTERM)
        assert server._server.pop().wait(PATIENCE) == 0
        server.start(tmp_path / "again.log")
    ended.set()
    asking.join(PATIENCE)

    assert len(statuses) > 10
    # A ticket may be asked of the server that is ending: the page then asks again.
    assert {status for status in statuses if status >= 500} <= {503}
    assert set(statuses[1::2]) == {200}
