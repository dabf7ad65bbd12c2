"""Version 1 of the parameters of each kind (R9)."""

from datetime import UTC, datetime

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

DAY, HOUR = 86_400.0, 3_600.0
# kind, b, h, tau
FIRST = (
    ("delivery", 0.25, 3 * DAY, 0.0),
    ("response", 0.25, 4 * HOUR, 0.0),
    ("quality", 0.25, 3 * DAY, 3 * DAY),
)


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    model = apps.get_model("promises", "KindParameters")
    for kind, base_loss, half_life, tolerance in FIRST:
        model.objects.get_or_create(
            kind=kind,
            version=1,
            defaults={
                "base_loss": base_loss,
                "half_life_seconds": half_life,
                "tolerance_seconds": tolerance,
                "valid_from": datetime(1990, 1, 1, tzinfo=UTC),
            },
        )


class Migration(migrations.Migration):
    dependencies = [("promises", "0002_storage")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
