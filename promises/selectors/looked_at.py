"""What a team's promises tell of themselves, where no cell does: slack, pauses, explicit or
implicit, and who told them (R22).

Read by the team's index of (team, matures_at): at most MOST_LOOKED_AT of a window, the latest to
mature, so that a team with millions of promises costs what a small one does. At a past moment they
are told as they stood then: by their rows, or folded from the ledger (R4).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from statistics import median
from typing import Final, NamedTuple

from django.db import connection

from interactions.models import Source
from promises.scores import Question, folded_promises
from promises.scores.relations import TOLD_THEN, whose

# Enough for shares and a median that a tenth more or less would change visibly.
MOST_LOOKED_AT: Final = 1_000

_LOOK = """
SELECT place, p.matures_at, extract(epoch FROM p.given_due - p.made_at)::float8,
       extract(epoch FROM p.first_due - p.made_at)::float8, p.paused_seconds, p.explicit, s.door
FROM unnest(%(begins)s::timestamptz[], %(ends)s::timestamptz[])
     WITH ORDINALITY AS spans(begins_at, ends_at, place)
CROSS JOIN LATERAL (
    SELECT matures_at, given_due, made_at, explicit, paused_seconds, first_due, source_id
    FROM promises_promise
    WHERE team_id = %(team)s AND matures_at >= begins_at AND matures_at < ends_at
      AND state <> 'withdrawn' AND {told} AND {where}
    ORDER BY matures_at DESC LIMIT %(most)s
) AS p JOIN interactions_source s ON s.id = p.source_id
"""
# From where on a promise matured, and until when; None begins with the first.
Window = tuple[datetime | None, datetime]


class _Seen(NamedTuple):
    """One promise. Units: seconds."""

    matures_at: datetime
    slack: float
    length: float
    paused: float
    explicit: bool
    door: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What the promises of one window tell. Units: shares 0 to 1; None where there are none."""

    n: int
    median_slack_seconds: float | None
    implicit_share: float | None
    paused_share: float | None
    imported_share: float | None


def look(question: Question, team_id: int, windows: Sequence[Window]) -> list[Looked]:
    """What the promises of a team that counted at as_of tell of each window, in order."""
    seen = _told_by_rows(question, team_id, windows)
    if not question.is_now:
        about = replace(question, team_ids=frozenset({team_id}))
        _add_folded(about, windows, seen)
    latest = attrgetter("matures_at")
    return [_looked(sorted(one, key=latest)[-MOST_LOOKED_AT:]) for one in seen]


def _told_by_rows(question: Question, team_id: int, windows: Sequence[Window]) -> list[list[_Seen]]:
    conditions = whose(replace(question, team_ids=None))
    told = "true" if question.is_now else TOLD_THEN
    seen: list[list[_Seen]] = [[] for _ in windows]
    with connection.cursor() as cursor:
        cursor.execute(
            _LOOK.format(where=conditions.sql, told=told),
            {
                **conditions.parameters,
                "as_of": question.as_of,
                "team": team_id,
                "begins": [begin or end.replace(year=1000) for begin, end in windows],
                "ends": [end for _, end in windows],
                "most": MOST_LOOKED_AT,
            },
        )
        for place, *values in cursor.fetchall():
            seen[place - 1].append(_Seen(*values))
    return seen


def _add_folded(question: Question, windows: Sequence[Window], seen: Sequence[list[_Seen]]) -> None:
    doors = dict(Source.objects.values_list("pk", "door"))
    for promise in folded_promises(question):
        state, matures_at = promise.state, promise.state.matures_at
        if matures_at is None or state.state == "withdrawn":
            continue
        for (begin, end), found in zip(windows, seen, strict=True):
            if (begin is None or begin <= matures_at) and matures_at < end:
                slack = (state.given_due - state.made_at).total_seconds()
                length = (state.first_due - state.made_at).total_seconds()
                door = doors[promise.key[0]]
                paused = state.paused_seconds
                found.append(_Seen(matures_at, slack, length, paused, state.explicit, door))


def _looked(seen: Sequence[_Seen]) -> Looked:
    if not seen:
        return Looked(0, None, None, None, None)
    length = sum(max(one.length, 0.0) for one in seen)
    return Looked(
        n=len(seen),
        median_slack_seconds=median(one.slack for one in seen),
        implicit_share=_share(not one.explicit for one in seen),
        paused_share=sum(one.paused for one in seen) / length if length else None,
        imported_share=_share(one.door != Source.Door.PERSON for one in seen),
    )


def _share(answers: Iterable[bool]) -> float:
    told = list(answers)
    return sum(told) / len(told)
