"""What the views of promises say about themselves in OpenAPI: parameters and bodies, each once."""

from typing import Any

import msgspec

from interactions.data_types import GivenReference, Moment
from interactions.event_data import SCHEMAS
from interactions.event_types import EventType
from interactions.openapi import DATE, MOMENT, Example, Operation, Parameter, one_of, whole
from promises.api.answers import PromiseAnswer
from promises.api.filters import DEFAULT_ORDER, FLAGS, MOMENTS, STAKES, TEXTS
from promises.models.kinds import Kind
from promises.scores import WINDOWS
from promises.selectors.promise_rows import ORDERS, STATES

PROMISES, PARTIES, EXPORTS, SCORES = (
    "Promises",
    "Customers, teams, touchpoints",
    "Exports",
    "Scores",
)
# The promise of the examples: the first of an installation.
PROMISE = {"id": "1"}
CUSTOMER = {"id": "c-9"}
TEAM = {"id": "fulfilment"}

_TEXT = {"type": "string", "maxLength": 255}
_FLAG = one_of("true", "false")

ID = Parameter("id", "the promise's `id`, from a list or an answer", where="path")
PARTY_ID = Parameter("id", "the id that senders use", where="path")
AS_OF = Parameter("as_of", "a moment that is not in the future; now where left out", MOMENT)
KIND = Parameter("kind", "one kind; all where left out", one_of(*Kind.values))
WINDOW = Parameter(
    "window", "which promises: those that matured in so many days", one_of(*WINDOWS, default="90d")
)
CURSOR = Parameter("cursor", "from `next` of the last page")
IDEMPOTENCY_KEY = Parameter(
    "Idempotency-Key",
    "becomes the event's id: the same key and body again is the same answer",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[\x20-\x7e]+$"},
    where="header",
)
SCORING = (WINDOW, KIND, AS_OF)
# What only the fine grain of cells can answer, and a window of one's own.
NARROWING = (
    Parameter("touchpoint", "promises made at one touchpoint, by its id", _TEXT),
    Parameter("segment", "promises to customers of this segment at making; empty: of none", _TEXT),
    Parameter("explicit", "stated promises, or those that go without saying", _FLAG),
    Parameter("from", "the first local day of the window, instead of `window`", DATE),
    Parameter("to", "the last local day of the window, instead of `window`", DATE),
)
FILTERS = (
    Parameter("state", "by state", one_of(*STATES)),
    KIND,
    *(Parameter(name, f"by the id of the {name}", _TEXT) for name in TEXTS),
    Parameter("stake", "by stake", one_of(*STAKES)),
    *(Parameter(name, f"whether it is {name}", _FLAG) for name in FLAGS),
    Parameter("q", "words of the statement, or how they begin", _TEXT),
    *(
        Parameter(f"{name}_{side}", f"{name} {words} this moment", MOMENT)
        for name in MOMENTS
        for side, words in (("after", "at or after"), ("before", "before"))
    ),
)
ORDER = Parameter(
    "order", "by what, `-` for the latest first", one_of(*ORDERS, default=DEFAULT_ORDER)
)


def paging(default: int, most: int) -> tuple[Parameter, ...]:
    """Size of a page, and where it begins."""
    return Parameter("limit", "rows on a page", whole(1, most, default)), CURSOR


def listing(default: int, most: int) -> tuple[Parameter, ...]:
    """The parameters of lists of parties."""
    return Parameter("q", "the beginning of an id or name", _TEXT), *paging(default, most)


def body_of(event_type: EventType, **beside: Any) -> type[msgspec.Struct]:
    """The body of a convenience write: the data of its event, and what its envelope needs."""
    data = SCHEMAS[event_type]
    fields: list[tuple[Any, ...]] = [
        (field.name, field.type) if field.required else (field.name, field.type, _default(field))
        for field in msgspec.structs.fields(data)
        if field.name != "promise_source"
    ]
    fields += [(name, kind, msgspec.UNSET) for name, kind in beside.items()]
    name = event_type.name.title().replace("_", "") + "Body"
    return msgspec.defstruct(
        name,
        fields,
        kw_only=True,
        forbid_unknown_fields=True,
        namespace={"__doc__": f"The fields of {event_type.value}."},
    )


def _default(field: msgspec.structs.FieldInfo) -> Any:
    if field.default is not msgspec.NODEFAULT:
        return field.default
    return msgspec.field(default_factory=field.default_factory)


MADE_BODY = body_of(
    EventType.PROMISE_MADE,
    reference=GivenReference | msgspec.UnsetType,
    made_at=Moment | msgspec.UnsetType,
)


def acting(event_type: EventType, id: str, summary: str, body: dict[str, Any]) -> Operation:
    """One of the writes about a promise."""
    takes = body_of(event_type, occurred_at=Moment | msgspec.UnsetType)
    return Operation(
        id=id,
        tag=PROMISES,
        scope="events:write",
        summary=summary,
        description=f"Records one `{event_type.value}` and answers the promise as it stands then: "
        "201, or 200 where the same Idempotency-Key and body were sent before.",
        parameters=(ID, IDEMPOTENCY_KEY),
        takes=takes,
        body_optional=not any(field.required for field in msgspec.structs.fields(takes)),
        answers={201: PromiseAnswer, 200: PromiseAnswer},
        problems=(422,),
        examples=(
            Example(summary, path=PROMISE, body=body, headers={"Idempotency-Key": f"{id}-1"}),
        ),
    )
