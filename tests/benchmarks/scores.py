"""`make bench-scores`: what pages and jobs cost on a million promises, and on ten.

Names as arguments pick some of overview, past, changes, rebuild, worst, memory, disk. BENCH_SMALL
(1,000,000) and BENCH_LARGE (10,000,000) promises, BENCH_ROUNDS (7). Rounds on both databases
alternate, so that a ratio is of one run.
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

SMALL = int(os.environ.get("BENCH_SMALL", "1000000"))
LARGE = int(os.environ.get("BENCH_LARGE", "10000000"))
PARTS = ("overview", "past", "changes", "rebuild", "worst", "memory", "disk")
PREPARED = ("small", "large")


def main(names: list[str]) -> int:
    """Measure what is named, or all; answer 1 where a figure is missed."""
    folder = Path(os.environ.get("BENCH_DIR") or tempfile.mkdtemp(prefix="pg-scores-"))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "promisegap.settings",
        "SECRET_KEY": secrets.token_hex(32),
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
        os.environ["DATABASE_URL"] = servers.database_url()
        os.environ["REDIS_URL"] = servers.redis_url()
        return _measure(names or list(PARTS))
    finally:
        servers.stop()
        if "BENCH_DIR" not in os.environ:
            shutil.rmtree(folder, ignore_errors=True)


def _measure(names: list[str]) -> int:
    import django  # noqa: PLC0415 (after the environment)

    django.setup()
    from tests.benchmarks import scoring  # noqa: PLC0415 (needs Django)

    say: Callable[[str], None] = scoring.say
    load = os.getloadavg()
    say(
        f"{os.cpu_count()} cores, Python {platform.python_version()}, "
        f"PostgreSQL {scoring.server_version()}; load before: {load[0]:.1f} {load[1]:.1f}"
    )
    for name, promises in zip(PREPARED, (SMALL, LARGE), strict=True):
        began = time.monotonic()
        if scoring.prepare(name, promises):
            say(f"{promises:,} promises made in {time.monotonic() - began:.0f} s")
    missed = []
    for name in names:
        for row in getattr(scoring, name)():
            for line in row.lines():
                say(line)
            if not row.holds:
                missed.append(row.name)
    say(f"missed: {'; '.join(missed)}" if missed else "every figure holds")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
