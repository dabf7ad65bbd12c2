"""Which segments promises were made in, without reading the cells."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('interactions', '0012_settings'),
        ('promises', '0040_standards'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='celldetail',
            index=models.Index(condition=models.Q(('segment', ''), _negated=True), fields=['segment'], name='cell_detail_segment'),
        ),
    ]
