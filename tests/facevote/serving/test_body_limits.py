"""What a stranger sends is limited by path, on a real server, before anything of it is kept."""

from __future__ import annotations

import http.client
import socket
import time
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from facevote.serving import body_limits
from tests.support.real_site import running_site

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def temporary(tmp_path_factory):
    return tmp_path_factory.mktemp("temporary")


@pytest.fixture(scope="module")
def site(tmp_path_factory, temporary):
    engine = "tests.support.scripted_engine.ScriptedEngine"
    data = tmp_path_factory.mktemp("site")
    with running_site(data, ENGINE=engine, TMPDIR=str(temporary)) as site:
        yield site


def link_to(site):
    return socket.create_connection(("localhost", site.port), 20)


def head(path, *headers):
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", *headers, "", ""]
    return "\r\n".join(lines).encode()


def status_of(link):
    answer = http.client.HTTPResponse(link)
    answer.begin()
    return answer.status, answer.read().decode()


def test_what_is_announced_as_too_large_is_refused_before_it_comes(site):
    with link_to(site) as link:
        link.sendall(head("/sign-in/", f"Content-Length: {300 * MIB}"))

        status, page = status_of(link)

    assert status == 413
    assert "<h1>That is too large</h1>" in page


def test_who_does_not_tell_the_length_is_stopped_on_the_way(site):
    with link_to(site) as link:
        link.sendall(head("/sign-in/", "Transfer-Encoding: chunked"))
        chunk = b"%x\r\n%s\r\n" % (MIB, b"x" * MIB)
        for _ in range(4):
            link.sendall(chunk)

        assert status_of(link)[0] == 413


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/sign-in/", 2 * MIB),
        ("/sign-in/?next=/admin/", 2 * MIB),
        ("/no/such/page/admin/", 2 * MIB),
        ("/verify/ticket/", 2 * MIB),
        ("/elections/e/cast/", 2 * MIB),
        ("/enrolment/1/photos", 8 * MIB),
        ("/enrolment/collect/picture", 8 * MIB),
        ("/api/voters/1/photos/", 8 * MIB),
        ("/api/elections/e/roll/", 64 * MIB - 65536),
        ("/admin/voting/voterrollentry/import/", 64 * MIB - 65536),
    ],
)
def test_each_path_takes_what_it_needs_and_no_more(site, path, limit):
    with link_to(site) as link:
        link.sendall(head(path, f"Content-Length: {limit + 65537}"))
        assert status_of(link)[0] == 413

    with link_to(site) as link:
        link.sendall(head(path, f"Content-Length: {limit}"))
        link.settimeout(0.5)
        with pytest.raises(TimeoutError):
            link.recv(1)


def test_nothing_that_is_sent_is_written_to_the_temporary_folder(site, temporary):
    """Neither while it comes, nor when the application reads it."""
    with link_to(site) as link:
        link.sendall(head("/admin/login/", f"Content-Length: {20 * MIB}"))
        link.sendall(b"x" * (20 * MIB - 1))
        time.sleep(0.5)
        open_files = files_of(site.pid)
        link.sendall(b"x")
        status, _page = status_of(link)

    assert not [name for name in open_files if str(temporary) in name]
    assert status in {302, 403, 405}
    assert not list(temporary.iterdir())
    largest = max(limit for _pattern, limit in body_limits.LIMITS)
    assert largest <= settings.FILE_UPLOAD_MAX_MEMORY_SIZE


def files_of(pid):
    """What the process has open; the name of a deleted file is still told."""
    entries = Path(f"/proc/{pid}/fd").iterdir()
    return [str(entry.readlink()) for entry in entries if entry.is_symlink()]


def test_a_refused_sender_harms_no_other_request_and_is_let_go(site):
    with link_to(site) as link:
        link.sendall(head("/sign-in/", f"Content-Length: {300 * MIB}"))
        assert status_of(link)[0] == 413
        assert httpx.get(f"{site.url}/sign-in/").status_code == 200
        began = time.monotonic()
        link.settimeout(20)
        while link.recv(MIB):
            pass
        waited = time.monotonic() - began

    # Far less than the minute after which Twisted gives up a silent connection.
    assert waited < 30


def test_a_form_is_still_read(site):
    with httpx.Client(base_url=site.url, timeout=30) as browser:
        browser.get("/sign-in/")
        token = browser.cookies["csrftoken"]
        form = {"username": "x" * 500_000, "password": "y", "csrfmiddlewaretoken": token}
        answer = browser.post("/sign-in/", data=form)

    assert answer.status_code == 200
    assert "There is a problem" in answer.text
