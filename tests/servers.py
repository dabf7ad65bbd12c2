"""The servers of a test run: one embedded PostgreSQL and Redis, shared by all its processes."""

import os
import shutil
import tempfile
from pathlib import Path

from promisegap.embedded import EmbeddedServers

# Set by the first process of the run and inherited by the others.
FOLDER = "PROMISEGAP_TEST_FOLDER"


def prepare_environment() -> None:
    """Point the settings at this run's servers; nothing is started yet."""
    os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 32)
    os.environ.setdefault("STATIC_HASHES", "off")
    os.environ.setdefault("ALLOWED_HOSTS", "localhost,127.0.0.1,testserver")
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="pg-test-")
        os.environ["DATA_DIR"] = os.environ[FOLDER]
    servers = run_servers()
    os.environ.setdefault("DATABASE_URL", servers.database_url())
    os.environ.setdefault("REDIS_URL", servers.redis_url())
    # gw0, gw1, ... share one Redis, each with a database of its own; 0 is the controller's.
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw-1").removeprefix("gw")) + 1
    if number:
        os.environ["REDIS_URL"] = redis_database(os.environ["REDIS_URL"], number)


def redis_database(url: str, number: int) -> str:
    """Return the address of another database of the same Redis."""
    place = url.partition("?")[0]
    if place.startswith("unix://"):
        return f"{place}?db={number}"
    scheme, _, rest = place.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/{number}"


def run_servers() -> EmbeddedServers:
    """Return this run's servers, whichever process started them."""
    return EmbeddedServers(Path(os.environ[FOLDER]), durable=False)


def start(servers: EmbeddedServers) -> None:
    """Start those of this run's servers that the environment did not bring along."""
    if os.environ["DATABASE_URL"] == servers.database_url():
        servers.start_postgres()
    if os.environ["REDIS_URL"] == servers.redis_url():
        servers.start_redis()


def stop(servers: EmbeddedServers) -> None:
    """End this run's servers and remove their data."""
    servers.stop()
    shutil.rmtree(servers.data_dir, ignore_errors=True)
