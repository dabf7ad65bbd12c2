"""Bodies of events as they come over HTTP: media type, charset, compression, size."""

import zlib
from enum import Enum, auto
from io import BytesIO

from django.http import HttpRequest
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError

# Before and after inflating.
MAX_BYTES = 16 * 1024 * 1024
_PIECE = 1 << 16


class Shape(Enum):
    """How many events a body holds, and how they are written down."""

    ONE = auto()
    ARRAY = auto()
    LINES = auto()
    ONE_OR_ARRAY = auto()


_SHAPES = {
    "application/cloudevents+json": Shape.ONE,
    "application/cloudevents-batch+json": Shape.ARRAY,
    "application/x-ndjson": Shape.LINES,
    "application/json": Shape.ONE_OR_ARRAY,
}


MEDIA = tuple(_SHAPES)


class TooLarge(APIException):
    """The body is over the limit; nothing of it was read."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = f"The body is larger than {MAX_BYTES:,} bytes; send it in parts."


class UnreadableBody(ParseError):
    """The body as a whole cannot be read."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.errors = [{"pointer": "#", "detail": reason}]


class UnknownMedia(APIException):
    """A media type, charset or encoding that is not taken here."""

    status_code = status.HTTP_415_UNSUPPORTED_MEDIA_TYPE
    default_code = "unsupported_media_type"


def read_body(request: HttpRequest) -> tuple[bytes, Shape]:
    """The body as plain UTF-8 bytes, and its shape.

    Raises: UnknownMedia (415), TooLarge (413), UnreadableBody (400).
    """
    shape = _shape(request)
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise UnknownMedia(f"Content-Encoding {encoding[:40]!r} is not taken; send gzip or none.")
    declared = request.headers.get("Content-Length", "")
    if declared.isdigit() and int(declared) > MAX_BYTES:
        raise TooLarge
    body = request.read(MAX_BYTES + 1)
    _let_go(request)
    if len(body) > MAX_BYTES:
        raise TooLarge
    if encoding == "gzip":
        body = _inflate(body)
    if not body.strip():
        raise UnreadableBody(
            "The body is empty; send one CloudEvent, an array of them, or one a line."
        )
    if shape is Shape.ONE_OR_ARRAY:
        shape = Shape.ARRAY if body.lstrip().startswith(b"[") else Shape.ONE
    return body, shape


def _let_go(request: HttpRequest) -> None:
    """Drop the stream that was read, and with it the server's own copy of the body.

    A request is a circle of objects: it would keep the copy until somebody looks for circles.
    """
    request._stream = BytesIO()
    request.META.pop("wsgi.input", None)


def _shape(request: HttpRequest) -> Shape:
    media, _, parameters = request.headers.get("Content-Type", "").partition(";")
    shape = _SHAPES.get(media.strip().lower())
    if shape is None:
        raise UnknownMedia(
            f"Content-Type {media[:60]!r} is not taken; send {', '.join(sorted(_SHAPES))}."
        )
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip(' "').lower() not in (
            "utf-8",
            "utf8",
            "us-ascii",
        ):
            raise UnknownMedia("JSON is UTF-8; leave the charset out or say utf-8.")
    return shape


def _inflate(body: bytes) -> bytes:
    """Inflate, stopping at the limit, so that a small bomb cannot fill the memory.

    Raises: UnreadableBody, TooLarge.
    """
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    inflated, source = BytesIO(), body
    try:
        while source and not inflater.eof:
            inflated.write(inflater.decompress(source, _PIECE))
            if inflated.tell() > MAX_BYTES:
                raise TooLarge
            source = inflater.unconsumed_tail
    except zlib.error:
        raise UnreadableBody("The body says that it is gzip, but it is not.") from None
    if not inflater.eof or inflater.unused_data:
        raise UnreadableBody("The gzip body is cut off, or something follows it.")
    return inflated.getvalue()
