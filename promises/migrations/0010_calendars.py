import django.db.models.deletion
from django.db import migrations, models


# What a promise has pinned never changes (R18).
GUARD = """
CREATE FUNCTION promises_calendar_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'versions of calendars are append-only: % is refused', TG_OP
        USING ERRCODE = 'restrict_violation', HINT = 'make a new version';
END $$;

CREATE TRIGGER calendar_version_append_only BEFORE UPDATE OR DELETE ON promises_calendarversion
    FOR EACH ROW EXECUTE FUNCTION promises_calendar_guard();
CREATE TRIGGER calendar_day_append_only BEFORE UPDATE OR DELETE ON promises_calendarday
    FOR EACH ROW EXECUTE FUNCTION promises_calendar_guard();
"""

UNGUARD = """
DROP TRIGGER calendar_day_append_only ON promises_calendarday;
DROP TRIGGER calendar_version_append_only ON promises_calendarversion;
DROP FUNCTION promises_calendar_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('interactions', '0004_keys'),
        ('promises', '0006_search'),
    ]

    operations = [
        migrations.CreateModel(
            name='Calendar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.TextField(db_collation='C', verbose_name='id')),
                ('name', models.TextField(verbose_name='name')),
                ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='made')),
            ],
            options={
                'verbose_name': 'calendar',
                'verbose_name_plural': 'calendars',
            },
        ),
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField(verbose_name='date')),
                ('name', models.TextField(default='', verbose_name='name')),
                ('hours', models.JSONField(default=list, verbose_name='hours')),
                ('origin', models.TextField(choices=[('holidays', 'public holidays'), ('added', 'added here')])),
                ('is_on', models.BooleanField(default=True, verbose_name='on')),
            ],
            options={
                'verbose_name': 'day of a calendar',
                'verbose_name_plural': 'days of calendars',
            },
        ),
        migrations.CreateModel(
            name='CalendarVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.IntegerField(verbose_name='version')),
                ('zone', models.TextField(verbose_name='time zone')),
                ('week', models.JSONField(verbose_name='week')),
                ('country', models.TextField(default='', verbose_name='country')),
                ('subdivision', models.TextField(default='', verbose_name='part of the country')),
                ('first_year', models.IntegerField(null=True)),
                ('last_year', models.IntegerField(null=True)),
                ('reason', models.TextField(default='', verbose_name='reason')),
                ('made_at', models.DateTimeField(verbose_name='made')),
                ('made_by', models.TextField(default='', verbose_name='made by')),
            ],
            options={
                'verbose_name': 'version of a calendar',
                'verbose_name_plural': 'versions of calendars',
            },
        ),
        migrations.AddField(
            model_name='promise',
            name='calendar',
            field=models.TextField(db_collation='C', null=True, verbose_name='calendar'),
        ),
        migrations.AddField(
            model_name='promise',
            name='calendar_version',
            field=models.IntegerField(null=True, verbose_name='version of the calendar'),
        ),
        migrations.AddIndex(
            model_name='promise',
            index=models.Index(condition=models.Q(('calendar__isnull', False)), fields=['calendar'], name='promise_calendar'),
        ),
        migrations.AddConstraint(
            model_name='calendar',
            constraint=models.UniqueConstraint(fields=('reference',), name='calendar_reference_unique'),
        ),
        migrations.AddField(
            model_name='calendarversion',
            name='calendar',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='promises.calendar'),
        ),
        migrations.AddField(
            model_name='calendarday',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='days', to='promises.calendarversion'),
        ),
        migrations.AddConstraint(
            model_name='calendarversion',
            constraint=models.UniqueConstraint(fields=('calendar', 'version'), name='calendar_version_unique'),
        ),
        migrations.AddConstraint(
            model_name='calendarday',
            constraint=models.UniqueConstraint(fields=('version', 'date'), name='calendar_day_unique'),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
