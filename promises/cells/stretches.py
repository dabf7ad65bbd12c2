"""Sums by stretches of days: what the windows that end today read instead of every day.

A stretch is some of the days before one day, the base: those of 28 days, the rest of 56, and so on,
all before. A window is the stretches up to its own, and, where the base is not today, the few days
by which it differs. Days from the base on are in no stretch, but for one that holds them all. The
clock moves the base along once a day; until it has, figures are right all the same. Lateness
(`histograms.py`) and what is left of losses to come, which is less every moment (`residues.py`),
have stretches of their own.
"""

from dataclasses import dataclass

from django.db import connection

from promises.cells.base import BASE
from promises.models.cell import SUM_COLUMNS

_OLD, _NEW = "%(old)s::date", "%(new)s::date"
_TODAY, _FIRST = "%(today)s::date", "%(first_day)s::date"
# The stretch of the base and all days after it.
AHEAD = -1


@dataclass(frozen=True)
class Stretches:
    """The table of some sums by stretches, and the table of cells whose days they add up.

    Shape: `lengths` are the days before the base up to which a stretch reaches, the shortest first;
    one more holds all before, and where `ahead` is wanted, AHEAD holds the days from the base on.
    `indexed` where an index of the days holds all of them that is read.
    """

    table: str
    days: str
    key: tuple[str, ...]
    sums: tuple[str, ...]
    lengths: tuple[int, ...]
    ahead: bool = False
    indexed: bool = False

    @property
    def all_days(self) -> int:
        """The stretch of all that lies before the longest length."""
        return len(self.lengths)

    @property
    def rows(self) -> str:
        """The relation of what the stretches hold, by key."""
        return self.table

    def of_day(self, base: str) -> str:
        """The stretch of `day` as SQL; without AHEAD null from the base on."""
        whens = " ".join(
            f"WHEN day >= {base} - {length} THEN {stretch}"
            for stretch, length in enumerate(self.lengths)
        )
        first = AHEAD if self.ahead else "NULL"
        return f"(CASE WHEN day >= {base} THEN {first} {whens} ELSE {self.all_days} END)::smallint"

    def window_sql(self, where: str, stretch: int) -> str:
        """SELECT of key and sums of a window that ends with yesterday.

        Shape: the statement's parameters are `today` and, unless all days are meant, `first_day`.
        """
        begins = None if stretch == self.all_days else _FIRST
        return self.span_sql(where, range(stretch + 1), begins, f"{_TODAY} - 1")

    def span_sql(self, where: str, held: range, begins: str | None, ends: str) -> str:
        """SELECT of key and sums of some days, as the stretches that hold about these and the days
        by which they differ, added or taken away.

        Shape: the first and the last day are SQL; None = from the beginning, with all stretches.
        """
        keys, stretches = ", ".join(self.key), ", ".join(map(str, held))
        days, sign = self.differing(held, begins, ends)
        signed = ", ".join(f"{sign} * {name}" for name in self.sums)
        parts = [
            f"SELECT {keys}, {', '.join(self.sums)} FROM {self.rows} "  # noqa: S608 (our own names)
            f"WHERE {where} AND stretch IN ({stretches})"
        ]
        # Looked up together, some days would be read from the table in spite of such an index.
        parts += [
            f"SELECT {keys}, {signed} FROM {self.days} WHERE {where} AND ({some})"  # noqa: S608 (our own names)
            for some in (days if self.indexed else [" OR ".join(days)])
        ]
        return " UNION ALL ".join(parts)

    def differing(self, held: range, begins: str | None, ends: str) -> tuple[list[str], str]:
        """The days by which some days differ from the stretches that hold about these.

        Shape: (conditions on `day`; 1, or -1 where the day is to be taken away), as SQL, as the
        first and the last day are.
        """
        last = f"({BASE} - {1 if held.start == 0 else self.lengths[held.start - 1] + 1})"
        if begins is None:
            days = [
                f"day BETWEEN {last} + 1 AND {ends}",
                f"day BETWEEN ({ends}) + 1 AND {last}",
            ]
            return days, f"CASE WHEN day <= {last} THEN -1 ELSE 1 END"
        first = f"({BASE} - {self.lengths[held.stop - 1]})"
        spans = (
            (begins, f"least({ends}, {first} - 1)"),
            (f"greatest({begins}, {last} + 1)", ends),
            (first, f"least({last}, {begins} - 1)"),
            (f"greatest({first}, ({ends}) + 1)", last),
        )
        days = [f"day BETWEEN {since} AND {until}" for since, until in spans]
        return days, f"CASE WHEN day BETWEEN {first} AND {last} THEN -1 ELSE 1 END"

    def nearest(self, youngest: int, oldest: int) -> range | None:
        """The stretches that differ from some days by the fewest, where the base is today.

        Shape: how many days before the base they are, first and last included; None where to read
        each of them is less.
        """
        ends = [0, *self.lengths]
        best, fewest = None, oldest - youngest + 1
        for begin in range(len(self.lengths)):
            for end in range(begin + 1, len(ends)):
                differ = abs(ends[begin] + 1 - youngest) + abs(ends[end] - oldest)
                if differ < fewest:
                    best, fewest = range(begin, end), differ
        return best


@dataclass(frozen=True)
class SummedStretches(Stretches):
    """Sums that are stored as columns of a row for each key."""

    @property
    def columns(self) -> str:
        """Key and sums."""
        return ", ".join(("stretch", *self.key, *self.sums))

    @property
    def _keys(self) -> str:
        return ", ".join(("stretch", *self.key))

    @property
    def _added(self) -> str:
        return ", ".join(f"promises_sum({name}) AS {name}" for name in self.sums)

    @property
    def _nonzero(self) -> str:
        return " OR ".join(f"promises_sum({name}) <> 0" for name in self.sums)

    @property
    def _store(self) -> str:
        plus = ", ".join(f"{name} = s.{name} + excluded.{name}" for name in self.sums)
        return f"ON CONFLICT ({self._keys}) DO UPDATE SET {plus}"

    def select(self, rows: str) -> str:
        """SELECT of the rows of all stretches, from rows by day."""
        keys = ", ".join(self.key)
        where = "" if self.ahead else f"WHERE day < {BASE} "
        return (
            f"SELECT {self.of_day(BASE)} AS stretch, {keys}, {self._added} FROM {rows} "  # noqa: S608 (our own names)
            f"{where}GROUP BY 1, {keys} HAVING {self._nonzero}"
        )

    def fold(self, rows: str) -> str:
        """A part of the fold, under its lock: rows of deltas added to their stretches."""
        return (
            f"INSERT INTO {self.table} AS s ({self.columns}) "
            f"{self.select(rows)} ORDER BY {self._keys} {self._store}"
        )

    @property
    def move(self) -> str:
        """The statement that files days anew where the base moves from one day to a later one.

        Shape: only the days that change their stretch are read, the new ones and a few at each
        border. Its parameters are `old` and `new`.
        """
        borders = " OR ".join(
            f"(day >= {_OLD} - {length} AND day < {_NEW} - {length})" for length in self.lengths
        )
        keys, sums = ", ".join(self.key), ", ".join(self.sums)
        taken = ", ".join(f"-{name}" for name in self.sums)
        return f"""
            WITH moved AS (
                SELECT {keys}, {sums}, {self.of_day(_NEW)} AS after,
                       {self.of_day(_OLD)} AS before
                FROM {self.days} WHERE day < {_NEW} AND (day >= {_OLD} OR {borders})
            ), changes({self.columns}) AS (
                SELECT before, {keys}, {taken} FROM moved WHERE before <> after
                UNION ALL
                SELECT after, {keys}, {sums} FROM moved WHERE before IS DISTINCT FROM after
            )
            INSERT INTO {self.table} AS s ({self.columns})
            SELECT {self._keys}, {self._added} FROM changes GROUP BY {self._keys}
            HAVING {self._nonzero} ORDER BY {self._keys} {self._store}
        """  # noqa: S608 (our own names)

    @property
    def drop_empty(self) -> str:
        """DELETE of the rows that hold nothing any more."""
        return f"DELETE FROM {self.table} WHERE {' AND '.join(f'{s} = 0' for s in self.sums)}"  # noqa: S608 (our own names)

    def ahead_sql(self, where: str) -> str:
        """SELECT of key and sums of the days after today.

        Shape: as AHEAD and the days by which it differs. The statement's parameter is `today`.
        """
        keys, sums = ", ".join(self.key), ", ".join(self.sums)
        signed = ", ".join(
            f"CASE WHEN day <= {_TODAY} THEN -1 ELSE 1 END * {name}" for name in self.sums
        )
        return (
            f"SELECT {keys}, {sums} FROM {self.table} WHERE {where} AND stretch = {AHEAD} "  # noqa: S608 (our own names)
            f"UNION ALL SELECT {keys}, {signed} FROM {self.days} WHERE {where} AND ("
            f"day BETWEEN {BASE} AND {_TODAY} OR day BETWEEN {_TODAY} + 1 AND {BASE} - 1)"
        )

    def differences(self, limit: int) -> list[dict[str, object]]:
        """The first few rows that are not what their days add up to."""
        empty = " AND ".join(f"{name} = 0" for name in self.sums)
        statement = f"""
            WITH stored AS (SELECT {self.columns} FROM {self.table} WHERE NOT ({empty})),
                 recomputed AS ({self.select(self.days)})
            SELECT 'stored', s::text FROM (TABLE stored EXCEPT TABLE recomputed) AS s
            UNION ALL
            SELECT 'recomputed', r::text FROM (TABLE recomputed EXCEPT TABLE stored) AS r
            LIMIT %s
        """  # noqa: S608 (our own names)
        with connection.cursor() as cursor:
            cursor.execute(statement, [limit])
            return [{"side": side, "cell": cell} for side, cell in cursor.fetchall()]


# The days before today in a window of 28, 90 and 365 days, and in the periods before them.
PERIODS = (27, 55, 89, 179, 364, 729)
SUMS = SummedStretches(
    "promises_cellstretch",
    "promises_cell",
    ("team_id", "kind"),
    tuple(name for name in SUM_COLUMNS if name != "open_residual"),
    PERIODS,
    ahead=True,
)
