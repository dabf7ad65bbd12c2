"""Mistakes that the system checks name, and the whole of `check --deploy`."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import Settings

from promisegap import checks


@pytest.mark.django_db
def test_the_server_of_this_run_is_new_enough() -> None:
    assert checks.postgres_is_new_enough(databases=["default"]) == []


@pytest.mark.django_db
def test_an_old_server_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    running = connection.pg_version
    monkeypatch.setattr(checks, "POSTGRESQL_MINIMUM", running + 1)
    (found,) = checks.postgres_is_new_enough(databases=["default"])
    assert found.id == "promisegap.E001"
    assert f"PostgreSQL {running // 10_000}" in found.msg


@pytest.mark.django_db
def test_a_zone_unknown_to_the_server_is_refused(settings: Settings) -> None:
    assert checks.zone_is_known_to_postgres(databases=["default"]) == []
    settings.TIME_ZONE = "Factory/None"
    (found,) = checks.zone_is_known_to_postgres(databases=["default"])
    assert found.id == "promisegap.E002"


def test_no_database_is_asked_unless_named() -> None:
    assert checks.postgres_is_new_enough() == []
    assert checks.zone_is_known_to_postgres() == []


def test_every_host_name_is_warned_of(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["promises.example"]
    assert checks.hosts_are_named() == []
    settings.ALLOWED_HOSTS = ["*"]
    assert [found.id for found in checks.hosts_are_named()] == ["promisegap.W001"]


def test_embedded_servers_are_warned_of(settings: Settings) -> None:
    settings.EMBEDDED_POSTGRES, settings.EMBEDDED_REDIS = True, False
    (found,) = checks.servers_are_outside()
    assert "DATABASE_URL" in found.msg


def test_a_deployment_checks_clean() -> None:
    production = {
        "DJANGO_SETTINGS_MODULE": "promisegap.settings",
        "SECRET_KEY": "abcdefghij" * 6,
        "HTTPS": "on",
        "ALLOWED_HOSTS": "promises.example",
        "STATIC_HASHES": "on",
    }
    # The browser tests of the same process leave a switch behind that no deployment has.
    inherited = {k: v for k, v in os.environ.items() if k != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env=inherited | production,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
