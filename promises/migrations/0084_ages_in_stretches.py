"""Whole histograms in the rows of stretches, with the ages of open promises.

Nothing is in a stretch after it: until the clock has moved the base, every day is read by itself.
"""

from typing import ClassVar

import django.contrib.postgres.fields
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
DELETE FROM promises_residuestretch;
DELETE FROM promises_cellstretch;
INSERT INTO promises_cellstretch (stretch, team_id, kind, {", ".join(_SUMS)})
SELECT -1, team_id, kind, {", ".join(f"sum({name})" for name in _SUMS)}
FROM promises_cell WHERE day >= DATE '1970-01-01'
GROUP BY 2, 3 HAVING {" OR ".join(f"sum({name}) <> 0" for name in _SUMS)};
"""  # noqa: S608 (our own names)
# Rows of 4 kB that change all the time: to compress them costs a hundred times as much as to write
# them. One lies in a page, with room for the next version.
_ROOM = "".join(
    f"ALTER TABLE {table} SET (fillfactor = 50), ALTER settled SET STORAGE PLAIN, "
    "ALTER censored SET STORAGE PLAIN, ALTER ages SET STORAGE PLAIN; "
    for table in (
        "promises_latenessstretch",
        "promises_teamlatenessstretch",
        "promises_kindlatenessstretch",
    )
)
# Some numbers added to an array of 308, at the places named. A loop, because to take an array apart
# and put it together again for each change costs many times as much.
_COUNTED = """
CREATE FUNCTION promises_counted(numbers int[], places int[], added bigint[]) RETURNS int[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF numbers IS NULL THEN
        numbers := array_fill(0, ARRAY[308]);
    END IF;
    FOR number IN 1 .. coalesce(cardinality(places), 0) LOOP
        numbers[places[number]] := numbers[places[number]] + added[number];
    END LOOP;
    RETURN numbers;
END
$$;
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


def _histograms() -> list[tuple[str, "models.Field[object, object]"]]:
    return [
        (name, django.contrib.postgres.fields.ArrayField(models.IntegerField(), size=None))
        for name in ("settled", "censored", "ages")
    ]


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("interactions", "0022_failed_sign_ins"),
        ("promises", "0083_what_imports_have_told"),
    ]

    operations: ClassVar = [
        migrations.RunSQL(_EMPTY, _EMPTY),
        migrations.AddField(
            model_name="celldelta",
            name="first_due",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="stretchbase",
            name="aged_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.DeleteModel(name="LatenessStretch"),
        migrations.DeleteModel(name="TeamLatenessStretch"),
        migrations.DeleteModel(name="KindLatenessStretch"),
        migrations.CreateModel(
            name="LatenessStretch",
            fields=[
                ("pk", _key("stretch", "team_id", "kind")),
                ("stretch", models.SmallIntegerField()),
                ("kind", models.TextField()),
                *_histograms(),
                ("team", _team()),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="TeamLatenessStretch",
            fields=[
                ("pk", _key("stretch", "team_id")),
                ("stretch", models.SmallIntegerField()),
                *_histograms(),
                ("team", _team()),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="KindLatenessStretch",
            fields=[
                ("pk", _key("stretch", "kind")),
                ("stretch", models.SmallIntegerField()),
                ("kind", models.TextField()),
                *_histograms(),
            ],
            options={"abstract": False},
        ),
        migrations.RunSQL(_ROOM, migrations.RunSQL.noop),
        migrations.RunSQL(_COUNTED, "DROP FUNCTION promises_counted(int[], int[], bigint[])"),
    ]
