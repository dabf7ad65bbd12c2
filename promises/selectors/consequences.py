"""What came after promises, by how they came out: read from the figures of the day."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from promises.domain.aftermath import (
    FOLLOW_DAYS,
    LATE,
    MET,
    AfterSums,
    Outcome,
    feedback_mean,
    share,
)
from promises.domain.difference import Estimate
from promises.models import Consequence

_SUMS = ("n", "spoken", "feedback", "feedback_squares", "contacted", "left", "referred")
_ADDED = tuple(f"{name}__sum" for name in _SUMS)


@dataclass(frozen=True, slots=True)
class Followed:
    """How many of some promises were followed by something, as a share with its interval.

    Shape: share, low and high are null below 5 promises.
    """

    count: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """The promises that came out one way, and what came after them.

    Shape: `outcome` is one of Outcome, or `met` and `late` for those taken together. Mean, low and
    high are null below 5 promises with feedback.
    Units: feedback of 5.
    """

    outcome: str
    n: int
    feedback_n: int
    feedback_mean: float | None
    feedback_low: float | None
    feedback_high: float | None
    contacts: Followed
    left: Followed
    referrals: Followed


@dataclass(frozen=True, slots=True)
class Consequences:
    """What came after the promises of a window.

    Shape: as_of is null, and there are no rows, where nothing was added up yet. The window is that
    of the last day on which was looked at what followed.
    """

    as_of: datetime | None
    window: str
    kind: str
    follow_days: int
    rows: tuple[OutcomeRow, ...]
    together: tuple[OutcomeRow, ...]

    @property
    def n(self) -> int:
        """All promises that were looked at."""
        return sum(row.n for row in self.rows)

    @property
    def nothing_heard(self) -> bool:
        """Whether none of them was followed by anything that is known."""
        return not any(
            row.feedback_n + row.contacts.count + row.left.count + row.referrals.count
            for row in self.rows
        )


def consequences_read(
    window: str, kind: str = "", team_ids: frozenset[int] | None = None
) -> Consequences:
    """What came after the promises of some teams (None: all) in one window."""
    stored = Consequence.objects.filter(window=window)
    if kind:
        stored = stored.filter(kind=kind)
    if team_ids is not None:
        stored = stored.filter(team_id__in=team_ids)
    sums = stored.values("outcome").annotate(*(Sum(name) for name in _SUMS))
    found = {
        outcome: AfterSums(*values) for outcome, *values in sums.values_list("outcome", *_ADDED)
    }
    as_of = Consequence.objects.order_by("-as_of").values_list("as_of", flat=True).first()
    groups = {"met": MET, "late": LATE}
    return Consequences(
        as_of=as_of,
        window=window,
        kind=kind,
        follow_days=FOLLOW_DAYS,
        rows=tuple(_row(outcome, found.get(outcome, AfterSums())) for outcome in Outcome)
        if as_of
        else (),
        together=tuple(
            _row(name, sum((found.get(one, AfterSums()) for one in outcomes), AfterSums()))
            for name, outcomes in groups.items()
        )
        if as_of
        else (),
    )


def _row(outcome: str, sums: AfterSums) -> OutcomeRow:
    mean = feedback_mean(sums)
    return OutcomeRow(
        outcome=str(outcome),
        n=sums.n,
        feedback_n=sums.spoken,
        feedback_mean=mean.value if mean else None,
        feedback_low=mean.low if mean else None,
        feedback_high=mean.high if mean else None,
        contacts=_followed(sums.contacted, sums.n),
        left=_followed(sums.left, sums.n),
        referrals=_followed(sums.referred, sums.n),
    )


def _followed(count: int, n: int) -> Followed:
    found: Estimate | None = share(count, n)
    if found is None:
        return Followed(count, None, None, None)
    return Followed(count, found.value, found.low, found.high)
