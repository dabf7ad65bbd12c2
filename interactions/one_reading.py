"""One reading of the database: what a page asks more than once is read once.

Within `one_reading` the same question gives the same answer without asking the database again, so
that a page may ask for its parts one by one, and all of them fit together. Every request that only
reads is one reading (`promisegap/reading.py`); nothing is known any more once it has ended.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")

_memory: ContextVar[dict[Any, Any] | None] = ContextVar("one_reading", default=None)


@contextmanager
def one_reading() -> Iterator[None]:
    """Until its end every answer is kept; inside another reading it belongs to that one."""
    if _memory.get() is not None:
        yield
        return
    token = _memory.set({})
    try:
        yield
    finally:
        _memory.reset(token)


def once(key: Any, read: Callable[[], T]) -> T:
    """What was read for this key in this reading, else read now; without a reading always now."""
    memory = _memory.get()
    if memory is None:
        return read()
    if key not in memory:
        memory[key] = read()
    found: T = memory[key]
    return found


def keep(key: Any, value: Any) -> None:
    """Keep what was read together with something else."""
    memory = _memory.get()
    if memory is not None:
        memory[key] = value


def kept(key: Any) -> Any:
    """What was kept for a key in this reading; None where there is nothing."""
    memory = _memory.get()
    return None if memory is None else memory.get(key)


def is_reading() -> bool:
    """Whether answers are kept."""
    return _memory.get() is not None
