"""Tables that are made anew and put in place are of the form that migrations gave them."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from interactions.replacing import build_beside, put_in_place
from promises.cells import TABLES, rebuild_cells
from promises.services.customer_scores import refresh_all
from tests.events import NOW, made, store
from tests.promises.asking import count

pytestmark = pytest.mark.django_db(transaction=True)

_FORM = """
SELECT (SELECT json_agg(json_build_array(
            attnum, attname, format_type(atttypid, atttypmod), attnotnull,
            attcollation::regcollation, attstorage, attcompression, attidentity,
            attgenerated, attoptions, pg_get_expr(adbin, attrelid)) ORDER BY attnum)
        FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE attrelid = c.oid AND attnum > 0),
       (SELECT json_agg(json_build_array(indexdef) ORDER BY indexname) FROM pg_indexes
        WHERE tablename = c.relname),
       (SELECT json_agg(json_build_array(conname, contype, pg_get_constraintdef(oid))
                        ORDER BY conname)
        FROM pg_constraint WHERE conrelid = c.oid AND contype <> 'n'),
       reloptions, relpersistence, relowner, relacl, relreplident, relrowsecurity, relhastriggers
FROM pg_class c WHERE oid = %s::regclass
"""
_ODD = """
CREATE TABLE odd (
    "order" bigint NOT NULL DEFAULT 7, word varchar(5) COLLATE "C" DEFAULT 'a, b' NOT NULL,
    gone int, price numeric(9, 2) CHECK (price > 0), at timestamptz(3), PRIMARY KEY ("order", word)
) WITH (fillfactor = 70, autovacuum_vacuum_threshold = 99);
ALTER TABLE odd DROP COLUMN gone;
CREATE INDEX odd_price ON odd (price DESC) INCLUDE (at) WHERE price > 5
"""
_ODD_ROWS = "SELECT now() AS at, n * 1.234 AS price, 'w' || n AS word, n AS \"order\" FROM "


def form(table: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(_FORM, [table])
        return cursor.fetchone()


def test_cells_and_customer_rows_keep_the_form_that_migrations_gave_them() -> None:
    store(made("order-1"), made("order-2", customer="c-2"))
    count()
    tables = [*TABLES, "promises_customerscore"]
    before = {table: form(table) for table in tables}
    for _ in range(2):
        rebuild_cells()
        refresh_all(now=NOW)
        assert {table: form(table) for table in tables} == before


def test_whatever_a_table_has_is_kept() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ODD)
        columns, *rest = form("odd")
        build_beside("odd", _ODD_ROWS + "generate_series(1, %s) AS n", [9])
        put_in_place(["odd"])
        # The place of the column that was dropped is not left free.
        columns = [
            [place + 1, *column[1:]]
            for place, column in enumerate(
                column for column in columns if "pg.dropped" not in column[1]
            )
        ]
        assert form("odd") == (columns, *rest)
        cursor.execute('SELECT "order", word, price FROM odd ORDER BY 1 DESC LIMIT 1')
        assert [str(value) for value in cursor.fetchone()] == ["9", "w9", "11.11"]
        cursor.execute("DROP TABLE odd")


@pytest.mark.parametrize("rows", ["NULL::int", "generate_series(-1, 1)", "unnest('{1,1}'::int[])"])
def test_rows_that_the_table_refuses_are_refused(rows: str) -> None:
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(_ODD)
        build_beside("odd", _ODD_ROWS + f"(SELECT {rows} AS n) AS numbers")
