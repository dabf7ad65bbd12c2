"""The names of the values of a dimension, as people read them."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from interactions.known_parties import party_names
from interactions.models import Team, Touchpoint
from promises.models import Standard
from promises.models.kinds import Kind


def labels_of(dimension: str, values: Sequence[str]) -> dict[str, str]:
    """The names of some values of a dimension, those that have none under their own id."""
    return {value: label or value for value, label in _labels(dimension, values).items()}


def _labels(dimension: str, values: Sequence[str]) -> dict[str, str]:
    known: dict[str, str] = {}
    match dimension:
        case "kind":
            known = {str(value): str(label) for value, label in Kind.choices}
        case "team":
            known = party_names(Team, values)
        case "touchpoint":
            known = party_names(Touchpoint, values)
        case "standard":
            rows = Standard.objects.filter(reference__in=values)
            known = {"": _("no standard"), **dict(rows.values_list("reference", "name"))}
        case "segment":
            known = {"": _("not stated")}
        case "explicit":
            known = {"true": _("said to the customer"), "false": _("implicit")}
    return {value: known.get(value, value) for value in values}
