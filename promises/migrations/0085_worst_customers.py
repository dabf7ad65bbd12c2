"""Of the stored customer rows only those of the worst are in an index.

Until the rows are computed anew in the next night nobody is told to be among them, and lists look
through all who are ranked.
"""

from typing import ClassVar

from django.db import migrations, models

_WINDOWS = ("28d", "90d", "365d", "all")


def _worst(window: str) -> models.Index:
    return models.Index(
        condition=models.Q((f"worst_{window}__isnull", False)),
        fields=["kind", f"-worst_{window}"],
        name=f"customer_score_worst_{window}",
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("promises", "0084_ages_in_stretches")]

    operations: ClassVar = [
        *(
            migrations.RemoveIndex("customerscore", f"customer_score_worst_{window}")
            for window in _WINDOWS
        ),
        *(
            migrations.AddField("customerscore", f"worst_{window}", models.FloatField(null=True))
            for window in _WINDOWS
        ),
        *(migrations.AddIndex("customerscore", _worst(window)) for window in _WINDOWS),
        migrations.CreateModel(
            "WorstFloor",
            [
                ("kind", models.TextField(primary_key=True, serialize=False)),
                *((f"floor_{window}", models.FloatField()) for window in _WINDOWS),
            ],
        ),
        # A change finds room for the new row beside the old one then, and touches no index at all.
        migrations.RunSQL(
            "ALTER TABLE promises_customerscore SET (fillfactor = 90)",
            "ALTER TABLE promises_customerscore RESET (fillfactor)",
        ),
    ]
