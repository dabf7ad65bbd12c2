"""Lateness by stretches of days: what the windows that end today read instead of every day (R13).

A stretch is some of the days before one day, the base: those of 28 days, the rest of 90, the rest
of a year, all before. A window is the stretches up to its own, and, where the base is not today,
the few days by which it differs. Days from the base on are in no stretch. The clock moves the base
along once a day; until it has, figures are right all the same.
"""

from datetime import date

from django.db import connection, transaction

# The days before today in a window of 28, 90 and 365 days; the last stretch is all before.
LENGTHS = (27, 89, 364)
ALL = len(LENGTHS)
TABLE = "promises_latenessstretch"
KEYS = "stretch, team_id, kind, bucket"

# Where there is no base yet, nothing is in a stretch that was not before all of it.
BASE = "coalesce((SELECT day FROM promises_stretchbase), DATE '1970-01-01')"


def stretch_sql(base: str) -> str:
    """The stretch of `day`, which is before the base."""
    whens = " ".join(
        f"WHEN day >= {base} - {length} THEN {stretch}" for stretch, length in enumerate(LENGTHS)
    )
    return f"(CASE {whens} ELSE {ALL} END)::smallint"


_ADD = f"""
ON CONFLICT ({KEYS}) DO UPDATE SET settled = s.settled + excluded.settled,
                                   censored = s.censored + excluded.censored
"""
_SUMS = "promises_sum(settled), promises_sum(censored)"
_NONZERO = "promises_sum(settled) <> 0 OR promises_sum(censored) <> 0"

# A part of the fold, under its lock.
FOLD_STRETCHES = f"""
    INSERT INTO {TABLE} AS s ({KEYS}, settled, censored)
    SELECT {stretch_sql(BASE)}, team_id, kind, bucket, {_SUMS}
    FROM taken WHERE bucket IS NOT NULL AND day < {BASE}
    GROUP BY 1, 2, 3, 4 HAVING {_NONZERO} ORDER BY 1, 2, 3, 4
    {_ADD}
"""  # noqa: S608 (our own names)

_OLD, _NEW = "%(old)s::date", "%(new)s::date"
# Only the days that change their stretch are read: the new ones, and a few at each border.
_BORDERS = " OR ".join(
    f"(day >= {_OLD} - {length} AND day < {_NEW} - {length})" for length in LENGTHS
)
_MOVE = f"""
WITH moved AS (
    SELECT team_id, kind, bucket, settled, censored, {stretch_sql(_NEW)} AS after,
           CASE WHEN day < {_OLD} THEN {stretch_sql(_OLD)} END AS before
    FROM promises_celllateness WHERE day < {_NEW} AND (day >= {_OLD} OR {_BORDERS})
), changes AS (
    SELECT before AS stretch, team_id, kind, bucket, -settled AS settled, -censored AS censored
    FROM moved WHERE before <> after
    UNION ALL
    SELECT after, team_id, kind, bucket, settled, censored
    FROM moved WHERE before IS DISTINCT FROM after
)
INSERT INTO {TABLE} AS s ({KEYS}, settled, censored)
SELECT {KEYS}, {_SUMS} FROM changes GROUP BY {KEYS} HAVING {_NONZERO} ORDER BY {KEYS}
{_ADD}
"""  # noqa: S608 (our own names)

_FROM_DAYS = f"""
SELECT {stretch_sql(BASE)} AS stretch, team_id, kind, bucket, promises_sum(settled) AS settled,
       promises_sum(censored) AS censored
FROM {{days}} WHERE day < {BASE} GROUP BY 1, 2, 3, 4 HAVING {_NONZERO}
"""  # noqa: S608 (our own names)

_DIFFERENCES = f"""
WITH stored AS (
    SELECT {KEYS}, settled, censored FROM {TABLE} WHERE settled <> 0 OR censored <> 0
), recomputed AS ({_FROM_DAYS.format(days="promises_celllateness")})
SELECT 'stored', s::text FROM (TABLE stored EXCEPT TABLE recomputed) AS s
UNION ALL
SELECT 'recomputed', r::text FROM (TABLE recomputed EXCEPT TABLE stored) AS r
LIMIT %s
"""  # noqa: S608 (our own names)


def select_stretches(days: str) -> str:
    """SELECT of the rows of all stretches from a table of days."""
    return _FROM_DAYS.format(days=days)


def window_sql(where: str, stretch: int) -> str:
    """SELECT of the lateness of a window that ends with yesterday, as the stretches up to its own
    and the days by which it differs from them, added or taken away.

    Shape: the statement's parameters are `today` and, unless all days are meant, `first_day`.
    """
    today, first = "%(today)s::date", "%(first_day)s::date"
    if stretch == ALL:
        spans = [("", BASE, f"{today} - 1"), ("-", today, f"{BASE} - 1")]
    else:
        # What the stretches hold is the days from `since` up to the base.
        since = f"({BASE} - {LENGTHS[stretch]})"
        spans = [
            ("", first, f"least({today}, {since}) - 1"),
            ("", f"greatest({BASE}, {first})", f"{today} - 1"),
            ("-", since, f"least({first}, {BASE}) - 1"),
            ("-", f"greatest({today}, {since})", f"{BASE} - 1"),
        ]
    held = ", ".join(map(str, range(stretch + 1)))
    parts = [
        f"SELECT team_id, kind, bucket, settled, censored FROM {TABLE} "  # noqa: S608 (our own names)
        f"WHERE {where} AND stretch IN ({held})"
    ]
    parts += [
        f"SELECT team_id, kind, bucket, {sign}settled, {sign}censored FROM promises_celllateness "  # noqa: S608 (our own names)
        f"WHERE {where} AND day BETWEEN {begin} AND {end}"
        for sign, begin, end in spans
    ]
    return " UNION ALL ".join(parts)


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
        cursor.execute(_MOVE, {"old": old, "new": today})
        cursor.execute(f"DELETE FROM {TABLE} WHERE settled = 0 AND censored = 0")  # noqa: S608
        cursor.execute(
            "INSERT INTO promises_stretchbase (id, day) VALUES (1, %s) "
            "ON CONFLICT (id) DO UPDATE SET day = excluded.day",
            [today],
        )
    return True


def stretch_differences(limit: int) -> list[dict[str, object]]:
    """The first few rows of stretches that are not what their days add up to."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES, [limit])
        return [{"side": side, "cell": cell} for side, cell in cursor.fetchall()]
