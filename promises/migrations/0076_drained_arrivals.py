"""A drain takes up arrivals as they are."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("promises", "0075_late_events"), ("interactions", "0018_arrivals")]

    operations = [
        migrations.AddField(
            model_name="drainbatch",
            name="arrivals",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
    ]
