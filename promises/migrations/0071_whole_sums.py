"""A sum of whole numbers that is a whole number.

PostgreSQL's own sum of bigint is numeric, for which every group keeps more memory than all the sums
of a cell need; what is added up here stays far below 2^63, and an overflow is an error.
"""

from django.db import migrations

FORWARD = """
CREATE AGGREGATE promises_sum(bigint) (
    SFUNC = int8pl, STYPE = bigint, COMBINEFUNC = int8pl, PARALLEL = SAFE
)
"""
BACKWARD = "DROP AGGREGATE promises_sum(bigint)"


class Migration(migrations.Migration):
    dependencies = [("promises", "0070_customer_deltas")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
