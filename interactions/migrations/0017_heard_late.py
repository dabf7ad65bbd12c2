"""What was heard of a past moment since is found without reading all that was heard since."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("interactions", "0016_subjects_by_hash")]

    operations: ClassVar = [
        migrations.RemoveIndex("event", "event_recorded"),
        migrations.AddIndex(
            "event",
            BrinIndex(
                fields=["recorded_at", "occurred_at"], name="event_recorded", autosummarize=True
            ),
        ),
    ]
