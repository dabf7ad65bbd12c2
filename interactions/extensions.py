"""Attributes of a CloudEvent that are not read here: they are dropped, but have to be such.

An attribute is a text, a number, true or false; null is one that is not there (CloudEvents 1.0,
sections 3.1 and 3.1.1, and its JSON format, section 2.2).
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from interactions.envelopes import Envelope
from interactions.nul_pointer import pointer_of
from interactions.rejection import EventRejected

_READ: Final = frozenset(Envelope.__struct_fields__)
_TEXTS: Final = frozenset(("datacontenttype", "dataschema"))
_NUL: Final = "contains the character NUL, which cannot be stored"
Attributes = Mapping[str, msgspec.Raw]
_decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_items = msgspec.json.Decoder(list[dict[str, msgspec.Raw]]).decode
_decode_lines = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode_lines


def refuse_strange_attributes(item: bytes) -> None:
    """Whether all attributes of an event that was read have a form that attributes have.

    Raises: EventRejected.
    """
    for name, value in _decode(item).items():
        if name not in _READ and (reason := _fault(name, bytes(value))):
            raise EventRejected("" if "\0" in name else pointer_of([name]), reason)


def may_have_strange_attributes(body: bytes, *, lines: bool = False) -> bool:
    """The same of a body whose events were all read: whether any of them is to be refused."""
    items: Sequence[Attributes] = _decode_lines(body) if lines else _decode_items(body)
    return any(
        name not in _READ and _fault(name, bytes(value)) != ""
        for item in items
        for name, value in item.items()
    )


def _fault(name: str, value: bytes) -> str:
    """What is wrong with an attribute, "" where nothing is."""
    if value[:1] in (b"{", b"["):
        return "must be a text, a number, true or false, as all attributes of a CloudEvent"
    if name in _TEXTS and value[:1] not in (b'"', b"n"):
        return "must be a text"
    if "\0" in name or (b"\\u0000" in value and "\0" in msgspec.json.decode(value)):
        return _NUL
    return ""
