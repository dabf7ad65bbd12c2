"""What makings say of customers is kept with them."""

from typing import ClassVar

from django.db import migrations, models

# Of two sayings of a field the first counts: bytewise by its place.
_FIRST_SAID = """
CREATE FUNCTION promises_first_said(jsonb, jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM (
        SELECT DISTINCT ON (key) key, value
        FROM (SELECT * FROM jsonb_each($1) UNION ALL SELECT * FROM jsonb_each($2)) AS both_said
        ORDER BY key, (value->>0) COLLATE "C") AS first_said
$$;
"""
# What no event describes was said by a making; which was the first nobody knows any more, so that
# what stands is taken to be said before all others.
_FILL = """
UPDATE interactions_customer c SET introduced = told.introduced
FROM (
    SELECT c.id, jsonb_object_agg(f.field, jsonb_build_array('', f.value)) AS introduced
    FROM interactions_customer c
    CROSS JOIN LATERAL (VALUES
        ('name', nullif(c.name, c.reference)), ('preferred_name', c.preferred_name),
        ('zone', c.zone), ('segment', c.segment)) AS f(field, value)
    WHERE f.value <> '' AND NOT EXISTS (
        SELECT FROM interactions_event d
        WHERE d.subject = c.reference AND d.subject_source_id IS NULL
          AND d.type = 'customer.described' AND d.data->>f.field <> '')
    GROUP BY c.id) AS told
WHERE told.id = c.id
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("interactions", "0020_table_mark")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="customer",
            name="introduced",
            field=models.JSONField(
                db_default=models.Value({}, models.JSONField()), default=dict
            ),
        ),
        migrations.RunSQL(_FIRST_SAID, "DROP FUNCTION promises_first_said(jsonb, jsonb)"),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
    ]
