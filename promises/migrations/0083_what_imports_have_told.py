"""What the rows of an import under way have told, kept beside its file."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("promises", "0082_remainders")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="uploadpiece",
            name="kind",
            field=models.TextField(
                choices=[
                    ("file", "the file"),
                    ("rejects", "its rejected rows"),
                    ("told", "what its rows have told so far"),
                ]
            ),
        ),
    ]
