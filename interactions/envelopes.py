"""The CloudEvents 1.0 envelope, loosely for one item and typed for a whole batch.

A batch is decoded in one pass against all event types at once; only where that fails is each item
decoded by itself, to tell which one is wrong and where.
"""

from collections.abc import Sequence
from typing import Any, Literal, Protocol, Union

import msgspec

from interactions.data_types import Data, GivenReference, Moment, Reference
from interactions.event_data import SCHEMAS
from interactions.event_types import EventType

DECODE_ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Envelope(msgspec.Struct, frozen=True):
    """The attributes that we read; extension attributes are allowed and dropped."""

    specversion: str
    id: str
    source: str
    type: str
    time: str
    subject: str = ""
    data: msgspec.Raw = msgspec.Raw(b"{}")


class TypedEnvelope(Protocol):
    """The same with its data decoded; the type is the class."""

    id: str
    source: str
    time: str
    subject: str
    data: Any


def _typed(event_type: EventType, schema: type[Data]) -> type[msgspec.Struct]:
    # Data may be left out where none of its fields is required.
    required = any(field.required for field in msgspec.structs.fields(schema))
    given: list[tuple[Any, ...]] = [("data", schema)] if required else []
    left_out = [] if required else [("data", schema | msgspec.UnsetType, msgspec.UNSET)]
    return msgspec.defstruct(
        event_type.name.title().replace("_", "") + "Event",
        [
            ("specversion", Literal["1.0"]),
            ("id", GivenReference),
            ("source", GivenReference),
            ("time", Moment),
            *given,
            ("subject", Reference, ""),
            *left_out,
        ],
        tag_field="type",
        tag=event_type.value,
        frozen=True,
    )


_STRUCTS = {event_type: _typed(event_type, schema) for event_type, schema in SCHEMAS.items()}
_NOTHING: dict[type, Data] = {
    struct: schema()
    for struct, schema in ((_STRUCTS[kind], schema) for kind, schema in SCHEMAS.items())
    if not any(field.required for field in msgspec.structs.fields(schema))
}
# specversion, id, source, type and time.
_ALWAYS_GIVEN = 5
TYPE_OF: dict[type, EventType] = {struct: kind for kind, struct in _STRUCTS.items()}
AnyEvent: Any = Union[tuple(_STRUCTS.values())]  # noqa: UP007 (made at run time)
_decode = msgspec.json.Decoder(list[AnyEvent]).decode
_decode_lines = msgspec.json.Decoder(AnyEvent).decode_lines


def decode_array(body: bytes) -> list[TypedEnvelope]:
    """Decode a JSON array of events in one pass.

    Raises: one of DECODE_ERRORS where any item is not as its type wants it.
    """
    found: list[TypedEnvelope] = _decode(body)
    return found


def decode_lines(body: bytes) -> list[TypedEnvelope]:
    """Decode newline-delimited events in one pass.

    Raises: one of DECODE_ERRORS where any line is not as its type wants it.
    """
    found: list[TypedEnvelope] = _decode_lines(body)
    return found


def data_of(envelope: TypedEnvelope) -> Data:
    """The data of an event; what is said by saying nothing, where it came without."""
    data: Data = envelope.data if envelope.data is not msgspec.UNSET else _NOTHING[type(envelope)]
    return data


def keys_of(envelopes: Sequence[TypedEnvelope]) -> int:
    """How many keys were read of events beside what is in their data."""
    with_subject = sum(1 for envelope in envelopes if envelope.subject)
    with_data = sum(1 for envelope in envelopes if envelope.data is not msgspec.UNSET)
    return _ALWAYS_GIVEN * len(envelopes) + with_subject + with_data
