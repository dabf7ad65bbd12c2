"""How long open promises have been open, day by day where a day tells it (R13).

What matured on one day was first due on one day too: tau before. Old days lie within one bucket of
the histogram, so that the cell's number of open promises says it all. Where a border between two
buckets falls into the day, only the promises on its smaller side are looked at, one by one.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from interactions.arrays import plain_array
from promises.cells.ages import tolerances
from promises.domain.clock import day_end
from promises.domain.survival import LAST_BUCKET, age_borders
from promises.scores.question import Question
from promises.scores.relations import Parameters

_SECOND, _DAY = timedelta(seconds=1), timedelta(days=1)
# What was first due so long ago lies in the last bucket, and what matured so long ago was.
_OLDEST = timedelta(days=366)

# From when to when they mature, and the bucket of their age
_Part = tuple[datetime, datetime, int]


@dataclass(frozen=True, slots=True)
class _Slice:
    """The promises of a part of a day that are as old as its bucket says, and not as those of the
    day's biggest part, its home."""

    since: datetime
    until: datetime
    tau: timedelta
    bucket: int
    home: int


@dataclass(frozen=True, slots=True)
class Ageing:
    """What a statement over open promises needs to know.

    Shape: `borders` are moments of first due, oldest first, behind which the age at as_of is one
    bucket less. The days from `first_day` to `last_day` tell the age of their promises: `homes` are
    their buckets, by tau. Those that mature from `alone_from` on are looked at one by one.
    """

    borders: list[datetime]
    first_day: date
    last_day: date
    alone_from: datetime
    homes: Mapping[timedelta, list[int]]
    slices: list[_Slice]

    def home_sql(self) -> tuple[str, Parameters]:
        """The bucket of a cell's `day`, `kind` and `parameters_version`, and its parameters."""
        cases = []
        parameters: Parameters = {"homes_from": self.first_day}
        for place, (tau, homes) in enumerate(self.homes.items()):
            judged = [key for key, its_tau in tolerances().items() if its_tau == tau]
            own = ", ".join(f"('{kind}', {version})" for kind, version in judged)
            cases.append(
                f"WHEN (kind, parameters_version) IN ({own}) THEN %(homes_{place})s::smallint[]"
            )
            parameters[f"homes_{place}"] = plain_array(homes)
        found = f"(CASE {' '.join(cases)} END)[day - %(homes_from)s::date + 1]"
        return f"coalesce({found}, {LAST_BUCKET})", parameters

    def parameters(self) -> Parameters:
        """The other parameters of the statement."""
        return {
            "borders": plain_array(f'"{one.isoformat()}"' for one in self.borders),
            "aged_until": self.last_day,
            "alone_from": self.alone_from,
            "slices_since": plain_array(f'"{one.since.isoformat()}"' for one in self.slices),
            "slices_until": plain_array(f'"{one.until.isoformat()}"' for one in self.slices),
            "slices_tau": plain_array(f'"{one.tau / _SECOND:.6f} s"' for one in self.slices),
            "slices_bucket": plain_array(one.bucket for one in self.slices),
            "slices_home": plain_array(one.home for one in self.slices),
        }


def ageing_of(question: Question) -> Ageing:
    """Which days of the question's window tell the age of their open promises: the old ones, most
    of each of which lies in one bucket."""
    first, last = _days_of(question)
    borders, taus = age_borders(question.as_of), sorted(set(tolerances().values()))
    homes: dict[timedelta, list[int]] = {tau: [] for tau in taus}
    slices: list[_Slice] = []
    day, begins = first, day_end(first - _DAY, question.zone)
    while day <= last:
        ends = day_end(day, question.zone)
        parts = {tau: _parts(begins, ends, tau, borders) for tau in taus}
        biggest = {tau: max(found, key=_length) for tau, found in parts.items()}
        if any(2 * _length(part) < ends - begins for part in biggest.values()):
            break
        for tau, (_, _, home) in biggest.items():
            homes[tau].append(home)
            slices += [_Slice(s, u, tau, b, home) for s, u, b in parts[tau] if b != home]
        day, begins = day + _DAY, ends
    return Ageing(borders, first, day - _DAY, begins, homes, slices)


def _days_of(question: Question) -> tuple[date, date]:
    """The days of the window before today of which it matters what time of day it was; older ones
    lie in the last bucket."""
    oldest, yesterday = question.today - _OLDEST, question.today - _DAY
    first = oldest if question.first_day is None else max(question.first_day, oldest)
    return first, yesterday if question.last_day is None else min(question.last_day, yesterday)


def _parts(
    begins: datetime, ends: datetime, tau: timedelta, borders: Sequence[datetime]
) -> list[_Part]:
    """The parts of a day whose promises lie in one bucket each, by their maturity."""
    since, until = begins - tau, ends - tau
    place = bisect_right(borders, since)
    cuts = [since, *borders[place : bisect_left(borders, until)], until]
    return [
        (a + tau, b + tau, LAST_BUCKET - place - number)
        for number, (a, b) in enumerate(pairwise(cuts))
    ]


def _length(part: _Part) -> timedelta:
    return part[1] - part[0]
