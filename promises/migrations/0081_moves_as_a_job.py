"""Open promises are moved to a version of their calendar by a job, which writes down how far it is."""

from typing import ClassVar

from django.db import migrations, models

# What was moved at once had looked at no others.
_MOVED = "UPDATE promises_restatement SET moved = done WHERE calendar <> ''"


class Migration(migrations.Migration):
    """Who asked, and how many were moved; one at a time for a calendar."""

    dependencies: ClassVar = [("promises", "0080_customer_rows")]

    operations: ClassVar = [
        migrations.AddField("restatement", "actor_id", models.BigIntegerField(null=True)),
        migrations.AddField("restatement", "moved", models.BigIntegerField(default=0)),
        migrations.RunSQL(_MOVED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "restatement",
            models.UniqueConstraint(
                fields=["calendar"],
                name="restatement_of_calendar_at_a_time",
                condition=models.Q(state__in=["running", "cancelling"]) & ~models.Q(calendar=""),
            ),
        ),
    ]
