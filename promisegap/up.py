"""Everything that `make up` starts, in its order."""

import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import DatabaseError, connections

from interactions.away import database_is_away
from promisegap import first_run
from promisegap.embedded import POSTGRES_STOP, REDIS_STOP, EmbeddedServers
from promisegap.processes import ServerProblem, open_log, spawn
from promisegap.supervisor import Child, Supervisor, end_on_signals, ignore_signals

WEB_WORKERS = 2
WEB_THREADS = 4
# Two that count, and one that is free for the clock.
TASK_PROCESSES = 3
# The bodies of large batches are given back to the system when they go: glibc would learn from the
# first of them to keep the next on its heap, in pieces, and for each thread by itself.
GIVE_BACK = {"MALLOC_MMAP_THRESHOLD_": "262144", "MALLOC_ARENA_MAX": "1"}
# After a hard end of the last run its children may still be leaving the port.
PORT_PATIENCE_SECONDS = 10.0
SILENCE_SECONDS = 60.0

Say = Callable[[str], None]


class Installation:
    """One run of everything: servers, site, worker and beat of one data folder."""

    def __init__(self, say: Say, *, sample: bool) -> None:
        self.say = say
        self.sample = sample
        self.data_dir: Path = settings.DATA_DIR
        self.address = f"http://{_shown_host(settings.HOST)}:{settings.PORT}/"
        self.servers = EmbeddedServers(self.data_dir)
        self.supervisor = Supervisor(say)
        self.announced = False
        self.background = False
        self.site_began = 0.0
        self.began = time.monotonic()

    def run(self) -> None:
        """Start everything and keep it until Ctrl-C or SIGTERM.

        Raises: ServerProblem with one sentence where something is in the way.
        """
        with _folder_lock(self.data_dir, self.address) as lock:
            ended_hard = lock.read() != ""
            _write(lock, f"{os.getpid()} {self.address}")
            end_on_signals()
            try:
                _check_port(settings.HOST, settings.PORT, PORT_PATIENCE_SECONDS * ended_hard)
                self._start()
                self.supervisor.watch(self._announce)
            except KeyboardInterrupt:
                self.say("Ending")
            finally:
                ignore_signals()
                connections.close_all()
                self.supervisor.stop()
                self.servers.stop()
                _write(lock, "")

    def _start(self) -> None:
        if settings.EMBEDDED_POSTGRES:
            self.say("Starting PostgreSQL")
            self._add("PostgreSQL", self.servers.start_postgres, POSTGRES_STOP)
        if settings.EMBEDDED_REDIS:
            self._add("Redis", self.servers.start_redis, REDIS_STOP)
        first_run.migrate(self.say)
        first_run.collect_static(self.say)
        if self.sample:
            first_run.load_sample(self.say)
        connections.close_all()
        self.say("Starting the site")
        self.site_began = time.monotonic()
        self._add("The site", self._start_web, ((signal.SIGTERM, 8.0),))

    def _start_background(self) -> None:
        self._add("The worker", self._start_worker, ((signal.SIGTERM, 10.0),))
        self._add("The clock", self._start_beat, ((signal.SIGTERM, 3.0),))

    def _add(
        self,
        name: str,
        start: Callable[[], subprocess.Popen[bytes]],
        steps: tuple[tuple[signal.Signals, float], ...],
    ) -> None:
        self.supervisor.add(Child(name, start, steps))

    def _start_web(self) -> subprocess.Popen[bytes]:
        arguments = ["granian", "--interface", "wsgi", "--http", "1", "--no-ws"]
        arguments += ["--host", settings.HOST, "--port", str(settings.PORT)]
        arguments += ["--workers", str(WEB_WORKERS), "--blocking-threads", str(WEB_THREADS)]
        arguments += ["--respawn-failed-workers", "--workers-kill-timeout", "5"]
        return self._spawn("web", [*arguments, "promisegap.wsgi:application"])

    def _start_worker(self) -> subprocess.Popen[bytes]:
        arguments = ["celery", "-A", "promisegap", "worker", "--loglevel", "INFO"]
        arguments += ["--concurrency", str(TASK_PROCESSES)]
        arguments += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        return self._spawn("worker", arguments)

    def _start_beat(self) -> subprocess.Popen[bytes]:
        arguments = ["celery", "-A", "promisegap", "beat", "--loglevel", "INFO", "--pidfile="]
        schedule = str(self.data_dir / "beat-schedule")
        return self._spawn("beat", [*arguments, "--schedule", schedule])

    def _spawn(self, name: str, arguments: list[str]) -> subprocess.Popen[bytes]:
        environment = os.environ | {"PYTHONUNBUFFERED": "1"} | GIVE_BACK
        with open_log(self.data_dir / "logs" / f"{name}.log") as log:
            return spawn(
                [sys.executable, "-m", *arguments],
                log=log,
                environment=environment,
                cwd=settings.BASE_DIR,
            )

    def _announce(self) -> None:
        """Say once that the site answers, or that it does not; the worker and the clock start only
        then, because three that start at once keep a small machine from answering."""
        if self.announced:
            return
        answers = _answers(f"{self.address}livez")
        overdue = time.monotonic() - self.site_began > SILENCE_SECONDS
        if not self.background and (answers or overdue):
            self.background = True
            self._start_background()
            if not answers:
                log = self.data_dir / "logs" / "web.log"
                self.say(f"The site does not answer yet; the reason is at the end of {log}")
        if answers:
            # The first admin is made only now, so that its password is shown whenever it is made.
            try:
                password = first_run.create_admin()
            except DatabaseError as error:
                if not database_is_away(error):
                    raise
                return  # PostgreSQL is coming back; the next look tries again
            finally:
                connections.close_all()
            self.announced = True
            seconds = time.monotonic() - self.began
            self.say(f"Ready after {seconds:.1f} s: {self.address}")
            if password:
                self.say(f"Sign in as {first_run.ADMIN} with the password {password}")
                self.say("This password is not shown again; change it after signing in.")
            self.say("Ctrl-C ends everything; the data stays.")


def _folder_lock(data_dir: Path, address: str) -> IO[str]:
    """Return the folder's lock file, locked until it is closed.

    Raises: ServerProblem where the folder cannot be written or another copy holds the lock.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (data_dir / "up.lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise ServerProblem(f"The folder {data_dir} cannot be used: {error.strerror}.") from error
    lock.seek(0)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid, _space, running = lock.read().partition(" ")
        lock.close()
        raise ServerProblem(
            f"Promise Gap is already running here: process {pid or 'unknown'}, {running or address}"
        ) from None
    return lock


def _write(lock: IO[str], content: str) -> None:
    lock.seek(0)
    lock.truncate()
    lock.write(content)
    lock.flush()


def _check_port(host: str, port: int, patience_seconds: float) -> None:
    """Raise ServerProblem where nobody can listen on the port."""
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            family, kind, protocol, _name, where = socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM
            )[0]
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(where)
                return
        except OSError as error:
            if error.errno == errno.EADDRINUSE and time.monotonic() < deadline:
                time.sleep(0.2)
                continue
            raise ServerProblem(_port_problem(host, port, error)) from error


def _port_problem(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is used by another program; stop it, or choose another port: "
            f"PORT={port + 1 if port < 65535 else 8000} make up"
        )
    return f"Nobody can listen on {host}, port {port}: {error.strerror}."


def _shown_host(host: str) -> str:
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own http address
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
