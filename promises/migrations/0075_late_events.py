"""What happened to a promise after it had matured: how a past moment differs from today's cells."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("promises", "0074_cells_of_company")]

    operations: ClassVar = [
        migrations.AddField("promise", "late_event_at", models.DateTimeField(null=True)),
        migrations.RunSQL(
            "UPDATE promises_promise "
            "SET late_event_at = greatest(last_event_at, settled_at, made_at) "
            "WHERE greatest(last_event_at, settled_at, made_at) > matures_at",
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            "promise",
            models.Index(
                condition=models.Q(late_event_at__isnull=False),
                fields=["late_event_at", "day"],
                name="promise_late_event",
            ),
        ),
        migrations.RemoveIndex("promise", "promise_eventful"),
        migrations.AddIndex(
            "promise",
            models.Index(
                condition=models.Q(eventful_at__isnull=False),
                fields=["eventful_at", "made_at"],
                name="promise_eventful",
            ),
        ),
        migrations.RemoveIndex("promise", "promise_matures"),
        migrations.AddIndex(
            "promise",
            models.Index(fields=["matures_at", "id", "made_at"], name="promise_matures"),
        ),
    ]
