from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("promises", "0004_made_order"),
    ]

    operations = [
        migrations.AddField(
            model_name="drainbatch",
            name="place",
            field=models.SmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="drainbatch",
            name="tries",
            field=models.SmallIntegerField(default=0),
        ),
    ]
