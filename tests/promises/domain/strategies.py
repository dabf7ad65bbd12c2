"""Random sets of facts about one promise, made so that every branch of the fold is met.

Moments come from a grid around the due dates and from their very edges, so that two facts often
fall on the same moment and a fact often falls on a boundary.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from promises.domain.facts import Fact
from promises.domain.loss import KindParameters
from tests.promises.domain.offices import OFFICES

ZONE = ZoneInfo("America/New_York")
MADE_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

# (person, source): agents click, machines push.
SOURCES = ((True, "/desk"), (False, "/shop"), (False, "/carrier"))
# Bytes, not letters, decide the order of ids.
IDS = ("e1", "e10", "e2", "E3", "é4", "z5", "\uffee6", "\U0001f6277", "a8", "a9")
ZONES = ("America/Sao_Paulo", "Asia/Kolkata", "Europe/Berlin")
PAUSES = ("", "", "legal")


def text(moment: datetime) -> str:
    """A moment as an event carries it."""
    return moment.isoformat().replace("+00:00", "Z")


_DATES = ("2026-03-01", "2026-03-05", "2026-03-06", "2026-03-09", "2026-03-14")
_DUE_MOMENTS = tuple(MADE_AT + timedelta(days=days) for days in (-1, 1, 3, 4, 8))
DUES = (*_DATES, *(text(moment) for moment in _DUE_MOMENTS))
_EDGES = tuple(
    moment + days + step
    for moment in (*_DUE_MOMENTS, datetime(2026, 3, 7, 4, 59, 59, 999_999, tzinfo=UTC))
    for days in (timedelta(0), timedelta(days=3))
    for step in (-MICROSECOND, timedelta(0), MICROSECOND)
)
_GRID = tuple(MADE_AT + timedelta(hours=12 * step) for step in range(-4, 56))
MOMENTS = tuple(sorted({*_GRID, *_EDGES}))

moments = st.sampled_from(MOMENTS)

# One draw from a list of whole variants costs a tenth of drawing each field by itself.
Data = dict[str, Any]
Variants = Sequence[Data]
_SOME_MOMENTS = [text(moment) for moment in (*_EDGES[::4], *_GRID[::6])]
_CUSTOMERS: Variants = [
    {"id": "c-1"},
    {"id": "c-2", "name": "Ada Lovelace", "preferred_name": "Ada", "segment": "gold"},
    *({"id": "c-1", "zone": zone} for zone in ZONES),
]
_MATTERS: Variants = [
    {},
    {"team": "fulfilment", "touchpoint": "webshop", "made_by": "Bob"},
    *(
        {"stake": stake, "paid_in_advance": paid, "explicit": explicit, "confidence": confidence}
        for stake, paid, explicit, confidence in product(
            (0.5, 1, 2, 4), (True, False), (True, False), (0.25, 1.0)
        )
    ),
    # Tolerances of their own, the kind's or another's among them.
    *({"tolerance_minutes": minutes} for minutes in (0, 720, 4_320)),
]
_GOALS: Variants = [
    {"kind": "delivery", "statement": "Arrives by Friday"},
    {"kind": "response", "statement": "An answer within four hours"},
    {"kind": "quality", "statement": "It just works"},
    *(
        {
            "kind": "quality",
            "statement": "99.9 % uptime",
            "quality": {"target": target, "comparator": sign, "unit": "%", "scale": scale},
        }
        for target, sign, scale in product((99.9, 10), (">=", "<="), (0.5, 40))
    ),
]
# In office hours, in those of nobody we know, and by the wall clock.
TARGETS: Variants = [
    *(
        {"amount": 2.0, "unit": unit, "calendar": name, "calendar_version": version}
        for unit in ("business minutes", "business days")
        for name, version in (*OFFICES, ("gone", 7))
    ),
    {"amount": 2.0, "unit": "days", "calendar": "office", "calendar_version": 1},
    {"amount": 90.0, "unit": "minutes"},
]
_makings = st.builds(
    lambda goal, due, customer, matter, target: {
        **goal,
        "due_at": due,
        "customer": customer,
        **matter,
        **target,
    },
    st.sampled_from(_GOALS),
    st.sampled_from(DUES),
    st.sampled_from(_CUSTOMERS),
    st.sampled_from(_MATTERS),
    st.sampled_from([{}, *({"target": target} for target in TARGETS)]),
)


def _given(**fields: Sequence[Any]) -> st.SearchStrategy[Data]:
    """Any combination of the values; None leaves the field out."""
    return st.sampled_from(
        [
            {name: value for name, value in zip(fields, values, strict=True) if value is not None}
            for values in product(*fields.values())
        ]
    )


_REASONS = ("", "the van broke down", "ein „Grund“")
_DATA: dict[str, st.SearchStrategy[Data]] = {
    "promise.made": _makings,
    "promise.rescheduled": st.one_of(
        _given(
            due_at=DUES,
            told_at=(None, *_SOME_MOMENTS),
            reason=(None, "late van"),
            target=(None, None, TARGETS[1], TARGETS[-1]),
        ),
        _given(
            due_at=DUES,
            told_at=(None, _SOME_MOMENTS[0]),
            target=(None, TARGETS[2]),
            customer_request=[{"who": "Ada", "at": moment} for moment in _SOME_MOMENTS],
        ),
    ),
    "promise.paused": _given(cause=("customer", "agreed"), reason=_REASONS, pause=PAUSES),
    "promise.resumed": _given(pause=(None, *PAUSES)),
    "promise.fulfilled": _given(
        fraction=(None, 0.25, 0.5, 1.0, 1), value=(None, None, 99.95, 99.9, 99.7, 99, 10, 12.5, 60)
    ),
    "promise.failed": _given(reason=_REASONS),
    "promise.withdrawn": _given(by=("customer", "customer", "us"), reason=_REASONS),
    "promise.reopened": _given(reason=_REASONS),
    "promise.confirmed": st.just({}),
    "promise.disputed": _given(words=(None, "It never came")),
}
# What happens often is drawn often; pauses and fulfilments are what the rules turn on.
_COMMON = ("promise.fulfilled", "promise.paused", "promise.resumed", "promise.rescheduled")
TYPES = (
    *_DATA,
    "event.retracted",
    *_COMMON,
    "promise.fulfilled",
    "promise.reopened",
    "promise.reopened",
)
Key = tuple[tuple[bool, str], str]
_KEYS: tuple[Key, ...] = tuple(product(SOURCES, IDS))
_DELAYS = (timedelta(0), timedelta(hours=1), timedelta(days=5), timedelta(days=40))


@st.composite
def _fact(draw: st.DrawFn, key: Key, type_: str, chosen: Sequence[Key]) -> Fact:
    (by_person, source), id_ = key
    occurred_at = draw(moments)
    if type_ == "event.retracted":
        # Mostly one of the set, sometimes one that nobody has heard of.
        (_, its_source), its_id = draw(st.sampled_from([*chosen, _KEYS[-1]]))
        data: Data = {"source": its_source, "id": its_id, "reason": "a mistake"}
    else:
        data = draw(_DATA[type_])
    return Fact(
        type=type_,
        source=source,
        id=id_,
        occurred_at=occurred_at,
        recorded_at=occurred_at + draw(st.sampled_from(_DELAYS)),
        data=data,
        by_person=by_person,
    )


@st.composite
def random_facts(draw: st.DrawFn, *, max_size: int = 9, made_always: bool = False) -> list[Fact]:
    """A set of facts about one promise: distinct (source, id), in no order.

    Shape: nearly always with a making, most often at MADE_AT; with made_always, always, and
    never retracted. Otherwise anything may be missing, doubled in meaning, early or retracted.
    """
    keys = st.lists(st.sampled_from(_KEYS), unique=True, min_size=1, max_size=max_size)
    chosen = draw(keys)
    with_making = made_always or draw(st.integers(0, 19)) > 0
    facts = []
    for place, key in enumerate(chosen):
        if place == 0 and with_making:
            making = draw(_fact(key, "promise.made", chosen))
            if draw(st.integers(0, 9)) > 0:
                delay = making.recorded_at - making.occurred_at
                making = making._replace(occurred_at=MADE_AT, recorded_at=MADE_AT + delay)
            facts.append(making)
        else:
            facts.append(draw(_fact(key, draw(st.sampled_from(TYPES)), chosen)))
    if made_always:
        facts = [fact for fact in facts if not _retracts(fact, facts[0])]
    return facts


def _retracts(fact: Fact, named: Fact) -> bool:
    if fact.type != "event.retracted":
        return False
    return (fact.data["source"], fact.data["id"]) == (named.source, named.id)


@st.composite
def deliveries(draw: st.DrawFn, facts: Sequence[Fact]) -> list[list[Fact]]:
    """The same facts as they may arrive: any order, some of them again, in any batches."""
    repeated = draw(st.lists(st.sampled_from(list(facts)), max_size=4))
    arrivals = draw(st.permutations([*facts, *repeated]))
    cuts = sorted(draw(st.sets(st.integers(1, len(arrivals)), max_size=3)))
    edges = [0, *cuts, len(arrivals)]
    return [arrivals[start:end] for start, end in pairwise(edges)]


PARAMETERS = {
    "delivery": KindParameters(1, "delivery", 0.25, 259_200.0, 0.0),
    "response": KindParameters(1, "response", 0.25, 14_400.0, 0.0),
    "quality": KindParameters(1, "quality", 0.25, 259_200.0, 259_200.0),
}


def parameters(kind: str, _made_at: datetime) -> KindParameters:
    """The parameters of the tests: those of R9, spelled out."""
    return PARAMETERS[kind]
