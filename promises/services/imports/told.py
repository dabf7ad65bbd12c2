"""What the rows of an import have told so far, kept on the disk: a file of millions of rows needs
no more memory than a small one."""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from struct import pack, unpack

import msgspec

from interactions.decode import NewEvent
from promises.services.imports.doubles import Double

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DIGEST = 12
# A temporary file of SQLite's own, which is gone with the connection, and never written to the end.
_BEGIN = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16000;
CREATE TABLE seen (number INTEGER PRIMARY KEY);
CREATE TABLE promise (
    reference INTEGER PRIMARY KEY, made_at INTEGER, made TEXT, told BLOB, file INTEGER,
    line INTEGER
);
BEGIN;
"""
_PUT = {
    "IGNORE": "INSERT OR IGNORE INTO promise VALUES (?, ?, ?, ?, ?, ?)",
    "REPLACE": "INSERT OR REPLACE INTO promise VALUES (?, ?, ?, ?, ?, ?)",
}
# The reference, when the promise was made, the end of that event's id, the events of the row, and
# where it stands.
_Promise = tuple[int, int, str, bytes, int, int]
_Taken = tuple[list[_Promise], list[int]]


def number_of(text: str) -> int:
    """A text as a number of 64 bits, the same in every process."""
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


class SeenTexts:
    """Tells texts that come for the first time from others."""

    def __init__(self) -> None:
        self._disk = sqlite3.connect("", isolation_level=None)
        self._disk.executescript(_BEGIN)

    def is_first(self, text: str) -> bool:
        """Whether the text comes for the first time."""
        return self._is_new(number_of(text))

    def close(self) -> None:
        """Give the disk back."""
        self._disk.close()

    def _is_new(self, number: int) -> bool:
        found = self._disk.execute("INSERT OR IGNORE INTO seen VALUES (?)", (number,))
        return found.rowcount == 1


class ToldRows(SeenTexts):
    """Tells rows of new promises from rows that tell of one again.

    Shape: of each promise the row is kept whose making counts (R2); what others told stands among
    the numbers seen. `keeps` gathers what is new for `taken`, so that another process can go on.
    """

    def __init__(self, *, keeps: bool = False) -> None:
        super().__init__()
        self._keeps = keeps
        self._files = [""]
        self._new_promises: list[_Promise] = []
        self._new_numbers: list[int] = []

    def begin(self, file: str) -> None:
        """The rows that follow are those of another file."""
        self._files.append(file)

    def take(self, events: Sequence[NewEvent], line: int) -> tuple[Double | None, int]:
        """What the row of a line is to the rows before it, and how many of its events were told
        already; None where its promise is new."""
        made, numbers = events[0], [number_of(event.id) for event in events]
        mine = (
            number_of(made.subject),
            (made.occurred_at - _EPOCH) // _MICROSECOND,
            made.id[-_DIGEST:],
            pack(f"{len(numbers)}q", *numbers),
            len(self._files) - 1,
            line,
        )
        if self._put(mine, "IGNORE"):
            return None, 0
        known: _Promise = self._disk.execute(
            "SELECT * FROM promise WHERE reference = ?", mine[:1]
        ).fetchone()
        before = set(_numbers(known))
        repeated = sum(number in before or not self._see(number) for number in numbers)
        return self._compared(known, mine), repeated

    def _compared(self, known: _Promise, mine: _Promise) -> Double:
        _reference, made_at, made, told, file, line = known
        is_earlier = mine[1:3] < (made_at, made)
        kind = "same_row" if told == mine[3] else "other_outcome"
        if mine[1:3] != (made_at, made):
            kind = "same_reference"
        if is_earlier:
            for number in _numbers(known):
                self._see(number)
            self._put(mine, "REPLACE")
        earlier_file = "" if file == mine[4] else self._files[file]
        return Double(kind, mine[5], line, earlier_file, is_earlier)

    def _see(self, number: int) -> bool:
        is_new = self._is_new(number)
        if is_new and self._keeps:
            self._new_numbers.append(number)
        return is_new

    def _put(self, promise: _Promise, otherwise: str) -> bool:
        found = self._disk.execute(_PUT[otherwise], promise)
        is_put = found.rowcount == 1
        if is_put and self._keeps:
            self._new_promises.append(promise)
        return is_put

    def taken(self) -> bytes:
        """What was told since the last time."""
        found = msgspec.msgpack.encode((self._new_promises, self._new_numbers))
        self._new_promises, self._new_numbers = [], []
        return found

    def add(self, content: bytes) -> None:
        """What was taken, in the order in which it was."""
        promises, numbers = msgspec.msgpack.decode(content, type=_Taken)
        self._disk.executemany(_PUT["REPLACE"], promises)
        for number in numbers:
            self._is_new(number)


def _numbers(promise: _Promise) -> tuple[int, ...]:
    """The events that the row told."""
    told = promise[3]
    return unpack(f"{len(told) // 8}q", told)
