"""Large bodies take turns: what one of 16 MB becomes on its way into the ledger is ten times as
much, and a process has several threads."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

LARGE_BYTES = 2 * 1024 * 1024
_turn = threading.Lock()


@contextmanager
def a_turn(size: int) -> Iterator[None]:
    """Wait, with a large body, until no other is being worked on in this process.

    Units: bytes.
    """
    if size < LARGE_BYTES:
        yield
        return
    with _turn:
        yield
