"""The part of a day that somebody's own words name: Friday afternoon, by noon on Friday.

The one that stands beside the day is meant. One that stands elsewhere counts only where it can
hardly mean something else: the lunch room is no time.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import time
from typing import Final

from promises.domain.said_reading import TO


@dataclass(frozen=True, slots=True)
class PartOfDay:
    """When a part of a day begins and ends. Shape: `begins` None with the day, `ends` None with it;
    `is_before` where the words say that it is before this part."""

    begins: time | None
    ends: time | None
    is_before: bool = False

    def in_half(self, at: time) -> time:
        """A time on the clock as this part of the day means it: eight in the evening, seven in the
        morning."""
        if self.begins is None:
            return at.replace(hour=at.hour - 12) if 12 < at.hour < 20 else at
        if self.begins == self.ends or not self.begins.hour - 6 > at.hour > 0:
            return at
        return at.replace(hour=at.hour + 12)


_PARTS: Final = {
    "noon": (r"noon|midday|mittags?", PartOfDay(time(12), time(12))),
    "lunch": (r"lunch(?:[\s-]?time)?", PartOfDay(time(12), time(12))),
    "morning": (r"mornings?|vormittags?|früh", PartOfDay(None, time(12))),
    "afternoon": (r"afternoons?|nachmittags?", PartOfDay(time(12), time(17))),
    "evening": (r"evenings?|abends?", PartOfDay(time(17), time(20))),
    "night": (r"nights?|nachts?", PartOfDay(time(20), None)),
}
PART_NAME: Final = "(?:" + "|".join(name for name, _ in _PARTS.values()) + ")"
_NAMED: Final = "(?:" + "|".join(rf"(?P<{key}>{name})" for key, (name, _) in _PARTS.items()) + ")"
_WHOLE: Final = r"\b(?!-\w)"
# Of lunch boxes, an evening meal and a noon train it is what follows that is meant.
_NO_THING: Final = (
    r"(?=\s*(?:$|[^\w\s-])|\s+-|\s+(?:on|of|at|in|by|before|the|this|next|we|you|i|it|or|and|but|to|then"
    r"|today|tomorrow|am|an|des|bis|spätestens|wir|sie|ich|oder|und|aber|liefern|\w+day|\w+tag)\b)"
)
_ARTICLE: Final = r"(?:(?:the|this|dem|den|der|des)\s+)?"
_TIMELY: Final = r"(?:in|at|by|before|during|around|until|till|towards?|am|im|gegen|zum|bis|vor|um)"
_PERHAPS: Final = (
    r"(?:(?:most\s+)?(?:probably|likely)|hopefully|ideally|some\s?time|latest|at the latest"
    r"|spätestens|wahrscheinlich|vermutlich|voraussichtlich)"
)
_RATHER: Final = r"(?:(?:early|late|mid)[\s-]+)?"
_CLOCK: Final = (
    r"(?:(?:at|by|before|um|bis|vor)?\s*\d{1,2}(?:[:.]\d\d)?(?:\s*uhr|\s*o'?clock)?\s+)?"
)
_AFTER: Final = re.compile(
    rf"[\s,(]*(?:{_PERHAPS}[\s,]+)?{_CLOCK}(?:{_TIMELY}\s+){{0,2}}{_ARTICLE}{_RATHER}\b{_NAMED}{_WHOLE}",
    re.IGNORECASE,
)
_OR_LATER: Final = re.compile(
    rf"{TO}(?:in\s+|am\s+)?{_ARTICLE}{_RATHER}\b{_NAMED}{_WHOLE}", re.IGNORECASE
)
_IN_FRONT: Final = re.compile(
    rf"\b{_NAMED}\s+(?:(?:on|of|des|dem|vom|von|am)\s+)?(?:(?:the|next|dem|den|der|nächsten)\s+)?$",
    re.IGNORECASE,
)
_AT_END: Final = re.compile(rf"\b{_NAMED}$", re.IGNORECASE)
_ANYWHERE: Final = re.compile(rf"\b{_NAMED}{_WHOLE}{_NO_THING}", re.IGNORECASE)
_LED: Final = re.compile(rf"\b{_TIMELY}\s+{_ARTICLE}{_RATHER}$", re.IGNORECASE)
_LIMITED: Final = re.compile(rf"\b(?:by|before|until|till|bis|vor)\s+{_ARTICLE}$", re.IGNORECASE)
_OF_ITSELF: Final = re.compile(r"(?:mittag|vormittag|nachmittag|abend|nacht)s", re.IGNORECASE)
_BEFORE: Final = re.compile(
    r"(?<!\bor )(?<!\boder )\b(?:before|prior to|ahead of|vor)\s+(?:(?:the|dem|den|der)\s+)?$",
    re.IGNORECASE,
)
# Not in the morning, after lunch; this morning is one of another day.
_SHUNNED: Final = re.compile(
    r"\b(?:not|never|no|after|from|since|past|every|each|good|last|nicht|kein\w*|nach|ab|seit|jeden"
    rf"|guten|gute|letzten)\s+(?:{_TIMELY}\s+)?{_ARTICLE}{_RATHER}$",
    re.IGNORECASE,
)
_THIS: Final = re.compile(r"\bthis\s+$", re.IGNORECASE)
_TODAY: Final = re.compile(r"(?:today|heute)$", re.IGNORECASE)
_OTHER_CLAUSE: Final = re.compile(
    r"[.;:!?,()\d]|\b(?:and|but|or|then|not|und|aber|oder|dann|nicht|tomorrow|today|heute|morgen"
    r"|\w+day|\w+tag)\b",
    re.IGNORECASE,
)


def part_of_day(words: str, span: tuple[int, int]) -> PartOfDay | None:
    """The part of the day that stands at `span` in words; None where they name none, or where it
    may be a part of another day."""
    if (found := _AT_END.search(words[: span[1]])) and found.start() >= span[0]:
        return _part(found)
    is_today = _TODAY.search(words[: span[1]]) is not None
    found = _AFTER.match(words, span[1])
    if found is not None and (found["lunch"] is None or _is_time(found)):
        if (later := _OR_LATER.match(words, found.end())) is not None:
            return _last([_part(found), _part(later)])
        if _is_meant(found, is_today=is_today):
            return _part(found)
    found = _IN_FRONT.search(words[: span[0]])
    is_led = found is not None and (found["lunch"] is None or _LED.search(words[: found.start()]))
    if found is not None and is_led and _is_meant(found, is_today=is_today):
        return _part(found)
    return _only(
        _part(one)
        for one in _ANYWHERE.finditer(words)
        if _is_meant(one, is_today=is_today) and _is_of_day(one, span)
    )


def part_alone(words: str) -> PartOfDay | None:
    """The part of a day in words that name no day: by noon, in the afternoon."""
    return _only(
        _part(one)
        for one in _ANYWHERE.finditer(words)
        if _is_meant(one, is_today=False)
        and (_LED.search(words[: one.start()]) or _OF_ITSELF.fullmatch(one[0]) or one[0] == words)
    )


def _start(found: re.Match[str]) -> int:
    """Where the name of the part begins, after what leads to it."""
    return found.start(found.lastgroup or 0)


def _part(found: re.Match[str]) -> PartOfDay:
    part = _PARTS[found.lastgroup or ""][1]
    front = found.string[: _start(found)]
    return replace(part, is_before=True) if _BEFORE.search(front) else part


def _is_time(found: re.Match[str]) -> bool:
    """Whether lunch after a day is when it is, and no thing: Friday, lunch is on us."""
    is_thing = re.match(_NO_THING, found.string[found.end() :], re.IGNORECASE) is None
    return not is_thing and "," not in found[0]


def _is_meant(found: re.Match[str], *, is_today: bool) -> bool:
    front = found.string[: _start(found)]
    return not _SHUNNED.search(front) and (is_today or not _THIS.search(front))


def _is_of_day(found: re.Match[str], span: tuple[int, int]) -> bool:
    """Whether a part that stands apart from the day is one of it: it follows in the same clause, or
    leads to it as the end of some time."""
    words, start, end = found.string, found.start(), found.end()
    if start >= span[1]:
        led = _LED.search(words[:start]) or _OF_ITSELF.fullmatch(found[0])
        return led is not None and not _OTHER_CLAUSE.search(words[span[1] : start])
    if end > span[0] or not _LIMITED.search(words[:start]):
        return False
    return not _OTHER_CLAUSE.search(words[end : span[0]])


def _last(parts: Iterable[PartOfDay]) -> PartOfDay:
    """The one that ends last."""
    return max(parts, key=lambda part: (part.ends is None, part.ends or time.max))


def _only(parts: Iterable[PartOfDay]) -> PartOfDay | None:
    """The part that all of some are; None where they differ or are none."""
    found = set(parts)
    return found.pop() if len(found) == 1 else None
