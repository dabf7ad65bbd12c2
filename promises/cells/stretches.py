"""Sums by stretches of days: what the windows that end today read instead of every day.

A stretch is some of the days before one day, the base: of lateness (R13) those of 28 days, the rest
of 90, the rest of a year, all before. A window is the stretches up to its own, and, where the base
is not today, the few days by which it differs. Days from the base on are in no stretch. The clock
moves the base along once a day; until it has, figures are right all the same.

What is left of losses to come has no stretch: it is less every moment, and is read day by day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from promises.models.cell import SUM_COLUMNS

# Where there is no base yet, nothing is in a stretch that was not before all of it.
BASE = "coalesce((SELECT day FROM promises_stretchbase), DATE '1970-01-01')"
_OLD, _NEW = "%(old)s::date", "%(new)s::date"
_TODAY, _FIRST = "%(today)s::date", "%(first_day)s::date"


@dataclass(frozen=True)
class Stretches:
    """The table of some sums by stretches, and the table of cells whose days they add up.

    Shape: `lengths` are the days before the base up to which a stretch reaches, the shortest first;
    one more holds all before.
    """

    table: str
    days: str
    key: tuple[str, ...]
    sums: tuple[str, ...]
    lengths: tuple[int, ...]

    @property
    def all_days(self) -> int:
        """The stretch of all that lies before the longest length."""
        return len(self.lengths)

    @property
    def columns(self) -> str:
        """Key and sums."""
        return ", ".join(("stretch", *self.key, *self.sums))

    def of_day(self, base: str) -> str:
        """The stretch of `day`, which is before the base, as SQL."""
        whens = " ".join(
            f"WHEN day >= {base} - {length} THEN {stretch}"
            for stretch, length in enumerate(self.lengths)
        )
        return f"(CASE {whens} ELSE {self.all_days} END)::smallint"

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
        return (
            f"SELECT {self.of_day(BASE)} AS stretch, {keys}, {self._added} FROM {rows} "  # noqa: S608 (our own names)
            f"WHERE day < {BASE} GROUP BY 1, {keys} HAVING {self._nonzero}"
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
                       CASE WHEN day < {_OLD} THEN {self.of_day(_OLD)} END AS before
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
        last = f"({BASE} - {1 if held.start == 0 else self.lengths[held.start - 1] + 1})"
        if begins is None:
            spans = [("", f"{last} + 1", ends), ("-", f"({ends}) + 1", last)]
        else:
            first = f"({BASE} - {self.lengths[held.stop - 1]})"
            spans = [
                ("", begins, f"least({ends}, {first} - 1)"),
                ("", f"greatest({begins}, {last} + 1)", ends),
                ("-", first, f"least({last}, {begins} - 1)"),
                ("-", f"greatest({first}, ({ends}) + 1)", last),
            ]
        keys, stretches = ", ".join(self.key), ", ".join(map(str, held))
        parts = [
            f"SELECT {keys}, {', '.join(self.sums)} FROM {self.table} "  # noqa: S608 (our own names)
            f"WHERE {where} AND stretch IN ({stretches})"
        ]
        for sign, since, until in spans:
            sums = ", ".join(f"{sign}{name}" for name in self.sums)
            parts.append(
                f"SELECT {keys}, {sums} FROM {self.days} "  # noqa: S608 (our own names)
                f"WHERE {where} AND day BETWEEN {since} AND {until}"
            )
        return " UNION ALL ".join(parts)

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


LATENESS = Stretches(
    "promises_latenessstretch",
    "promises_celllateness",
    ("team_id", "kind", "bucket"),
    ("settled", "censored"),
    # The days before today in a window of 28, 90 and 365 days.
    (27, 89, 364),
)
SUMS = Stretches(
    "promises_cellstretch",
    "promises_cell",
    ("team_id", "kind"),
    tuple(name for name in SUM_COLUMNS if name != "open_residual"),
    # The same, and those of the periods before.
    (27, 55, 89, 179, 364, 729),
)
STRETCHED: Sequence[Stretches] = (LATENESS, SUMS)


def base_day() -> date:
    """The day before which all days are in a stretch."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {BASE}")
        (day,) = cursor.fetchone()
    assert isinstance(day, date)  # noqa: S101 (the column's type)
    return day


def move_base(today: date, lock: int) -> bool:
    """Let today be the base, where it is behind; whether it was. `lock` is that of folding."""
    if base_day() >= today:
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
        old = base_day()
        if old >= today:
            return False
        for stretches in STRETCHED:
            cursor.execute(stretches.move, {"old": old, "new": today})
            cursor.execute(stretches.drop_empty)
        cursor.execute(
            "INSERT INTO promises_stretchbase (id, day) VALUES (1, %s) "
            "ON CONFLICT (id) DO UPDATE SET day = excluded.day",
            [today],
        )
    return True
