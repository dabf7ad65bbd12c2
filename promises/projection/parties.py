"""Customers, teams and touchpoints named by promises: found, or created as new (R23)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection

from interactions.arrays import text_array
from interactions.models import Customer, Team, Touchpoint
from interactions.models.party import NOT_STATED, Party
from promises.domain.lifecycle import PromiseState


@dataclass(frozen=True, slots=True)
class PartyKeys:
    """Row keys by the senders' ids, as they stand in the states (also empty ones)."""

    customers: Mapping[str, int]
    teams: Mapping[str, int]
    touchpoints: Mapping[str, int]


def party_reference(given: str) -> str:
    """The id under which a sender's id is kept: an empty or blank one is "not stated"."""
    return given.strip() or NOT_STATED


def resolve(states: Iterable[PromiseState], *, create: bool = True) -> PartyKeys:
    """Find the parties of the states, creating those not known yet with their id as name.

    Raises: KeyError for an unknown party where `create` is false.
    """
    customers: dict[str, str] = {}
    teams: dict[str, str] = {}
    touchpoints: dict[str, str] = {}
    for state in states:
        customers[state.customer_id] = state.customer_name or customers.get(state.customer_id, "")
        teams.setdefault(state.team, "")
        touchpoints.setdefault(state.touchpoint, "")
    return PartyKeys(
        _keys(Customer, customers, create),
        _keys(Team, teams, create),
        _keys(Touchpoint, touchpoints, create),
    )


def _keys(model: type[Party], given: Mapping[str, str], create: bool) -> dict[str, int]:
    """Row keys by given id; `given` maps ids to names ('' where none was said)."""
    names = {party_reference(party): name for party, name in given.items()}
    known = dict(model._default_manager.filter(reference__in=names).values_list("reference", "pk"))
    missing = {reference: names[reference] for reference in sorted(names.keys() - known.keys())}
    if missing and create:
        _create(model, missing)
        rows = model._default_manager.filter(reference__in=missing)
        known.update(rows.values_list("reference", "pk"))
    return {party: known[party_reference(party)] for party in given}


def _create(model: type[Party], missing: Mapping[str, str]) -> None:
    """Insert in the order of ids, so that two projections cannot wait for each other."""
    more = ", preferred_name, zone, segment" if model is Customer else ""
    blank = ", '', '', ''" if model is Customer else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} (reference, name, is_new, created_at{more}) "  # noqa: S608 (names of our own tables)
            f"SELECT reference, coalesce(nullif(name, ''), reference), true, now(){blank} "
            "FROM unnest(%s::text[], %s::text[]) AS given(reference, name) "
            "ON CONFLICT (reference) DO NOTHING",
            [text_array(missing.keys()), text_array(missing.values())],
        )
