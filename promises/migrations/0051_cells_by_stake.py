import django.db.models.deletion
from django.db import migrations, models

SUMS = [
    (name, models.BigIntegerField(default=0))
    for name in (
        "n",
        "kept",
        "late",
        "partial",
        "failed",
        "open",
        "withdrawn",
        "slips",
        "retro",
        "weight",
        "weight_squared",
        "loss",
        "open_weight",
        "open_residual",
        "paused_seconds",
    )
]

# Promises that were there before: what they filed, added up by stake and standard. Deltas on their
# way have no stake and are left out when they are folded; their promises are counted here.
FILL = """
ALTER TABLE promises_cellstake SET (fillfactor = 80);
LOCK TABLE promises_promise IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO promises_cellstake (team_id, kind, parameters_version, day, stake, standard,
    n, kept, late, partial, failed, open, withdrawn, slips, retro, weight, weight_squared, loss,
    open_weight, open_residual, paused_seconds)
SELECT team_id, kind, parameters_version, day, stake, coalesce(standard, ''),
       count(*) FILTER (WHERE state <> 'withdrawn'),
       count(*) FILTER (WHERE state = 'kept'),
       count(*) FILTER (WHERE state = 'late'),
       count(*) FILTER (WHERE state = 'partial'),
       count(*) FILTER (WHERE state = 'failed'),
       count(*) FILTER (WHERE state = 'open'),
       count(*) FILTER (WHERE state = 'withdrawn'),
       coalesce(sum(slips_announced + slips_unannounced) FILTER (WHERE state <> 'withdrawn'), 0),
       count(*) FILTER (WHERE retro AND state <> 'withdrawn'),
       sum(weight), sum(weight_squared), sum(loss), sum(open_weight), sum(open_residual),
       coalesce(sum(paused_seconds) FILTER (WHERE state <> 'withdrawn'), 0)
FROM promises_promise WHERE day IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("interactions", "0006_tallies"),
        ("promises", "0050_shrinkage"),
    ]

    operations = [
        migrations.AddField("celldelta", "stake", models.FloatField(null=True)),
        migrations.AddField(
            "celldelta", "standard", models.TextField(db_collation="C", null=True)
        ),
        migrations.CreateModel(
            name="CellStake",
            fields=[
                *SUMS,
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "team_id",
                        "kind",
                        "parameters_version",
                        "day",
                        "stake",
                        "standard",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.TextField()),
                ("parameters_version", models.IntegerField()),
                ("day", models.DateField()),
                ("stake", models.FloatField()),
                ("standard", models.TextField(db_collation="C")),
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
            options={
                "indexes": [models.Index(fields=["day", "team"], name="cell_stake_day_team")],
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
