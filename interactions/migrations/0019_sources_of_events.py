"""An event names its sources in four bytes each: the ledger is written anew once, as is every index
of it, while nobody may read or write it."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations

import interactions.models.columns

# One statement: the table is rewritten once, and not for each column.
_TO = """
ALTER TABLE interactions_event ALTER COLUMN source_id TYPE {type},
                               ALTER COLUMN subject_source_id TYPE {type};
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("interactions", "0018_arrivals")]

    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                # However long it takes, and however long pages may.
                migrations.RunSQL(
                    "SET LOCAL statement_timeout = 0;" + _TO.format(type="integer"),
                    "SET LOCAL statement_timeout = 0;" + _TO.format(type="bigint"),
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="event",
                    name="source",
                    field=interactions.models.columns.ForeignKeyToFew(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="interactions.source",
                    ),
                ),
                migrations.AlterField(
                    model_name="event",
                    name="subject_source",
                    field=interactions.models.columns.ForeignKeyToFew(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="interactions.source",
                    ),
                ),
            ],
        ),
    ]
