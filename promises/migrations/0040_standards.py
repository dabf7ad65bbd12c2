import django.db.models.deletion
from django.db import migrations, models


# What a promise has been made by never changes (R18).
GUARD = """
CREATE FUNCTION promises_standard_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'versions of standards are append-only: % is refused', TG_OP
        USING ERRCODE = 'restrict_violation', HINT = 'make a new version';
END $$;

CREATE TRIGGER standard_version_append_only BEFORE UPDATE OR DELETE ON promises_standardversion
    FOR EACH ROW EXECUTE FUNCTION promises_standard_guard();
CREATE TRIGGER standard_order_append_only BEFORE UPDATE OR DELETE ON promises_standardorder
    FOR EACH ROW EXECUTE FUNCTION promises_standard_guard();
"""

UNGUARD = """
DROP TRIGGER standard_order_append_only ON promises_standardorder;
DROP TRIGGER standard_version_append_only ON promises_standardversion;
DROP FUNCTION promises_standard_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('interactions', '0006_tallies'),
        ('promises', '0021_alerts'),
    ]

    operations = [
        migrations.CreateModel(
            name='CausedEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.TextField(db_collation='C')),
                ('subject_source_id', models.BigIntegerField(null=True)),
                ('key', models.TextField(db_collation='C')),
                ('digest', models.TextField()),
                ('event_id', models.TextField(db_collation='C')),
                ('stands', models.BooleanField(default=True)),
            ],
            options={
                'verbose_name': 'event caused by a standard',
                'verbose_name_plural': 'events caused by standards',
            },
        ),
        migrations.CreateModel(
            name='Standard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.TextField(db_collation='C', verbose_name='id')),
                ('name', models.TextField(verbose_name='name')),
                ('made_at', models.DateTimeField(verbose_name='made')),
            ],
            options={
                'verbose_name': 'standard',
                'verbose_name_plural': 'standards',
            },
        ),
        migrations.CreateModel(
            name='StandardOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('references', models.JSONField(verbose_name='order')),
                ('holds_from', models.DateTimeField(verbose_name='holds from')),
                ('made_by', models.TextField(default='', verbose_name='made by')),
            ],
            options={
                'verbose_name': 'order of the standards',
                'verbose_name_plural': 'orders of the standards',
            },
        ),
        migrations.CreateModel(
            name='StandardVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.IntegerField(verbose_name='version')),
                ('terms', models.JSONField(verbose_name='terms')),
                ('reason', models.TextField(default='', verbose_name='reason')),
                ('made_at', models.DateTimeField(verbose_name='made')),
                ('holds_from', models.DateTimeField(verbose_name='holds from')),
                ('made_by', models.TextField(default='', verbose_name='made by')),
            ],
            options={
                'verbose_name': 'version of a standard',
                'verbose_name_plural': 'versions of standards',
            },
        ),
        migrations.AddField(
            model_name='promise',
            name='standard',
            field=models.TextField(db_collation='C', null=True, verbose_name='standard'),
        ),
        migrations.AddField(
            model_name='promise',
            name='standard_version',
            field=models.IntegerField(null=True, verbose_name='version of the standard'),
        ),
        migrations.AddIndex(
            model_name='promise',
            index=models.Index(condition=models.Q(('standard__isnull', False)), fields=['standard'], name='promise_standard'),
        ),
        migrations.AddConstraint(
            model_name='standard',
            constraint=models.UniqueConstraint(fields=('reference',), name='standard_reference_unique'),
        ),
        migrations.AddField(
            model_name='standardversion',
            name='standard',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='promises.standard'),
        ),
        migrations.AddField(
            model_name='causedevent',
            name='version',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='promises.standardversion'),
        ),
        migrations.AddConstraint(
            model_name='standardversion',
            constraint=models.UniqueConstraint(fields=('standard', 'version'), name='standard_version_unique'),
        ),
        migrations.AddIndex(
            model_name='causedevent',
            index=models.Index(fields=['subject', 'subject_source_id'], name='caused_event_subject'),
        ),
        migrations.AddConstraint(
            model_name='causedevent',
            constraint=models.UniqueConstraint(fields=('event_id',), name='caused_event_unique'),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
