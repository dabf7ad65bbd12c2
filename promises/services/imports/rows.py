"""One row of a file becomes the events of one promise."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from django.utils.translation import gettext as _

from interactions.decode import NewEvent, event_from_own_json
from interactions.envelopes import Envelope
from interactions.event_types import EventType
from interactions.rejection import EventRejected
from interactions.wording import NO_SUCH_WORD
from promises.domain.clock import end_of_date
from promises.services.imports.cells import Cells, FieldReader
from promises.services.imports.columns import Header
from promises.services.imports.endings import EndingReader
from promises.services.imports.mapping import Field, Mapping
from promises.services.imports.moments import CellMoment, MomentReader
from promises.services.imports.references import ReferenceReader
from promises.services.imports.refusals import RowRejected

_WORDS = ("team", "touchpoint", "claim_source", "made_by")
_NUMBERS = ("stake", "confidence")
_TRUTHS = ("paid_in_advance", "explicit")
# So many teams and touchpoints of an import are kept in mind.
_MOST_NAMED = 500
# The fields of which an event knows a few words only.
_WORDS_OF = {"kind": ("delivery", "response", "quality"), "quality.comparator": (">=", "<=")}

_TYPES = {
    "made": EventType.PROMISE_MADE.value,
    "fulfilled": EventType.PROMISE_FULFILLED.value,
    "withdrawn": EventType.PROMISE_WITHDRAWN.value,
    "failed": EventType.PROMISE_FAILED.value,
}

_encode = msgspec.json.Encoder().encode


class _Told(NamedTuple):
    """A row that is being read, and the moment at which that is."""

    cells: Cells
    reference: str
    now: datetime


class RowBuilder:
    """Turns the rows of one import into events.

    Shape: `remarks` counts what was taken but is odd, `named` keeps the first ids of teams and
    touchpoints. An event's id is the reference, its action
    and a digest of its content: the same row again is a duplicate, a changed one is not.
    """

    def __init__(
        self,
        mapping: Mapping,
        header: Header,
        moments: MomentReader,
        *,
        outcomes_until: datetime | None = None,
    ) -> None:
        self._mapping = mapping
        self._zone = ZoneInfo(mapping.zone)
        self._ends_days = mapping.date_only == "end of day"
        self._outcomes_until = outcomes_until
        self._dates = frozenset(mapping.dates)
        self._header, self._moments = header, moments
        self.remarks: Counter[str] = Counter()
        self.named: dict[str, set[str]] = {"team": set(), "touchpoint": set()}
        self._readers: dict[str, FieldReader] = {}
        fields = mapping.fields
        self._add_all("", fields, ("kind", "statement", "made_at", "due_at", "fulfilled_at"))
        self._add_all("", fields, ("fraction", *_WORDS, *_NUMBERS, *_TRUTHS))
        self._add_all("customer.", fields.customer, fields.customer.__struct_fields__)
        if fields.quality is not None:
            self._add_all("quality.", fields.quality, fields.quality.__struct_fields__)
        self._reference = ReferenceReader(mapping.reference, header)
        self._made_parts = self._compile_made()
        self._endings = [
            EndingReader(action, ending, self._reader, header)
            for action, ending in (("withdrawn", mapping.withdrawn), ("failed", mapping.failed))
            if ending is not None
        ]

    def build(self, cells: Cells, *, now: datetime) -> list[NewEvent]:
        """The making of the promise and what came of it.

        Raises: RowRejected naming the column.
        """
        reference = self._reference.read(cells)
        made = self._required_moment("made_at", cells)
        due = self._required_moment("due_at", cells)
        due_at, last_moment = self._due(due)
        if last_moment < made.at:
            self.remarks["due_before_made"] += 1
        data = self._made_data(cells, due_at)
        told = _Told(cells, reference, now)
        timed, content = self._readers["made_at"], _encode(data)
        if due.day is not None and self._ends_days and "zone" not in data["customer"]:
            # Whose zone it is, nobody said: the moment stands there, and the id is as ever.
            content = _encode(data | {"customer": data["customer"] | {"zone": self._mapping.zone}})
            data["due_at"] = last_moment.astimezone(self._zone).isoformat()
        events = [self._event("made", told, made.at, data, timed, identity=content)]
        fulfilled = self._fulfilled(told, made.at)
        for ending in self._endings:
            at = ending.moment(cells, made.at, last_moment)
            if at is None:
                continue
            if fulfilled is not None:
                self.remarks["ended_and_fulfilled"] += 1
                if ending.unless_fulfilled:
                    continue
            self._count_order(at, made.at)
            events.append(self._event(ending.action, told, at, ending.data(cells), ending))
        if fulfilled is not None:
            events.append(fulfilled)
        return events

    @property
    def formats(self) -> list[str]:
        """The formats in which the mapping reads times; none for ISO."""
        return self._mapping.formats

    def _add_all(self, prefix: str, fields: msgspec.Struct, names: tuple[str, ...]) -> None:
        for name in names:
            field = getattr(fields, name)
            if field is not None:
                self._readers[prefix + name] = self._reader(f"fields.{prefix}{name}", field)

    def _reader(self, place: str, field: Field) -> FieldReader:
        return FieldReader(place, field, self._header, self._moments, self._dates)

    def _required_moment(self, name: str, cells: Cells) -> CellMoment:
        reader = self._readers[name]
        moment = reader.moment(cells)
        if moment is None:
            raise RowRejected(reader.label, "", _("is empty, but a time is needed"))
        return moment

    def _due(self, due: CellMoment) -> tuple[str, datetime]:
        """The due date as the event says it, and its last moment."""
        if due.day is not None and self._ends_days:
            return due.day.isoformat(), end_of_date(due.day, self._zone)
        return due.at.isoformat(), due.at

    def _compile_made(self) -> list[tuple[str, Callable[[Cells], Any]]]:
        readers = self._readers
        parts: list[tuple[str, Callable[[Cells], Any]]] = [
            ("kind", readers["kind"].word),
            ("statement", readers["statement"].text),
        ]
        parts += [(name, readers[name].word) for name in _WORDS if name in readers]
        parts += [(name, readers[name].number) for name in _NUMBERS if name in readers]
        parts += [(name, readers[name].truth) for name in _TRUTHS if name in readers]
        if "quality.target" in readers:
            parts.append(("quality", self._quality))
        return parts

    def _made_data(self, cells: Cells, due_at: str) -> dict[str, Any]:
        data: dict[str, Any] = {"customer": self._customer(cells), "due_at": due_at}
        for name, get in self._made_parts:
            value = get(cells)
            if value is not None and value != "":
                data[name] = value
        for name in ("kind", "statement"):
            if name not in data:
                raise RowRejected(self._readers[name].label, "", _("is empty"))
        for name, named in self.named.items():
            if name in data and len(named) < _MOST_NAMED:
                named.add(data[name])
        return data

    def _customer(self, cells: Cells) -> dict[str, str]:
        customer = {"id": ""}
        for name in ("id", "name", "preferred_name", "segment", "zone"):
            reader = self._readers.get(f"customer.{name}")
            if reader is not None:
                verbatim = name in ("name", "preferred_name")
                text = reader.text(cells) if verbatim else reader.word(cells)
                if text:
                    customer[name] = text
        return customer

    def _quality(self, cells: Cells) -> dict[str, Any] | None:
        readers = self._readers
        target = readers["quality.target"].number(cells)
        if target is None:
            return None
        quality: dict[str, Any] = {
            "target": target,
            "comparator": readers["quality.comparator"].word(cells),
            "scale": readers["quality.scale"].number(cells),
        }
        if "quality.unit" in readers:
            quality["unit"] = readers["quality.unit"].word(cells)
        return quality

    def _fulfilled(self, told: _Told, made_at: datetime) -> NewEvent | None:
        reader = self._readers.get("fulfilled_at")
        moment = reader.moment(told.cells) if reader is not None else None
        if reader is None or moment is None:
            return None
        if self._outcomes_until is not None and moment.at > self._outcomes_until:
            self.remarks["outcome_in_future"] += 1
            return None
        self._count_order(moment.at, made_at)
        data: dict[str, Any] = {}
        for name, key in (("fraction", "fraction"), ("quality.value", "value")):
            value = self._readers[name].number(told.cells) if name in self._readers else None
            if value is not None:
                data[key] = value
        return self._event("fulfilled", told, moment.at, data, reader)

    def _count_order(self, at: datetime, made_at: datetime) -> None:
        if at < made_at:
            self.remarks["outcome_before_made"] += 1

    def _event(
        self,
        action: str,
        told: _Told,
        at: datetime,
        data: dict[str, Any],
        timed: FieldReader | EndingReader,
        *,
        identity: bytes = b"",
    ) -> NewEvent:
        """Shape: `identity` is what its id is made of instead of its data."""
        content, time = _encode(data), at.isoformat()
        digest = sha256((identity or content) + time.encode()).hexdigest()[:12]
        envelope = Envelope(
            specversion="1.0",
            id=f"{told.reference}:{action}:{digest}",
            source=self._mapping.source,
            type=_TYPES[action],
            time=time,
            subject=told.reference,
            data=msgspec.Raw(content),
        )
        try:
            return event_from_own_json(_encode(envelope), now=told.now)
        except EventRejected as rejected:
            raise self._rejected(rejected, told, timed, data) from None

    def _rejected(
        self,
        rejected: EventRejected,
        told: _Told,
        timed: FieldReader | EndingReader,
        data: dict[str, Any],
    ) -> RowRejected:
        """Name the column instead of the place in the event, quote its cell, and say what may stand
        there in words."""
        reason = rejected.reason
        if rejected.pointer == "/time":
            if isinstance(timed, EndingReader) and timed.is_at_due:
                reason = _(
                    "means that the promise ended when it was due, but that is still to come"
                )
            return RowRejected(timed.label, timed.cell(told.cells), reason)
        flat = _flat(data)
        path = rejected.pointer.removeprefix("/data").removeprefix("/").replace("/", ".")
        if rejected.pointer == "/data":
            # About all of it: the one reason is a character that cannot be stored.
            path = next((name for name, value in flat.items() if "\0" in str(value)), "")
        elif path in ("id", "subject"):
            return RowRejected(self._reference.label, self._reference.cell(told.cells), reason)
        if path in _WORDS_OF and rejected.reason.startswith(NO_SUCH_WORD):
            reason = _("must be one of %(words)s") % {"words": ", ".join(_WORDS_OF[path])}
        name = "quality.value" if path == "value" else path
        readers = self._readers | (timed.readers if isinstance(timed, EndingReader) else {})
        if name in readers:
            return RowRejected(readers[name].label, readers[name].cell(told.cells), reason)
        return RowRejected(path, str(flat.get(path, "")), reason)


def _flat(data: dict[str, Any]) -> dict[str, Any]:
    """The values of an event's data under names such as customer.id."""
    flat: dict[str, Any] = {}
    for name, value in data.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{inner}": deep for inner, deep in value.items()}
        else:
            flat[name] = value
    return flat
