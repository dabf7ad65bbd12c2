"""Cells of all teams together, added up from the finer grains; the overdue counted by an index."""

import django.db.models.deletion
from django.db import migrations, models

_SUMS = (
    "n", "kept", "late", "partial", "failed", "open", "withdrawn", "slips", "retro", "weight",
    "weight_squared", "loss", "open_weight", "open_residual", "paused_seconds",
)  # fmt: skip
_NAMES = ", ".join(_SUMS)
_ADDED = ", ".join(f"sum({name})" for name in _SUMS)


def _fill(table: str, keys: str, finer: str) -> str:
    return (
        f"ALTER TABLE {table} SET (fillfactor = 80);"
        f"INSERT INTO {table} (day, kind, parameters_version, {keys}, {_NAMES}) "
        f"SELECT day, kind, parameters_version, {keys}, {_ADDED} FROM {finer} "
        f"GROUP BY day, kind, parameters_version, {keys};"
    )


def _columns() -> list[tuple[str, models.Field]]:
    return [
        ("day", models.DateField()),
        ("kind", models.TextField()),
        ("parameters_version", models.IntegerField()),
        *((name, models.BigIntegerField(default=0)) for name in _SUMS),
    ]


def _key(*own: str) -> tuple[str, models.CompositePrimaryKey]:
    names = ("day", "kind", "parameters_version", *own)
    return (
        "pk",
        models.CompositePrimaryKey(
            *names, blank=True, editable=False, primary_key=True, serialize=False
        ),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("interactions", "0015_changes_of_installation"),
        ("promises", "0073_stretches"),
    ]

    operations = [
        migrations.CreateModel(
            name="CellSegment",
            fields=[
                *_columns(),
                ("explicit", models.BooleanField()),
                ("segment", models.TextField()),
                _key("explicit", "segment"),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="CellStandard",
            fields=[
                *_columns(),
                ("stake", models.FloatField()),
                ("standard", models.TextField(db_collation="C")),
                _key("stake", "standard"),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="CellTouchpoint",
            fields=[
                *_columns(),
                (
                    "touchpoint",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="interactions.touchpoint",
                    ),
                ),
                _key("touchpoint_id"),
            ],
            options={"abstract": False},
        ),
        migrations.RemoveIndex(model_name="openpromise", name="open_promise_matures"),
        migrations.AddIndex(
            model_name="openpromise",
            index=models.Index(
                fields=["matures_at"],
                include=("team", "kind", "first_due"),
                name="open_promise_matures",
            ),
        ),
        # Nobody folds meanwhile: what is on its way comes into all of them later.
        migrations.RunSQL("SELECT pg_advisory_xact_lock(7403)", migrations.RunSQL.noop),
        migrations.RunSQL(
            _fill("promises_celltouchpoint", "touchpoint_id", "promises_celldetail"),
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            _fill("promises_cellsegment", "explicit, segment", "promises_celldetail"),
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            _fill("promises_cellstandard", "stake, standard", "promises_cellstake"),
            migrations.RunSQL.noop,
        ),
    ]
