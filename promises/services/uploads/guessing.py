"""A first proposal: which column is what, by its name and by what stands in it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from promises.services.uploads.dates import DateStyle, looks_like_time, style_of

_TIMES: Final = {
    "due_at": (
        *("due", "promised", "promise", "deadline", "target", "sla", "estimated", "expected"),
        *("eta", "versprochen", "zugesagt", "faellig", "fällig", "frist"),
        *("liefertermin", "prevu", "prévu", "vence"),
    ),
    "fulfilled_at": (
        *("fulfilled", "delivered", "closed", "resolved", "completed", "finished", "answered"),
        *("done", "shipped", "geliefert", "erledigt", "livre", "livré", "entregado"),
    ),
    "made_at": (
        *("made", "created", "opened", "open", "ordered", "purchase", "placed", "requested"),
        *("received", "submitted", "order_date", "start", "bestellt", "erstellt", "date"),
    ),
}
_TEXTS: Final = {
    "reference": ("reference", "order_id", "order", "ticket", "case", "request", "number", "id"),
    "customer.id": ("customer_id", "customer_no", "client_id", "account", "kunde", "customer"),
    "customer.name": ("customer_name", "client_name", "name", "kundenname"),
    "team": ("team", "department", "warehouse", "group", "queue", "abteilung"),
    "touchpoint": ("touchpoint", "channel", "source", "shop", "origin", "kanal"),
    "statement": ("statement", "promise", "subject", "title", "description", "words", "betreff"),
    "customer.segment": ("segment", "tier", "customer_segment"),
}


@dataclass(frozen=True, slots=True)
class Guess:
    """What each field may be. Shape: `columns` maps fields to columns; `timed` are those with
    dates, whatever field they may be."""

    columns: dict[str, str]
    dates: DateStyle
    timed: tuple[str, ...] = ()


def guess(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Guess:
    """A proposal for a file, from its header and first rows."""
    usable = usable_columns(columns)
    cells = {
        name: [row[columns.index(name)].strip() for row in rows if len(row) == len(columns)]
        for name in usable
    }
    timed = [name for name in usable if looks_like_time(cells[name])]
    found = _named(_TIMES, timed)
    others = [name for name in usable if name not in timed]
    unique = [name for name in others if _tells_apart(cells[name])]
    texts = _TEXTS | {"reference": _TEXTS["reference"]}
    found |= _named({"reference": texts["reference"]}, unique or others)
    if "reference" not in found and unique:
        found["reference"] = unique[0]
    rest = [name for name in others if name != found.get("reference")]
    found |= _named({key: words for key, words in texts.items() if key != "reference"}, rest)
    style = style_of(cell for name in timed for cell in cells[name])
    return Guess(found, style, tuple(timed))


def usable_columns(columns: Sequence[str]) -> list[str]:
    """Those with a name that no other has and that a mapping can hold."""
    counts = Counter(columns)
    return [name for name in columns if name and counts[name] == 1 and len(name) <= 255]


def proposal(found: Guess, *, source: str, zone: str) -> dict[str, Any]:
    """A mapping as plain data, as far as the guess goes; it may lack what is needed."""
    fields: dict[str, Any] = {"kind": {"constant": "delivery"}}
    customer: dict[str, Any] = {}
    for name, column in found.columns.items():
        if name.startswith("customer."):
            customer[name.removeprefix("customer.")] = {"column": column}
        elif name != "reference":
            fields[name] = {"column": column}
    if "statement" not in fields and "due_at" in fields:
        due = fields["due_at"]["column"]
        if not re.search(r"[{}:!\[\].]", due):
            fields["statement"] = {"template": f"Promised by {{{due}:date}}"}
    if customer:
        fields["customer"] = customer
    mapping: dict[str, Any] = {"source": source, "zone": zone, "fields": fields}
    mapping["reference"] = [found.columns["reference"]] if "reference" in found.columns else []
    if found.dates.formats:
        mapping["formats"] = list(found.dates.formats)
    return mapping


def source_for(name: str) -> str:
    """The source that a file's promises stand under, where nobody names another."""
    stem = re.sub(r"(\.csv|\.gz|\.txt|\.tsv)+$", "", name.lower())
    slug = re.sub(r"[^a-z0-9]+", "-", stem).strip("-")
    # Numbers and dates of an export change from file to file; the source should not.
    slug = re.sub(r"(-?\d+)+$", "", slug).strip("-")
    return f"/import/{slug[:60] or 'file'}"


def _named(wanted: dict[str, tuple[str, ...]], columns: Sequence[str]) -> dict[str, str]:
    """Each field with the column whose name has the earliest of its words."""
    found: dict[str, str] = {}
    for field, words in wanted.items():
        free = [name for name in columns if name not in found.values()]
        ranked = sorted(
            (rank, len(name), name) for name in free if (rank := _rank(name, words)) is not None
        )
        if ranked:
            found[field] = ranked[0][2]
    return found


def _rank(name: str, words: tuple[str, ...]) -> int | None:
    plain = re.sub(r"[^a-zà-ÿ0-9]+", "_", name.lower()).strip("_")
    parts = plain.split("_")
    for rank, word in enumerate(words):
        if plain == word:
            return rank
        if word in parts or (len(word) > 4 and word in plain):
            return rank + len(words)
    return None


def _tells_apart(cells: Sequence[str]) -> bool:
    given = [cell for cell in cells if cell]
    return bool(given) and len(given) == len(cells) and len(set(given)) >= 0.95 * len(given)
