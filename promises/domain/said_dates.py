"""By when, as somebody's own words say it: a proposal for a person to confirm, never a fact.

English and German. What is reckoned from now is read here; a date that is written out (6 March,
06.03.2027) is left to `promises/services/proposing.py`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from promises.domain.business_time import Unit, due
from promises.domain.calendars import Calendar
from promises.domain.clock import wall_moment
from promises.domain.expansion import OutOfReach
from promises.domain.said_times import time_of_day
from promises.domain.wording import MOST_READ

_DAY: Final = timedelta(days=1)
_FRIDAY: Final = 4


@dataclass(frozen=True, slots=True)
class Proposed:
    """By when, as the words say it. Shape: `at` None is the end of that day; local to the zone in
    which they were read; `open_time` is how much of open hours it is, None where none count."""

    day: date
    at: time | None = None
    open_time: tuple[float, Unit] | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Now, to whoever reads the words: the moment, the zone that they are in, and when somebody is
    at work."""

    now: datetime
    zone: tzinfo
    calendar: Calendar

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.astimezone(self.zone).date()


_SMALL: Final = {
    word: count
    for count, words in (
        (0.5, "half an|half a|einer halben|eine halbe|halben"),
        (1.0, "a|an|one|ein|eine|einem|einen|einer|eines"),
        (2.0, "two|zwei|a couple of|ein paar"),
        (3.0, "three|drei|a few"),
        (4.0, "four|vier"),
        (5.0, "five|fünf"),
        (6.0, "six|sechs"),
        (7.0, "seven|sieben"),
        (8.0, "eight|acht"),
        (9.0, "nine|neun"),
        (10.0, "ten|zehn"),
        (12.0, "twelve|zwölf"),
        (14.0, "fourteen|vierzehn"),
        (20.0, "twenty|zwanzig"),
        (24.0, "twenty-four|twenty four|vierundzwanzig"),
        (30.0, "thirty|dreißig"),
        (48.0, "forty-eight|forty eight|achtundvierzig"),
    )
    for word in words.split("|")
}
_NUMBER: Final = "|".join(sorted(map(re.escape, _SMALL), key=len, reverse=True))
_SPAN: Final = re.compile(
    r"\b(?:within|in|inside|after|inside of|under|innerhalb(?: von)?|binnen|nach|not later than|in"
    r" the next|in den nächsten|the next)\s+(?:about |at most |max\.? |the next |spätestens )?"
    rf"(?P<count>\d{{1,4}}(?:[.,]\d)?|{_NUMBER})\s*-?\s*"
    r"(?P<business>business|working|work|office|opening)?[\s-]*"
    r"(?P<unit>minutes?|mins?|minuten?|hours?|hrs?|h|stunden?|std|(?:werk|arbeits|geschäfts)tag\w*"
    r"|days?|tage?n?|weeks?|wochen?|months?|monate?n?)\b",
    re.IGNORECASE,
)
# "sat" is what somebody did, and "sun" shines.
_WEEKDAYS: Final = {
    name: number
    for number, names in enumerate(
        (
            "monday|mon|montag",
            "tuesday|tues|tue|dienstag",
            "wednesday|wed|mittwoch",
            "thursday|thurs|thur|thu|donnerstag",
            "friday|fri|freitag",
            "saturday|samstag|sonnabend",
            "sunday|sonntag",
        )
    )
    for name in names.split("|")
}
_WEEKDAY: Final = re.compile(
    r"\b(?:(?P<next>next|nächste[nrs]?|kommende[nrs]?)\s+)?"
    rf"(?P<day>{'|'.join(_WEEKDAYS)})\b"
    r"(?P<week>\s+(?:of\s+)?next\s+week|\s+nächster?\s+woche|\s+week)?",
    re.IGNORECASE,
)


def due_said(words: str, reading: Reading) -> Proposed | None:
    """By when, reckoned from now; None where the words do not say so."""
    return _first(_READERS, words, reading)


def time_alone_said(words: str, reading: Reading) -> Proposed | None:
    """By 5 pm, with no day: today, or tomorrow where it has passed."""
    return _first([_time_alone], words, reading)


def _first(readers: "Iterable[Reader]", words: str, reading: Reading) -> Proposed | None:
    words = words[:MOST_READ]
    try:
        return next((found for read in readers if (found := read(words, reading))), None)
    except (OutOfReach, OverflowError):
        return None


def _span(words: str, reading: Reading) -> Proposed | None:
    """Within so many hours, days, business days."""
    found = _SPAN.search(words)
    if found is None:
        return None
    count = _SMALL.get(found["count"].lower())
    count = float(found["count"].replace(",", ".")) if count is None else count
    business, unit = found["business"] is not None, found["unit"].lower()
    if unit.startswith(("werk", "arbeits", "geschäfts")):
        business, unit = True, "day"
    if unit.startswith(("m", "h", "st")) and not unit.startswith("mon"):
        return _in_minutes(count * (1 if unit.startswith("m") else 60), reading, business=business)
    whole = max(1, round(count))
    if unit.startswith("mon"):
        return Proposed(_months_later(reading.today, whole))
    if unit.startswith("w"):
        return Proposed(reading.today + 7 * whole * _DAY)
    if not business:
        return Proposed(reading.today + whole * _DAY)
    closes = due(reading.now, whole, Unit.BUSINESS_DAYS, reading.calendar)
    return at_moment(closes, reading, (whole, Unit.BUSINESS_DAYS))


def _in_minutes(minutes: float, reading: Reading, *, business: bool) -> Proposed:
    if not business:
        return at_moment(reading.now + timedelta(minutes=minutes), reading)
    unit = Unit.BUSINESS_MINUTES
    return at_moment(due(reading.now, minutes, unit, reading.calendar), reading, (minutes, unit))


def at_moment(
    moment: datetime, reading: Reading, open_time: tuple[float, Unit] | None = None
) -> Proposed:
    """A moment on the local clock, up to the next whole minute."""
    if moment.second or moment.microsecond:
        moment = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
    local = moment.astimezone(reading.zone)
    if local.time() == time.min:
        return Proposed(local.date() - _DAY, None, open_time)
    return Proposed(local.date(), local.time(), open_time)


def _written_day(words: str, reading: Reading) -> Proposed | None:
    """2026-03-06."""
    for found in re.finditer(r"\b(\d{4})-(\d{2})-(\d{2})\b", words, re.ASCII):
        try:
            day = date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            continue
        if day >= reading.today:
            return _on(day, words, found.span())
    return None


_NAMED: Final = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), days)
    for pattern, days in (
        (r"day after tomorrow|übermorgen", 2),
        (r"tomorrow|tmrw|morgen", 1),
        (r"today|tonight|this (?:morning|afternoon|evening)|heute", 0),
    )
)
_DAY_ENDS: Final = re.compile(
    r"\b(?:end of (?:the )?(?:business )?day|eod|cob|close of business|tagesende|ende des tages"
    r"|feierabend)\b",
    re.IGNORECASE,
)


def _named_day(words: str, reading: Reading) -> Proposed | None:
    """Today, tomorrow, the day after."""
    for pattern, days in _NAMED:
        if (found := pattern.search(words)) is not None:
            return _on(reading.today + days * _DAY, words, found.span(), reading)
    return None


def _end_of_day(words: str, reading: Reading) -> Proposed | None:
    """By the end of the day, where no other day was named."""
    return Proposed(reading.today) if _DAY_ENDS.search(words) else None


def _weekday(words: str, reading: Reading) -> Proposed | None:
    """By Friday: the next one, in a week where today is one; next Friday: in the next week."""
    found = _WEEKDAY.search(words)
    if found is None:
        return None
    wanted, today = _WEEKDAYS[found["day"].lower()], reading.today
    if found["next"] or (found["week"] or "").strip():
        day = today + (7 - today.weekday() + wanted) * _DAY
    else:
        day = today + ((wanted - today.weekday() - 1) % 7 + 1) * _DAY
    return _on(day, words, found.span())


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = _last_of(year, month + 1)
    return last.replace(day=min(day.day, last.day))


def _last_of(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - _DAY


def _friday(today: date, weeks: int) -> date:
    """The Friday of this week or a later one; over a weekend this week is the one to come."""
    if weeks == 0 and today.weekday() > _FRIDAY:
        weeks = 1
    return today + (7 * weeks + _FRIDAY - today.weekday()) * _DAY


def _end_of_month(today: date) -> date:
    return _last_of(today.year, today.month)


def _end_of_next_month(today: date) -> date:
    return _end_of_month(_end_of_month(today) + _DAY)


def _end_of_year(today: date) -> date:
    return date(today.year, 12, 31)


_ENDS: Final[Mapping[str, Callable[[date], date]]] = {
    "next week|nächster? woche": lambda today: _friday(today, 1),
    "this week|(?:the|of) week|eow|(?:the|this) weekend": lambda today: _friday(today, 0),
    "diese[rn]? woche|ende der woche|wochenende": lambda today: _friday(today, 0),
    "next month|nächste[nrs]? monats?": _end_of_next_month,
    "this month|(?:the|of) month|eom|diese[mns]? monats?|ende des monats|monatsende": _end_of_month,
    "(?:the|this) year|year'?s end|jahresende|ende des jahres": _end_of_year,
}
_ENDINGS: Final = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), ends) for pattern, ends in _ENDS.items()
)


def _end_of_something(words: str, reading: Reading) -> Proposed | None:
    """The end of this or the next week, month, year."""
    for pattern, ends in _ENDINGS:
        if pattern.search(words):
            return Proposed(ends(reading.today))
    return None


def _on(day: date, words: str, span: tuple[int, int], reading: Reading | None = None) -> Proposed:
    """A day, with the time of day that the other words say."""
    others = f"{words[: span[0]]} \0 {words[span[1] :]}"
    said = time_of_day(others, words)
    if reading is not None and said is not None and day == reading.today:
        # What has passed today was not meant.
        moment = wall_moment(datetime.combine(day, said), reading.zone)
        said = said if moment > reading.now else None
    return Proposed(day, said)


def _time_alone(words: str, reading: Reading) -> Proposed | None:
    """By 5 pm: today, or tomorrow where it has passed."""
    said = time_of_day(words, words, alone=True)
    if said is None:
        return None
    day = reading.today
    if wall_moment(datetime.combine(day, said), reading.zone) <= reading.now:
        day += _DAY
    return Proposed(day, said)


Reader = Callable[[str, Reading], Proposed | None]
_READERS: Final[tuple[Reader, ...]] = (
    _span,
    _written_day,
    _named_day,
    _weekday,
    _end_of_something,
    _end_of_day,
)
