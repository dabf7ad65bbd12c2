"""Small JSON bodies, read strictly: a field that nobody knows is refused with a pointer to it."""

from typing import TypeVar

import msgspec
from django.http import HttpRequest
from rest_framework import status
from rest_framework.exceptions import APIException

from interactions.bodies import UnknownMedia
from interactions.duplicate_keys import key_twice
from interactions.envelopes import DECODE_ERRORS
from interactions.rejection import rejection

MAX_BYTES = 64 * 1024
_CHARSETS = ("", "utf-8", "utf8", "us-ascii")
Body = TypeVar("Body", bound=msgspec.Struct)


class InvalidBody(APIException):
    """A body, or one of its fields, that cannot be taken."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "invalid_body"

    def __init__(self, pointer: str, reason: str) -> None:
        # A reason that begins small is the end of a sentence.
        sign = "" if reason[:1].islower() else ":"
        super().__init__(f"{pointer or 'The body'}{sign} {reason}")
        self.errors = [{"pointer": f"#{pointer}", "detail": reason}]


class BodyTooLarge(APIException):
    """The body is over the limit of such requests."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = f"The body is larger than {MAX_BYTES:,} bytes."


def read_json(request: HttpRequest, kind: type[Body], *, optional: bool = False) -> Body:
    """The body as a struct that forbids unknown fields; `optional` takes no body for an empty one.

    Shape: blanks are a body that is no JSON.
    Raises: UnknownMedia (415), BodyTooLarge (413), InvalidBody (400).
    """
    body = request.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise BodyTooLarge
    if optional and not body:
        return kind()
    _check_media(request)
    try:
        read = msgspec.json.decode(body, type=kind)
    except DECODE_ERRORS as error:
        rejected = rejection(error, "", body)
        raise InvalidBody(rejected.pointer, rejected.reason) from None
    refuse_key_twice(body)
    return read


def refuse_key_twice(body: bytes) -> None:
    """Whether a body that is known to be JSON means the same to all who read it.

    Raises: InvalidBody.
    """
    try:
        twice = key_twice(body)
    except RecursionError:
        raise InvalidBody("", "is nested too deeply") from None
    if twice is not None:
        raise InvalidBody("", f"names {twice[:60]!r} twice")


def _check_media(request: HttpRequest) -> None:
    media, _, parameters = request.headers.get("Content-Type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    plain = "Content-Encoding" not in request.headers
    if media.strip().lower() != "application/json" or charset not in _CHARSETS or not plain:
        raise UnknownMedia("Send plain application/json in UTF-8 here.")
