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

    def without_zeros(self) -> "Histogram | None":
        """The same with the buckets that hold something; None where none does."""
        settled = {bucket: number for bucket, number in self.settled.items() if number}
        censored = {bucket: number for bucket, number in self.censored.items() if number}
        return Histogram(settled, censored) if settled or censored else None
