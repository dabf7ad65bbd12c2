"""Tables of sums made anew: built beside the ones that are read, and put in their place at once.

Readers go on with the old table until the commit, and wait for a moment then; nobody deletes rows
one by one, and indexes are built when all rows are there.
"""

import time
from collections.abc import Sequence
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg2.errors import LockNotAvailable

# So long readers queue behind us at a time, and so long we let them pass.
_WAIT_MS, _PASS_SECONDS = 300, 0.5
# Whoever reads in one snapshot for longer than this is in the way of every other job, too.
PATIENCE_SECONDS = 900.0
# Two processes, each with twice as much for a hash table and as much again to sort.
_ROOM = """
SET LOCAL work_mem = '64MB'; SET LOCAL maintenance_work_mem = '256MB';
SET LOCAL max_parallel_workers_per_gather = 1; SET LOCAL statement_timeout = 0
"""
_WHOLE = "SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off"

# What a table is made of, but for its indexes: its columns of a SELECT, options, what is altered
# once the rows are there.
_FORM = """
SELECT string_agg(
           quote_ident(attname) || '::' || format_type(atttypid, atttypmod)
           || CASE WHEN attcollation <> typcollation
                   THEN ' COLLATE ' || attcollation::regcollation ELSE '' END
           || ' AS ' || quote_ident(attname), ', ' ORDER BY attnum),
       (SELECT coalesce('WITH (' || array_to_string(reloptions, ', ') || ')', '')
        FROM pg_class WHERE oid = attrelid),
       concat_ws(', ',
           string_agg('ALTER ' || quote_ident(attname) || ' SET NOT NULL', ', ')
               FILTER (WHERE attnotnull),
           string_agg('ALTER ' || quote_ident(attname) || ' SET STORAGE PLAIN', ', ')
               FILTER (WHERE attstorage = 'p' AND typstorage <> 'p'),
           string_agg('ALTER ' || quote_ident(attname) || ' SET DEFAULT '
                      || pg_get_expr(adbin, attrelid), ', '),
           (SELECT string_agg('ADD CONSTRAINT ' || quote_ident(conname) || ' '
                              || pg_get_constraintdef(oid), ', ')
            FROM pg_constraint WHERE conrelid = attrelid AND contype = 'c'))
FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
     LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
GROUP BY attrelid
"""
_INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), i.indisunique, c.conname
FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u')
WHERE i.indrelid = %s::regclass ORDER BY 1
"""


def take_room() -> None:
    """Take more memory than a page's query may, and as long as the job itself, until the
    transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_ROOM)


def read_whole() -> None:
    """Read tables in the order in which they lie until the transaction ends: to read all of one
    along an index, for the order of its groups, costs many times what the planner thinks."""
    with connection.cursor() as cursor:
        cursor.execute(_WHOLE)


def build_beside(table: str, select: str, parameters: Any = None) -> str:
    """Fill a new table of the same form from a SELECT that names its columns; answer its name.

    Shape: values are cast to the types of the columns. The caller holds a transaction, and whatever
    keeps others from writing to the old table.
    """
    new = f"{table}_new"
    with connection.cursor() as cursor:
        cursor.execute(_FORM, [table])
        columns, options, rest = cursor.fetchone()
        # Not an INSERT, which reads with one process only.
        cursor.execute(
            f"CREATE TABLE {new} {options} AS "  # noqa: S608 (what the callers wrote)
            f"SELECT {columns} FROM ({select}) AS made",
            parameters,
        )
        if rest:
            cursor.execute(f"ALTER TABLE {new} {rest}")
        for name, definition, unique, _constraint in _indexes(table):
            # CREATE INDEX name ON table USING method (columns) ...
            method = definition.split(" USING ", 1)[1]
            kind = "UNIQUE INDEX" if unique else "INDEX"
            cursor.execute(f"CREATE {kind} {name}_new ON {new} USING {method}")
        cursor.execute(f"ANALYZE {new}")
    return new


def put_in_place(tables: Sequence[str]) -> None:
    """Let what was built beside the tables be the tables, in one moment.

    Raises: OperationalError where somebody reads one of them for longer than PATIENCE_SECONDS.
    """
    _lock_all(tables)
    with connection.cursor() as cursor:
        for table in tables:
            names = _indexes(table)
            cursor.execute(f"DROP TABLE {table}")
            cursor.execute(f"ALTER TABLE {table}_new RENAME TO {table}")
            for name, _definition, _unique, constraint in names:
                cursor.execute(f"ALTER INDEX {name}_new RENAME TO {name}")
                if constraint:
                    cursor.execute(
                        f"ALTER TABLE {table} ADD CONSTRAINT {constraint} "
                        f"PRIMARY KEY USING INDEX {name}"
                    )


def read_as_they_are(tables: Sequence[str]) -> None:
    """Keep tables from being replaced while a transaction reads them in one snapshot, which would
    find the new ones empty; before its first statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS SHARE MODE")


def _indexes(table: str) -> list[tuple[str, str, bool, str | None]]:
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES, [table])
        return list(cursor.fetchall())


def _lock_all(tables: Sequence[str]) -> None:
    """Wait until nobody reads the tables, without making readers wait for one that is slow."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = {_WAIT_MS}")
                cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
                cursor.execute("SET LOCAL lock_timeout = DEFAULT")
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable) or time.monotonic() > until:
                raise
            time.sleep(_PASS_SECONDS)
        else:
            return
