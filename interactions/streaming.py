"""Files that are downloaded: large ones as streams, few of them at once, small ones whole."""

import gc
import json
import logging
import threading
import weakref
from collections.abc import Iterable, Iterator

from django.http import HttpResponse, StreamingHttpResponse
from rest_framework.exceptions import APIException

from interactions.problems import RETRY_AFTER_SECONDS, problem

logger = logging.getLogger(__name__)

CSV, NDJSON = "text/csv; charset=utf-8", "application/x-ndjson"
# A stream holds a thread of its web process until its reader has all of it. Each process has four:
# so many are left for everybody else, however slowly streams are read.
MOST_AT_ONCE = 2
_BROKEN = "It breaks off here: something went wrong in the middle. Ask for all of it again."
# The server ends an answer in the same way whether or not all of it went out: what its reader sees
# of a mistake is this last line, which no row can be taken for.
_LAST_LINES = {
    CSV: f'"{_BROKEN}"\r\n'.encode(),
    NDJSON: json.dumps(problem(500, "error", _BROKEN)).encode() + b"\n",
}

_places = threading.BoundedSemaphore(MOST_AT_ONCE)


class TooManyStreams(APIException):
    """As many streams are on their way as one process sends at once."""

    status_code = 503
    default_code = "too_many_exports"
    default_detail = "Other exports are on their way. Ask again in a few seconds."
    wait = RETRY_AFTER_SECONDS


def _taken() -> bool:
    """Whether there was a place, also one of an answer that was dropped and not yet collected."""
    if _places.acquire(blocking=False):
        return True
    gc.collect()
    return _places.acquire(blocking=False)


class _Stream(Iterator[bytes]):
    """Pieces on their way out, which hold a place until they are all gone or nobody wants more."""

    def __init__(self, pieces: Iterator[bytes], last_line: bytes) -> None:
        if not _taken():
            raise TooManyStreams
        # Once, in whatever thread: also where an answer is dropped that nobody closes.
        self._leave = weakref.finalize(self, _places.release)
        self._last_line = last_line
        self._pieces = pieces
        try:
            self._first: bytes | None = next(pieces, b"")
        except BaseException:
            self._leave()
            raise

    def __next__(self) -> bytes:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        try:
            return next(self._pieces)
        except StopIteration:
            self.close()
            raise
        except Exception:
            logger.exception("An export broke off in the middle.")
            self.close()
            return self._last_line

    def close(self) -> None:
        """Give the place to somebody else."""
        self._pieces = iter(())
        self._first = None
        self._leave()


def streamed(pieces: Iterator[bytes], media_type: str, filename: str) -> StreamingHttpResponse:
    """An answer that goes out as it is made; the first piece is made now, so that a database that
    is away is still an error.

    Shape: `pieces` hold nothing between two of them, because whoever reads may take hours or go
    away; what goes wrong later is logged, and the last line says so.
    Raises: TooManyStreams.
    """
    answer = StreamingHttpResponse(
        _Stream(pieces, _LAST_LINES[media_type]), content_type=media_type
    )
    answer["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer


def sent_whole(pieces: Iterable[bytes], media_type: str, filename: str) -> HttpResponse:
    """An answer of few rows, made before any of it goes out."""
    answer = HttpResponse(b"".join(pieces), content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer
