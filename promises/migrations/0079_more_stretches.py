"""Lateness by stretches of teams and of kinds alone, what is left of losses to come by stretches,
and the days from the base on.

Nothing is in a stretch after it: until the clock has moved the base, every day is read by itself.
"""

from typing import ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

_SUMS = (
    "n", "kept", "late", "partial", "failed", "open", "withdrawn", "slips", "retro", "weight",
    "weight_squared", "loss", "open_weight", "paused_seconds",
)  # fmt: skip
# Nobody folds meanwhile. Without a base, all days are ahead.
_EMPTY = f"""
SELECT pg_advisory_xact_lock(7403);
DELETE FROM promises_stretchbase;
DELETE FROM promises_latenessstretch;
DELETE FROM promises_cellstretch;
INSERT INTO promises_cellstretch (stretch, team_id, kind, {", ".join(_SUMS)})
SELECT -1, team_id, kind, {", ".join(f"sum({name})" for name in _SUMS)}
FROM promises_cell WHERE day >= DATE '1970-01-01'
GROUP BY 2, 3 HAVING {" OR ".join(f"sum({name}) <> 0" for name in _SUMS)};
"""  # noqa: S608 (our own names)
# Back: there are no rows of the base and later.
_AS_BEFORE = """
DELETE FROM promises_stretchbase;
DELETE FROM promises_latenessstretch;
DELETE FROM promises_cellstretch;
"""
_ROOM = """
ALTER TABLE promises_teamlatenessstretch SET (fillfactor = 80);
ALTER TABLE promises_kindlatenessstretch SET (fillfactor = 80);
ALTER TABLE promises_residuestretch SET (fillfactor = 80);
"""


def _team() -> "models.ForeignKey[models.Model, models.Model]":
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.CASCADE,
        to="interactions.team",
    )


def _key(*names: str) -> models.CompositePrimaryKey:
    return models.CompositePrimaryKey(
        *names, blank=True, editable=False, primary_key=True, serialize=False
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("interactions", "0018_arrivals"),
        ("promises", "0078_sum_stretches"),
    ]

    operations: ClassVar = [
        migrations.RunSQL(_EMPTY, _AS_BEFORE),
        migrations.AddField(
            model_name="stretchbase",
            name="starts_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="TeamLatenessStretch",
            fields=[
                ("pk", _key("stretch", "team_id", "bucket")),
                ("stretch", models.SmallIntegerField()),
                ("bucket", models.SmallIntegerField()),
                ("settled", models.BigIntegerField(default=0)),
                ("censored", models.BigIntegerField(default=0)),
                ("team", _team()),
            ],
        ),
        migrations.CreateModel(
            name="KindLatenessStretch",
            fields=[
                ("pk", _key("stretch", "kind", "bucket")),
                ("stretch", models.SmallIntegerField()),
                ("kind", models.TextField()),
                ("bucket", models.SmallIntegerField()),
                ("settled", models.BigIntegerField(default=0)),
                ("censored", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="ResidueStretch",
            fields=[
                ("pk", _key("stretch", "team_id", "kind", "parameters_version")),
                ("stretch", models.SmallIntegerField()),
                ("kind", models.TextField()),
                ("parameters_version", models.IntegerField()),
                ("left_over", models.FloatField()),
                ("team", _team()),
            ],
        ),
        migrations.RunSQL(_ROOM, migrations.RunSQL.noop),
    ]
