import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('promises', '0010_calendars'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message_id', models.TextField()),
                ('key', models.TextField()),
                ('type', models.TextField()),
                ('body', models.TextField()),
                ('created_at', models.DateTimeField()),
                ('state', models.TextField(choices=[('pending', 'to be delivered'), ('delivered', 'delivered'), ('failed', 'given up')], default='pending')),
                ('attempts', models.SmallIntegerField(default=0)),
                ('next_at', models.DateTimeField(null=True)),
                ('claimed_until', models.DateTimeField(null=True)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('status', models.SmallIntegerField(null=True)),
                ('reason', models.TextField(default='')),
            ],
        ),
        migrations.CreateModel(
            name='WebhookAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('took_ms', models.IntegerField()),
                ('status', models.SmallIntegerField(null=True)),
                ('reason', models.TextField(default='')),
                ('answer', models.TextField(default='')),
                ('delivery', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='tries', to='promises.webhookdelivery')),
            ],
        ),
        migrations.CreateModel(
            name='WebhookEndpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.TextField(verbose_name='address')),
                ('description', models.TextField(default='', verbose_name='description')),
                ('event_types', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(choices=[('promise.made', 'a promise was made'), ('promise.kept', 'a promise was kept'), ('promise.late', 'a promise was kept, but late'), ('promise.partial', 'a promise was kept in part'), ('promise.failed', 'a promise failed'), ('promise.withdrawn', 'the customer withdrew a promise'), ('promise.rescheduled', 'a promise has another due date'), ('promise.overdue', 'an open promise is overdue'), ('alert.raised', 'a rule for alerts was met')]), size=None)),
                ('enabled', models.BooleanField(default=True, verbose_name='on')),
                ('disabled_at', models.DateTimeField(null=True)),
                ('disabled_reason', models.TextField(default='')),
                ('secret', models.TextField()),
                ('secret_check', models.TextField()),
                ('previous_secret', models.TextField(default='')),
                ('previous_check', models.TextField(default='')),
                ('previous_until', models.DateTimeField(null=True)),
                ('failing_since', models.DateTimeField(null=True)),
                ('throttled_until', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'webhook',
                'verbose_name_plural': 'webhooks',
            },
        ),
        migrations.AddField(
            model_name='webhookdelivery',
            name='endpoint',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='promises.webhookendpoint'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('state', 'pending')), fields=['endpoint', 'next_at'], name='webhook_delivery_due'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(fields=['endpoint', '-id'], name='webhook_delivery_list'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(fields=['created_at'], name='webhook_delivery_created'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.UniqueConstraint(fields=('endpoint', 'key'), name='webhook_delivery_once'),
        ),
    ]
