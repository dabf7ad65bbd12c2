"""How complete the figures are."""

from django.db import connection

from interactions.selectors import waiting_read
from promises.domain.loss import KindParameters
from promises.models.kinds import Kind
from promises.projection import kind_parameters
from promises.projection.facts import ParametersOf
from promises.selectors.pages import MOST_HEARD, Asked, Freshness

# Each is one look at the end of an index or at a sequence, however much there is.
_STAMP = """
SELECT concat_ws('.', (SELECT max(id) FROM interactions_event),
    (SELECT min(id) FROM interactions_arrival), (SELECT max(id) FROM interactions_arrival),
    (SELECT min(event_id) FROM interactions_pendingevent WHERE state = 'pending'),
    (SELECT min(event_id) FROM interactions_pendingevent),
    (SELECT max(event_id) FROM interactions_pendingevent),
    (SELECT last_value FROM promises_drainbatch_id_seq),
    (SELECT max(id) FROM interactions_tombstone),
    (SELECT max(id) FROM promises_datednote), (SELECT max(id) FROM promises_ledgercheck))
"""


def ledger_stamp() -> str:
    """A text that changes with whatever changes figures: events that come, and that are counted."""
    with connection.cursor() as cursor:
        cursor.execute(_STAMP)
        (stamp,) = cursor.fetchone()
    return str(stamp)


def freshness_read(asked: Asked) -> Freshness:
    """What still waits, and for a past as_of how much was heard since."""
    # What was heard since: events that occurred by as_of and were recorded after it (R4).
    found = waiting_read(None if asked.is_now else asked.as_of, most=MOST_HEARD + 1)
    return Freshness(
        pending=found.counts["pending"],
        waiting=found.counts["waiting"],
        set_aside=found.counts["set aside"],
        heard_since=found.heard,
        sample_loaded=found.sample_loaded,
    )


def parameters_read(
    asked: Asked, look_up: ParametersOf | None = None
) -> tuple[KindParameters, ...]:
    """b, h and tau of each kind as they held at as_of: shown wherever a score is shown (R9)."""
    look_up = look_up or kind_parameters()
    kinds = [asked.kind] if asked.kind else Kind.values
    return tuple(look_up(kind, asked.as_of) for kind in kinds)
