"""Who gave a promise, beside it in the table of open ones: the desks of agents."""

from django.db import migrations, models

FORWARD = """
UPDATE promises_openpromise o SET made_by = p.made_by
FROM promises_promise p WHERE p.id = o.promise_id AND p.made_by <> '';
"""


class Migration(migrations.Migration):
    dependencies = [("promises", "0055_reading"), ("interactions", "0010_desk")]

    operations = [
        migrations.AddField(
            model_name="openpromise",
            name="made_by",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="openpromise",
            index=models.Index(
                fields=["made_by", "matures_at"],
                name="open_promise_made_by",
                condition=models.Q(("made_by", ""), _negated=True),
            ),
        ),
    ]
