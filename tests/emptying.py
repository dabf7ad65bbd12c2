"""What a test wrote is taken away again, and nothing else is touched.

Django's own way truncates every table and then makes all permissions anew, which takes longer than
most tests: there are a hundred tables, each with its indexes gets new files, and a test writes a
few rows to some of them.
"""

from django.db import connections, transaction
from django.test import TransactionTestCase

# Made with the tables, and the same for all tests.
STAY = ("django_migrations", "django_content_type", "auth_permission")
# What has grown beyond this, by the rows of one test or by what many have left, gets a new file.
# Units: bytes.
_LARGE = 500_000
_WRITTEN = """
SELECT quote_ident(relname), pg_relation_size(oid) > %s FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
  AND relname <> ALL(%s)
"""


def empty_what_was_written(_case: TransactionTestCase) -> None:
    """Empty the tables that hold anything, in every database that was used."""
    for connection in connections.all(initialized_only=True):
        with connection.cursor() as cursor:
            cursor.execute(_WRITTEN, [_LARGE, list(STAY)])
            found = cursor.fetchall()
            if large := [table for table, is_large in found if is_large]:
                cursor.execute(f"TRUNCATE {', '.join(large)} CASCADE")
            if small := [table for table, is_large in found if not is_large]:
                with transaction.atomic(using=connection.alias):
                    # Whoever still writes is waited for. Without triggers: the ledger refuses to
                    # be deleted, and no row is left that another could refer to.
                    cursor.execute(f"LOCK TABLE {', '.join(small)} IN EXCLUSIVE MODE")
                    cursor.execute("SET LOCAL session_replication_role = replica")
                    cursor.execute("; ".join(f"DELETE FROM {one}" for one in small))  # noqa: S608
