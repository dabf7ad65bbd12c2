"""Stored customer rows of integers, and marks that say what changed.

The rows are computed anew from the marks that are left: their sums were of other numbers.
"""

from django.db import migrations, models

COMPUTE_ALL = """
DELETE FROM promises_customermark;
DELETE FROM promises_customerscore;
INSERT INTO promises_customermark (customer_id)
SELECT id FROM interactions_customer c
WHERE EXISTS (SELECT FROM promises_promise p WHERE p.customer_id = c.id);
"""


class Migration(migrations.Migration):
    dependencies = [("promises", "0059_promises_sum"), ("promises", "0060_latest")]

    operations = [
        # No list is ordered by it.
        migrations.RemoveIndex("customerscore", "customer_score_best"),
        migrations.RunSQL(COMPUTE_ALL, COMPUTE_ALL),
        *(
            migrations.AlterField("customerscore", name, models.BigIntegerField())
            for name in ("weight", "weight_squared", "loss")
        ),
        *(
            migrations.AddField("customermark", name, field)
            for name, field in (
                ("kind", models.TextField(null=True)),
                ("parameters_version", models.IntegerField(null=True)),
                ("day", models.DateField(null=True)),
                ("matures_at", models.DateTimeField(null=True)),
                ("n", models.SmallIntegerField(db_default=0)),
                ("open", models.SmallIntegerField(db_default=0)),
                ("weight", models.BigIntegerField(db_default=0)),
                ("weight_squared", models.BigIntegerField(db_default=0)),
                ("loss", models.BigIntegerField(db_default=0)),
                ("open_residual", models.BigIntegerField(db_default=0)),
                ("waits", models.BooleanField(db_default=False)),
            )
        ),
    ]
