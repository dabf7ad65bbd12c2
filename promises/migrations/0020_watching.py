"""The watch: its columns on open promises, and the thresholds that they passed.

What an open promise had passed before this migration is no news: it is watched from now on.
"""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
UPDATE promises_openpromise o
SET half_at = w.half_at, three_quarters_at = w.three_quarters_at, watched_from = w.since,
    next_check = CASE WHEN o.matures_at IS NOT NULL THEN least(
        CASE WHEN w.half_at > w.since THEN w.half_at END,
        CASE WHEN w.three_quarters_at > w.since THEN w.three_quarters_at END,
        o.matures_at + make_interval(secs => 86400 * greatest(0,
            floor(extract(epoch FROM w.since - o.matures_at) / 86400) + 1)::float8)) END
FROM (
    SELECT id, statement_timestamp() AS since,
           CASE WHEN time > interval '0' THEN due - time / 2 END AS half_at,
           CASE WHEN time > interval '0' THEN due - time / 4 END AS three_quarters_at
    FROM (SELECT id, due, due - made_at - make_interval(secs => paused_seconds) AS time
          FROM promises_promise WHERE state = 'open' AND stopped_at IS NULL) AS p
) AS w
WHERE w.id = o.promise_id;

-- Its index is a queue: what has been handled leaves the front, often.
ALTER TABLE promises_openpromise SET (autovacuum_vacuum_scale_factor = 0.02,
                                      autovacuum_vacuum_threshold = 10000);
"""

BACKWARD = """
ALTER TABLE promises_openpromise
    RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
"""

COLUMNS = ("half_at", "three_quarters_at", "watched_from", "next_check")


class Migration(migrations.Migration):
    dependencies = [("promises", "0030_webhooks")]

    operations = [
        *(
            migrations.AddField(
                model_name="openpromise", name=name, field=models.DateTimeField(null=True)
            )
            for name in COLUMNS
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.AddIndex(
            model_name="openpromise",
            index=models.Index(
                fields=["next_check"],
                name="open_promise_next_check",
                condition=models.Q(next_check__isnull=False),
            ),
        ),
        migrations.CreateModel(
            name="Crossing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "threshold",
                    models.TextField(
                        choices=[
                            ("half", "half of the time is gone"),
                            ("three_quarters", "three quarters of the time are gone"),
                            ("due", "due, and still open"),
                            ("over", "each full day over"),
                        ]
                    ),
                ),
                ("day", models.IntegerField(default=0)),
                ("due", models.DateTimeField()),
                ("moment", models.DateTimeField()),
                ("noticed_at", models.DateTimeField()),
                (
                    "promise",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="promises.promise",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["moment"], name="crossing_moment")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("promise", "threshold", "day", "due"), name="crossing_once"
                    )
                ],
            },
        ),
    ]
