"""A sum that stays a bigint.

PostgreSQL's own sum of bigints is a numeric: reckoning with and turning back fifteen of them for
each group costs more than everything else in folding deltas. Cells are bigints, so that a sum that
does not fit is refused either way.
"""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("promises", "0058_eventful_at")]

    operations: ClassVar = [
        migrations.RunSQL(
            "CREATE AGGREGATE promises_sum(bigint) "
            "(SFUNC = int8pl, STYPE = bigint, COMBINEFUNC = int8pl, PARALLEL = SAFE)",
            "DROP AGGREGATE promises_sum(bigint)",
        ),
    ]
