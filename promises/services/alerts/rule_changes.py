"""What the list of changes says of alert rules."""

from typing import Any

from django.db import transaction

from interactions.changes import Area, By, record_change
from promises.models import AlertRule


def rule_facts(row: AlertRule) -> dict[str, Any]:
    """A rule in plain values; nothing for one that is not stored yet."""
    if row._state.adding:
        return {}
    return {
        "name": row.name,
        "enabled": row.enabled,
        "thresholds": row.thresholds,
        "days_over": row.days_over,
        "kinds": row.kinds,
        "teams": [team.reference for team in row.teams.order_by("reference")],
        "least_stake": row.least_stake,
        "audience": row.audience,
        "team": row.team.reference if row.team else "",
        "role": row.role,
        "person": row.person.get_username() if row.person else "",
        "channels": row.channels,
    }


def record_rule(row: AlertRule, before: dict[str, Any], *, by: By) -> None:
    """Write down that a rule was made or changed."""
    record_change(
        Area.ALERT_RULE,
        row.name,
        "changed" if before else "made",
        by=by,
        before=before or None,
        after=rule_facts(row),
    )


def delete_rule(row: AlertRule, *, by: By) -> None:
    """Delete a rule; what was told stays."""
    with transaction.atomic():
        record_change(Area.ALERT_RULE, row.name, "deleted", by=by, before=rule_facts(row))
        row.delete()
