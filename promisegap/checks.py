"""System checks: mistakes in a configuration that a reader of one variable cannot see."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.db import connections

POSTGRESQL_MINIMUM = 150_000
Apps = Sequence[AppConfig] | None


def postgres_is_new_enough(
    app_configs: Apps = None, databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[CheckMessage]:
    """Refuse a PostgreSQL older than 15."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        connection.ensure_connection()
        version = connection.connection.server_version
        if version < POSTGRESQL_MINIMUM:
            found.append(
                Error(
                    f"The server of DATABASE_URL is PostgreSQL {version // 10_000}.",
                    hint="Use PostgreSQL 15 or newer.",
                    id="promisegap.E001",
                )
            )
    return found


def zone_is_known_to_postgres(
    app_configs: Apps = None, databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[CheckMessage]:
    """Refuse a TIME_ZONE that the server does not know: cells are filed under its days."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_timezone_names WHERE name = %s", [settings.TIME_ZONE])
            if cursor.fetchone() is None:
                found.append(
                    Error(
                        f"TIME_ZONE is {settings.TIME_ZONE!r}, which PostgreSQL does not know.",
                        hint="Update the server's time zones, or use a common name.",
                        id="promisegap.E002",
                    )
                )
    return found


def hosts_are_named(app_configs: Apps = None, **_kwargs: Any) -> list[CheckMessage]:
    """Warn where every host name is accepted."""
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    return [
        Warning(
            "ALLOWED_HOSTS accepts every host name.",
            hint="Name the hosts that this site is reached under.",
            id="promisegap.W001",
        )
    ]


def servers_are_outside(app_configs: Apps = None, **_kwargs: Any) -> list[CheckMessage]:
    """Warn where a deployment relies on the embedded servers."""
    embedded = {"DATABASE_URL": settings.EMBEDDED_POSTGRES, "REDIS_URL": settings.EMBEDDED_REDIS}
    return [
        Warning(
            f"{name} is not set, so the embedded server is used.",
            hint="Set it to a server with its own backups and monitoring.",
            id="promisegap.W002",
        )
        for name, is_embedded in embedded.items()
        if is_embedded
    ]
