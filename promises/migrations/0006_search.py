"""Search in statements through an index, with nothing but what PostgreSQL has by itself."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

# The parser would read hyphens as signs, dots and slashes as hosts and files, and angle brackets as
# tags that hold no words; typographic quotes and dashes are letters to it in the locale C.
BETWEEN = "-./@:_+&<>~#\u00a0\u2018\u2019\u201c\u201d\u2013\u2014\u2026"

FORWARD = f"""
CREATE FUNCTION promises_words(statement text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT pg_catalog.to_tsvector(
        'pg_catalog.simple'::pg_catalog.regconfig,
        pg_catalog.translate(statement, '{BETWEEN}', '{" " * len(BETWEEN)}'))
$$;
"""

BACKWARD = "DROP FUNCTION promises_words(text)"


class Migration(migrations.Migration):
    dependencies = [("promises", "0005_drain_places")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.AddIndex(
            model_name="promise",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func(
                    "statement",
                    function="promises_words",
                    output_field=django.contrib.postgres.search.SearchVectorField(),
                ),
                name="promise_words",
            ),
        ),
    ]
