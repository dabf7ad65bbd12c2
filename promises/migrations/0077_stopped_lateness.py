"""Open promises that stopped, found without going through all lateness: what a cell has as open and
no age grows of."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("promises", "0076_drained_arrivals")]

    operations: ClassVar = [
        migrations.AddIndex(
            "celllateness",
            models.Index(
                fields=["day", "team"],
                name="cell_lateness_stopped",
                include=["kind", "parameters_version", "bucket", "censored"],
                condition=~models.Q(censored=0) & models.Q(bucket__lte=153),
            ),
        ),
    ]
