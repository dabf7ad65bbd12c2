"""What makings say of their customers: whoever says something of a customer first introduces them
(R2).

It is kept with the customer, field by field with the making's place in the order of facts, so that
neither another making nor an event that describes the customer has to look at all their promises.
What `customer.described` says goes before it (`customers.py`).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec
from django.db import connection

from interactions.arrays import json_array, text_array
from promises.domain.facts import RETRACTED
from promises.domain.lifecycle import PromiseState
from promises.projection.customers import describe_customers
from promises.projection.facts import Gathered, PromiseKey
from promises.projection.parties import party_reference
from promises.projection.rows import Row

_MADE = "promise.made"
# field of the customer -> what it is called in a state
_FIELDS = {
    "name": "customer_name",
    "preferred_name": "preferred_name",
    "zone": "customer_zone",
    "segment": "segment",
}
# Field -> (place, value). A place sorts bytewise as facts do: moment, source, id.
Said = dict[str, tuple[str, str]]

_KEPT = """
SELECT reference, introduced::text FROM interactions_customer
WHERE reference = ANY(%s::text[]) AND introduced <> '{}'
"""
# In one order, so that two projections cannot wait for each other; merged as the rows are then.
_KEEP = """
WITH given(reference, said) AS (SELECT * FROM unnest(%(references)s::text[], %(said)s::jsonb[])),
locked AS MATERIALIZED (
    SELECT id, reference, introduced FROM interactions_customer
    WHERE reference = ANY(%(references)s::text[]) ORDER BY reference FOR UPDATE
)
UPDATE interactions_customer c
SET introduced = promises_first_said(CASE WHEN %(anew)s THEN '{}' ELSE l.introduced END, g.said)
FROM locked l JOIN given g USING (reference)
WHERE c.id = l.id
"""
# By the promises that stand, each with its first making that was not taken back.
_ANEW = """
SELECT c.reference, made.place, made.said::text
FROM interactions_customer c
CROSS JOIN LATERAL (
    SELECT DISTINCT ON (p.id) e.data->'customer' AS said,
           to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')
               || '|' || s.name || '|' || e.event_id AS place
    FROM promises_promise p
    JOIN interactions_event e ON e.subject = p.reference AND e.subject_source_id = p.source_id
                             AND e.type = 'promise.made'
    JOIN interactions_source s ON s.id = e.source_id
    WHERE p.customer_id = c.id AND NOT EXISTS (
        SELECT FROM interactions_event r
        WHERE r.type = 'event.retracted' AND r.subject = e.event_id
          AND r.subject_source_id = e.source_id)
    ORDER BY p.id, e.occurred_at, s.name COLLATE "C", e.event_id COLLATE "C") AS made
WHERE c.reference = ANY(%s::text[])
"""


def introduce_customers(
    states: Mapping[PromiseKey, PromiseState],
    gathered: Mapping[PromiseKey, Gathered],
    before: Mapping[PromiseKey, Row],
) -> None:
    """Keep what the makings of promises say of their customers, and bring their rows in step.

    Shape: `before` are the stored rows of promises that were known; the promises of `states` are
    stored already, and those that stand no more are gone. Where a making was taken back, or there
    are several, those it had introduced are introduced anew by all their promises.
    """
    told_otherwise = {key for key, found in gathered.items() if _is_told_otherwise(found)}
    said: dict[str, Said] = {}
    for key, state in states.items():
        if key not in before or key in told_otherwise:
            _add(said.setdefault(party_reference(state.customer_id), {}), state)
    said = {reference: fields for reference, fields in said.items() if fields}
    doubtful = _customers_of(before[key] for key in told_otherwise if key in before)
    if not said and not doubtful:
        return
    kept = _kept({*said, *doubtful})
    gone = {
        _end(fact.source, fact.id)
        for key in told_otherwise
        for fact in gathered[key].facts
        if fact.type == _MADE
    }
    anew = [one for one in doubtful if _speaks_of(kept.get(one, {}), gone)]
    if anew:
        _keep(_by_all_promises(anew), anew=True)
    news = {one: fields for one, fields in said.items() if _is_news(fields, kept.get(one, {}))}
    if news:
        _keep(news, anew=False)
    describe_customers({*anew, *news})


def _is_told_otherwise(found: Gathered) -> bool:
    types = [fact.type for fact in found.facts]
    return RETRACTED in types or types.count(_MADE) > 1


def _add(said: Said, state: PromiseState) -> None:
    place = _place(state.made_at) + _end(state.made_source, state.made_id)
    for field, of_state in _FIELDS.items():
        value = getattr(state, of_state)
        if value and (field not in said or place < said[field][0]):
            said[field] = (place, value)


def _place(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def _end(source: str, id: str) -> str:
    return f"|{source}|{id}"


def _speaks_of(kept: Said, ends: Iterable[str]) -> bool:
    return any(place.endswith(end) for place, _ in kept.values() for end in ends)


def _is_news(said: Said, kept: Said) -> bool:
    return any(
        field not in kept or place.encode() < kept[field][0].encode()
        for field, (place, _) in said.items()
    )


def _customers_of(rows: Iterable[Row]) -> list[str]:
    numbers: set[int] = {row["customer_id"] for row in rows}
    if not numbers:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reference FROM interactions_customer WHERE id = ANY(%s::bigint[])",
            [json_array(sorted(numbers))],
        )
        return [reference for (reference,) in cursor.fetchall()]


def _kept(references: Iterable[str]) -> dict[str, Said]:
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, [text_array(references)])
        return {
            reference: msgspec.json.decode(text, type=Said) for reference, text in cursor.fetchall()
        }


def _keep(said: Mapping[str, Said], *, anew: bool) -> None:
    texts: Sequence[str] = [msgspec.json.encode(fields).decode() for fields in said.values()]
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP, {"references": text_array(said), "said": text_array(texts), "anew": anew}
        )


def _by_all_promises(references: Sequence[str]) -> dict[str, Said]:
    found: dict[str, Said] = {reference: {} for reference in references}
    with connection.cursor() as cursor:
        cursor.execute(_ANEW, [text_array(references)])
        for reference, place, text in cursor.fetchall():
            fields, told = found[reference], msgspec.json.decode(text)
            for field in _FIELDS:
                value = told.get(field)
                if value and (field not in fields or place < fields[field][0]):
                    fields[field] = (place, value)
    return found
