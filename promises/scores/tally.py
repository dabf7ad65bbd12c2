"""What is added up for one group."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from promises.domain.score import Sums, added_up

NO_SUMS = Sums()
_BESIDE = attrgetter("not_yet_due", "kept_early", "retro", "paused_seconds")


@dataclass(frozen=True, slots=True)
class Tally:
    """The sums of one group, and what stands beside them."""

    sums: Sums = NO_SUMS
    not_yet_due: int = 0
    kept_early: int = 0
    retro: int = 0
    paused_seconds: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether it counts no promise: cells of promises that were taken back stay, with zeros."""
        counted = self.sums.n + self.sums.withdrawn + self.not_yet_due + self.kept_early
        return counted == 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.sums + other.sums,
            self.not_yet_due + other.not_yet_due,
            self.kept_early + other.kept_early,
            self.retro + other.retro,
            self.paused_seconds + other.paused_seconds,
        )


def together(parts: Sequence[Tally]) -> Tally:
    """All of them added up: column by column, where there are many."""
    if not parts:
        return Tally()
    if len(parts) == 1:
        return parts[0]
    beside = (
        (part.not_yet_due, part.kept_early, part.retro, part.paused_seconds) for part in parts
    )
    sums = added_up([part.sums for part in parts])
    return Tally(sums, *map(sum, zip(*beside, strict=True)))
