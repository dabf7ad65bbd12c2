"""A whole product in a folder of its own, whose parts can be killed, stopped and frozen by pid.

PostgreSQL and Redis are this process's children; `manage.py up` looks after the site (granian, 2
processes x 4 threads), the worker and the clock, and starts again what dies, as it does for
everybody. Call everything here from one thread: a server ends with the thread that started it.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psycopg2

from promisegap.embedded import EmbeddedServers
from promisegap.processes import stop

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 120.0
SOURCE = "/drill"
# What a command line holds, by part.
PARTS = {"web": "granian", "worker": "promisegap worker", "beat": "promisegap beat"}

# The numbers of events that nobody has counted; nothing of the product is imported here.
UNCOUNTED = """
SELECT unnest(events) AS event_id FROM interactions_arrival
UNION ALL SELECT event_id FROM interactions_pendingevent WHERE state = 'pending'
"""


def wait_until(true: Callable[[], bool], seconds: float, what: str) -> float:
    """Wait until it is true. Units: the seconds that it took. Raises: AssertionError."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.02)
    return time.monotonic() - began


class Product:
    """One running product. Shape: `url` without a slash at its end; `key` may write and read."""

    def __init__(self, *, settings: str = "promisegap.settings", durable: bool = True) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pg-drill-"))
        self.servers = EmbeddedServers(self.folder, durable=durable)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = settings
        self.key = ""
        self.up: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Product":
        try:
            self.start()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def start(self) -> None:
        """Start everything and make a key; return once the site, worker and clock are there."""
        self.servers.start_postgres()
        self.servers.start_redis()
        with (self.folder / "terminal").open("ab") as log:
            self.up = subprocess.Popen(
                [sys.executable, "manage.py", "up", "--no-sample"],
                cwd=ROOT,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self._is_up, READY_SECONDS, f"the product is up (see {self.folder}/terminal)")
        scopes = ("events:write", "events:write:any", "read")
        self.key = self.manage(
            "make_key", *(f"--scope={scope}" for scope in scopes), f"--source={SOURCE}"
        ).strip()

    def end(self) -> None:
        """End everything and remove the folder."""
        for part in PARTS:
            self.thaw(part)
        if self.up is not None:
            stop(self.up, ((signal.SIGTERM, 40.0),))
        if self.servers.redis is not None:
            _signal([self.servers.redis.pid], signal.SIGCONT)
        self.servers.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def environment(self) -> dict[str, str]:
        """The environment of every process of this product."""
        found = dict(os.environ)
        return found | {
            "DJANGO_SETTINGS_MODULE": self.settings,
            "DATABASE_URL": self.servers.database_url(),
            "REDIS_URL": self.servers.redis_url(),
            "SECRET_KEY": "only-for-drills-" + "x" * 32,
            "ALLOWED_HOSTS": "localhost,127.0.0.1",
            "DATA_DIR": str(self.folder),
            "PORT": str(self.port),
            "STATIC_HASHES": "off",
            "LOG_LEVEL": "WARNING",
            # The limits are at work, but never reached.
            "RATE_LIMIT_PER_MINUTE": "1000000000",
            "READ_LIMIT_PER_MINUTE": "1000000000",
        }

    def manage(self, *words: str) -> str:
        """Run a command of the product and return what it printed."""
        done = self._run(*words)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    def ledger_check(self) -> dict[str, Any]:
        """The report of `manage.py ledger_check --json`."""
        done = self._run("ledger_check", "--json")
        assert done.stdout, f"ledger_check printed nothing: {done.stderr[-500:]}"
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def sql(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement on a connection of its own and return its rows."""
        with closing(psycopg2.connect(self.servers.database_url())) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters or None)
                return cursor.fetchall() if cursor.description else []

    def number(self, statement: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement that answers one number."""
        return int(self.sql(statement, parameters)[0][0])

    def pending(self) -> int:
        """How many events nobody has counted yet, with batches in hand and unfolded deltas."""
        return self.number(
            f"SELECT (SELECT count(*) FROM ({UNCOUNTED}) AS todo)"  # noqa: S608
            " + (SELECT count(*) FROM promises_drainbatch)"
            " + (SELECT count(*) FROM promises_celldelta)"
        )

    def answers(self) -> bool:
        """Whether the site answers."""
        with suppress(OSError), urlopen(f"{self.url}/livez", timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
        return False

    def pids(self, part: str) -> list[int]:
        """The main process of a part first, then its children; empty while it is away."""
        assert self.up is not None
        for pid in _children(self.up.pid):
            if PARTS[part] in _words(pid):
                return [pid, *descendants(pid)]
        return []

    def workers(self, part: str) -> list[int]:
        """The processes of a part that do its work: granian's workers, Celery's pool."""
        return [pid for pid in self.pids(part)[1:] if "resource_tracker" not in _words(pid)]

    def kill(self, pids: Sequence[int]) -> None:
        """End processes of this product with SIGKILL."""
        _signal(pids, signal.SIGKILL)

    def freeze(self, part: str) -> None:
        """Stop a part where it stands (SIGSTOP)."""
        _signal(self.pids(part), signal.SIGSTOP)

    def thaw(self, part: str) -> None:
        """Let a frozen part go on."""
        if self.up is not None and self.up.poll() is None:
            _signal(self.pids(part), signal.SIGCONT)

    def stop_postgres(self, number: signal.Signals) -> None:
        """End PostgreSQL: SIGINT is a fast shutdown, SIGQUIT an immediate one, SIGKILL a crash of
        its main process."""
        assert self.servers.postgres is not None
        self.servers.postgres.send_signal(number)
        self.servers.postgres.wait(30)

    def _is_up(self) -> bool:
        assert self.up is not None
        said = (self.folder / "terminal").read_text(encoding="utf-8", errors="replace")
        assert self.up.poll() is None, said[-3000:]
        log = self.folder / "logs" / "worker.log"
        return (
            "Ctrl-C ends everything" in said
            and log.exists()
            and (b"ready." in log.read_bytes() or len(self.workers("worker")) >= 2)
        )


def batch_id() -> str:
    """A name that no other batch has."""
    return secrets.token_hex(16)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _children(pid: int) -> list[int]:
    found = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(word) for word in (task / "children").read_text().split()]
    return found


def descendants(pid: int) -> list[int]:
    """The children of a process, and theirs."""
    found = []
    for child in _children(pid):
        found += [child, *descendants(child)]
    return found


def _words(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _signal(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
