from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("promises", "0003_first_parameters"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="promise",
            index=models.Index(fields=["made_at", "id"], name="promise_made"),
        ),
    ]
