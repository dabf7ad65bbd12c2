"""The time zone that somebody's own words name beside a time of day.

An abbreviation is taken by its letter: EST is five hours behind UTC, also in summer. One that means
several zones (IST, CST) is seen and not read.
"""

import re
from dataclasses import dataclass
from datetime import UTC, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

# Hours ahead of UTC; None where the letters mean several zones.
_HOURS: Final[dict[str, float | None]] = {
    **{"UTC": 0, "GMT": 0, "WET": 0, "WEST": 1},
    **{"CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3},
    **{"EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7},
    **{"AKST": -9, "AKDT": -8, "HST": -10},
    **{"SGT": 8, "HKT": 8, "JST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13},
    **dict.fromkeys(("IST", "CST", "BST", "AST")),
}
# What goes with summer and winter by itself.
_PLACES: Final = {
    "E": ZoneInfo("America/New_York"),
    "C": ZoneInfo("America/Chicago"),
    "M": ZoneInfo("America/Denver"),
    "P": ZoneInfo("America/Los_Angeles"),
}
_FURTHEST: Final = timedelta(hours=14)
_KNOWN: Final = "|".join(sorted(_HOURS, key=len, reverse=True))
_OFFSET: Final = re.compile(
    r"(?:UTC|GMT)?\s?(?P<sign>[+\-−–])\s?(?P<hours>\d\d?)(?::?(?P<minutes>\d\d))?", re.IGNORECASE
)
_TIME_ENDS: Final = r"(?:\d:\d\d|\d\s?(?i:[ap]\.?m)\b\.?|(?i:\d\s?uhr|o'?clock)\b)\s*[,(]?\s*"
_ZONES: Final = tuple(
    map(
        re.compile,
        (
            # Anywhere: what is hardly another word.
            r"(?<!\w)(?P<zone>(?i:UTC|GMT)\s?[+\-−–]\s?\d\d?(?::?\d\d)?)(?![\w:])",
            rf"(?<!\w)(?P<zone>(?i:UTC|GMT)|{_KNOWN})(?!\w)",
            # Small letters only after am or pm: "est" is a French word, too.
            rf"\d\s?(?i:[ap]\.?m\b\.?\s*[,(]?\s*(?P<zone>{_KNOWN}|[ecmp]t)\b)",
            # Beside the time: letters, offsets, and the time of a place or of somebody.
            _TIME_ENDS + r"(?P<zone>Z\b|\+\d\d:?\d\d\b|[ECMP]T\b|[A-Z]{2,4}T\b)",
            _TIME_ENDS + r"(?P<zone>(?i:eastern|central|mountain|pacific)\b(?i:\s+time\b)?)",
            _TIME_ENDS + r"(?P<zone>(?i:local|your|my|our|their|his|her|customer'?s?)\s+time\b)",
            _TIME_ENDS + r"(?P<zone>(?:[A-Z]\w+\s+){1,2}(?i:time|zeit)\b|(?i:ortszeit)\b)",
        ),
    )
)


@dataclass(frozen=True, slots=True)
class SaidZone:
    """A zone that words name. Shape: `zone` None where it was not read; `others` are the words
    without it."""

    name: str
    zone: tzinfo | None
    others: str


def zone_said(words: str) -> SaidZone | None:
    """The zone that the words name; None where they name none.

    Shape: of two different ones neither is read.
    """
    names: list[str] = []

    def without(found: re.Match[str]) -> str:
        names.append(found["zone"].strip())
        return found[0][: found.start("zone") - found.start()] + " "

    for pattern in _ZONES:
        words = pattern.sub(without, words)
    if not names:
        return None
    zone = _zone_of(names[0]) if len({name.upper() for name in names}) == 1 else None
    return SaidZone(names[0], zone, words)


def _zone_of(name: str) -> tzinfo | None:
    name = name.upper()
    hours = _HOURS.get(name)
    if hours is not None:
        return timezone(timedelta(hours=hours))
    if name == "Z":
        return UTC
    if re.fullmatch(r"[ECMP]T|(?:EASTERN|CENTRAL|MOUNTAIN|PACIFIC)(?:\s+TIME)?", name):
        return _PLACES[name[0]]
    found = _OFFSET.fullmatch(name)
    if found is None:
        return None
    ahead = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
    if ahead > _FURTHEST:
        return None
    return timezone(ahead if found["sign"] == "+" else -ahead)
