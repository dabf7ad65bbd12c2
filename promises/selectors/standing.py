"""How it stands, in figures: what the one sentence on top of the overview is made from."""

from dataclasses import dataclass

from promises.domain.difference import Verdict
from promises.scores import ScoreRow


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
    change: Verdict = Verdict.TOO_FEW
    costliest: Costliest | None = None
