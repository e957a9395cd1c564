"""Starts programs that sign their users in at a site: real servers with libraries of others."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.places import BASE
from tests.support.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.real_site import Site

EXAMPLES = BASE / "examples"
APACHE = shutil.which("apache2") or "/usr/sbin/apache2"
APACHE_MODULES = Path("/usr/lib/apache2/modules")
NEEDED = ("mpm_event", "authn_core", "authz_core", "authz_user", "dir", "mime", "auth_openidc")
START_SECONDS = 60
ADD = """
from accounts.oidc import secrets
from accounts.oidc.models import Client
made = secrets.new_secret()
client = Client(name={name!r}, redirect_uris={redirect!r}, **{fields!r})
client.client_secret = "" if client.is_public else secrets.digest(made)
client.full_clean()
client.save()
print(client.client_id, made)
"""


def add(site: Site, name: str, redirect: str, **fields: object) -> tuple[str, str]:
    """Add a program to the site, as an official would. Returns its number and its secret."""
    said = site.shell(ADD.format(name=name, redirect=redirect, fields=fields))
    client_id, secret = said.split()[-2:]
    return client_id, secret


def has_apache() -> bool:
    return Path(APACHE).exists() and (APACHE_MODULES / "mod_auth_openidc.so").exists()


@contextmanager
def flask_app(site: Site, folder: Path) -> Iterator[str]:
    port = free_port()
    client_id, secret = add(site, "Flask wiki", f"http://127.0.0.1:{port}/callback")
    settings = {"CLIENT_ID": client_id, "CLIENT_SECRET": secret, "FLASK_SECRET_KEY": "of this test"}
    command = ["-m", "flask", "--app", str(EXAMPLES / "flask_app" / "app.py"), "run"]
    with _running(
        [sys.executable, *command, "-p", str(port)],
        {**settings, "FACEVOTE": site.url},
        f"http://127.0.0.1:{port}/",
        folder / "flask.log",
    ) as url:
        yield url


@contextmanager
def django_app(site: Site, folder: Path) -> Iterator[str]:
    port = free_port()
    client_id, secret = add(site, "Django shop", f"http://127.0.0.1:{port}/oidc/callback/")
    settings = {
        "CLIENT_ID": client_id,
        "CLIENT_SECRET": secret,
        "FACEVOTE": site.url,
        "DATABASE": str(folder / "example.sqlite3"),
    }
    command = [str(EXAMPLES / "django_app" / "app.py"), "runserver", "--noreload"]
    with _running(
        [sys.executable, *command, f"127.0.0.1:{port}"],
        settings,
        f"http://127.0.0.1:{port}/",
        folder / "django.log",
    ) as url:
        yield url


@contextmanager
def page(site: Site, folder: Path) -> Iterator[str]:
    """The static page on a server of its own; without a secret."""
    files = folder / "page"
    shutil.copytree(EXAMPLES / "page", files)
    library = BASE / "node_modules" / "oidc-client-ts" / "dist" / "browser"
    shutil.copy(library / "oidc-client-ts.min.js", files)
    handler = functools.partial(_Quiet, directory=str(files))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    origin = f"http://127.0.0.1:{server.server_port}"
    client_id, _secret = add(
        site, "Club page", f"{origin}/", client_type="public", allowed_origins=origin
    )
    (files / "settings.js").write_text(
        f'export const FACEVOTE = "{site.url}";\nexport const CLIENT_ID = "{client_id}";\n'
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"{origin}/"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def apache(site: Site) -> Iterator[str]:
    """Debian's Apache with mod_auth_openidc before a folder of files."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Started by root, Apache serves as a user with few rights, who must read the files.
        folder.chmod(0o755)
        with _apache(site, folder) as url:
            yield url


@contextmanager
def _apache(site: Site, folder: Path) -> Iterator[str]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    client_id, secret = add(site, "Intranet", f"{url}/private/callback")
    files = folder / "files"
    (files / "private").mkdir(parents=True)
    (files / "private" / "index.html").write_text('<p id="who">The intranet.</p>')
    (files / "index.html").write_text('<a href="/private/">Sign in with FaceVote</a>')
    config = "\n".join(
        [
            *(f"LoadModule {name}_module {APACHE_MODULES}/mod_{name}.so" for name in NEEDED),
            f"ServerRoot {folder}\nServerName 127.0.0.1\nListen 127.0.0.1:{port}",
            "User www-data\nGroup www-data",
            f"PidFile {folder}/apache.pid\nErrorLog {folder}/apache-errors.log",
            f"DocumentRoot {files}\nDirectoryIndex index.html\nTypesConfig /etc/mime.types",
            f"OIDCProviderMetadataURL {site.url}/.well-known/openid-configuration",
            f"OIDCClientID {client_id}\nOIDCClientSecret {secret}",
            f"OIDCRedirectURI {url}/private/callback\nOIDCCryptoPassphrase of-this-test",
            'OIDCScope "openid profile"\nOIDCPKCEMethod S256\nOIDCRemoteUserClaim name',
            "<Location /private>\nAuthType openid-connect\nRequire valid-user\n</Location>",
        ]
    )
    (folder / "apache.conf").write_text(config)
    with _running(
        [APACHE, "-f", str(folder / "apache.conf"), "-DFOREGROUND"],
        {},
        f"{url}/",
        folder / "apache.log",
    ) as there:
        yield there


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Nothing."""


@contextmanager
def _running(command: list[str], settings: dict[str, str], url: str, log: Path) -> Iterator[str]:
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, cwd=BASE, env={**os.environ, **settings}, stdout=output, stderr=output
        )
    try:
        _wait_for(url, server, log)
        yield url
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).read()  # noqa: S310
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"{url} does not answer: {log.read_text()[-2000:]}")
