"""What the machine did while something was measured."""

import os
import resource
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Usage:
    """Units: `seconds` of wall clock; `client` and `all` are shares of all cores; `load` is the
    average of the last minute."""

    seconds: float
    client: float
    all: float
    load: float

    def line(self) -> str:
        """For the table's last column."""
        return f"client {self.client:.0%} of {os.cpu_count()} cores, all {self.all:.0%}, " + (
            f"load {self.load:.1f}"
        )


class Machine:
    """Measures from its making on; `children` that have ended count as the client's."""

    def __init__(self) -> None:
        self._began, self._own, self._busy = time.monotonic(), _own_seconds(), _busy_seconds()

    def usage(self) -> Usage:
        """What happened since."""
        seconds = time.monotonic() - self._began
        cores = os.cpu_count() or 1
        return Usage(
            seconds=seconds,
            client=(_own_seconds() - self._own) / seconds / cores,
            all=(_busy_seconds() - self._busy) / seconds / cores,
            load=os.getloadavg()[0],
        )


def resident_mb(pid: int) -> float:
    """Memory of a process. Units: megabytes; 0 where it is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * resource.getpagesize() / 1e6


def processor_seconds(pid: int) -> float:
    """Processor time of a process so far; 0 where it is gone."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def _own_seconds() -> float:
    total = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        found = resource.getrusage(who)
        total += found.ru_utime + found.ru_stime
    return total


def _busy_seconds() -> float:
    words = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    ticks = [int(word) for word in words]
    return (sum(ticks[:8]) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")
