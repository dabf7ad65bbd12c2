"""What is added up for one group."""

from dataclasses import dataclass

from promises.domain.score import Sums

NO_SUMS = Sums()


@dataclass(frozen=True, slots=True)
class Tally:
    """The sums of one group, and what stands beside them."""

    sums: Sums = NO_SUMS
    not_yet_due: int = 0
    kept_early: int = 0
    retro: int = 0
    paused_seconds: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.sums + other.sums,
            self.not_yet_due + other.not_yet_due,
            self.kept_early + other.kept_early,
            self.retro + other.retro,
            self.paused_seconds + other.paused_seconds,
        )
