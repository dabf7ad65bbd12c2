"""What a load balancer asks: does the process live, and can it serve?"""

import shutil
from functools import cache
from pathlib import Path

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.exceptions import MigrationSchemaMissing
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

OK = "ok"
DISK_FREE_MINIMUM = 0.05
RETRY_AFTER_SECONDS = "5"


@require_safe
@never_cache
@login_not_required
def livez(request: HttpRequest) -> HttpResponse:
    """Answer that this process handles requests; nothing else is asked."""
    return HttpResponse(OK, content_type="text/plain")


@require_safe
@never_cache
@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer whether requests can be served: 503 where not, and `degraded` without Redis (R3).

    Shape: {"status": "ok" | "degraded" | "down", "checks": {name: "ok" or what is wrong}}.
    """
    needed = {
        "database": _database(),
        "migrations": _migrations(),
        "disk": _disk(settings.DATA_DIR),
    }
    wanted = {"redis": _redis(settings.REDIS_URL)}
    if any(result != OK for result in needed.values()):
        status, code = "down", 503
    elif any(result != OK for result in wanted.values()):
        status, code = "degraded", 200
    else:
        status, code = OK, 200
    response = JsonResponse({"status": status, "checks": needed | wanted}, status=code)
    if code == 503:
        response["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return OK


@cache
def _newest_migrations() -> frozenset[tuple[str, str]]:
    loader = MigrationLoader(None)
    return frozenset((app, name) for app, name in loader.graph.leaf_nodes() if name)


def _migrations() -> str:
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except (DatabaseError, MigrationSchemaMissing):
        return "unknown"
    missing = len(_newest_migrations().difference(applied))
    return f"{missing} apps are behind" if missing else OK


def _disk(folder: Path) -> str:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    usage = shutil.disk_usage(existing)
    return OK if usage.free > usage.total * DISK_FREE_MINIMUM else "less than 5 % free"


def _redis(url: str) -> str:
    client = redis.Redis.from_url(
        url, socket_timeout=0.5, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), retries=0)
    )
    try:
        client.ping()
    except redis.RedisError:
        return "unreachable"
    finally:
        client.close()
    return OK
