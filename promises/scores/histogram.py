"""The lateness of one group, bucket by bucket (R13)."""

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass
class Histogram:
    """Bucket -> number, of one group."""

    settled: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    censored: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, other: "Histogram") -> None:
        """Add another one."""
        for mine, theirs in ((self.settled, other.settled), (self.censored, other.censored)):
            for bucket, number in theirs.items():
                mine[bucket] += number
