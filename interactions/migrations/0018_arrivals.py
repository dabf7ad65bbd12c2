"""What a request brought is one row on the to-do list, not one for each event."""

import django.contrib.postgres.fields
from django.db import migrations, models

FORWARD = """
ALTER TABLE interactions_arrival SET (autovacuum_vacuum_scale_factor = 0,
                                      autovacuum_vacuum_threshold = 2000);
"""
BACKWARD = """
WITH arrived AS (DELETE FROM interactions_arrival RETURNING events)
INSERT INTO interactions_pendingevent (event_id, state, attempts, reason)
SELECT unnest(events), 'pending', 0, '' FROM arrived ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    dependencies = [("interactions", "0017_heard_late")]

    operations = [
        migrations.CreateModel(
            name="Arrival",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_event", models.BigIntegerField()),
                ("size", models.IntegerField()),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
            ],
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
