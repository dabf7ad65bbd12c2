"""What all lists of the API share: strict parameters, pages of a size, signed cursors."""

from collections.abc import Collection, Mapping

from django.core import signing
from rest_framework.request import Request

from interactions.problems import InvalidQuery

_SALT = "promises.api.cursor"


def check_parameters(request: Request, known: Collection[str]) -> None:
    """Every parameter is known and given once.

    Raises: InvalidQuery.
    """
    refuse_unknown(request.query_params, known)
    for name, values in request.query_params.lists():
        if len(values) > 1:
            raise InvalidQuery(name, "is given more than once")


def refuse_unknown(params: Mapping[str, str], known: Collection[str]) -> None:
    """A misspelt parameter must not be ignored.

    Raises: InvalidQuery.
    """
    for name in params:
        if name not in known:
            raise InvalidQuery(name, f"is no parameter here; known are {', '.join(sorted(known))}")


def page_size(params: Mapping[str, str], *, default: int, most: int) -> int:
    """The `limit` parameter.

    Raises: InvalidQuery.
    """
    given = params.get("limit", str(default))
    if not (given.isascii() and given.isdigit() and 1 <= int(given[:9]) <= most):
        raise InvalidQuery("limit", f"must be a number from 1 to {most}")
    return int(given)


def read_cursor(request: Request) -> str:
    """Where the last page of this list ended, '' at the beginning.

    Raises: InvalidQuery for anything that we did not sign, and for the cursor of another list.
    """
    given = request.query_params.get("cursor", "")
    if not given:
        return ""
    try:
        signed = signing.loads(given, salt=_SALT)
    except signing.BadSignature:
        raise InvalidQuery("cursor", "is none that this installation gave out") from None
    match signed:
        case [request.path_info, str(position)]:
            return position
    raise InvalidQuery("cursor", "belongs to another list")


def next_address(request: Request, position: str) -> str:
    """The address of the page that begins after a position: the same question, another cursor."""
    query = request.query_params.copy()
    # A list is known by its address: what is a place in one is none in another.
    query["cursor"] = signing.dumps([request.path_info, position], salt=_SALT)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
