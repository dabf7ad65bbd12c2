"""Lateness by stretches of days, filled from what the days hold."""

import django.db.models.deletion
from django.db import migrations, models

# As of yesterday, whatever the zone: the clock moves it along.
_FILL = """
ALTER TABLE promises_latenessstretch SET (fillfactor = 80);
SELECT pg_advisory_xact_lock(7403);
INSERT INTO promises_stretchbase (id, day) VALUES (1, CURRENT_DATE - 1);
INSERT INTO promises_latenessstretch (stretch, team_id, kind, bucket, settled, censored)
SELECT CASE WHEN day >= CURRENT_DATE - 28 THEN 0 WHEN day >= CURRENT_DATE - 90 THEN 1
            WHEN day >= CURRENT_DATE - 365 THEN 2 ELSE 3 END,
       team_id, kind, bucket, sum(settled), sum(censored)
FROM promises_celllateness WHERE day < CURRENT_DATE - 1
GROUP BY 1, 2, 3, 4 HAVING sum(settled) <> 0 OR sum(censored) <> 0
"""


class Migration(migrations.Migration):

    dependencies = [
        ('interactions', '0015_changes_of_installation'),
        ('promises', '0072_promise_room'),
    ]

    operations = [
        migrations.CreateModel(
            name='StretchBase',
            fields=[
                ('id', models.SmallIntegerField(primary_key=True, serialize=False)),
                ('day', models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name='LatenessStretch',
            fields=[
                ('pk', models.CompositePrimaryKey('stretch', 'team_id', 'kind', 'bucket', blank=True, editable=False, primary_key=True, serialize=False)),
                ('stretch', models.SmallIntegerField()),
                ('kind', models.TextField()),
                ('bucket', models.SmallIntegerField()),
                ('settled', models.BigIntegerField(default=0)),
                ('censored', models.BigIntegerField(default=0)),
                ('team', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='interactions.team')),
            ],
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
    ]
