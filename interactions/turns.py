"""Large bodies take turns: what one of 16 MB becomes on its way into the ledger is ten times as
much, and a process has several threads."""

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager

LARGE_BYTES = 2 * 1024 * 1024
_turn = threading.Lock()
# Only the GNU library has it, and only there it is needed.
_malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)


@contextmanager
def a_turn(size: int) -> Iterator[None]:
    """Wait, with a large body, until no other is being worked on in this process.

    Shape: whoever has let go of all that the body became by the end of the turn gives the memory
    back. Units: bytes.
    """
    if size < LARGE_BYTES:
        yield
        return
    with _turn:
        yield
        _give_back()


def _give_back() -> None:
    """Return the pages that hold nothing any more to the system.

    What lives longer lies here and there between the pieces of a body: without this the next body
    finds holes of other sizes, and the process grows for hours.
    """
    if _malloc_trim is not None:
        _malloc_trim(0)
