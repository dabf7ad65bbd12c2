"""Open promises by their chance to be kept, and how well such chances foretold what came."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Q, Subquery

from interactions.models.party import label_of
from interactions.selectors import Viewer
from promises.domain.backtest import Brier, Calibration, Group
from promises.domain.lifecycle import PromiseState
from promises.domain.risk import UNSEEN, Fit, calibrated, estimate
from promises.domain.settling import WHOLE
from promises.models import Promise, RiskFit, Watermark
from promises.models.settling import Measure
from promises.selectors.settling import curves, latest_fits, scopes_of
from promises.selectors.visibility import visible_chances, visible_teams

# Below it a promise is more likely missed than kept.
EVEN = 0.5
# Nobody reads a larger number than this, and counting on would cost.
MOST_COUNTED = 1_000
_TOLD = "chances"
_SECOND = timedelta(seconds=1)


class Place(NamedTuple):
    """Where a page of the list ended."""

    chance: float
    id: int


@dataclass(frozen=True, slots=True)
class RiskLine:
    """One open promise that has not matured, with its chance to be kept.

    Shape: chance is 0 to 1, as of the list's `told_at`; gone is the share of the time given that is
    over by now, slips the number of times that its date was put off.
    """

    id: int
    reference: str
    source: str
    statement: str
    kind: str
    customer_id: str
    customer_name: str
    team_id: str
    team_name: str
    made_at: datetime
    first_due: datetime
    due: datetime
    matures_at: datetime
    chance: float
    gone: float
    slack_seconds: float
    slips: int


@dataclass(frozen=True, slots=True)
class AtRisk:
    """Open promises, the least likely to be kept first.

    Shape: told_at is when the chances were reckoned, None before the first time; likely_missed how
    many are more likely missed than kept, counted to MOST_COUNTED + 1; next is where the list goes
    on, None at its end.
    """

    lines: tuple[RiskLine, ...]
    told_at: datetime | None
    likely_missed: int
    next: Place | None

    @property
    def likely_missed_is_more(self) -> bool:
        """Whether there are more than were counted."""
        return self.likely_missed > MOST_COUNTED

    @property
    def most_counted(self) -> int:
        """Up to where they were counted."""
        return MOST_COUNTED


@dataclass(frozen=True, slots=True)
class Chance:
    """The chance of one open promise, and what it comes from.

    Shape: `followed` promises of the team and kind (of the company where the team has none) were
    still open when so much of the time was gone; estimated is before slips and calibration.
    """

    chance: float
    estimated: float
    gone: float
    slack_seconds: float
    slips: int
    followed: int
    fit: Fit


@dataclass(frozen=True, slots=True)
class CalibrationRead:
    """How well chances foretold what came; calibration is None where there is too little to say.

    Shape: since and until bound the looks that were judged.
    """

    as_of: datetime
    fits: Mapping[str, Fit]
    calibration: Calibration | None
    since: datetime | None
    until: datetime | None


def at_risk_read(
    viewer: Viewer,
    *,
    now: datetime,
    kind: str = "",
    team: str = "",
    after: Place | None = None,
    limit: int = 50,
    counted: bool = True,
) -> AtRisk:
    """The open promises of the viewer's teams that have not matured, worst first.

    Shape: rows are read along an index of stored chances, however many there are. A team that is
    unknown or not the viewer's has none. `counted` False leaves out how many are likely missed.
    """
    chances = visible_chances(viewer).filter(matures_at__gt=now, promise__openpromise__isnull=False)
    if kind:
        chances = chances.filter(kind=kind)
    if team:
        chances = chances.filter(team__in=visible_teams(viewer).filter(reference=team))
    likely = chances.filter(chance__lt=EVEN)[: MOST_COUNTED + 1]
    if after is not None:
        beyond = Q(chance=after.chance, promise__gt=after.id) | Q(chance__gt=after.chance)
        chances = chances.filter(beyond, chance__gte=after.chance)
    told = Watermark.objects.filter(name=_TOLD).values("moment")
    worst = chances.annotate(told_at=Subquery(told[:1])).order_by("chance", "promise")
    rows = [_Row._make(row) for row in worst.values_list(*_Row._fields)[: limit + 1]]
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    return AtRisk(
        lines=tuple(_line(row, now) for row in shown),
        told_at=rows[0].told_at if rows else told.values_list("moment", flat=True).first(),
        likely_missed=likely.count() if counted and (rows or after is not None) else 0,
        next=None if last is None else Place(last.chance, last.promise_id),
    )


def chance_read(promise: Promise, state: PromiseState, *, now: datetime) -> Chance | None:
    """The chance of one promise now. The caller has seen to it that the promise may be seen.

    Shape: None where it is not open, is paused, has matured, or there are too few like it.
    """
    matures_at = state.matures_at
    if state.state != "open" or matures_at is None or matures_at <= now:
        return None
    scopes = scopes_of(state.kind, promise.team_id, state.standard or "")
    known = curves(scopes, Measure.SHARE)
    wide_first = [known[scope] for scope in reversed(scopes) if scope in known]
    gone = (now - state.made_at) / (matures_at - state.made_at)
    estimated = estimate(wide_first, gone)
    if estimated is None:
        return None
    fit = latest_fits().get(state.kind, UNSEEN)
    slips = state.slips_announced + state.slips_unannounced
    of_team = known.get(scopes[-2], known[scopes[-1]])
    return Chance(
        chance=calibrated(estimated, slips, fit),
        estimated=estimated,
        gone=gone,
        slack_seconds=(matures_at - now) / _SECOND,
        slips=slips,
        followed=round(of_team.at_risk(gone * WHOLE)),
        fit=fit,
    )


def calibration_read() -> CalibrationRead | None:
    """What was learnt last, and how well it would have foretold; None before the first time."""
    row = RiskFit.objects.order_by("-pk").first()
    if row is None:
        return None
    found = None if row.calibration is None else _calibration(row.calibration)
    return CalibrationRead(
        as_of=row.as_of,
        fits={kind: Fit(**values) for kind, values in row.fits.items()},
        calibration=found,
        since=None if found is None else datetime.fromtimestamp(found.since, UTC),
        until=None if found is None else datetime.fromtimestamp(found.until, UTC),
    )


def _calibration(stored: Mapping[str, Any]) -> Calibration:
    return Calibration(
        since=stored["since"],
        until=stored["until"],
        all=Brier(**stored["all"]),
        kinds={kind: Brier(**values) for kind, values in stored["kinds"].items()},
        groups=tuple(Group(**values) for values in stored["groups"]),
    )


class _Row(NamedTuple):
    """What a line is made from; nothing else of the promise and its parties is read."""

    promise_id: int
    chance: float
    matures_at: datetime
    told_at: datetime | None
    promise__reference: str
    promise__source__name: str
    promise__statement: str
    promise__kind: str
    promise__customer__reference: str
    promise__customer__name: str
    promise__team__reference: str
    promise__team__name: str
    promise__made_at: datetime
    promise__first_due: datetime
    promise__due: datetime
    promise__slips_announced: int
    promise__slips_unannounced: int


def _line(row: _Row, now: datetime) -> RiskLine:
    made_at = row.promise__made_at
    given = row.matures_at - made_at
    return RiskLine(
        id=row.promise_id,
        reference=row.promise__reference,
        source=row.promise__source__name,
        statement=row.promise__statement,
        kind=row.promise__kind,
        customer_id=row.promise__customer__reference,
        customer_name=label_of(row.promise__customer__reference, row.promise__customer__name),
        team_id=row.promise__team__reference,
        team_name=label_of(row.promise__team__reference, row.promise__team__name),
        made_at=made_at,
        first_due=row.promise__first_due,
        due=row.promise__due,
        matures_at=row.matures_at,
        chance=row.chance,
        gone=min(1.0, (now - made_at) / given) if given > timedelta(0) else 1.0,
        slack_seconds=(row.matures_at - now) / _SECOND,
        slips=row.promise__slips_announced + row.promise__slips_unannounced,
    )
