"""Which of several dates somebody's own words promise: of a range its last day, none of what will
not be done before, and of what is to be done before a day the one in front of it."""

import re
from datetime import date, time
from typing import Final

from promises.domain.said_months import DAY_OF_MONTH, MONTH
from promises.domain.said_parts import PART_NAME, PartOfDay, part_of_day
from promises.domain.said_reading import (
    BEFORE,
    TO,
    NoDate,
    Proposed,
    Reading,
    at_close,
    eve_of,
    has_passed,
)
from promises.domain.said_spans import so_long_before
from promises.domain.said_times import parts_apart, time_of_day
from promises.domain.said_tongues import in_english

NAMED_DAY: Final = (
    r"(?:day after tomorrow|übermorgen|tomorrow|tmrw|morgen|today|tonight|heute"
    r"|this (?:morning|afternoon|evening))"
)
# "sat" is what somebody did, and "sun" shines.
WEEKDAYS: Final = {
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
WEEKDAY: Final = f"(?:{'|'.join(WEEKDAYS)})"
_NEXT: Final = r"(?:(?:the|next|den|dem|am|el|le|il|o)\s+)?"
_DAY_FIRST: Final = rf"{DAY_OF_MONTH}\s*(?:of |de |di )?{MONTH}"
_DATED: Final = rf"(?:{_DAY_FIRST}|{MONTH}\s+{DAY_OF_MONTH}(?![\d:]))(?:,?\s+20\d\d)?"
# Of the earlier one: at 10, in the afternoon.
TIME: Final = (
    r"(?:\s+(?:at\s+|um\s+)?\d{1,2}(?:[:.]\d\d)?\s*(?:[ap]\.?m\b\.?|uhr\b)?"
    rf"|\s+(?:in the\s+|at\s+|am\s+)?{PART_NAME}\b)?"
)
_ORDINAL: Final = r"\d{1,2}(?:st|nd|rd|th)?"
_ITEM: Final = rf"(?:{NAMED_DAY}\b|{_DATED}|{MONTH}(?:\s+20\d\d)?)"
_EARLIER: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), kept)
    for pattern, kept in (
        # Today or tomorrow, 3 December to 5 December, January or February.
        (rf"\b{_ITEM}{TIME}{TO}(?={_NEXT}(?:{_ITEM}|{WEEKDAY}\b))", ""),
        # 3 to 5 December, December 3-5.
        (rf"(?<![\w:.]){DAY_OF_MONTH}{TO}(?={_NEXT}{_DAY_FIRST})", ""),
        (rf"\b({MONTH}\s+){DAY_OF_MONTH}{TO}(?={_ORDINAL}\b(?!\s*[ap]\.?m|:))", r"\1"),
        # 3.12. to 5.12., 3.-5.12., 3/12-5/12, the 3rd to the 5th.
        (rf"(?<![\d.])\d\d?\.(?:\d\d?\.)?(?:20\d\d)?{TO}(?={_NEXT}\d\d?\.\d\d?\.)", ""),
        (rf"(?<![\d/])\d{{1,2}}/\d{{1,2}}{TO}(?=\d{{1,2}}/\d{{1,2}})", ""),
        (rf"(?<=\bthe ){_ORDINAL}{TO}(?:the\s+)?(?=\d{{1,2}}(?:st|nd|rd|th)\b)", ""),
    )
)
_CLAUSE: Final = r"(?:(?!\b(?:but|aber|sondern|mais|pero|sino|mas|ma|maar)\b)[^.;,!?]|(?<=\d)[.,])"
_NOT_BEFORE: Final = re.compile(
    # I won't ship before Friday; do not worry about what follows it.
    r"(?:\b(?:not|never|nothing|cannot|no|nicht|nichts|nie|kaum)|n['’]t)\b"
    r"(?!\s+(?:worry|later|problem|more))"
    rf"{_CLAUSE}{{0,60}}?\b(?:before|until|till|(?:earlier|sooner) than|vor|(?:eher|früher) als)\b"
    rf"{_CLAUSE}*"
    r"|\b(?:pas avant|no antes d|não antes d|non prima d|niet voor)"
    rf"{_CLAUSE}*"
    rf"|{_CLAUSE}*\b(?:at the earliest|frühestens|au plus tôt|como pronto)\b{_CLAUSE}*",
    re.IGNORECASE,
)


DAY_ENDS: Final = re.compile(
    r"\b(?:end of (?:the )?day|eod|tagesende|ende des tages)\b", re.IGNORECASE
)
# When whoever works there goes home.
CLOSES: Final = re.compile(
    r"\b(?:(?:close|end) of (?:the )?business(?: day)?|cob|eob|feierabend"
    r"|(?:dienst|geschäfts)schluss)\b",
    re.IGNORECASE,
)
# Before Friday, before Friday 4 December.
_BEFORE: Final = re.compile(
    rf"{BEFORE}(?:{WEEKDAY}\b\.?,?\s+(?:(?:the|den|dem|le)\s+)?)?$", re.IGNORECASE
)


def proposed_day(day: date, words: str, span: tuple[int, int], reading: Reading) -> Proposed:
    """A day that stands in the words, with the time of day that the other words say; the one in
    front of it where they say "before" and no time.

    Raises: NoDate where they say how long before, or where that has passed.
    """
    in_front, named = words[: span[0]], words[span[0] : span[1]]
    part = part_of_day(words, span)
    found = _BEFORE.search(in_front)
    is_before = found is not None or (part is not None and part.is_before)
    at = time_of_day(f"{in_front} \0 {words[span[1] :]}")
    if at is not None:
        at = part.in_half(at) if part else at
    elif part is not None:
        at = _end_of_part(part, day, reading, is_before=is_before)
    elif CLOSES.search(words):
        return at_close(day, reading)
    if not is_before:
        return Proposed(day, at)
    if found is not None and so_long_before(in_front[: found.start()]):
        raise NoDate(named)
    return Proposed(day, at) if at or DAY_ENDS.search(words) else eve_of(day, reading, named)


def _end_of_part(part: PartOfDay, day: date, reading: Reading, *, is_before: bool) -> time | None:
    """When a part of a day ends, or begins.

    Raises: NoDate where that has passed: then it was not meant.
    """
    at = part.begins if is_before else part.ends
    if at is not None and has_passed(day, at, reading):
        raise NoDate(f"{day} {at}")
    return at


def what_is_promised(words: str) -> str:
    """The words without what will not be done before some date, of each range of days without all
    but the last, with parts of weekdays apart and days of other languages in English.

    Shape: a range of weekdays is left, as its end depends on its beginning.
    """
    words = _NOT_BEFORE.sub(" ", in_english(parts_apart(words)))
    for pattern, kept in _EARLIER:
        words = pattern.sub(kept, words)
    return words
