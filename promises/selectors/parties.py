"""Customers, teams and touchpoints in pages, in the order of their ids."""

from typing import TypeVar

from django.db.models import Q, QuerySet

from interactions.models.party import Party

P = TypeVar("P", bound=Party)


def party_page(
    parties: QuerySet[P], *, prefix: str = "", after: str, limit: int
) -> tuple[list[P], str | None]:
    """Parties whose id or name begins with a prefix.

    Shape: (parties; the id to go on after, None at the end).
    """
    if prefix:
        parties = parties.filter(Q(reference__startswith=prefix) | Q(name__istartswith=prefix))
    found = list(parties.filter(reference__gt=after).order_by("reference")[: limit + 1])
    shown = found[:limit]
    return shown, shown[-1].reference if len(found) > limit else None
