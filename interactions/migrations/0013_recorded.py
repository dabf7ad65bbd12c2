"""What was heard since a moment is found without going through the ledger."""

import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("interactions", "0012_settings")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["recorded_at"], name="event_recorded"
            ),
        ),
    ]
