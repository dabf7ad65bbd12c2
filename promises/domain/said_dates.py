"""By when, as somebody's own words say it: a proposal for a person to confirm, never a fact.

English and German. What is reckoned from now is read here; a date that is written out (6 March,
06.03.2027) is read in `said_written.py`.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from typing import Final

from promises.domain.clock import wall_moment
from promises.domain.expansion import OutOfReach
from promises.domain.said_months import MONTH, end_said, month_said
from promises.domain.said_parts import PART_NAME, part_alone
from promises.domain.said_ranges import (
    CLOSES,
    DAY_ENDS,
    NAMED_DAY,
    TIME,
    WEEKDAY,
    WEEKDAYS,
    proposed_day,
)
from promises.domain.said_reading import (
    BEFORE,
    DAY,
    SOME_OF,
    TO,
    NoDate,
    Proposed,
    Reading,
    at_close,
    still_ahead,
)
from promises.domain.said_spans import span_alone_said, span_said
from promises.domain.said_times import hour_alone, time_of_day
from promises.domain.wording import MOST_READ

_FRIDAY: Final = 4
_SUNDAY: Final = 6
_BEFORE: Final = re.compile(rf"{BEFORE}$", re.IGNORECASE)
_SOME_OF: Final = re.compile(SOME_OF, re.IGNORECASE)
_OF_NEXT_WEEK: Final = (
    r"(?:\s+(?:of\s+)?next\s+week|\s+(?:der\s+)?(?:nächste|kommende)[rn]?\s+woche)\b"
)
# By Friday, between Monday and Wednesday.
_WEEKDAY: Final = re.compile(
    r"\b(?:(?P<next>next(?:\s+week,?(?:\s+on|\s+by)?)?"
    r"|(?:nächste[nrs]?|kommende[nrs]?)(?:\s+woche,?(?:\s+am|\s+bis)?)?)\s+)?"
    rf"(?P<day>{WEEKDAY})\b(?:{TIME}{TO}(?:(?:the|next|by|on|at|am|bis)\s+){{0,2}}"
    rf"(?P<last>{WEEKDAY})\b)?"
    rf"(?P<week>{_OF_NEXT_WEEK}|\s+week)?(?:(?=\s+{PART_NAME}{_OF_NEXT_WEEK})(?P<part>))?",
    re.IGNORECASE,
)
# The first Monday of March.
_WITHIN_MONTH: Final = re.compile(rf"\s+(?:of|in|im)\s+{MONTH}", re.IGNORECASE)
_SEEMS: Final = re.compile(
    rf"\d|\b(?:(?:{WEEKDAY}|{NAMED_DAY}|(?:next|coming|this) week"
    rf"|(?:nächste|kommende|diese)[rn]? woche)\b|{MONTH})"
    rf"|{CLOSES.pattern}",
    re.IGNORECASE,
)


def seems_dated(words: str) -> bool:
    """Whether a date may stand in the words: a figure, a weekday, a month, today."""
    return _SEEMS.search(words[:MOST_READ]) is not None


def due_said(words: str, reading: Reading) -> Proposed | None:
    """By when, reckoned from now; None where the words do not say so.

    Raises: NoDate.
    """
    return _first(_READERS, words, reading)


def time_alone_said(words: str, reading: Reading) -> Proposed | None:
    """By 5 pm, within 2 hours, with no day: today, or tomorrow where it has passed."""
    return _first([_time_alone, span_alone_said, _hour_alone], words, reading)


def _first(readers: "Iterable[Reader]", words: str, reading: Reading) -> Proposed | None:
    words = words[:MOST_READ]
    try:
        found = next((found for read in readers if (found := read(words, reading))), None)
    except (OutOfReach, OverflowError):
        return None
    return None if found is None else still_ahead(found, reading)


def _written_day(words: str, reading: Reading) -> Proposed | None:
    """2026-03-06."""
    for found in re.finditer(r"\b(\d{4})-(\d{2})-(\d{2})\b", words, re.ASCII):
        try:
            day = date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            continue
        if day >= reading.today:
            return proposed_day(day, words, found.span(), reading)
    return None


_NAMED: Final = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), days)
    for pattern, days in (
        (r"day after tomorrow|übermorgen", 2),
        (r"tomorrow|tmrw|(?<!heute )morgen", 1),
        (r"today|tonight|this (?:morning|afternoon|evening)|heute", 0),
    )
)


# Heute früh; of "heute" alone nobody knows whether it is told or promised.
_PART_OF_TODAY: Final = re.compile(
    r"this |heute (?:früh|morgen|vormittag|mittag|nachmittag|abend)", re.IGNORECASE
)


def _named_day(words: str, reading: Reading) -> Proposed | None:
    """Today, tomorrow, the day after.

    Raises: NoDate.
    """
    for pattern, days in _NAMED:
        if (found := pattern.search(words)) is None:
            continue
        # I called this morning, it arrives on Friday: what was done is told, and not promised.
        is_later = not days and _later_day(words, found.end(), reading)
        if is_later and _PART_OF_TODAY.match(words, found.start()):
            continue
        try:
            return proposed_day(reading.today + days * DAY, words, found.span(), reading)
        except NoDate:
            if not is_later:
                raise
    return None


def _later_day(words: str, start: int, reading: Reading) -> bool:
    """Whether words from a place on name a weekday that is not today's, or the next week."""
    days = (WEEKDAYS[found["day"].lower()] for found in _WEEKDAY.finditer(words, start))
    is_other = any(day != reading.today.weekday() for day in days)
    return is_other or _WEEKS[0][0].search(words, start) is not None


def _end_of_day(words: str, reading: Reading) -> Proposed | None:
    """By the end of the day, or of the open hours of it, where no other day was named.

    Raises: NoDate.
    """
    if CLOSES.search(words):
        return at_close(reading.today, reading)
    return Proposed(reading.today) if DAY_ENDS.search(words) else None


def _weekday(words: str, reading: Reading) -> Proposed | None:
    """By Friday: the next one, in a week where today is one; next Friday: in the next week; of
    several weekdays the last.

    Raises: NoDate for one of several in a month.
    """
    found = _WEEKDAY.search(words)
    if found is None:
        return None
    if _WITHIN_MONTH.match(words, found.end()):
        raise NoDate(found[0])
    wanted, today = WEEKDAYS[found["day"].lower()], reading.today
    # Friday afternoon next week has its week behind its part.
    if found["next"] or (found["week"] or "").strip() or found["part"] is not None:
        day = today + (7 - today.weekday() + wanted) * DAY
    else:
        day = today + ((wanted - today.weekday() - 1) % 7 + 1) * DAY
    if found["last"]:
        day += (WEEKDAYS[found["last"].lower()] - wanted) % 7 * DAY
    return proposed_day(day, words, found.span(), reading)


def _friday(today: date, weeks: int) -> date:
    """The Friday of this week or a later one; over a weekend this week is the one to come."""
    if weeks == 0 and today.weekday() > _FRIDAY:
        weeks = 1
    return today + (7 * weeks + _FRIDAY - today.weekday()) * DAY


_WEEKS: Final = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), weeks)
    for pattern, weeks in (
        (r"(?:next|coming) week|(?:nächste|kommende)[rn]? woche", 1),
        (r"this week|(?:the|of) week|week[\s-]?end|eow", 0),
        (r"diese[rn]? woche|ende der woche|wochenende", 0),
    )
)


def _end_of_week(words: str, reading: Reading) -> Proposed | None:
    """The end of this or the next week; before the next one: until this one has passed.

    Raises: NoDate where only a part of it is meant.
    """
    for pattern, weeks in _WEEKS:
        if (found := pattern.search(words)) is None:
            continue
        if _SOME_OF.search(words[: found.start()]):
            raise NoDate(found[0])
        if weeks and _BEFORE.search(words[: found.start()]):
            return Proposed(reading.today + (_SUNDAY - reading.today.weekday()) * DAY, eve=True)
        friday = _friday(reading.today, weeks)
        return at_close(friday, reading) if CLOSES.search(words) else Proposed(friday)
    return None


def _time_alone(words: str, reading: Reading) -> Proposed | None:
    """By 5 pm, in the afternoon."""
    part, said = part_alone(words), time_of_day(words, alone=True)
    if said is not None:
        said = part.in_half(said) if part else said
    elif part is not None:
        said = part.begins if part.is_before else part.ends
    return None if said is None else _next_at([said], reading)


def _hour_alone(words: str, reading: Reading) -> Proposed | None:
    """By 5: the next five o'clock at which people are up."""
    hours = hour_alone(words)
    return _next_at(hours, reading) if hours else None


def _next_at(times: Sequence[time], reading: Reading) -> Proposed:
    """The next time of some, today or tomorrow."""
    days = (reading.today, reading.today + DAY)
    moments = (datetime.combine(day, at) for day in days for at in sorted(times))
    ahead = (one for one in moments if wall_moment(one, reading.zone) > reading.now)
    # Tomorrow is always ahead, but where clocks jump.
    found = next(ahead, datetime.combine(days[1], max(times)))
    return Proposed(found.date(), found.time())


Reader = Callable[[str, Reading], Proposed | None]
_READERS: Final[tuple[Reader, ...]] = (
    span_said,
    _written_day,
    _named_day,
    _weekday,
    month_said,
    _end_of_week,
    end_said,
    _end_of_day,
)
