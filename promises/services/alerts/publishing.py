"""A crossing as an event of the outgoing webhooks."""

from datetime import UTC, datetime

from promises.models import Crossing, WebhookEvent
from promises.services.webhooks import publish


def publish_crossing(crossing_id: int) -> None:
    """Hand one crossing to the webhooks; one that is gone (taken back, too old) is left out."""
    crossing = (
        Crossing.objects.filter(pk=crossing_id)
        .select_related("promise__source", "promise__team", "promise__customer")
        .first()
    )
    if crossing is None:
        return
    promise = crossing.promise
    publish(
        WebhookEvent.ALERT,
        {
            "threshold": crossing.threshold,
            "day": crossing.day,
            "moment": _text(crossing.moment),
            "due": _text(crossing.due),
            "promise": {
                "id": str(promise.pk),
                "source": promise.source.name,
                "reference": promise.reference,
                "kind": promise.kind,
                "statement": promise.statement,
                "state": promise.state,
                "team": promise.team.reference,
                "customer": promise.customer.reference,
                "stake": promise.stake,
            },
        },
        key=f"crossing:{crossing.pk}",
    )


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
