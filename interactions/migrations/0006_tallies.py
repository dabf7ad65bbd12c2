"""Events by source, counted beside the ledger; what lists and the data health page look up."""

import django.db.models.deletion
from django.db import migrations, models

# How a name begins, whatever its case; that of an id is looked up in the constraint's index.
# Not a part of the model: Django writes such an index only with an app of its own for PostgreSQL.
NAME_BEGINS = (
    "CREATE INDEX customer_name_begins ON interactions_customer (upper(name) text_pattern_ops)"
)


class Migration(migrations.Migration):
    dependencies = [("interactions", "0004_keys")]

    operations = [
        migrations.CreateModel(
            name="SourceTally",
            fields=[
                (
                    "source",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="tally",
                        serialize=False,
                        to="interactions.source",
                    ),
                ),
                ("events", models.BigIntegerField()),
                ("last_event", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="TallyMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.AddIndex(
            model_name="intakehour",
            index=models.Index(fields=["starts_at"], name="intake_hour_starts"),
        ),
        migrations.AddIndex(
            model_name="intakehour",
            index=models.Index(fields=["source", "starts_at"], name="intake_hour_source"),
        ),
        migrations.RunSQL(
            NAME_BEGINS, "DROP INDEX customer_name_begins"
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                fields=["id"], name="customer_new", condition=models.Q(is_new=True)
            ),
        ),
    ]
