"""What all answers of the API share: bytes of JSON, no caching, links to the next page, ETags."""

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from interactions.authentication import CanRead
from interactions.paging import check_parameters as check_parameters
from interactions.paging import next_address as next_address
from promises.selectors.pages import Asked

# A bigint has at most this many digits that cannot overflow it.
_ID_DIGITS = 18

encode = msgspec.json.Encoder().encode


class Page(msgspec.Struct):
    """One page of a list; `next` is the address of the page after it, null at the end."""

    results: Sequence[Any]
    next: str | None


class ApiView(APIView):
    """A view whose answers no cache may keep."""

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Say so, also on errors."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer


class ReadView(ApiView):
    """A view for keys that may read."""

    permission_classes = (CanRead,)


def json_answer(value: Any, *, status: int = 200) -> HttpResponse:
    """An answer of JSON."""
    return HttpResponse(encode(value), status=status, content_type="application/json")


def page_answer(request: Request, results: Sequence[Any], position: str | None) -> HttpResponse:
    """One page, with where it goes on in `next` and in a `Link` header."""
    following = None if position is None else next_address(request, position)
    answer = json_answer(Page(results, following))
    if following is not None:
        answer["Link"] = f'<{following}>; rel="next"'
    return answer


def tagged_answer(request: Request, value: Any) -> HttpResponse:
    """An answer with a strong ETag of its bytes; 304 where the reader has them already."""
    body = encode(value)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if _has_tag(request.headers.get("If-None-Match", ""), tag):
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(body, content_type="application/json")
    answer["ETag"] = tag
    return answer


def _has_tag(header: str, tag: str) -> bool:
    """If-None-Match compares weakly (RFC 9110): a proxy may have weakened our tag."""
    given = [part.strip().removeprefix("W/") for part in header.split(",")]
    return "*" in given or tag in given


def row_id(text: str) -> int:
    """The number of a row in an address.

    Raises: NotFound, as for a number that nothing has.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= _ID_DIGITS):
        raise NotFound
    return int(text)


def party_id(text: str) -> str:
    """The id of a party in an address.

    Raises: NotFound, as for an id that nothing has.
    """
    if "\0" in text:
        raise NotFound
    return text


def asked_now() -> Asked:
    """What is asked where nothing is said: everything, now."""
    return Asked("all", "", timezone.now(), True)
