"""What a promise row files into its cell, as SQL over the columns of `promises_promise`.

`projection/rows.py` says the same for one row in Python; `ledger_check` compares the two.
"""

COUNTS = {
    "n": "state <> 'withdrawn'",
    "kept": "state = 'kept'",
    "late": "state = 'late'",
    "partial": "state = 'partial'",
    "failed": "state = 'failed'",
    "open": "state = 'open'",
    "withdrawn": "state = 'withdrawn'",
}
COUNTED = "(state <> 'withdrawn')::int"
VALUE_SQL = {
    **{name: f"({condition})::int" for name, condition in COUNTS.items()},
    "slips": f"(slips_announced + slips_unannounced) * {COUNTED}",
    "retro": f"retro::int * {COUNTED}",
    "weight": "weight",
    "weight_squared": "weight_squared",
    "loss": "loss",
    "open_weight": "open_weight",
    "open_residual": "open_residual",
    "paused_seconds": f"paused_seconds * {COUNTED}",
    "settled": f"(bucket IS NOT NULL)::int * {COUNTED}",
    "censored": f"(censored_bucket IS NOT NULL)::int * {COUNTED}",
}
SUM_SQL = {name: f"promises_sum({value})" for name, value in VALUE_SQL.items()}
# The key under which it is filed, finest grain first to last.
KEY_SQL = {
    "team_id": "team_id",
    "kind": "kind",
    "parameters_version": "parameters_version",
    "day": "day",
    "touchpoint_id": "touchpoint_id",
    "explicit": "explicit",
    "segment": "segment",
    "stake": "stake",
    "standard": "coalesce(standard, '')",
    "bucket": "coalesce(bucket, censored_bucket)",
    "first_due": "CASE WHEN state = 'open' AND stopped_at IS NULL "
    "AND matures_at < now() + interval '1 hour' THEN first_due END",
}
