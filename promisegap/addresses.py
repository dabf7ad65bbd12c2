"""Where the embedded servers are, computed from the data folder; nothing is touched or started."""

import hashlib
import os
import socket
import tempfile
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

ROLE = "promisegap"
DATABASE = "promisegap"
POSTGRES_SOCKET = ".s.PGSQL.5432"
REDIS_SOCKET = "redis.sock"
# Linux takes 107 bytes, macOS 103.
SOCKET_PATH_LIMIT = 103


def socket_dir(data_dir: Path) -> Path:
    """Return the folder of the sockets: in the data folder, or where its path is too long for a
    socket, a short one under the temp folder that only this user and this data folder have."""
    inside = data_dir / "sockets"
    if len(os.fsencode(inside / POSTGRES_SOCKET)) <= SOCKET_PATH_LIMIT:
        return inside
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"promisegap-{os.geteuid()}-{digest}"


def database_url(data_dir: Path, database: str = DATABASE) -> str:
    """Return the address of the embedded PostgreSQL, whether it runs or not."""
    return f"postgresql://{ROLE}@/{database}?host={quote(str(socket_dir(data_dir)), safe='')}"


def redis_url(data_dir: Path) -> str:
    """Return the address of the embedded Redis, whether it runs or not."""
    return f"unix://{quote(str(socket_dir(data_dir) / REDIS_SOCKET))}"


def broker_url(url: str) -> str:
    """Return the address of a Redis in the form that Celery takes."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    number = dict(parse_qsl(parts.query)).get("db", "0")
    return f"redis+socket://{parts.path}?virtual_host={number}"


def postgres_answers(data_dir: Path) -> bool:
    """Return whether an embedded PostgreSQL of this data folder accepts connections."""
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as probe:
        return probe.connect_ex(str(socket_dir(data_dir) / POSTGRES_SOCKET)) == 0
