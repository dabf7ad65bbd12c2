"""An agent's desk: what is still owed, the nearest date first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from django.db.models import F, QuerySet

from interactions.models import Event, Team
from interactions.selectors import Viewer
from promises.domain.clock import day_end, day_of
from promises.domain.lifecycle import PromiseState
from promises.models import OpenPromise, Promise
from promises.projection import folded_at
from promises.projection.facts import installation_zone
from promises.selectors.acts import PEOPLE, UNDO_WITHIN
from promises.selectors.freshness import freshness_read
from promises.selectors.lines import promise_lines
from promises.selectors.pages import Asked, Freshness, PromiseLine
from promises.selectors.remainders import Rests, rests_read
from promises.selectors.visibility import (
    NotVisible,
    promise_visible,
    visible_open,
    visible_remainders,
    visible_teams,
)

Tab = Literal["mine", "teams"]
STEP: Final = 50
MOST_SHOWN: Final = 500
MOST_COUNTED: Final = 999


@dataclass(frozen=True, slots=True)
class DeskLine:
    """One open promise. Units: `waited_seconds` is what the customer has lived through since it
    was promised, by the wall clock, pauses included."""

    line: PromiseLine
    waited_seconds: float
    paused: bool
    due_today: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """The page. Shape: counts stop at one more than `most_counted`."""

    asked: Asked
    freshness: Freshness
    tab: Tab
    lines: tuple[DeskLine, ...]
    overdue: int
    due_today: int
    open: int
    others: int
    longer: int | None
    rests: Rests
    most_counted: int

    @property
    def of_mine(self) -> int:
        """What the reader promised and still owes."""
        return self.open if self.tab == "mine" else self.others

    @property
    def of_teams(self) -> int:
        """What all of the reader's teams still owe."""
        return self.open if self.tab == "teams" else self.others

    @property
    def has_more(self) -> bool:
        """Whether some of them are not shown."""
        return self.open > len(self.lines)


def desk_read(viewer: Viewer, username: str, tab: Tab, *, now: datetime, shown: int) -> Desk:
    """The open promises of one person, or of their teams, and the rests of those fulfilled in
    part."""
    asked = Asked("90d", "", now, True, ())
    everybody = visible_open(viewer)
    mine = everybody.filter(made_by=username).exclude(made_by="")
    chosen, others = (mine, everybody) if tab == "mine" else (everybody, mine)
    rests = visible_remainders(viewer)
    if tab == "mine":
        rests = rests.filter(made_by=username).exclude(made_by="")
    today_ends = day_end(day_of(now, installation_zone()), installation_zone())
    rows = _nearest(chosen)[:shown]
    promises = [row.promise for row in rows]
    lines = promise_lines(promises, asked)
    return Desk(
        asked=asked,
        freshness=freshness_read(asked),
        tab=tab,
        lines=tuple(
            DeskLine(
                line=line,
                waited_seconds=(now - promise.made_at).total_seconds(),
                paused=promise.matures_at is None,
                due_today=not line.overdue and now <= promise.due < today_ends,
            )
            for line, promise in zip(lines, promises, strict=True)
        ),
        overdue=_counted(chosen.filter(matures_at__lt=now)),
        due_today=_counted(chosen.filter(matures_at__gte=now, matures_at__lt=today_ends)),
        open=_counted(chosen),
        others=_counted(others),
        longer=min(2 * shown, MOST_SHOWN) if shown < MOST_SHOWN else None,
        rests=rests_read(
            rests, asked, shown=shown, most_counted=MOST_COUNTED, today_ends=today_ends
        ),
        most_counted=MOST_COUNTED,
    )


def _nearest(promises: QuerySet[OpenPromise]) -> QuerySet[OpenPromise]:
    """What counts first comes first; what a pause holds back comes last."""
    return promises.select_related("promise__customer", "promise__team").order_by(
        F("matures_at").asc(nulls_last=True), "promise_id"
    )


def _counted(promises: QuerySet[OpenPromise]) -> int:
    return promises.order_by().values("pk")[: MOST_COUNTED + 1].count()


def promise_now(viewer: Viewer, pk: int) -> tuple[Promise, PromiseState]:
    """One promise with its state as it stands now.

    Raises: NotVisible.
    """
    promise = promise_visible(viewer, pk)
    key = (promise.source_id, promise.reference)
    state = folded_at([key], as_of=None).get(key)
    if state is None:
        raise NotVisible(str(pk))
    return promise, state


def promise_or_none(viewer: Viewer, pk: int) -> Promise | None:
    """One promise by its number, None where there is none for these eyes."""
    try:
        return promise_visible(viewer, pk)
    except NotVisible:
        return None


def just_recorded(viewer: Viewer, promise: Promise, now: datetime) -> Event | None:
    """What this person recorded last about a promise and may still take back."""
    retracted = Event.objects.filter(type="event.retracted", subject_source__name=PEOPLE)
    own = (
        Event.objects.filter(
            subject=promise.reference,
            subject_source=promise.source_id,
            source__name=PEOPLE,
            type__startswith="promise.",
            actor=viewer.user_id,
            recorded_at__gte=now - UNDO_WITHIN,
        )
        .select_related("source")
        .order_by("-recorded_at", "-pk")
    )
    events = list(own[:20])
    gone = set(
        retracted.filter(subject__in=[event.event_id for event in events]).values_list(
            "subject", flat=True
        )
    )
    return next((event for event in events if event.event_id not in gone), None)


def teams_to_promise_for(viewer: Viewer) -> list[Team]:
    """The teams in whose name a person may promise something; archived ones promise nothing any
    more."""
    return list(visible_teams(viewer).filter(archived_at=None).order_by("name", "reference"))


def team_used_last(viewer: Viewer, username: str) -> int | None:
    """The key of the team for which a person promised last what is still open, None where nothing
    is."""
    own = visible_open(viewer).filter(made_by=username).exclude(made_by="")
    return own.order_by("-promise_id").values_list("team_id", flat=True).first()


def team_to_promise_for(viewer: Viewer, reference: str) -> Team | None:
    """One team by its id, None where there is none for these eyes."""
    if not reference or "\0" in reference:
        return None
    return visible_teams(viewer).filter(archived_at=None, reference=reference).first()


def shown_from(text: str) -> int:
    """How many lines are asked for; what is no number counts as not asked for."""
    asked = int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else STEP
    return min(max(asked, STEP), MOST_SHOWN)
