"""What the embedded PostgreSQL takes of a machine."""

from pathlib import Path

import pytest

from promisegap.sizing import memory_of_machine, sized_settings

GB = 2**30


@pytest.mark.parametrize(
    ("memory", "disk", "buffers", "wal"),
    [
        (24 * GB, 80 * GB, "1024MB", "8192MB"),
        (2 * GB, 40 * GB, "512MB", "4096MB"),
        (GB // 4, GB, "128MB", "1024MB"),
    ],
)
def test_a_quarter_of_the_memory_and_a_tenth_of_the_disk(
    memory: int, disk: int, buffers: str, wal: str
) -> None:
    sized = sized_settings(memory, disk, folder=Path("/"))
    assert sized == {"shared_buffers": buffers, "max_wal_size": wal}


def test_the_limit_of_a_cgroup_counts(tmp_path: Path) -> None:
    there = memory_of_machine(tmp_path / "none")
    limit = tmp_path / "memory.max"
    limit.write_text("max\n")
    assert memory_of_machine(limit) == there
    limit.write_text(f"{GB // 2}\n")
    assert memory_of_machine(limit) == GB // 2
    assert sized_settings(folder=tmp_path)["shared_buffers"].endswith("MB")
