"""The time of day that somebody's own words name."""

import re
from datetime import time
from typing import Final

_TIME: Final = re.compile(
    r"(?P<latin>\b(?:à|avant|vers|jusqu['’]à|(?:a|de|hasta) las|às|das|alle|om)\s+)?"
    r"\b(?P<hour>2[0-4]|[01]?\d)(?:(?P<dots>[:.h])(?P<minute>[0-5]\d))?\s*"
    r"(?P<half>a\.?m\b\.?|p\.?m\b\.?|uhr\b|o'?clock\b|(?(latin)(?:h|heures?|horas?|uur)\b|(?!)))?",
    re.IGNORECASE,
)
# Of the clock in Spanish and Portuguese, with the part of the day; "a las 10 personas" is not.
_CLOCK_LEADS: Final = re.compile(r"\b(?:(?:a|de|hasta) las|às)\s+$", re.IGNORECASE)
_OF_CLOCK: Final = re.compile(
    r"\s*(?:(?:de la|da)\s+(?:(?P<early>mañana|madrugada|manhã)|(?P<late>tarde|noche|noite))\b"
    r"|en punto\b|em ponto\b|(?:el|este|del|de|na|no|da)\s+(?!la\b)\w|(?![\s./-]*\w)"
    # At ten we deliver, we bring it to you; at ten tomorrow.
    r"|\w+[aei]mos\b|(?:le|les|lo|los|te|os|se|nos|me|lhe|lhes)\s+\w"
    r"|(?:day after )?tomorrow\b|today\b|(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
    r"|(?:mañana|amanhã|hoy|hoje)\b)",
    re.IGNORECASE,
)
_TIME_LEADS: Final = re.compile(r"(?:\bat|\bby|\bbefore|\bum|\bbis|\bvor|,|@)\s*$", re.IGNORECASE)
_HOUR: Final = r"(?:2[0-3]|[01]?\d)(?:[:.h][0-5]\d)?h?\s*(?:a\.?m\b\.?|p\.?m\b\.?)?"
# Between 9 and 12 on Friday, in one clause with the day; of 9 and 12 boxes it is none.
_BETWEEN: Final = re.compile(
    r"(?:\0[\s,(]*[^.,;:!?\0]*?|(?=[^.,;:!?\0]*(?:\d[.:]\d\d[^.,;:!?\0]*)*,?\s*\0))"
    r"\b(?:between|from|zwischen|von|entre|tra|tussen)\s+(?:las\s+|le\s+)?"
    rf"(?P<first>{_HOUR})\s*(?:-|–|\b(?:and|to|until|till|und|bis|et|à|y|a|e|en)\b)\s*"
    rf"(?:las\s+|le\s+)?(?P<last>{_HOUR})"
    r"(?=\s*(?:$|\0|[,;!?)]|\.(?!\d)|o'?clock|uhr\b|uur\b)"
    r"|\s+(?:on|in the|at the latest|the|this|next|today|we|you|i|it|am|im|wir|sie|ich|el|le|op"
    r"|tomorrow|morgen)\b)",
    re.IGNORECASE,
)
_HOUR_ALONE: Final = re.compile(
    r"\b(?:at|by|before|around|until|till|um|bis|vor|gegen|@)\s*(?P<hour>2[0-3]|[01]?\d)"
    r"(?=\s*(?:$|[,;!?)]|\.(?!\d)|(?:at the )?latest|sharp|spätestens))",
    re.IGNORECASE,
)
# At 3 in the afternoon; by 5 on Friday, whose day is left out.
_HOUR_OF: Final = re.compile(
    r"\s*(?:(?:in the (?:morning|afternoon|evening)|noon|midday|at night)\b|on\s+\0)", re.IGNORECASE
)
# When people are up and at work: what "by 5" means.
_EARLIEST, _LATEST = 8, 20
_UNTIL: Final = re.compile(r"\s*(?:-|–|—|\b(?:to|and|until|till|bis|und)\b)\s*", re.IGNORECASE)
# Freitagnachmittag, Freitag früh; "Freitag morgen" is not the day after today.
_PART_OF_WEEKDAY: Final = re.compile(
    r"\b(montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)s?\s?"
    r"(früh|morgen|vormittag|mittag|nachmittag|abend)s?\b",
    re.IGNORECASE,
)


def parts_apart(words: str) -> str:
    """The words with a weekday and the part of it as two words: Freitagnachmittag."""

    def apart(found: re.Match[str]) -> str:
        part = "Vormittag" if found[2].lower() in ("früh", "morgen") else found[2]
        return f"{found[1]} {part}"

    return _PART_OF_WEEKDAY.sub(apart, words)


def time_of_day(others: str, *, alone: bool = False) -> time | None:
    """The time on the clock in words; None where there is none.

    Shape: `others` are the words without the day that they name; `alone` where no day is named, so
    that a bare number is no hour.
    """
    if not alone and (between := _BETWEEN.search(others)) and (said := _last_of(between)):
        return said
    for found in _TIME.finditer(others):
        named = found["half"] is not None or found["dots"] in (":", "h")
        if not named and (of_clock := _of_clock(others, found)) is not None:
            return of_clock
        leads = _TIME_LEADS.search(others[: found.start()])
        if not named and (not leads or found["dots"] or _is_no_hour(found, leads[0], alone=alone)):
            continue
        said = _clock_time(found)
        if said is not None:
            return _until(others, found.end(), said)
    return None


def hour_alone(words: str) -> list[time]:
    """The times that a bare hour may mean (by 5), [] where the words have none."""
    found = _HOUR_ALONE.search(words)
    if found is None:
        return []
    said = int(found["hour"])
    hours = [hour for hour in (said, said + 12) if _EARLIEST <= hour <= _LATEST]
    return [time(hour) for hour in hours or ([said] if said > _LATEST else [])]


def without_clock(words: str) -> str:
    """The words without the times of the clock in Spanish and Portuguese, whose hour might be taken
    for a day of the month."""
    for found in reversed([*_TIME.finditer(words)]):
        if _of_clock(words, found) is not None and (after := _OF_CLOCK.match(words, found.end())):
            end = after.end() if after["early"] or after["late"] else found.end()
            words = f"{words[: found.start()].rstrip()} {words[end:].lstrip()}".rstrip()
    return words


def _of_clock(words: str, found: re.Match[str]) -> time | None:
    """A las 10 de la mañana; None where it is not the clock that is meant."""
    lead = _CLOCK_LEADS.match(found["latin"] or "")
    after = _OF_CLOCK.match(words, found.end())
    if lead is None or after is None or (said := _clock_time(found)) is None:
        return None
    if after["early"]:
        return said.replace(hour=int(found["hour"]) % 24)
    return said.replace(hour=said.hour + 12) if after["late"] and said.hour < 12 else said


def _until(words: str, end: int, said: time) -> time:
    """The end of a range of times: from 2 pm to 4 pm."""
    to = _UNTIL.match(words, end)
    last = _TIME.match(words, to.end()) if to else None
    if last is None or not (last["half"] or last["dots"] in (":", "h")):
        return said
    return max(said, _clock_time(last) or said)


def _last_of(between: re.Match[str]) -> time | None:
    """The end of between 10 and 2: the next two o'clock after ten."""
    first, last = (_TIME.match(between[name]) for name in ("first", "last"))
    begins, ends = first and _clock_time(first), last and _clock_time(last)
    if begins is None or ends is None or ends > begins or ends.hour >= 12:
        return ends
    return ends.replace(hour=ends.hour + 12)


def _is_no_hour(found: re.Match[str], leads: str, *, alone: bool) -> bool:
    """Whether a bare number is no hour of the day: more follows, a date or a number of things."""
    after = found.string[found.end() :]
    if "," not in leads and _HOUR_OF.match(after):
        return False
    return alone or re.match(r"[./-]?\d|\s*[^\W\d_]|\.", after) is not None


def _clock_time(found: re.Match[str]) -> time | None:
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    half = (found["half"] or "").lower().replace(".", "")
    if half in ("am", "pm"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif hour == 24:
        return None
    elif half in ("o'clock", "oclock", "") and found["dots"] is None and 1 <= hour < 8:
        # Nobody promises anything for five in the morning.
        hour += 12
    return time(hour, minute)
