"""Child processes that end with their parent, and the account that a server runs under."""

import ctypes
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
LOG_LIMIT_BYTES = 10_000_000

# Loaded before any fork: between fork and exec nothing may be imported or allocated at will.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class ServerProblem(Exception):
    """A child process that cannot be started; its text is one sentence for the terminal."""


@dataclass(frozen=True)
class Account:
    """A system account that a child process runs under."""

    name: str
    uid: int
    gid: int


def server_account(name: str) -> Account | None:
    """Return the account for a server that refuses to run as root; None where we are not root.

    Raises: ServerProblem where the account neither exists nor can be made.
    """
    if os.geteuid() != 0:
        return None
    with suppress(KeyError):
        return _account(name)
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd is None:
        raise ServerProblem(
            f"PostgreSQL does not run as root and the account {name!r} does not exist; "
            "create it, or run as another user."
        )
    command = [useradd, "--system", "--no-create-home", "--shell", "/bin/false", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return _account(name)
    except KeyError:
        raise ServerProblem(
            f"PostgreSQL does not run as root and the account {name!r} cannot be made: "
            f"{last_line(done.stderr)}"
        ) from None


def own_folder(path: Path, account: Account | None) -> None:
    """Make a folder that only the account (and we) can enter.

    Raises: ServerProblem where somebody else owns it.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = account.uid if account else os.geteuid()
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {owner, os.geteuid()}:
        raise ServerProblem(f"{path} belongs to somebody else; remove it or set another DATA_DIR.")
    if account:
        os.chown(path, account.uid, account.gid)
    path.chmod(0o700)


def let_pass(path: Path, account: Account | None) -> None:
    """Let the account walk through the parents of a path (not list them)."""
    if account is None:
        return
    for parent in path.absolute().parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def spawn(
    command: Sequence[str],
    *,
    log: IO[bytes],
    environment: Mapping[str, str],
    account: Account | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C reaches only us; it gets death_signal
    when we die, however we die."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=dict(environment),
        cwd=cwd,
        start_new_session=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        preexec_fn=_ends_with_parent(os.getpid(), death_signal),
    )


def stop(process: subprocess.Popen[bytes], steps: Sequence[tuple[signal.Signals, float]]) -> None:
    """Send one signal after the other, each with its time limit, then SIGKILL to the whole group.

    Units: time limits in seconds.
    """
    for number, seconds in steps:
        if process.poll() is not None:
            break
        process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End what is left of a child and of the processes that it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(5)


def open_log(path: Path) -> IO[bytes]:
    """Open a log to append to; one that has grown large is put aside first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    return path.open("ab")


def last_line(output: str) -> str:
    """Return the last line that says something."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"


def _account(name: str) -> Account:
    entry = pwd.getpwnam(name)
    return Account(name, entry.pw_uid, entry.pw_gid)


def _ends_with_parent(parent: int, death_signal: signal.Signals) -> Callable[[], None] | None:
    if _libc is None:
        return None
    libc = _libc

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        # The parent may have died before the line above.
        if os.getppid() != parent:
            os._exit(1)

    return ask
