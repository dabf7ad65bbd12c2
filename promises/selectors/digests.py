"""What a digest says: overdue, due today, broken yesterday, and rests that are owed."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from interactions.models import Team
from interactions.selectors import Viewer
from promises.domain.clock import day_end
from promises.models import Promise, Remainder
from promises.selectors.remainders import OLD
from promises.selectors.visibility import visible_promises, visible_remainders

SHOWN = 15
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One promise. Shape: `due` is when it matures, of a rest the latest date given; `fraction` is
    None but of a rest."""

    promise_id: int
    statement: str
    customer_name: str
    team_name: str
    due: datetime
    fraction: float | None = None


@dataclass(frozen=True, slots=True)
class DigestPart:
    """The first few of a list, and how many there are."""

    count: int
    lines: tuple[DigestLine, ...]


@dataclass(frozen=True, slots=True)
class DigestPage:
    """A digest. Shape: `broken` reaches back over the days since the digest before; `rests` are due
    by the end of the day, and the `older_rests` were due before those that the desk lists."""

    overdue: DigestPart
    due_today: DigestPart
    broken: DigestPart
    rests: DigestPart
    older_rests: int

    @property
    def empty(self) -> bool:
        """Whether there is nothing to say: of old rests alone nobody is told every day."""
        parts = (self.overdue, self.due_today, self.broken, self.rests)
        return not any(part.count for part in parts)


def digest_read(
    viewer: Viewer, day: date, zone: ZoneInfo, *, now: datetime, days_back: int
) -> DigestPage:
    """What a person should know on a local day.

    Shape: broken are promises that matured in the days before and had not been kept by then; they
    are overdue, too, while they are open.
    """
    promises, rests = visible_promises(viewer), visible_remainders(viewer)
    still_open = promises.filter(openpromise__isnull=False)
    ends, begins = day_end(day, zone), day_end(day - _DAY, zone)
    since = day_end(day - (1 + days_back) * _DAY, zone)
    return DigestPage(
        overdue=_part(still_open.filter(openpromise__matures_at__lt=now)),
        due_today=_part(
            still_open.filter(openpromise__matures_at__gte=now, openpromise__matures_at__lt=ends)
        ),
        broken=_part(
            promises.filter(
                # Named, so that the index on (team, matures_at) is used also for all teams.
                team_id__in=Team.objects.values("pk"),
                matures_at__gte=since,
                matures_at__lt=begins,
            ).exclude(state__in=("kept", "withdrawn"))
        ),
        rests=_rests(rests.filter(due__gte=now - OLD, due__lt=ends)),
        older_rests=rests.filter(due__lt=now - OLD).count(),
    )


def _rests(rests: QuerySet[Remainder]) -> DigestPart:
    owed = rests.select_related("promise__customer", "promise__team").order_by("due", "promise_id")
    return DigestPart(
        count=rests.count(),
        lines=tuple(
            replace(_line(rest.promise, rest.promise.due), fraction=rest.promise.fraction)
            for rest in owed[:SHOWN]
        ),
    )


def _part(promises: QuerySet[Promise]) -> DigestPart:
    rows = promises.select_related("customer", "team").order_by("matures_at", "pk")[:SHOWN]
    return DigestPart(
        count=promises.count(),
        lines=tuple(_line(row, row.matures_at) for row in rows if row.matures_at is not None),
    )


def _line(promise: Promise, due: datetime) -> DigestLine:
    return DigestLine(
        promise_id=promise.pk,
        statement=promise.statement,
        customer_name=promise.customer.label,
        team_name=promise.team.label,
        due=due,
    )
