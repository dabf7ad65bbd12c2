"""Promises fulfilled in part whose rest is still owed, in a narrow table of their own."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

# Of a quality promise the row does not say whether its share was told or measured; what was
# recorded at the moment at which it was settled does.
FILL = """
INSERT INTO promises_remainder (promise_id, team_id, made_by, due)
SELECT p.id, p.team_id, p.made_by, CASE WHEN p.matures_at IS NOT NULL THEN p.due END
FROM promises_promise p
WHERE p.state = 'partial' AND p.stopped_at IS NULL
  AND (p.kind <> 'quality' OR EXISTS (
        SELECT FROM interactions_event e
        WHERE e.subject = p.reference AND e.subject_source_id = p.source_id
          AND e.type = 'promise.fulfilled' AND e.occurred_at = p.settled_at
          AND e.data ->> 'value' IS NULL));
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("interactions", "0022_failed_sign_ins"),
        ("promises", "0081_moves_as_a_job"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            "Remainder",
            [
                (
                    "promise",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="promises.promise",
                    ),
                ),
                ("made_by", models.TextField(default="")),
                ("due", models.DateTimeField(null=True)),
                (
                    "team",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="interactions.team",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex("remainder", models.Index(fields=["due"], name="remainder_due")),
        migrations.AddIndex(
            "remainder", models.Index(fields=["team", "due"], name="remainder_team_due")
        ),
        migrations.AddIndex(
            "remainder",
            models.Index(
                fields=["made_by", "due"],
                name="remainder_made_by_due",
                condition=models.Q(("made_by", ""), _negated=True),
            ),
        ),
    ]
