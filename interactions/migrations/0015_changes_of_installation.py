"""The list of changes also holds what is changed of the installation itself."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('interactions', '0013_recorded'),
    ]

    operations = [
        migrations.AlterField(
            model_name='change',
            name='area',
            field=models.TextField(choices=[('team', 'team'), ('member', 'member of a team'), ('person', 'person'), ('touchpoint', 'touchpoint'), ('segment', 'segment'), ('kind', 'kind'), ('calendar', 'calendar'), ('standard', 'standard'), ('source', 'source'), ('key', 'key'), ('webhook', 'webhook'), ('alert rule', 'alert rule'), ('installation', 'installation')], verbose_name='what'),
        ),
    ]
