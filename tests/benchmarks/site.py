"""A web server as the product runs it, on a database that is there already, and somebody signed
in."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore

from promisegap import first_run
from promisegap.processes import stop
from promisegap.up import WEB_THREADS, WEB_WORKERS
from tests.benchmarks.machine import resident_mb
from tests.faults.product import ROOT, descendants, free_port, wait_until

READY_SECONDS = 60.0


@dataclass(frozen=True)
class Answer:
    """What one request brought. Units: seconds; `began` until the first byte of the body."""

    path: str
    status: int
    server: float
    queries: int
    in_queries: float
    began: float
    took: float
    size: int


@dataclass
class Site:
    """A running site. Shape: `cookie` is that of an admin."""

    port: int
    process: subprocess.Popen[bytes]
    cookie: str

    @property
    def url(self) -> str:
        """Its address, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    def memory(self) -> float:
        """The largest web process. Units: megabytes."""
        return max((resident_mb(pid) for pid in descendants(self.process.pid)), default=0.0)

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for a path as the admin, over a connection of its own, and read all of it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        began = time.perf_counter()
        cookie = {"Cookie": f"sessionid={self.cookie}"}
        connection.request("GET", path, headers=cookie | headers)
        answer = connection.getresponse()
        size = len(answer.read(1))
        first = time.perf_counter() - began
        while piece := answer.read(65_536):
            size += len(piece)
        took = time.perf_counter() - began
        connection.close()
        return Answer(
            path=path,
            status=answer.status,
            server=float(answer.headers.get("X-Seconds", 0)),
            queries=int(answer.headers.get("X-Queries", 0)),
            in_queries=float(answer.headers.get("X-Query-Seconds", 0)),
            began=first,
            took=took,
            size=size,
        )


@contextmanager
def running_site(database_url: str) -> Iterator[Site]:
    """Start it with its compressed files; it ends with the context."""
    first_run.collect_static(lambda _: None)
    user = User.objects.get(username="ada")
    port = free_port()
    arguments = ["--interface", "wsgi", "--http", "1", "--no-ws", "--port", str(port)]
    arguments += ["--workers", str(WEB_WORKERS), "--blocking-threads", str(WEB_THREADS)]
    with (Path(os.environ["DATA_DIR"]) / "web.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "granian", *arguments, "promisegap.wsgi:application"],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": database_url, "READ_LIMIT_PER_MINUTE": "0"},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    site = Site(port, process, _signed_in(user))
    try:
        wait_until(lambda: _answers(site), READY_SECONDS, "the site answers")
        yield site
    finally:
        stop(process, ((signal.SIGTERM, 10.0),))


def _answers(site: Site) -> bool:
    with suppress(OSError):
        return site.get("/livez").status == 200
    return False


def _signed_in(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)
