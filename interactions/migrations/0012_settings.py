"""The list of changes of settings, which only grows; archived teams; names of segments."""

from django.db import migrations, models


# TRUNCATE is for the flush of a test database only, as in the ledger.
GUARD = """
CREATE FUNCTION interactions_change_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND current_setting('promisegap.deleting', true) = 'flush' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the list of changes is append-only: % is refused', TG_OP
        USING ERRCODE = 'restrict_violation', HINT = 'change the setting again';
END $$;

CREATE TRIGGER change_append_only BEFORE UPDATE OR DELETE ON interactions_change
    FOR EACH ROW EXECUTE FUNCTION interactions_change_guard();
CREATE TRIGGER change_no_truncate BEFORE TRUNCATE ON interactions_change
    FOR EACH STATEMENT EXECUTE FUNCTION interactions_change_guard();
"""

UNGUARD = """
DROP TRIGGER change_no_truncate ON interactions_change;
DROP TRIGGER change_append_only ON interactions_change;
DROP FUNCTION interactions_change_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('interactions', '0011_installation'),
    ]

    operations = [
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.TextField(verbose_name='who')),
                ('area', models.TextField(choices=[('team', 'team'), ('member', 'member of a team'), ('person', 'person'), ('touchpoint', 'touchpoint'), ('segment', 'segment'), ('kind', 'kind'), ('calendar', 'calendar'), ('standard', 'standard'), ('source', 'source'), ('key', 'key'), ('webhook', 'webhook'), ('alert rule', 'alert rule')], verbose_name='what')),
                ('subject', models.TextField(verbose_name='which')),
                ('action', models.TextField(verbose_name='done')),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name': 'change of a setting',
                'verbose_name_plural': 'changes of settings',
            },
        ),
        migrations.CreateModel(
            name='Segment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.TextField(db_collation='C', verbose_name='segment')),
                ('label', models.TextField(verbose_name='called')),
            ],
            options={
                'verbose_name': 'segment',
                'verbose_name_plural': 'segments',
            },
        ),
        migrations.AddField(
            model_name='team',
            name='archived_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='archived'),
        ),
        migrations.AddField(
            model_name='touchpoint',
            name='archived_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='archived'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('segment', ''), _negated=True), fields=['segment'], name='customer_segment'),
        ),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(fields=['area', '-id'], name='change_area'),
        ),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(fields=['by', '-id'], name='change_by'),
        ),
        migrations.AddConstraint(
            model_name='segment',
            constraint=models.UniqueConstraint(fields=('reference',), name='segment_reference_unique'),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
