"""How much time somebody's own words give, reckoned from now: within 4 hours, 3 to 5 business days,
two and a half hours. English and German."""

import re
from datetime import date, timedelta
from math import ceil
from typing import Final

from promises.domain.business_time import Unit, due
from promises.domain.said_reading import DAY, TO, Proposed, Reading, at_moment, last_of

_WHOLE: Final = {
    1: "one|ein|eine|einem|einen|einer|eines",
    2: "two|zwei|a couple of|couple of|ein paar",
    3: "three|drei|a few|few",
    4: "four|vier",
    5: "five|fünf",
    6: "six|sechs",
    7: "seven|sieben",
    8: "eight|acht",
    9: "nine|neun",
    10: "ten|zehn",
    11: "eleven|elf",
    12: "twelve|zwölf",
    14: "fourteen|vierzehn",
    20: "twenty|zwanzig",
    24: "twenty-four|twenty four|vierundzwanzig",
    30: "thirty|dreißig",
    48: "forty-eight|forty eight|achtundvierzig",
}
_COUNTS: Final[dict[str, float]] = {
    **{word: float(count) for count, words in _WHOLE.items() for word in words.split("|")},
    **{
        f"{words.split('|')[1]}einhalb": count + 0.5
        for count, words in _WHOLE.items()
        if count < 13
    },
    **dict.fromkeys(("half an", "half a", "einer halben", "eine halbe", "halben", "½"), 0.5),
    **dict.fromkeys(("a", "an"), 1.0),
    "anderthalb": 1.5,
}
_WORDS: Final = "|".join(sorted(map(re.escape, _COUNTS), key=len, reverse=True))
_COUNT: Final = rf"(?:\d{{1,4}}(?:[.,]\d{{1,2}})?|{_WORDS})"
_HALF: Final = r"(?:\s?½|\s1/2|\s+(?:and|und)\s+(?:a|eine?)\s+hal(?:f|be[snr]?))"
_UNIT: Final = (
    r"(?P<business>business|working|work|office|opening)?[\s-]*"
    r"(?P<unit>minutes?|mins?|minuten?|hours?|hrs?|h|stunden?|std"
    r"|(?:werk|arbeits|geschäfts)tag\w*|days?|tage?n?|weeks?|wochen?|months?|monate?n?)\b"
)
# Of 3 to 5 days the longer end.
_TIME: Final = (
    rf"(?:{_COUNT}{_HALF}?{TO})?(?P<count>{_COUNT})(?P<half>{_HALF})?\s*-?\s*{_UNIT}"
    rf"(?P<more>{_HALF})?"
)
_SPAN: Final = re.compile(
    r"\b(?:within|in|inside|after|inside of|under|between|zwischen|innerhalb(?: von)?|binnen|nach"
    r"|n(?:ot|o) later than|in the next|over the next|in den nächsten|the next|next)\s+"
    rf"(?:about |at most |max\.? |the next |spätestens )?{_TIME}",
    re.IGNORECASE,
)
_ALONE: Final = re.compile(rf"(?<![\w.,/-]){_TIME}", re.IGNORECASE)
# For 2 hours, 2 hours ago: how long something lasts, or has lasted.
_LASTS: Final = re.compile(
    r"\b(?:for|every|each|last|past|previous|per|of|vor|seit|für|alle|jeden?|open|since)\s+"
    r"(?:about |the |die |ca\.? )?$",
    re.IGNORECASE,
)
_OF_SOMETHING: Final = re.compile(
    r"['’]|\s*(?:ago|old|of|per|late|each|long|worth|before|after|lang|alt|zuvor|notice|warranty"
    r"|service|support|a (?:day|week|month|year))\b",
    re.IGNORECASE,
)


def span_said(words: str, reading: Reading) -> Proposed | None:
    """Within so many hours, days, business days.

    Raises: OutOfReach, OverflowError.
    """
    found = _SPAN.search(words)
    return None if found is None else _later(found, reading)


def span_alone_said(words: str, reading: Reading) -> Proposed | None:
    """So many hours and no more words about it: a time that somebody asks for, not one that
    something lasts.

    Raises: OutOfReach, OverflowError.
    """
    for found in _ALONE.finditer(words):
        is_thing = _LASTS.search(words[: found.start()]) or _OF_SOMETHING.match(words, found.end())
        # A day, one day: that is how stories begin.
        if not is_thing and (found["count"][0].isdigit() or _number(found) != 1):
            return _later(found, reading)
    return None


def without_spans(words: str) -> str:
    """The words without any length of time."""
    return _ALONE.sub(" ", words)


def _number(found: re.Match[str]) -> float:
    said = found["count"].lower()
    count = _COUNTS[said] if said in _COUNTS else float(said.replace(",", "."))
    return count + (0.5 if found["half"] or found["more"] else 0.0)


def _later(found: re.Match[str], reading: Reading) -> Proposed | None:
    count, business = _number(found), found["business"] is not None
    unit = found["unit"].lower()
    if not count:
        return None
    if unit.startswith(("werk", "arbeits", "geschäfts")):
        business, unit = True, "day"
    if unit.startswith(("m", "h", "st")) and not unit.startswith("mon"):
        return _in_minutes(count * (1 if unit.startswith("m") else 60), reading, business=business)
    # Not a part of a day before what was said.
    whole = ceil(count)
    if unit.startswith("mon"):
        return Proposed(_months_later(reading.today, whole))
    if unit.startswith("w"):
        return Proposed(reading.today + ceil(7 * count) * DAY)
    if not business:
        return Proposed(reading.today + whole * DAY)
    closes = due(reading.now, whole, Unit.BUSINESS_DAYS, reading.calendar)
    return at_moment(closes, reading, (whole, Unit.BUSINESS_DAYS))


def _in_minutes(minutes: float, reading: Reading, *, business: bool) -> Proposed:
    if not business:
        return at_moment(reading.now + timedelta(minutes=minutes), reading)
    unit = Unit.BUSINESS_MINUTES
    return at_moment(due(reading.now, minutes, unit, reading.calendar), reading, (minutes, unit))


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    last = last_of(day.year, day.month + months)
    return last.replace(day=min(day.day, last.day))
