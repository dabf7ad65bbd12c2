"""Lists of promises, the latest to mature first, are read along an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("promises", "0059_promises_sum")]

    operations = [
        migrations.AddIndex(
            model_name="promise",
            index=models.Index(
                models.F("matures_at").desc(nulls_last=True),
                models.F("id").desc(),
                name="promise_matures_latest",
            ),
        ),
    ]
