"""How it stands, in figures: what the one sentence on top of the overview is made from."""

from dataclasses import dataclass
from enum import StrEnum

from promises.scores import ScoreRow


class Change(StrEnum):
    """This period against the one before."""

    UNKNOWN = "unknown"
    NOT_CLEAR = "not clear"
    BETTER = "better"
    WORSE = "worse"


@dataclass(frozen=True, slots=True)
class Costliest:
    """The promises of one kind and team that lost more than any others, 0 to 1 of all loss."""

    kind: str
    team: str
    share: float


@dataclass(frozen=True, slots=True)
class Standing:
    """The figures of the sentence."""

    row: ScoreRow
    change: Change = Change.UNKNOWN
    costliest: Costliest | None = None


def change_between(row: ScoreRow, before: ScoreRow) -> Change:
    """Whether more or fewer are kept than before, by more than chance alone may make.

    Shape: UNKNOWN where either period has too few promises; NOT_CLEAR where the 95 % ranges of the
    kept rates have a part in common.
    """
    lows, highs = (row.kept_low, before.kept_low), (row.kept_high, before.kept_high)
    if not (row.enough and before.enough) or None in (*lows, *highs):
        return Change.UNKNOWN
    if (row.kept_low or 0.0) > (before.kept_high or 0.0):
        return Change.BETTER
    if (row.kept_high or 0.0) < (before.kept_low or 0.0):
        return Change.WORSE
    return Change.NOT_CLEAR
