"""`make bench-pages`: what the pages cost on a million promises, and what a browser loads.

Names as arguments pick some of server, browser, csv, sizes. BENCH_PROMISES (1,000,000),
BENCH_ROUNDS (20 a page), BENCH_DIR keeps the database, BENCH_PAGES="overview team" asks these only.
The site runs as the product runs it (granian, 2 processes x 4 threads); nothing else does.
"""

import os
import platform
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

PROMISES = int(os.environ.get("BENCH_PROMISES", "1000000"))
PARTS = ("server", "browser", "csv", "sizes")
DATABASE = "pages"


def main(names: list[str]) -> int:
    """Measure what is named, or all; answer 1 where a figure is missed."""
    folder = Path(os.environ.get("BENCH_DIR") or tempfile.mkdtemp(prefix="pg-pages-"))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.page_settings",
        "SECRET_KEY": secrets.token_hex(32),
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "DATA_DIR": str(folder),
        "TIME_ZONE": "UTC",
        "STATEMENT_TIMEOUT_MS": "0",
        "LOG_LEVEL": "WARNING",
    }
    from promisegap.embedded import EmbeddedServers  # noqa: PLC0415 (after the environment)

    # Nothing here has to outlive a loss of power.
    servers = EmbeddedServers(folder, durable=False)
    servers.start_postgres()
    try:
        servers.start_redis()
        os.environ["DATABASE_URL"] = servers.database_url()
        os.environ["REDIS_URL"] = servers.redis_url()
        return _measure(names or list(PARTS), servers.database_url(f"bench_{DATABASE}"))
    finally:
        servers.stop()
        if "BENCH_DIR" not in os.environ:
            shutil.rmtree(folder, ignore_errors=True)


def _measure(names: list[str], database_url: str) -> int:
    import django  # noqa: PLC0415 (after the environment)

    django.setup()
    from tests.benchmarks import paging, scoring  # noqa: PLC0415 (need Django)

    say: Callable[[str], None] = scoring.say
    load, began = os.getloadavg(), time.monotonic()
    say(
        f"{os.cpu_count()} cores, Python {platform.python_version()}, "
        f"PostgreSQL {scoring.server_version()}; load before: {load[0]:.1f} {load[1]:.1f}"
    )
    if paging.prepare(DATABASE, PROMISES):
        say(f"{PROMISES:,} promises made in {time.monotonic() - began:.0f} s")
    missed = []
    with paging.running_site(database_url) as site:
        for name in names:
            for row in getattr(paging, name)(site):
                for line in row.lines():
                    say(line)
                if not row.holds:
                    missed.append(row.name)
    say(f"missed: {'; '.join(missed)}" if missed else "every figure holds")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
