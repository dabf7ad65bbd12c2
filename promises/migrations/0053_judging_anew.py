from django.db import migrations, models


# What was frozen stays as it was (R4).
GUARD = """
CREATE FUNCTION promises_report_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'frozen reports are never changed: % is refused', TG_OP
        USING ERRCODE = 'restrict_violation', HINT = 'the report of another month can be frozen';
END $$;

CREATE TRIGGER report_frozen BEFORE UPDATE OR DELETE ON promises_monthlyreport
    FOR EACH ROW EXECUTE FUNCTION promises_report_guard();
"""

UNGUARD = """
DROP TRIGGER report_frozen ON promises_monthlyreport;
DROP FUNCTION promises_report_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('promises', '0052_settling'),
    ]

    operations = [
        migrations.AddField(
            model_name='kindparameters',
            name='made_by',
            field=models.TextField(blank=True, default='', verbose_name='made by'),
        ),
        migrations.AddField(
            model_name='kindparameters',
            name='reason',
            field=models.TextField(blank=True, default='', verbose_name='reason'),
        ),
        migrations.CreateModel(
            name='MonthlyReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='month')),
                ('as_of', models.DateTimeField(verbose_name='as of')),
                ('zone', models.TextField(verbose_name='zone')),
                ('frozen_at', models.DateTimeField(verbose_name='frozen')),
                ('frozen_by', models.TextField(default='', verbose_name='frozen by')),
                ('pending', models.BigIntegerField(default=0)),
                ('heard_to', models.BigIntegerField(default=0)),
                ('figures', models.JSONField()),
            ],
            options={
                'verbose_name': 'monthly report',
                'verbose_name_plural': 'monthly reports',
                'constraints': [models.UniqueConstraint(fields=('month',), name='report_month_unique')],
            },
        ),
        migrations.CreateModel(
            name='Restatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField(blank=True, choices=[('delivery', 'delivery'), ('response', 'response'), ('quality', 'quality')], default='', verbose_name='kind')),
                ('calendar', models.TextField(blank=True, db_collation='C', default='', verbose_name='calendar')),
                ('version', models.IntegerField(verbose_name='version')),
                ('made_until', models.DateTimeField(verbose_name='made before')),
                ('reason', models.TextField(verbose_name='reason')),
                ('asked_by', models.TextField(default='', verbose_name='asked for by')),
                ('asked_at', models.DateTimeField(verbose_name='asked for')),
                ('state', models.TextField(choices=[('running', 'running'), ('cancelling', 'being taken back'), ('cancelled', 'taken back'), ('done', 'done')], default='running')),
                ('cursor', models.BigIntegerField(default=0)),
                ('done', models.BigIntegerField(default=0)),
                ('total', models.BigIntegerField(null=True)),
                ('skipped', models.BigIntegerField(default=0)),
                ('finished_at', models.DateTimeField(null=True)),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name': 'restatement',
                'verbose_name_plural': 'restatements',
                'indexes': [models.Index(fields=['asked_at'], name='restatement_asked')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind', ''), ('calendar', ''), _connector='XOR'), name='restatement_of_one'), models.UniqueConstraint(condition=models.Q(('state__in', ['running', 'cancelling']), models.Q(('kind', ''), _negated=True)), fields=('kind',), name='restatement_one_at_a_time')],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
