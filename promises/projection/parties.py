"""Customers, teams and touchpoints named by promises: found, or created as new (R23)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection

from interactions.arrays import json_array, text_array
from interactions.models import Customer, Team, Touchpoint
from interactions.models.party import NOT_STATED, Party
from promises.domain.lifecycle import PromiseState


@dataclass(frozen=True, slots=True)
class PartyKeys:
    """Row keys by the senders' ids, as they stand in the states (also empty ones)."""

    customers: Mapping[str, int]
    teams: Mapping[str, int]
    touchpoints: Mapping[str, int]


class Described(NamedTuple):
    """What a promise says about its customer besides the id."""

    name: str = ""
    preferred_name: str = ""
    segment: str = ""


NOT_DESCRIBED = Described()

# The key of no row.
UNKNOWN = 0

# What counts as blank around an id, here and in the statements that trim ids themselves.
SPACES = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)


def party_reference(given: str) -> str:
    """The id under which a sender's id is kept: an empty or blank one is "not stated"."""
    return given.strip(SPACES) or NOT_STATED


# What makings say of parties of whom one is not known yet.
_STRANGERS = """
SELECT customer, name, preferred_name, segment, team, touchpoint
FROM (SELECT data #>> '{customer,id}' AS customer, data #>> '{customer,name}' AS name,
             data #>> '{customer,preferred_name}' AS preferred_name,
             data #>> '{customer,segment}' AS segment, nullif(data ->> 'team', '') AS team,
             nullif(data ->> 'touchpoint', '') AS touchpoint
      FROM interactions_event
      WHERE id = ANY(%s::bigint[]) AND type = 'promise.made' OFFSET 0) AS said
WHERE NOT EXISTS (SELECT FROM interactions_customer WHERE reference = said.customer)
   OR team NOT IN (SELECT reference FROM interactions_team)
   OR touchpoint NOT IN (SELECT reference FROM interactions_touchpoint)
"""


def introduce(events: Sequence[int]) -> None:
    """Create the parties that makings among the events name and nobody knows yet.

    Called in a short transaction of its own: a projection that creates a customer itself makes
    every other that meets the same customer wait for its end.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STRANGERS, [json_array(events)])
        said = cursor.fetchall()
    if not said:
        return
    customers = {
        customer: Described(name or "", preferred_name or "", segment or "")
        for customer, name, preferred_name, segment, _, _ in said
        if customer is not None
    }
    _keys(Customer, customers, create=True)
    for model, place in ((Team, 4), (Touchpoint, 5)):
        given = {row[place]: NOT_DESCRIBED for row in said if row[place]}
        _keys(model, given, create=True)


def resolve(states: Iterable[PromiseState], *, create: bool = True) -> PartyKeys:
    """Find the parties of the states, creating those not known yet with their id as name.

    Shape: where `create` is false, a party not known is UNKNOWN.
    """
    customers: dict[str, Described] = {}
    teams: dict[str, Described] = {}
    touchpoints: dict[str, Described] = {}
    for state in states:
        described = Described(state.customer_name, state.preferred_name, state.segment)
        if any(described) or state.customer_id not in customers:
            customers[state.customer_id] = described
        teams[state.team] = touchpoints[state.touchpoint] = NOT_DESCRIBED
    return PartyKeys(
        _keys(Customer, customers, create),
        _keys(Team, teams, create),
        _keys(Touchpoint, touchpoints, create),
    )


def _keys(model: type[Party], given: Mapping[str, Described], create: bool) -> dict[str, int]:
    """Row keys by given id."""
    names = {party_reference(party): described for party, described in given.items()}
    known = _known(model, names)
    missing = {reference: names[reference] for reference in sorted(names.keys() - known.keys())}
    if missing and create:
        _create(model, missing)
        known |= _known(model, missing)
    return {party: known.get(party_reference(party), UNKNOWN) for party in given}


def _known(model: type[Party], references: Iterable[str]) -> dict[str, int]:
    """Row keys by id. Not over the ORM, which would handle each of thousands of ids by itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT reference, id FROM {model._meta.db_table} "  # noqa: S608 (names of our own tables)
            "WHERE reference = ANY(%s::text[])",
            [text_array(references)],
        )
        return dict(cursor.fetchall())


def _create(model: type[Party], missing: Mapping[str, Described]) -> None:
    """Insert in the order of ids, so that two projections cannot wait for each other."""
    columns = {"reference": list(missing), "name": [d.name for d in missing.values()]}
    if model is Customer:
        columns["preferred_name"] = [d.preferred_name for d in missing.values()]
        columns["segment"] = [d.segment for d in missing.values()]
    names = ", ".join(columns)
    values = names.replace("name", "coalesce(nullif(name, ''), reference)", 1)
    zone = (", zone", ", ''") if model is Customer else ("", "")
    arrays = ", ".join("%s::text[]" for _ in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({names}, is_new, created_at{zone[0]}) "  # noqa: S608 (names of our own tables)
            f"SELECT {values}, true, now(){zone[1]} FROM unnest({arrays}) AS given({names}) "
            "ON CONFLICT (reference) DO NOTHING",
            [text_array(values) for values in columns.values()],
        )
