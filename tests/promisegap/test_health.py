"""What a load balancer is told."""

from pathlib import Path

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import Settings

ALL_WELL = {"database": "ok", "migrations": "ok", "disk": "ok", "redis": "ok"}


def test_it_lives_without_asking_the_database(client: Client) -> None:
    answer = client.get("/livez")
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_only_reading_is_answered(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


@pytest.mark.django_db
def test_it_is_ready_when_all_is_well(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "checks": ALL_WELL}


@pytest.mark.django_db
def test_without_redis_it_is_degraded_and_still_serves(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "degraded", "checks": ALL_WELL | {"redis": "unreachable"}}


@pytest.mark.django_db
def test_behind_on_migrations_it_is_down_and_says_when_to_ask_again(client: Client) -> None:
    newest = MigrationRecorder.Migration.objects.filter(app="sessions")
    newest.delete()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert answer.json()["checks"]["migrations"] == "1 apps are behind"


@pytest.mark.django_db
def test_on_a_full_disk_it_is_down(client: Client, settings: Settings) -> None:
    # /proc has no free bytes.
    settings.DATA_DIR = Path("/proc/self/nothing-here")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["disk"] == "less than 5 % free"
