"""What every event changes is in no index any more: an outcome changes its row in place."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("promises", "0057_uploads")]

    operations: ClassVar = [
        migrations.AddField("promise", "eventful_at", models.DateTimeField(null=True)),
        migrations.RunSQL(
            "UPDATE promises_promise SET eventful_at = last_event_at WHERE eventful",
            migrations.RunSQL.noop,
        ),
        migrations.RemoveIndex("promise", "promise_eventful"),
        migrations.AddIndex(
            "promise",
            models.Index(
                condition=models.Q(eventful_at__isnull=False),
                fields=["eventful_at"],
                name="promise_eventful",
            ),
        ),
    ]
