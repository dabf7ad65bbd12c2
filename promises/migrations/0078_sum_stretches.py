"""Sums of teams and kinds by stretches of days, filled from what the days hold."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

_SUMS = (
    "n", "kept", "late", "partial", "failed", "open", "withdrawn", "slips", "retro", "weight",
    "weight_squared", "loss", "open_weight", "paused_seconds",
)  # fmt: skip
# Nobody folds meanwhile. Without a base, nothing is in a stretch yet.
_FILL = f"""
ALTER TABLE promises_cellstretch SET (fillfactor = 80);
SELECT pg_advisory_xact_lock(7403);
INSERT INTO promises_cellstretch (stretch, team_id, kind, {", ".join(_SUMS)})
SELECT CASE WHEN c.day >= b.day - 27 THEN 0 WHEN c.day >= b.day - 55 THEN 1
            WHEN c.day >= b.day - 89 THEN 2 WHEN c.day >= b.day - 179 THEN 3
            WHEN c.day >= b.day - 364 THEN 4 WHEN c.day >= b.day - 729 THEN 5 ELSE 6 END,
       team_id, kind, {", ".join(f"sum({name})" for name in _SUMS)}
FROM promises_cell c JOIN promises_stretchbase b ON c.day < b.day
GROUP BY 1, 2, 3 HAVING {" OR ".join(f"sum({name}) <> 0" for name in _SUMS)}
"""  # noqa: S608 (our own names)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("interactions", "0018_arrivals"),
        ("promises", "0077_stopped_lateness"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="CellStretch",
            fields=[
                *((name, models.BigIntegerField(default=0)) for name in _SUMS),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "stretch", "team_id", "kind",
                        blank=True, editable=False, primary_key=True, serialize=False,
                    ),
                ),
                ("stretch", models.SmallIntegerField()),
                ("kind", models.TextField()),
                (
                    "team",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="interactions.team",
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
    ]  # fmt: skip
