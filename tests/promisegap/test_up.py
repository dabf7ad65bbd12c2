"""`manage.py up` as a person meets it: everything starts, comes back, and ends."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.request import urlopen

import psycopg2
import pytest
import redis
from django.conf import settings

from promisegap import addresses

PATIENCE_SECONDS = 120
LAST_LINE = "Ctrl-C ends everything; the data stays.\n"
READY = re.compile(r"^Ready after ([0-9.]+) s: (http://\S+)$", re.MULTILINE)
PASSWORD = re.compile(r"^Sign in as admin with the password (\S{16})$", re.MULTILINE)


@pytest.fixture
def folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="pg up "))
    yield folder
    shutil.rmtree(folder)


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(folder: Path, port: int) -> dict[str, str]:
    found = dict(os.environ)
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "STATIC_HASHES", "ALLOWED_HOSTS"):
        found.pop(name, None)
    return found | {
        "DJANGO_SETTINGS_MODULE": "promisegap.settings",
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "SAMPLE": "off",
    }


def processes_of(folder: Path) -> dict[int, str]:
    """Return every process that works on the folder, by what it was started with."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with suppress(OSError):
            words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            variables = (entry / "environ").read_bytes().split(b"\0")
            of_folder = f"DATA_DIR={folder}".encode() in variables or str(folder) in words
            if of_folder and words:
                found[int(entry.name)] = words
    return found


def wait_until(true: Callable[[], bool], seconds: float, what: Callable[[], str]) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, what()
        time.sleep(0.1)


class Up:
    """One run of `manage.py up`."""

    def __init__(self, folder: Path, port: int, **changes: str) -> None:
        self.folder = folder
        self.address = f"http://127.0.0.1:{port}/"
        self.log = folder / "terminal"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=settings.BASE_DIR,
                env=environment(folder, port) | changes,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def output(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def told(self) -> str:
        """What the terminal and the logs say, and what runs: for whoever reads a failure."""
        ends = [
            "\n".join([f"== {log.name}", *log.read_text(errors="replace").splitlines()[-15:]])
            for log in sorted((self.folder / "logs").glob("*.log"))
        ]
        running = [f"{pid} {words}" for pid, words in processes_of(self.folder).items()]
        return "\n".join([self.output()[-2000:], *ends, "== processes", *running])

    def seconds_to_ready(self) -> float:
        def ready() -> bool:
            assert self.process.poll() is None, self.output()
            return LAST_LINE in self.output()

        wait_until(ready, PATIENCE_SECONDS, self.told)
        found = READY.search(self.output())
        assert found is not None
        assert found[2] == self.address
        return float(found[1])

    def lives(self) -> bool:
        try:
            with urlopen(f"{self.address}livez", timeout=2) as answer:  # noqa: S310 - our own
                return bool(answer.read() == b"ok")
        except OSError:
            return False

    def pid(self, words: str) -> int | None:
        pids = [pid for pid, line in processes_of(self.folder).items() if words in line]
        return min(pids, default=None)

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(40)


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., Up]]:
    runs = []
    port = free_port()

    def start(**changes: str) -> Up:
        runs.append(Up(folder, port, **changes))
        return runs[-1]

    yield start
    for run in runs:
        if run.process.poll() is None:
            run.end(signal.SIGTERM)


def query_works(folder: Path) -> bool:
    try:
        with closing(psycopg2.connect(addresses.database_url(folder))) as connection:
            connection.cursor().execute("SELECT 1")
            return True
    except psycopg2.OperationalError:
        return False


def redis_answers(folder: Path) -> bool:
    try:
        with redis.Redis.from_url(addresses.redis_url(folder)) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


@pytest.mark.whole
@pytest.mark.timeout(900)
def test_everything_comes_up_comes_back_and_ends(folder: Path, start: Callable[..., Up]) -> None:
    first = start()
    first.seconds_to_ready()
    wait_until(first.lives, PATIENCE_SECONDS, first.told)
    assert len(PASSWORD.findall(first.output())) == 1

    second_copy = subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=settings.BASE_DIR,
        env=environment(folder, free_port()),
        capture_output=True,
        text=True,
        check=False,
    )
    assert second_copy.returncode == 1
    assert second_copy.stdout == ""
    assert second_copy.stderr == (
        f"Promise Gap is already running here: process {first.process.pid}, {first.address}\n"
    )

    # Whatever dies comes back: the servers, the site, the worker, the clock.
    parts = ("bin/postgres", "redis-server", "granian", "promisegap worker", "promisegap beat")
    killed = {words: first.pid(words) for words in parts}
    for pid in killed.values():
        assert pid is not None, killed
        os.kill(pid, signal.SIGKILL)

    def all_are_back() -> bool:
        return all(first.pid(words) not in {None, pid} for words, pid in killed.items())

    # That they come back is what is told here; how soon depends on what else the machine does.
    wait_until(all_are_back, PATIENCE_SECONDS, first.told)
    wait_until(lambda: query_works(folder), PATIENCE_SECONDS, first.told)
    wait_until(lambda: redis_answers(folder), PATIENCE_SECONDS, first.told)
    wait_until(first.lives, PATIENCE_SECONDS, first.told)

    assert first.end(signal.SIGINT) == 0
    assert processes_of(folder) == {}

    again = start()
    again.seconds_to_ready()
    assert PASSWORD.search(again.output()) is None
    assert "Making the tables" not in again.output()
    assert again.end(signal.SIGTERM) == 0
    assert processes_of(folder) == {}


@pytest.mark.whole
@pytest.mark.timeout(900)
def test_a_killed_parent_takes_its_children_along(folder: Path, start: Callable[..., Up]) -> None:
    run = start(STATIC_HASHES="off")
    run.seconds_to_ready()
    run.process.kill()
    run.process.wait()
    wait_until(
        lambda: processes_of(folder) == {}, PATIENCE_SECONDS, lambda: str(processes_of(folder))
    )
    again = start(STATIC_HASHES="off")
    again.seconds_to_ready()
    assert again.end(signal.SIGTERM) == 0


def refusal(**changes: str) -> str:
    """Return the one line that `up` ends with."""
    done = subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=settings.BASE_DIR,
        env=environment(Path("/nonexistent"), 8000) | changes,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    return line


def test_a_busy_port_is_one_sentence(folder: Path) -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        line = refusal(DATA_DIR=str(folder), PORT=str(port))
    assert line.startswith(f"Port {port} on 127.0.0.1 is used by another program; stop it, or")
    assert not (folder / "postgres").exists()


def test_an_unwritable_folder_is_one_sentence() -> None:
    assert re.fullmatch(
        r"The folder /proc/none cannot be used: .*\.", refusal(DATA_DIR="/proc/none")
    )


def test_an_address_of_another_machine_is_one_sentence(folder: Path) -> None:
    line = refusal(DATA_DIR=str(folder), HOST="192.0.2.1")
    assert line.startswith("Nobody can listen on 192.0.2.1, port 8000: ")


def test_a_command_without_the_servers_says_what_to_do(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "showmigrations"],
        cwd=settings.BASE_DIR,
        env=environment(folder, 8000),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "The embedded PostgreSQL is not running; start it with `make up` or set DATABASE_URL.\n"
    )
