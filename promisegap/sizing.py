"""How much of the machine the embedded PostgreSQL takes."""

import os
import shutil
from pathlib import Path

MEGABYTE = 2**20
# A cgroup's own limit, where the process lives in one.
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
# In megabytes: at least, at most.
SHARED_BUFFERS = (128, 1_024)
WAL = (1_024, 8_192)


def sized_settings(
    memory: int | None = None, free_disk: int | None = None, *, folder: Path
) -> dict[str, str]:
    """PostgreSQL's settings that follow from the machine.

    A quarter of the memory keeps the indexes of ids, which come in no order, off the disk. A
    tenth of the free disk for the WAL makes checkpoints rare: after each of them every page is
    written to the WAL whole when it first changes, which on many millions of events costs more
    than the events do.

    Units: bytes in, PostgreSQL's megabytes out.
    """
    memory = memory_of_machine() if memory is None else memory
    free_disk = shutil.disk_usage(folder).free if free_disk is None else free_disk
    return {
        "shared_buffers": f"{_within(memory // 4, SHARED_BUFFERS)}MB",
        "max_wal_size": f"{_within(free_disk // 10, WAL)}MB",
    }


def memory_of_machine(limit: Path = CGROUP_LIMIT) -> int:
    """The memory that this process may use. Units: bytes."""
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        return min(there, int(limit.read_text()))
    except (OSError, ValueError):  # no cgroup, or one without a limit ("max")
        return there


def _within(size: int, limits: tuple[int, int]) -> int:
    low, high = limits
    return max(low, min(high, size // MEGABYTE))
