"""One reading of the scores: what a page asks more than once is added up once.

Within `one_reading` the same question gives the same answer without asking the database again, so
that a page may ask for its parts one by one, and all of them fit together.
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


def is_reading() -> bool:
    """Whether answers are kept."""
    return _memory.get() is not None
