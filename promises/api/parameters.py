"""Query parameters: read strictly, refused with a pointer."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.core import signing

from interactions.problems import InvalidQuery
from promises.domain.clock import parse_moment

_SALT = "promises.api.cursor"
_DAY = len("2026-03-02 ")
_LONGEST = 255


def refuse_unknown(params: Mapping[str, str], known: Collection[str]) -> None:
    """A misspelt parameter must not be ignored.

    Raises: InvalidQuery.
    """
    for name in params:
        if name not in known:
            raise InvalidQuery(name, f"is no parameter here; known are {', '.join(sorted(known))}")


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


def page_size(params: Mapping[str, str], *, default: int, most: int) -> int:
    """The `limit` parameter.

    Raises: InvalidQuery.
    """
    given = params.get("limit", str(default))
    if not (given.isascii() and given.isdigit() and 1 <= int(given[:9]) <= most):
        raise InvalidQuery("limit", f"must be a number from 1 to {most}")
    return int(given)


def read_cursor(params: Mapping[str, str]) -> str:
    """Where the last page ended, '' at the beginning.

    Raises: InvalidQuery for anything that we did not sign.
    """
    given = params.get("cursor", "")
    if not given:
        return ""
    try:
        return str(signing.loads(given, salt=_SALT))
    except signing.BadSignature:
        raise InvalidQuery("cursor", "is none that this installation gave out") from None


def sign_cursor(position: str) -> str:
    """A cursor to continue after a position."""
    return signing.dumps(position, salt=_SALT)
