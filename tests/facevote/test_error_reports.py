"""What leaves the site if SENTRY_DSN is set: each byte of it is looked at."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.conf import settings as site_settings

from facevote.version import VERSION
from tests.facevote.failing_site import SECRET
from tests.support.places import BASE

FAIL = f"""
import django, sentry_sdk
django.setup()
from django.conf import settings
from django.test import Client
settings.ROOT_URLCONF = "tests.facevote.failing_site"
settings.MIDDLEWARE = []
settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)
client = Client(False, raise_request_exception=False, HTTP_USER_AGENT={SECRET!r})
client.cookies["sessionid"] = {SECRET!r}
path = "/set-password/{SECRET}/?q={SECRET}"
answer = client.post(path, {{"password": {SECRET!r}}}, REMOTE_ADDR="203.0.113.9")
assert answer.status_code == 500
try:
    client.get("/log/{SECRET}/")
except SystemExit:
    pass
sentry_sdk.flush(30)
"""


class Reports(HTTPServer):
    """Takes what Sentry's library sends: the headers and the body of each request."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Taking)
        self.received = []


class Taking(BaseHTTPRequestHandler):
    server: Reports

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.received.append((str(self.headers), body.decode()))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_args):
        """The test says what it needs."""


@pytest.fixture
def sentry():
    server = Reports()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def fail(tmp_path, **settings):
    environment = {
        **os.environ,
        "DATA_DIR": str(tmp_path),
        "DEBUG": "off",
        "SECRET_KEY": SECRET * 3,
        "TEMPLATE_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "HTTPS": "off",
        "ALLOWED_HOSTS": "testserver",
        **settings,
    }
    done = subprocess.run(
        [sys.executable, "-c", FAIL],
        cwd=BASE,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_report_says_where_it_failed_and_nothing_about_anybody(sentry, tmp_path):
    fail(tmp_path, SENTRY_DSN=f"http://key@127.0.0.1:{sentry.server_port}/1")

    (failure, logged) = [body for _headers, body in sentry.received]
    for headers, body in sentry.received:
        for secret in (SECRET, "203.0.113.9", "sessionid", os.uname().nodename, "breadcrumb"):
            assert secret not in headers + body
    assert '"type":"ValueError"' in failure
    assert "tests.facevote.failing_site" in failure
    assert '"function":"fail"' in failure
    assert VERSION in failure
    assert '"level":"error"' in logged
    assert '"logger":"facevote"' in logged


def test_nothing_leaves_unless_it_is_wanted(sentry, tmp_path):
    assert site_settings.SENTRY_DSN == ""

    fail(tmp_path)

    assert sentry.received == []
