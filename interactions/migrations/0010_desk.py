"""Finding customers while somebody types, and how a person wants the pages to behave."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What the parser would read as parts of hosts, files, signs and tags, and typographic signs that
# are letters to it in the locale C: all of it only stands between words.
BETWEEN = "-./@:_+&<>~#\u00a0\u2018\u2019\u201c\u201d\u2013\u2014\u2026"

FORWARD = f"""
CREATE FUNCTION customer_words(name text, preferred_name text, reference text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT pg_catalog.to_tsvector(
        'pg_catalog.simple'::pg_catalog.regconfig,
        pg_catalog.translate(
            pg_catalog.left(name, 1000) || ' ' || pg_catalog.left(preferred_name, 1000) || ' '
            || pg_catalog.left(reference, 1000), '{BETWEEN}', '{" " * len(BETWEEN)}'))
$$;
"""

BACKWARD = "DROP FUNCTION customer_words(text, text, text)"


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("interactions", "0006_tallies"),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.AddIndex(
            model_name="customer",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func(
                    "name",
                    "preferred_name",
                    "reference",
                    function="customer_words",
                    output_field=django.contrib.postgres.search.SearchVectorField(),
                ),
                name="customer_words",
            ),
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="preference",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("single_keys", models.BooleanField(default=True, verbose_name="single keys")),
                (
                    "theme",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("system", "as the system"),
                            ("light", "light"),
                            ("dark", "dark"),
                        ],
                        default="",
                        verbose_name="colours",
                    ),
                ),
            ],
            options={"verbose_name": "preference", "verbose_name_plural": "preferences"},
        ),
    ]
