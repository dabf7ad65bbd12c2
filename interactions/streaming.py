"""Answers that go out as they are made."""

from collections.abc import Iterator
from itertools import chain

from django.http import StreamingHttpResponse


def streamed(pieces: Iterator[bytes], media_type: str, filename: str) -> StreamingHttpResponse:
    """An answer that goes out as it is made; the first piece is made now, so that a database that
    is away is still an error."""
    first = next(pieces, b"")
    answer = StreamingHttpResponse(chain([first], pieces), content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{filename}"'
    # Proxies would collect the stream otherwise.
    answer["X-Accel-Buffering"] = "no"
    return answer
