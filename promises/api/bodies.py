"""Bodies of the convenience writes: the data of one event, beside it what its envelope needs."""

import re
from collections.abc import Collection
from dataclasses import dataclass

import msgspec
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from interactions.bodies import UnknownMedia
from interactions.envelopes import DECODE_ERRORS
from interactions.event_data import SCHEMAS
from interactions.event_types import EventType
from interactions.json_bodies import MAX_BYTES, BodyTooLarge, InvalidBody, refuse_key_twice
from interactions.problems import InvalidQuery
from interactions.rejection import EventRejected, rejection

MAX_KEY = 255
Fields = dict[str, msgspec.Raw]

_decode = msgspec.json.Decoder(Fields).decode
_decode_text = msgspec.json.Decoder(str).decode
_PRINTABLE = re.compile(r"[\x20-\x7e]+")
# The address says whose promise it is.
_HIDDEN = "promise_source"


class KeyReused(APIException):
    """An Idempotency-Key that stands for something else already."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"
    default_detail = (
        "This Idempotency-Key was sent with another body, or is the id of another event of this "
        "source. Nothing was stored; send a new key."
    )


@dataclass(frozen=True, slots=True)
class Sent:
    """A body: its fields, still raw, and its bytes."""

    fields: Fields
    body: bytes


def read_sent(request: Request, event_type: EventType, *, beside: Collection[str]) -> Sent:
    """The body: the fields of the event's data, and `beside` them those of its envelope.

    Shape: no body at all is an empty object; blanks are a body that is no JSON. What the fields
    hold is not looked at yet.
    Raises: InvalidBody (400), UnknownMedia (415), BodyTooLarge (413).
    """
    body = request._request.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise BodyTooLarge
    fields: Fields = {}
    if body:
        _check_media(request)
        try:
            fields = _decode(body)
        except DECODE_ERRORS as error:
            raise refused(rejection(error, "", body)) from None
    _check_names(fields, event_type, beside)
    return Sent(fields, body)


def check_keys(sent: Sent) -> None:
    """No key occurs twice; to be asked once everything else is known to be right.

    Raises: InvalidBody.
    """
    if sent.fields:
        refuse_key_twice(sent.body)


def refused(rejected: EventRejected) -> InvalidBody:
    """A rejection as the answer to a body."""
    return InvalidBody(rejected.pointer, rejected.reason)


def _check_media(request: Request) -> None:
    media, _, parameters = request.headers.get("Content-Type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if (
        media.strip().lower() != "application/json"
        or charset not in ("", "utf-8", "utf8", "us-ascii")
        or "Content-Encoding" in request.headers
    ):
        raise UnknownMedia("Send plain application/json in UTF-8 here.")


def _check_names(fields: Fields, event_type: EventType, beside: Collection[str]) -> None:
    """A misspelt field, or one that is missing, is pointed at by its name.

    Raises: InvalidBody.
    """
    schema = [f for f in msgspec.structs.fields(SCHEMAS[event_type]) if f.name != _HIDDEN]
    known = {*beside, *(field.name for field in schema)}
    for name in fields:
        if name not in known:
            reason = f"is no field here; known are {', '.join(sorted(known))}"
            raise InvalidBody(f"/{_pointed(name)}", reason)
    for field in schema:
        if field.required and field.name not in fields:
            raise InvalidBody(f"/{field.name}", "is missing")


def taken_text(fields: Fields, name: str) -> str | None:
    """Take a text out of the fields, None where it was not sent.

    Raises: InvalidBody where it is no text.
    """
    raw = fields.pop(name, None)
    if raw is None:
        return None
    try:
        return _decode_text(raw)
    except DECODE_ERRORS as error:
        raise refused(rejection(error, f"/{name}")) from None


def idempotency_key(request: Request) -> str | None:
    """The `Idempotency-Key` header, None where none was sent.

    Raises: InvalidQuery for one that cannot be the id of an event.
    """
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    given = given.strip()
    if len(given) > MAX_KEY or _PRINTABLE.fullmatch(given) is None:
        raise InvalidQuery(
            "Idempotency-Key", f"must be 1 to {MAX_KEY} printable characters of ASCII"
        )
    return given


def in_the_body(rejected: EventRejected, time_name: str) -> EventRejected:
    """A rejection of the event, told about the body that was sent."""
    pointer = rejected.pointer
    if pointer == "/time":
        pointer = f"/{time_name}"
    elif pointer == "/subject":
        pointer = "/reference"
    else:
        pointer = pointer.removeprefix("/data")
    return EventRejected(pointer, rejected.reason)


def _pointed(name: str) -> str:
    """A name as a step of a JSON pointer (RFC 6901)."""
    return name[:60].replace("~", "~0").replace("/", "~1")
