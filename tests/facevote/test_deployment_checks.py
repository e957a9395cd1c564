"""What `manage.py check --deploy` refuses to call a public site, one rule each."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection

from accounts.models import User
from facevote import deployment_checks
from facevote.preparing import static_files, tables

STATIC_STORAGE = "facevote.storage.StaticStorage"


def ids(check):
    return [message.id for message in check(None)]


@pytest.fixture
def site_files(settings, tmp_path):
    """Libraries and one static file of the site, nothing collected yet."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "page.css").write_text("a {}")
    settings.VENDOR_DIR = tmp_path / "vendor"
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": STATIC_STORAGE}}
    return source


def test_static_files_that_were_not_collected_are_an_error(site_files):
    assert ids(deployment_checks.check_static_files) == ["facevote.E011"]
    static_files.lay_out_libraries()
    assert ids(deployment_checks.check_static_files) == ["facevote.E011"]

    static_files.collect()

    assert ids(deployment_checks.check_static_files) == []


def test_static_files_of_the_version_before_are_an_error(site_files):
    static_files.lay_out_libraries()
    static_files.collect()

    (site_files / "page.css").write_text("b {}")

    (message,) = deployment_checks.check_static_files(None)
    assert message.id == "facevote.E011"
    assert "of another version (page.css)" in message.msg


@pytest.mark.django_db
def test_waiting_migrations_are_an_error(monkeypatch):
    assert ids(deployment_checks.check_migrations) == []

    monkeypatch.setattr(tables, "waiting_migrations", lambda: ["voting.0099_new"])

    (message,) = deployment_checks.check_migrations(None)
    assert message.id == "facevote.E012"
    assert "voting.0099_new" in message.msg


def test_a_database_that_is_away_is_an_error_and_no_crash(monkeypatch):
    def away():
        raise DatabaseError

    monkeypatch.setattr(tables, "waiting_migrations", away)

    assert ids(deployment_checks.check_migrations) == ["facevote.E012"]


@pytest.mark.parametrize(
    ("mode", "found"), [(0o700, []), (0o710, ["facevote.E013"]), (0o704, ["facevote.E013"])]
)
def test_data_that_others_can_read_are_an_error(settings, tmp_path, mode, found):
    settings.DATA_DIR = settings.BASE_DIR = tmp_path
    tmp_path.chmod(mode)

    assert ids(deployment_checks.check_who_can_read) == found


@pytest.mark.parametrize(("mode", "found"), [(0o600, []), (0o644, ["facevote.E013"])])
def test_settings_that_others_can_read_are_an_error(settings, tmp_path, mode, found):
    settings.DATA_DIR = settings.BASE_DIR = tmp_path
    (tmp_path / ".env").touch()
    (tmp_path / ".env").chmod(mode)

    assert ids(deployment_checks.check_who_can_read) == found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("vendor", "voters", "found"),
    [("sqlite", 500, []), ("sqlite", 501, ["facevote.E014"]), ("postgresql", 501, [])],
)
def test_many_voters_on_sqlite_are_an_error(monkeypatch, vendor, voters, found):
    monkeypatch.setattr(connection, "vendor", vendor)
    User.objects.bulk_create(User(username=f"voter{number}") for number in range(voters))
    User.objects.create(username="chief", is_staff=True)

    assert ids(deployment_checks.check_size_of_sqlite) == found


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("redis://127.0.0.1:6379/0", ["facevote.E015"]),
        ("rediss://user@redis.example/0", ["facevote.E015"]),
        ("redis://:a-password@127.0.0.1:6379/0", []),
        ("filesystem://", []),
        ("", []),
    ],
)
@pytest.mark.parametrize("name", ["REDIS_URL", "CELERY_BROKER_URL"])
def test_redis_without_a_password_is_an_error(settings, name, address, found):
    settings.REDIS_URL, settings.CELERY_BROKER_URL = "", "filesystem://"
    setattr(settings, name, address)

    messages = deployment_checks.check_redis(None)

    assert [message.id for message in messages] == found
    assert "a-password" not in "".join(str(message) for message in messages)


@pytest.mark.parametrize(
    ("https", "told", "found"),
    [(True, False, ["facevote.E016"]), (True, True, []), (False, False, [])],
)
def test_a_site_that_does_not_say_who_stands_before_it_is_an_error(settings, https, told, found):
    settings.HTTPS, settings.TRUSTED_PROXIES_TOLD = https, told

    assert ids(deployment_checks.check_proxies) == found


@pytest.mark.parametrize(("https", "found"), [(True, []), (False, ["facevote.E017"])])
def test_preload_without_https_is_an_error(settings, https, found):
    settings.SECURE_HSTS_PRELOAD, settings.HTTPS = True, https

    assert ids(deployment_checks.check_preload) == found


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"EMAIL_BACKEND": "accounts.mail.outbox.OutboxBackend"}, ["facevote.W005"]),
        ({"SITE_URL": ""}, ["facevote.W006"]),
        (
            {"EMAIL_PROVIDER": "postmark", "ANYMAIL": {"POSTMARK_SERVER_TOKEN": ""}},
            ["facevote.E018"],
        ),
        ({}, []),
    ],
)
def test_mail_that_would_not_arrive_is_told(settings, changes, found):
    settings.SITE_URL = "https://vote.example.org"
    for name, value in changes.items():
        setattr(settings, name, value)

    assert ids(deployment_checks.check_mail) == found
