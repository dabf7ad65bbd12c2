"""Why something is not taken, in words for people: what a decoder says of a value, and the ends of
sentences that the API puts behind a place."""

import re
from collections.abc import Callable
from typing import Final

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_KINDS: Final[dict[str, LazyText]] = {
    "str": gettext_lazy("a text"),
    "int": gettext_lazy("a whole number"),
    "float": gettext_lazy("a number"),
    "bool": gettext_lazy("true or false"),
    "array": gettext_lazy("a list"),
    "object": gettext_lazy("a table"),
    "null": gettext_lazy("nothing"),
}
_LIMITS: Final[dict[str, LazyText]] = {
    "<=": gettext_lazy("must be at most {limit}"),
    "<": gettext_lazy("must be below {limit}"),
    ">=": gettext_lazy("must be at least {limit}"),
    ">": gettext_lazy("must be above {limit}"),
}
# With one of these words begins what is said of the thing that was named before.
_SAID_OF_IT: Final = {
    *("is", "has", "must", "lies", "leads", "uses", "names", "contains", "needs", "cannot"),
    *("belongs", "stands", "lacks"),
}


def plain_reason(text: str) -> str:
    """What a decoder says of a value, as the end of a sentence; other texts as they are."""
    for pattern, say in _SAYINGS:
        found = pattern.fullmatch(text)
        if found is not None:
            return say(found)
    return text


def sentence_of(reason: str) -> str:
    """A reason as a whole sentence, to stand beside what it is about."""
    reason = plain_reason(reason)
    first = reason.partition(" ")[0]
    said = _("It {reason}").format(reason=reason) if first in _SAID_OF_IT else reason
    said = said[:1].upper() + said[1:]
    return said if said.endswith((".", "!", "?")) else f"{said}."


def _longest(found: re.Match[str]) -> str:
    return _("is longer than {limit} characters").format(limit=f"{int(found[1]):,}")


def _limited(found: re.Match[str]) -> str:
    return str(_LIMITS[found[1]]).format(limit=f"{float(found[2]):g}")


def _of_kind(found: re.Match[str]) -> str:
    wanted = _(" or ").join(str(_KINDS.get(one, one)) for one in found[1].split(" | "))
    return _("must be {wanted}, not {given}").format(
        wanted=wanted, given=_KINDS.get(found[2], found[2])
    )


_SAYINGS: Final[list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]]] = [
    (re.compile(r"Expected `str` of length <= 1"), lambda _found: _("must be one character")),
    (re.compile(r"Expected `str` of length <= (\d+)"), _longest),
    (re.compile(r"Expected `str` of length >= 1"), lambda _found: _("must not be empty")),
    (re.compile(r"Expected `array` of length >= 1"), lambda _found: _("must name at least one")),
    (re.compile(r"Expected `(?:int|float)` ([<>]=?) (\S+)"), _limited),
    (re.compile(r"Expected `([^`]+)`, got `([^`]+)`"), _of_kind),
    (
        re.compile(r"Invalid enum value '?(.*?)'?"),
        lambda found: _("is none of the words that it may be: {word}").format(word=found[1]),
    ),
    (
        re.compile(r"Expected `str` matching regex .*"),
        lambda _found: _("has a form that is not taken"),
    ),
    (
        re.compile(r"Object missing required field `(.*)`"),
        lambda found: _("lacks {name}").format(name=found[1]),
    ),
    (
        re.compile(r"Object contains unknown field `(.*)`"),
        lambda found: _("has {name}, which is no name that is known here").format(name=found[1]),
    ),
]
