"""What a digest says: overdue, due today, broken yesterday."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from interactions.models import Team
from interactions.selectors import Viewer
from promises.domain.clock import day_end
from promises.models import Promise
from promises.selectors.visibility import visible_promises

SHOWN = 15
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One promise."""

    promise_id: int
    statement: str
    customer_name: str
    team_name: str
    matures_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class DigestPart:
    """The first few of a list, and how many there are."""

    count: int
    lines: tuple[DigestLine, ...]


@dataclass(frozen=True, slots=True)
class DigestPage:
    """A digest. Shape: `broken` reaches back over the days since the digest before."""

    overdue: DigestPart
    due_today: DigestPart
    broken: DigestPart

    @property
    def empty(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.overdue.count or self.due_today.count or self.broken.count)


def digest_read(
    viewer: Viewer, day: date, zone: ZoneInfo, *, now: datetime, days_back: int
) -> DigestPage:
    """What a person should know on a local day.

    Shape: broken are promises that matured in the days before and had not been kept by then; they
    are overdue, too, while they are open.
    """
    promises = visible_promises(viewer)
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
    )


def _part(promises: QuerySet[Promise]) -> DigestPart:
    rows = promises.select_related("customer", "team").order_by("matures_at", "pk")[:SHOWN]
    return DigestPart(
        count=promises.count(),
        lines=tuple(
            DigestLine(
                promise_id=row.pk,
                statement=row.statement,
                customer_name=row.customer.label,
                team_name=row.team.label,
                matures_at=row.matures_at,
                state=row.state,
            )
            for row in rows
            if row.matures_at is not None
        ),
    )
