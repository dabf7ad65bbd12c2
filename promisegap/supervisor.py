"""Keeps the children of `manage.py up` running, and ends them all when it ends."""

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import NoReturn

from promisegap.processes import ServerProblem, kill_group, stop

# Waits before the next start of a child that keeps dying; the last one repeats.
PAUSES = (0.1, 0.5, 1.0, 2.0, 4.0)
# A child that lived this long counts as healthy again.
HEALTHY_SECONDS = 30.0
LOOK_SECONDS = 0.1

Process = subprocess.Popen[bytes]
Say = Callable[[str], None]


@dataclass
class Child:
    """One process to keep: how to start it and how to end it."""

    name: str
    start: Callable[[], Process]
    stop_steps: Sequence[tuple[signal.Signals, float]]
    process: Process | None = None
    started_at: float = 0.0
    failures: int = 0
    next_start: float = field(default=0.0)


class Supervisor:
    """Starts children in the order in which they are added and ends them in the opposite one."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.children: list[Child] = []

    def add(self, child: Child) -> None:
        """Start a child and keep it from now on.

        Raises: ServerProblem where it does not start the first time.
        """
        self.children.append(child)
        self._start(child)

    def watch(self, each_look: Callable[[], None]) -> NoReturn:
        """Start again what dies, until KeyboardInterrupt; `each_look` is called in between."""
        while True:
            for child in self.children:
                self._look_after(child)
            each_look()
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """End every child; the ones that ask others for data go first."""
        for child in reversed(self.children):
            if child.process is not None:
                stop(child.process, child.stop_steps)
                child.process = None

    def _start(self, child: Child) -> None:
        child.process = child.start()
        child.started_at = time.monotonic()

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is not None:
            status = child.process.poll()
            if status is None:
                return
            kill_group(child.process)
            child.process = None
            if now - child.started_at > HEALTHY_SECONDS:
                child.failures = 0
            self._postpone(child, f"{child.name} ended ({_ending(status)}); starting it again.")
        if now < child.next_start:
            return
        try:
            self._start(child)
        except ServerProblem as problem:
            self._postpone(child, f"{child.name}: {problem}")

    def _postpone(self, child: Child, message: str) -> None:
        self.say(message)
        pause = PAUSES[min(child.failures, len(PAUSES) - 1)]
        child.failures += 1
        child.next_start = time.monotonic() + pause


def end_on_signals() -> None:
    """Let Ctrl-C, SIGTERM and a closed terminal end us the same way: by KeyboardInterrupt."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)


def ignore_signals() -> None:
    """Finish what ends now without being interrupted; the time limits bound it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _ending(status: int) -> str:
    if status >= 0:
        return f"status {status}"
    return f"signal {signal.Signals(-status).name}"
