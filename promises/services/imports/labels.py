"""What the fields of a promise are called for people, beside their names in a mapping."""

from typing import Final

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy

LABELS: Final[dict[str, LazyText]] = {
    "kind": gettext_lazy("Kind"),
    "reference": gettext_lazy("Number of the promise"),
    "statement": gettext_lazy("What was promised"),
    "made_at": gettext_lazy("When it was promised"),
    "due_at": gettext_lazy("By when"),
    "fulfilled_at": gettext_lazy("When it was kept"),
    "customer.id": gettext_lazy("Customer"),
    "customer.name": gettext_lazy("Name of the customer"),
    "team": gettext_lazy("Team that promised"),
    "touchpoint": gettext_lazy("Where it was promised"),
    "customer.preferred_name": gettext_lazy("Preferred name"),
    "customer.segment": gettext_lazy("Segment"),
    "customer.zone": gettext_lazy("Time zone of the customer"),
    "stake": gettext_lazy("Stake"),
    "paid_in_advance": gettext_lazy("Paid in advance"),
    "explicit": gettext_lazy("Said in so many words"),
    "confidence": gettext_lazy("Confidence"),
    "claim_source": gettext_lazy("Where the promise is written"),
    "made_by": gettext_lazy("Who promised"),
    "fraction": gettext_lazy("Share fulfilled"),
    "quality.target": gettext_lazy("Target"),
    "quality.comparator": gettext_lazy("At least or at most"),
    "quality.scale": gettext_lazy("Scale"),
    "quality.unit": gettext_lazy("Unit of the target"),
    "quality.value": gettext_lazy("Value reached"),
}


def place_said(place: str) -> str:
    """A place in a mapping with what it is called: fields.statement (What was promised)."""
    name = place.removeprefix("fields.")
    while name and name not in LABELS:
        name = name.rpartition(".")[0]
    return f"{place} ({LABELS[name]})" if name else place
