"""Query parameters: read strictly, refused with a pointer."""

from collections.abc import Collection, Mapping
from datetime import datetime

from interactions.paging import page_size as page_size
from interactions.paging import read_cursor as read_cursor
from interactions.problems import InvalidQuery
from promises.domain.clock import parse_moment

_DAY = len("2026-03-02 ")
_LONGEST = 255


def choice(params: Mapping[str, str], name: str, choices: Collection[str], default: str) -> str:
    """One of some words; an empty one is none of them, only leaving it out is.

    Raises: InvalidQuery.
    """
    given = params.get(name)
    if given is None:
        return default
    if given not in choices:
        raise InvalidQuery(name, f"must be one of {', '.join(choices)}")
    return given


def past_moment(params: Mapping[str, str], name: str, *, now: datetime) -> datetime:
    """An RFC 3339 moment with its offset that is not in the future; `now` where none is given.

    Raises: InvalidQuery.
    """
    given = any_moment(params, name)
    if given is None:
        return now
    if given > now:
        raise InvalidQuery(name, "lies in the future; only what has happened can be counted")
    return given


def any_moment(params: Mapping[str, str], name: str) -> datetime | None:
    """An RFC 3339 moment with its offset, None where none is given.

    Raises: InvalidQuery.
    """
    given = params.get(name)
    if given is None:
        return None
    try:
        # A plus sign that nobody quoted arrives as a space; one between day and time is itself.
        return parse_moment(given[:_DAY] + given[_DAY:].replace(" ", "+"))
    except (ValueError, OverflowError):
        raise InvalidQuery(
            name, "must be an RFC 3339 time with its offset, such as 2026-03-02T09:30:00Z"
        ) from None


def text(params: Mapping[str, str], name: str, *, longest: int = _LONGEST) -> str:
    """A text, '' where none is given.

    Raises: InvalidQuery for what no stored text can be.
    """
    given = params.get(name, "")
    if len(given) > longest:
        raise InvalidQuery(name, f"is longer than {longest} characters")
    if "\0" in given:
        raise InvalidQuery(name, "contains the character NUL")
    return given


def flag(params: Mapping[str, str], name: str) -> bool | None:
    """`true` or `false`, None where neither is given.

    Raises: InvalidQuery.
    """
    given = choice(params, name, ("true", "false"), "")
    return None if not given else given == "true"
