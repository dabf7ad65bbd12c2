"""One stored row for a customer and kind, with all windows in it: a change touches a quarter as
many rows."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

_WINDOWS = ("28d", "90d", "365d", "all")
_SUMS = ("n", "open_overdue", "weight", "weight_squared", "loss")
_ASIDE = """
ALTER TABLE promises_customerscore RENAME TO promises_customerscore_old;
ALTER INDEX promises_customerscore_pkey RENAME TO promises_customerscore_old_pkey;
"""
_OLD_TABLE = """
CREATE TABLE promises_customerscore (
    customer_id bigint NOT NULL, "window" text NOT NULL, kind text NOT NULL, n integer NOT NULL,
    open_overdue integer NOT NULL, weight bigint NOT NULL, weight_squared bigint NOT NULL,
    loss bigint NOT NULL, mu double precision NOT NULL, gap_score double precision NOT NULL,
    gap_low double precision NOT NULL, gap_high double precision NOT NULL,
    enough boolean NOT NULL, as_of timestamptz NOT NULL,
    PRIMARY KEY (customer_id, "window", kind));
"""
_COLUMNS = [(name, window) for window in _WINDOWS for name in (*_SUMS, "mu", "gap_low")]


def _taken(name: str, window: str) -> str:
    if name == "mu":
        return f"mu_{window}"
    if name == "gap_low":
        return f"max(gap_low) FILTER (WHERE \"window\" = '{window}' AND enough)"
    return f"coalesce(sum({name}) FILTER (WHERE \"window\" = '{window}'), 0)"


_MUS = ", ".join(f"mu_{window}" for window in _WINDOWS)
_OF_WINDOWS = ", ".join(
    f"max(mu) FILTER (WHERE \"window\" = '{window}') AS mu_{window}" for window in _WINDOWS
)
# The company's mean is the same for all customers of a kind that were computed together, whether
# they have promises in the window or not.
_WIDE = f"""
INSERT INTO promises_customerscore
       (customer_id, kind, as_of, {", ".join(f"{name}_{window}" for name, window in _COLUMNS)})
SELECT customer_id, kind, as_of, {", ".join(_taken(*column) for column in _COLUMNS)}
FROM promises_customerscore_old JOIN (
    SELECT as_of, kind, {_OF_WINDOWS} FROM promises_customerscore_old GROUP BY as_of, kind
) AS means USING (as_of, kind)
GROUP BY customer_id, kind, as_of, {_MUS};
"""  # noqa: S608 (our own names)
_DROP = "DROP TABLE promises_customerscore_old;"
# Back: the rows are computed anew from the marks that are left.
_COMPUTE_ALL = """
INSERT INTO promises_customermark (customer_id)
SELECT id FROM interactions_customer c
WHERE EXISTS (SELECT FROM promises_promise p WHERE p.customer_id = c.id);
"""


def _key(*names: str) -> models.CompositePrimaryKey:
    return models.CompositePrimaryKey(
        *names, blank=True, editable=False, primary_key=True, serialize=False
    )


def _customer() -> "models.ForeignKey[models.Model, models.Model]":
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.CASCADE,
        to="interactions.customer",
    )


def _field(name: str) -> "models.Field[object, object]":
    if name in ("mu", "gap_low"):
        return models.FloatField(null=True)
    return models.IntegerField() if name in ("n", "open_overdue") else models.BigIntegerField()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("promises", "0079_more_stretches")]

    operations: ClassVar = [
        # Going back, the old table comes last, and empty.
        migrations.RunSQL(migrations.RunSQL.noop, _COMPUTE_ALL),
        migrations.RemoveIndex("customerscore", "customer_score_worst"),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(_ASIDE, _OLD_TABLE)],
            state_operations=[migrations.DeleteModel("CustomerScore")],
        ),
        migrations.CreateModel(
            "CustomerScore",
            [
                ("pk", _key("customer_id", "kind")),
                ("kind", models.TextField()),
                ("as_of", models.DateTimeField()),
                *((f"{name}_{window}", _field(name)) for name, window in _COLUMNS),
                ("customer", _customer()),
            ],
        ),
        migrations.RunSQL(_WIDE + _DROP, migrations.RunSQL.noop),
        *(
            migrations.AddIndex(
                "customerscore",
                models.Index(
                    condition=models.Q((f"gap_low_{window}__isnull", False)),
                    fields=["kind", f"-gap_low_{window}"],
                    name=f"customer_score_worst_{window}",
                ),
            )
            for window in _WINDOWS
        ),
    ]
